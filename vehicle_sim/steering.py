"""What the driver does to the itinerary: adds a stop, moves or deletes it, starts and cancels guidance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from protocol.messages import Item, NavigationDestination
from vehicle_sim import itineraries, menu, places
from vehicle_sim.answers import drove_to, refuse, remember
from vehicle_sim.browsing import HOME, focused, leave, push, replaced, show, stepped
from vehicle_sim.state import Car, Choice, Itinerary, Notice, Page, Step, Stop, View

_FULL: Final = Notice("notice.itinerary_full")


def as_destination(car: Car, choice: Choice) -> Car:
    """Drive to the place of an item, and nowhere else."""
    return _drive_to(car, choice, itineraries.as_destination)


def as_waypoint(car: Car, choice: Choice) -> Car:
    """Drive over the place of an item."""
    return _drive_to(car, choice, itineraries.as_waypoint)


def add_stop(car: Car) -> Car:
    """Let the driver choose among the places that the car knows, if there is room for another one."""
    return replace(car, notice=_FULL) if itineraries.is_full(car.itinerary) else push(car, Page(View.PLACES))


def to_place(car: Car, choice: Choice) -> Car:
    """Add a place that was chosen; the first one is the destination."""
    known = places.known(car)
    if not isinstance(choice.subject, int) or choice.subject >= len(known):
        return car
    try:
        routed = itineraries.as_waypoint(car.itinerary, known[choice.subject].stop)
    except itineraries.ItineraryFull:
        return replace(car, notice=_FULL)
    return _proposed(car, routed.itinerary)


def start(car: Car) -> Car:
    """Start guidance or resume it; whoever looked at the route sees the map then."""
    car = replace(car, itinerary=itineraries.start(car.itinerary))
    return show(car, View.MAP) if car.page.view in {View.ROUTE, View.ROUTE_PROPOSAL} else car


def cancel(car: Car) -> Car:
    """Cancel guidance; the stops stay. A proposed route is left."""
    car = replace(car, itinerary=itineraries.cancel(car.itinerary))
    return leave(car) if car.page.view is View.ROUTE_PROPOSAL else car


def move(car: Car, choice: Choice, steps: int) -> Car:
    """Move a stop in the list."""
    place = choice.subject
    if not isinstance(place, int):
        return car
    moved = Page(View.STOP, subject=place + steps)
    car = replace(
        car, itinerary=itineraries.move(car.itinerary, place, steps), pages=(*car.pages[:-1], moved)
    )
    # The focus stays on the same word, or pressing OK twice would undo what it did once.
    offered = [other.verb for other in menu.choices(car)]
    return focused(car, offered.index(choice.verb) if choice.verb in offered else 0)


def delete(car: Car, choice: Choice) -> Car:
    """Take a stop off the list."""
    place = choice.subject
    if not isinstance(place, int):
        return car
    return leave(replace(car, itinerary=itineraries.delete(car.itinerary, place)))


def _drive_to(car: Car, choice: Choice, rule: Callable[[Itinerary, Stop], itineraries.Routed]) -> Car:
    item = car.item(choice.subject)
    stop = _stop(car, item)
    if stop is None:
        return car
    pop_up = car.pop_up
    try:
        routed = rule(car.itinerary, stop)
    except itineraries.ItineraryFull:
        if item is None or pop_up is None:
            return replace(car, notice=_FULL)
        return stepped(refuse(car, item, "itinerary_full"), pop_up, Step.REFUSED)
    if item is not None and pop_up is not None:
        car = drove_to(car, item, routed.how)
        car = car if pop_up.by_driver else remember(car, item, answered=car.drive.run)
        car = replaced(car, pop_up, None)
    return _proposed(car, routed.itinerary)


def _proposed(car: Car, itinerary: Itinerary) -> Car:
    """Show the route over the new stops before it is driven; EXIT leads to the map."""
    pages = (*HOME, Page(View.MAP), Page(View.ROUTE_PROPOSAL))
    return replace(car, itinerary=itinerary, pages=pages, notice=None)


def _stop(car: Car, item: Item | None) -> Stop | None:
    if isinstance(item, NavigationDestination):
        return Stop(item.name, item.position, item.address, item.id)
    dealer = car.dealer_of(item)
    if dealer is None:
        return None
    return Stop(dealer.name, dealer.position, dealer.address, item.id if item is not None else None)
