"""Opens whole backends inside another program, each on a transport, a clock and a seeded database of its own.

For simulations that shall be quick: no process is started, and the database lies where its host says. What
answers is the same application as that of `sensus backend`, over HTTP like it.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from backend import migrations
from backend.app import Hands, new_app
from backend.mailbox import open_mailbox
from backend.process import configure_logging
from backend.seed import PEOPLE, Sown, sow
from backend.service import health
from backend.service.office import Office
from backend.settings import Settings, clock_for
from backend.store.database import Database
from backend.web.keys import CLOCK, ClockState
from broker.transport import Transport
from protocol.clock import VirtualClock

_GOODBYE_SECONDS: Final = 0.2
_LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Hosted:
    """A backend that serves.

    Attributes:
        url: where. letters: the folder of what it has sent. dealers: who is in its register, with tokens.
    """

    url: str
    letters: Path
    dealers: list[dict[str, Any]]
    _hands: Hands
    _database: Database
    _known: _Known | None = None

    async def look(self) -> ClockState:
        """Return where it stands in time, when its next thing is due, and what it is busy with.

        The database is asked only if something was written or time has moved since: nobody else has it.
        """
        loops, clock = self._hands.loops, self._hands.clock
        mark = (self._database.written, clock.now())
        if self._known is None or self._known.mark != mark:
            due, busy = await health.stand(loops.office)
            self._known = _Known(mark, due, busy)
        return ClockState(clock.now(), self._known.due, self._known.busy or loops.at_work)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database said when so much had been written, at that time."""

    mark: tuple[int, datetime]
    due: datetime | None
    busy: str | None


@dataclass(frozen=True, slots=True)
class _Plot:
    """The place of one backend's database: used again, since an engine learns its statements once."""

    path: Path
    database: Database


class Ground:
    """A seeded database, of which every backend gets a copy; made once, before a loop runs."""

    def __init__(self, directory: Path) -> None:
        configure_logging("WARNING")
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._seeded = directory / "seeded.db"
        # Seeded long ago by the simulated clock: whatever time a world begins at comes after it.
        settings = Settings(database_url=_url(self._seeded), simulation=True, start_at=_LONG_AGO)
        migrations.upgrade(settings.database_url)
        self._dealers = [_plain(one) for one in asyncio.run(_sow(settings))]
        self._free: list[_Plot] = []
        self._numbers = itertools.count(1)

    @asynccontextmanager
    async def open(self, directory: Path, transport: Transport, clock: VirtualClock) -> AsyncIterator[Hosted]:
        """Serve a backend while the block runs; its letters are in ``directory``."""
        letters = directory / "letters"
        async with AsyncExitStack() as stack:
            plot = stack.enter_context(self._plot())
            sock = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            post = await stack.enter_async_context(open_mailbox("127.0.0.1", 0, letters))
            url = f"http://127.0.0.1:{sock.getsockname()[1]}"
            settings = Settings(
                database_url=_url(plot.path),
                simulation=True,
                start_at=clock.now(),
                public_url=url,
                smtp_url=post.url,
                mailbox_dir=letters,
                requests_per_minute=10**9,
            )
            app = new_app(settings, transport, clock, database=plot.database)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GOODBYE_SECONDS)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.SockSite(runner, sock).start()
            hands = app[CLOCK]
            if not isinstance(hands, Hands):
                raise TypeError("a backend with a virtual clock has hands to move it")
            yield Hosted(url, letters, self._dealers, hands, plot.database)

    @contextmanager
    def _plot(self) -> Iterator[_Plot]:
        """Take a place whose database is as it was seeded."""
        if not self._free:
            path = self._directory / f"backend-{next(self._numbers)}.db"
            # Nobody else has the file, and it lies in memory where it can.
            self._free.append(_Plot(path, Database(_url(path), inline=True)))
        plot = self._free.pop()
        shutil.copy(self._seeded, plot.path)
        plot.database.reopen()
        try:
            yield plot
        finally:
            for end in ("", "-wal", "-shm"):
                plot.path.with_name(plot.path.name + end).unlink(missing_ok=True)
            self._free.append(plot)


def _url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


async def _sow(settings: Settings) -> tuple[Sown, ...]:
    database = Database(settings.database_url)
    try:
        # Dealers only: who plays in a world is entered there, and every other car would have to be told.
        return await sow(Office(database, clock_for(settings), settings), dict.fromkeys(PEOPLE, ()))
    finally:
        await database.close()


def _plain(one: Sown) -> dict[str, Any]:
    return {
        "dealer": {"id": str(one.workshop.id), "name": one.workshop.name, "zone": one.workshop.zone},
        "token": one.token,
        "users": [{"login": who.login, "password": password} for who, password in one.staff],
    }
