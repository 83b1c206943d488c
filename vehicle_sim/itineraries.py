"""The rules of the itinerary: a destination, and at most four waypoints on the way to it.

*As destination* replaces what was there and starts guidance; *as waypoint* goes before the destination, and
becomes it where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from vehicle_sim.state import Itinerary, Stop

MOST_WAYPOINTS: Final = 4


class ItineraryFull(Exception):
    """The itinerary has four waypoints already; delete one before adding another."""


@dataclass(frozen=True, slots=True)
class Routed:
    """The itinerary with a new stop, and what the stop has become."""

    itinerary: Itinerary
    how: Literal["destination", "waypoint"]


def as_destination(itinerary: Itinerary, stop: Stop) -> Routed:
    """Replace the whole itinerary by ``stop`` and start guidance."""
    return Routed(start(over(itinerary, (stop,))), "destination")


def as_waypoint(itinerary: Itinerary, stop: Stop) -> Routed:
    """Put ``stop`` before the destination; without one it becomes the destination.

    Raises:
        ItineraryFull: there are four waypoints already.
    """
    if not itinerary.stops:
        return as_destination(itinerary, stop)
    *waypoints, destination = itinerary.stops
    if is_full(itinerary):
        raise ItineraryFull(ItineraryFull.__doc__)
    return Routed(over(itinerary, (*waypoints, stop, destination)), "waypoint")


def is_full(itinerary: Itinerary) -> bool:
    """Tell whether there is no room for another waypoint."""
    return len(itinerary.stops) > MOST_WAYPOINTS


def move(itinerary: Itinerary, index: int, steps: int) -> Itinerary:
    """Move the stop at ``index`` in the list, as far as the list goes; the last one is the destination."""
    if not 0 <= index < len(itinerary.stops):
        return itinerary
    stops = list(itinerary.stops)
    stop = stops.pop(index)
    stops.insert(max(0, min(len(stops), index + steps)), stop)
    return over(itinerary, tuple(stops))


def delete(itinerary: Itinerary, index: int) -> Itinerary:
    """Delete the stop at ``index``; without stops there is nothing to guide to."""
    stops = tuple(stop for place, stop in enumerate(itinerary.stops) if place != index)
    return over(itinerary, stops)


def over(itinerary: Itinerary, stops: tuple[Stop, ...]) -> Itinerary:
    """Change the stops, if they are others: the way over them begins where the car is."""
    if stops == itinerary.stops:
        return itinerary
    return replace(itinerary, stops=stops, begun=None, driven=0.0) if stops else clear()


def clear() -> Itinerary:
    """Return the itinerary without stops."""
    return Itinerary()


def start(itinerary: Itinerary) -> Itinerary:
    """Start guidance, or resume it."""
    return replace(itinerary, guiding=bool(itinerary.stops), paused=False)


def cancel(itinerary: Itinerary) -> Itinerary:
    """Cancel guidance; the stops stay, so that it can be resumed."""
    return Itinerary(itinerary.stops, paused=itinerary.guiding or itinerary.paused)
