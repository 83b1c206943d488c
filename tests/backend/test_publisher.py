"""Dirty vehicles reach the broker whatever dies in between, and one that forgot is told everything again."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from backend import publisher as room
from backend.events import UpdateAppointment
from backend.publisher import Publisher
from backend.service import health, register
from backend.service.register import NewVehicle
from backend.store import publishing, vehicles
from backend.store.database import DatabaseFailure
from backend.store.publishing import Parcel
from backend.store.scope import System
from broker.memory_transport import MemoryBroker, MemoryTransport
from broker.transport import Connection, NotConnected
from protocol.clock import VirtualClock, until
from protocol.messages import Desired, Marker, decode_desired, decode_marker, digest_of, encode
from protocol.topics import MARKER, CarTopic, Channel
from tests.backend.world import NOW, OTHER_VIN, VIN, World

TOPIC = CarTopic(VIN, Channel.DESIRED)


@pytest.fixture
def broker() -> MemoryBroker:
    return MemoryBroker()


def connect(broker: MemoryBroker) -> AbstractAsyncContextManager[Connection]:
    return MemoryTransport(broker, "backend-1").connect()


def retained(broker: MemoryBroker) -> Desired:
    return decode_desired(TOPIC, broker.retained[str(TOPIC)])


async def test_what_a_car_shall_stand_on_is_published_retained_once(
    world: World, broker: MemoryBroker
) -> None:
    await world.says_hello()
    await world.schedules()
    publisher = Publisher(world.office)
    async with connect(broker) as connection:
        assert await publisher.publish_dirty(connection) == 1
        assert await publisher.publish_dirty(connection) == 0
    vehicle = await world.vehicle()
    desired = retained(broker)
    assert desired.revision == vehicle.wanted.revision
    assert desired.digest == vehicle.wanted.digest == digest_of(desired)
    assert desired.for_store == world.store_id
    assert desired.sent_at == world.clock.now()
    assert vehicle.wanted.published_rev == vehicle.wanted.revision.rev
    assert vehicle.wanted.published_at == world.clock.now()


async def test_many_changes_are_one_message(world: World, broker: MemoryBroker) -> None:
    booked = await world.schedules()
    for number in range(20):
        await world.acts(
            booked.number, partial(UpdateAppointment, starts_at=NOW + timedelta(days=9 + number))
        )
    async with connect(broker) as connection:
        assert await Publisher(world.office).publish_dirty(connection) == 1
    assert retained(broker).revision == (await world.vehicle()).wanted.revision


async def test_a_change_while_publishing_is_published_again(world: World, broker: MemoryBroker) -> None:
    booked = await world.schedules()
    publisher = Publisher(world.office)
    async with connect(broker) as connection:
        changing = Interrupted(
            connection,
            lambda: world.acts(booked.number, partial(UpdateAppointment, starts_at=NOW + timedelta(days=9))),
        )
        assert await publisher.publish_dirty(changing) == 1
        assert retained(broker).rev < (await world.vehicle()).wanted.revision.rev
        assert await publisher.publish_dirty(connection) == 1
        assert retained(broker).revision == (await world.vehicle()).wanted.revision
        assert await publisher.publish_dirty(connection) == 0


async def test_a_new_head_unit_while_publishing_is_named_in_the_next(
    world: World, broker: MemoryBroker
) -> None:
    await world.schedules()
    publisher = Publisher(world.office)
    async with connect(broker) as connection:
        await publisher.publish_dirty(Interrupted(connection, world.says_hello))
        assert retained(broker).for_store is None
        await publisher.publish_dirty(connection)
    assert retained(broker).for_store == world.store_id


async def test_what_a_lost_connection_did_not_confirm_stays_dirty(world: World, broker: MemoryBroker) -> None:
    await world.schedules()
    publisher = Publisher(world.office)
    async with connect(broker) as connection:
        broker.drop("backend-1")
        with pytest.raises(NotConnected):
            await publisher.publish_dirty(connection)
    async with connect(broker) as connection:
        assert await publisher.publish_dirty(connection) == 1


async def test_a_claim_is_taken_over_when_its_lease_has_run_out(world: World, broker: MemoryBroker) -> None:
    """The publisher that claimed it is gone, between publish and mark or before."""
    await world.schedules()
    technical = VirtualClock(NOW)
    [abandoned] = await claim(world, technical)
    other = Publisher(world.office, technical=technical)
    async with connect(broker) as connection:
        assert await other.publish_dirty(connection) == 0
        technical.set(NOW + room.LEASE)
        assert await other.publish_dirty(connection) == 1
    async with world.office.database.write() as tx:
        assert not await publishing.mark_published(tx, System(), abandoned, at=NOW, count=0)
    assert (await world.vehicle()).wanted.published_rev == abandoned.revision.rev


async def test_a_late_mark_of_one_publisher_takes_nothing_from_another(world: World) -> None:
    await world.schedules()
    technical = VirtualClock(NOW)
    [first] = await claim(world, technical)
    technical.set(NOW + room.LEASE)
    [second] = await claim(world, technical)
    async with world.office.database.write() as tx:
        assert not await publishing.mark_published(tx, System(), first, at=NOW, count=0)
    assert await claim(world, technical) == ()
    async with world.office.database.write() as tx:
        assert await publishing.mark_published(tx, System(), second, at=NOW, count=0)
    assert await health.busy(world.office) == "1 letters have to be sent"


async def test_two_publishers_share_the_work(world: World, broker: MemoryBroker) -> None:
    async with world.office.work() as work:
        for number in range(8):
            vin = f"{OTHER_VIN[:-1]}{number}"
            await register.add_vehicle(work, world.dealer, NewVehicle(vin=vin, model="XC60"))
    async with connect(broker) as connection:
        counts = await asyncio.gather(*(Publisher(world.office).publish_dirty(connection) for _ in range(3)))
    assert sum(counts) == 9
    assert len(broker.retained) == 9


# --- the marker


async def test_a_broker_that_kept_everything_is_told_only_what_came_after_its_marker(
    world: World, broker: MemoryBroker
) -> None:
    publisher = Publisher(world.office)
    async with connect(broker) as connection:
        await publisher.publish_dirty(connection)
        await publisher.mark(connection)
    publisher.marker_arrived(broker.retained[MARKER])
    assert await publisher.reconcile() == 0
    await world.schedules()
    async with connect(broker) as connection:
        await publisher.publish_dirty(connection)
    # It may have been restarted from a copy as old as its marker.
    assert await publisher.reconcile() == 1
    assert decode_marker(broker.retained[MARKER]).count == 1


@pytest.mark.parametrize("remembers", ["nothing", "an older marker", "rubbish"])
async def test_a_broker_that_forgot_is_told_everything_at_the_same_revision(
    world: World, broker: MemoryBroker, remembers: str
) -> None:
    await world.schedules()
    publisher = Publisher(world.office, patience=0.0)
    async with connect(broker) as connection:
        await publisher.publish_dirty(connection)
        for _ in range(3):
            await publisher.mark(connection)
    before = retained(broker)
    broker.forget()
    publisher.begin()
    if remembers == "an older marker":
        publisher.marker_arrived(encode(Marker(count=2, node="backend-1")))
    elif remembers == "rubbish":
        publisher.marker_arrived(b"{")
    assert await publisher.reconcile() == 1
    async with connect(broker) as connection:
        await publisher.publish_dirty(connection)
    assert retained(broker) == before


async def test_a_change_goes_before_a_refresh(world: World) -> None:
    async with world.office.work() as work:
        for number in range(3):
            vin = f"{OTHER_VIN[:-1]}{number}"
            await register.add_vehicle(work, world.dealer, NewVehicle(vin=vin, model="XC60"))
    await world.everything_is_published()
    async with world.office.database.write() as tx:
        await publishing.make_dirty(tx, System(), [f"{OTHER_VIN[:-1]}{number}" for number in range(3)])
        await publishing.make_dirty(tx, System(), [])
    world.passes(hours=1)
    await world.schedules()
    first, *rest = await claim(world, VirtualClock(NOW))
    assert first.vin == VIN
    assert len(rest) == 3


async def test_serving_publishes_at_a_wake_up_and_keeps_the_marker_fresh(
    world: World, broker: MemoryBroker
) -> None:
    publisher = Publisher(world.office, mark_every=0.01, patience=0.0)
    async with connect(broker) as connection:
        serving = asyncio.create_task(publisher.serve(connection))
        await until(lambda: MARKER in broker.retained and str(TOPIC) in broker.retained, what="a first round")
        await world.schedules()
        await until(lambda: len(retained(broker).items) == 4, what="the change")
        count = decode_marker(broker.retained[MARKER]).count
        await until(lambda: decode_marker(broker.retained[MARKER]).count > count, what="a fresh marker")
        broker.drop("backend-1")
        with pytest.raises(ExceptionGroup) as lost:
            await serving
    assert lost.group_contains(NotConnected)


async def test_it_is_not_at_rest_before_it_knows_what_the_broker_remembers(
    lite: World, broker: MemoryBroker
) -> None:
    publisher = Publisher(lite.office, patience=9.0)
    async with connect(broker) as connection:
        await publisher.mark(connection)
        publisher.begin()
        serving = asyncio.create_task(publisher.serve(connection))
        await until(lambda: str(TOPIC) in broker.retained, what="the first publish")
        assert publisher.busy == "finding out what the broker remembers"
        publisher.marker_arrived(broker.retained[MARKER])
        await until(lambda: publisher.busy is None, what="rest")
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def test_serving_outlives_a_database_that_fails(
    lite: World, broker: MemoryBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = Failing(lite, monkeypatch)
    monkeypatch.setattr(room, "TROUBLE_PAUSE", 0.01)
    publisher = Publisher(lite.office, patience=0.0)
    async with connect(broker) as connection:
        serving = asyncio.create_task(publisher.serve(connection))
        await until(lambda: failures.count >= 4, what="some failures")
        failures.end()
        await until(lambda: MARKER in broker.retained and str(TOPIC) in broker.retained, what="recovery")
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def test_a_full_load_is_followed_by_the_next(
    lite: World, broker: MemoryBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "IN_FLIGHT", 2)
    async with lite.office.work() as work:
        for number in range(6):
            vin = f"{OTHER_VIN[:-1]}{number}"
            await register.add_vehicle(work, lite.dealer, NewVehicle(vin=vin, model="XC60"))
    async with connect(broker) as connection:
        serving = asyncio.create_task(Publisher(lite.office, patience=0.0).serve(connection))
        await until(lambda: len(broker.retained) == 8, what="seven vehicles and the marker")
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


class Interrupted:
    """A connection on which something happens between publish and its mark."""

    def __init__(self, connection: Connection, happens: Any) -> None:
        self._connection = connection
        self._happens = happens

    async def publish(self, topic: str, payload: bytes, **more: Any) -> None:
        await self._connection.publish(topic, payload, **more)
        await self._happens()

    async def subscribe(self, *filters: str) -> None:
        await self._connection.subscribe(*filters)

    def deliveries(self) -> Any:
        return self._connection.deliveries()


class Failing:
    """A database out of reach, until it is not."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self._patch = monkeypatch
        self._write = world.office.database.write
        self._office = world.office
        monkeypatch.setattr(world.office.database, "write", self._fail)

    def _fail(self) -> Any:
        self.count += 1
        raise DatabaseFailure("BEGIN", None, OSError("out of reach"))

    def end(self) -> None:
        self._patch.setattr(self._office.database, "write", self._write)


