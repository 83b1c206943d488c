"""Says what an appointment is, so that every part of the backend means the same by it.

Pure nouns. What can happen to it is in :mod:`backend.events`, what follows in :mod:`backend.outcomes`,
and the rules that join them in :mod:`backend.lifecycle`. Instants are aware and kept in UTC, so that
two of them compare the same before and after a trip through JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from protocol.messages import Health, ServiceType, Slot
from protocol.values import GeoPoint, Money


class Status(StrEnum):
    """Where an appointment stands. Cancelled and Closed are ends."""

    REQUESTED = "requested"
    PRE_BOOKED = "pre_booked"
    PROPOSED = "proposed"
    INQUIRY = "inquiry"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    CLOSED = "closed"


OPEN: Final = frozenset(Status) - {Status.CANCELLED, Status.CLOSED}


class Listing(StrEnum):
    """The four lists of the tab *Appointments*."""

    ACTIONS = "actions"
    ESCALATED = "escalated"
    PENDING = "pending"
    PLANNED = "planned"


class Actor(StrEnum):
    """What kind of party does something."""

    DEALER = "dealer"
    CUSTOMER = "customer"
    CAR = "car"
    TIMER = "timer"


class Action(StrEnum):
    """The name of every event, as the desk, the API and the history call it."""

    CREATE_REQUEST = "create_request"
    PERFORM_PRE_BOOKING = "perform_pre_booking"
    REQUEST_FROM_CAR = "request_from_car"
    REQUEST_FROM_OWNER = "request_from_owner"
    PRE_BOOKING_DUE = "pre_booking_due"
    PROVIDE_PROPOSAL = "provide_proposal"
    REQUEST_INFORMATION = "request_information"
    CUSTOMER_ANSWERS = "customer_answers"
    SCHEDULE_APPOINTMENT = "schedule_appointment"
    CUSTOMER_ACCEPTS = "customer_accepts"
    CUSTOMER_COUNTER_PROPOSES = "customer_counter_proposes"
    CONFIRM_APPOINTMENT = "confirm_appointment"
    UPDATE_APPOINTMENT = "update_appointment"
    CUSTOMER_CANCELS = "customer_cancels"
    ACKNOWLEDGE_CANCELLATION = "acknowledge_cancellation"
    CANCEL_ON_BEHALF = "cancel_on_behalf"
    UNTOUCHED_TOO_LONG = "untouched_too_long"
    PAST_DUE = "past_due"
    REMINDER_DUE = "reminder_due"
    DAY_OF_SERVICE = "day_of_service"
    FINALIZE_APPOINTMENT = "finalize_appointment"


@dataclass(frozen=True, slots=True)
class Market:
    """The habits of the place where a dealer works: one per dealer, since a market has several zones."""

    country: str = "FI"
    """ISO 3166-1 alpha-2, for public holidays."""
    zone: str = "Europe/Helsinki"
    """The dealer's IANA zone: in it days begin and end."""
    currency: str = "EUR"
    distance: str = "km"
    """``km`` or ``mi``: how mileage is shown. It is kept in kilometres."""
    pre_booking_days: int = 30
    untouched_hours: int = 24
    dealer_working_days: int = 2
    """How long the dealer may take, and after which the appointment is escalated."""
    customer_working_days: int = 2
    """How long the customer may take to answer an inquiry or a proposal."""


@dataclass(frozen=True, slots=True)
class By:
    """Who did it: the kind of party and the name that the desk shows as *edited last by*."""

    actor: Actor
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the car is wanted, if not at the dealer's own address."""

    address: str
    position: GeoPoint


@dataclass(frozen=True, slots=True)
class Terms:
    """What is (to be) agreed: when, for how much, what for."""

    starts_at: datetime | None = None
    price: Money | None = None
    work: str = ""
    comments: str = ""
    place: Place | None = None

    def __post_init__(self) -> None:
        """Keep the instant in UTC: Python calls equal instants unequal where a zone's clocks go back."""
        if self.starts_at is not None:
            object.__setattr__(self, "starts_at", as_utc(self.starts_at))


