"""A world of real processes: broker, mailbox, backend and a head unit for each car, all of their own."""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any, Final

import aiohttp

from broker.paho_transport import PahoTransport
from broker.transport import Connection, stay_connected
from protocol import topics
from protocol.topics import Channel
from vehicle_sim import rounds
from vehicle_sim.process import Process
from vehicle_sim.rig import Rig
from vehicle_sim.rounds import ClockLink, HttpClock, http_clock
from vehicle_sim.scenario.script import CarPart
from vehicle_sim.scenario.world import Blow, Desk, NotHere, Part, Passed

AT_HOME: Final = "60.17832,24.95057"
"""Where every car stands at first: Hakaniemenranta, Helsinki, 2.3 km from the workshop."""
PATIENCE: Final = 30.0
"""Technical seconds for what has to wait for a lease or a pause between two connections."""


@dataclass
class RunningTime:
    """The time of those processes that run."""

    clocks: dict[str, tuple[Process, HttpClock]] = field(default_factory=dict)
    broken: bool = False
    """The broker is away: nobody can come to rest, and time is set without waiting for that."""

    @property
    def links(self) -> list[ClockLink]:
        """The clocks that can be asked."""
        return [clock for process, clock in self.clocks.values() if process.running]

    async def now(self) -> datetime:
        """Return the present: that of whoever is furthest."""
        return max([reading.now for reading in await self._readings()])

    async def next_due(self) -> datetime | None:
        """Return when the next thing falls due for anybody."""
        dues = [reading.next_due for reading in await self._readings() if reading.next_due is not None]
        return min(dues, default=None)

    async def settle(self) -> None:
        """Wait until nobody has anything left to do."""
        if not self.broken:
            await rounds.settle(self.links, patience=PATIENCE)

    async def advance(self, to: datetime) -> None:
        """Let time pass for all."""
        if not self.broken:
            await rounds.advance(self.links, to, patience=PATIENCE)
            return
        for clock in self.links:
            await clock.set(to)

    async def _readings(self) -> list[rounds.Reading]:
        return await asyncio.gather(*(clock.read() for clock in self.links))


@dataclass
class ProcessWorld:
    """Real processes in one directory."""

    rig: Rig
    session: aiohttp.ClientSession
    broker: Process
    post: Process
    server: Process
    desks: dict[str, Desk]
    time: RunningTime = field(default_factory=RunningTime)
    heard: list[Passed] = field(default_factory=list)
    free: list[tuple[str, str]] = field(default_factory=list)
    standing: bool = False

    @property
    def backend(self) -> str:
        """Where the backend serves."""
        return self.server.url

    @property
    def letters(self) -> Path:
        """Where the mail server keeps the letters."""
        return self.rig.directory / self.post.name

    async def add_car(self, vin: str, part: CarPart) -> str:
        """Start a head unit."""
        self.rig.start_at = (await self.time.now()).isoformat()
        options = [
            "--position",
            AT_HOME,
            "--odometer",
            f"{part.odometer:g}",
            "--language",
            part.language.value,
        ]
        options += ["--profile", part.profile, "--navigation" if part.navigation else "--no-navigation"]
        car = self.rig.head_unit(vin, self.broker, *options, wait=False)
        await car.ready()
        self.time.clocks[vin] = (car, http_clock(car.url, self.session, vin))
        return car.url

    async def passed(self) -> Sequence[Passed]:
        """Return what has passed the broker."""
        return self.heard

    async def strike(self, part: Part, blow: Blow, *, at: str = "") -> None:
        """Kill, start, restart, freeze or thaw a process."""
        process = self.broker if part == "broker" else self.server
        if part == "backend" and blow in {"start", "restart"}:
            process.env |= {"SENSUS_CRASH_AT": at, "SENSUS_START_AT": (await self.time.now()).isoformat()}
        match blow:
            case "kill":
                process.kill()
            case "freeze":
                process.freeze()
            case "thaw":
                process.thaw()
            case "forget":
                process.kill()
                shutil.rmtree(self.rig.directory / process.name, ignore_errors=True)
                process.start()
            case "start" | "restart":
                process.restart(wait=False)
        if process.running and blow != "freeze":
            await process.ready()
        self.time.broken = not self.broker.running

    async def listen(self) -> None:
        """Write down what passes the broker, until cancelled; one that comes back is listened to again."""

        async def serve(connection: Connection) -> None:
            await connection.subscribe(*(topics.every_car(channel) for channel in Channel))
            async for delivery in connection.deliveries():
                with suppress(ValueError):
                    self.heard.append(Passed(delivery.topic, json.loads(delivery.payload or b"null")))
                delivery.ack()

        transport = PahoTransport(f"mqtt://127.0.0.1:{self.broker.port}", client_id="scenario-tap")
        await stay_connected(transport, serve, jitter=Random(1))


class ProcessWorlds:
    """Starts a chain of processes for each world, on copies of one seeded database."""

    kind = "real processes"

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._numbers = itertools.count(1)
        self._seeded: list[dict[str, Any]] = []

    @asynccontextmanager
    async def open(self, start_at: datetime) -> AsyncIterator[ProcessWorld]:
        """Start everything; it ends with the block.

        Raises:
            RigError: a process did not start.
        """
        directory = self._directory / f"world-{next(self._numbers)}"
        async with AsyncExitStack() as stack:
            rig = await stack.enter_async_context(Rig(directory, start_at=start_at.isoformat()))
            broker, post = rig.broker(wait=False), rig.mailbox(wait=False)
            if not self._seeded:
                self._seeded = await asyncio.to_thread(self._sow, rig)
            shutil.copy(self._directory / "seeded.db", directory / "backend.db")
            await broker.ready()
            await post.ready()
            server = rig.backend(broker, post, wait=False, env={"SENSUS_REQUESTS_PER_MINUTE": "100000"})
            session = await stack.enter_async_context(aiohttp.ClientSession())
            await server.ready()
            world = ProcessWorld(rig, session, broker, post, server, desks(self._seeded))
            world.time.clocks["backend"] = (server, http_clock(server.url, session, "backend"))
            listening = asyncio.create_task(world.listen())
            try:
                yield world
            finally:
                listening.cancel()
                await asyncio.wait({listening})

    def _sow(self, rig: Rig) -> list[dict[str, Any]]:
        env = {"SENSUS_DATABASE_URL": f"sqlite+aiosqlite:///{self._directory / 'seeded.db'}"}
        rig.run("migrate", env=env)
        told: list[dict[str, Any]] = json.loads(rig.run("seed", "--json", env=env))["dealers"]
        return told


def desks(seeded: list[dict[str, Any]]) -> dict[str, Desk]:
    """Return the desks that ``sensus seed --json`` tells of, by name."""
    found = {}
    for one in seeded:
        dealer, user = one["dealer"], one["users"][0]
        found[dealer["name"]] = Desk(
            dealer["name"], one["token"], dealer["zone"], dealer["id"], user["login"], user["password"] or ""
        )
    return found


def no_listener() -> NotHere:
    """Return what to raise where nobody listens at the broker."""
    return NotHere("nobody listens at the broker of this world; name it with --broker")
