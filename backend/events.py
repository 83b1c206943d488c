"""Says what can happen to an appointment, so that desk, owner, car and timer speak one language.

Each event says when (``at``) and by whom (``by``); :func:`backend.lifecycle.advance` says what follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from backend.appointment import Action, By, Checklist, Place, Subject
from protocol.messages import Health, ServiceType, Slot
from protocol.values import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class _Happening:
    at: datetime
    by: By


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRequest(_Happening):
    """The dealer enters what was agreed by phone or e-mail. ``None`` = not filled in."""

    action: ClassVar = Action.CREATE_REQUEST
    subject: Subject
    starts_at: datetime | None = None
    price: Money | None = None
    work: str = ""
    comments: str = ""
    intended_next: Action | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformPreBooking(_Happening):
    """The dealer reserves a provisional date far ahead; a price is not needed yet."""

    action: ClassVar = Action.PERFORM_PRE_BOOKING
    subject: Subject
    starts_at: datetime | None = None
    price: Money | None = None
    work: str = ""
    comments: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFromCar(_Happening):
    """The driver asks from the head unit; state-of-health data comes along."""

    action: ClassVar = Action.REQUEST_FROM_CAR
    subject: Subject
    service_type: ServiceType
    health: Health
    consent: bool
    connected: bool
    has_preferred_dealer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFromOwner(_Happening):
    """The owner asks on My Volvo: free text, preferred days, and the mileage in ``subject``."""

    action: ClassVar = Action.REQUEST_FROM_OWNER
    subject: Subject
    text: str = ""
    slots: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PreBookingDue(_Happening):
    """The pre-booked date has come near."""

    action: ClassVar = Action.PRE_BOOKING_DUE


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvideProposal(_Happening):
    """The dealer offers a time and a price. ``None`` = as in the terms so far."""

    action: ClassVar = Action.PROVIDE_PROPOSAL
    text: str = ""
    starts_at: datetime | None = None
    price: Money | None = None
    work: str | None = None
    comments: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestInformation(_Happening):
    """The dealer asks the customer something."""

    action: ClassVar = Action.REQUEST_INFORMATION
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAnswers(_Happening):
    """The answer to the inquiry of version ``ver``, written on My Volvo."""

    action: ClassVar = Action.CUSTOMER_ANSWERS
    ver: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleAppointment(_Happening):
    """The dealer books what was agreed by phone or e-mail. ``None`` = as in the terms so far."""

    action: ClassVar = Action.SCHEDULE_APPOINTMENT
    checklist: Checklist
    starts_at: datetime | None = None
    price: Money | None = None
    work: str | None = None
    comments: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAccepts(_Happening):
    """The customer accepts the proposal of version ``ver``."""

    action: ClassVar = Action.CUSTOMER_ACCEPTS
    ver: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCounterProposes(_Happening):
    """The customer wants another time than that of the proposal of version ``ver``."""

    action: ClassVar = Action.CUSTOMER_COUNTER_PROPOSES
    ver: int
    slots: tuple[Slot, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAppointment(_Happening):
    """The dealer confirms what the customer has accepted."""

    action: ClassVar = Action.CONFIRM_APPOINTMENT
    checklist: Checklist


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateAppointment(_Happening):
    """The dealer corrects the terms without telling anybody. ``None`` = as it is."""

    action: ClassVar = Action.UPDATE_APPOINTMENT
    starts_at: datetime | None = None
    price: Money | None = None
    work: str | None = None
    comments: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCancels(_Happening):
    """The customer cancels, withdraws, or declines the proposal of version ``ver``."""

    action: ClassVar = Action.CUSTOMER_CANCELS
    ver: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeCancellation(_Happening):
    """The dealer has seen that the customer cancelled."""

    action: ClassVar = Action.ACKNOWLEDGE_CANCELLATION


@dataclass(frozen=True, slots=True, kw_only=True)
class DealerCancels(_Happening):
    """The dealer cancels on the customer's behalf, or because nobody came."""

    action: ClassVar = Action.CANCEL_ON_BEHALF
    reason: str = ""
    no_show: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UntouchedTooLong(_Happening):
    """A request has waited a day and nobody has touched it."""

    action: ClassVar = Action.UNTOUCHED_TOO_LONG


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDue(_Happening):
    """The time to due has run out."""

    action: ClassVar = Action.PAST_DUE


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderDue(_Happening):
    """One to four days before, as the customer likes it."""

    action: ClassVar = Action.REMINDER_DUE


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfService(_Happening):
    """The day itself has begun in the dealer's zone."""

    action: ClassVar = Action.DAY_OF_SERVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalizeAppointment(_Happening):
    """The work is done and the car is picked up: by submitting this the dealer says so."""

    action: ClassVar = Action.FINALIZE_APPOINTMENT


Opening = CreateRequest | PerformPreBooking | RequestFromCar | RequestFromOwner
Event = (
    Opening
    | PreBookingDue
    | ProvideProposal
    | RequestInformation
    | CustomerAnswers
    | ScheduleAppointment
    | CustomerAccepts
    | CustomerCounterProposes
    | ConfirmAppointment
    | UpdateAppointment
    | CustomerCancels
    | AcknowledgeCancellation
    | DealerCancels
    | UntouchedTooLong
    | PastDue
    | ReminderDue
    | DayOfService
    | FinalizeAppointment
)
