"""The way from stop to stop: which streets, how far, how long, what to do at which crossing.

Where the vendored streets do not reach, the way is a straight line that says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import Final

from geographiclib.geodesic import Geodesic

from protocol.language import Language
from protocol.values import GeoPoint
from vehicle_sim.state import Stop
from vehicle_sim.streets import Edge, Roads, bearing, distance

_BEELINE: Final = 50 / 3.6
"""Metres a second along a straight line, where nothing better is known."""
_WALKING_PACE: Final = 10 / 3.6
"""Metres a second between a place and the street."""
_BEND: Final = 25_000.0
"""Metres after which a straight line gets another point, because on a map it bends with the globe."""
_MOST_BENDS: Final = 64
_TURN: Final = 30.0
_U_TURN: Final = 150.0


class Manoeuvre(StrEnum):
    """What the driver does at a crossing; the values are the names of the icons."""

    STRAIGHT = "straight"
    SLIGHT_LEFT = "turn_slight_left"
    SLIGHT_RIGHT = "turn_slight_right"
    LEFT = "turn_left"
    RIGHT = "turn_right"
    SHARP_LEFT = "turn_sharp_left"
    SHARP_RIGHT = "turn_sharp_right"
    U_TURN_LEFT = "u_turn_left"
    U_TURN_RIGHT = "u_turn_right"
    ARRIVE = "sports_score"


_BENDS: Final = (
    (20.0, Manoeuvre.STRAIGHT, Manoeuvre.STRAIGHT),
    (50.0, Manoeuvre.SLIGHT_LEFT, Manoeuvre.SLIGHT_RIGHT),
    (115.0, Manoeuvre.LEFT, Manoeuvre.RIGHT),
    (_U_TURN, Manoeuvre.SHARP_LEFT, Manoeuvre.SHARP_RIGHT),
    (180.0, Manoeuvre.U_TURN_LEFT, Manoeuvre.U_TURN_RIGHT),
)
"""Up to so many degrees, to the left and to the right."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Something to do after so many metres from the start; ``onto`` is a street's or a stop's name."""

    manoeuvre: Manoeuvre
    onto: str
    metres: float


@dataclass(frozen=True, slots=True)
class Street:
    """A street by its name, and how many metres of the way lie on it."""

    name: str
    metres: float


@dataclass(frozen=True, slots=True)
class Leg:
    """The way to one stop.

    Attributes:
        reached: for each point how many metres and seconds it is from the first.
        names: of the street between each point and the next; empty where it has none.
        streets: those that have a name, in their order, each once.
        straight: it is only the line through the air, because the streets are not known.
        turns: what to do on the way; the last one is to arrive.
    """

    points: tuple[GeoPoint, ...]
    reached: tuple[tuple[float, float], ...]
    names: tuple[str, ...]
    streets: tuple[Street, ...]
    straight: bool
    turns: tuple[Turn, ...]

    @property
    def metres(self) -> float:
        """Return how far it is."""
        return self.reached[-1][0]

    @property
    def seconds(self) -> float:
        """Return how long it takes."""
        return self.reached[-1][1]


@dataclass(frozen=True, slots=True)
class Plan:
    """The way over all stops of an itinerary."""

    legs: tuple[Leg, ...] = ()

    @property
    def metres(self) -> float:
        """Return how far it is."""
        return sum(leg.metres for leg in self.legs)

    @property
    def seconds(self) -> float:
        """Return how long it takes."""
        return sum(leg.seconds for leg in self.legs)

    @property
    def straight(self) -> bool:
        """Tell whether the streets are not known for some of it."""
        return any(leg.straight for leg in self.legs)

    @property
    def points(self) -> tuple[GeoPoint, ...]:
        """Return the whole line."""
        return tuple(point for leg in self.legs for point in leg.points)

    def via(self, count: int) -> tuple[str, ...]:
        """Return the names of the ``count`` streets that most of the way lies on, in their order."""
        streets = [street for leg in self.legs for street in leg.streets]
        longest = sorted(streets, key=lambda street: -street.metres)[:count]
        return tuple(dict.fromkeys(street.name for street in streets if street in longest))

    @property
    def next_turn(self) -> Turn | None:
        """Return what comes first, if there is a way at all."""
        return self.legs[0].turns[0] if self.legs else None


