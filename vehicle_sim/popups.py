"""Whether a pop-up opens, and if not, why: one list of reasons that the screen obeys and "why" prints.

A pop-up opens if and only if :func:`reasons` is empty. Every pushed item waits for an engine start at or
after its ``show_from``; only the receipt for a request, which the driver is waiting for, opens in the run,
and at once in place of the request. The car's own question, whether to book service, opens when it is parked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from protocol.messages import DayReminder, Item, NavigationDestination, RequestReceipt
from protocol.reasons import Reason
from vehicle_sim.state import FLICKER, Car, Ignition, PopUp, Priority, ServiceNeed, Step, Subject

PATIENCE: Final = timedelta(seconds=30)
"""How long a new head unit waits to hear what was answered before it."""
AWAKE: Final = timedelta(minutes=1)
"""How long a car has *just* been parked, and how long a pop-up keeps its screen lit if no key is touched."""

RISING: Final[Mapping[str, Priority]] = {
    "navigation_destination": Priority.INFORMATION,
    "request_receipt": Priority.INFORMATION,
    "booking": Priority.INFORMATION,
    "reminder": Priority.INFORMATION,
    "service_need": Priority.QUESTION,
    "inquiry": Priority.QUESTION,
    "proposal": Priority.QUESTION,
    "cancellation": Priority.URGENT,
    "day_reminder": Priority.URGENT,
}
"""Every kind of pop-up, the least important first: a later one opens before, and over, an earlier one."""
_RANKS: Final = {kind: rank for rank, kind in enumerate(RISING)}
_ANY_TIME: Final = datetime.max.replace(tzinfo=UTC)
"""Of the only one of its rank."""
_OF_A_REQUEST: Final = {Step.DATA_CONSENT, Step.REQUEST_SENT}


def reasons(car: Car, subject: Subject, now: datetime) -> tuple[Reason, ...]:
    """Return every rule that keeps the pop-up about ``subject`` closed; none means that it opens."""
    own = _own_reasons(car, subject, now)
    if own:
        return own
    return (Reason.ANOTHER_IS_OPEN,) if _another_goes_first(car, subject, now) else ()


def rank(subject: Subject) -> int:
    """Return how important a subject is: the higher one opens first, and over a lower one."""
    return _RANKS[subject.kind]


def name_on_screen(car: Car) -> str | None:
    """Return what the pop-up on screen is called: by its subject, a request by how far it has come."""
    if car.pop_up is None:
        return None
    subject = car.subject(car.pop_up.item)
    if subject is None or car.pop_up.step in _OF_A_REQUEST:
        return car.pop_up.step.value
    return subject.kind


def next_pop_up(car: Car, now: datetime) -> Subject | None:
    """Return the subject whose pop-up opens now, if any."""
    return next((subject for subject in car.subjects if not reasons(car, subject, now)), None)


def next_change(car: Car, now: datetime) -> datetime | None:
    """Return the next instant after ``now`` at which time alone changes a reason or closes a pop-up."""
    edges = [edge for item in car.items for edge in (item.show_from, item.show_until)]
    if car.wire.new_store:
        edges.append(car.born + PATIENCE)
    if car.pop_ups and car.drive.stopped_at is not None:
        edges.append(car.drive.stopped_at + FLICKER)
    if car.drive.service_due and car.drive.parked_at is not None:
        edges.append(car.drive.parked_at + AWAKE)
    if car.awake_until is not None:
        edges.append(car.awake_until)
    return min((edge for edge in edges if edge > now), default=None)


def may_stay(car: Car, pop_up: PopUp) -> bool:
    """Tell whether an open pop-up stays: its subject is still current and unanswered, its run not over."""
    subject = car.subject(pop_up.item)
    if subject is None or subject.ver != pop_up.ver or pop_up.run != car.drive.run:
        return False
    here = car.screen_on and not (pop_up.lingers and car.drive.running)
    if isinstance(subject, ServiceNeed):
        # What has been sent may be read to its end; before that, it is a pop-up like any other.
        asks = pop_up.step is not Step.REQUEST_SENT and not pop_up.by_driver
        return here and (not asks or _may_ask(car))
    if pop_up.by_driver:
        return here and car.past(subject).decided is None
    return (
        ((pop_up.lingers and here) or not _parked(car))
        and car.settings.notifications_on
        and car.now < subject.show_until
        and not is_answered(car, subject)
    )


def is_answered(car: Car, item: Item) -> bool:
    """Tell whether the driver has answered this version; for a day reminder, in the present run."""
    answered = car.past(item).answered
    if isinstance(item, DayReminder):
        return answered is not None and answered == car.drive.run
    return item.answered or answered is not None


def _own_reasons(car: Car, subject: Subject, now: datetime) -> tuple[Reason, ...]:
    rules = _rules_of_need(car, now) if isinstance(subject, ServiceNeed) else _rules_of(car, subject, now)
    return tuple(reason for reason, holds in rules if holds)


def _rules_of(car: Car, item: Item, now: datetime) -> tuple[tuple[Reason, bool], ...]:
    driving = car.drive.driving
    on_stage = driving or _is_awaited(car, item)
    since = car.drive.run_since
    begun = item.show_from <= now
    waits_for_start = driving and begun and not isinstance(item, RequestReceipt)
    return (
        (Reason.NOT_ANNOUNCED, not item.announce),
        (Reason.WAITING_FOR_BACKEND, _is_new(car, now)),
        (Reason.ALREADY_ANSWERED, is_answered(car, item)),
        (Reason.ALREADY_SHOWN, on_stage and car.past(item).shown == car.drive.run),
        (Reason.NOT_YET, not begun),
        (Reason.EXPIRED, item.show_until <= now),
        (Reason.NOTIFICATIONS_OFF, not car.settings.notifications_on),
        (Reason.ENGINE_NOT_RUNNING, not on_stage),
        (Reason.NO_ENGINE_START_SINCE, waits_for_start and since is not None and since < item.show_from),
    )


def _rules_of_need(car: Car, now: datetime) -> tuple[tuple[Reason, bool], ...]:
    need, drive = car.service, car.drive
    return (
        (Reason.WAITING_FOR_BACKEND, _is_new(car, now)),
        (Reason.SERVICE_NOT_DUE, not drive.service_due),
        (Reason.ALREADY_ANSWERED, need.answer is not None),
        (Reason.POSTPONED, need.postponed_in == drive.run),
        (Reason.ALREADY_SHOWN, drive.parked_at is not None and need.shown_at == drive.parked_at),
        (Reason.NOTIFICATIONS_OFF, not car.settings.notifications_on),
        (Reason.NOT_JUST_PARKED, not _just_parked(car, now)),
    )


def _is_new(car: Car, now: datetime) -> bool:
    return car.wire.new_store and now < car.born + PATIENCE


def _may_ask(car: Car) -> bool:
    unanswered = car.service.answer is None and car.service.postponed_in != car.drive.run
    return unanswered and car.drive.service_due and car.settings.notifications_on


def _is_awaited(car: Car, item: Item) -> bool:
    """The driver has just made a request and looks at what becomes of it."""
    shown = car.pop_up
    return isinstance(item, RequestReceipt) and shown is not None and shown.step is Step.REQUEST_SENT


def _another_goes_first(car: Car, subject: Subject, now: datetime) -> bool:
    awaited = isinstance(subject, RequestReceipt)
    for pop_up in filter(car.shows, car.pop_ups):
        about = car.subject(pop_up.item)
        # The receipt takes the place of the request that it is the answer to.
        answered = awaited and pop_up.step is Step.REQUEST_SENT
        if about is not None and rank(about) >= rank(subject) and not answered:
            return True
    return any(
        _order(other) < _order(subject) and not _own_reasons(car, other, now)
        for other in car.subjects
        if other.id != subject.id
    )


def _order(subject: Subject) -> tuple[int, datetime, UUID]:
    match subject:
        case ServiceNeed():
            when = _ANY_TIME
        case NavigationDestination() | RequestReceipt():
            when = subject.show_from
        case _:
            when = subject.starts_at
    return -rank(subject), when, subject.id


def _just_parked(car: Car, now: datetime) -> bool:
    since = car.drive.parked_at
    return since is not None and car.drive.ignition is not Ignition.LOCK and now < since + AWAKE


def _parked(car: Car) -> bool:
    drive = car.drive
    if drive.ignition.turned:
        return False
    if drive.running:
        return not drive.in_run
    return drive.stopped_at is None or car.now - drive.stopped_at >= FLICKER
