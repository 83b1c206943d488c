"""The drawn car stays inside its box, on its wheels, and in the theme's colours."""

from typing import get_args

import pytest

from vehicle_sim.screens import car_outline
from vehicle_sim.screens.car_outline import STROKES


def test_every_stroke_lies_in_the_box_and_can_be_drawn() -> None:
    for stroke in STROKES:
        assert len(stroke.points) >= (3 if stroke.closed else 2)
        assert stroke.colour in get_args(car_outline.Colour)
        assert stroke.width > 0 or stroke.closed, "only a closed shape can be filled"
        assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in stroke.points)


def test_the_drawing_uses_its_box_and_stands_on_the_road() -> None:
    xs, ys = zip(*(point for stroke in STROKES for point in stroke.points), strict=True)
    assert min(xs) < 0.02
    assert max(xs) > 0.99
    assert min(ys) < 0.02
    assert max(ys) == pytest.approx(
        (car_outline.FRONT_WHEEL[1] + car_outline.TYRE) / car_outline.HEIGHT, abs=1e-4
    )


def test_an_estate_has_two_wheels_to_see_and_lamps_at_the_right_ends() -> None:
    tyres = [stroke for stroke in STROKES if stroke.closed and max(y for _, y in stroke.points) > 0.98]
    assert len(tyres) == 2
    front = [x for stroke in STROKES if stroke.colour == "accent" for x, _ in stroke.points]
    rear = [x for stroke in STROKES if stroke.colour == "red" for x, _ in stroke.points]
    assert max(front) < 0.15
    assert min(rear) > 0.9


def test_a_curve_begins_and_ends_where_its_path_says() -> None:
    points = car_outline.path("M 0 0 C 10 0 20 10 20 20 L 30 20")
    assert [points[0], points[-1]] == [(0, 0), (30, 20)]
    assert points[-2] == pytest.approx((20, 20))
    assert points[car_outline.STEPS // 2] == pytest.approx((13.75, 6.25))
