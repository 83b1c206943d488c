"""The one place that knows every part of the backend: it builds them from the settings, and runs them."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

import structlog
from aiohttp import web

from backend.mailer import Mailer
from backend.postroom import PostRoom
from backend.process import write_ready_file
from backend.service import health
from backend.service.office import Office
from backend.settings import Settings, clock_for
from backend.store.database import Database
from backend.ticker import Ticker
from backend.web import guard, keys, middleware, openapi, security
from backend.web.endpoint import MOST_BYTES
from backend.web.limits import Limiter
from backend.web.metrics import Metrics, new_metrics
from backend.web.routes import add_mailbox, add_routes, routes
from broker.dialling import TlsFiles, tls_context
from broker.paho_transport import PahoTransport
from broker.transport import Transport
from protocol.clock import Clock, SystemClock, VirtualClock, pause

log = structlog.get_logger("app")
SETTLE_SECONDS: Final = 8.0
"""How long a move of simulated time waits for what fell due."""
_STEADY_SECONDS: Final = 1.0
_PATIENCE_SECONDS: Final = 0.5
_LONGEST_PAUSE: Final = 10.0
_GOODBYE_SECONDS: Final = 3.0
Announce = Callable[[str], None]


class CannotServe(RuntimeError):
    """The backend cannot start; the message says why, and what to do."""


@dataclass(slots=True)
class Loops:
    """The loops beside the HTTP side, and what is wrong with each."""

    office: Office
    post: PostRoom
    ticker: Ticker
    mailer: Mailer
    metrics: Metrics
    troubles: dict[str, str | None] = field(default_factory=dict)

    async def keep_running(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run a loop for ever: one that fails is logged, counted, and started again after a pause."""
        wait = 0.1
        while True:
            self.troubles.setdefault(name, None)
            running = asyncio.ensure_future(run())
            try:
                done, _ = await asyncio.wait({running}, timeout=_STEADY_SECONDS)
                if not done:
                    self.troubles[name], wait = None, 0.1
                # Not `await running`: that would hand our own end on to the loop and wait for its consent.
                await asyncio.wait({running})
                running.result()
                words = "it ended by itself"
            except Exception as fault:
                words = f"it failed with {type(fault).__name__}"
                log.exception("loop_failed", loop=name)
            finally:
                await _end(running)
            self.troubles[name] = f"{words} and is started again"
            self.metrics.restarts.labels(name).inc()
            await pause(wait)
            wait = min(_LONGEST_PAUSE, wait * 2)

    async def health(self) -> keys.Health:
        """Tell how every part does."""
        broker = None if self.post.connected else "not connected to the broker"
        return keys.Health({"database": await health.ready(self.office), "broker": broker, **self.troubles})

    async def busy(self) -> str | None:
        """Tell what is left to do at this instant, in words; None if nothing is."""
        return self.at_work or await health.busy(self.office) or self.at_work

    @property
    def at_work(self) -> str | None:
        """What this process is in the middle of, in words; what the database knows is not counted."""
        return self.post.busy or self.mailer.busy if self.post.connected else "connecting to the broker"


@dataclass(slots=True)
class Hands:
    """The hands that move a simulated clock: one at a time, and what falls due happens before they let go."""

    clock: VirtualClock
    loops: Loops
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def look(self) -> keys.ClockState:
        """Return where time stands."""
        office = self.loops.office
        return keys.ClockState(self.clock.now(), await health.next_due(office), await self.loops.busy())

    async def move(self, instant: datetime) -> keys.ClockState:
        """Move time and let what fell due happen; what does not end within some seconds is told as busy.

        Raises:
            ClockRefused: it would go backwards.
        """
        async with self.lock:
            self.clock.set(instant)
            await self.loops.ticker.tick()
            try:
                async with asyncio.timeout(SETTLE_SECONDS):
                    while await self.loops.busy() is not None:
                        await pause(0.02)
            except TimeoutError:
                log.warning("clock_busy", busy=await self.loops.busy())
            return await self.look()


