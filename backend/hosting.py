"""Opens whole backends inside another program, each on a transport, a clock and a seeded database of its own.

For simulations that shall be quick: no process is started, and the database lies where its host says. What
answers is the same application as that of `sensus backend`, over HTTP like it.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from backend import migrations
from backend.app import new_app
from backend.mailbox import open_mailbox
from backend.process import configure_logging
from backend.seed import Sown, sow
from backend.service.office import Office
from backend.settings import Settings, clock_for
from backend.store.database import Database
from backend.web.keys import CLOCK, ClockState
from broker.transport import Transport
from protocol.clock import VirtualClock

_GOODBYE_SECONDS: Final = 0.2
_LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Hosted:
    """A backend that serves.

    Attributes:
        url: where. letters: the folder of what it has sent. dealers: who is in its register, with tokens.
    """

    url: str
    letters: Path
    dealers: list[dict[str, Any]]
    _app: web.Application

    async def look(self) -> ClockState:
        """Return where it stands in time, when its next thing is due, and what it is busy with."""
        return await self._app[CLOCK].look()


class Ground:
    """A seeded database, of which every backend gets a copy; made once, before a loop runs."""

    def __init__(self, directory: Path) -> None:
        configure_logging("WARNING")
        directory.mkdir(parents=True, exist_ok=True)
        self._database = directory / "seeded.db"
        # Seeded long ago by the simulated clock: whatever time a world begins at comes after it.
        settings = Settings(
            database_url=f"sqlite+aiosqlite:///{self._database}", simulation=True, start_at=_LONG_AGO
        )
        migrations.upgrade(settings.database_url)
        self._dealers = [_plain(one) for one in asyncio.run(_sow(settings))]

    @asynccontextmanager
    async def open(self, directory: Path, transport: Transport, clock: VirtualClock) -> AsyncIterator[Hosted]:
        """Serve a backend in ``directory`` while the block runs."""
        await asyncio.to_thread(self._copy_to, directory)
        letters = directory / "letters"
        with socket.create_server(("127.0.0.1", 0)) as sock:
            url = f"http://127.0.0.1:{sock.getsockname()[1]}"
            async with open_mailbox("127.0.0.1", 0, letters) as post:
                settings = Settings(
                    database_url=f"sqlite+aiosqlite:///{directory / 'backend.db'}",
                    simulation=True,
                    start_at=clock.now(),
                    public_url=url,
                    smtp_url=post.url,
                    mailbox_dir=letters,
                    requests_per_minute=10**9,
                )
                # A file in memory, where it can be; nobody else has it.
                database = Database(settings.database_url, inline=True)
                app = new_app(settings, transport, clock, database=database)
                runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GOODBYE_SECONDS)
                await runner.setup()
                try:
                    await web.SockSite(runner, sock).start()
                    yield Hosted(url, letters, self._dealers, app)
                finally:
                    await runner.cleanup()

    def _copy_to(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        shutil.copy(self._database, directory / "backend.db")


async def _sow(settings: Settings) -> tuple[Sown, ...]:
    database = Database(settings.database_url)
    try:
        return await sow(Office(database, clock_for(settings), settings))
    finally:
        await database.close()


def _plain(one: Sown) -> dict[str, Any]:
    return {
        "dealer": {"id": str(one.workshop.id), "name": one.workshop.name, "zone": one.workshop.zone},
        "token": one.token,
        "users": [{"login": who.login, "password": password} for who, password in one.staff],
    }
