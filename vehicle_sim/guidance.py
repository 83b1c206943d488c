"""How far along its way a car under guidance is: what lies ahead, where that is, and what comes next.

The way is planned once, from where guidance began; the car is then so many metres along it. It is planned
anew when the stops change, and when a reported position has left it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

from protocol.language import Language
from protocol.values import GeoPoint
from vehicle_sim.route import Leg, Plan, plan
from vehicle_sim.state import Car, Itinerary, Stop
from vehicle_sim.streets import helsinki

THERE: Final = 30.0
"""Metres before a stop from which on a reported position has reached it."""
ASTRAY: Final = 60.0
"""Metres beside the way beyond which a reported position has left it: more than the widest street."""
_BEHIND: Final = 100.0
"""Metres that a reported position may be farther back than the car was thought to be."""
_CLOSE: Final = 0.01
"""Metres that count as none: an instant is exact to a microsecond, and a way is not to a hair."""
_METRES: Final = 111_195.0
"""Of one degree of latitude."""


def way(start: GeoPoint, stops: tuple[Stop, ...], language: Language = Language.ENGLISH) -> Plan:
    """Return the way from ``start`` over ``stops``; one asked for again is not planned again."""
    return _ahead(start, stops, language, 0.0)


def ahead(car: Car, language: Language = Language.ENGLISH) -> Plan:
    """Return what is left of a car's way over the stops of its itinerary."""
    itinerary = car.itinerary
    begun = itinerary.begun or car.drive.position
    return _ahead(begun, itinerary.stops, language, itinerary.driven if itinerary.begun else 0.0)


def street(car: Car, language: Language) -> str:
    """Return the name of the street that a car is in, as far as it is known; else nothing."""
    legs = ahead(car, language).legs
    if car.itinerary.guiding and legs and not legs[0].straight:
        return legs[0].names[0]
    return helsinki().street_at(car.drive.position, language)


def metres_to_change(car: Car) -> float:
    """Return after how many metres of the way something is passed, a turn or a stop; there must be one."""
    coming = [turn.metres for turn in ahead(car).legs[0].turns]
    return min((metres for metres in coming if metres > _CLOSE), default=0.0)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a car has come to on its way.

    Attributes:
        itinerary: what is left of it.
        reached: the stops that are not.
        metres: how far it came on its own.
    """

    itinerary: Itinerary
    position: GeoPoint
    reached: tuple[Stop, ...] = ()
    metres: float = 0.0


def along(car: Car, metres: float) -> Progress:
    """Return where a car comes to after so many more metres of its way; at its end it stays."""
    itinerary = car.itinerary
    begun, before = itinerary.begun or car.drive.position, itinerary.driven if itinerary.begun else 0.0
    legs = way(begun, itinerary.stops).legs
    metres = min(metres, max(0.0, sum(leg.metres for leg in legs) - before))
    passed, driven = 0, before + metres
    while passed < len(legs) and driven >= legs[passed].metres - _CLOSE:
        driven = max(0.0, driven - legs[passed].metres)
        passed += 1
    reached, stops = itinerary.stops[:passed], itinerary.stops[passed:]
    begun = reached[-1].position if reached else begun
    if not stops:
        return Progress(Itinerary(), begun, reached, metres)
    left = replace(itinerary, stops=stops, begun=begun, driven=driven)
    return Progress(left, _place(legs[passed], driven), reached, metres)


def reported(car: Car, position: GeoPoint) -> Progress:
    """Return where a car is on its way that reports ``position``; off its way, a new one begins there."""
    itinerary = car.itinerary
    begun, driven = itinerary.begun or car.drive.position, itinerary.driven if itinerary.begun else 0.0
    for passed, stop in enumerate(itinerary.stops):
        stops = itinerary.stops[passed:]
        leg = way(begun, stops).legs[0]
        found = _nearest(leg, position, driven - _BEHIND)
        if found is None or found < _door(leg) - THERE:
            begun, driven = (position, 0.0) if found is None else (begun, found)
            left = replace(itinerary, stops=stops, begun=begun, driven=driven)
            return Progress(left, position, itinerary.stops[:passed])
        begun, driven = stop.position, 0.0
    return Progress(Itinerary(), position, itinerary.stops)


@lru_cache(maxsize=128)
def _ahead(start: GeoPoint, stops: tuple[Stop, ...], language: Language, driven: float) -> Plan:
    if not driven:
        return plan(helsinki(), start, stops, language)
    whole = _ahead(start, stops, language, 0.0)
    return Plan(tuple(_cut(whole.legs, driven)))


def _cut(legs: Sequence[Leg], driven: float) -> Iterator[Leg]:
    """Take ``driven`` metres off the first leg, and off all turns."""
    for number, leg in enumerate(legs):
        turns = tuple(
            replace(turn, metres=max(0.0, turn.metres - driven))
            for turn in leg.turns
            if turn.metres > driven + _CLOSE or turn is leg.turns[-1]
        )
        if number:
            yield replace(leg, turns=turns)
            continue
        place = _index(leg, driven)
        metres, seconds = driven, _seconds(leg, driven, place)
        yield replace(
            leg,
            points=(_place(leg, driven), *leg.points[place + 1 :]),
            reached=(
                (0.0, 0.0),
                *((far - metres, long - seconds) for far, long in leg.reached[place + 1 :]),
            ),
            names=leg.names[place:],
            turns=turns,
        )


def _index(leg: Leg, driven: float) -> int:
    """Return the number of the last point that lies behind, never the last point of all."""
    behind = bisect_right(leg.reached, (driven, math.inf)) - 1
    return min(behind, len(leg.points) - 2)


def _part(leg: Leg, driven: float, place: int) -> float:
    (begin, _), (end, _) = leg.reached[place], leg.reached[place + 1]
    return max(0.0, min(1.0, (driven - begin) / (end - begin))) if end > begin else 0.0


def _seconds(leg: Leg, driven: float, place: int) -> float:
    (_, begin), (_, end) = leg.reached[place], leg.reached[place + 1]
    return begin + (end - begin) * _part(leg, driven, place)


def _door(leg: Leg) -> float:
    """Return after how many metres of a leg the street is left for the stop, where one may have to walk."""
    return leg.metres if leg.straight else leg.reached[-2][0]


def _place(leg: Leg, driven: float) -> GeoPoint:
    place = _index(leg, driven)
    part, here, there = _part(leg, driven, place), leg.points[place], leg.points[place + 1]
    return GeoPoint(
        latitude=here.latitude + (there.latitude - here.latitude) * part,
        longitude=here.longitude + (there.longitude - here.longitude) * part,
    )


def _nearest(leg: Leg, position: GeoPoint, earliest: float) -> float | None:
    """Return how far along a leg it passes nearest to ``position``; None if that is too far beside it."""
    shrink = math.cos(math.radians(position.latitude))
    flat = [
        (
            (point.longitude - position.longitude) * _METRES * shrink,
            (point.latitude - position.latitude) * _METRES,
        )
        for point in leg.points
    ]
    best: tuple[float, float] | None = None
    for ((x, y), (x2, y2)), ((begin, _), (end, _)) in zip(pairwise(flat), pairwise(leg.reached), strict=True):
        if end < earliest:
            continue
        dx, dy = x2 - x, y2 - y
        length = dx * dx + dy * dy
        part = max(0.0, min(1.0, -(x * dx + y * dy) / length)) if length else 0.0
        beside = math.hypot(x + part * dx, y + part * dy)
        if best is None or beside < best[0]:
            best = beside, begin + part * (end - begin)
    return best[1] if best is not None and best[0] <= ASTRAY else None
