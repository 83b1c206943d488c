"""Translates between a car and its bytes: a delivery becomes an event, a car becomes the messages it owes.

Pure: who carries the bytes, and when, is the business of ``car.py``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from protocol import messages
from protocol.topics import CarTopic, Channel, UnknownTopic, parse
from vehicle_sim.state import Car, Event, EventsAcknowledged, SnapshotArrived, SnapshotRejected

MOST_EVENTS: Final = 200
"""Events in one message."""
_ROOM: Final = (
    messages.MOST_BYTES - 8192
)  # bytes for the events of one message; the rest is envelope and margin


class Unreadable(ValueError):
    """A delivery that means nothing to a car, of which only the log has to hear: which topic, and why."""


def event_of(topic: str, payload: bytes, at: datetime, fresh_store: UUID) -> Event:
    """Return what a delivery means; ``fresh_store`` is the id to go on with if this journal is an old copy.

    Bytes on ``desired`` that are no snapshot are an event too: the backend has to hear of them.

    Raises:
        Unreadable: it is no topic that cars read, or no acknowledgement.
    """
    try:
        name = parse(topic)
        match name.channel:
            case Channel.DESIRED:
                return _snapshot(name, payload, at)
            case Channel.EVENTS_ACK:
                ack = messages.decode_ack(name, payload)
                return EventsAcknowledged(at, ack.store_id, ack.upto, fresh_store)
            case other:
                raise Unreadable(f"cars do not read {other.value}")
    except (UnknownTopic, messages.Undecodable) as wrong:
        raise Unreadable(f"{topic[:120]}: {wrong}") from wrong


def hello_of(car: Car) -> messages.Hello:
    """Return what a car says of itself."""
    wire, settings = car.wire, car.settings
    return messages.Hello(
        vin=car.vin,
        store_id=wire.store_id,
        n=wire.hellos,
        applied=_at(wire.applied),
        saw=_at(wire.saw),
        digest=wire.digest,
        language=settings.language,
        profile=settings.profile,
        navigation=settings.navigation,
        notifications_on=settings.notifications_on,
    )


def events_of(car: Car) -> tuple[messages.Events, ...]:
    """Return the outbox in messages that their receiver reads; at least one, for it is also the receipt."""
    chunks: list[list[messages.CarEvent]] = [[]]
    room = _ROOM
    for event in car.wire.outbox:
        size = len(event.model_dump_json().encode()) + 1
        if chunks[-1] and (len(chunks[-1]) == MOST_EVENTS or size > room):
            chunks.append([])
            room = _ROOM
        chunks[-1].append(event)
        room -= size
    return tuple(
        messages.Events(
            vin=car.vin,
            store_id=car.wire.store_id,
            from_seq=chunk[0].seq if chunk else car.wire.seq + 1,
            applied=_at(car.wire.applied),
            digest=car.wire.digest,
            events=tuple(chunk),
        )
        for chunk in chunks
    )


def _snapshot(topic: CarTopic, payload: bytes, at: datetime) -> Event:
    if not payload:
        return SnapshotArrived(at, None)
    try:
        return SnapshotArrived(at, messages.decode_desired(topic, payload))
    except messages.Undecodable as wrong:
        # The reason travels as one line of at most 200 characters.
        words = "".join(char if char.isprintable() else " " for char in str(wrong))
        return SnapshotRejected(at, " ".join(words.split())[:200])


def _at(revision: messages.Revision) -> messages.At:
    return messages.At(epoch=revision.epoch, rev=revision.rev)
