"""Measures what a driver and a dealer wait for, beside the least that the same machine needs: `make bench`.

Then what a head unit draws, starts and idles in, and whether the desk's lists cost the same however long they
are, which takes some minutes.
Everything is real: processes of their own, an MQTT broker, SQLite with ``synchronous=FULL``, a journal that
is synced before the acknowledgement. Writes out/bench/results.json and out/bench/results.svg.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import aiohttp

from benchmarks import head_unit, lists
from benchmarks.figures import Spread, spread
from benchmarks.floor import Floor, floor
from benchmarks.report import OUT, pragmas, tell_chain, tell_head_unit, tell_lists
from benchmarks.stamped import stamps
from broker.memory_transport import MemoryBroker, MemoryTransport
from broker.paho_transport import PahoTransport
from protocol.clock import VirtualClock, monotonic
from protocol.messages import Events, Revision, decode_from_car
from protocol.topics import CarTopic, Channel, parse
from vehicle_sim import painter, signals
from vehicle_sim.car import HeadUnit
from vehicle_sim.face import Screens
from vehicle_sim.journal import Journal
from vehicle_sim.locales import phrases
from vehicle_sim.people import Dealer, Driver
from vehicle_sim.rig import Rig
from vehicle_sim.rounds import HttpClock, http_clock, settle
from vehicle_sim.screens import view
from vehicle_sim.state import Installed, Settings

VIN: Final = "YV1FW7050E1234567"
START: Final = "2026-11-30T05:00:00Z"
SCHEDULES: Final = 100
STARTS: Final = 60
WARM_UP: Final = 5
"""First samples that are thrown away: caches fill, connections open."""
_PATIENCE: Final = 10.0


@dataclass
class Ear:
    """Hears at the broker of which revision the car sends its receipt, and when."""

    receipts: dict[Revision, float] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def hears(self, revision: Revision) -> None:
        """Wait until the car's receipt for ``revision`` has come."""
        async with asyncio.timeout(_PATIENCE):
            while revision not in self.receipts:
                self.news.clear()
                await self.news.wait()

    @asynccontextmanager
    async def listening(self, transport: PahoTransport) -> AsyncIterator[Ear]:
        """Listen within the block."""
        async with transport.connect() as connection:
            await connection.subscribe(str(CarTopic(VIN, Channel.EVENTS)))

            async def listen() -> None:
                async for delivery in connection.deliveries():
                    heard = monotonic()
                    delivery.ack()
                    message = decode_from_car(parse(delivery.topic), delivery.payload)
                    if isinstance(message, Events):
                        self.receipts.setdefault(message.applied.revision, heard)
                        self.news.set()

            task = asyncio.create_task(listen())
            try:
                yield self
            finally:
                task.cancel()
                await asyncio.wait({task})


