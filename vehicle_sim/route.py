"""Where the car is going: the rules of the itinerary, and the way from stop to stop.

A destination and at most four waypoints. *As destination* replaces what was there and starts guidance;
*as waypoint* goes before the destination, and becomes it where there is none. Where the vendored streets do
not reach, the way is a straight line that says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Final, Literal

from protocol.language import Language
from protocol.values import GeoPoint
from vehicle_sim.state import Itinerary, Stop
from vehicle_sim.streets import Edge, Roads, bearing, distance

MOST_WAYPOINTS: Final = 4
_BEELINE: Final = 50 / 3.6
"""Metres a second along a straight line, where nothing better is known."""
_WALKING_PACE: Final = 10 / 3.6
"""Metres a second between a place and the street."""
_TURN: Final = 30.0
_U_TURN: Final = 150.0


class ItineraryFull(Exception):
    """The itinerary has four waypoints already; delete one before adding another."""


@dataclass(frozen=True, slots=True)
class Routed:
    """The itinerary with a new stop, and what the stop has become."""

    itinerary: Itinerary
    how: Literal["destination", "waypoint"]


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
class Leg:
    """The way to one stop; ``straight`` where it is only the line through the air."""

    points: tuple[GeoPoint, ...]
    streets: tuple[str, ...]
    metres: float
    seconds: float
    straight: bool
    turns: tuple[Turn, ...]


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
    def next_turn(self) -> Turn | None:
        """Return what comes first, if there is a way at all."""
        return self.legs[0].turns[0] if self.legs else None


def as_destination(itinerary: Itinerary, stop: Stop) -> Routed:
    """Replace the whole itinerary by ``stop`` and start guidance."""
    return Routed(replace(itinerary, stops=(stop,), guiding=True, paused=False), "destination")


def as_waypoint(itinerary: Itinerary, stop: Stop) -> Routed:
    """Put ``stop`` before the destination; without one it becomes the destination.

    Raises:
        ItineraryFull: there are four waypoints already.
    """
    if not itinerary.stops:
        return as_destination(itinerary, stop)
    *waypoints, destination = itinerary.stops
    if len(waypoints) >= MOST_WAYPOINTS:
        raise ItineraryFull(ItineraryFull.__doc__)
    return Routed(replace(itinerary, stops=(*waypoints, stop, destination)), "waypoint")


def move(itinerary: Itinerary, index: int, steps: int) -> Itinerary:
    """Move the stop at ``index`` in the list, as far as the list goes; the last one is the destination."""
    if not 0 <= index < len(itinerary.stops):
        return itinerary
    stops = list(itinerary.stops)
    stop = stops.pop(index)
    stops.insert(max(0, min(len(stops), index + steps)), stop)
    return replace(itinerary, stops=tuple(stops))


def delete(itinerary: Itinerary, index: int) -> Itinerary:
    """Delete the stop at ``index``; without stops there is nothing to guide to."""
    stops = tuple(stop for place, stop in enumerate(itinerary.stops) if place != index)
    return replace(itinerary, stops=stops) if stops else clear()


def clear() -> Itinerary:
    """Return the itinerary without stops."""
    return Itinerary()


def start(itinerary: Itinerary) -> Itinerary:
    """Start guidance, or resume it."""
    return replace(itinerary, guiding=bool(itinerary.stops), paused=False)


def cancel(itinerary: Itinerary) -> Itinerary:
    """Cancel guidance; the stops stay, so that it can be resumed."""
    return replace(itinerary, guiding=False, paused=itinerary.guiding or itinerary.paused)


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
        metres = distance(start, end)
        arrival = Turn(Manoeuvre.ARRIVE, name, metres)
        return Leg(between, (), metres, metres / _BEELINE, straight=True, turns=(arrival,))
    nodes = [roads.nodes[node] for node in way.nodes]
    to_street, from_street = distance(start, nodes[0]), distance(nodes[-1], end)
    metres = to_street + sum(edge.metres for edge in way.edges) + from_street
    names = [roads.name(edge.street, language) for edge in way.edges]
    streets = tuple(one for place, one in enumerate(names) if one and one not in names[:place])
    turns = (*_turns(roads, way.edges, names, to_street), Turn(Manoeuvre.ARRIVE, name, metres))
    seconds = sum(edge.seconds for edge in way.edges) + (to_street + from_street) / _WALKING_PACE
    return Leg((start, *nodes, end), streets, metres, seconds, straight=False, turns=turns)


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
