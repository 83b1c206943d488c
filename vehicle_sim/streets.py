"""The vendored streets as a graph to drive on: the nearest crossing, the quickest way, the names.

The JSON is described in ``roads/README.md``; every edge is a straight line and drivable in its direction.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final, Self

from protocol.language import Language
from protocol.values import GeoPoint
from vehicle_sim import roads

VERSION: Final = 1
EARTH: Final = 6_371_008.8
"""Mean radius in metres (IUGG)."""
REACH: Final = 150.0
"""Metres from a place to the streets, beyond which the map does not cover it."""
BESIDE: Final = 50.0
"""Metres from a place to a crossing, within which the place is in its streets."""
_KMH: Final = {"primary": 40.0, "secondary": 35.0, "tertiary": 30.0, "residential": 25.0, "service": 12.0}
"""What one really drives in a town, crossings included."""


class UnknownRoads(ValueError):
    """The map is of a version that this program does not know: take the one that belongs to it."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A straight piece of street, driven from one node to another."""

    start: int
    end: int
    street: int
    metres: float
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Roads:
    """A town's streets. Two of them are the same only if they are one object, so that ways can be kept."""

    nodes: tuple[GeoPoint, ...]
    leaving: tuple[tuple[Edge, ...], ...]
    """By node: the edges that leave it."""
    junctions: frozenset[int]
    """Nodes with more than two neighbours: there one has a choice."""
    names: tuple[str, ...]
    names_sv: tuple[str, ...]
    attribution: str

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """Build the graph from the parsed file.

        Raises:
            UnknownRoads: it is of another version than ``roads/README.md`` describes.
            KeyError, IndexError, ValueError: it says it is of that version, and is not.
        """
        if plain.get("version") != VERSION:
            raise UnknownRoads(f"roads of version {plain.get('version')} cannot be read here, only {VERSION}")
        nodes = tuple(
            GeoPoint(latitude=latitude, longitude=longitude) for latitude, longitude in plain["nodes"]
        )
        speeds = [_KMH.get(name, _KMH["service"]) / 3.6 for name in plain["classes"]]
        leaving: list[list[Edge]] = [[] for _ in nodes]
        neighbours: list[set[int]] = [set() for _ in nodes]
        for start, end, street, kind, metres in plain["edges"]:
            neighbours[start].add(end)
            neighbours[end].add(start)
            leaving[start].append(Edge(start, end, street, metres, metres / speeds[kind]))
        return cls(
            nodes=nodes,
            leaving=tuple(tuple(edges) for edges in leaving),
            junctions=frozenset(node for node, others in enumerate(neighbours) if len(others) > 2),
            names=tuple(plain["streets"]),
            names_sv=tuple(plain["streets_sv"]),
            attribution=plain["attribution"],
        )

    def nearest(self, place: GeoPoint) -> int | None:
        """Return the node nearest to ``place``, or None where the map does not reach."""
        return _nearest(self, place)

    def way(self, start: int, end: int) -> tuple[Edge, ...] | None:
        """Return the quickest way between two nodes; None where one cannot drive there."""
        return _way(self, start, end)

    def street_at(self, place: GeoPoint, language: Language) -> str:
        """Return the name of a street beside ``place``, empty where none with a name is near."""
        node = self.nearest(place)
        if node is None or distance(self.nodes[node], place) > BESIDE:
            return ""
        names = (self.name(edge.street, language) for edge in self.leaving[node])
        return next((name for name in names if name), "")

    def name(self, street: int, language: Language) -> str:
        """Return a street's name, empty for a nameless one; the town has Finnish and Swedish ones."""
        return (self.names_sv if language is Language.SWEDISH else self.names)[street]


@cache
def helsinki() -> Roads:
    """Return the vendored map of central Helsinki, read once."""
    return Roads.from_json(roads.helsinki())


def distance(one: GeoPoint, other: GeoPoint) -> float:
    """Return the metres between two places along the globe (haversine)."""
    lat1, lat2 = math.radians(one.latitude), math.radians(other.latitude)
    half_lat, half_lon = (lat2 - lat1) / 2, math.radians(other.longitude - one.longitude) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(chord)))


def bearing(one: GeoPoint, other: GeoPoint) -> float:
    """Return the direction from one place to another, in degrees clockwise from north."""
    lat1, lat2 = math.radians(one.latitude), math.radians(other.latitude)
    east = math.radians(other.longitude - one.longitude)
    x = math.sin(east) * math.cos(lat2)
    y = math.cos(lat1) * math.sin(lat2) - math.sin(lat1) * math.cos(lat2) * math.cos(east)
    return math.degrees(math.atan2(x, y)) % 360


@lru_cache(maxsize=256)
def _nearest(roads: Roads, place: GeoPoint) -> int | None:
    shrink = math.cos(math.radians(place.latitude))
    squares = [
        ((node.longitude - place.longitude) * shrink) ** 2 + (node.latitude - place.latitude) ** 2
        for node in roads.nodes
    ]
    best = min(range(len(squares)), key=squares.__getitem__, default=None)
    return best if best is not None and distance(roads.nodes[best], place) <= REACH else None


@lru_cache(maxsize=1024)
def _way(roads: Roads, start: int, end: int) -> tuple[Edge, ...] | None:
    reached: dict[int, Edge | None] = {}
    waiting: list[tuple[float, int, Edge | None]] = [(0.0, start, None)]
    while waiting:
        seconds, node, by = heapq.heappop(waiting)
        if node in reached:
            continue
        reached[node] = by
        if node == end:
            return _back(reached, end)
        for edge in roads.leaving[node]:
            if edge.end not in reached:
                heapq.heappush(waiting, (seconds + edge.seconds, edge.end, edge))
    return None


def _back(reached: Mapping[int, Edge | None], end: int) -> tuple[Edge, ...]:
    way: list[Edge] = []
    edge = reached[end]
    while edge is not None:
        way.append(edge)
        edge = reached[edge.start]
    return tuple(reversed(way))
