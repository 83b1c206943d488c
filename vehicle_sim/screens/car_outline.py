"""The estate car of the home screen, as strokes: drawn for this project, not traced from anyone's picture.

Drawn in centimetres, facing left: the nose at x = 0, the rails on the roof at y = 0, the road at y = HEIGHT.
Other files use STROKES, whose points lie between 0 and 1 in both directions, and ASPECT.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Point = tuple[float, float]
Colour = Literal["text", "secondary", "line", "panel", "accent", "red"]

LENGTH: Final = 464.0
HEIGHT: Final = 150.0
ASPECT: Final = LENGTH / HEIGHT
"""Width over height: a box of this shape shows the car undistorted."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line of the drawing; STROKES are ordered from the farthest to the nearest.

    Attributes:
        points: at least two, in 0..1 of the car's length and height.
        colour: a token of the theme.
        width: of the pen, in pixels, when the car is 400 pixels long; 0 for a shape that is filled instead.
        closed: whether the last point is joined to the first.
    """

    points: tuple[Point, ...]
    colour: Colour
    width: float
    closed: bool = False


STEPS: Final = 12  # straight pieces of a curve; more cannot be seen at twice the nominal size
FRONT_WHEEL: Final = (88.0, 115.0)
REAR_WHEEL: Final = (364.0, 115.0)
TYRE: Final = 34.0
RIM: Final = 26.0
HUB: Final = 4.5
ARCH: Final = 39.0
SPOKES: Final = 5

# Paths as SVG writes them, absolute M, L and C only.
ROOF_LINE: Final = """M 52.7 131.5 L 34 131.2 C 22 131 14.5 129 11 123 C 8 117 6.8 110 6.8 103
    C 6.8 95 7.2 89 8.6 83.5
    C 9.6 79 13 75.5 21 72.5 C 54 60.5 94 54 131 51 C 158 34.5 184 19.5 210 13 C 238 6.4 298 5.4 345 8.4
    C 378 10.4 407 14 430 19.5 L 426.5 23.5 C 436 36 446 52 451.5 64.5 C 456 68.5 457.5 75 458.3 83
    C 461 88 463 94 463 102.5 C 463 113 461.5 121 457 126.8 C 453.5 130.5 447 131.5 438 131.5 L 399.3 131.5"""
FRONT_PANE: Final = "M 150 51.8 C 170 38 192 24.5 215 19.2 C 225 17 237 15.8 249 15.1 L 245.5 48.8 L 150 51.8"
REAR_PANE: Final = "M 256 14.8 C 280 13.9 302 13.9 323 14.8 L 334.5 45.8 L 252.5 48.5 L 256 14.8"
QUARTER_PANE: Final = """M 332 15.4 C 360 17.2 388 20.4 407 24.6 C 413.5 26.4 414.5 29.5 411 34
    C 405.5 41 399 43.6 390 44.1 L 343 45.5 L 332 15.4"""
HEADLAMP: Final = (
    "M 14.5 80 C 24 75.5 40 72.5 57 71.5 C 55 78 48 82.5 37.5 85 C 27 87 17 86.8 11.8 86 L 14.5 80"
)
MIRROR: Final = (
    "M 158 53 C 154 53.2 151.8 51 153 48.2 C 155 45 164 43 169 44.6 C 171 46.5 170.5 51 167.5 52.2 L 158 53"
)


def path(commands: str) -> list[Point]:
    """The points of a path, its curves taken apart into straight pieces."""
    points: list[Point] = []
    words = iter(commands.split())
    for command in words:
        if command == "C":
            points += bezier(points[-1], *(next_point(words) for _ in range(3)))
        else:
            points.append(next_point(words))
    return points


def next_point(words: Iterator[str]) -> Point:
    """The point that the next two words of a path name."""
    return float(next(words)), float(next(words))


def bezier(start: Point, first: Point, second: Point, end: Point) -> Iterator[Point]:
    """The points of a cubic curve, without its start."""
    for step in range(1, STEPS + 1):
        t = step / STEPS
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        corners = list(zip(weights, (start, first, second, end), strict=True))
        yield sum(weight * x for weight, (x, _) in corners), sum(weight * y for weight, (_, y) in corners)


def arc(centre: Point, radius: float, begin: float = 0.0, end: float = 360.0) -> list[Point]:
    """Part of a circle, between two angles in degrees: 0 is to the right, 90 is up."""
    count = max(2, round((end - begin) / 6))
    angles = [math.radians(begin + (end - begin) * step / count) for step in range(count + 1)]
    return [(centre[0] + radius * math.cos(angle), centre[1] - radius * math.sin(angle)) for angle in angles]


def stroke(points: list[Point], colour: Colour, width: float, *, closed: bool = False) -> Stroke:
    """A stroke in 0..1 from points in centimetres."""
    return Stroke(
        tuple((round(x / LENGTH, 5), round(y / HEIGHT, 5)) for x, y in points), colour, width, closed
    )


def wheel(centre: Point) -> list[Stroke]:
    """Tyre, rim and five pairs of spokes."""
    spokes = []
    for number in range(SPOKES):
        middle = 90 + 360 / SPOKES * number
        for side in (-1, 1):
            inner = arc(centre, HUB, middle + side * 38, middle + side * 38 + 1)[0]
            outer = arc(centre, RIM - 1, middle + side * 11, middle + side * 11 + 1)[0]
            spokes.append(stroke([inner, outer], "secondary", 1.2))
    return [
        stroke(arc(centre, TYRE), "text", 2.4, closed=True),
        stroke(arc(centre, RIM), "secondary", 1.4, closed=True),
        *spokes,
        stroke(arc(centre, HUB), "secondary", 1.2, closed=True),
    ]


def car() -> tuple[Stroke, ...]:
    """Everything, from the far side to the near one."""
    front_arch, rear_arch = (arc(centre, ARCH, -25, 205) for centre in (FRONT_WHEEL, REAR_WHEEL))
    roof = path(ROOF_LINE)
    silhouette = [*roof, *rear_arch, *front_arch]
    details: list[tuple[str, Colour, float]] = [
        ("M 136 56 C 131 78 131 104 140 124", "line", 1.2),  # doors
        ("M 245 52 C 247 76 247 104 243 124", "line", 1.2),
        ("M 335 49 C 340 60 342 68 337 76 C 327 86 321 100 319 124", "line", 1.2),
        ("M 140 124 L 319 124", "line", 1.2),
        ("M 142 114 C 190 118 262 116 317 107", "line", 1.2),
        ("M 9.5 106 C 22 109 36 108 49.5 103", "line", 1.2),  # bumpers
        ("M 14 118 L 40 119.5", "line", 1.2),
        ("M 404 107 C 425 106 445 105.5 461 105", "line", 1.2),
        ("M 62 73.5 C 112 65 184 62.5 262 61.2 C 332 60 398 58 436 59.5", "secondary", 1.3),  # shoulder
        ("M 221 68 L 240 67.4", "secondary", 2.0),  # handles
        ("M 305 66 L 324 65.4", "secondary", 2.0),
        (
            "M 224 10 C 228 5.5 236 3.6 250 2.8 C 290 0.8 340 2 376 6.6 C 384 7.6 388 9 391 12",
            "secondary",
            1.3,
        ),
    ]
    return (
        stroke(silhouette, "panel", 0, closed=True),
        *(stroke(path(commands), colour, width) for commands, colour, width in details),
        *(
            stroke(path(pane), "secondary", 1.5, closed=True)
            for pane in (FRONT_PANE, REAR_PANE, QUARTER_PANE)
        ),
        stroke(path(HEADLAMP), "secondary", 1.2, closed=True),
        stroke(path(MIRROR), "panel", 0, closed=True),
        stroke(path(MIRROR), "text", 1.4, closed=True),
        *(stroke(arch, "secondary", 1.4) for arch in (front_arch, rear_arch)),
        *wheel(FRONT_WHEEL),
        *wheel(REAR_WHEEL),
        stroke(path("M 123.3 131.5 L 328.7 131.5"), "text", 2.4),
        stroke(roof, "text", 2.4),
        stroke(path("M 21 82.5 L 49 76.8"), "accent", 2.6),
        stroke(path("M 29.5 76.5 L 26.5 85.5"), "accent", 2.0),
        stroke(
            path("M 437 46 C 443 55 447.5 64 450 72 C 451.5 76 452.4 80 452.8 84.5 L 433 83.5"), "red", 2.6
        ),
    )


STROKES: Final = car()
