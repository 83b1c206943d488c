"""What Sensus Navigation offers: on the map, in the itinerary, at a stop, among places, before a route."""

from __future__ import annotations

from uuid import UUID

from vehicle_sim import places
from vehicle_sim.state import Car, Choice, Page, Verb, View


def guidance(car: Car, subject: UUID | None) -> tuple[Choice, ...]:
    """Return the two ways in which a place becomes part of the itinerary."""
    stops = car.itinerary.stops
    destination = "choice.as_destination_replacing" if stops else "choice.as_destination"
    waypoint = "choice.as_waypoint_before" if stops else "choice.as_waypoint"
    facts = {"before": stops[-1].name} if stops else {}
    return (
        Choice(destination, Verb.AS_DESTINATION, subject, icon="sports_score"),
        Choice(waypoint, Verb.AS_WAYPOINT, subject, facts, icon="add"),
    )


def on_map(car: Car, _: Page) -> tuple[Choice, ...]:
    """Return what the map leads to."""
    if not car.itinerary.stops:
        return (_add(car),)
    return (Choice("choice.itinerary", Verb.OPEN, View.ITINERARY.value, icon="route"),)


def in_itinerary(car: Car, _: Page) -> tuple[Choice, ...]:
    """Return the stops, and what can be done with all of them."""
    itinerary = car.itinerary
    if not itinerary.stops:
        return ()
    last = len(itinerary.stops) - 1
    stops = [
        Choice(
            "choice.stop",
            Verb.OPEN_STOP,
            place,
            {"name": stop.name},
            icon="sports_score" if place == last else "location_on",
            value="stop.destination" if place == last else "stop.waypoint",
            detail=stop.address,
        )
        for place, stop in enumerate(itinerary.stops)
    ]
    whole = Choice("choice.route", Verb.OPEN, View.ROUTE.value, icon="map")
    clear = Choice("choice.clear_itinerary", Verb.CLEAR_ITINERARY, icon="delete")
    return (*stops, _start_or_cancel(car), whole, _add(car), clear)


def at_stop(car: Car, page: Page) -> tuple[Choice, ...]:
    """Return what can be done with one stop."""
    last, place = len(car.itinerary.stops) - 1, page.subject
    if not isinstance(place, int):
        return ()
    up = (Choice("choice.move_up", Verb.MOVE_UP, place, icon="swap_vert"),) if place > 0 else ()
    down = (Choice("choice.move_down", Verb.MOVE_DOWN, place, icon="swap_vert"),) if place < last else ()
    return (*up, *down, Choice("choice.delete_stop", Verb.DELETE_STOP, place, icon="delete"))


def among_places(car: Car, _: Page) -> tuple[Choice, ...]:
    """Return every place that the car knows by name."""
    icons = {"workshop": "store", "received": "mail"}
    return tuple(
        Choice(
            "choice.place",
            Verb.TO_PLACE,
            number,
            {"name": place.stop.name},
            icon=icons.get(place.kind, "location_on"),
            detail=f"place.{place.kind}",
        )
        for number, place in enumerate(places.known(car))
    )


def on_route(car: Car, _: Page) -> tuple[Choice, ...]:
    """Return what can be done while the whole route is looked at."""
    return (_start_or_cancel(car), _add(car))


def before_route(car: Car, _: Page) -> tuple[Choice, ...]:
    """Return the answers to a proposed route; whoever gives none and drives off has accepted it."""
    start = Choice("choice.start_guidance", Verb.START_GUIDANCE, icon="navigation")
    return (start, _add(car), Choice("choice.cancel_guidance", Verb.CANCEL_GUIDANCE, icon="close"))


def _add(car: Car) -> Choice:
    key = "choice.add_waypoint" if car.itinerary.stops else "choice.add_destination"
    return Choice(key, Verb.ADD_STOP, icon="add")


def _start_or_cancel(car: Car) -> Choice:
    if car.itinerary.guiding:
        return Choice("choice.cancel_guidance", Verb.CANCEL_GUIDANCE, icon="close")
    key = "choice.resume_guidance" if car.itinerary.paused else "choice.start_guidance"
    return Choice(key, Verb.START_GUIDANCE, icon="navigation")
