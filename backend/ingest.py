"""Takes in what cars say: stored and committed first, acknowledged to the broker then, and to the car last.

The loop outlives every message. What cannot be read is quarantined and acknowledged; what the database
cannot take just now stays unacknowledged and is tried again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from backend.service import cars
from backend.service.office import Office, Work
from backend.store.database import DatabaseFailure
from broker.transport import Connection, Delivery
from protocol.clock import pause
from protocol.crash import crash_point
from protocol.messages import (
    Events,
    EventsAck,
    FromCar,
    ServiceRequested,
    Undecodable,
    decode_from_car,
    encode,
)
from protocol.topics import CarTopic, Channel, UnknownTopic, parse

log = structlog.get_logger("ingest")
MOST_AT_ONCE: Final = 64
"""Messages that share one transaction: one sync of the disk for all of them."""
LONGEST_PAUSE: Final = 5.0


@dataclass(frozen=True, slots=True)
class Opened:
    """A delivery, taken apart: a car's message, or the reason why it is none."""

    delivery: Delivery
    topic: CarTopic | None
    message: FromCar | None
    reason: str = ""
    detail: str = ""


class Ingest:
    """The reader of everything that cars publish."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._waiting: asyncio.Queue[Delivery] = asyncio.Queue(MOST_AT_ONCE * 4)
        self._in_hand = 0

    @property
    def busy(self) -> str | None:
        """What is being taken in, in words; None if nothing is."""
        count = self._waiting.qsize() + self._in_hand
        return f"{count} messages of cars have to be stored" if count else None

    def begin(self) -> None:
        """Forget what an earlier connection delivered and was not stored: it is delivered again."""
        self._waiting = asyncio.Queue(MOST_AT_ONCE * 4)
        self._in_hand = 0

    async def accept(self, delivery: Delivery) -> None:
        """Queue a delivery; waits while too much is queued, so that the broker keeps the rest."""
        await self._waiting.put(delivery)

    async def serve(self, connection: Connection) -> None:
        """Take in what is queued until the connection is lost.

        Raises:
            NotConnected: the connection is lost.
        """
        while True:
            batch = [await self._waiting.get()]
            while not self._waiting.empty() and len(batch) < MOST_AT_ONCE:
                batch.append(self._waiting.get_nowait())
            self._in_hand = len(batch)
            await self.take_in(connection, batch)
            self._in_hand = 0

    async def take_in(self, connection: Connection, deliveries: Sequence[Delivery]) -> None:
        """Store these deliveries, acknowledge them, and tell the cars; try again for as long as it takes.

        Raises:
            NotConnected: the connection is lost.
        """
        # By VIN, as all writers lock them; what one car said stays in its order.
        opened = sorted(map(_open, deliveries), key=lambda one: "" if one.topic is None else one.topic.vin)
        acks = [ack for some in _transactions(opened) for ack in await self._stored(some)]
        crash_point("backend.ingested_before_ack")
        for delivery in deliveries:
            delivery.ack()
        await asyncio.gather(
            *(connection.publish(str(CarTopic(vin, Channel.EVENTS_ACK)), encode(ack)) for vin, ack in acks)
        )

    async def _stored(self, opened: Sequence[Opened]) -> list[tuple[str, EventsAck]]:
        wait = 0.05
        while True:
            try:
                async with self._office.work() as work:
                    return [ack for one in opened for ack in await _store(work, one)]
            except DatabaseFailure as failure:
                log.warning("database_failed", error=type(failure).__name__, waiting=len(opened))
                await pause(wait)
                wait = min(LONGEST_PAUSE, wait * 2)
            except Exception as fault:
                if len(opened) > 1:
                    # One of them breaks the transaction of all: find it by giving each its own.
                    return [ack for one in opened for ack in await self._stored([one])]
                log.exception("message_failed", topic=opened[0].delivery.topic[:120])
                opened = [_put_aside(opened[0], fault)]


def _transactions(opened: Sequence[Opened]) -> Iterator[Sequence[Opened]]:
    """Part the messages into those that may share a transaction, in their order.

    A request for service takes a number, and with it the dealer's lock. Vehicles are locked before dealers,
    so after it no other vehicle may be locked.
    """
    start = 0
    for end, one in enumerate(opened, start=1):
        if isinstance(one.message, Events) and any(
            isinstance(event, ServiceRequested) for event in one.message.events
        ):
            yield opened[start:end]
            start = end
    if opened[start:]:
        yield opened[start:]


def _open(delivery: Delivery) -> Opened:
    try:
        topic = parse(delivery.topic)
    except UnknownTopic as unknown:
        return Opened(delivery, None, None, "unknown_topic", str(unknown))
    try:
        return Opened(delivery, topic, decode_from_car(topic, delivery.payload))
    except Undecodable as wrong:
        return Opened(delivery, topic, None, wrong.fault.value, wrong.detail)


def _put_aside(one: Opened, fault: Exception) -> Opened:
    return Opened(one.delivery, one.topic, None, "failed", type(fault).__name__)


async def _store(work: Work, one: Opened) -> list[tuple[str, EventsAck]]:
    payload = one.delivery.payload
    if one.message is None:
        await cars.quarantine(work, one.delivery.topic, one.reason, one.detail, payload)
        return []
    try:
        ack = await cars.hear(work, one.message)
    except cars.UnknownVehicle as unknown:
        await cars.quarantine(work, one.delivery.topic, "unknown_vehicle", str(unknown), payload)
        # It is acknowledged all the same: a car of another system would send it for ever.
        ack = cars.ack_unread(one.message)
    return [] if ack is None else [(one.message.vin, ack)]
