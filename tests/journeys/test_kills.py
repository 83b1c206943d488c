"""Pull every plug at the worst moment: nothing is lost, nothing is shown or sent twice.

The processes are real and die by SIGKILL, either at a named crash point or from outside.
"""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from protocol.clock import until
from protocol.messages import Booking, Desired
from protocol.topics import CarTopic, Channel
from tests import house
from tests.journeys import evidence
from tests.journeys.chain import Chain, Seeds, Street
from vehicle_sim.process import Process
from vehicle_sim.rounds import RoundFailed

pytestmark = pytest.mark.timeout(180)  # processes start slowly where others keep the machine busy

BACKEND_POINTS = (
    "backend.committed_before_publish",
    "backend.published_before_mark",
    "backend.mail_sent_before_mark",
    "backend.ingested_before_ack",
)
RECONCILED = '"broker_remembers"'
"""What the backend logs when it has compared the broker's memory with its own."""
CAR_POINTS = ("car.received_before_journal", "car.journalled_before_ack")


def test_every_crash_point_of_the_source_has_its_test() -> None:
    assert sorted(house.crash_points()) == sorted((*BACKEND_POINTS, *CAR_POINTS))


async def dies(process: Process) -> None:
    """Wait until a process has died as by a power cut: at its crash point, for nobody else kills it."""
    await process.ended(timeout=20)
    assert process.exit_code == -signal.SIGKILL, process.words()


async def assert_the_booking_arrives_once(street: Street, number: str) -> None:
    """The whole promise about one booking: state, pop-up, letter, events."""
    seen = await street.dealer.asks("GET", f"/v1/appointments/{number}")
    assert seen["status"] == "confirmed"
    snapshot = await evidence.assert_in_step(street)
    assert bookings(snapshot) == [number]
    await street.drives_off()
    await street.sees("booking")
    await street.driver.chooses("Details")
    await street.hears("opened")
    await street.drives_off()
    await street.sees(None)
    await street.rests()
    await evidence.stored(street)
    await evidence.assert_told_once(street)
    evidence.assert_no_duplicate(street.journal)
    assert evidence.showings(street.journal) == ["booking"]
    assert len(set(await street.letters(1))) == 1


def bookings(snapshot: Desired) -> list[str]:
    return [item.appointment for item in snapshot.items if isinstance(item, Booking)]


@pytest.mark.parametrize("point", [point for point in BACKEND_POINTS if "ingested" not in point])
async def test_backend_killed_while_it_passes_a_booking_on(street: Street, point: str) -> None:
    number = await street.requests()
    await street.rests()
    backend = street.chain.backend
    backend.stop()
    started = backend.log.read_text().count(RECONCILED)
    # What was published since the last marker is published again at the start, in one load or in several:
    # these passings are not ours, and how many there are is not ours to say.
    passings = 6 if point == "backend.published_before_mark" else 1
    await street.restarts(backend, crash_at=f"{point}:{passings}")
    await until(lambda: backend.log.read_text().count(RECONCILED) > started, what="the backend's first look")
    await street.rests()
    assert backend.running  # it dies of what follows, not of its own start
    with suppress(aiohttp.ClientError):  # nobody is left to answer where it dies right after the commit
        await street.dealer.schedules(number)
        for change in range(500 if passings > 1 else 0):  # each is a snapshot, and the booking is in it
            plate = {"plate": f"ABC-{change}"}
            await street.dealer.asks("PATCH", f"/v1/vehicles/{street.vin}", plate, {"If-Match": "*"})
    await dies(backend)
    await street.restarts(backend)
    await assert_the_booking_arrives_once(street, number)
    if point == "backend.mail_sent_before_mark":
        assert len(street.owner.letters()) == 2  # repeated, and by its Message-ID known to be the same
    else:
        assert len(street.owner.letters()) == 1


async def test_backend_killed_between_storing_a_car_s_word_and_the_acknowledgement(street: Street) -> None:
    await street.books(date=await street.day(0), time="23:30")
    await street.rests()
    backend = street.chain.backend
    # Far enough not to die of what the broker hands it at the start: the last words of other cars.
    await street.restarts(backend, crash_at="backend.ingested_before_ack:8")
    await street.rests()
    assert backend.exit_code is None

    async def taken_or_dead() -> bool:
        return not backend.running or (await street.driver.looks())["outbox"] == 0

    while backend.running:  # each engine start of the day is a word of its own
        with suppress(RoundFailed, aiohttp.ClientError):
            await street.drives_off()
        await until(taken_or_dead, what="the backend to take the car's word, or to die of it", timeout=30)
    await dies(backend)
    assert (await street.driver.looks())["outbox"] > 0
    assert len(evidence.inbox(street)) == len(evidence.recorded(street.journal))  # stored, and not told so
    await street.restarts(backend)
    await street.drives_off()
    await street.rests()
    await evidence.assert_in_step(street)
    await evidence.assert_told_once(street)
    evidence.assert_no_duplicate(street.journal)
    assert len(street.owner.letters()) == 1


