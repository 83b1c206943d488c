"""The TUNE dial at the right edge: where the knob stands among the choices."""

from __future__ import annotations

import math
from typing import Final

from vehicle_sim.screens.elements import Arc, Disc, Path, Rect
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.scene import Part, Role

_RADIUS: Final = 104.0
_BEYOND: Final = 58.0
"""How far outside the display its centre lies."""
_SPREAD: Final = 44.0
_HEIGHT: Final = 296.0


def dial(look: Look, count: int, focus: int) -> Part:
    """One tick a choice, a bright knob at the focused one."""
    content = look.content
    height = min(_HEIGHT, content.height)
    area = Rect(
        look.profile.width - look.profile.dial + 8,
        content.middle - height / 2 + 4,
        look.profile.dial - 16,
        height,
    )
    centre, middle = look.profile.width + _BEYOND, area.middle
    place = 0.5 if count < 2 else focus / (count - 1)
    angle = 180 - _SPREAD + 2 * _SPREAD * place
    steps = count if 2 <= count <= 24 else 2
    ticks = tuple(
        Path(
            tuple(
                (centre + reach * math.cos(turn), middle - reach * math.sin(turn))
                for reach in (_RADIUS + 7, _RADIUS + 13)
            ),
            "secondary",
            1.6,
            alpha=0.55,
        )
        for turn in (math.radians(180 - _SPREAD + 2 * _SPREAD * step / (steps - 1)) for step in range(steps))
    )
    knob = math.radians(angle)
    x, y = centre + _RADIUS * math.cos(knob), middle - _RADIUS * math.sin(knob)
    lit = (max(180 - _SPREAD, angle - 9), min(180 + _SPREAD, angle + 9))
    return Part(
        "tune",
        Role.DIAL,
        area,
        "TUNE",
        f"{focus + 1}/{count}",
        actions=(("TUNE", "move_focus"),),
        elements=(
            *ticks,
            Arc(centre, middle, _RADIUS, 180 - _SPREAD, 180 + _SPREAD, "line", 3.0),
            Arc(centre, middle, _RADIUS, *lit, "accent", 3.0),
            Disc(x, y, 6.5, "accent", "ground_bottom", 2.5),
        ),
    )
