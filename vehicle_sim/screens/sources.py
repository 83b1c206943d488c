"""The bar at the foot of a touch display: what the keys MY CAR, NAV, RADIO, MEDIA and TEL are elsewhere."""

from __future__ import annotations

from typing import Final

from vehicle_sim.screens.elements import Box, Icon, Rect
from vehicle_sim.screens.lettering import text
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.scene import TAP, Part, Role, Tap
from vehicle_sim.state import Button, View
from vehicle_sim.theme import Type

SOURCES: Final[tuple[tuple[Button, View, str], ...]] = (
    (Button.MY_CAR, View.HOME, "directions_car"),
    (Button.NAV, View.MAP, "navigation"),
    (Button.RADIO, View.RADIO, "radio"),
    (Button.MEDIA, View.MEDIA, "music_note"),
    (Button.TEL, View.TEL, "call"),
)
ROOTS: Final = frozenset(root for _, root, _ in SOURCES)
_ICON: Final = 36.0
_MARK: Final = 4.0


def source_bar(look: Look) -> Part:
    """One target a source; the one that is shown has a line over it, and its words are strong."""
    profile = look.profile
    bar = Rect(0, profile.height - profile.source_bar, profile.width, profile.source_bar)
    offered = [source for source in SOURCES if look.car.settings.navigation or source[0] is not Button.NAV]
    width = bar.width / len(offered)
    shown = source_of(look)
    return Part(
        "source_bar",
        Role.LIST,
        bar,
        look.say("title.sources"),
        elements=(
            Box(bar, "panel", to="ground_bottom"),
            Box(Rect(0, bar.y, bar.width, 1), "line", alpha=0.8),
        ),
        children=tuple(
            _source(look, Rect(width * place, bar.y, width, bar.height), *source, here=source[1] is shown)
            for place, source in enumerate(offered)
        ),
    )


def source_of(look: Look) -> View:
    """The view that the way to the present page began with."""
    pages = look.car.pages
    return pages[1].view if len(pages) > 1 and pages[1].view in ROOTS else View.HOME


def _source(look: Look, rect: Rect, button: Button, root: View, icon: str, *, here: bool) -> Part:
    words = text(
        look.say(f"source.{root.value}"),
        rect.x + 6,
        rect.bottom - 20,
        rect.width - 12,
        Type.SMALL,
        weight="semibold" if here else "regular",
        colour="text" if here else "secondary",
        align="centre",
    )
    symbol = Rect(rect.centre - _ICON / 2, rect.y + 18, _ICON, _ICON)
    mark = (Box(Rect(rect.x + 20, rect.y, rect.width - 40, _MARK), "accent", radius=2),) if here else ()
    return Part(
        button.value.lower(),
        Role.BUTTON,
        rect,
        words.said,
        look.say("touch.shown") if here else "",
        actions=((TAP, "show"),),
        elements=(*mark, Icon(symbol, icon, "accent" if here else "secondary"), words),
        tap=Tap(button=button),
    )
