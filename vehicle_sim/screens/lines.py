"""Lines cut to what is to be seen of them, so that a way abroad is drawn as fast as one next door."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from vehicle_sim.screens.elements import Point, Rect


def inside(points: Sequence[Point], room: Rect) -> Iterator[tuple[Point, ...]]:
    """Yield the runs of a line that lie in ``room``, cut at its edges."""
    run: list[Point] = []
    for here, there in pairwise(points):
        cut = _cut(here, there, room)
        if cut is None:
            continue
        begin, end = cut
        if run and run[-1] == begin:
            run.append(end)
            continue
        if run:
            yield tuple(run)
        run = [begin, end]
    if run:
        yield tuple(run)


def pieces(points: Sequence[Point], longest: float) -> Iterator[tuple[Point, ...]]:
    """Yield a line in pieces of about ``longest`` pixels or less, counted from its end.

    A piece is drawn on a canvas of its own; the smaller they are, the less of it is empty. The first ones
    of a way that gets shorter stay what they were.
    """
    piece: list[Point] = []
    length = 0.0
    for here, there in pairwise(reversed(points)):
        parts = max(1, math.ceil(math.dist(here, there) / longest))
        for part in range(parts):
            begin, end = _between(here, there, part / parts), _between(here, there, (part + 1) / parts)
            if piece and length + math.dist(begin, end) > longest:
                yield tuple(piece)
                piece, length = [], 0.0
            piece = piece or [begin]
            piece.append(end)
            length += math.dist(begin, end)
    if piece:
        yield tuple(piece)


def dashes(points: Sequence[Point], dash: float, gap: float) -> Iterator[tuple[Point, Point]]:
    """Yield the dashes of a line, each straight, ``gap`` pixels apart."""
    for here, there in pairwise(points):
        length = math.dist(here, there)
        count = max(1, int(length // (dash + gap)))
        part = dash / max(length, dash + gap)
        for number in range(count):
            begin = number / count
            yield _between(here, there, begin), _between(here, there, begin + part)


def _between(here: Point, there: Point, part: float) -> Point:
    if part == 1:
        return there  # to the last bit: the next piece begins with it
    return here[0] + (there[0] - here[0]) * part, here[1] + (there[1] - here[1]) * part


def _cut(here: Point, there: Point, room: Rect) -> tuple[Point, Point] | None:
    """Return the part of a straight line that lies in ``room``, by Liang and Barsky."""
    dx, dy = there[0] - here[0], there[1] - here[1]
    begin, end = 0.0, 1.0
    for towards, away in (
        (-dx, here[0] - room.x),
        (dx, room.right - here[0]),
        (-dy, here[1] - room.y),
        (dy, room.bottom - here[1]),
    ):
        if not towards:
            if away < 0:
                return None
            continue
        part = away / towards
        if towards < 0:
            begin = max(begin, part)
        else:
            end = min(end, part)
    if begin > end:
        return None
    return _between(here, there, begin), _between(here, there, end)