@pytest.mark.parametrize("point", CAR_POINTS)
async def test_head_unit_killed_while_it_takes_its_snapshot(street: Street, point: str) -> None:
    known = len(evidence.snapshots(street.journal))
    street.car.stop()
    number = await street.books()
    await street.rests()
    # The first thing it is handed is the snapshot that the broker has kept for it.
    street.car.restart(wait=False, env={"SENSUS_CRASH_AT": point})
    await dies(street.car)
    kept = [snapshot and bookings(snapshot) for snapshot in evidence.snapshots(street.journal)[known:]]
    assert kept == ([[number]] if point == "car.journalled_before_ack" else [])
    delivery = await street.dealer.asks("GET", f"/v1/vehicles/{street.vin}/delivery")
    assert not delivery["in_step"]  # nobody may believe yet that the car has it
    await street.restarts(street.car)
    await assert_the_booking_arrives_once(street, number)


async def test_head_unit_killed_with_an_open_pop_up_shows_the_same_one_again(street: Street) -> None:
    number = await street.books()
    await street.rests()
    await street.driver.turns_key("running")
    await street.sees("booking")
    street.car.kill()
    await street.restarts(street.car)
    assert (await street.driver.looks())["pop_up"] == "booking"
    assert "Workshop appointment booked" in evidence.words(await street.driver.tree())
    await street.rests()
    assert evidence.showings(street.journal) == ["booking"]
    await street.driver.chooses("Details")
    await street.hears("opened")
    await assert_nothing_is_asked_again(street, number)


async def assert_nothing_is_asked_again(street: Street, number: str) -> None:
    await street.drives_off()
    await street.sees(None)
    await street.rests()
    await evidence.stored(street)
    await evidence.assert_told_once(street)
    evidence.assert_no_duplicate(street.journal)
    assert evidence.showings(street.journal) == ["booking"]
    assert bookings(await evidence.assert_in_step(street)) == [number]


# -- the broker --------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["rumqttd", "mosquitto"])
def fragile(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, seeds: Seeds
) -> Iterator[Chain]:
    """A chain whose broker may be killed: one that keeps nothing by nature, and one that has a store."""
    directory = tmp_path_factory.mktemp(request.param)
    kept = directory / "store"
    with Chain(directory, seeds=seeds, broker=["--kind", request.param, "--dir", str(kept)]) as running:
        yield running


@pytest.fixture
async def exposed(fragile: Chain) -> AsyncIterator[Street]:
    async with fragile.street() as found:
        yield found


def wreck(broker: Process, store: Path) -> None:
    """Kill the broker and delete whatever it had kept."""
    broker.kill()
    for path in store.glob("*.db*"):
        path.unlink()


async def test_broker_killed_and_its_store_deleted_while_a_booking_is_made(exposed: Street) -> None:
    broker = exposed.chain.broker
    first = await exposed.books()
    await exposed.rests()
    await exposed.driver.turns_key("running")
    await exposed.sees("booking")
    wreck(broker, exposed.chain.directory / "store")
    await exposed.driver.chooses("Details")
    await exposed.waits(minutes=1)  # or the second would belong to this very engine start
    second = await exposed.books(date=await exposed.day(20))
    broker.restart(wait=False)
    await broker.ready()
    snapshot = await evidence.assert_in_step(exposed)
    assert sorted(bookings(snapshot)) == sorted([first, second])
    await exposed.hears("opened")
    await exposed.drives_off()
    await exposed.sees("booking")  # the second: the first has been answered
    await exposed.driver.chooses("Details")
    await exposed.rests()
    await evidence.stored(exposed)
    await evidence.assert_told_once(exposed)
    evidence.assert_no_duplicate(exposed.journal)
    assert evidence.showings(exposed.journal) == ["booking", "booking"]
    assert len(set(await exposed.letters(2))) == len(exposed.owner.letters()) == 2


async def test_broker_that_forgot_while_the_car_was_away_is_told_everything_again(exposed: Street) -> None:
    broker = exposed.chain.broker
    await exposed.driver.network("off")
    number = await exposed.books()
    await exposed.rests()
    topic = CarTopic(exposed.vin, Channel.DESIRED)
    assert await evidence.retained(exposed.chain.listener(), topic)
    wreck(broker, exposed.chain.directory / "store")
    broker.restart(wait=False)
    await broker.ready()
    await exposed.rests()
    kept = await evidence.retained(exposed.chain.listener(), topic)
    assert kept  # told anew before the car has said a word
    await exposed.driver.network("on")
    await assert_the_booking_arrives_once(exposed, number)
