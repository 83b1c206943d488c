"""Holds the one table of what may happen to an appointment, so that there is one place to read and change it.

Each row joins statuses, an event, who may cause it, what has to be filled in and to hold, the status and
list it leads to, and what follows. :mod:`backend.lifecycle` obeys it; :mod:`backend.lifecycle_chart`
draws ``docs/lifecycle.md`` from it.
"""

from __future__ import annotations

from typing import Final

from backend.appointment import OPEN, Action, Actor, Appointment, Listing, Status
from backend.events import Event, RequestFromCar
from backend.limits import day_has_begun, is_near, time_limits
from backend.outcomes import (
    DisarmReminder,
    ItemKind,
    LetterKind,
    Push,
    RearmReminder,
    SendLetter,
    TellDealer,
    Withdraw,
)
from backend.rules import Condition, Dates, Need, Transition

_START = (
    Need("date", lambda a: a.terms.starts_at is not None),
    Need("time", lambda a: a.terms.starts_at is not None),
)
_PRICE = Need("price", lambda a: a.terms.price is not None)
_WORK = Need("work", lambda a: bool(a.terms.work.strip()))
_CHECKLIST = (
    Need("checklist.slot_confirmed", lambda a: a.checklist.slot_confirmed),
    Need("checklist.plan_secured", lambda a: a.checklist.plan_secured),
    Need("checklist.work_order_finished", lambda a: a.checklist.work_order_finished),
    Need("checklist.parts_ready", lambda a: a.checklist.parts_ready),
)
_FAR = Condition("its date is further ahead than the limit", lambda a, e, m: not is_near(a, e.at, m))
_NEAR = Condition("its date is within the limit", lambda a, e, m: is_near(a, e.at, m))
_TIME_HAS_COME = Condition(
    "its time has come and it has not fired before",
    lambda a, e, m: any(limit.action is e.action and limit.at <= e.at for limit in time_limits(a, m)),
)
_ONCE = Condition("it has not fired before", lambda a, e, _m: e.action not in a.fired)
_ALL_ITEMS = tuple(kind for kind in ItemKind if kind is not ItemKind.CANCELLATION)
_ALL_LETTERS = tuple(kind for kind in LetterKind if kind is not LetterKind.CANCELLATION)
_OPEN = tuple(status for status in Status if status in OPEN)
_ANYBODY = (Actor.CUSTOMER, Actor.CAR)

NEXT_STEPS: Final = (None, Action.PROVIDE_PROPOSAL, Action.SCHEDULE_APPOINTMENT)
"""What a dealer may mean to do after creating a request; None = nothing said."""

