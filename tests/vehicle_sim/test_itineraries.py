"""A destination and at most four waypoints, in the order in which they are driven to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vehicle_sim.motorist import WORKSHOP, destination
from vehicle_sim import itineraries
from vehicle_sim.itineraries import ItineraryFull
from vehicle_sim.state import Itinerary, Stop

DEALER = Stop(WORKSHOP.name, WORKSHOP.position)
STOPS = tuple(Stop(f"Stop {number}", destination().position) for number in range(6))


def of(count: int, *, guiding: bool = False) -> Itinerary:
    return Itinerary(STOPS[:count], guiding=guiding)


def test_a_destination_replaces_everything_and_starts_guidance() -> None:
    routed = itineraries.as_destination(Itinerary(STOPS[:3], paused=True), DEALER)
    assert (routed.itinerary, routed.how) == (Itinerary((DEALER,), guiding=True), "destination")


def test_a_waypoint_goes_right_before_the_destination() -> None:
    routed = itineraries.as_waypoint(of(3), DEALER)
    assert routed.itinerary.stops == (STOPS[0], STOPS[1], DEALER, STOPS[2])
    assert (routed.how, routed.itinerary.guiding) == ("waypoint", False)


def test_four_waypoints_are_enough() -> None:
    full = itineraries.as_waypoint(of(4), DEALER).itinerary
    assert len(full.stops) == 5
    with pytest.raises(ItineraryFull, match="four waypoints already; delete one"):
        itineraries.as_waypoint(full, DEALER)


@given(st.integers(0, 5), st.integers(-2, 7), st.integers(-9, 9))
def test_moving_keeps_every_stop(count: int, index: int, steps: int) -> None:
    moved = itineraries.move(of(count), index, steps)
    assert sorted(stop.name for stop in moved.stops) == [stop.name for stop in STOPS[:count]]
    if 0 <= index < count:
        assert moved.stops[max(0, min(count - 1, index + steps))] == STOPS[index]
    else:
        assert moved == of(count)


def test_without_stops_there_is_nothing_to_guide_to() -> None:
    assert itineraries.delete(of(1, guiding=True), 0) == itineraries.clear() == Itinerary()
    assert itineraries.start(Itinerary()) == Itinerary()
    assert itineraries.delete(of(2, guiding=True), 0) == Itinerary(STOPS[1:2], guiding=True)


def test_guidance_is_cancelled_and_resumed() -> None:
    paused = itineraries.cancel(of(2, guiding=True))
    assert (paused.guiding, paused.paused) == (False, True)
    assert itineraries.cancel(paused) == paused
    assert itineraries.cancel(of(2)) == of(2)
    assert itineraries.start(paused) == of(2, guiding=True)
