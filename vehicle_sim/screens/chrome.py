"""What stands around every page: the ground and the status bar."""

from __future__ import annotations

from typing import Final

from vehicle_sim import wording
from vehicle_sim.screens.elements import Box, Element, Icon, Path, Rect
from vehicle_sim.screens.lettering import centred, measure, said, text
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.scene import Part, Role
from vehicle_sim.theme import Type

ICON: Final = 26.0
TRACKING: Final = 0.06


def ground(look: Look) -> tuple[Element, ...]:
    """The dark slope under everything."""
    return (Box(look.glass, "ground_top", to="ground_bottom"),)


def status_bar(look: Look, icon: str, title: str) -> Part:
    """Source at the left; signal, outside temperature and clock at the right."""
    profile = look.profile
    bar = Rect(0, 0, profile.width, profile.status_bar)
    middle = bar.middle
    online = look.car.wire.online
    now = wording.clock(look.car.now, look.car.settings.zone, look.language)
    right = float(profile.width - profile.margin)
    baseline = centred(middle, Type.STATUS)
    clock = text(now, right - 62, baseline, 62, Type.STATUS, weight="semibold", align="right")
    left_of = right - measure(clock) - 12
    celsius = look.car.drive.outside_celsius
    outside: tuple[Part, ...] = ()
    if celsius is not None:
        degrees = text(
            wording.temperature(celsius),
            left_of - 50,
            baseline,
            50,
            Type.STATUS,
            colour="secondary",
            align="right",
        )
        outside = (
            Part(
                "outside",
                Role.INDICATOR,
                degrees.rect,
                look.say("status.outside"),
                degrees.said,
                elements=(degrees,),
            ),
        )
        left_of -= measure(degrees) + 14
    signal = Rect(left_of - 24, middle - 12, 24, 24)
    name = text(
        title.upper(),
        profile.margin + ICON + 12,
        baseline,
        signal.x - 24 - profile.margin - ICON - 12,
        Type.STATUS,
        weight="semibold",
        tracking=TRACKING,
    )
    return Part(
        "status",
        Role.STATUS_BAR,
        bar,
        elements=(
            Box(Rect(0, bar.bottom - 1, bar.width, 1), "line", alpha=0.8),
            Icon(Rect(profile.margin, middle - ICON / 2, ICON, ICON), icon, "accent"),
        ),
        children=(
            Part("source", Role.TITLE, name.rect, said(title), elements=(name,)),
            _signal(look, signal, online=online),
            *outside,
            Part("clock", Role.INDICATOR, clock.rect, look.say("status.clock"), now, elements=(clock,)),
        ),
    )


def _signal(look: Look, rect: Rect, *, online: bool) -> Part:
    icon = Icon(rect, "signal_cellular_alt", "secondary", 1.0 if online else 0.45)
    crossed: tuple[Element, ...] = ()
    if not online:
        points = ((rect.x + 3, rect.y + 3), (rect.right - 3, rect.bottom - 3))
        crossed = (Path(points, "ground_top", 5.5), Path(points, "text", 2.2))
    return Part(
        "signal",
        Role.INDICATOR,
        rect,
        look.say("status.signal"),
        look.say("status.online" if online else "status.offline"),
        elements=(icon, *crossed),
    )