@dataclass(frozen=True, slots=True)
class Checklist:
    """The warning of *Schedule appointment*: four points that the dealer vouches for."""

    slot_confirmed: bool = False
    plan_secured: bool = False
    work_order_finished: bool = False
    parts_ready: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the customer asked for in his own words and days."""

    text: str = ""
    slots: tuple[Slot, ...] = ()
    service_type: ServiceType | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose appointment it is, at which dealer, for which car; drawn by the caller, never changed."""

    id: UUID
    number: str
    """Six digits, unique per dealer: the Appointment ID."""
    dealer_id: UUID
    vin: str
    customer_id: UUID
    odometer_km: int | None = None
    """Mileage at the time of the request."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """One workshop visit and all that is known of it; the history keeps a copy per event."""

    subject: Subject
    status: Status
    listing: Listing | None
    """The list that its last transition put it in; ``lifecycle.listings`` adds those that time adds."""
    origin: Actor
    """Who asked for it: the dealer, the customer on My Volvo, or the car."""
    created_at: datetime
    since: datetime
    """When it came into this status (again): the limits of time count from here."""
    last_edited_at: datetime
    last_edited_by: str
    version: int = 1
    """Rises by one with each change that whoever edits has to know of: a reminder that goes out is none."""
    terms: Terms = Terms()
    intended_next: Action | None = None
    """What the dealer means to do next: preselected in *Manage appointment*."""
    wanted: Wanted = Wanted()
    health: Health | None = None
    proposal_ver: int = 0
    proposal_text: str = ""
    inquiry_ver: int = 0
    question: str = ""
    answer: str = ""
    checklist: Checklist = Checklist()
    booking_ver: int = 0
    """Rises when the driver has to be told of the booking anew, and only then."""
    booking_announced: bool = False
    """This version of the booking pops up; otherwise it is only there."""
    booking_at: datetime | None = None
    """When the driver was last to be told of the booking: its pop-up waits for an engine start after that."""
    reminder_ver: int = 0
    """Rises each time the reminder is armed; 0 = never armed."""
    armed_at: datetime | None = None
    """When the reminder was last armed: what fell due before is not made up for."""
    cancellation_announced: bool = False
    """The cancellation pops up in the car; otherwise it is only there."""
    cancelled_by: Actor | None = None
    cancel_reason: str = ""
    no_show: bool = False
    ended_at: datetime | None = None
    """When it was cancelled or closed."""
    fired: tuple[Action, ...] = ()
    """The limits of time that have fired since it came into this status."""

    @property
    def id(self) -> UUID:
        """Return the key that is unique in the world."""
        return self.subject.id

    @property
    def number(self) -> str:
        """Return the six-digit Appointment ID."""
        return self.subject.number

    @property
    def reminder_key(self) -> str:
        """Return what tells one armed reminder from the next."""
        return f"{self.subject.id}/{self.reminder_ver}"

    @property
    def acknowledged(self) -> bool:
        """Tell whether a cancellation needs no further look of the dealer."""
        return self.status is Status.CANCELLED and self.listing is None


def as_utc(instant: datetime) -> datetime:
    """Return the instant in UTC.

    Raises:
        ValueError: it has no offset, so it is no instant.
    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no UTC offset, so it names no instant")
    return instant.astimezone(UTC)


_APPOINTMENT: TypeAdapter[Appointment] = TypeAdapter(Appointment)


def to_json(appointment: Appointment) -> str:
    """Return the appointment as JSON, for a snapshot: :func:`from_json` gives back an equal one."""
    return _APPOINTMENT.dump_json(appointment).decode()


def from_json(text: str | bytes) -> Appointment:
    """Read a snapshot.

    Raises:
        pydantic.ValidationError: it is none.
    """
    return _APPOINTMENT.validate_json(text)
