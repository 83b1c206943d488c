"""What callers are told: the models of every answer; ``backend.web.telling`` fills them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend import appointment as nouns
from backend.receipts import Stage, Stuck
from backend.store.customers import RelationKind
from protocol.language import Language
from protocol.messages import Health, Slot
from protocol.reasons import Reason
from protocol.values import GeoPoint, Instant, Money


class Told(BaseModel):
    """Base of every answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Wanted(Told):
    """What the customer asked for in own words and days."""

    text: str
    slots: tuple[Slot, ...]
    service_type: str | None


class Appointment(Told):
    """An appointment as it stands, or as it stood."""

    number: Annotated[str, Field(description="Six-digit Appointment ID", examples=["100001"])]
    id: UUID
    status: nouns.Status
    lists: Annotated[
        list[nouns.Listing] | None, Field(description="Lists that it is in now; none in the history")
    ]
    version: Annotated[int, Field(description="What a change names in `If-Match`, in quotation marks")]
    vin: str
    customer_id: UUID
    starts_at: Instant | None
    date: Annotated[str | None, Field(description="Calendar date in the dealer's zone")]
    time: Annotated[str | None, Field(description="Wall time in the dealer's zone")]
    zone: Annotated[str, Field(description="The dealer's IANA zone")]
    price: Money | None
    work: str
    comments: str
    intended_next: nouns.Action | None
    proposal_text: str
    question: str
    answer: str
    wanted: Wanted
    health: Annotated[Health | None, Field(description="State of health that a request from the car brought")]
    odometer_km: Annotated[int | None, Field(description="Mileage at the time of the request")]
    origin: nouns.Actor
    cancelled_by: nouns.Actor | None
    cancel_reason: str
    no_show: bool
    acknowledged: Annotated[bool, Field(description="A cancellation that needs no further look")]
    created_at: Instant
    last_edited_at: Instant
    last_edited_by: str
    actions: Annotated[
        list[nouns.Action] | None, Field(description="What the dealer can do now; none in the history")
    ]


class CustomerCard(Told):
    """A customer in a row of a list."""

    id: UUID
    name: str


class VehicleCard(Told):
    """A vehicle in a row of a list."""

    vin: str
    model: str
    year: int | None
    plate: str


class AppointmentRow(Told):
    """One row of a list."""

    appointment: Appointment
    customer: CustomerCard
    vehicle: VehicleCard
    due_at: Annotated[Instant | None, Field(description="Time to due ends here")]
    overdue: bool


class Appointments(Told):
    """One page of appointments."""

    appointments: list[AppointmentRow]
    after: Annotated[str | None, Field(description="Cursor of the next page; null at the end")]
    counts: Annotated[
        dict[nouns.Listing, int],
        Field(description="How many each of the four lists has; 1000 stands for more than 999"),
    ]


class Overview(Told):
    """All appointments that a vehicle ever had with this dealer."""

    appointments: list[Appointment]


class HistoryEntry(Told):
    """One event, and the appointment as it looked after it."""

    seq: int
    at: Instant
    action: nouns.Action
    actor: nouns.Actor
    who: str
    late: Annotated[bool, Field(description="An answer that came too late to count")]
    appointment: Appointment


class History(Told):
    """Everything that ever happened to an appointment, oldest first."""

    entries: list[HistoryEntry]


class Workshop(Told):
    """The dealer whose token was sent."""

    id: UUID
    name: str
    address: str
    position: GeoPoint
    phone: str
    zone: str
    market: Annotated[str, Field(description="ISO 3166-1 alpha-2")]
    languages: list[str]
    opening_hours: str


class Customer(Told):
    """A person of the register."""

    id: UUID
    name: str
    email: str
    phone: str
    language: Language
    reminder_days: Annotated[int, Field(description="The reminder comes so many days before")]
    preferred: Annotated[bool, Field(description="This dealer is the preferred one")]
    created_at: Instant
    version: int


class Car(Told):
    """What the head unit has told of itself; null where it has not."""

    online: bool
    seen_at: Instant | None
    language: str | None
    profile: str | None
    navigation: bool | None
    notifications_on: bool | None


class Relation(Told):
    """One customer's relation to a vehicle."""

    customer_id: UUID
    relation: RelationKind
    primary: bool
    since: Instant


class Vehicle(Told):
    """A vehicle of the register."""

    vin: str
    model: str
    year: int | None
    plate: str
    odometer_km: int | None
    connected: bool
    full_details: Annotated[bool, Field(description="The car shows the list of work too")]
    relations: list[Relation]
    car: Car
    version: int
    warnings: Annotated[list[str], Field(description="What looks odd but is allowed")]


