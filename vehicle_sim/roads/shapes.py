"""Geometry of a town small enough to be flat: lengths, areas, thinner lines, and what the map cut open."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

Point = tuple[float, float]  # latitude, longitude
Box = tuple[float, float, float, float]  # south, west, north, east

PLACES = 5  # decimals of a degree: about a metre north-south, half a metre east-west
TOLERANCE = 1.2  # metres a simplified line may leave its original


def distance(here: Point, there: Point) -> float:
    """Metres on a small piece of a round earth; exact to a few millimetres within one town."""
    north = math.radians(there[0] - here[0])
    east = math.radians(there[1] - here[1]) * math.cos(math.radians((here[0] + there[0]) / 2))
    return 6_371_008.8 * math.hypot(north, east)


def area(shape: Sequence[Point]) -> float:
    """Square metres inside a ring."""
    if len(shape) < 3:
        return 0.0
    scale = 111_195.0
    shrink = math.cos(math.radians(shape[0][0]))
    pairs = zip(shape, [*shape[1:], shape[0]], strict=True)
    return abs(sum(a[1] * b[0] - b[1] * a[0] for a, b in pairs)) / 2 * scale * scale * shrink


def simplified(line: Sequence[Point]) -> list[Point]:
    """Douglas and Peucker's line: the fewest of its points that stay within TOLERANCE of it."""
    if len(line) < 3:
        return list(line)
    farthest = max(range(1, len(line) - 1), key=lambda index: off(line[index], line[0], line[-1]))
    if off(line[farthest], line[0], line[-1]) <= TOLERANCE:
        return [line[0], line[-1]]
    return simplified(line[: farthest + 1])[:-1] + simplified(line[farthest:])


def off(point: Point, start: Point, end: Point) -> float:
    """Metres from a point to the nearest place of a straight piece of line."""
    shrink = math.cos(math.radians(start[0]))
    x, y = (point[1] - start[1]) * shrink, point[0] - start[0]
    dx, dy = (end[1] - start[1]) * shrink, end[0] - start[0]
    length = dx * dx + dy * dy
    along = min(1.0, max(0.0, (x * dx + y * dy) / length)) if length else 0.0
    return math.hypot(x - along * dx, y - along * dy) * 111_195.0


def closed(run: list[Point], box: Box) -> list[Point]:
    """The ring of a closed way; where the extract cut it open, along the shorter side of the box."""
    if run[0] == run[-1]:
        return run[:-1]
    return run + min(along(box, run[-1], run[0]), along(box, run[0], run[-1])[::-1], key=len)


def sea(coast: Sequence[list[Point]], box: Box) -> list[list[Point]]:
    """Polygons of sea water. Water lies to the right of a coastline, so the box is followed clockwise."""
    joined: list[list[Point]] = []
    for run in coast:
        before = next((each for each in joined if each[-1] == run[0]), None)
        after = next((each for each in joined if each[0] == run[-1]), None)
        if before is not None:
            before += run[1:]
        elif after is not None:
            after[:0] = run[:-1]
        else:
            joined.append(list(run))
    pools: list[list[Point]] = []
    while joined:
        first = pool = joined.pop(0)
        while True:
            nearest = min([first, *joined], key=lambda each: (lap(box, each[0]) - lap(box, pool[-1])) % 4)
            corners = along(box, pool[-1], nearest[0])
            if nearest is first:
                pools.append(pool + corners)
                break
            joined.remove(nearest)
            first = pool = pool + corners + nearest
    return pools


def lap(box: Box, point: Point) -> float:
    """How far round the box the border nearest to a point lies: 0 to 4, clockwise from the south-west."""
    south, west, north, east = box
    up = (point[0] - south) / (north - south)
    right = (point[1] - west) / (east - west)
    sides = [(right, up), (1 - up, 1 + right), (1 - right, 3 - up), (up, 4 - right)]
    return min(sides)[1]


def along(box: Box, leaves: Point, enters: Point) -> list[Point]:
    """The border of the box from one point to another, clockwise, with the corners that lie between."""
    south, west, north, east = box
    corners = [(south, west), (north, west), (north, east), (south, east)]
    start, end = lap(box, leaves), lap(box, enters)
    end += 4 if end < start else 0
    between = [corners[number % 4] for number in range(math.ceil(start), math.floor(end) + 1)]
    return [on_border(box, leaves), *between, on_border(box, enters)]


def on_border(box: Box, point: Point) -> Point:
    """The place on the border nearest to a point."""
    south, west, north, east = box
    side = int(lap(box, point)) % 4
    return [(point[0], west), (north, point[1]), (point[0], east), (south, point[1])][side]


def rounded(points: Iterable[Point]) -> list[list[float]]:
    """Points as JSON likes them, as exact as a street needs."""
    return [[round(latitude, PLACES), round(longitude, PLACES)] for latitude, longitude in points]
