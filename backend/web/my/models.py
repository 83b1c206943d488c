"""What owners' programs may say and are told: the models of every body and answer of ``/v1/my``."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from backend import appointment as nouns
from backend.contacts import Email, Words
from backend.store.paging import MOST
from backend.web.answers import ItemDelivery, Told, Wanted
from backend.web.requests import LEFT_OUT, Odometer, Paged, Patch
from protocol.language import Language
from protocol.messages import Slot
from protocol.values import Instant, Line, Money, ReminderDays, Text, Value, Vin

Ver = Annotated[int, Field(ge=0, le=2**31 - 1)]
Slots = Annotated[tuple[Slot, ...], Field(min_length=1, max_length=2)]


# --- what owners say


class AskCode(Value):
    """For whom a one-time code shall be sent."""

    email: Email


class OpenSession(Value):
    """The code that came by e-mail, and the asking that it was sent for."""

    ask: Line
    code: Line


class Settings(Patch):
    """What becomes different; what is left out stays."""

    language: Language = LEFT_OUT
    reminder_days: ReminderDays = LEFT_OUT
    preferred_dealer_id: UUID | None = Field(default=None, description="null: no preferred dealer")


class Request(Value):
    """A request for an appointment: free text, one or two preferred days, the mileage."""

    id: UUID = Field(description="Drawn by the caller: the same request sent twice is one appointment")
    vin: Vin
    dealer_id: UUID = Field(description="The workshop that is asked")
    text: Words
    slots: Slots
    odometer_km: Odometer


class Accept(Value):
    """The proposal suits."""

    action: Literal["accept"]
    proposal_version: Ver


class Decline(Value):
    """The proposal does not suit, and no other is wanted."""

    action: Literal["decline"]
    proposal_version: Ver
    reason: Text = ""


class SendNewProposal(Value):
    """Other days would suit better."""

    action: Literal["send_new_proposal"]
    proposal_version: Ver
    slots: Slots
    text: Text = ""


class AnswerInquiry(Value):
    """The answer to the workshop's question."""

    action: Literal["answer_inquiry"]
    inquiry_version: Ver
    text: Words


class Cancel(Value):
    """The visit, or the request, is cancelled."""

    action: Literal["cancel"]
    reason: Text = ""


Say = Annotated[Accept | Decline | SendNewProposal | AnswerInquiry | Cancel, Field(discriminator="action")]


# --- what owners are told


class Asked(Told):
    """A code is on its way, if somebody has the address."""

    ask: Annotated[str, Field(description="Send it back with the code")]
    minutes: Annotated[int, Field(description="How long the code works")]


class Session(Told):
    """A session of My Volvo."""

    token: Annotated[str, Field(description="For `Authorization: Bearer`; it ends after an hour without use")]


class Place(Told):
    """A workshop."""

    id: UUID
    name: str
    address: str
    phone: str
    zone: str
    opening_hours: str


class Car(Told):
    """A vehicle that the owner drives or owns."""

    vin: str
    model: str
    year: int | None
    plate: str
    connected: bool


class Me(Told):
    """The owner, with settings and vehicles."""

    id: UUID
    name: str
    email: str
    language: Language
    reminder_days: int
    preferred_dealer_id: UUID | None
    vehicles: list[Car]
    version: Annotated[int, Field(description="What a change names in `If-Match`, in quotation marks")]


class Places(Told):
    """Every workshop that can be asked, or preferred."""

    dealers: list[Place]


class Visit(Told):
    """An appointment as its owner sees it, with the whole list of work."""

    id: UUID
    number: Annotated[str, Field(description="Six-digit Appointment ID", examples=["100001"])]
    status: nouns.Status
    version: int
    dealer: Place
    vehicle: Car
    starts_at: Instant | None
    date: Annotated[str | None, Field(description="Calendar date in the dealer's zone")]
    time: Annotated[str | None, Field(description="Wall time in the dealer's zone")]
    price: Money | None
    work: str
    proposal_text: str
    proposal_version: int
    question: str
    inquiry_version: int
    answer: str
    wanted: Wanted
    odometer_km: int | None
    cancel_reason: str
    actions: Annotated[
        list[Literal["accept", "decline", "send_new_proposal", "answer_inquiry", "cancel"]],
        Field(description="What the owner can say now"),
    ]


class VisitsQuery(Paged):
    """Which appointments: as many at once as there can be, so that few owners need a second page."""

    limit: Annotated[int, Field(ge=1, le=MOST, description="Rows of a page")] = MOST


class Visits(Told):
    """A page of the owner's appointments, the latest first."""

    appointments: list[Visit]
    after: str | None = Field(description="Cursor of the page of earlier ones; null at the end")


class Said(Told):
    """What came of an answer."""

    late: Annotated[
        bool, Field(description="It came too late to count; the workshop sees it, and nothing has changed")
    ]
    appointment: Visit


class CarShows(Told):
    """What a car was told about the owner's appointments, and what it did, the newest first."""

    vehicle: Car
    online: bool
    received_at: Instant | None
    items: list[ItemDelivery]
