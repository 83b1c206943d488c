"""How keys, knobs and wheels of the bezel look: calm dark plastic, a line of metal, printed capitals."""

from __future__ import annotations

import math
from typing import Final

from vehicle_sim.screens.elements import Align, Arc, Box, Disc, Path, Piece, Point, Rect, Text
from vehicle_sim.screens.lettering import centred, text
from vehicle_sim.theme import Token

PRINT: Final = 17.0
SMALL_PRINT: Final = 14.0
TRACKING: Final = 0.06
_KNURLS: Final = 72


def body(width: float, height: float, glass: Rect) -> tuple[Piece, ...]:
    """The frame itself, and the black rim that the glass lies in."""
    rim = grown(glass, 12)
    return (
        Box(Rect(0, 0, width, height), "trim_edge", to="trim_bottom", radius=30),
        Box(Rect(1.5, 1.5, width - 3, height - 3), "trim_top", to="trim_bottom", radius=29),
        Box(grown(rim, 1.5), "trim_edge", to="trim_top", radius=15),
        Box(rim, "black", radius=14),
    )


def printed(
    label: str, rect: Rect, *, size: float = PRINT, colour: Token = "text", align: Align = "centre"
) -> Text:
    """A label on its key."""
    return text(
        label,
        rect.x,
        centred(rect.middle, size),
        rect.width,
        size,
        weight="semibold",
        colour=colour,
        align=align,
        tracking=TRACKING,
    )


def key(rect: Rect, label: str = "") -> tuple[Piece, ...]:
    """A key by itself."""
    face = (
        Box(grown(rect, 1), "black", radius=11),
        Box(rect, "key_top", to="key_bottom", radius=10, edge="trim_edge"),
    )
    return (*face, printed(label, rect)) if label else face


def strip(rect: Rect, labels: tuple[str, ...]) -> tuple[Piece, ...]:
    """Keys in one piece, parted by hairlines."""
    cells = across(rect, len(labels))
    lines = [Box(Rect(cell.x - 0.5, rect.y + 11, 1, rect.height - 22), "trim_edge") for cell in cells[1:]]
    return (
        *key(rect),
        *lines,
        *(printed(label, cell) for label, cell in zip(labels, cells, strict=True)),
    )


def across(rect: Rect, count: int) -> tuple[Rect, ...]:
    """Cut a strip into equal cells, from left to right."""
    wide = rect.width / count
    return tuple(Rect(rect.x + wide * place, rect.y, wide, rect.height) for place in range(count))


def knob(x: float, y: float, radius: float) -> tuple[Piece, ...]:
    """A knurled knob with a calm face."""
    knurls = tuple(
        Path((_around(x, y, radius - 6, turn), _around(x, y, radius - 1, turn)), "key_bottom", 1.6)
        for turn in (360 * number / _KNURLS for number in range(_KNURLS))
    )
    return (
        Disc(x, y, radius + 4, "black"),
        Disc(x, y, radius, "trim_edge"),
        *knurls,
        Disc(x, y, radius - 8, "key_bottom", ring="black", ring_width=1.5),
        Disc(x, y, radius - 10, "key_top"),
        Arc(x, y, radius - 10.5, 35, 145, "trim_edge", 1.4),
    )


def button(x: float, y: float, radius: float) -> tuple[Piece, ...]:
    """A round button in a ring of metal."""
    return (
        Disc(x, y, radius + 3, "black"),
        Disc(x, y, radius, "secondary", alpha=0.55),
        Disc(x, y, radius - 2.5, "key_bottom"),
        Disc(x, y, radius - 5, "key_top"),
        Arc(x, y, radius - 5.5, 35, 145, "trim_edge", 1.4),
    )


def thumbwheel(rect: Rect) -> tuple[Piece, ...]:
    """A ribbed roller that stands out of the wheel's keypad."""
    ribs = []
    count = 17
    for number in range(count):
        # Seen from the front, a roller's ribs stand closer towards its ends.
        turn = math.pi * (number + 0.5) / count
        y = rect.middle - math.cos(turn) * (rect.height / 2 - 3)
        ribs.append(
            Box(Rect(rect.x + 7, y, rect.width - 14, 1.2), "trim_edge", alpha=0.35 + 0.65 * math.sin(turn))
        )
    return (
        Box(grown(rect, 1.5), "black", radius=12),
        Box(Rect(rect.x, rect.y, rect.width, rect.height / 2), "key_bottom", to="key_top", radius=9),
        Box(Rect(rect.x, rect.middle, rect.width, rect.height / 2), "key_top", to="key_bottom", radius=9),
        Box(Rect(rect.x, rect.middle - 10, rect.width, 20), "key_top"),
        *ribs,
    )


def steering_wheel(x: float, y: float, radius: float) -> tuple[Piece, ...]:
    """The symbol that says: these keys are on the wheel."""
    colour: Token = "secondary"
    spokes = tuple(
        Path((_around(x, y, radius * 0.3, turn), _around(x, y, radius - 1, turn)), colour, 2.6)
        for turn in (8, 172, 270)
    )
    return (Arc(x, y, radius, 0, 360, colour, 2.6), Disc(x, y, radius * 0.3, colour), *spokes)


def chevron(x: float, y: float, size: float, towards: float) -> Path:
    """An arrow head that points ``towards`` (degrees; 0 is right, 90 is up)."""
    tip = _around(x, y, size / 2, towards)
    wings = (_around(*tip, size, towards + 135), _around(*tip, size, towards - 135))
    return Path((wings[0], tip, wings[1]), "secondary", 2.2)


def back(x: float, y: float) -> tuple[Piece, ...]:
    """The arrow of a back key."""
    return (
        Path(((x - 6, y - 11), (x - 12, y - 5), (x - 6, y + 1)), "text", 2.4),
        Path(((x - 11, y - 5), (x + 6, y - 5)), "text", 2.4),
        Arc(x + 5, y + 1.5, 6.5, -90, 90, "text", 2.4),
        Path(((x + 5, y + 8), (x - 2, y + 8)), "text", 2.4),
    )


def house(x: float, y: float) -> tuple[Piece, ...]:
    """The symbol of a home button."""
    return (
        Path(((x - 11, y), (x, y - 10), (x + 11, y)), "text", 2.2),
        Path(((x - 8, y - 2), (x - 8, y + 9), (x + 8, y + 9), (x + 8, y - 2)), "text", 2.2),
    )


def grown(rect: Rect, by: float) -> Rect:
    """The same box, larger on every side."""
    return Rect(rect.x - by, rect.y - by, rect.width + 2 * by, rect.height + 2 * by)


def _around(x: float, y: float, radius: float, degrees: float) -> Point:
    turn = math.radians(degrees)
    return x + radius * math.cos(turn), y - radius * math.sin(turn)
