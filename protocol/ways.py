"""Lists every channel of the wire: who speaks there, what, and whether the broker keeps the last word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from protocol.messages import SNAPSHOT_BYTES, Desired, Events, EventsAck, Hello, Marker, Presence
from protocol.topics import MARKER, ROOT, Channel
from protocol.values import Value

QOS: Final = 1
"""Everything travels at least once; both ends are harmless to hear it twice."""


@dataclass(frozen=True, slots=True)
class Way:
    """One channel: where, who speaks, what, and whether the broker keeps the last word."""

    name: str
    address: str
    action: Literal["send", "receive"]
    """What the backend does."""
    message: type[Value]
    retain: bool
    summary: str
    about: str


_CAR: Final = f"{ROOT}/{{vin}}"
WAYS: Final = (
    Way(
        "desired",
        f"{_CAR}/{Channel.DESIRED}",
        "send",
        Desired,
        retain=True,
        summary="The backend tells a car its whole desired state",
        about="A snapshot replaces the one before. (epoch, rev) only rises, and an older one is not applied. "
        f"It stays within {SNAPSHOT_BYTES // 1024} KiB: details of the work are left out first, then the "
        "farthest bookings, and `truncated` says so.",
    ),
    Way(
        "eventsAck",
        f"{_CAR}/{Channel.EVENTS_ACK}",
        "send",
        EventsAck,
        retain=False,
        summary="The backend tells a car up to where its events are stored",
        about="The car may then forget them. An acknowledgement beyond its own count tells it that its "
        "journal is an older copy, and it goes on under a new `store_id`.",
    ),
    Way(
        "hello",
        f"{_CAR}/{Channel.HELLO}",
        "receive",
        Hello,
        retain=False,
        summary="A car tells who it is and what it stands on",
        about="Sent after every connection, once the snapshot is there or two seconds have passed, and where "
        "a snapshot does not fit what is applied.",
    ),
    Way(
        "events",
        f"{_CAR}/{Channel.EVENTS}",
        "receive",
        Events,
        retain=False,
        summary="A car tells what it did, and what it has applied",
        about="Numbered without a gap, and sent again until acknowledged; without an event in it, it is the "
        "receipt of a snapshot. Known by `vin`, `store_id` and `seq`, a repetition is harmless.",
    ),
    Way(
        "presence",
        f"{_CAR}/{Channel.PRESENCE}",
        "receive",
        Presence,
        retain=True,
        summary="A car tells that it is there, its will that it is not",
        about="A hint, never a proof.",
    ),
    Way(
        "marker",
        MARKER,
        "send",
        Marker,
        retain=True,
        summary="The backend leaves a counter in the broker",
        about="Rewritten every ten seconds. A broker that has none, or an older one, has forgotten, and "
        "every snapshot is published again.",
    ),
)
"""All there is on the wire."""

WIPE: Final = "wipe"
"""An empty payload on ``desired``: this vehicle is to forget everything."""
