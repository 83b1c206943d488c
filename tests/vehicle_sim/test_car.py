"""The shell of a head unit on an in-memory broker: ack after the sync, receipts, resending, time."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from broker.memory_transport import MemoryBroker, MemoryTransport
from broker.transport import NotConnected
from protocol.clock import SystemClock, VirtualClock, until
from protocol.messages import Rejected, Shown
from protocol.topics import Channel
from tests.vehicle_sim.garage import INSTALLED, SLOW, garage, head_unit
from tests.vehicle_sim.motorist import DAY, FRESH, MONDAY, SECOND, STORE, VIN, booking, destination, reminder
from tests.vehicle_sim.test_journal import full_disk
from vehicle_sim.car import HeadUnit, WrongCar
from vehicle_sim.glimpses import Glimpse
from vehicle_sim.journal import Journal, JournalUnwritable, read, replay
from vehicle_sim.state import Button, Chime, Moved, Pressed, Priority, SettingsChanged, TimePassed, Turned


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "car.journal"


async def test_a_snapshot_is_applied_journalled_acknowledged_and_receipted(path: Path) -> None:
    async with garage(path) as here:
        await here.backend.pushes(booking())
        await here.backend.hears_receipt(1)
        assert here.broker.unacknowledged(VIN) == 0
        assert here.unit.car.wire.applied == (1, 1)
        stored = replay(path)
        assert stored is not None
        assert stored.wire.applied == (1, 1)
        assert here.backend.online is True
        assert here.unit.link.online


async def test_without_a_snapshot_it_says_hello_although_virtual_time_stands_still(path: Path) -> None:
    async with garage(path) as here:
        await here.backend.hears(1, "hellos")
        (hello,) = here.backend.hellos
        assert (hello.n, hello.store_id, hello.applied.revision) == (1, STORE, (0, 0))
        await here.rests()


async def test_nothing_is_acknowledged_before_the_sync(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release, syncing = threading.Event(), threading.Event()
    real = os.fdatasync
    async with garage(path, patience=SLOW) as here:
        await until(lambda: here.unit.car.wire.online, what="the connection")
        await here.unit.journal.sync()

        def held(file: int) -> None:
            syncing.set()
            release.wait(10)
            real(file)

        monkeypatch.setattr(os, "fdatasync", held)
        await here.backend.pushes(booking())
        await until(syncing.is_set, what="the sync")
        assert here.unit.car.wire.applied == (1, 1)
        assert here.broker.unacknowledged(VIN) == 1
        assert here.unit.busy is not None
        assert "journal" in here.unit.busy
        assert here.backend.receipts == []
        release.set()
        await here.backend.hears_receipt(1)
        assert here.broker.unacknowledged(VIN) == 0


async def test_engine_start_opens_the_pop_up_chimes_and_tells(path: Path) -> None:
    async with garage(path) as here:
        glimpses = here.unit.watch()
        assert (await anext(glimpses)).car.pop_up is None
        await here.backend.pushes(booking())
        await here.backend.hears_receipt(1)
        await here.turns_key("running")
        assert here.pop_up == "booking"
        chimes = [chime async for glimpse in _until_pop_up(glimpses) for chime in glimpse.chimes]
        assert chimes == [Chime(MONDAY, "booking", Priority.INFORMATION)]
        assert here.unit.chimes == tuple(chimes)
        await until(lambda: any(_shown(r.events) for r in here.backend.receipts), what="the showing")


async def test_events_are_sent_again_until_they_are_acknowledged(path: Path) -> None:
    async with garage(path) as here:
        await here.backend.pushes(booking())
        await here.turns_key("running")
        await until(
            lambda: sum(_shown(receipt.events) for receipt in here.backend.receipts) >= 3, what="it thrice"
        )
        assert here.unit.busy is not None
        await here.backend.acknowledges(here.unit.car.wire.seq)
        await here.rests()
        assert here.unit.car.wire.outbox == ()


async def test_what_happens_off_line_is_told_when_the_network_is_back(path: Path) -> None:
    async with garage(path) as here:
        await here.backend.pushes(booking())
        await here.backend.hears_receipt(1)
        await here.unit.link.switch(on=False)
        assert not here.unit.link.online
        await until(lambda: here.backend.online is False, what="the goodbye")
        assert here.unit.busy is None
        before = len(here.backend.heard)
        await here.turns_key("running")
        assert here.pop_up == "booking"
        await here.backend.pushes(booking(ver=2))
        assert len(here.backend.heard) == before
        await here.unit.link.switch(on=True)
        await here.backend.hears_receipt(2)
        assert any(_shown(receipt.events) for receipt in here.backend.receipts)


async def test_it_connects_again_after_every_loss(path: Path) -> None:
    async with garage(path) as here:
        await until(lambda: here.unit.link.online, what="the first connection")
        here.broker.drop(VIN)
        await until(lambda: here.backend.online is False, what="the will")
        await until(lambda: here.backend.online is True, what="the next connection")
        await here.backend.pushes(booking())
        await here.backend.hears_receipt(1)


async def test_a_broker_that_is_away_is_no_work_and_is_told_once(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broker = MemoryBroker()
    broker.stop()
    clock = VirtualClock(MONDAY)
    async with head_unit(path, MemoryTransport(broker, VIN), clock) as (unit, _):
        assert unit.busy == "connects to its broker"
        await until(lambda: unit.busy is None, what="the first attempt to fail")
        broker.start()
        await until(lambda: unit.link.online, what="the broker's return")
    assert caplog.text.count("is off line") == 1


async def test_on_the_road_it_looks_again_each_second_and_its_journal_knows_where_it_is(path: Path) -> None:
    async with garage(path) as here:
        await here.backend.pushes(destination("Kamppi"))
        await until(lambda: here.unit.car.items != (), what="the destination")
        await here.turns_key("running")
        await here.unit.happen(Pressed(here.unit.now(), Button.OK), Moved(here.unit.now(), speed=50.0))
        start = here.unit.car.drive.position
        here.clock.set(here.clock.now() + SECOND)
        await until(lambda: here.unit.car.drive.position != start, what="the car to move by itself")
        for _ in range(9):
            here.clock.set(here.clock.now() + 7 * SECOND)
            await here.unit.catch_up()
        await here.unit.journal.sync()
        driven = here.unit.car
    again = replay(path)
    assert again is not None
    assert (again.drive, again.itinerary, again.notice) == (driven.drive, driven.itinerary, driven.notice)
    assert again.drive.odometer_km > INSTALLED.odometer_km


async def test_it_can_start_out_of_reach(path: Path) -> None:
    async with garage(path, online=False) as here:
        assert here.unit.busy is None
        await here.unit.link.switch(on=False)
        assert here.backend.heard == []
        await here.unit.link.switch(on=True)
        await until(lambda: here.backend.online is True, what="the connection")


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"{", "not_json"),
        (b'{"v":9}', "unknown_schema"),
        (b'{"v":1}', "invalid"),
        (b"x" * 70_000, "too_large"),
        (b'{"v":1,"\xff', "not_json"),
    ],
)
async def test_a_snapshot_that_cannot_be_read_is_acknowledged_and_told(
    path: Path, payload: bytes, why: str
) -> None:
    async with garage(path) as here:
        await here.backend.pushes(booking())
        await here.backend.hears_receipt(1)
        await here.backend.says(Channel.DESIRED, payload)
        await until(
            lambda: any(
                isinstance(event, Rejected) and why in event.why
                for receipt in here.backend.receipts
                for event in receipt.events
            ),
            what="the rejection",
        )
        assert here.unit.car.wire.applied == (1, 1)
        assert here.broker.unacknowledged(VIN) == 0
        await here.backend.pushes(booking(), reminder())
        await here.backend.hears_receipt(2)


async def test_an_acknowledgement_that_cannot_be_read_is_passed_over(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with garage(path) as here:
        await until(lambda: here.unit.link.online, what="the connection")
        await here.backend.says(Channel.EVENTS_ACK, b"[]")
        await here.backend.pushes(booking())
        await here.backend.hears_receipt(1)
        assert here.broker.unacknowledged(VIN) == 0
    assert "passes over a message" in caplog.text


async def test_an_empty_payload_wipes(path: Path) -> None:
    async with garage(path) as here:
        await here.backend.pushes(booking())
        await here.backend.hears_receipt(1)
        await here.backend.says(Channel.DESIRED, b"", retain=True)
        await until(lambda: here.unit.car.desired is None, what="the wipe")


async def test_a_journal_that_is_an_older_copy_takes_a_new_store(path: Path) -> None:
    async with garage(path) as here:
        await here.backend.hears(1, "hellos")
        await here.backend.acknowledges(7)
        await until(lambda: here.unit.car.wire.store_id not in {STORE, FRESH}, what="the new store")
        await here.backend.hears(2, "hellos")
        assert here.backend.hellos[-1].store_id == here.unit.car.wire.store_id


async def test_a_full_disk_stops_no_pop_up_but_every_acknowledgement(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with garage(path) as here:
        await here.backend.hears(1, "hellos")
        await here.rests()
        with full_disk(path.stat().st_size + 10):  # noqa: ASYNC240 - one look at a file of ours
            await here.backend.pushes(booking())
            await until(lambda: here.unit.car.desired is not None, what="the snapshot")
            with pytest.raises(JournalUnwritable, match="wait to be written"):
                await here.turns_key("running")
            assert here.pop_up == "booking"
            await until(lambda: here.unit.trouble is not None, what="the trouble")
            assert here.unit.busy == here.unit.trouble
            assert here.broker.unacknowledged(VIN) == 1
            assert not any(receipt.applied.rev for receipt in here.backend.receipts)
        await here.backend.hears_receipt(1)
        await until(lambda: any(_shown(r.events) for r in here.backend.receipts), what="the showing")
        await until(lambda: here.broker.unacknowledged(VIN) == 0, what="the acknowledgement")
        assert here.unit.trouble is None
    assert caplog.text.count("acknowledges nothing") == 1


async def test_what_happened_to_the_driver_on_a_full_disk_is_told_once_there_is_room(path: Path) -> None:
    async with garage(path) as here:
        await here.backend.pushes(booking())
        await here.backend.hears_receipt(1)
        await here.unit.journal.sync()
        with full_disk(path.stat().st_size + 10), pytest.raises(JournalUnwritable):  # noqa: ASYNC240 - same
            await here.turns_key("running")
        await until(lambda: any(_shown(r.events) for r in here.backend.receipts), what="the showing")


async def test_virtual_time_wakes_it_at_what_is_due_in_order_and_once(path: Path) -> None:
    async with garage(path) as here:
        await here.backend.pushes(reminder(show_from=MONDAY + 2 * DAY))
        await here.backend.hears_receipt(1)
        assert here.unit.due == MONDAY + 2 * DAY
        here.clock.set(MONDAY + 3 * DAY)
        await until(lambda: here.unit.car.now == MONDAY + 3 * DAY, what="the car's clock")
        await here.unit.catch_up()
        passed = [line.text for line in read(path).lines if "time_passed" in line.text]
        assert len(passed) == 2
        assert (MONDAY + 2 * DAY).date().isoformat() in passed[0]
        assert replay(path) == here.unit.car
        await here.turns_key("running")
        assert here.pop_up == "reminder"


async def test_virtual_seconds_are_not_worth_a_line_each(path: Path) -> None:
    async with garage(path, online=False) as here:
        for second in range(1, 200):
            here.clock.set(MONDAY + second * SECOND)
            await here.unit.catch_up()
        assert here.unit.car.now == MONDAY + 199 * SECOND
        assert sum("time_passed" in line.text for line in read(path).lines) <= 4


async def test_the_systems_clock_moves_it_too(path: Path) -> None:
    broker = MemoryBroker()
    async with head_unit(path, MemoryTransport(broker, VIN), SystemClock()) as (unit, _):
        await until(lambda: unit.link.online, what="the connection")
        await until(lambda: unit.car.wire.hellos == 1, what="the hello")
        assert not any("time_passed" in line.text for line in read(path).lines)


async def test_a_restart_in_a_run_repaints_the_pop_up_without_a_second_showing(path: Path) -> None:
    broker = MemoryBroker()
    async with garage(path, broker=broker) as here:
        await here.backend.pushes(booking())
        await here.backend.hears_receipt(1)
        await here.turns_key("running")
        seq = here.unit.car.wire.seq
    async with garage(path, broker=broker) as here:
        assert here.pop_up == "booking"
        await here.backend.hears_receipt(1)
        assert [e for e in here.unit.car.wire.outbox if e.kind == "shown"][-1].seq <= seq
        assert here.unit.car.wire.seq == seq


async def test_a_clock_put_back_does_not_make_the_replay_differ(path: Path) -> None:
    async with garage(path, online=False) as here:
        await here.unit.happen(TimePassed(MONDAY + timedelta(seconds=50)))
        await here.unit.happen(Pressed(MONDAY, Button.MY_CAR), Turned(MONDAY, 1))
        await here.turns_key("running")
        assert replay(path) == here.unit.car


async def test_a_setting_that_the_backend_should_know_is_said(path: Path) -> None:
    async with garage(path) as here:
        await here.backend.hears(1, "hellos")
        settings = here.unit.car.settings
        await here.unit.happen(SettingsChanged(MONDAY, replace(settings, notifications_on=False)))
        await here.backend.hears(2, "hellos")
        assert here.backend.hellos[-1].notifications_on is False


async def test_a_journal_of_another_car_is_refused(path: Path) -> None:
    async with garage(path, online=False):
        pass
    journal = Journal.open(path)
    other = replace(INSTALLED, vin="YV1FW7050E7654321")
    with pytest.raises(WrongCar, match=f"journal of {VIN}, not of YV1FW7050E7654321"):
        await HeadUnit.open(journal, other, MemoryTransport(MemoryBroker(), VIN), VirtualClock(MONDAY))
    await journal.close()


async def test_a_fault_of_ours_ends_the_head_unit_loudly(path: Path) -> None:
    class Broken:
        def connect(self, will: object = None) -> MemoryTransport:
            raise ZeroDivisionError("a fault")

    async with head_unit(path, Broken(), VirtualClock(MONDAY)) as (_, running):  # type: ignore[arg-type]  # on purpose
        await asyncio.wait({running})
        error = running.exception()
        assert isinstance(error, ExceptionGroup)
        assert error.subgroup(ZeroDivisionError) is not None
        assert NotConnected not in map(type, error.exceptions)


async def _until_pop_up(glimpses: AsyncIterator[Glimpse]) -> AsyncIterator[Glimpse]:
    async for glimpse in glimpses:
        yield glimpse
        if glimpse.car.pop_up is not None:
            return


def _shown(events: tuple[object, ...]) -> bool:
    return any(isinstance(event, Shown) for event in events)
