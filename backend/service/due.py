"""Lets time do to appointments what is due: one thing at a time, each once, the longest due first."""

from __future__ import annotations

from typing import Final

from backend.appointment import Action, Actor, By
from backend.events import DayOfService, Event, PastDue, PreBookingDue, ReminderDue, UntouchedTooLong
from backend.outcomes import Refused
from backend.reminders import owed
from backend.service.dealers import market, workshop_of
from backend.service.happenings import happen, owner_of, set_timers
from backend.service.office import Work, log_crossing
from backend.store import appointments, timers, vehicles
from backend.store.scope import System
from backend.store.timers import Timer

TIMER: Final = By(Actor.TIMER, "timer")
_EVENTS: Final[dict[Action, type[Event]]] = {
    Action.PRE_BOOKING_DUE: PreBookingDue,
    Action.UNTOUCHED_TOO_LONG: UntouchedTooLong,
    Action.PAST_DUE: PastDue,
    Action.REMINDER_DUE: ReminderDue,
    Action.DAY_OF_SERVICE: DayOfService,
}


async def fire_next(work: Work) -> Timer | None:
    """Fire the timer that has been due longest; return it, or None if none is due.

    Somebody else may fire the same one at the same moment: under the vehicle's lock one of the two finds it
    gone, and does nothing.
    """
    timer = await timers.first_due(work.tx, System(), work.now)
    if timer is None:
        return None
    vin = await appointments.vin_of(work.tx, System(), timer.appointment_id)
    if vin is not None:
        await vehicles.vehicle_exists(work.tx, System(), vin, lock=True)
    if not await timers.timer_is_set(work.tx, System(), timer):
        return timer
    if await _still_makes_sense(work, timer):
        try:
            await happen(work, System(), timer.appointment_id, _EVENTS[timer.action], TIMER)
        except Refused as refused:
            log_crossing("timer_refused", action=timer.action.value, why=type(refused).__name__)
            await _set_by_present_rules(work, timer)
    # Where it happened the appointment has set its timers anew, without this one. What would only be refused
    # once more is given up.
    if await timers.timer_is_set(work.tx, System(), timer):
        await timers.drop_timer(work.tx, System(), timer)
    return timer


async def _set_by_present_rules(work: Work, timer: Timer) -> None:
    """Put the appointment's timers down anew: a market's limits or holidays may have moved what is due."""
    found = await appointments.find_appointment(work.tx, System(), timer.appointment_id)
    if found is None:  # pragma: no cover - a foreign key holds it
        return
    place = await workshop_of(work, System(), found.subject.dealer_id)
    await set_timers(work, found, await owner_of(work, found), market(place))


async def _still_makes_sense(work: Work, timer: Timer) -> bool:
    """Tell whether it is not too late: a reminder is no use once the day has begun."""
    if timer.action is not Action.REMINDER_DUE:
        return True
    found = await appointments.find_appointment(work.tx, System(), timer.appointment_id)
    if found is None:  # pragma: no cover - a foreign key holds it
        return False
    customer = await owner_of(work, found)
    place = await workshop_of(work, System(), found.subject.dealer_id)
    return owed(found, customer.reminder_days, market(place), work.now)