async def claim(world: World, technical: VirtualClock) -> tuple[Parcel, ...]:
    now = technical.now()
    async with world.office.database.write() as tx:
        assert await vehicles.vehicle_exists(tx, System(), VIN) is not None
        return await publishing.claim_dirty(
            tx, System(), technical=now, lease_until=now + room.LEASE, most=100, node="elsewhere"
        )


# --- handed over with the commit of the change ----------------------------------------------------------


async def test_a_change_is_handed_over_in_its_own_commit(
    world: World, broker: MemoryBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.office.courier = publisher = Publisher(world.office)
    await world.schedules()
    async with world.office.database.write() as tx:
        at = NOW + timedelta(days=-1)  # technical time: no lease is over yet
        found = await publishing.claim_dirty(
            tx, System(), technical=at, lease_until=at, most=100, node="another"
        )
    assert VIN not in [parcel.vin for parcel in found]

    async def untouched(*_: object, **__: object) -> None:
        raise AssertionError("what was handed over need not be claimed")

    monkeypatch.setattr(publishing, "claim_dirty", untouched)
    async with connect(broker) as connection:
        assert await publisher.publish_dirty(connection) == 1
    vehicle = await world.vehicle()
    assert retained(broker).revision == vehicle.wanted.revision
    assert vehicle.wanted.published_rev == vehicle.wanted.revision.rev


async def test_what_is_handed_over_takes_turns_with_what_lies_in_the_database(
    world: World, broker: MemoryBroker
) -> None:
    await world.everything_is_published()
    async with world.office.work() as work:  # nobody is there to hand it to
        new = NewVehicle(vin=OTHER_VIN, model="V60", plate="XYZ-987")
        await register.add_vehicle(work, world.dealer, new)
    world.office.courier = publisher = Publisher(world.office)
    async with connect(broker) as connection:
        for expected in ({str(TOPIC)}, {str(TOPIC), str(CarTopic(OTHER_VIN, Channel.DESIRED))}):
            await world.schedules()
            assert await publisher.publish_dirty(connection) == 1
            assert set(broker.retained) == expected
        assert await publisher.publish_dirty(connection) == 1
    assert retained(broker).revision == (await world.vehicle()).wanted.revision


async def test_what_was_handed_over_to_a_lost_connection_waits_for_no_lease(
    world: World, broker: MemoryBroker
) -> None:
    publisher = Publisher(world.office, patience=0.01)
    world.office.courier = publisher
    await world.schedules()
    async with connect(broker) as connection:
        publisher.begin()
        serving = asyncio.create_task(publisher.serve(connection))
        await until(lambda: str(TOPIC) in broker.retained, what="the snapshot", timeout=10)
        serving.cancel()
        await asyncio.wait({serving})
    assert world.office.courier is None
