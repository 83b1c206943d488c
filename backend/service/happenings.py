"""The one way in which an appointment changes: load under lock, advance, save, and do all that follows.

Locks are always taken in one order: the vehicle first, then its appointments, last the dealer's counters.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from backend.appointment import Action, Actor, Appointment, By, Market
from backend.events import Event, Opening
from backend.lifecycle import advance
from backend.limits import due_at, time_limits
from backend.outcomes import TO_DEALER, Effect, Outcome, SendLetter, TellDealer, Withdraw
from backend.reminders import day_reminder, reminder
from backend.service import post, snapshots
from backend.service.dealers import market, workshop_of
from backend.service.errors import NotFound, StaleVersion
from backend.service.office import Work, log_crossing
from backend.store import appointments, customers, letters, regulars, timers, vehicles
from backend.store.customers import Customer
from backend.store.dealers import Workshop
from backend.store.scope import Scope, System

MakeEvent = Callable[..., Event]
"""Called with ``at`` and ``by``."""
MakeOpening = Callable[..., Opening]
"""Called with ``at``, ``by`` and ``subject``."""


async def begin(work: Work, scope: Scope, workshop: Workshop, event: Opening) -> Appointment:
    """Let an appointment come to be. The caller holds the vehicle's lock.

    Raises:
        Refused: the event does not open one; nothing has changed.
    """
    outcome = advance(None, event, market(workshop))
    await appointments.add_appointment(
        work.tx, System(), outcome.appointment, _sort_at(outcome.appointment, market(workshop))
    )
    await regulars.renew(work.tx, System(), outcome.appointment.subject.vin)
    await _follow(work, scope, workshop, event, outcome)
    return outcome.appointment


async def happen(  # noqa: PLR0917 - who acts for whom, on what: read in this order at every call
    work: Work, scope: Scope, key: str | UUID, make: MakeEvent, by: By, version: int | None = None
) -> Outcome:
    """Let something happen to an appointment that the scope may see.

    Raises:
        NotFound: the scope has no such appointment.
        StaleVersion: it is at another version than ``version``.
        Refused: the event does not fit; nothing has changed.
    """
    vin = await appointments.vin_of(work.tx, scope, key)
    if vin is None:
        raise NotFound("appointment", key)
    await vehicles.vehicle_exists(work.tx, System(), vin, lock=True)
    current = await appointments.find_appointment(work.tx, scope, key, lock=True)
    if current is None:  # pragma: no cover - appointments are never deleted
        raise NotFound("appointment", key)
    if version is not None and version != current.version:
        raise StaleVersion(version, current)
    workshop = await workshop_of(work, System(), current.subject.dealer_id)
    event = make(at=work.now, by=by)
    outcome = advance(current, event, market(workshop))
    if outcome.appointment != current:
        await appointments.save_appointment(
            work.tx, System(), outcome.appointment, _sort_at(outcome.appointment, market(workshop))
        )
    if outcome.appointment.ended_at != current.ended_at:
        await regulars.renew(work.tx, System(), vin)
    await _follow(work, scope, workshop, event, outcome)
    return outcome


async def set_timers(work: Work, appointment: Appointment, customer: Customer, habits: Market) -> None:
    """Put down all that time will do to an appointment, in place of what was put down before."""
    due = {limit.action: limit.at for limit in time_limits(appointment, habits)}
    window = reminder(appointment, customer.reminder_days, habits)
    if window and work.now < window.closes and Action.REMINDER_DUE not in appointment.fired:
        due[Action.REMINDER_DUE] = window.opens
    day = day_reminder(appointment, habits)
    if day and Action.DAY_OF_SERVICE not in appointment.fired:
        due[Action.DAY_OF_SERVICE] = day.opens
    await timers.set_timers(work.tx, System(), appointment.id, due)
    work.timers = True


async def owner_of(work: Work, appointment: Appointment) -> Customer:
    """Return whose appointment it is."""
    found = await customers.customer_exists(work.tx, System(), appointment.subject.customer_id)
    if found is None:  # pragma: no cover - a foreign key holds it
        raise NotFound("customer", appointment.subject.customer_id)
    return found


def _sort_at(appointment: Appointment, habits: Market) -> datetime:
    return due_at(appointment, habits) or appointment.since


async def _follow(work: Work, scope: Scope, workshop: Workshop, event: Event, outcome: Outcome) -> None:
    appointment, by = outcome.appointment, event.by
    customer = await owner_of(work, appointment)
    await appointments.add_event(
        work.tx,
        System(),
        appointment,
        at=work.now,
        action=event.action,
        by=by,
        late=outcome.late is not None,
    )
    if outcome.late is None and by.actor is not Actor.TIMER:
        # Whatever the workshop was still to be told is answered by this, or overtaken.
        await letters.supersede(work.tx, System(), appointment.id, TO_DEALER, work.now)
    for effect in outcome.effects:
        await _carry_out(work, workshop, customer, appointment, effect, event, outcome)
    if event.action is Action.UPDATE_APPOINTMENT:
        await post.write_anew(work, workshop, customer, appointment)
    await set_timers(work, appointment, customer, market(workshop))
    await snapshots.refresh(work, appointment.subject.vin)
    await work.note(scope, by.actor.value, event.action.value, appointment.id)
    log_crossing(
        "appointment",
        action=event.action.value,
        by=by.actor.value,
        status=appointment.status.value,
        vin=appointment.subject.vin,
        appointment=appointment.number,
        version=appointment.version,
        late=outcome.late is not None,
    )


async def _carry_out(  # noqa: PLR0917 - who acts for whom, on what: read in this order at every call
    work: Work,
    workshop: Workshop,
    customer: Customer,
    appointment: Appointment,
    effect: Effect,
    event: Event,
    outcome: Outcome,
) -> None:
    match effect:
        case SendLetter(kind):
            await post.write(work, workshop, customer, appointment, kind, event.action)
        case Withdraw(letters=kinds) if kinds:
            await post.withdraw(work, appointment.id, kinds)
        case TellDealer(news):
            late = outcome.late is not None
            work.tell(
                appointment.subject.dealer_id,
                "late_answer" if late else _FEED.get(news, news.value),
                appointment.subject.vin,
                appointment.number,
                action=news.value,
                by=event.by.actor.value,
                status=appointment.status.value,
                version=appointment.version,
            )
        case _:
            # What the car shall show and when to remind is computed anew from the appointment, by
            # `snapshots.refresh` and `set_timers`: nothing is pushed or armed by hand.
            pass


_FEED = {
    Action.CUSTOMER_ACCEPTS: "accepted",
    Action.CUSTOMER_COUNTER_PROPOSES: "counter_proposed",
    Action.CUSTOMER_CANCELS: "cancelled",
    Action.CUSTOMER_ANSWERS: "answered",
    Action.REQUEST_FROM_CAR: "service_requested",
    Action.REQUEST_FROM_OWNER: "service_requested",
}