def plan(
    roads: Roads | None, start: GeoPoint, stops: Sequence[Stop], language: Language = Language.ENGLISH
) -> Plan:
    """Return the quickest way from ``start`` over ``stops`` in their order; street names in ``language``."""
    places = [start, *(stop.position for stop in stops)]
    legs = [
        _leg(roads, pair, stop.name, language) for pair, stop in zip(pairwise(places), stops, strict=True)
    ]
    behind = 0.0
    counted: list[Leg] = []
    for leg in legs:
        counted.append(
            replace(leg, turns=tuple(replace(turn, metres=behind + turn.metres) for turn in leg.turns))
        )
        behind += leg.metres
    return Plan(tuple(counted))


def _leg(roads: Roads | None, between: tuple[GeoPoint, GeoPoint], name: str, language: Language) -> Leg:
    start, end = between
    way = _streets_between(roads, start, end)
    if roads is None or way is None:
        return _beeline(start, end, name)
    nodes = [roads.nodes[node] for node in way.nodes]
    to_street, from_street = distance(start, nodes[0]), distance(nodes[-1], end)
    stretches = (
        (0.0, 0.0),
        (to_street, to_street / _WALKING_PACE),
        *((edge.metres, edge.seconds) for edge in way.edges),
        (from_street, from_street / _WALKING_PACE),
    )
    reached = tuple(accumulate(stretches, lambda so_far, one: (so_far[0] + one[0], so_far[1] + one[1])))
    names = [roads.name(edge.street, language) for edge in way.edges]
    turns = (*_turns(roads, way.edges, names, to_street), Turn(Manoeuvre.ARRIVE, name, reached[-1][0]))
    along = (*names[:1], *names, *names[-1:]) if names else ("", "")
    streets = _streets(way.edges, names)
    return Leg((start, *nodes, end), reached, along, streets, straight=False, turns=turns)


def _streets(edges: Sequence[Edge], names: Sequence[str]) -> tuple[Street, ...]:
    metres = dict.fromkeys((name for name in names if name), 0.0)
    for edge, name in zip(edges, names, strict=True):
        if name:
            metres[name] += edge.metres
    return tuple(Street(name, far) for name, far in metres.items())


def _beeline(start: GeoPoint, end: GeoPoint, name: str) -> Leg:
    """The geodesic of WGS 84; exact, and bent on the map where it is long."""
    line = Geodesic.WGS84.InverseLine(start.latitude, start.longitude, end.latitude, end.longitude)
    metres = float(line.s13)
    count = max(1, min(_MOST_BENDS, math.ceil(metres / _BEND)))
    marks = [metres * number / count for number in range(count + 1)]
    between = (line.Position(mark) for mark in marks[1:-1])
    bends = (GeoPoint(latitude=place["lat2"], longitude=place["lon2"]) for place in between)
    reached = tuple((mark, mark / _BEELINE) for mark in marks)
    arrival = Turn(Manoeuvre.ARRIVE, name, metres)
    return Leg((start, *bends, end), reached, ("",) * count, (), straight=True, turns=(arrival,))


@dataclass(frozen=True, slots=True)
class _Way:
    first: int
    edges: tuple[Edge, ...]

    @property
    def nodes(self) -> tuple[int, ...]:
        return (self.first, *(edge.end for edge in self.edges))


def _streets_between(roads: Roads | None, start: GeoPoint, end: GeoPoint) -> _Way | None:
    if roads is None:
        return None
    first, last = roads.nearest(start), roads.nearest(end)
    if first is None or last is None:
        return None
    edges = roads.way(first, last)
    return None if edges is None else _Way(first, edges)


def _turns(roads: Roads, edges: Sequence[Edge], names: Sequence[str], metres: float) -> Iterator[Turn]:
    for (before, after), (old, new) in zip(pairwise(edges), pairwise(names), strict=True):
        metres += before.metres
        bend = _bend(roads, before, after)
        manoeuvre = _manoeuvre(bend)
        leaves = before.end in roads.junctions and abs(bend) >= _TURN
        renamed = old != new and manoeuvre is not Manoeuvre.STRAIGHT
        if leaves or renamed or abs(bend) >= _U_TURN:
            yield Turn(manoeuvre, new, metres)


def _bend(roads: Roads, before: Edge, after: Edge) -> float:
    came = bearing(roads.nodes[before.start], roads.nodes[before.end])
    goes = bearing(roads.nodes[after.start], roads.nodes[after.end])
    return (goes - came + 180) % 360 - 180


def _manoeuvre(bend: float) -> Manoeuvre:
    left, right = next(pair for limit, *pair in _BENDS if abs(bend) <= limit)
    return left if bend < 0 else right
