"""The map shows the piece of the earth that it is asked for, and ends where its data end."""

import json
import math
from importlib import resources

import pytest

from protocol.values import GeoPoint
from vehicle_sim import samples
from vehicle_sim.screens.elements import Box, Path, Rect
from vehicle_sim.screens.town import CLOSEST, IDLE, Frame, attribution, edges, framed, town

ROOM = Rect(0, 48, 536, 432)
CENTRE = GeoPoint(latitude=60.1716, longitude=24.9443)


def test_north_is_up_and_a_kilometre_is_a_kilometre() -> None:
    frame = framed(ROOM, [CENTRE])
    x, y = frame.place(CENTRE)
    north = frame.pixel(CENTRE.latitude + 1000 / 111_195, CENTRE.longitude)
    east = frame.pixel(CENTRE.latitude, CENTRE.longitude + 1000 / 111_195 / math.cos(math.radians(60.1716)))
    assert y - north[1] == pytest.approx(1000 / IDLE, rel=0.001)
    assert east[0] - x == pytest.approx(1000 / IDLE, rel=0.001)
    assert north[0] == pytest.approx(x)


@pytest.mark.parametrize(
    "points",
    [
        [samples.START, samples.KAMPPI],
        [samples.START, samples.DEALER.position],
        [samples.KAMPPI, GeoPoint(latitude=60.1691, longitude=24.9363)],
        [GeoPoint(latitude=60.45, longitude=22.27), samples.KAMPPI],
        [samples.KAMPPI, samples.KAMPPI],
    ],
)
def test_every_point_is_inside_with_air_around_it(points: list[GeoPoint]) -> None:
    frame = framed(ROOM, points)
    assert frame.scale >= CLOSEST * 0.999
    for point in points:
        x, y = frame.place(point)
        assert ROOM.x + 16 <= x <= ROOM.right - 16
        assert ROOM.y + 16 <= y <= ROOM.bottom - 30


def test_a_moving_car_does_not_redraw_the_town_with_every_metre() -> None:
    metre = 1 / 111_195
    moved = GeoPoint(latitude=CENTRE.latitude + metre, longitude=CENTRE.longitude)
    assert town(framed(ROOM, [CENTRE])) is town(framed(ROOM, [moved]))


def test_streets_are_drawn_minor_ones_first_and_only_those_in_sight() -> None:
    near, far = town(framed(ROOM, [CENTRE])), town(framed(ROOM, [samples.START, samples.DEALER.position]))
    streets = [path for path in near.elements if isinstance(path, Path) and path.colour.startswith("road")]
    assert 100 < len(streets) < len([path for path in far.elements if isinstance(path, Path)])
    widest = max(path.width for path in streets)
    assert streets[0].width < widest
    assert {path.colour for path in streets} == {"road", "road_minor", "road_path"}


def test_beyond_the_data_there_is_a_grid_and_no_street() -> None:
    nowhere = town(framed(ROOM, [GeoPoint(latitude=-33.9, longitude=151.2)]))
    lines = [path for path in nowhere.elements if isinstance(path, Path)]
    assert lines
    assert {path.colour for path in lines} == {"grid"}
    assert edges(framed(ROOM, [GeoPoint(latitude=-33.9, longitude=151.2)])) == ()


def test_a_country_has_no_grid_of_a_town() -> None:
    wide = town(framed(ROOM, [samples.KAMPPI, GeoPoint(latitude=52.5, longitude=13.4)]))
    assert not [path for path in wide.elements if isinstance(path, Path) and path.colour == "grid"]


def test_the_town_dissolves_at_the_sides_that_are_in_sight() -> None:
    overview = edges(framed(ROOM, [samples.START, samples.DEALER.position]))
    assert [box.way for box in overview] == ["right", "right", "down", "down"]
    inside = Frame(ROOM, CENTRE.latitude, CENTRE.longitude, 1.0)
    assert edges(inside) == ()
    assert not [box for box in town(inside).elements[1:] if isinstance(box, Box)]


def test_the_credit_is_that_of_the_data() -> None:
    data = json.loads(resources.files("vehicle_sim").joinpath("roads/helsinki.json").read_text("utf-8"))
    assert attribution() == data["attribution"] == "© OpenStreetMap contributors"
