"""The vendored map can be driven on, drawn and lawfully shown."""

import heapq
import json
import math
from importlib import resources
from itertools import pairwise
from typing import Any

import networkx as nx
import pytest

from vehicle_sim.roads import build, shapes

HAKANIEMI = (60.17832, 24.95057)
BULEVARDI = (60.16420, 24.93666)
KAMPPI = (60.16899, 24.93615)


@pytest.fixture(scope="module")
def roads() -> Any:
    return json.loads(
        resources.files("vehicle_sim").joinpath("roads/helsinki.json").read_text(encoding="utf-8")
    )


def test_the_licence_travels_with_the_data(roads: Any) -> None:
    assert roads["attribution"] == "© OpenStreetMap contributors"
    assert roads["licence"] == "ODbL-1.0"
    assert "© OpenStreetMap contributors" in resources.files("vehicle_sim").joinpath(
        "roads/README.md"
    ).read_text(encoding="utf-8")


def test_every_edge_leads_from_a_node_to_another_and_is_as_long_as_it_looks(roads: Any) -> None:
    nodes = roads["nodes"]
    for start, end, street, kind, metres in roads["edges"]:
        assert start != end
        assert 0 <= street < len(roads["streets"])
        assert roads["classes"][kind] not in ("pedestrian", "rail")
        assert metres == pytest.approx(shapes.distance(nodes[start], nodes[end]), abs=1.5)


def test_one_can_drive_from_everywhere_to_everywhere(roads: Any) -> None:
    graph: nx.DiGraph[int] = nx.DiGraph((start, end) for start, end, *_ in roads["edges"])
    assert set(graph) == set(range(len(roads["nodes"])))
    assert nx.is_strongly_connected(graph)


def test_some_streets_are_one_way(roads: Any) -> None:
    there = {(start, end) for start, end, *_ in roads["edges"]}
    assert any((end, start) not in there for start, end in there)
    assert any((end, start) in there for start, end in there)


def test_places_lie_at_a_street_and_each_is_there_once(roads: Any) -> None:
    names = [finnish for _, finnish, *_ in roads["places"]]
    assert names == sorted(set(names))
    assert {"Rautatientori", "Senaatintori"} <= set(names)
    for kind, *called, latitude, longitude in roads["places"]:
        assert kind in build.PLACES_OF_NOTE.values()
        assert len(called) == 4
        assert all(called)
        near = min(shapes.distance((latitude, longitude), (node[0], node[1])) for node in roads["nodes"])
        assert near <= build.NEAR_A_STREET + 1


def test_a_place_is_known_beyond_the_town_and_can_be_reached() -> None:
    known = {"name": "Torni", "name:sv": "Tornet", "wikidata": "Q1", "tourism": "museum"}
    here, far = (60.17, 24.94), (60.18, 24.94)
    marks = [
        build.Landmark(known, here),
        build.Landmark(known, (60.1701, 24.94)),
        build.Landmark({**known, "name": "Kaukana"}, far),
        build.Landmark({**known, "name": "Tuomiokirkon krypta"}, here),
        build.Landmark({**known, "name": "Baari", "tourism": "hotel"}, here),
        build.Landmark({"name": "Tuntematon", "tourism": "museum"}, here),
        build.Landmark({**known, "name": "Alku", "name:en": "Start", "name:de": "Anfang"}, here),
    ]
    assert build.sights(marks, [here]) == [
        ["museum", "Alku", "Tornet", "Start", "Anfang", 60.17, 24.94],
        ["museum", "Torni", "Tornet", "Torni", "Torni", 60.17, 24.94],
    ]
    assert build.sights(marks, []) == []


def test_streets_have_names_in_both_languages_of_the_town(roads: Any) -> None:
    assert roads["streets"][0] == ""
    assert len(roads["streets"]) == len(roads["streets_sv"]) == len(set(roads["streets"]))
    swedish = dict(zip(roads["streets"], roads["streets_sv"], strict=True))
    assert swedish["Mannerheimintie"] == "Mannerheimvägen"
    named = sum(1 for edge in roads["edges"] if edge[2] != 0)
    assert named > 0.7 * len(roads["edges"])


