"""What stands around every page: the ground and the status bar."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from vehicle_sim import wording
from vehicle_sim.screens.elements import Box, Element, Icon, Path, Rect
from vehicle_sim.screens.lettering import centred, measure, said, text
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.scene import TAP, Part, Role, Tap
from vehicle_sim.screens.sources import ROOTS
from vehicle_sim.state import Button
from vehicle_sim.theme import Type

ICON: Final = 26.0
TRACKING: Final = 0.06


def ground(look: Look) -> tuple[Element, ...]:
    """The dark slope under everything."""
    return (Box(look.glass, "ground_top", to="ground_bottom"),)


def status_bar(look: Look, icon: str, title: str) -> Part:
    """Source, or the way back, at the left; signal, outside temperature and clock at the right."""
    profile = look.profile
    bar = Rect(0, 0, profile.width, profile.status_bar)
    middle = bar.middle
    online = look.car.wire.online
    now = look.clock(look.car.now)
    right = float(profile.width - profile.margin)
    baseline = centred(middle, Type.STATUS)
    clock = text(now, 0, baseline, profile.width, Type.STATUS, weight="semibold")
    wide = math.ceil(measure(clock)) + 1.0
    clock = replace(clock, x=right - wide, width=wide)
    left_of = clock.x - 12
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
    back = (_back(look, Rect(0, 0, bar.height + 16, bar.height - 1)),) if _leads_back(look) else ()
    left = back[0].rect.right if back else profile.margin + ICON + 12
    name = text(
        title.upper(),
        left,
        baseline,
        signal.x - 24 - left,
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
            *(() if back else (Icon(Rect(profile.margin, middle - ICON / 2, ICON, ICON), icon, "accent"),)),
        ),
        children=(
            *back,
            Part("source", Role.TITLE, name.rect, said(title), elements=(name,)),
            _signal(look, signal, online=online),
            *outside,
            Part("clock", Role.INDICATOR, clock.rect, look.say("status.clock"), now, elements=(clock,)),
        ),
    )


def _leads_back(look: Look) -> bool:
    """Whether a finger needs a target for EXIT: roots are reached by their source, a pop-up has its own."""
    car = look.car
    return look.profile.touch and car.page.view not in ROOTS and car.notice is None and car.pop_up is None


def _back(look: Look, rect: Rect) -> Part:
    size = 34.0
    icon = Icon(Rect(rect.centre - size / 2, rect.middle - size / 2, size, size), "arrow_back", "text")
    return Part(
        "back",
        Role.BUTTON,
        rect,
        look.say("choice.back"),
        actions=((TAP, "back"),),
        elements=(icon, Box(Rect(rect.right - 9, rect.middle - 18, 1, 36), "line")),
        tap=Tap(button=Button.EXIT),
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
