"""Serves whole chains in one process, each a world of its own: backend, broker in memory, cars, one time.

Nothing but HTTP leads in: the backend's own, the bench's own, and here what stands around them: a world is
opened and ended, time passes in it, its broker is struck. Since everything is on
one loop, rest can be told exactly, and time goes on without a pause.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import Any, Final, Literal, Protocol

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from broker.memory_transport import Line, MemoryBroker, MemoryTransport
from broker.transport import Connection, Transport, stay_connected
from protocol.clock import VirtualClock, monotonic, pause
from protocol.topics import Channel, every_car
from protocol.values import Instant
from vehicle_sim.bench import Bench, Face, announce, serving
from vehicle_sim.bench.problems import Problem, as_problems, body
from vehicle_sim.car import HeadUnit
from vehicle_sim.garage import Garage
from vehicle_sim.patience import Patience

PATIENCE: Final = 10.0
"""Technical seconds in which everybody in a world has to come to rest."""
_QUICK: Final = Patience(snapshot=0.02)
"""A broker in memory hands over at once what it has kept: a car need not wait for that."""
_LOOK_AGAIN: Final = 0.001
_LONGEST_PAUSE: Final = 0.016


class Served(Protocol):
    """A backend of this process."""

    @property
    def url(self) -> str:
        """Where it serves."""
        ...

    @property
    def letters(self) -> Path:
        """The folder of the letters that it has sent."""
        ...

    @property
    def dealers(self) -> list[dict[str, Any]]:
        """Who is in its register."""
        ...

    async def look(self) -> Stand:
        """Return where it stands in time."""
        ...


class Stand(Protocol):
    """Where somebody stands in time."""

    @property
    def now(self) -> datetime:
        """The present."""
        ...

    @property
    def next_due(self) -> datetime | None:
        """When the next thing is due."""
        ...

    @property
    def busy(self) -> str | None:
        """What is left to do, in words."""
        ...


OpenBackend = Callable[[Path, Transport, VirtualClock], AbstractAsyncContextManager[Served]]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _NewWorld(_Body):
    start_at: Instant


class _Passing(_Body):
    to: Instant | None = None


class _Struck(_Body):
    blow: Literal["kill", "start", "restart", "forget"]


@dataclass
class Traffic:
    """How many packets have passed a broker, in either direction."""

    carried: int = 0

    def line(self, _direction: str) -> Line:
        """Lay a line of the broker that counts what it carries."""

        def carry(_packet: str, send: Callable[[], None]) -> None:
            self.carried += 1
            send()

        return carry


@dataclass
class World:
    """One chain with a time of its own."""

    clock: VirtualClock
    broker: MemoryBroker
    backend: Served
    bench: str
    units: Mapping[str, HeadUnit]
    traffic: Traffic
    passed: list[tuple[str, bytes]] = field(default_factory=list)
    """Messages about cars: topics and payloads."""

    async def settle(self) -> Stand:
        """Wait until nobody has anything left to do at this instant.

        Raises:
            Problem: somebody still had after some seconds; it says who, and what.
        """
        deadline, wait = monotonic() + PATIENCE, _LOOK_AGAIN
        while True:
            carried, work = self.traffic.carried, self._cars_busy()
            if work is None:
                stand = await self.backend.look()
                work = stand.busy or self._cars_busy()
                overdue = stand.next_due is not None and stand.next_due <= self.clock.now()
                if work is None and not overdue and carried == self.traffic.carried:
                    return stand
                work = work or ("something is due" if overdue else "messages are under way")
            if not self.broker.running:
                return await self.backend.look()  # nobody can come to rest without a broker
            if monotonic() > deadline:
                raise Problem(HTTPStatus.CONFLICT, f"not at rest after {PATIENCE:g} s: {work}")
            await pause(wait)
            wait = min(2 * wait, _LONGEST_PAUSE)

    async def advance(self, to: datetime) -> Stand:
        """Let time pass, stopping wherever something falls due.

        Raises:
            Problem: ``to`` lies in the past; or see :meth:`settle`.
        """
        stand = await self.settle()
        if to < self.clock.now():
            already = f"it is {self.clock.now().isoformat()} already"
            raise Problem(HTTPStatus.CONFLICT, f"{to.isoformat()} lies in the past: {already}")
        while True:
            dues = [stand.next_due, *(unit.due for unit in self.units.values())]
            step = max(self.clock.now(), min([to, *(due for due in dues if due is not None)]))
            self.clock.set(step)
            for unit in list(self.units.values()):
                await unit.catch_up()
            stand = await self.settle()
            if step >= to:
                return stand

    def strike(self, blow: str) -> None:
        """Stop the broker, start it, or both."""
        if blow != "start":
            self.broker.stop()
        if blow == "forget":
            self.broker.forget()
        if blow != "kill":
            self.broker.start()

    def _cars_busy(self) -> str | None:
        busy = ((vin, unit.busy) for vin, unit in self.units.items())
        return next((f"{vin} {work}" for vin, work in busy if work is not None), None)

    async def overhear(self) -> None:
        """Write down what passes, until cancelled; a broker that comes back is listened to again."""

        async def serve(connection: Connection) -> None:
            await connection.subscribe(*(every_car(channel) for channel in Channel))
            async for delivery in connection.deliveries():
                delivery.ack()
                self.passed.append((delivery.topic, delivery.payload))

        await stay_connected(MemoryTransport(self.broker, "tap"), serve, jitter=Random(1))


class Worlds:
    """Opens worlds in folders below one, and ends them."""

    def __init__(self, directory: Path, open_backend: OpenBackend, face: Face) -> None:
        self._directory = directory
        self._open_backend = open_backend
        self._face = face
        self._numbers = itertools.count(1)
        self.open: dict[str, tuple[World, AsyncExitStack]] = {}

    async def begin(self, start_at: datetime) -> tuple[str, World]:
        """Open a world at this instant and return it with its name."""
        name = str(next(self._numbers))
        stack = AsyncExitStack()
        self.open[name] = (await stack.enter_async_context(self._world(name, start_at)), stack)
        return name, self.open[name][0]

    async def end(self, name: str) -> None:
        """End a world.

        Raises:
            Problem: there is none of that name.
        """
        _, stack = self._found(name)
        del self.open[name]
        await stack.aclose()

    def world(self, name: str) -> World:
        """Return a world by its name.

        Raises:
            Problem: there is none.
        """
        return self._found(name)[0]

    def _found(self, name: str) -> tuple[World, AsyncExitStack]:
        if name not in self.open:
            raise Problem(HTTPStatus.NOT_FOUND, f"there is no world {name[:20]!r}")
        return self.open[name]

    @asynccontextmanager
    async def _world(self, name: str, start_at: datetime) -> AsyncIterator[World]:
        directory, clock = self._directory / name, VirtualClock(start_at)
        traffic = Traffic()
        broker = MemoryBroker(lines=traffic.line)
        async with AsyncExitStack() as stack:
            stack.callback(shutil.rmtree, directory, ignore_errors=True)
            transport = MemoryTransport(broker, "backend")
            backend = await stack.enter_async_context(self._open_backend(directory, transport, clock))
            cars = Garage(directory, clock, lambda vin: MemoryTransport(broker, vin), patience=_QUICK)
            garage = await stack.enter_async_context(cars)
            bench = Bench(clock, self._face, garage.units, garage.chronicle, garage)
            url = await stack.enter_async_context(serving(bench, "127.0.0.1", 0))
            world = World(clock, broker, backend, url, garage.units, traffic)
            listening = asyncio.create_task(world.overhear())
            try:
                yield world
            finally:
                listening.cancel()
                await asyncio.wait({listening})


WORLDS: Final = web.AppKey("worlds", Worlds)
routes: Final = web.RouteTableDef()


@routes.post("/worlds")
async def _begin(request: web.Request) -> web.Response:
    wish = await body(request, _NewWorld)
    name, world = await request.app[WORLDS].begin(wish.start_at)
    told = {
        "world": name,
        "backend": world.backend.url,
        "bench": world.bench,
        "letters": str(world.backend.letters),
        "dealers": world.backend.dealers,
    }
    return web.json_response(told, status=201)


@routes.delete("/worlds/{world}")
async def _end(request: web.Request) -> web.Response:
    await request.app[WORLDS].end(request.match_info["world"])
    return web.Response(status=204)


@routes.get("/worlds/{world}/clock")
async def _look(request: web.Request) -> web.Response:
    return web.json_response(_told(_world(request), await _world(request).backend.look()))


@routes.post("/worlds/{world}/clock")
async def _pass(request: web.Request) -> web.Response:
    world, wish = _world(request), await body(request, _Passing)
    stand = await (world.settle() if wish.to is None else world.advance(wish.to))
    return web.json_response(_told(world, stand))


@routes.post("/worlds/{world}/broker")
async def _strike(request: web.Request) -> web.Response:
    world = _world(request)
    world.strike((await body(request, _Struck)).blow)
    return web.json_response({"running": world.broker.running})


@routes.get("/worlds/{world}/messages")
async def _messages(request: web.Request) -> web.Response:
    passed = [{"topic": topic, "payload": _json(payload)} for topic, payload in _world(request).passed]
    return web.json_response({"messages": passed})


@asynccontextmanager
async def hosting(worlds: Worlds, host: str, port: int) -> AsyncIterator[str]:
    """Serve worlds while the block runs, and end those that are left; yields the URL."""
    app = web.Application(middlewares=[as_problems])
    app[WORLDS] = worlds
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        for name in list(worlds.open):
            await worlds.end(name)
        await runner.cleanup()


def _world(request: web.Request) -> World:
    return request.app[WORLDS].world(request.match_info["world"])


def _json(payload: bytes) -> Any:
    return json.loads(payload) if payload else None


def _told(world: World, stand: Stand) -> Mapping[str, Any]:
    dues = [stand.next_due, *(unit.due for unit in world.units.values())]
    known = [due for due in dues if due is not None]
    return {
        "now": world.clock.now().isoformat(),
        "next_due": min(known).isoformat() if known else None,
        "busy": stand.busy,
    }


def serve(
    open_backend: OpenBackend,
    face: Face,
    directory: Path,
    *,
    port: int,
    say: Callable[[str], None],
    ready_file: Path | None,
) -> None:
    """Serve worlds until told to end (Ctrl-C, SIGTERM)."""

    async def until_told() -> None:
        # What has been imported stays: to look through it again and again took a tenth of each run.
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        async with hosting(Worlds(directory, open_backend, face), "127.0.0.1", port) as url:
            say(f"Worlds at {url}")
            if ready_file is not None:
                announce(ready_file, url)
            await ended.wait()

    asyncio.run(until_told())
