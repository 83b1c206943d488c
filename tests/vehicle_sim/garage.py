"""One head unit on an in-memory broker, with a backend that only listens and says what it is told to say."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from broker.memory_transport import MemoryBroker, MemoryTransport
from broker.transport import Connection, Transport
from protocol import messages, topics
from protocol.clock import Clock, VirtualClock, until
from protocol.messages import Events, EventsAck, Hello, Item, Presence, encode
from protocol.topics import CarTopic, Channel
from tests.vehicle_sim.motorist import MONDAY, STORE, VIN, WORKSHOP, snapshot
from vehicle_sim import popups, signals
from vehicle_sim.car import HeadUnit
from vehicle_sim.journal import Journal
from vehicle_sim.patience import Patience
from vehicle_sim.signals import IgnitionWish
from vehicle_sim.state import Installed, Settings

INSTALLED = Installed(MONDAY, VIN, STORE, Settings(), WORKSHOP.position, 48_000.0)
QUICK = Patience(snapshot=0.05, answer=0.1, disk=0.02)
"""Technical time in a hurry."""
SLOW = Patience(snapshot=30, answer=30, disk=0.02)
"""Technical time that does not pass within a test."""


@dataclass
class Backend:
    """The other end of the wire."""

    connection: Connection
    heard: list[Hello | Events | Presence] = field(default_factory=list)
    rev: int = 0

    async def listen(self) -> None:
        async for delivery in self.connection.deliveries():
            self.heard.append(messages.decode_from_car(topics.parse(delivery.topic), delivery.payload))
            delivery.ack()

    async def pushes(self, *items: Item, **facts: Any) -> None:
        self.rev = facts.pop("rev", self.rev + 1)
        await self.says(Channel.DESIRED, encode(snapshot(items, rev=self.rev, **facts)), retain=True)

    async def acknowledges(self, upto: int, store: UUID = STORE) -> None:
        await self.says(Channel.EVENTS_ACK, encode(EventsAck(store_id=store, upto=upto)))

    async def says(self, channel: Channel, payload: bytes, *, retain: bool = False) -> None:
        await self.connection.publish(str(CarTopic(VIN, channel)), payload, retain=retain)

    @property
    def hellos(self) -> list[Hello]:
        return [message for message in self.heard if isinstance(message, Hello)]

    @property
    def receipts(self) -> list[Events]:
        return [message for message in self.heard if isinstance(message, Events)]

    @property
    def online(self) -> bool | None:
        presence = [message.online for message in self.heard if isinstance(message, Presence)]
        return presence[-1] if presence else None

    async def hears(self, count: int, of: str) -> None:
        await until(lambda: len(getattr(self, of)) >= count, what=f"{count} {of}, not {self.heard}")

    async def hears_receipt(self, rev: int) -> None:
        await until(
            lambda: any(receipt.applied.rev == rev for receipt in self.receipts),
            what=f"a receipt for {rev}, not {self.receipts}",
        )


@dataclass
class Garage:
    """A running head unit, its broker, and the backend behind it."""

    broker: MemoryBroker
    backend: Backend
    unit: HeadUnit
    clock: VirtualClock
    running: asyncio.Task[None]

    async def turns_key(self, to: IgnitionWish) -> None:
        await self.unit.happen(*signals.ignition(self.unit.car, to, self.unit.now()))

    async def rests(self) -> None:
        await until(lambda: self.unit.busy is None, what="the car to come to rest")

    @property
    def pop_up(self) -> str | None:
        return popups.name_on_screen(self.unit.car)


@asynccontextmanager
async def garage(
    path: Path,
    *,
    broker: MemoryBroker | None = None,
    patience: Patience = QUICK,
    online: bool = True,
    transport: Transport | None = None,
) -> AsyncIterator[Garage]:
    """Open the head unit whose journal is ``path`` and keep it running while the block does."""
    broker = broker or MemoryBroker()
    clock = VirtualClock(MONDAY)
    transport = transport or MemoryTransport(broker, VIN)
    channels = (Channel.HELLO, Channel.EVENTS, Channel.PRESENCE)
    async with MemoryTransport(broker, "backend").connect() as connection:
        backend = Backend(connection)
        listening = asyncio.create_task(backend.listen())
        try:
            await connection.subscribe(*map(topics.every_car, channels))
            async with head_unit(path, transport, clock, patience, online=online) as (unit, running):
                yield Garage(broker, backend, unit, clock, running)
        finally:
            await ended(listening)


@asynccontextmanager
async def head_unit(
    path: Path, transport: Transport, clock: Clock, patience: Patience = QUICK, *, online: bool = True
) -> AsyncIterator[tuple[HeadUnit, asyncio.Task[None]]]:
    journal = Journal.open(path)
    try:
        unit = await HeadUnit.open(journal, INSTALLED, transport, clock, online=online, patience=patience)
        running = asyncio.create_task(unit.run())
        try:
            yield unit, running
        finally:
            if not running.done():
                await ended(running)
    finally:
        await journal.close()


async def ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, ConnectionError):
        await task
