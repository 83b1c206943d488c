"""Whatever cars send, the loop lives on: the good is stored, then acknowledged; the bad is put aside."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from backend import ingest as room
from backend.ingest import Ingest
from backend.postroom import PostRoom
from backend.publisher import Publisher
from backend.service import cars, delivery, health
from backend.store.inbox import Quarantined
from backend.store.scope import System
from broker.memory_transport import MemoryBroker, MemoryTransport
from broker.transport import Connection, Delivery, NotConnected
from protocol.clock import until
from protocol.messages import (
    Dismissed,
    EventsAck,
    Health,
    Presence,
    ServiceRequested,
    ServiceType,
    Shown,
    decode_ack,
    encode,
)
from protocol.topics import MARKER, CarTopic, Channel
from tests.backend.test_publisher import Failing
from tests.backend.world import OTHER_VIN, VIN, World

EVENTS = CarTopic(VIN, Channel.EVENTS)
ACK = CarTopic(VIN, Channel.EVENTS_ACK)


class Wire:
    """A connection that notes what was acknowledged and published, in order."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.acks: list[EventsAck] = []
        self.lost = False

    async def publish(self, topic: str, payload: bytes, **more: Any) -> None:
        if self.lost:
            raise NotConnected("gone")
        self.done.append("told")
        self.acks.append(decode_ack(ACK, payload))

    async def subscribe(self, *filters: str) -> None:
        self.done.append("subscribed")

    def deliveries(self) -> AsyncIterator[Delivery]:
        raise AssertionError("nobody reads here")

    def delivery(self, topic: CarTopic | str, payload: bytes) -> Delivery:
        return Delivery(str(topic), payload, retained=False, ack=lambda: self.done.append("acked"))


async def quarantined(world: World) -> list[Quarantined]:
    async with world.office.look() as work:
        return list((await health.quarantined(work, System(), None, 50)).items)


async def test_a_message_is_stored_then_acknowledged_then_answered(world: World) -> None:
    await world.says_hello()
    wire = Wire()
    payload = encode(await world.receipt())
    await Ingest(world.office).take_in(wire, [wire.delivery(EVENTS, payload)])
    assert wire.done == ["acked", "told"]
    assert [(ack.store_id, ack.upto) for ack in wire.acks] == [(world.store_id, 0)]
    assert (await world.vehicle()).car.received == (await world.vehicle()).wanted.revision


async def test_a_duplicate_is_acknowledged_again(world: World) -> None:
    await world.says_hello()
    await world.schedules()
    [booking] = await world.items("booking")
    shown = Shown(seq=1, at=world.clock.now(), item=booking.id, ver=1, run=1)
    wire = Wire()
    delivery = wire.delivery(EVENTS, encode(await world.receipt(shown)))
    for _ in range(3):
        await Ingest(world.office).take_in(wire, [delivery, delivery])
    assert [ack.upto for ack in wire.acks] == [1] * 6
    assert (await world.told()).count("shown") == 1


BAD = {
    "not_json": (str(EVENTS), b"\xff{"),
    "unknown_schema": (str(EVENTS), b'{"v":2}'),
    "invalid": (str(EVENTS), b'{"v":1,"vin":"YV1FW7050E1234567"}'),
    "too_large": (str(EVENTS), b" " * 65_537),
    "unknown_topic": ("sensus/v1/SHORT/events", b"{}"),
    "wrong_topic": (str(CarTopic(VIN, Channel.DESIRED)), b"{}"),
    "wrong_vin": (
        str(CarTopic(OTHER_VIN, Channel.PRESENCE)),
        encode(Presence(vin=VIN, online=True, boot_id=uuid4())),
    ),
    "unknown_vehicle": (
        str(CarTopic(OTHER_VIN, Channel.PRESENCE)),
        encode(Presence(vin=OTHER_VIN, online=True, boot_id=uuid4())),
    ),
}


@pytest.mark.parametrize("reason", BAD)
async def test_what_cannot_be_used_is_put_aside_and_the_next_is_served(world: World, reason: str) -> None:
    topic, payload = BAD[reason]
    await world.says_hello()
    wire = Wire()
    good = wire.delivery(EVENTS, encode(await world.receipt()))
    await Ingest(world.office).take_in(wire, [wire.delivery(topic, payload), good])
    assert wire.done == ["acked", "acked", "told"]
    [message] = await quarantined(world)
    assert (message.topic, message.reason, message.payload) == (topic, reason, payload)
    assert message.detail


async def test_events_of_an_unknown_car_are_acknowledged_to_it(world: World) -> None:
    await world.says_hello()
    message = (await world.receipt()).model_copy(update={"vin": OTHER_VIN, "from_seq": 8})
    wire = Wire()
    topic = CarTopic(OTHER_VIN, Channel.EVENTS)
    await Ingest(world.office).take_in(wire, [wire.delivery(topic, encode(message))])
    assert [ack.upto for ack in wire.acks] == [7]
    assert [one.reason for one in await quarantined(world)] == ["unknown_vehicle"]


