"""Decides what becomes of an appointment: ``advance(appointment, event, market)``, and nothing else does.

The row of :data:`backend.transitions.TABLE` for (status, event, actor) is looked up; its needs and
conditions are checked against the appointment as it would be; then it moves, with the row's effects.
What does not fit is refused and changes nothing. A customer's answer that comes too late is no mistake
of his: it is an outcome of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from backend.appointment import (
    Action,
    Actor,
    Appointment,
    Listing,
    Market,
    Status,
    Terms,
    Wanted,
    as_utc,
)
from backend.events import (
    ConfirmAppointment,
    CreateRequest,
    CustomerAccepts,
    CustomerAnswers,
    CustomerCancels,
    CustomerCounterProposes,
    DealerCancels,
    Event,
    FinalizeAppointment,
    Opening,
    ProvideProposal,
    RequestFromCar,
    RequestFromOwner,
    RequestInformation,
    ScheduleAppointment,
    UpdateAppointment,
)
from backend.limits import due_at
from backend.outcomes import (
    ConditionUnmet,
    Effect,
    InThePast,
    ItemKind,
    Late,
    MissingFields,
    NotAllowed,
    Outcome,
    Push,
    RearmReminder,
    TellDealer,
    TooFarAhead,
)
from backend.rules import Dates, Transition
from backend.transitions import TABLE

FARTHEST: Final = timedelta(days=3 * 366)
"""How far ahead a visit may lie: what is later is a slip of the pen."""
_Answer = CustomerAnswers | CustomerAccepts | CustomerCounterProposes | CustomerCancels
_ANSWERED_IN: Final = {Action.CUSTOMER_ANSWERS: Status.INQUIRY}


def advance(appointment: Appointment | None, event: Event, market: Market) -> Outcome:
    """Return the appointment after the event, and the effects to carry out in the same transaction.

    ``appointment`` None = there is none yet; then the event has to be one that opens one.

    Raises:
        Refused: the event does not fit; the kind of refusal says why, and nothing has changed.
    """
    status = appointment.status if appointment else None
    if appointment and isinstance(event, _Answer) and _may_ever(event) and _is_late(appointment, event):
        return _keep_late(appointment, event)
    rows = [
        row
        for row in TABLE
        if status in row.sources and row.action is event.action and event.by.actor in row.actors
        if row.listed is None or (appointment and appointment.listing is row.listed)
    ]
    candidate = _candidate(appointment, event)
    if candidate is None or not rows:
        raise NotAllowed(event.action, event.by.actor, status, allowed(appointment, event.by.actor))
    row = next(row for row in rows if row.when is None or row.when.holds(candidate, event, market))
    moved = appointment is not None and _moved(appointment.terms, candidate.terms)
    _check(row, candidate, event, market, moved=moved)
    effects = (*row.effects, *(row.if_moved if moved else ()))
    return Outcome(_settle(candidate, row, event, effects), effects)


def allowed(appointment: Appointment | None, actor: Actor = Actor.DEALER) -> tuple[Action, ...]:
    """Return what this party can do to the appointment now, in the table's order."""
    status = appointment.status if appointment else None
    rows = (
        row
        for row in TABLE
        if status in row.sources and actor in row.actors
        if row.listed is None or (appointment and appointment.listing is row.listed)
    )
    return tuple(dict.fromkeys(row.action for row in rows))


def listings(appointment: Appointment, now: datetime, market: Market) -> frozenset[Listing]:
    """Return the lists in which the appointment stands at ``now``: its own, and those that time adds."""
    if appointment.listing is None:
        return frozenset()
    lists = {appointment.listing}
    if is_past_due(appointment, now, market):
        lists |= {row.also for row in TABLE if row.also and appointment.status in row.sources}
    return frozenset(lists)


def is_past_due(appointment: Appointment, now: datetime, market: Market) -> bool:
    """Tell whether *Time To Due* is shown in red."""
    due = due_at(appointment, market)
    return due is not None and due <= now


def preselected(appointment: Appointment) -> Action | None:
    """Return what *Manage appointment* offers first: what the dealer meant to do, if it is possible now."""
    return appointment.intended_next if appointment.intended_next in allowed(appointment) else None


# --- answers -----------------------------------------------------------------------------------


def _may_ever(event: _Answer) -> bool:
    return any(row.action is event.action and event.by.actor in row.actors for row in TABLE)


def _is_late(appointment: Appointment, event: _Answer) -> bool:
    if isinstance(event, CustomerCancels) and event.ver is None:
        return appointment.ended_at is not None
    asked_in = _ANSWERED_IN.get(event.action, Status.PROPOSED)
    return appointment.status is not asked_in or event.ver != _current_ver(appointment, event)


def _current_ver(appointment: Appointment, event: _Answer) -> int:
    return appointment.inquiry_ver if isinstance(event, CustomerAnswers) else appointment.proposal_ver


def _keep_late(appointment: Appointment, event: _Answer) -> Outcome:
    late = Late(event.action, appointment.status, event.ver, _current_ver(appointment, event))
    effects: tuple[Effect, ...] = (TellDealer(event.action),)
    news = _news_for_the_car(appointment) if event.by.actor is Actor.CAR else None
    if news is None:
        return Outcome(appointment, effects, late)
    told = _versions(appointment, event.at, (news,))
    return Outcome(replace(told, version=appointment.version + 1), (*effects, news), late)


def _news_for_the_car(appointment: Appointment) -> Push | None:
    """Return what a driver has to be told who believes something else than what is so.

    A newer proposal, or the dealer's cancellation, announces itself; a request is nowhere in the car.
    """
    if appointment.status is Status.CONFIRMED:
        return Push(ItemKind.BOOKING, announce=True)
    if appointment.status is Status.CANCELLED and not appointment.cancellation_announced:
        return Push(ItemKind.CANCELLATION, announce=True)
    return None


