"""What callers may say: the models of every body and every query, each field checked where it comes in."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from backend.contacts import Email, Name, Phone, Plate, Words
from protocol.language import Language
from protocol.values import GeoPoint, Instant, Line, Money, ReminderDays, Text, Value, Vin

_DATE: Final = re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII)
_TIME: Final = re.compile(r"^([01][0-9]|2[0-3]):[0-5][0-9](:00)?$", re.ASCII)


def _calendar_date(value: object) -> object:
    # Parsed here, not by pydantic: what a validator hands on counts as Python's, and must be a date by then.
    if not isinstance(value, str):
        return value
    if not _DATE.fullmatch(value):
        raise ValueError(f"{value[:40]!r} is no calendar date; one looks like 2026-11-30")
    return date.fromisoformat(value)


def _wall_time(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not _TIME.fullmatch(value):
        raise ValueError(
            f"{value[:40]!r} is no wall time; one looks like 08:00, and its zone is the dealer's"
        )
    return time.fromisoformat(value)


Day = Annotated[
    date,
    BeforeValidator(_calendar_date),
    Field(description="Calendar date in the dealer's zone", examples=["2026-11-30"]),
]
WallTime = Annotated[
    time,
    BeforeValidator(_wall_time),
    WithJsonSchema({"type": "string", "pattern": _TIME.pattern}),
    Field(description="Wall time in the dealer's zone", examples=["08:00"]),
]
Fold = Annotated[
    Literal[0, 1],
    Field(description="Which of two equal wall times, when clocks go back: 0 the first, 1 the second"),
]
Odometer = Annotated[int, Field(ge=0, le=9_999_999, description="Kilometres")]
Year = Annotated[int, Field(ge=1927, le=2100)]


# --- appointments -----------------------------------------------------------------------------------


class _NewAppointment(Value):
    vin: Vin
    customer_id: UUID
    date: Day
    time: WallTime
    fold: Fold = 0
    work: Words = Field(description="Work to be done")
    comments: Text = ""


class CreateRequest(_NewAppointment):
    """*Create request for appointment*: entered for a customer who phoned or wrote."""

    action: Literal["create_request"]
    price: Money
    intended_next: Literal["provide_proposal", "schedule_appointment"] = Field(
        default="schedule_appointment", description="The step meant to come next; it fires nothing"
    )


class PerformPreBooking(_NewAppointment):
    """*Perform pre-booking*: a provisional date far ahead."""

    action: Literal["perform_pre_booking"]
    price: Money | None = None


CreateAppointment = Annotated[CreateRequest | PerformPreBooking, Field(discriminator="action")]


class Checklist(Value):
    """The warning of *Schedule appointment*: each has to be acknowledged."""

    slot_confirmed: Literal[True] = Field(description="The provisional workshop slot is confirmed")
    plan_secured: Literal[True] = Field(description="The workshop plan is secured")
    work_order_finished: Literal[True] = Field(description="The work order is finished")
    parts_ready: Literal[True] = Field(description="All parts are in stock or ordered")


class ProvideProposal(Value):
    """*Provide proposal*: to car, web and e-mail; the customer accepts, declines or asks for another time.

    Date and time, or the price, may be left out where the appointment has them already.
    """

    action: Literal["provide_proposal"]
    date: Day | None = None
    time: WallTime | None = None
    fold: Fold = 0
    price: Money | None = None
    text: Words = Field(description="Proposal text")

    @model_validator(mode="after")
    def _whole(self) -> ProvideProposal:
        _both_or_neither(self.date, self.time)
        return self


class RequestInformation(Value):
    """*Request additional information*: a question that the customer answers on My Volvo."""

    action: Literal["request_information"]
    text: Words


class ScheduleAppointment(Value):
    """*Schedule appointment*: agreed by phone or e-mail; the confirmation goes out."""

    action: Literal["schedule_appointment"]
    checklist: Checklist


class ConfirmAppointment(Value):
    """*Confirm appointment*: the customer has accepted; nothing is sent."""

    action: Literal["confirm_appointment"]
    checklist: Checklist


class UpdateAppointment(Value):
    """*Update appointment*: what is given changes, without a notification. Date and time go together."""

    action: Literal["update_appointment"]
    date: Day | None = None
    time: WallTime | None = None
    fold: Fold = 0
    price: Money | None = None
    work: Words | None = None
    comments: Text | None = None

    @model_validator(mode="after")
    def _something(self) -> UpdateAppointment:
        _both_or_neither(self.date, self.time)
        if not {"date", "price", "work", "comments"} & self.model_fields_set:
            raise ValueError("name what changes: date and time, price, work or comments")
        return self


class AcknowledgeCancellation(Value):
    """*Acknowledge*: the customer's cancellation leaves the lists."""

    action: Literal["acknowledge_cancellation"]


class CancelOnBehalf(Value):
    """Cancel for the customer, or because nobody came."""

    action: Literal["cancel_on_behalf"]
    reason: Words
    no_show: bool = False


