"""What the driver does: the keys, the knob, and the one place where a choice's verb becomes a deed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, Literal

from protocol.messages import (
    Accepted,
    CarEvent,
    CounterProposed,
    DayReminder,
    Declined,
    Dismissed,
    Health,
    Item,
    Navigated,
    NavigationDestination,
    NavigationRefused,
    Opened,
    Reminder,
    ServiceRequested,
    ServiceType,
)
from vehicle_sim import menu, route
from vehicle_sim.popups import is_answered
from vehicle_sim.state import (
    Button,
    Car,
    Choice,
    Itinerary,
    Notice,
    Page,
    PopUp,
    Step,
    Stop,
    Verb,
    View,
    mark,
)
from vehicle_sim.wire import record

_HOME = (Page(View.HOME),)
Decision = Literal["accepted", "declined", "counter_proposed"]


def pressed(car: Car, button: Button, *, long: bool) -> Car:
    """Do what a key does; in the dark, nothing."""
    if not car.screen_on:
        return car
    match button:
        case Button.OK:
            offered = menu.choices(car)
            return _obey(car, offered[menu.focus(car)]) if offered else car
        case Button.EXIT:
            return _exit_long(car) if long else _exit(car)
        case Button.MY_CAR:
            return _show(car, View.HOME)
        case Button.NAV:
            return _show(car, View.MAP)
        case Button.RADIO:
            return _show(car, View.RADIO)
        case Button.MEDIA:
            return _show(car, View.MEDIA)
        case Button.TEL:
            return _show(car, View.TEL)


def turned(car: Car, steps: int) -> Car:
    """Move the focus by so many choices, not beyond the first and last."""
    if not car.screen_on:
        return car
    return _focused(car, menu.focus(car) + steps)


def within_bounds(car: Car) -> Car:
    """Put every focus back onto a choice that is there."""
    return _focused(car, menu.focus(car))


def _focused(car: Car, wanted: int) -> Car:
    if car.notice is not None:
        return car
    place = max(0, min(len(menu.choices(car)) - 1, wanted))
    if car.pop_up is not None:
        return _replaced(car, car.pop_up, replace(car.pop_up, focus=place))
    return replace(car, pages=(*car.pages[:-1], replace(car.page, focus=place)))


def _exit(car: Car) -> Car:
    if car.notice is not None:
        return replace(car, notice=None)
    if car.pop_up is not None:
        asked = car.pop_up.step is Step.ASKED
        return _dismiss(car) if asked else _step_back(car)
    return _leave(car)


def _exit_long(car: Car) -> Car:
    if car.pop_up is not None:
        return replace(_dismiss(car), pages=_HOME, notice=None)
    return _show(car, View.SOURCES if car.page.view is View.HOME else View.HOME)


def _show(car: Car, view: View) -> Car:
    if view is View.MAP and not car.settings.navigation:
        return replace(car, notice=Notice("notice.no_navigation"))
    return replace(car, notice=None, pages=_HOME if view is View.HOME else (*_HOME, Page(view)))


def _leave(car: Car) -> Car:
    return replace(car, pages=car.pages[:-1] or _HOME) if len(car.pages) > 1 else car


def _obey(car: Car, choice: Choice) -> Car:
    return _DEEDS[choice.verb](car, choice)


def _open(car: Car, choice: Choice) -> Car:
    view = View(str(choice.subject))
    roots = {View.HOME, View.MAP, View.RADIO, View.MEDIA, View.TEL}
    return _show(car, view) if view in roots else _push(car, Page(view))


def _push(car: Car, page: Page) -> Car:
    # The same page twice in the way back would make EXIT look broken.
    before = tuple(old for old in car.pages if (old.view, old.subject) != (page.view, page.subject))
    return replace(car, pages=(*before, page))


def _open_details(car: Car, choice: Choice) -> Car:
    item = car.item(choice.subject)
    if item is None:
        return car
    booking = car.item(item.booking) if isinstance(item, Reminder | DayReminder) else None
    if car.pop_up is not None:
        # Who reads the booking from its reminder has read the booking: its own pop-up would only cover it.
        read = (item,) if booking is None or is_answered(car, booking) else (item, booking)
        for one in read:
            car = _answer(car, one, Opened)
        car = _replaced(car, car.pop_up, None)
    return _push(car, Page(View.DETAILS, subject=(booking or item).id))


def _open_stop(car: Car, choice: Choice) -> Car:
    return _push(car, Page(View.STOP, subject=choice.subject))


def _dismiss(car: Car) -> Car:
    pop_up = car.pop_up
    item = car.item(pop_up.item) if pop_up is not None else None
    if pop_up is None or item is None or pop_up.by_driver:
        return _replaced(car, pop_up, None)
    if isinstance(item, NavigationDestination) and not car.settings.navigation:
        car = _refuse(car, item, "no_navigation")
        car = _remember(car, item, answered=car.drive.run)
    else:
        car = _answer(car, item, Dismissed)
    return _replaced(car, pop_up, None)


def _step_back(car: Car) -> Car:
    pop_up = car.pop_up
    if pop_up is None:
        return _leave(car)
    if pop_up.step is Step.REFUSED and not isinstance(car.item(pop_up.item), NavigationDestination):
        return _step(car, pop_up, Step.GUIDANCE)
    return _replaced(car, pop_up, None) if pop_up.by_driver else _step(car, pop_up, Step.ASKED)


def _accept(car: Car, choice: Choice) -> Car:
    return _decide(car, car.item(choice.subject), "accepted", Accepted)


def _decline(car: Car, choice: Choice) -> Car:
    return _decide(car, car.item(choice.subject), "declined", Declined)


def _decide(
    car: Car, item: Item | None, what: Decision, fact: Callable[..., CarEvent], **facts: object
) -> Car:
    if item is None or not menu.may_decide(car, item):
        return replace(car, notice=Notice("notice.too_late"))
    car = _remember(_answer(car, item, fact, **facts), item, decided=what)
    return replace(_replaced(car, car.pop_up, None), notice=Notice(f"notice.{what}"))


def _counter(car: Car, choice: Choice) -> Car:
    return _go_on(car, choice, Step.SLOTS)


def _toggle_slot(car: Car, choice: Choice) -> Car:
    if car.pop_up is None:
        return car
    slot = menu.slot_of(choice.subject)
    others = tuple(chosen for chosen in car.pop_up.slots if chosen != slot)
    slots = others if slot in car.pop_up.slots else (*others, slot)[-2:]
    return _replaced(car, car.pop_up, replace(car.pop_up, slots=slots))


def _send_slots(car: Car, choice: Choice) -> Car:
    slots = car.pop_up.slots if car.pop_up is not None else ()
    if not slots:
        return replace(car, notice=Notice("notice.choose_slot"))
    return _decide(car, car.item(choice.subject), "counter_proposed", CounterProposed, slots=slots)


def _guide(car: Car, choice: Choice) -> Car:
    return _go_on(car, choice, Step.GUIDANCE)


def _go_on(car: Car, choice: Choice, step: Step) -> Car:
    if car.pop_up is not None:
        return _step(car, car.pop_up, step)
    item = car.item(choice.subject)
    if item is None:
        return car
    asked = PopUp(item.id, item.ver, car.drive.run, by_driver=True)
    return _step(replace(car, pop_ups=(*car.pop_ups, asked)), asked, step)


def _as_destination(car: Car, choice: Choice) -> Car:
    return _drive_to(car, choice, route.as_destination)


def _as_waypoint(car: Car, choice: Choice) -> Car:
    return _drive_to(car, choice, route.as_waypoint)


def _drive_to(car: Car, choice: Choice, rule: Callable[[Itinerary, Stop], route.Routed]) -> Car:
    item = car.item(choice.subject)
    stop = _stop(car, item)
    if stop is None:
        return car
    pop_up = car.pop_up
    try:
        routed = rule(car.itinerary, stop)
    except route.ItineraryFull:
        if item is None or pop_up is None:
            return replace(car, notice=Notice("notice.itinerary_full"))
        return _step(_refuse(car, item, "itinerary_full"), pop_up, Step.REFUSED)
    if item is not None and pop_up is not None:
        car = record(car, lambda seq, at: _navigated(seq, at, item, routed.how))
        car = car if pop_up.by_driver else _remember(car, item, answered=car.drive.run)
        car = _replaced(car, pop_up, None)
    return _show(replace(car, itinerary=routed.itinerary), View.MAP)


def _navigated(seq: int, at: datetime, item: Item, how: str) -> Navigated:
    facts = {"seq": seq, "at": at, "item": item.id, "ver": item.ver, "as": how}
    return Navigated.model_validate(facts)  # "as" is no name that Python lets through as a keyword


def _stop(car: Car, item: Item | None) -> Stop | None:
    if isinstance(item, NavigationDestination):
        return Stop(item.name, item.position, item.address, item.id)
    dealer = car.dealer_of(item)
    if dealer is None:
        return None
    return Stop(dealer.name, dealer.position, dealer.address, item.id if item is not None else None)


def _call(car: Car, choice: Choice) -> Car:
    dealer = car.dealer_of(car.item(choice.subject))
    facts = {"name": dealer.name, "phone": dealer.phone} if dealer is not None else {"name": "", "phone": ""}
    return replace(car, notice=Notice("notice.no_phone", facts))


def _toggle_notifications(car: Car) -> Car:
    settings = replace(car.settings, notifications_on=not car.settings.notifications_on)
    return replace(car, settings=settings)


def _move(car: Car, choice: Choice, steps: int) -> Car:
    place = _place(choice)
    page = replace(car.page, subject=place + steps)
    return replace(car, itinerary=route.move(car.itinerary, place, steps), pages=(*car.pages[:-1], page))


def _delete_stop(car: Car, choice: Choice) -> Car:
    return _leave(replace(car, itinerary=route.delete(car.itinerary, _place(choice))))


def _place(choice: Choice) -> int:
    return choice.subject if isinstance(choice.subject, int) else 0


def _request(car: Car, choice: Choice) -> Car:
    return _push(car, Page(View.CONSENT, subject=choice.subject))


def _send_request(car: Car, choice: Choice) -> Car:
    kind = ServiceType(str(choice.subject))
    odometer = int(max(0.0, min(9_999_999.0, car.drive.odometer_km)))
    health = Health(odometer_km=odometer, service_due=car.drive.service_due)
    car = record(
        car, lambda seq, at: ServiceRequested(seq=seq, at=at, type=kind, consent=True, health=health)
    )
    pages = tuple(page for page in car.pages if page.view not in {View.REQUEST, View.CONSENT})
    return replace(car, pages=pages, notice=Notice("notice.request_sent"))


def _answer(car: Car, item: Item, fact: Callable[..., CarEvent], **facts: object) -> Car:
    car = record(car, lambda seq, at: fact(seq=seq, at=at, item=item.id, ver=item.ver, **facts))
    return _remember(car, item, answered=car.drive.run)


def _refuse(car: Car, item: Item, why: Literal["itinerary_full", "no_navigation"]) -> Car:
    return record(car, lambda seq, at: NavigationRefused(seq=seq, at=at, item=item.id, ver=item.ver, why=why))


def _remember(car: Car, item: Item, *, answered: int | None = None, decided: Decision | None = None) -> Car:
    known = car.past(item)
    past = replace(
        known, answered=known.answered if answered is None else answered, decided=decided or known.decided
    )
    return replace(car, memory=replace(car.memory, past={**car.memory.past, mark(item.id, item.ver): past}))


def _step(car: Car, pop_up: PopUp, step: Step) -> Car:
    stepped = replace(pop_up, step=step)
    return _replaced(car, pop_up, replace(stepped, focus=menu.first_focus(car, stepped)))


def _replaced(car: Car, old: PopUp | None, new: PopUp | None) -> Car:
    changed = [new if pop_up == old else pop_up for pop_up in car.pop_ups]
    return replace(car, pop_ups=tuple(pop_up for pop_up in changed if pop_up is not None))


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
    Verb.AS_DESTINATION: _as_destination,
    Verb.AS_WAYPOINT: _as_waypoint,
    Verb.CALL: _call,
    Verb.TOGGLE_NOTIFICATIONS: lambda car, _: _toggle_notifications(car),
    Verb.START_GUIDANCE: lambda car, _: replace(car, itinerary=route.start(car.itinerary)),
    Verb.CANCEL_GUIDANCE: lambda car, _: replace(car, itinerary=route.cancel(car.itinerary)),
    Verb.CLEAR_ITINERARY: lambda car, _: replace(car, itinerary=route.clear()),
    Verb.MOVE_UP: lambda car, choice: _move(car, choice, -1),
    Verb.MOVE_DOWN: lambda car, choice: _move(car, choice, 1),
    Verb.DELETE_STOP: _delete_stop,
    Verb.REQUEST: _request,
    Verb.SEND_REQUEST: _send_request,
}