async def test_a_message_that_breaks_us_is_put_aside_and_its_neighbours_count(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.says_hello()
    hear = cars.hear

    async def break_on_presence(work: Any, message: Any) -> Any:
        if isinstance(message, Presence):
            raise ZeroDivisionError("a fault of ours")
        return await hear(work, message)

    monkeypatch.setattr(cars, "hear", break_on_presence)
    wire = Wire()
    presence = encode(Presence(vin=VIN, online=True, boot_id=uuid4()))
    await Ingest(world.office).take_in(
        wire,
        [
            wire.delivery(CarTopic(VIN, Channel.PRESENCE), presence),
            wire.delivery(EVENTS, encode(await world.receipt())),
        ],
    )
    assert wire.done == ["acked", "acked", "told"]
    assert [(one.reason, one.detail) for one in await quarantined(world)] == [("failed", "ZeroDivisionError")]


async def test_a_database_that_fails_leaves_the_message_unacknowledged_until_it_is_stored(
    lite: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lite.says_hello()
    wire = Wire()
    delivery = wire.delivery(EVENTS, encode(await lite.receipt()))
    failures = Failing(lite, monkeypatch)
    taking = asyncio.create_task(Ingest(lite.office).take_in(wire, [delivery]))
    await until(lambda: failures.count >= 2, what="failures")
    assert wire.done == []
    failures.end()
    await taking
    assert wire.done == ["acked", "told"]


async def test_a_lost_connection_after_the_commit_loses_nothing(world: World) -> None:
    await world.says_hello()
    await world.schedules()
    [booking] = await world.items("booking")
    message = await world.receipt(Dismissed(seq=1, at=world.clock.now(), item=booking.id, ver=1))
    wire = Wire()
    wire.lost = True
    with pytest.raises(NotConnected):
        await Ingest(world.office).take_in(wire, [wire.delivery(EVENTS, encode(message))])
    wire.lost = False
    await Ingest(world.office).take_in(wire, [wire.delivery(EVENTS, encode(message))])
    assert [ack.upto for ack in wire.acks] == [1]
    assert (await world.told()).count("dismissed") == 1


async def test_a_request_for_service_among_others_is_stored_in_order(world: World) -> None:
    await world.says_hello()
    request = ServiceRequested(
        seq=1,
        at=world.clock.now(),
        type=ServiceType.SERVICE,
        consent=True,
        health=Health(odometer_km=1, service_due=True),
    )
    wire = Wire()
    messages = [await world.receipt(), await world.receipt(request), await world.receipt(from_seq=2)]
    await Ingest(world.office).take_in(wire, [wire.delivery(EVENTS, encode(one)) for one in messages])
    assert [ack.upto for ack in wire.acks] == [0, 1, 1]
    assert await world.told() == ["service_requested"]


async def test_serving_takes_many_at_once_in_each_cars_order(world: World) -> None:
    await world.says_hello()
    await world.schedules()
    [booking] = await world.items("booking")
    ingest, wire = Ingest(world.office), Wire()
    for seq in range(1, 40):
        shown = Shown(seq=seq, at=world.clock.now(), item=booking.id, ver=1, run=seq)
        await ingest.accept(wire.delivery(EVENTS, encode(await world.receipt(shown))))
    assert ingest.busy == "39 messages of cars have to be stored"
    serving = asyncio.create_task(ingest.serve(wire))
    await until(lambda: len(wire.acks) == 39, what="all acknowledgements")
    await until(lambda: ingest.busy is None, what="rest")
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    assert [ack.upto for ack in wire.acks] == list(range(1, 40))
    ingest.begin()
    assert ingest.busy is None


# --- the post room: both on one connection


async def test_the_post_room_serves_cars_across_broken_connections(world: World) -> None:
    broker = MemoryBroker()
    post = PostRoom(
        world.office,
        MemoryTransport(broker, "backend-1"),
        random.Random(1),
        publisher=Publisher(world.office, patience=0.0),
    )
    running = asyncio.create_task(post.run())
    await until(lambda: post.connected and MARKER in broker.retained, what="a connection")
    await world.says_hello()
    async with MemoryTransport(broker, VIN).connect() as connection:
        await connection.subscribe(str(ACK))
        deliveries = connection.deliveries()
        await connection.publish(str(EVENTS), encode(await world.receipt()))
        first = await anext(deliveries)
        assert decode_ack(ACK, first.payload).upto == 0
        broker.drop("backend-1")
        await until(lambda: not post.connected, what="the loss")
        await until(lambda: post.connected, what="the next connection")
        await world.schedules()
        await until(lambda: _published(broker) == 4, what="the change")
        await connection.publish(str(EVENTS), b"rubbish")
        await connection.publish(str(EVENTS), encode(await world.receipt()))
        await anext(deliveries)
    await until(lambda: post.busy is None, what="rest")
    assert [one.reason for one in await quarantined(world)] == ["not_json"]
    async with world.office.look() as work:
        assert (await delivery.of_vehicle(work, world.dealer, VIN)).in_step
    broker.stop()
    await until(lambda: not post.connected, what="the loss")
    broker.forget()
    broker.start()
    await until(lambda: _published(broker) == 4, what="everything told again")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not post.connected


async def test_a_fault_of_ours_is_not_taken_for_a_lost_connection(
    lite: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(self: Ingest, connection: Connection) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(room.Ingest, "serve", fail)
    post = PostRoom(lite.office, MemoryTransport(MemoryBroker(), "backend-1"), random.Random(1))
    with pytest.raises(ExceptionGroup) as fault:
        await post.run()
    assert fault.group_contains(ZeroDivisionError)
    assert not post.connected


def _published(broker: MemoryBroker) -> int:
    payload = broker.retained.get(str(CarTopic(VIN, Channel.DESIRED)))
    return -1 if payload is None else payload.count(b'"show_from"')
