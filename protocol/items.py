"""What a car is told about: pushed items and the facts around them. Facts travel, never sentences."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal
from uuid import UUID, uuid5

from pydantic import Field, TypeAdapter

from protocol.values import (
    AppointmentNumber,
    GeoPoint,
    Instant,
    Line,
    Money,
    ReminderDays,
    Text,
    Value,
    ZoneName,
)

MOST_ITEMS: Final = 20
MOST_CHARACTERS: Final = 500
_NAMES: Final = UUID("6f2f4be5-6d1c-5d59-9d2e-1f6f3c5f6b55")


class DealerCard(Value):
    """What a driver and the navigation need to know of a workshop."""

    name: Line
    phone: Line
    address: Line
    position: GeoPoint
    zone: ZoneName


class VehicleFacts(Value):
    """What the head unit shows or obeys of its own vehicle."""

    model: Line
    plate: Line
    reminder_days: ReminderDays
    full_details: bool


class _Item(Value):
    id: UUID
    """Derived from appointment and kind, see :func:`item_id`: the same fact has the same id for ever."""
    ver: Annotated[int, Field(ge=1)]
    """Rises when the driver has to be told anew."""
    announce: bool
    """Pop up, or only be there."""
    show_from: Instant
    show_until: Instant
    answered: bool = False
    """The driver has answered this version before, perhaps on another head unit."""


class _AppointmentItem(_Item):
    appointment: AppointmentNumber
    starts_at: Instant
    dealer: DealerCard | None = None
    """The workshop of this appointment where it is not the snapshot's ``dealer``."""


class Booking(_AppointmentItem):
    """A booked workshop visit; stays in *My appointments* whether announced or not."""

    kind: Literal["booking"] = "booking"
    status: Literal["planned", "pre_booked"]
    price: Money | None
    work: Text | None = None
    """Only where ``vehicle.full_details`` says so."""


class Proposal(_AppointmentItem):
    """The dealer's offer, which the driver accepts, declines or counters."""

    kind: Literal["proposal"] = "proposal"
    price: Money
    text: Text


class Inquiry(_AppointmentItem):
    """A question of the dealer; it is answered on the owner's page, not in the car."""

    kind: Literal["inquiry"] = "inquiry"
    text: Text


class Reminder(_AppointmentItem):
    """One to four days before; ``booking`` is the item with the details."""

    kind: Literal["reminder"] = "reminder"
    booking: UUID


class DayReminder(_AppointmentItem):
    """On the day of service, at every engine start."""

    kind: Literal["day_reminder"] = "day_reminder"
    booking: UUID


class NavigationDestination(_Item):
    """A place to drive to, pushed by itself or with a booking for its day."""

    kind: Literal["navigation_destination"] = "navigation_destination"
    name: Line
    address: Line = ""
    position: GeoPoint
    appointment: AppointmentNumber | None = None


class Cancellation(_AppointmentItem):
    """The dealer has cancelled."""

    kind: Literal["cancellation"] = "cancellation"
    reason: Text = ""


class ServiceType(StrEnum):
    """What a driver may ask a workshop for."""

    SERVICE = "service"
    REPAIR = "repair"
    SERVICE_AND_REPAIR = "service_and_repair"
    OTHER = "other"


class RequestReceipt(_Item):
    """The dealer system has the driver's request."""

    kind: Literal["request_receipt"] = "request_receipt"
    appointment: AppointmentNumber
    type: ServiceType


Item = Annotated[
    Booking
    | Proposal
    | Inquiry
    | Reminder
    | DayReminder
    | NavigationDestination
    | Cancellation
    | RequestReceipt,
    Field(discriminator="kind"),
]


def item_id(appointment: str, kind: str) -> UUID:
    """Derive the id of the item of ``kind`` for an appointment's (or a pushed destination's) unique key."""
    return uuid5(_NAMES, f"{appointment}/{kind}")


def read_item(json_text: str | bytes) -> Item:
    """Read one stored item.

    Raises:
        ValidationError: it is none.
    """
    return _ITEM.validate_json(json_text)


_ITEM: TypeAdapter[Item] = TypeAdapter(Item)