# --- the appointment as it would be --------------------------------------------------------------


def _candidate(appointment: Appointment | None, event: Event) -> Appointment | None:
    if isinstance(event, Opening):
        return _opened(event) if appointment is None else None
    return None if appointment is None else _merge(appointment, event)


def _merge(appointment: Appointment, event: Event) -> Appointment:  # noqa: C901 - one case per event
    terms = appointment.terms
    match event:
        case ProvideProposal():
            terms = _given(terms, event)
            return replace(appointment, terms=terms, proposal_text=event.text)
        case RequestInformation():
            return replace(appointment, question=event.text, answer="")
        case CustomerAnswers():
            return replace(appointment, answer=event.text)
        case ScheduleAppointment():
            terms = _given(terms, event)
            return replace(appointment, terms=terms, checklist=event.checklist)
        case CustomerCounterProposes():
            return replace(
                appointment, wanted=replace(appointment.wanted, text=event.text, slots=event.slots)
            )
        case ConfirmAppointment():
            return replace(appointment, checklist=event.checklist)
        case UpdateAppointment():
            terms = _given(terms, event)
            return replace(appointment, terms=terms)
        case CustomerCancels():
            return _ended(appointment, event, reason=event.reason)
        case DealerCancels():
            return replace(_ended(appointment, event, reason=event.reason), no_show=event.no_show)
        case FinalizeAppointment():
            return replace(appointment, ended_at=as_utc(event.at))
        case _:
            return appointment


def _opened(event: Opening) -> Appointment:
    blank = Appointment(
        subject=event.subject,
        status=Status.REQUESTED,
        listing=None,
        origin=event.by.actor,
        created_at=as_utc(event.at),
        since=as_utc(event.at),
        last_edited_at=as_utc(event.at),
        last_edited_by=event.by.name,
        version=0,
    )
    if isinstance(event, RequestFromCar):
        return replace(blank, wanted=Wanted(service_type=event.service_type), health=event.health)
    if isinstance(event, RequestFromOwner):
        return replace(blank, wanted=Wanted(text=event.text, slots=event.slots))
    terms = Terms(event.starts_at, event.price, event.work, event.comments)
    intended_next = event.intended_next if isinstance(event, CreateRequest) else None
    return replace(blank, terms=terms, intended_next=intended_next)


def _ended(appointment: Appointment, event: Event, *, reason: str) -> Appointment:
    return replace(appointment, cancelled_by=event.by.actor, cancel_reason=reason, ended_at=as_utc(event.at))


def _given(terms: Terms, event: Event) -> Terms:
    given = {name: getattr(event, name, None) for name in ("starts_at", "price", "work", "comments", "place")}
    return replace(terms, **{name: value for name, value in given.items() if value is not None})


def _moved(before: Terms, after: Terms) -> bool:
    return (before.starts_at, before.place) != (after.starts_at, after.place)


# --- the row's demands, and the move ----------------------------------------------------------------


def _check(row: Transition, candidate: Appointment, event: Event, market: Market, *, moved: bool) -> None:
    missing = tuple(need.field for need in row.needs if not need.filled(candidate))
    if missing:
        raise MissingFields(event.action, missing)
    starts_at, now = candidate.terms.starts_at, as_utc(event.at)
    asked = row.dates is Dates.AHEAD or (row.dates is Dates.AHEAD_IF_MOVED and moved)
    if asked and starts_at is not None:
        if starts_at <= now:
            raise InThePast(event.action, starts_at, now)
        if starts_at > now + FARTHEST:
            raise TooFarAhead(event.action, starts_at, now + FARTHEST)
    for condition in row.conditions:
        if not condition.holds(candidate, event, market):
            raise ConditionUnmet(event.action, condition.words)


def _settle(candidate: Appointment, row: Transition, event: Event, effects: Iterable[Effect]) -> Appointment:
    at = as_utc(event.at)
    settled = _versions(candidate, at, effects)
    if event.by.actor is Actor.TIMER:
        settled = replace(settled, fired=(*settled.fired, event.action))
        if row.target is None:
            return settled  # nothing that anybody edits: whoever is editing just now need not look again
    else:
        settled = replace(settled, last_edited_at=at, last_edited_by=event.by.name)
    settled = replace(settled, version=settled.version + 1)
    if row.target is None:
        return settled
    return replace(
        settled,
        status=row.target,
        listing=row.listing,
        since=at,
        fired=(),
        intended_next=settled.intended_next if row.target is Status.REQUESTED else None,
    )


def _versions(appointment: Appointment, at: datetime, effects: Iterable[Effect]) -> Appointment:
    """Raise the versions of what the driver has to be told anew; what is only corrected keeps its own."""
    for effect in effects:
        match effect:
            case Push(ItemKind.BOOKING, announce):
                appointment = replace(
                    appointment,
                    booking_ver=max(1, appointment.booking_ver + announce),
                    booking_announced=announce or appointment.booking_announced,
                    booking_at=as_utc(at) if announce else appointment.booking_at or as_utc(at),
                )
            case Push(ItemKind.PROPOSAL, announce):
                appointment = replace(appointment, proposal_ver=appointment.proposal_ver + announce)
            case Push(ItemKind.INQUIRY):
                appointment = replace(appointment, inquiry_ver=appointment.inquiry_ver + 1)
            case Push(ItemKind.CANCELLATION):
                appointment = replace(appointment, cancellation_announced=True)
            case RearmReminder():
                appointment = replace(
                    appointment, reminder_ver=appointment.reminder_ver + 1, armed_at=as_utc(at), fired=()
                )
            case _:
                pass
    return appointment