TABLE: Final[tuple[Transition, ...]] = (
    Transition(
        sources=(None,),
        action=Action.REQUEST_FROM_CAR,
        actors=(Actor.CAR,),
        conditions=(
            Condition(
                "the driver has consented to send the data",
                lambda _a, e, _m: isinstance(e, RequestFromCar) and e.consent,
            ),
            Condition(
                "the car is connected", lambda _a, e, _m: isinstance(e, RequestFromCar) and e.connected
            ),
            Condition(
                "a preferred dealer is set",
                lambda _a, e, _m: isinstance(e, RequestFromCar) and e.has_preferred_dealer,
            ),
        ),
        target=Status.REQUESTED,
        listing=Listing.ACTIONS,
        effects=(
            SendLetter(LetterKind.REQUEST_RECEIVED),
            Push(ItemKind.REQUEST_RECEIPT, announce=True),
            TellDealer(Action.REQUEST_FROM_CAR),
        ),
    ),
    Transition(
        sources=(None,),
        action=Action.REQUEST_FROM_OWNER,
        actors=(Actor.CUSTOMER,),
        needs=(
            Need("text", lambda a: bool(a.wanted.text.strip())),
            Need("slots", lambda a: bool(a.wanted.slots)),
            Need("odometer_km", lambda a: a.subject.odometer_km is not None),
        ),
        target=Status.REQUESTED,
        listing=Listing.ACTIONS,
        effects=(SendLetter(LetterKind.REQUEST_RECEIVED), TellDealer(Action.REQUEST_FROM_OWNER)),
    ),
    Transition(
        sources=(None,),
        action=Action.CREATE_REQUEST,
        actors=(Actor.DEALER,),
        needs=(*_START, _PRICE, _WORK),
        conditions=(
            Condition(
                "the intended next step is provide_proposal or schedule_appointment",
                lambda a, _e, _m: a.intended_next in NEXT_STEPS,
            ),
        ),
        dates=Dates.AHEAD,
        target=Status.REQUESTED,
        listing=Listing.ACTIONS,
    ),
    Transition(
        sources=(None,),
        action=Action.PERFORM_PRE_BOOKING,
        actors=(Actor.DEALER,),
        when=_FAR,
        needs=(*_START, _WORK),
        dates=Dates.AHEAD,
        target=Status.PRE_BOOKED,
        listing=Listing.PLANNED,
        effects=(SendLetter(LetterKind.PRE_BOOKING), Push(ItemKind.BOOKING, announce=False)),
    ),
    Transition(
        sources=(None,),
        action=Action.PERFORM_PRE_BOOKING,
        actors=(Actor.DEALER,),
        when=_NEAR,
        needs=(*_START, _WORK),
        dates=Dates.AHEAD,
        target=Status.REQUESTED,
        listing=Listing.ACTIONS,
    ),
    Transition(
        sources=(Status.PRE_BOOKED,),
        action=Action.PRE_BOOKING_DUE,
        actors=(Actor.TIMER,),
        conditions=(_TIME_HAS_COME,),
        target=Status.REQUESTED,
        listing=Listing.ACTIONS,
        effects=(Withdraw(items=(ItemKind.BOOKING,)), TellDealer(Action.PRE_BOOKING_DUE)),
    ),
    Transition(
        sources=(Status.REQUESTED, Status.PROPOSED, Status.ACCEPTED),
        action=Action.PROVIDE_PROPOSAL,
        actors=(Actor.DEALER,),
        needs=(*_START, _PRICE, Need("text", lambda a: bool(a.proposal_text.strip()))),
        dates=Dates.AHEAD,
        target=Status.PROPOSED,
        listing=Listing.PENDING,
        effects=(
            Withdraw(items=(ItemKind.REQUEST_RECEIPT,), letters=(LetterKind.PROPOSAL,)),
            SendLetter(LetterKind.PROPOSAL),
            Push(ItemKind.PROPOSAL, announce=True),
        ),
    ),
    Transition(
        sources=(Status.REQUESTED,),
        action=Action.REQUEST_INFORMATION,
        actors=(Actor.DEALER,),
        needs=(Need("text", lambda a: bool(a.question.strip())),),
        target=Status.INQUIRY,
        listing=Listing.PENDING,
        effects=(
            Withdraw(items=(ItemKind.REQUEST_RECEIPT,)),
            SendLetter(LetterKind.INQUIRY),
            Push(ItemKind.INQUIRY, announce=True),
        ),
    ),
    Transition(
        sources=(Status.INQUIRY,),
        action=Action.CUSTOMER_ANSWERS,
        actors=(Actor.CUSTOMER,),
        needs=(Need("text", lambda a: bool(a.answer.strip())),),
        target=Status.REQUESTED,
        listing=Listing.ACTIONS,
        effects=(
            Withdraw(items=(ItemKind.INQUIRY,), letters=(LetterKind.INQUIRY,)),
            SendLetter(LetterKind.ANSWERED),
            TellDealer(Action.CUSTOMER_ANSWERS),
        ),
    ),
    Transition(
        sources=(Status.REQUESTED, Status.INQUIRY, Status.PROPOSED),
        action=Action.SCHEDULE_APPOINTMENT,
        actors=(Actor.DEALER,),
        needs=(*_START, _PRICE, *_CHECKLIST),
        dates=Dates.AHEAD,
        target=Status.CONFIRMED,
        listing=Listing.PLANNED,
        effects=(
            Withdraw(
                items=(ItemKind.REQUEST_RECEIPT, ItemKind.INQUIRY, ItemKind.PROPOSAL),
                letters=(LetterKind.INQUIRY, LetterKind.PROPOSAL),
            ),
            SendLetter(LetterKind.BOOKING),
            Push(ItemKind.BOOKING, announce=True),
            RearmReminder(),
        ),
    ),
    Transition(
        sources=(Status.PROPOSED,),
        action=Action.CUSTOMER_ACCEPTS,
        actors=_ANYBODY,
        target=Status.ACCEPTED,
        listing=Listing.ACTIONS,
        effects=(
            Withdraw(letters=(LetterKind.PROPOSAL,)),
            Push(ItemKind.PROPOSAL, announce=False),
            SendLetter(LetterKind.ANSWERED),
            TellDealer(Action.CUSTOMER_ACCEPTS),
        ),
    ),
    Transition(
        sources=(Status.PROPOSED,),
        action=Action.CUSTOMER_COUNTER_PROPOSES,
        actors=_ANYBODY,
        needs=(Need("slots", lambda a: bool(a.wanted.slots or a.wanted.text.strip())),),
        target=Status.REQUESTED,
        listing=Listing.ACTIONS,
        effects=(
            Withdraw(items=(ItemKind.PROPOSAL,), letters=(LetterKind.PROPOSAL,)),
            SendLetter(LetterKind.ANSWERED),
            TellDealer(Action.CUSTOMER_COUNTER_PROPOSES),
        ),
    ),
    Transition(
        sources=(Status.ACCEPTED,),
        action=Action.CONFIRM_APPOINTMENT,
        actors=(Actor.DEALER,),
        needs=(*_START, _PRICE, *_CHECKLIST),
        target=Status.CONFIRMED,
        listing=Listing.PLANNED,
        effects=(
            Withdraw(items=(ItemKind.PROPOSAL,)),
            Push(ItemKind.BOOKING, announce=False),
            RearmReminder(),
        ),
    ),
    Transition(
        sources=(Status.ACCEPTED,),
        action=Action.UPDATE_APPOINTMENT,
        actors=(Actor.DEALER,),
        dates=Dates.AHEAD_IF_MOVED,
        effects=(Push(ItemKind.PROPOSAL, announce=False),),
    ),
    Transition(
        sources=(Status.CONFIRMED,),
        action=Action.UPDATE_APPOINTMENT,
        actors=(Actor.DEALER,),
        dates=Dates.AHEAD_IF_MOVED,
        effects=(Push(ItemKind.BOOKING, announce=False),),
        if_moved=(Withdraw(letters=(LetterKind.REMINDER,)), RearmReminder()),
    ),
    Transition(
        sources=_OPEN,
        action=Action.CUSTOMER_CANCELS,
        actors=_ANYBODY,
        target=Status.CANCELLED,
        listing=Listing.ACTIONS,
        effects=(
            Withdraw(items=_ALL_ITEMS, letters=_ALL_LETTERS),
            DisarmReminder(),
            SendLetter(LetterKind.CANCELLATION),
            SendLetter(LetterKind.ANSWERED),
            TellDealer(Action.CUSTOMER_CANCELS),
        ),
    ),
    Transition(
        sources=(Status.CANCELLED,),
        listed=Listing.ACTIONS,
        action=Action.ACKNOWLEDGE_CANCELLATION,
        actors=(Actor.DEALER,),
        target=Status.CANCELLED,
    ),
    Transition(
        sources=_OPEN,
        action=Action.CANCEL_ON_BEHALF,
        actors=(Actor.DEALER,),
        needs=(Need("reason", lambda a: bool(a.cancel_reason.strip())),),
        conditions=(
            Condition(
                "a no-show is told after the appointed time of a booked visit",
                lambda a, e, _m: not a.no_show or (a.status is Status.CONFIRMED and _has_begun(a, e)),
            ),
        ),
        target=Status.CANCELLED,
        effects=(
            Withdraw(items=_ALL_ITEMS, letters=_ALL_LETTERS),
            DisarmReminder(),
            SendLetter(LetterKind.CANCELLATION),
            Push(ItemKind.CANCELLATION, announce=True),
        ),
    ),
    Transition(
        sources=(Status.REQUESTED,),
        action=Action.UNTOUCHED_TOO_LONG,
        actors=(Actor.TIMER,),
        conditions=(_TIME_HAS_COME,),
        effects=(SendLetter(LetterKind.UNTOUCHED),),
    ),
    Transition(
        sources=(Status.INQUIRY, Status.PROPOSED),
        action=Action.PAST_DUE,
        actors=(Actor.TIMER,),
        conditions=(_TIME_HAS_COME,),
        also=Listing.ACTIONS,
        effects=(SendLetter(LetterKind.UNANSWERED), TellDealer(Action.PAST_DUE)),
    ),
    Transition(
        sources=(Status.REQUESTED, Status.ACCEPTED, Status.CANCELLED),
        listed=Listing.ACTIONS,
        action=Action.PAST_DUE,
        actors=(Actor.TIMER,),
        conditions=(_TIME_HAS_COME,),
        also=Listing.ESCALATED,
        effects=(SendLetter(LetterKind.ESCALATED), TellDealer(Action.PAST_DUE)),
    ),
    Transition(
        sources=(Status.CONFIRMED,),
        action=Action.REMINDER_DUE,
        actors=(Actor.TIMER,),
        conditions=(_ONCE,),
        effects=(SendLetter(LetterKind.REMINDER), Push(ItemKind.REMINDER, announce=True)),
    ),
    Transition(
        sources=(Status.CONFIRMED,),
        action=Action.DAY_OF_SERVICE,
        actors=(Actor.TIMER,),
        conditions=(
            _ONCE,
            Condition("the day has begun where the dealer is", lambda a, e, m: day_has_begun(a, e.at, m)),
        ),
        effects=(Push(ItemKind.DAY_REMINDER, announce=True),),
    ),
    Transition(
        sources=(Status.CONFIRMED,),
        action=Action.FINALIZE_APPOINTMENT,
        actors=(Actor.DEALER,),
        target=Status.CLOSED,
        effects=(Withdraw(items=_ALL_ITEMS, letters=_ALL_LETTERS), DisarmReminder()),
    ),
)


def _has_begun(appointment: Appointment, event: Event) -> bool:
    return appointment.terms.starts_at is not None and appointment.terms.starts_at <= event.at
