"""The only way from one car to the next: what has happened goes in, the next car and its wishes come out.

``advance`` is total: any event in any state gives a sane car. It asks no clock, so that the journal, played
again, gives the same car.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from protocol.messages import RequestReceipt, Shown
from vehicle_sim import browsing, driving, held, menu, popups, pressing, requesting, wire
from vehicle_sim.state import (
    Car,
    Chime,
    Connected,
    ConnectionLost,
    Drive,
    Effect,
    EngineReported,
    Event,
    EventsAcknowledged,
    IgnitionTurned,
    Installed,
    Moved,
    Outcome,
    Page,
    PopUp,
    Pressed,
    Priority,
    SendEvents,
    ServiceNeed,
    Settings,
    SettingsChanged,
    SnapshotArrived,
    SnapshotRejected,
    Step,
    Subject,
    Turned,
    View,
    WaitedInVain,
    Wire,
    mark,
)

_ROUTES: Final = frozenset({View.ROUTE, View.ROUTE_PROPOSAL})
_NAVIGATION: Final = _ROUTES | {View.MAP, View.ITINERARY, View.STOP, View.PLACES}


class NotInstalled(ValueError):
    """A journal begins with Installed: nothing can happen to a head unit that is not there."""


def advance(car: Car | None, event: Event) -> Outcome:
    """Return the car after ``event`` and what it wants done once that is journalled.

    An ``at`` before the car's present counts as the present; a second ``Installed`` changes nothing.

    Raises:
        NotInstalled: there is no car yet and ``event`` does not install one.
    """
    if car is None:
        if not isinstance(event, Installed):
            raise NotInstalled(f"{event.kind} cannot happen before a head unit is installed")
        return Outcome(_installed(event))
    before = replace(car, now=max(car.now, event.at))
    happened = _happen(driving.carried(car, event.at), event)
    # Who sets off at a stop has reached it, by no time at all.
    settled = _settle(before, driving.carried(happened.car, event.at), event)
    wanted = (*happened.effects, *_announced(car, settled.car), *settled.effects)
    return Outcome(settled.car, tuple(dict.fromkeys(wanted)))


def next_due(car: Car) -> datetime | None:
    """Return when the car wants to be woken by ``TimePassed``, if ever; an instant gone by means now."""
    dues = (wire.due(car), held.due(car), popups.next_change(car, car.now), driving.next_change(car))
    return min((due for due in dues if due is not None), default=None)


def _installed(event: Installed) -> Car:
    return Car(
        vin=event.vin,
        born=event.at,
        now=event.at,
        wire=Wire(store_id=event.store_id),
        drive=Drive(position=event.position, odometer_km=event.odometer_km),
        settings=event.settings,
    )


def _happen(car: Car, event: Event) -> Outcome:  # noqa: C901, PLR0912 - one row an event: the table is the point
    match event:
        case SnapshotArrived():
            return wire.snapshot_arrived(car, event.desired)
        case SnapshotRejected():
            return wire.snapshot_rejected(car, event.why)
        case Connected():
            return wire.connected(car)
        case ConnectionLost():
            return wire.connection_lost(car)
        case EventsAcknowledged():
            return wire.events_acknowledged(car, event)
        case WaitedInVain():
            return wire.waited_in_vain(car)
        case IgnitionTurned():
            return Outcome(driving.ignition_turned(car, event.ignition))
        case EngineReported():
            return Outcome(driving.engine_reported(car, running=event.running))
        case Moved():
            return Outcome(driving.moved(car, event))
        case SettingsChanged():
            return Outcome(replace(car, settings=event.settings))
        case Pressed():
            return Outcome(pressing.pressed(car, event.button, long=event.long))
        case Turned():
            return Outcome(pressing.turned(car, event.steps))
        case _:
            return Outcome(car)


def _settle(before: Car, car: Car, event: Event) -> Outcome:
    """Do what follows from the new facts, whatever they were: say, close, open, report."""
    effects: list[Effect] = []
    greeting = _greet(before, car)
    car = _closed(_awake(before, requesting.followed(before, greeting.car), event))
    car = car if car.drive.run == before.drive.run else replace(car, pages=browsing.HOME, notice=None)
    car = browsing.steadied(before, replace(car, pages=_standing(car)))
    opened = popups.next_pop_up(car, car.now)
    if opened is not None:
        car = _shown(driving.hushed(car), opened)
        effects.append(_chime(car, opened))
    if not any(pop_up.lingers for pop_up in car.pop_ups):
        car = replace(car, awake_until=None)
    car = held.note(car)
    if car.wire.online and car.wire.seq > before.wire.seq:
        effects.append(SendEvents())
    return Outcome(car, (*greeting.effects, *effects))


def _announced(before: Car, car: Car) -> tuple[Effect, ...]:
    told = car.notice
    if told is None or told is before.notice or told.key not in driving.ANNOUNCED:
        return ()
    what = told.key.removeprefix("notice.")
    return (Chime(car.now, what, Priority.INFORMATION, muted=car.settings.muted),)


def _awake(before: Car, car: Car, event: Event) -> Car:
    """A hand on the keys keeps a lingering pop-up lit for another while."""
    touched = isinstance(event, Pressed | Turned | IgnitionTurned) and before.screen_on
    lingers = any(pop_up.lingers for pop_up in car.pop_ups)
    return replace(car, awake_until=car.now + popups.AWAKE) if touched and lingers else car


def _chime(car: Car, opened: Subject) -> Chime:
    return Chime(car.now, opened.kind, popups.RISING[opened.kind], muted=car.settings.muted)


def _greet(before: Car, car: Car) -> Outcome:
    due = wire.due(car)
    if due is not None and due <= car.now:
        return wire.hello(car)
    return wire.hello_soon(car) if _told(before.settings) != _told(car.settings) else Outcome(car)


def _told(settings: Settings) -> tuple[object, ...]:
    return settings.language, settings.profile, settings.navigation, settings.notifications_on


def _closed(car: Car) -> Car:
    staying = (pop_up for pop_up in car.pop_ups if popups.may_stay(car, pop_up))
    if not car.settings.navigation:
        guidance = {Step.GUIDANCE, Step.REFUSED}
        staying = (
            replace(pop_up, step=Step.ASKED) if pop_up.step in guidance else pop_up
            for pop_up in staying
            if not (pop_up.by_driver and pop_up.step in guidance)
        )
    return replace(car, pop_ups=tuple(staying))


def _standing(car: Car) -> tuple[Page, ...]:
    return tuple(page for page in car.pages if _stands(car, page))


def _stands(car: Car, page: Page) -> bool:
    if page.view in _NAVIGATION and not car.settings.navigation:
        return False
    if page.view in _ROUTES:
        return bool(car.itinerary.stops)
    if page.view is View.STOP:
        return isinstance(page.subject, int) and page.subject < len(car.itinerary.stops)
    return page.view is not View.DETAILS or car.item(page.subject) is not None


def _shown(car: Car, subject: Subject) -> Car:
    run, parked = car.drive.run, not car.drive.driving
    pop_up = PopUp(subject.id, subject.ver, run, lingers=parked)
    pop_up = replace(pop_up, focus=menu.first_focus(car, pop_up))
    awake = car.now + popups.AWAKE if parked else car.awake_until
    if isinstance(subject, ServiceNeed):
        need = replace(subject, shown_at=car.drive.parked_at)
        return replace(car, pop_ups=(*car.pop_ups, pop_up), service=need, awake_until=awake)
    car = wire.record(car, lambda seq, at: Shown(seq=seq, at=at, item=subject.id, ver=subject.ver, run=run))
    past = {**car.memory.past, mark(subject.id, subject.ver): replace(car.past(subject), shown=run)}
    # The receipt says what the request beneath it says, and that it has arrived.
    told = isinstance(subject, RequestReceipt)
    kept = tuple(old for old in car.pop_ups if not (told and old.step is Step.REQUEST_SENT))
    memory = replace(car.memory, past=past)
    return replace(car, pop_ups=(*kept, pop_up), memory=memory, awake_until=awake)
