"""What both ends really say is what the AsyncAPI document says: who, where, what, and retained or not."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from jsonschema import Draft202012Validator

from backend.events import DealerCancels
from backend.migrations import upgrade
from backend.postroom import PostRoom
from backend.service.office import Office
from broker.memory_transport import MemoryBroker, MemoryTransport
from broker.transport import Connection, Transport, Will
from protocol.asyncapi import document
from protocol.clock import until
from protocol.ways import WAYS, Way
from tests.backend.world import VIN, open_world
from tests.vehicle_sim.garage import ended, head_unit
from vehicle_sim import signals


@dataclass(frozen=True, slots=True)
class Said:
    """One message as its sender handed it over."""

    topic: str
    payload: bytes
    retain: bool


@dataclass
class Listening:
    """A transport that writes down what is said through it."""

    inner: Transport
    said: list[Said] = field(default_factory=list)

    @asynccontextmanager
    async def connect(self, will: Will | None = None) -> AsyncIterator[Connection]:
        if will is not None:
            self.said.append(Said(will.topic, will.payload, retain=True))
        async with self.inner.connect(will) as connection:
            yield _Ear(connection, self.said)


@dataclass
class _Ear:
    inner: Connection
    said: list[Said]

    async def publish(
        self, topic: str, payload: bytes, *, retain: bool = False, properties: Mapping[str, str] | None = None
    ) -> None:
        self.said.append(Said(topic, payload, retain))
        await self.inner.publish(topic, payload, retain=retain, properties=properties)

    def __post_init__(self) -> None:
        self.subscribe = self.inner.subscribe
        self.deliveries = self.inner.deliveries


async def test_a_visit_with_both_ends_says_what_the_document_says(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'sensus.db'}"
    await asyncio.to_thread(upgrade, url)
    broker = MemoryBroker()
    dealer, car = Listening(MemoryTransport(broker, "backend-1")), Listening(MemoryTransport(broker, VIN))
    async with (
        open_world(url) as world,
        working(world.office, dealer),
        head_unit(tmp_path / "car.journal", car, world.clock) as (unit, _),
    ):
        booked = await world.schedules()
        await until(lambda: bool(unit.car.items), what="the car to hear of it")
        await unit.happen(*signals.ignition(unit.car, "running", unit.now()))
        await world.acts(booked.number, partial(DealerCancels, reason="The lift is broken"))
        await until(lambda: named('"kind":"cancellation"', dealer.said), what="the cancellation to be sent")
        await until(lambda: named('"count":', dealer.said), what="the marker")
        await until(lambda: unit.busy is None, what="the car to have told everything")

    heard = {way.name: faults(way, dealer.said if way.action == "send" else car.said) for way in WAYS}
    assert heard == {way.name: [] for way in WAYS}
    for end, action in ((dealer, "send"), (car, "receive")):
        spoken = {way_of(one.topic).name for one in end.said}
        assert spoken == {way.name for way in WAYS if way.action == action}


@asynccontextmanager
async def working(office: Office, transport: Transport) -> AsyncIterator[None]:
    """Keep the backend's side of the broker going."""
    room = asyncio.create_task(PostRoom(office, transport, random.Random(1)).run())
    try:
        await until(lambda: not room.done() and office.courier is not None, what="the backend to be on line")
        yield
    finally:
        await ended(room)


def way_of(topic: str) -> Way:
    """Return the one channel of the document that a topic belongs to."""
    [found] = [way for way in WAYS if way.address.replace("{vin}", VIN) == topic]
    return found


def faults(way: Way, said: list[Said]) -> list[str]:
    """Tell where what was said on a channel differs from the document; nothing said is a fault too."""
    mine = [one for one in said if way_of(one.topic) is way]
    schema = {"$ref": f"#/components/schemas/{way.message.__name__}", "components": document()["components"]}
    found = [] if mine else ["nothing was said"]
    for one in mine:
        if one.retain != way.retain:
            found.append(f"retain is {one.retain}")
        found += [
            error.message for error in Draft202012Validator(schema).iter_errors(json.loads(one.payload))
        ]
    return found


def named(words: str, said: list[Said]) -> bool:
    """Tell whether something with these words in it was said."""
    return any(words.encode() in one.payload for one in said)
