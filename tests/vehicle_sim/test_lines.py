"""A line is cut where it leaves the picture, and into pieces that stay the same while it gets shorter."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vehicle_sim.screens.elements import Point, Rect
from vehicle_sim.screens.lines import dashes, inside, pieces

ROOM = Rect(0, 0, 100, 100)
POINTS = st.lists(
    st.tuples(st.floats(-300, 300, width=32), st.floats(-300, 300, width=32)), min_size=2, max_size=8
)


@pytest.mark.parametrize(
    ("line", "runs"),
    [
        (((10, 10), (90, 20), (50, 90)), [((10, 10), (90, 20), (50, 90))]),
        (((-50, 50), (150, 50)), [((0, 50), (100, 50))]),
        (((50, 50), (150, 50), (150, 60), (50, 60)), [((50, 50), (100, 50)), ((100, 60), (50, 60))]),
        (((-10, -10), (-10, 200)), []),
        (((-10, -10), (200, -10)), []),
        (((-60, 50), (50, -60)), []),
        (((5, 5), (5, 5)), [((5, 5), (5, 5))]),
    ],
)
def test_what_is_in_the_room_is_seen(line: tuple[Point, ...], runs: list[tuple[Point, ...]]) -> None:
    assert list(inside(line, ROOM)) == runs


@given(POINTS)
def test_no_run_leaves_the_room(line: list[Point]) -> None:
    for run in inside(line, ROOM):
        assert len(run) >= 2
        assert all(Rect(x, y, 0, 0).within(ROOM) for x, y in run)


@given(POINTS)
def test_pieces_are_the_line_again_from_its_end(line: list[Point]) -> None:
    cut = list(pieces(line, 40))
    assert all(length(piece) <= 40.001 for piece in cut)
    assert sum(length(piece) for piece in cut) == pytest.approx(length(line), abs=0.01)
    assert all(one[-1] == other[0] for one, other in pairwise(cut))
    assert (cut[0][0], cut[-1][-1]) == (line[-1], line[0])


def test_a_single_point_is_no_line() -> None:
    assert list(pieces([(3.0, 4.0)], 40)) == list(inside([(3.0, 4.0)], ROOM)) == []


def test_the_pieces_far_ahead_do_not_change_while_the_line_gets_shorter() -> None:
    line = [(float(x), 0.0) for x in range(0, 400, 7)]
    whole, shorter = list(pieces(line, 40)), list(pieces(line[3:], 40))
    assert whole[: len(shorter) - 1] == shorter[:-1]


def test_a_dashed_line_begins_with_a_dash_and_bends_where_the_line_does() -> None:
    drawn = list(dashes(((0, 0), (46, 0), (46, 20)), 13, 10))
    flat = [number for begin, end in drawn for number in (*begin, *end)]
    assert flat == pytest.approx([0, 0, 13, 0, 23, 0, 36, 0, 46, 0, 46, 260 / 23])


def length(line: list[Point] | tuple[Point, ...]) -> float:
    return sum(math.dist(here, there) for here, there in pairwise(line))