class FinalizeAppointment(Value):
    """*Finalize appointment*: work done, vehicle picked up."""

    action: Literal["finalize_appointment"]


Action = Annotated[
    ProvideProposal
    | RequestInformation
    | ScheduleAppointment
    | ConfirmAppointment
    | UpdateAppointment
    | AcknowledgeCancellation
    | CancelOnBehalf
    | FinalizeAppointment,
    Field(discriminator="action"),
]


Dated = CreateRequest | PerformPreBooking | ProvideProposal | UpdateAppointment
"""What may name a date and a time."""


# --- the register -------------------------------------------------------------------------------------


class NewCustomer(Value):
    """A customer to add."""

    name: Name
    email: Email
    phone: Phone = ""
    language: Language = Language.ENGLISH
    reminder_days: ReminderDays = 3
    preferred: bool = Field(default=True, description="This dealer is the customer's preferred dealer")


def _without_defaults(schema: dict[str, Any]) -> None:
    schema["minProperties"] = 1
    for field in schema["properties"].values():
        del field["default"]


class Patch(Value):
    """What is given changes; nothing may be given as null."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_without_defaults)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"name what changes: {', '.join(type(self).model_fields)}")
        return self

    def given(self) -> dict[str, Any]:
        """Return the fields that were given."""
        return {name: getattr(self, name) for name in self.model_fields_set}


# A patch field has a default only to be left out; pydantic does not check defaults.
LEFT_OUT: Final[Any] = None


class CustomerPatch(Patch):
    """What changes about a customer."""

    name: Name = LEFT_OUT
    email: Email = LEFT_OUT
    phone: Phone = LEFT_OUT
    language: Language = LEFT_OUT
    reminder_days: ReminderDays = LEFT_OUT
    preferred: bool = LEFT_OUT


class NewVehicle(Value):
    """A vehicle to add."""

    vin: Vin
    model: Name = Field(examples=["V60 D4"])
    year: Year
    plate: Plate
    odometer_km: Odometer = 0
    connected: bool = Field(default=True, description="It has a head unit with a connection")


class VehiclePatch(Patch):
    """What changes about a vehicle."""

    model: Name = LEFT_OUT
    year: Year = LEFT_OUT
    plate: Plate = LEFT_OUT
    odometer_km: Odometer = LEFT_OUT
    connected: bool = LEFT_OUT
    full_details: bool = LEFT_OUT


class Relate(Value):
    """How a customer relates to a vehicle."""

    relation: Literal["drives", "owns"]
    primary: bool = Field(default=False, description="The primary driver; only who drives can be it")

    @model_validator(mode="after")
    def _drives(self) -> Relate:
        if self.primary and self.relation != "drives":
            raise ValueError("only a 'drives' relation can be the primary driver")
        return self


class ChangeOwner(Value):
    """Who owns the vehicle from now on."""

    new_owner: UUID = Field(description="A customer's id")
    keep_appointments: bool = Field(description="Keep the old owner's open appointments, or cancel them")


class NewDestination(Value):
    """A place to drive to, shown at the next engine start within its window."""

    name: Name
    address: Line = ""
    position: GeoPoint
    show_from: Instant | None = Field(default=None, description="Now, if left out")
    show_until: Instant = Field(description="When the car stops offering it")

    @model_validator(mode="after")
    def _window(self) -> NewDestination:
        if self.show_from is not None and self.show_until <= self.show_from:
            raise ValueError("show_until must come after show_from")
        return self


# --- queries ------------------------------------------------------------------------------------------


class _Query(Value):
    pass


class Paged(_Query):
    """Where a page begins and how long it is."""

    after: str | None = Field(default=None, max_length=400, description="Cursor from the page before")
    limit: Annotated[int, Field(ge=1, le=100, description="Rows of a page")] = 50


class AppointmentsQuery(Paged):
    """Which appointments."""

    list: Literal["actions", "escalated", "pending", "planned"] | None = Field(
        default=None, description="One of the four lists; all appointments, newest first, if left out"
    )


class CustomersQuery(Paged):
    """Which customers."""

    mine: bool = Field(default=False, description="Only those whose preferred dealer this is")


class SearchQuery(_Query):
    """Exactly one of them; an exact search, which is written down."""

    vin: Vin | None = None
    plate: Plate | None = None
    email: Email | None = None

    @model_validator(mode="after")
    def _one(self) -> SearchQuery:
        if len(self.model_fields_set) != 1:
            raise ValueError("search by exactly one of vin, plate and email")
        return self


class EventsQuery(_Query):
    """From where on, and how long to wait for something new."""

    after: str | None = Field(default=None, max_length=40, description="`cursor` of the answer before")
    wait: Annotated[int, Field(ge=0, le=30, description="Seconds to wait for the first event")] = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 100


class EraseQuery(_Query):
    """Which of two relations."""

    relation: Literal["drives", "owns"] | None = None


class SetClock(Value):
    """The instant to move simulated time to."""

    now: Instant


def _both_or_neither(day: date | None, at: time | None) -> None:
    if (day is None) != (at is None):
        raise ValueError("date and time belong together: give both or neither")