async def _end(task: asyncio.Future[None]) -> None:
    """End a loop and wait for it: the database is closed next, and a query cut off by that never returns.

    It is told again until it does: inside a database call the word can come out as that call's failure,
    which a loop is made to survive.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_PATIENCE_SECONDS)
    if not task.cancelled():
        task.exception()  # looked at: it is logged where it matters


def new_transport(settings: Settings) -> Transport:
    """Return the way to the broker.

    Raises:
        OSError: a certificate cannot be read.
    """
    tls = None
    if settings.broker_ca is not None:
        tls = TlsFiles(settings.broker_ca, settings.broker_cert, settings.broker_key)
        tls_context(tls)  # read them now: at the first connection nobody stands by to be told
    return PahoTransport(
        settings.broker_url,
        client_id=settings.node,
        username=settings.broker_username or None,
        password=settings.broker_password.get_secret_value() or None,
        tls=tls,
    )


def new_app(
    settings: Settings,
    transport: Transport,
    clock: Clock,
    *,
    technical: Clock | None = None,
    database: Database | None = None,
) -> web.Application:
    """Build everything; nothing is opened before the application starts."""
    office = Office(database or Database(settings.database_url), clock, settings)
    metrics = new_metrics()
    loops = Loops(
        office,
        PostRoom(office, transport, random.Random(settings.node)),
        Ticker(office),
        Mailer(office),
        metrics,
    )
    app = web.Application(
        middlewares=[middleware.count, middleware.tell_problems, guard.refuse_foreign_forms],
        client_max_size=MOST_BYTES,
    )
    api = routes(simulated=isinstance(clock, VirtualClock))
    app[keys.OFFICE] = office
    app[keys.SETTINGS] = settings
    app[keys.TECHNICAL] = technical or SystemClock()
    app[keys.METRICS] = metrics
    app[keys.LIMITER] = Limiter(settings.requests_per_minute)
    app[keys.HEALTH] = loops.health
    app[keys.STOPPING] = asyncio.Event()
    app[keys.DOCUMENT] = _document(simulated=isinstance(clock, VirtualClock))
    if isinstance(clock, VirtualClock):
        app[keys.CLOCK] = Hands(clock, loops)
    add_routes(app, api)
    if settings.simulation and settings.mailbox_dir is not None:
        add_mailbox(app)
    app.on_response_prepare.append(security.add_headers)
    app.on_response_prepare.append(guard.insist_on_tls)

    async def life(_app: web.Application) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(loops.keep_running(name, run), name=name)
            for name, run in (
                ("post", loops.post.run),
                ("ticker", loops.ticker.run),
                ("mailer", loops.mailer.run),
            )
        ]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await office.database.close()

    async def let_go(app: web.Application) -> None:
        app[keys.STOPPING].set()

    app.cleanup_ctx.append(life)
    app.on_shutdown.append(let_go)
    return app


@cache
def _document(*, simulated: bool) -> str:
    """Return the API's document as JSON; it is drawn once, however many backends a process has."""
    return json.dumps(openapi.document(routes(simulated=simulated)), ensure_ascii=False)


async def serve(settings: Settings, announce: Announce, ready_file: Path | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is under way.

    Raises:
        CannotServe: the port is taken, or the database is not at this version's layout.
    """
    try:
        sock = socket.create_server((settings.http_host, settings.http_port))
    except OSError as taken:
        raise CannotServe(f"cannot listen on {settings.http_host}:{settings.http_port}: {taken}") from taken
    with sock:
        await _serve_on(sock, settings, announce, ready_file)


async def _serve_on(
    sock: socket.socket, settings: Settings, announce: Announce, ready_file: Path | None
) -> None:
    port = sock.getsockname()[1]
    host = f"[{settings.http_host}]" if ":" in settings.http_host else settings.http_host
    url = f"http://{host}:{port}"
    if "public_url" not in settings.model_fields_set:
        settings = settings.model_copy(update={"public_url": url})
    try:
        transport = new_transport(settings)
    except OSError as unreadable:
        raise CannotServe(f"the broker's certificates cannot be used: {unreadable}") from unreadable
    app = new_app(settings, transport, clock_for(settings))
    if (words := await health.ready(app[keys.OFFICE])) is not None:
        await app[keys.OFFICE].database.close()
        raise CannotServe(f"{words}. `sensus migrate` brings the database to this version")
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GOODBYE_SECONDS)
    await runner.setup()
    try:
        await web.SockSite(runner, sock).start()
        announce(f"Backend on {url}")
        if ready_file is not None:
            write_ready_file(ready_file, {"url": url, "port": port, "pid": os.getpid()})
        await ended.wait()
    finally:
        await runner.cleanup()
