"""What the driver does: the keys, the knob, and the one place where a choice's verb becomes a deed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from protocol.messages import (
    Accepted,
    CarEvent,
    CounterProposed,
    DayReminder,
    Declined,
    Dismissed,
    Item,
    NavigationDestination,
    Opened,
    Reminder,
    ServiceType,
)
from vehicle_sim import itineraries, menu, requesting, slots, steering
from vehicle_sim.answers import Decision, answer, refuse, remember
from vehicle_sim.browsing import HOME, focused, leave, push, replaced, show, stepped
from vehicle_sim.popups import is_answered
from vehicle_sim.state import (
    Button,
    Car,
    Choice,
    Notice,
    Page,
    PopUp,
    Step,
    Verb,
    View,
)


def pressed(car: Car, button: Button, *, long: bool) -> Car:
    """Do what a key does; in the dark, nothing."""
    if not car.screen_on:
        return car
    if button is Button.OK:
        offered = menu.choices(car)
        return obey(car, offered[menu.focus(car)]) if offered else car
    if button is Button.EXIT:
        return _exit_long(car) if long else _exit(car)
    return show(car, _VIEWS[button])


def turned(car: Car, steps: int) -> Car:
    """Move the focus by so many choices, not beyond the first and last."""
    if not car.screen_on:
        return car
    return focused(car, menu.focus(car) + steps)


def obey(car: Car, choice: Choice) -> Car:
    """Do what a choice says; one whose subject has gone meanwhile does nothing."""
    return _DEEDS[choice.verb](car, choice)


def _exit(car: Car) -> Car:
    if car.notice is not None:
        return replace(car, notice=None)
    if car.pop_up is not None:
        return _step_back(car) if car.pop_up.step.goes_back else _dismiss(car)
    return leave(car)


def _exit_long(car: Car) -> Car:
    if car.pop_up is not None:
        return replace(_dismiss(car), pages=HOME, notice=None)
    return show(car, View.SOURCES if car.page.view is View.HOME else View.HOME)


def _open(car: Car, choice: Choice) -> Car:
    view = View(str(choice.subject))
    return show(car, view) if view in _VIEWS.values() else push(car, Page(view))


def _open_details(car: Car, choice: Choice) -> Car:
    item = car.item(choice.subject)
    if item is None:
        return car
    booking = car.item(item.booking) if isinstance(item, Reminder | DayReminder) else None
    if car.pop_up is not None:
        # Who reads the booking from its reminder has read the booking: its own pop-up would only cover it.
        covers = booking is not None and booking.announce and not is_answered(car, booking)
        read = (item, booking) if booking is not None and covers else (item,)
        for one in read:
            car = answer(car, one, Opened)
        car = replaced(car, car.pop_up, None)
    return push(car, Page(View.DETAILS, subject=(booking or item).id))


def _open_stop(car: Car, choice: Choice) -> Car:
    return push(car, Page(View.STOP, subject=choice.subject))


def _dismiss(car: Car) -> Car:
    pop_up = car.pop_up
    if pop_up is not None and pop_up.item == car.service.id:
        return requesting.leave(car, pop_up)
    item = car.item(pop_up.item) if pop_up is not None else None
    if pop_up is None or item is None or pop_up.by_driver:
        return replaced(car, pop_up, None)
    if isinstance(item, NavigationDestination) and not car.settings.navigation:
        car = refuse(car, item, "no_navigation")
        car = remember(car, item, answered=car.drive.run)
    else:
        car = answer(car, item, Dismissed)
    return replaced(car, pop_up, None)


def _step_back(car: Car) -> Car:
    pop_up = car.pop_up
    if pop_up is None:
        return leave(car)
    if pop_up.step is Step.REFUSED and not isinstance(car.item(pop_up.item), NavigationDestination):
        return stepped(car, pop_up, Step.GUIDANCE)
    return replaced(car, pop_up, None) if pop_up.by_driver else stepped(car, pop_up, Step.ASKED)


def _accept(car: Car, choice: Choice) -> Car:
    return _decide(car, car.item(choice.subject), "accepted", Accepted)


def _decline(car: Car, choice: Choice) -> Car:
    return _decide(car, car.item(choice.subject), "declined", Declined)


def _decide(
    car: Car, item: Item | None, what: Decision, fact: Callable[..., CarEvent], **facts: object
) -> Car:
    if item is None or not menu.may_decide(car, item):
        return replace(car, notice=Notice("notice.too_late"))
    car = remember(answer(car, item, fact, **facts), item, decided=what)
    return replace(replaced(car, car.pop_up, None), notice=Notice(f"notice.{what}"))


def _counter(car: Car, choice: Choice) -> Car:
    return _go_on(car, choice, Step.SLOTS)


def _toggle_slot(car: Car, choice: Choice) -> Car:
    pop_up = car.pop_up
    if pop_up is None:
        return car
    chosen = slots.toggled(pop_up.slots, slots.slot_of(choice.subject))
    return replaced(car, pop_up, replace(pop_up, slots=chosen))


def _send_slots(car: Car, choice: Choice) -> Car:
    chosen = car.pop_up.slots if car.pop_up is not None else ()
    if not chosen:
        return replace(car, notice=Notice("notice.choose_slot"))
    return _decide(car, car.item(choice.subject), "counter_proposed", CounterProposed, slots=chosen)


def _guide(car: Car, choice: Choice) -> Car:
    return _go_on(car, choice, Step.GUIDANCE)


def _go_on(car: Car, choice: Choice, step: Step) -> Car:
    if car.pop_up is not None:
        return stepped(car, car.pop_up, step)
    item = car.item(choice.subject)
    if item is None:
        return car
    asked = PopUp(item.id, item.ver, car.drive.run, by_driver=True)
    return stepped(replace(car, pop_ups=(*car.pop_ups, asked)), asked, step)


def _call(car: Car, choice: Choice) -> Car:
    dealer = car.dealer_of(car.item(choice.subject))
    facts = {"name": dealer.name, "phone": dealer.phone} if dealer is not None else {"name": "", "phone": ""}
    return replace(car, notice=Notice("notice.no_phone", facts))


def _toggle_notifications(car: Car) -> Car:
    settings = replace(car.settings, notifications_on=not car.settings.notifications_on)
    return replace(car, settings=settings)


def _request(car: Car, choice: Choice) -> Car:
    return requesting.ask(car, ServiceType(str(choice.subject)))


def _send_request(car: Car, choice: Choice) -> Car:
    return requesting.send(car, ServiceType(str(choice.subject)))


_VIEWS: Final = {
    Button.MY_CAR: View.HOME,
    Button.NAV: View.MAP,
    Button.RADIO: View.RADIO,
    Button.MEDIA: View.MEDIA,
    Button.TEL: View.TEL,
}
_DEEDS: Final[Mapping[Verb, Callable[[Car, Choice], Car]]] = {
    Verb.OPEN: _open,
    Verb.OPEN_DETAILS: _open_details,
    Verb.OPEN_STOP: _open_stop,
    Verb.CLOSE_NOTICE: lambda car, _: replace(car, notice=None),
    Verb.DISMISS: lambda car, _: _dismiss(car),
    Verb.BACK: lambda car, _: _step_back(car),
    Verb.ACCEPT: _accept,
    Verb.DECLINE: _decline,
    Verb.COUNTER: _counter,
    Verb.TOGGLE_SLOT: _toggle_slot,
    Verb.SEND_SLOTS: _send_slots,
    Verb.GUIDE: _guide,
    Verb.AS_DESTINATION: steering.as_destination,
    Verb.AS_WAYPOINT: steering.as_waypoint,
    Verb.CALL: _call,
    Verb.TOGGLE_NOTIFICATIONS: lambda car, _: _toggle_notifications(car),
    Verb.ADD_STOP: lambda car, _: steering.add_stop(car),
    Verb.TO_PLACE: steering.to_place,
    Verb.START_GUIDANCE: lambda car, _: steering.start(car),
    Verb.CANCEL_GUIDANCE: lambda car, _: steering.cancel(car),
    Verb.CLEAR_ITINERARY: lambda car, _: replace(car, itinerary=itineraries.clear()),
    Verb.MOVE_UP: lambda car, choice: steering.move(car, choice, -1),
    Verb.MOVE_DOWN: lambda car, choice: steering.move(car, choice, 1),
    Verb.DELETE_STOP: steering.delete,
    Verb.REQUEST: _request,
    Verb.SEND_REQUEST: _send_request,
    Verb.DECLINE_SERVICE: lambda car, _: requesting.decline(car),
    Verb.POSTPONE: lambda car, _: requesting.postpone(car),
}
