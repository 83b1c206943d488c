"""Every message of both directions, and the one way in and out of bytes.

A car is told its whole desired state in one retained message (:class:`Desired`); it tells what it
did in numbered events (:class:`Events`) and what it stands on in a :class:`Hello`. Facts travel,
never sentences: each end has its own phrases.
"""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Annotated, Final, Literal, NamedTuple, TypeVar
from uuid import UUID, uuid5

from pydantic import Field, TypeAdapter, ValidationError

from protocol.language import Language
from protocol.reasons import Reason
from protocol.topics import CarTopic, Channel
from protocol.values import (
    AppointmentNumber,
    GeoPoint,
    Instant,
    Line,
    Money,
    ReminderDays,
    Text,
    Value,
    Vin,
    ZoneName,
)

SCHEMA: Final = 1
MOST_BYTES: Final = 64 * 1024
"""Receivers refuse more than this (bytes)."""
SNAPSHOT_BYTES: Final = 32 * 1024
"""Senders of a snapshot stay within this (bytes)."""
MOST_ITEMS: Final = 20
MOST_CHARACTERS: Final = 500

Counter = Annotated[int, Field(ge=0, lt=2**53)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
_NAMES: Final = UUID("6f2f4be5-6d1c-5d59-9d2e-1f6f3c5f6b55")


class Revision(NamedTuple):
    """Which desired state: ordered first by epoch, then by revision."""

    epoch: int
    rev: int


NO_REVISION: Final = Revision(0, 0)


class At(Value):
    """A :class:`Revision` on the wire."""

    epoch: Counter
    rev: Counter

    @property
    def revision(self) -> Revision:
        """Return the comparable value."""
        return Revision(self.epoch, self.rev)


# --- backend -> car ---------------------------------------------------------------------------


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


class Content(Value):
    """What a car shall stand on, apart from its revision: the part that the digest covers."""

    vin: Vin
    vehicle: VehicleFacts
    dealer: DealerCard | None
    items: Annotated[tuple[Item, ...], Field(max_length=MOST_ITEMS)]
    truncated: bool = False
    """Something had to be left out to stay within the size."""


class Desired(Content):
    """The retained snapshot on ``.../desired``."""

    v: Literal[1] = 1
    epoch: Counter
    rev: Counter
    digest: Digest
    for_store: UUID | None
    """The head unit's journal that the backend last heard of; None where it heard of none."""
    sent_at: Instant

    @property
    def revision(self) -> Revision:
        """Return (epoch, rev)."""
        return Revision(self.epoch, self.rev)


class EventsAck(Value):
    """On ``.../events/ack``: everything up to ``upto`` of this journal is stored."""

    v: Literal[1] = 1
    store_id: UUID
    upto: Counter


# --- car -> backend ---------------------------------------------------------------------------


class _Event(Value):
    seq: Annotated[int, Field(ge=1, lt=2**53)]
    at: Instant


class _ItemEvent(_Event):
    item: UUID
    ver: Annotated[int, Field(ge=1)]


class Shown(_ItemEvent):
    """The pop-up was drawn. ``run`` counts engine starts of this journal."""

    kind: Literal["shown"] = "shown"
    run: Counter


class Opened(_ItemEvent):
    """The details were opened from the pop-up."""

    kind: Literal["opened"] = "opened"


class Dismissed(_ItemEvent):
    """The pop-up was closed without a choice."""

    kind: Literal["dismissed"] = "dismissed"


class Accepted(_ItemEvent):
    """The driver accepted a proposal."""

    kind: Literal["accepted"] = "accepted"


class Declined(_ItemEvent):
    """The driver declined a proposal."""

    kind: Literal["declined"] = "declined"


class HalfDay(StrEnum):
    """The part of a day that a driver proposes."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


class Slot(Value):
    """One half of a calendar day in the dealer's zone, ISO 8601 date."""

    day: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    half: HalfDay


class CounterProposed(_ItemEvent):
    """The driver wants one of these instead."""

    kind: Literal["counter_proposed"] = "counter_proposed"
    slots: Annotated[tuple[Slot, ...], Field(min_length=1, max_length=2)]


class Postponed(_ItemEvent):
    """The driver chose Postpone."""

    kind: Literal["postponed"] = "postponed"


class Navigated(_ItemEvent):
    """The place became part of the itinerary."""

    kind: Literal["navigated"] = "navigated"
    how: Annotated[Literal["destination", "waypoint"], Field(alias="as")]


class NavigationRefused(_ItemEvent):
    """The place did not become part of the itinerary."""

    kind: Literal["navigation_refused"] = "navigation_refused"
    why: Literal["itinerary_full", "no_navigation"]


class HeldBack(_Event):
    """A pop-up waits, and these rules hold it."""

    kind: Literal["held_back"] = "held_back"
    item: UUID
    reasons: tuple[Reason, ...]
    since: Instant


class Health(Value):
    """State-of-health data that a request from the car carries."""

    odometer_km: Annotated[int, Field(ge=0, le=9_999_999)]
    service_due: bool
    warnings: Annotated[tuple[Line, ...], Field(max_length=20)] = ()


class ServiceRequested(_Event):
    """The driver asked for an appointment from the car; only sent with consent."""

    kind: Literal["service_requested"] = "service_requested"
    type: ServiceType
    consent: bool
    health: Health


class Rejected(_Event):
    """A snapshot that this car could not use; it keeps its last good one."""

    kind: Literal["rejected"] = "rejected"
    why: Line


CarEvent = Annotated[
    Shown
    | Opened
    | Dismissed
    | Accepted
    | Declined
    | CounterProposed
    | Postponed
    | Navigated
    | NavigationRefused
    | HeldBack
    | ServiceRequested
    | Rejected,
    Field(discriminator="kind"),
]


class Hello(Value):
    """On ``.../hello``: who I am and what I stand on. ``n`` counts the hellos of this journal."""

    v: Literal[1] = 1
    vin: Vin
    store_id: UUID
    n: Counter
    applied: At
    saw: At
    digest: Digest | None
    language: Language
    profile: Line
    navigation: bool
    notifications_on: bool
    schema_max: Annotated[int, Field(ge=1)] = SCHEMA


class Events(Value):
    """On ``.../events``: what the car did, and (empty if need be) the receipt for ``applied``."""

    v: Literal[1] = 1
    vin: Vin
    store_id: UUID
    from_seq: Annotated[int, Field(ge=1)]
    applied: At
    digest: Digest | None
    events: Annotated[tuple[CarEvent, ...], Field(max_length=200)]


class Presence(Value):
    """On ``.../presence``, as birth and as will: a hint, never a proof."""

    v: Literal[1] = 1
    vin: Vin
    online: bool
    boot_id: UUID


class Marker(Value):
    """On ``backend/marker``: a counter in the broker, so that a broker that forgot is noticed."""

    v: Literal[1] = 1
    count: Counter
    node: Line


FromCar = Hello | Events | Presence


# --- bytes --------------------------------------------------------------------------------------


class Fault(StrEnum):
    """What can be wrong with bytes that arrived."""

    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    UNKNOWN_SCHEMA = "unknown_schema"
    INVALID = "invalid"
    WRONG_VIN = "wrong_vin"
    WRONG_TOPIC = "wrong_topic"


class Undecodable(ValueError):
    """Bytes that are no message of this protocol: which fault, and where in the message."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(f"{fault.value}: {detail}")
        self.fault = fault
        self.detail = detail


_M = TypeVar("_M", bound=Value)


def encode(message: Value) -> bytes:
    """Return the message as compact UTF-8 JSON."""
    return message.model_dump_json(by_alias=True, exclude_none=False).encode()


def item_id(appointment: str, kind: str) -> UUID:
    """Derive the id of the item of ``kind`` for an appointment's (or a pushed destination's) unique key."""
    return uuid5(_NAMES, f"{appointment}/{kind}")


def digest_of(content: Content) -> str:
    """Return 16 hex digits over the content alone, so that equal contents have equal digests."""
    plain = Content.model_dump_json(content, include=set(Content.model_fields))
    canonical = json.dumps(json.loads(plain), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def decode_desired(topic: CarTopic, payload: bytes) -> Desired:
    """Read a snapshot. An empty payload is no snapshot but a wipe: look for that first.

    Raises:
        Undecodable: it is none, is of another version, or names another car than its topic.
    """
    return _decode(Desired, topic, payload)


def decode_ack(topic: CarTopic, payload: bytes) -> EventsAck:
    """Read an acknowledgement of events.

    Raises:
        Undecodable: it is none.
    """
    return _decode(EventsAck, topic, payload)


def decode_from_car(topic: CarTopic, payload: bytes) -> FromCar:
    """Read what a car sent, by its topic.

    Raises:
        Undecodable: it is no message of that topic, or names another car than its topic.
    """
    match topic.channel:
        case Channel.HELLO:
            return _decode(Hello, topic, payload)
        case Channel.EVENTS:
            return _decode(Events, topic, payload)
        case Channel.PRESENCE:
            return _decode(Presence, topic, payload)
        case _:
            raise Undecodable(Fault.WRONG_TOPIC, f"cars do not write to {topic.channel.value}")


def decode_marker(payload: bytes) -> Marker:
    """Read the backend's marker.

    Raises:
        Undecodable: it is none.
    """
    return _decode(Marker, None, payload)


def read_item(json_text: str | bytes) -> Item:
    """Read one stored item.

    Raises:
        ValidationError: it is none.
    """
    return _ITEM.validate_json(json_text)


_ITEM: TypeAdapter[Item] = TypeAdapter(Item)


def _decode(model: type[_M], topic: CarTopic | None, payload: bytes) -> _M:
    if len(payload) > MOST_BYTES:
        raise Undecodable(Fault.TOO_LARGE, f"{len(payload)} bytes, at most {MOST_BYTES} are read")
    try:
        plain = json.loads(payload)
    except (ValueError, RecursionError) as wrong:
        raise Undecodable(Fault.NOT_JSON, str(wrong)[:200]) from wrong
    if not isinstance(plain, dict):
        raise Undecodable(Fault.INVALID, f"a JSON object was expected, not {type(plain).__name__}")
    if plain.get("v") != SCHEMA:
        raise Undecodable(Fault.UNKNOWN_SCHEMA, f"v is {str(plain.get('v'))[:20]}, this end reads {SCHEMA}")
    try:
        message = model.model_validate_json(payload, strict=True)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Undecodable(Fault.INVALID, f"{where}: {first['msg']}"[:300]) from wrong
    named = getattr(message, "vin", None)
    if topic is not None and named is not None and named != topic.vin:
        raise Undecodable(Fault.WRONG_VIN, f"the payload names {named}, its topic {topic.vin}")
    return message