class Relations(Told):
    """Everybody's relations to a vehicle."""

    relations: list[Relation]


class WorkshopCustomer(Told):
    """One line of *Workshop Customers*: a customer with one of the vehicles."""

    customer: Customer
    vehicle: VehicleCard
    relation: RelationKind
    primary: bool


class WorkshopCustomers(Told):
    """One page of workshop customers."""

    customers: list[WorkshopCustomer]
    after: Annotated[str | None, Field(description="Cursor of the next page; null at the end")]


class Found(Told):
    """One find: a customer, a vehicle, or both with how they belong together."""

    customer: Customer | None
    vehicle: VehicleCard | None
    relation: RelationKind | None


class Finds(Told):
    """What an exact search found."""

    found: list[Found]


class Destination(Told):
    """A place that the car will offer."""

    id: UUID
    name: str
    address: str
    position: GeoPoint
    show_from: Instant
    show_until: Instant


class Event(Told):
    """Something that a car or a customer did."""

    cursor: Annotated[str, Field(description="Ask with `after` = this for what comes behind it")]
    at: Instant
    type: Annotated[str, Field(examples=["received", "shown", "opened", "accepted", "navigated"])]
    vin: str
    number: Annotated[str | None, Field(description="Six-digit Appointment ID, where it is about one")]
    facts: dict[str, Any]


class Events(Told):
    """What is new, oldest first."""

    events: list[Event]
    cursor: Annotated[str, Field(description="Ask with `after` = this next time")]


class Clock(Told):
    """Simulated time."""

    now: Instant
    next_due: Annotated[Instant | None, Field(description="When the next thing falls due here")]
    idle: Annotated[bool, Field(description="Nothing is left to do at this instant")]
    busy: Annotated[str | None, Field(description="What is left to do, in words")]


class Alive(Told):
    """The process runs."""

    status: Literal["alive"] = "alive"


class Ready(Told):
    """Every part works."""

    status: Literal["ready"] = "ready"
    parts: dict[str, str]


StageName = Literal["pending", "published", "received", "shown", "opened", "answered"]
STAGES: Final[dict[Stage, StageName]] = {
    Stage.PENDING: "pending",
    Stage.PUBLISHED: "published",
    Stage.RECEIVED: "received",
    Stage.SHOWN: "shown",
    Stage.OPENED: "opened",
    Stage.ANSWERED: "answered",
}


class ItemDelivery(Told):
    """One version of one thing that the car is to show, and how far it came."""

    kind: Annotated[str, Field(examples=["booking", "reminder", "day_reminder", "navigation_destination"])]
    item: UUID
    version: int
    appointment_id: UUID | None
    current: Annotated[bool, Field(description="It is part of what the car shall stand on now")]
    announce: Annotated[bool, Field(description="It pops up; otherwise it is only there")]
    show_from: Instant
    show_until: Instant
    stage: Annotated[StageName, Field(description="The furthest that the car has proven")]
    published_at: Instant | None
    received_at: Instant | None
    shown_at: Instant | None
    opened_at: Instant | None
    answered_at: Instant | None
    answer: Annotated[str | None, Field(examples=["dismissed", "accepted", "destination", "waypoint"])]
    refused: Annotated[str | None, Field(description="Why the navigation did not take it")]
    why: Annotated[Stuck | None, Field(description="Why the next step has not come")]
    held_by: Annotated[list[Reason], Field(description="The car's own rules that hold it back")]
    late: Annotated[list[str], Field(description="Answers that came too late to count")]


class LetterDelivery(Told):
    """One e-mail to the customer."""

    kind: str
    message_id: str
    created_at: Instant
    sent_at: Instant | None
    superseded_at: Annotated[Instant | None, Field(description="It was overtaken before it was sent")]
    held: Annotated[str | None, Field(description="Why it is not sent at all")]
    attempts: int
    last_error: str | None


class AppointmentDelivery(Told):
    """What of an appointment reached the customer, in the car and by e-mail."""

    vin: str
    online: bool
    items: list[ItemDelivery]
    letters: list[LetterDelivery]


class Revision(Told):
    """Which desired state of a car: first by epoch, then by revision."""

    epoch: int
    rev: int


class VehicleDelivery(Told):
    """What a car shall stand on, and what it says it stands on."""

    vin: str
    connected: bool
    online: bool
    wanted: Revision
    changed_at: Instant | None
    published: Annotated[bool, Field(description="A broker has the wanted state")]
    published_at: Instant | None
    received: Revision
    received_at: Instant | None
    in_step: Annotated[bool, Field(description="The car has said that it stands on the wanted state")]
    hello_at: Instant | None
    rejected: Annotated[str | None, Field(description="Why the car could not use a state")]
    items: list[ItemDelivery]
