"""A way that a driver can follow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.language import Language
from protocol.values import GeoPoint
from tests.vehicle_sim.motorist import WORKSHOP
from vehicle_sim.route import Leg, Manoeuvre, Plan, plan
from vehicle_sim.state import Stop
from vehicle_sim.streets import Roads, UnknownRoads, bearing, distance, helsinki

START = GeoPoint(latitude=60.17832, longitude=24.95057)
KAMPPI = Stop("Kamppi", GeoPoint(latitude=60.16899, longitude=24.93615))
DEALER = Stop(WORKSHOP.name, WORKSHOP.position)


def town(nodes: list[tuple[float, float]], edges: list[tuple[int, int, int]]) -> Roads:
    """A made-up town: nodes in thousandths of a degree near the equator, edges (from, to, street)."""
    places = [(lat / 1000, lon / 1000) for lat, lon in nodes]
    return Roads.from_json(
        {
            "version": 1,
            "nodes": places,
            "edges": [
                [start, end, street, 0, distance(point(places[start]), point(places[end]))]
                for start, end, street in edges
            ],
            "classes": ["residential", "pedestrian"],
            "streets": ["", "Alku", "Loppu"],
            "streets_sv": ["", "Början", "Slutet"],
            "attribution": "nobody",
        }
    )


def names(leg: Leg) -> list[str]:
    return [street.name for street in leg.streets]


def point(place: tuple[float, float]) -> GeoPoint:
    return GeoPoint(latitude=place[0], longitude=place[1])


def test_the_way_through_helsinki_over_the_workshop() -> None:
    way = plan(helsinki(), START, [DEALER, KAMPPI])
    assert [leg.metres for leg in way.legs] == pytest.approx([2320, 730], abs=15)
    assert way.metres == pytest.approx(3060, abs=20)
    assert way.seconds == pytest.approx(way.metres / 9, rel=0.3)
    assert not way.straight
    assert "Pitkäsilta" in names(way.legs[0])
    assert way.via(2) == ("Unioninkatu", "Pohjoisesplanadi")
    assert way.legs[0].points[0] == START
    assert way.legs[1].points[-1] == KAMPPI.position
    turn = way.next_turn
    assert turn is not None
    assert (turn.manoeuvre, turn.onto) == (Manoeuvre.SLIGHT_LEFT, "Siltasaarenkatu")
    assert turn.metres < 60
    arrivals = [turn for leg in way.legs for turn in leg.turns if turn.manoeuvre is Manoeuvre.ARRIVE]
    assert [(turn.onto, turn.metres) for turn in arrivals] == [
        (DEALER.name, way.legs[0].metres),
        (KAMPPI.name, way.metres),
    ]


def test_streets_are_named_in_swedish_for_a_swedish_driver() -> None:
    assert "Långa bron" in names(plan(helsinki(), START, [DEALER], Language.SWEDISH).legs[0])


@pytest.mark.parametrize("roads", [None, helsinki()], ids=["no map", "off the map"])
def test_where_the_streets_do_not_reach_the_way_is_a_straight_line_that_says_so(roads: Roads | None) -> None:
    turku = GeoPoint(latitude=60.4518, longitude=22.2666)
    way = plan(roads, turku, [DEALER])
    assert way.straight
    points = way.legs[0].points
    assert (points[0], points[-1], len(points)) == (turku, DEALER.position, 8)
    middle = GeoPoint(latitude=60.3181, longitude=23.6083)
    assert distance(points[len(points) // 2], middle) < 12_000, "the line leads there"
    assert way.metres == pytest.approx(150_700, rel=0.01)
    assert way.legs[0].seconds == pytest.approx(way.metres / 50 * 3.6)
    assert way.next_turn is not None
    assert way.next_turn.manoeuvre is Manoeuvre.ARRIVE


def test_no_stops_no_way() -> None:
    assert plan(helsinki(), START, []) == Plan()
    assert (Plan().metres, Plan().seconds, Plan().straight, Plan().next_turn) == (0, 0, False, None)


def test_where_one_cannot_drive_the_line_is_straight() -> None:
    roads = town([(0, 0), (0, 1), (0, 2)], [(0, 1, 1)])
    assert plan(roads, roads.nodes[0], [Stop("Cut off", roads.nodes[2])]).straight


@pytest.mark.parametrize(
    ("goal", "manoeuvre"),
    [
        ((1, 1), Manoeuvre.LEFT),
        ((-1, 1), Manoeuvre.RIGHT),
        ((0.7, 1.7), Manoeuvre.SLIGHT_LEFT),
        ((-0.7, 1.7), Manoeuvre.SLIGHT_RIGHT),
        ((0.8, 0.2), Manoeuvre.SHARP_LEFT),
        ((-0.8, 0.2), Manoeuvre.SHARP_RIGHT),
        ((0.1, 0.1), Manoeuvre.U_TURN_LEFT),
        ((-0.1, 0.1), Manoeuvre.U_TURN_RIGHT),
    ],
)
def test_a_turn_at_a_crossing_is_named(goal: tuple[float, float], manoeuvre: Manoeuvre) -> None:
    roads = town([(0, 0), (0, 1), goal, (0, 5)], [(0, 1, 1), (1, 2, 2), (1, 3, 1)])
    way = plan(roads, roads.nodes[0], [Stop("There", roads.nodes[2])])
    assert way.next_turn is not None
    assert (way.next_turn.manoeuvre, way.next_turn.onto) == (manoeuvre, "Loppu")
    assert way.next_turn.metres == pytest.approx(111, abs=1)


def test_straight_on_under_another_name_and_bends_without_a_choice_are_no_turns() -> None:
    roads = town([(0, 0), (0, 1), (0, 2), (1, 2)], [(0, 1, 1), (1, 2, 2), (2, 3, 2)])
    way = plan(roads, roads.nodes[0], [Stop("There", roads.nodes[3])])
    assert [turn.manoeuvre for turn in way.legs[0].turns] == [Manoeuvre.ARRIVE]
    assert names(way.legs[0]) == ["Alku", "Loppu"]
    assert way.legs[0].streets[1].metres == pytest.approx(222, abs=1)


def test_a_bend_into_a_street_of_another_name_is_a_turn() -> None:
    roads = town([(0, 0), (0, 1), (1, 1)], [(0, 1, 1), (1, 2, 2)])
    way = plan(roads, roads.nodes[0], [Stop("There", roads.nodes[2])])
    assert [turn.manoeuvre for turn in way.legs[0].turns] == [Manoeuvre.LEFT, Manoeuvre.ARRIVE]


def test_a_nameless_alley_is_no_street_to_mention() -> None:
    roads = town([(0, 0), (0, 1)], [(0, 1, 0)])
    assert plan(roads, roads.nodes[0], [Stop("There", roads.nodes[1])]).legs[0].streets == ()


def test_each_stretch_of_the_way_has_the_name_of_its_street() -> None:
    roads = town([(0, 0), (0, 1), (1, 1)], [(0, 1, 1), (1, 2, 2)])
    leg = plan(roads, roads.nodes[0], [Stop("There", roads.nodes[2])]).legs[0]
    assert leg.names == ("Alku", "Alku", "Loppu", "Loppu")
    here = plan(roads, roads.nodes[0], [Stop("Here", roads.nodes[0])]).legs[0]
    assert here.names == ("", "")
    for way in (leg, here):
        assert len(way.names) == len(way.points) - 1


def test_a_street_is_known_beside_it_and_not_from_afar() -> None:
    roads = town([(0, 0), (0, 1), (1, 1)], [(0, 1, 0), (1, 2, 2)])
    assert roads.street_at(point((0, 0.0011)), Language.ENGLISH) == "Loppu"
    assert roads.street_at(point((0, 0.0011)), Language.SWEDISH) == "Slutet"
    assert roads.street_at(point((0, 0)), Language.ENGLISH) == ""
    assert roads.street_at(point((0.0006, 0.001)), Language.ENGLISH) == ""
    assert roads.street_at(point((1, 1)), Language.ENGLISH) == ""


def test_a_map_of_another_version_is_refused() -> None:
    with pytest.raises(UnknownRoads, match="roads of version 2 cannot be read here, only 1"):
        Roads.from_json({"version": 2})


def test_an_empty_map_covers_nothing() -> None:
    assert town([], []).nearest(START) is None


@pytest.mark.parametrize(
    ("lat", "lon", "degrees"), [(1, 0, 0), (0, 1, 90), (-1, 0, 180), (0, -1, 270), (1, 1, 45)]
)
def test_bearings_run_clockwise_from_north(lat: float, lon: float, degrees: float) -> None:
    assert bearing(point((0, 0)), point((lat / 10, lon / 10))) == pytest.approx(degrees, abs=0.1)


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert distance(point((60, 25)), point((61, 25))) == pytest.approx(111_195, abs=1)


@given(st.integers(0, 1485), st.integers(0, 1485))
def test_every_way_is_connected_and_no_detour_is_quicker(start: int, end: int) -> None:
    roads = helsinki()
    way = roads.way(start, end)
    assert way is not None
    node = start
    for edge in way:
        assert edge.start == node
        node = edge.end
    assert node == end
    for middle in (way[len(way) // 2].start,) if way else ():
        first, second = roads.way(start, middle), roads.way(middle, end)
        assert first is not None
        assert second is not None
        halves = sum(edge.seconds for edge in (*first, *second))
        assert halves == pytest.approx(sum(edge.seconds for edge in way))
