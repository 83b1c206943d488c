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
from uuid import UUID

from pydantic import Field, ValidationError

from protocol.car_events import (
    Accepted,
    CarEvent,
    CounterProposed,
    Declined,
    Dismissed,
    HalfDay,
    Health,
    HeldBack,
    Navigated,
    NavigationRefused,
    Opened,
    Postponed,
    Rejected,
    ServiceRequested,
    Shown,
    Slot,
)
from protocol.items import (
    MOST_CHARACTERS,
    MOST_ITEMS,
    Booking,
    Cancellation,
    DayReminder,
    DealerCard,
    Inquiry,
    Item,
    NavigationDestination,
    Proposal,
    Reminder,
    RequestReceipt,
    ServiceType,
    VehicleFacts,
    item_id,
    read_item,
)
from protocol.language import Language
from protocol.topics import CarTopic, Channel
from protocol.values import Counter, Instant, Line, Value, Vin

# One door for whoever sends or receives: items and events come through here.
__all__ = [
    "MOST_BYTES",
    "MOST_CHARACTERS",
    "MOST_ITEMS",
    "NO_REVISION",
    "SCHEMA",
    "SNAPSHOT_BYTES",
    "Accepted",
    "At",
    "Booking",
    "Cancellation",
    "CarEvent",
    "Content",
    "CounterProposed",
    "DayReminder",
    "DealerCard",
    "Declined",
    "Desired",
    "Digest",
    "Dismissed",
    "Events",
    "EventsAck",
    "Fault",
    "FromCar",
    "HalfDay",
    "Health",
    "HeldBack",
    "Hello",
    "Inquiry",
    "Item",
    "Marker",
    "Navigated",
    "NavigationDestination",
    "NavigationRefused",
    "Opened",
    "Postponed",
    "Presence",
    "Proposal",
    "Rejected",
    "Reminder",
    "RequestReceipt",
    "Revision",
    "ServiceRequested",
    "ServiceType",
    "Shown",
    "Slot",
    "Undecodable",
    "VehicleFacts",
    "decode_ack",
    "decode_desired",
    "decode_from_car",
    "decode_marker",
    "digest_of",
    "encode",
    "item_id",
    "read_item",
]

SCHEMA: Final = 1
MOST_BYTES: Final = 64 * 1024
"""Receivers refuse more than this (bytes)."""
SNAPSHOT_BYTES: Final = 32 * 1024
"""Senders of a snapshot stay within this (bytes)."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


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


class Content(Value):
    """What a car shall stand on, apart from its revision: the part that the digest covers."""

    vin: Vin
    vehicle: VehicleFacts
    dealer: DealerCard | None
    """The workshop of most of the items; null where there is none."""
    items: Annotated[tuple[Item, ...], Field(max_length=MOST_ITEMS)]
    """All that this car shall have; what is not here is to be forgotten."""
    truncated: bool = False
    """Something had to be left out to stay within the size."""


class Desired(Content):
    """The retained snapshot on ``.../desired``."""

    v: Literal[1] = 1
    """The version of the schema."""
    epoch: Counter
    """Raised when the vehicle changes hands, or the backend's memory went back."""
    rev: Counter
    """Raised with every change within an epoch."""
    digest: Digest
    """The first 16 hex digits of SHA-256 over the content."""
    for_store: UUID | None
    """The head unit's journal that the backend last heard of; null where it heard of none."""
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


class Hello(Value):
    """On ``.../hello``: who I am and what I stand on. ``n`` counts the hellos of this journal."""

    v: Literal[1] = 1
    vin: Vin
    store_id: UUID
    """Names the head unit's journal: a new one for a new or replaced head unit."""
    n: Counter
    applied: At
    """What is on screen and on disk."""
    saw: At
    """The newest snapshot that arrived, applied or not."""
    digest: Digest | None
    """Of what is applied; null where that is nothing."""
    language: Language
    profile: Line
    """The display."""
    navigation: bool
    """Has it Sensus Navigation?"""
    notifications_on: bool
    schema_max: Annotated[int, Field(ge=1)] = SCHEMA
    """The highest version that this car reads."""


class Events(Value):
    """On ``.../events``: what the car did, and (empty if need be) the receipt for ``applied``."""

    v: Literal[1] = 1
    vin: Vin
    store_id: UUID
    from_seq: Annotated[int, Field(ge=1)]
    """The number of the first event here, or of the next one where there is none."""
    applied: At
    digest: Digest | None
    """Of what is applied; null where that is nothing."""
    events: Annotated[tuple[CarEvent, ...], Field(max_length=200)]


class Presence(Value):
    """On ``.../presence``, as birth and as will: a hint, never a proof."""

    v: Literal[1] = 1
    vin: Vin
    online: bool
    boot_id: UUID
    """Drawn at each start of the head unit."""


class Marker(Value):
    """On ``backend/marker``: a counter in the broker, so that a broker that forgot is noticed."""

    v: Literal[1] = 1
    count: Counter
    node: Line
    """Which of the backends wrote it."""


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