async def main() -> None:
    """Measure, write, print."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    directory = OUT / "work"
    rows: dict[str, Spread] = {}
    pens = [sys.executable, "-m", "benchmarks.stamped"]
    async with (
        Rig(directory, start_at=START) as rig,
        Rig(directory, start_at=START, program=pens) as cars,
        aiohttp.ClientSession() as session,
    ):
        broker, mailbox = rig.broker(wait=False), rig.mailbox(wait=False)
        await broker.ready()
        await mailbox.ready()
        backend = rig.backend(broker, mailbox, env={"SENSUS_REQUESTS_PER_MINUTE": "100000"}, wait=False)
        await backend.ready()
        seeded = json.loads(rig.run("seed", "--json", env=backend.env))["dealers"][0]
        car = cars.head_unit(VIN, broker, wait=False)
        await car.ready()
        journal = directory / f"{car.name}.journal"
        bench = Bench(
            Dealer(session, backend.url, seeded["token"]),
            Driver(session, car.url, VIN),
            next(one["id"] for one in seeded["customers"] if one["vin"] == VIN),
            [http_clock(backend.url, session), http_clock(car.url, session)],
            datetime.fromisoformat(START),
        )
        await settle(bench.clocks)
        transport = PahoTransport(f"mqtt://127.0.0.1:{broker.port}", client_id="bench-ear")
        async with Ear().listening(transport) as ear:
            with floor(directory, broker.port) as least:
                rows |= await schedules(bench, ear, least, journal)
        rows |= await starts_over_http(bench)
        car.stop()
        rows |= await starts_in_process(journal)
        mode = pragmas(directory / "backend.db")
    tell_chain(rows, mode)
    tell_head_unit(*await head_unit.measure(directory / "head-unit"))
    long_lists = directory / "lists"
    long_lists.mkdir()
    tell_lists(*await lists.measure(long_lists))


@dataclass
class Bench:
    """Everybody who takes part, and what they need to be asked."""

    dealer: Dealer
    driver: Driver
    customer: str
    clocks: list[HttpClock]
    now: datetime

    async def requests(self, day: datetime) -> str:
        """Have the dealer enter a request for half past three of a day."""
        made = await self.dealer.requests(
            vin=VIN,
            customer_id=self.customer,
            date=day.date().isoformat(),
            time="15:30",
            price={"amount": "389.00", "currency": "EUR"},
            work="Service at 90,000 km",
        )
        return str(made["number"])

    async def moves(self, **duration: float) -> None:
        """Move all clocks at once and wait until everybody is at rest."""
        self.now += timedelta(**duration)
        for clock in self.clocks:
            await clock.set(self.now)
        await settle(self.clocks)

    async def applied(self) -> Revision:
        """Return the revision that the car stands on."""
        applied = (await self.driver.looks())["applied"]
        return Revision(applied["epoch"], applied["rev"])


async def schedules(bench: Bench, ear: Ear, least: Floor, journal: Path) -> dict[str, Spread]:
    """Schedule again and again; after each, measure the floor once, so that both see the same load.

    The car has up to three appointments; then their days come, and they are finalized.
    """
    seen: dict[str, list[float]] = {
        name: [] for name in ("applied", "receipt", "sent", "hop", "commit", "sync", "fsync")
    }
    payload, line = b"x" * 3000, b"y" * 3000 + b"\n"
    made: list[str] = []
    for sample in range(SCHEDULES + WARM_UP):
        number = await bench.requests(bench.now + timedelta(days=5 + len(made)))
        before = await bench.applied()
        wanted = Revision(before.epoch, before.rev + 1)
        sent = monotonic()
        await bench.dealer.schedules(number)
        answered = monotonic()
        await ear.hears(wanted)
        applied = stamps(journal)[wanted]
        took = {
            "applied": applied - answered,
            "receipt": ear.receipts[wanted] - answered,
            "sent": applied - sent,
        }
        await settle(bench.clocks)  # the floor is measured while nothing else is done
        took["hop"] = await asyncio.to_thread(least.hop, payload)
        took["commit"] = least.commit("z" * 3000)
        took["sync"], took["fsync"] = least.sync(line)
        if sample >= WARM_UP:
            for name, value in took.items():
                seen[name].append(value)
        made.append(number)
        if len(made) == 3:
            await bench.moves(days=8)
            for number in made:
                await bench.dealer.acts(number, "finalize_appointment")
            made.clear()
            await settle(bench.clocks)
    whole = [sum(steps) for steps in zip(seen["hop"], seen["commit"], seen["sync"], strict=True)]
    return {
        "schedule: 2xx to applied in the car": spread(seen["applied"]),
        "schedule: 2xx to the car's receipt": spread(seen["receipt"]),
        "schedule: sent to applied in the car": spread(seen["sent"]),
        "floor": spread(whole),
        "floor: paho publish to receive": spread(seen["hop"]),
        "floor: commit, synchronous=FULL": spread(seen["commit"]),
        "floor: journal line and sync": spread(seen["sync"]),
        "floor: of it the fdatasync alone": spread(seen["fsync"]),
    }


async def starts_over_http(bench: Bench) -> dict[str, Spread]:
    """Turn the key over the bench, and fetch the PNG with the pop-up: what a tester waits for."""
    await bench.dealer.schedules(await bench.requests(bench.now + timedelta(days=1)))
    await bench.moves(days=1)
    took = []
    for sample in range(STARTS + WARM_UP):
        await bench.driver.turns_key("off")
        await bench.moves(minutes=1)
        begun = monotonic()
        seen = await bench.driver.turns_key("running")
        await bench.driver.photographs("first frame")
        ended = monotonic()
        if seen["pop_up"] != "day_reminder":
            raise AssertionError(f"engine start {sample}: no day reminder but {seen['pop_up']}")
        if sample >= WARM_UP:
            took.append(ended - begun)
    return {"engine start to PNG, over HTTP": spread(took)}


async def starts_in_process(path: Path) -> dict[str, Spread]:
    """Wake the same car up in this process and do what its window does: hear of the change, view, paint."""
    journal = Journal.open(path)
    try:
        if journal.car is None:
            raise AssertionError(f"{path} is empty")
        clock = VirtualClock(journal.car.now)
        installed = Installed(
            clock.now(), VIN, journal.car.wire.store_id, Settings(), journal.car.drive.position
        )
        transport = MemoryTransport(MemoryBroker(), VIN)
        unit = await HeadUnit.open(journal, installed, transport, clock, online=False)
        profile = Screens().profile(unit.car)
        painter.warm_up(profile)
        glimpses = unit.watch()
        await anext(glimpses)
        took, drawn = [], []
        for sample in range(STARTS + WARM_UP):
            await unit.happen(*signals.ignition(unit.car, "off", clock.now()))
            clock.set(clock.now() + timedelta(minutes=1))
            await unit.catch_up()
            await anext(glimpses)
            begun = monotonic()
            await unit.happen(*signals.ignition(unit.car, "running", clock.now()))
            glimpse = await anext(glimpses)
            journalled = monotonic()
            painter.paint(view(glimpse.car, phrases(glimpse.car.settings.language), profile), profile)
            ended = monotonic()
            if glimpse.car.pop_up is None:
                raise AssertionError(f"engine start {sample}: no pop-up")
            if sample >= WARM_UP:
                took.append(ended - begun)
                drawn.append(ended - journalled)
    finally:
        await journal.close()
    return {
        "engine start to first frame": spread(took),
        "of it view and paint": spread(drawn),
    }


if __name__ == "__main__":
    asyncio.run(main())