def test_what_is_drawn_is_worth_drawing_and_lies_in_or_near_the_box(roads: Any) -> None:
    south, west, north, east = roads["box"]
    shapes = [line for _, _, line in roads["lines"]] + roads["parks"] + roads["water"]
    for latitude, longitude in (point for shape in shapes for point in shape):
        assert south - 0.001 <= latitude <= north + 0.001
        assert west - 0.001 <= longitude <= east + 0.001
    assert all(len(ring) >= 3 and ring[0] != ring[-1] for ring in roads["parks"] + roads["water"])
    assert [kind for kind, *_ in roads["lines"]] == sorted(
        (kind for kind, *_ in roads["lines"]), reverse=True
    )


def test_the_workshop_is_a_small_detour_on_the_way_to_kamppi(roads: Any) -> None:
    direct, streets = drive(roads, HAKANIEMI, KAMPPI)
    first, _ = drive(roads, HAKANIEMI, BULEVARDI)
    second, _ = drive(roads, BULEVARDI, KAMPPI)
    assert 2_000 < direct < first + second < direct + 1_000
    assert "Unioninkatu" in streets


def test_a_route_is_never_shorter_than_the_straight_line(roads: Any) -> None:
    metres, _ = drive(roads, BULEVARDI, KAMPPI)
    assert metres > shapes.distance(BULEVARDI, KAMPPI)


def test_a_shape_is_simplified_only_within_its_tolerance() -> None:
    wave = [(60.17 + 0.0005 * math.sin(step / 8), 24.94 + step * 0.0001) for step in range(120)]
    thin = shapes.simplified(wave)
    assert len(thin) < len(wave) / 2
    assert (
        max(min(shapes.off(point, *piece) for piece in pairwise(thin)) for point in wave) <= shapes.TOLERANCE
    )


def test_the_sea_lies_to_the_right_of_its_coast() -> None:
    box = (0.0, 0.0, 1.0, 1.0)
    northern, southern = [(0.5, 0.0), (0.6, 0.5), (0.5, 1.0)], [(0.4, 1.0), (0.3, 0.5), (0.4, 0.0)]
    assert shapes.sea([northern], box) == [[*northern, (0.5, 1.0), (0.0, 1.0), (0.0, 0.0), (0.5, 0.0)]]
    strait = shapes.sea([northern, southern], box)
    assert len(strait) == 1
    assert not {(0.0, 0.0), (1.0, 1.0)} & set(strait[0])


@pytest.mark.parametrize(
    ("tags", "allowed"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "tertiary_link"}, True),
        ({"highway": "residential", "access": "private"}, False),
        ({"highway": "service", "access": "no", "motor_vehicle": "yes"}, True),
        ({"highway": "service", "service": "parking_aisle"}, False),
        ({"highway": "pedestrian"}, False),
        ({"highway": "footway"}, False),
        ({"railway": "rail"}, False),
    ],
)
def test_who_may_drive_where(tags: dict[str, str], *, allowed: bool) -> None:
    assert build.drivable(tags) is allowed


@pytest.mark.parametrize(
    ("oneway", "expected"), [("no", [(1, 2), (2, 1)]), ("yes", [(1, 2)]), ("-1", [(2, 1)])]
)
def test_a_one_way_street_has_one_direction(oneway: str, expected: list[tuple[int, int]]) -> None:
    run = [(1, HAKANIEMI), (2, KAMPPI)]
    edges = build.directed(run, 0, 0, {"highway": "residential", "oneway": oneway})
    assert [edge[:2] for edge in edges] == expected


def drive(roads: Any, start: tuple[float, float], end: tuple[float, float]) -> tuple[float, set[str]]:
    """Dijkstra's shortest way, in its plainest form: metres, and the streets used."""
    ahead: dict[int, list[tuple[int, int, float]]] = {}
    for here, there, street, _, metres in roads["edges"]:
        ahead.setdefault(here, []).append((there, street, metres))
    first, last = nearest(roads, start), nearest(roads, end)
    waiting: list[tuple[float, int, frozenset[int]]] = [(0.0, first, frozenset())]
    done: set[int] = set()
    while waiting:
        metres, node, streets = heapq.heappop(waiting)
        if node == last:
            return metres, {roads["streets"][street] for street in streets}
        if node not in done:
            done.add(node)
            for there, street, length in ahead[node]:
                heapq.heappush(waiting, (metres + length, there, streets | {street}))
    pytest.fail("no way")


def nearest(roads: Any, place: tuple[float, float]) -> int:
    return min(range(len(roads["nodes"])), key=lambda number: shapes.distance(roads["nodes"][number], place))
