"""The map shows the piece of the earth that it is asked for, and ends where its data end."""

import json
import math
from importlib import resources

import pytest

from protocol.values import GeoPoint
from vehicle_sim import samples
from vehicle_sim.screens import town
from vehicle_sim.screens.elements import Box, Element, Path, Rect, Window
from vehicle_sim.screens.frames import NEAR, Frame, around, over
from vehicle_sim.screens.town import TILE, attribution, ground, sheet, tile

ROOM = Rect(0, 48, 536, 432)
CENTRE = GeoPoint(latitude=60.1716, longitude=24.9443)
SYDNEY = GeoPoint(latitude=-33.9, longitude=151.2)
METRE = 1 / 111_195


def kinds(elements: tuple[Element, ...]) -> set[type]:
    return {type(element) for element in elements}


def overview(*points: GeoPoint, room: Rect = ROOM) -> Frame:
    return over(room, points, sheet())


# --- frames -----------------------------------------------------------------------------------------


def test_north_is_up_and_a_kilometre_is_a_kilometre() -> None:
    frame = around(ROOM, CENTRE, sheet())
    x, y = frame.place(CENTRE)
    north = frame.pixel(CENTRE.latitude + 1000 / 111_195, CENTRE.longitude)
    east = frame.pixel(CENTRE.latitude, CENTRE.longitude + 1000 / 111_195 / math.cos(math.radians(60.1716)))
    assert y - north[1] == pytest.approx(1000 / NEAR, rel=0.001)
    assert east[0] - x == pytest.approx(1000 / NEAR, rel=0.001)
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
def test_in_an_overview_every_point_has_air_around_it(points: list[GeoPoint]) -> None:
    frame = overview(*points)
    assert frame.scale >= NEAR * 0.999
    for point in points:
        x, y = frame.place(point)
        assert ROOM.x + 16 <= x <= ROOM.right - 16
        assert ROOM.y + 16 <= y <= ROOM.bottom - 30


@pytest.mark.parametrize("place", [CENTRE, samples.START, samples.KAMPPI, samples.DEALER.position])
def test_a_car_inside_the_town_has_streets_all_over_the_picture_and_air_around_it(place: GeoPoint) -> None:
    frame = around(ROOM, place, sheet())
    assert ROOM.within(frame.box(sheet()), slack=61)
    x, y = frame.place(place)
    assert Rect(x - 20, y - 20, 40, 40).within(ROOM)


def test_a_picture_larger_than_the_town_has_it_in_its_middle() -> None:
    wide = Rect(0, 0, 1000, 400)
    box = around(wide, samples.START, sheet()).box(sheet())
    assert box.centre == pytest.approx(wide.centre, abs=1)


def test_a_car_off_the_map_is_in_the_middle_of_nothing() -> None:
    x, y = around(ROOM, SYDNEY, sheet()).place(SYDNEY)
    assert x == pytest.approx(ROOM.centre, abs=1)
    assert y == pytest.approx(ROOM.middle, abs=1)


# --- the town ---------------------------------------------------------------------------------------


def windows(place: GeoPoint) -> list[Window]:
    return [one for one in ground(around(ROOM, place, sheet())) if isinstance(one, Window)]


def streets(scale: float) -> list[Path]:
    tiles = [tile(scale, column, row) for column in range(4) for row in range(6)]
    return [path for one in tiles for path in one.elements if isinstance(path, Path)]


def test_the_tiles_fill_the_picture_without_gap_or_overlap() -> None:
    seen = windows(CENTRE)
    assert sum(one.rect.width * one.rect.height for one in seen) == pytest.approx(ROOM.width * ROOM.height)
    assert all(one.rect.within(ROOM) for one in seen)
    assert all(one.x + one.rect.width <= TILE + 0.01 for one in seen)
    assert len({(one.rect.x, one.rect.y) for one in seen}) == len(seen) <= 9


def test_a_tile_that_ends_where_the_picture_begins_is_not_in_it() -> None:
    box = around(ROOM, CENTRE, sheet()).box(sheet())
    picture = Rect(box.x + TILE - 1e-9, box.y, TILE, TILE)
    (only,) = town._town(NEAR, box, picture)
    assert only.layer is tile(NEAR, 1, 0)


def test_a_moving_car_looks_at_the_same_tiles_from_whole_pixels() -> None:
    moved = GeoPoint(latitude=CENTRE.latitude + 40 * METRE, longitude=CENTRE.longitude)
    before, after = windows(CENTRE), windows(moved)
    assert {one.layer for one in before} & {other.layer for other in after}
    for one in (*before, *after):
        assert one.x == pytest.approx(round(one.x), abs=1e-6)
        assert one.y == pytest.approx(round(one.y), abs=1e-6)


def test_streets_are_drawn_over_water_and_parks_minor_ones_first() -> None:
    colours = [path.colour for path in streets(NEAR)]
    assert set(colours) == {"road", "road_minor", "road_path", "water", "park"}
    one = [path for path in tile(NEAR, 1, 2).elements if isinstance(path, Path)]
    widest = max(path.width for path in one)
    assert one[0].width < one[len(one) // 2].width < widest == one[-1].width


def test_from_afar_no_alleys_are_drawn() -> None:
    near, far = ({path.points for path in streets(scale)} for scale in (NEAR, 4 * NEAR))
    assert len(far) < len(near) - 150


def test_beyond_the_data_there_is_a_grid_and_no_street() -> None:
    nowhere = ground(around(ROOM, SYDNEY, sheet()))
    assert kinds(nowhere) == {Box, Path}
    assert {path.colour for path in nowhere if isinstance(path, Path)} == {"grid"}


def test_a_country_has_neither_the_grid_nor_the_streets_of_a_town() -> None:
    wide = ground(overview(samples.KAMPPI, GeoPoint(latitude=52.5, longitude=13.4)))
    assert kinds(wide) == {Box}


def test_the_town_dissolves_at_the_sides_that_are_in_sight() -> None:
    whole = ground(overview(samples.START, samples.DEALER.position))
    slopes = [box for box in whole if isinstance(box, Box) and box.to is not None]
    assert [box.way for box in slopes] == ["right", "right", "down", "down"]
    assert kinds(whole) == {Box, Path, Window}
    assert kinds(ground(around(ROOM, CENTRE, sheet()))) == {Window}
    corner = ground(around(ROOM, samples.START, sheet()))
    assert [box.way for box in corner if isinstance(box, Box) and box.alpha != box.alpha_to] == [
        "right",
        "down",
    ]


def test_the_credit_is_that_of_the_data() -> None:
    data = json.loads(resources.files("vehicle_sim").joinpath("roads/helsinki.json").read_text("utf-8"))
    assert attribution() == data["attribution"] == "© OpenStreetMap contributors"
