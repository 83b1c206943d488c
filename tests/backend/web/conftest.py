"""The real backend on SQLite and the in-memory broker, with two dealers and their invented customers."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from backend import migrations
from backend.app import Hands, Loops, new_app
from backend.mailbox import Mailbox, open_mailbox
from backend.seed import Sown, sow
from backend.service.office import Office
from backend.settings import Settings, load_settings
from backend.store.database import Database
from backend.web import keys
from broker.memory_transport import MemoryBroker, MemoryTransport
from protocol.clock import VirtualClock
from tests.backend.web.advisor import Advisor, sits_down
from tests.backend.web.desk import Desk
from tests.backend.web.visitor import Visitor, open_visitor

NOW = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)


@dataclass(slots=True)
class Backend:
    """A running backend and what is around it."""

    app: web.Application
    client: TestClient[Any, Any]
    clock: VirtualClock
    broker: MemoryBroker
    loops: Loops
    settings: Settings
    mailbox: Mailbox
    desks: tuple[Desk, Desk]


@pytest.fixture(scope="session")
def sown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[Sown, ...]]:
    """A database with the invented dealers in it, to be copied: making it takes longer than a test."""
    path = tmp_path_factory.mktemp("database") / "sown.db"
    settings = load_settings(database_url=f"sqlite+aiosqlite:///{path}", simulation=True)
    migrations.upgrade(settings.database_url)

    async def make() -> tuple[Sown, ...]:
        database = Database(settings.database_url)
        try:
            return await sow(Office(database, VirtualClock(NOW), settings))
        finally:
            await database.close()

    return path, asyncio.run(make())


@pytest.fixture
def settings(tmp_path: Path, sown: tuple[Path, tuple[Sown, ...]]) -> Settings:
    path = tmp_path / "sensus.db"
    shutil.copy(sown[0], path)
    return load_settings(
        database_url=f"sqlite+aiosqlite:///{path}", simulation=True, start_at=NOW.isoformat()
    )


@pytest.fixture
async def backend(
    settings: Settings, sown: tuple[Path, tuple[Sown, ...]], tmp_path: Path
) -> AsyncIterator[Backend]:
    async with open_mailbox("127.0.0.1", 0, tmp_path / "mail") as mailbox:
        settings = settings.model_copy(update={"smtp_url": mailbox.url})
        clock, broker = VirtualClock(NOW), MemoryBroker()
        app = new_app(settings, MemoryTransport(broker, settings.node), clock)
        async with TestClient(TestServer(app)) as client:
            hands = app[keys.CLOCK]
            assert isinstance(hands, Hands)
            desks = [
                Desk(
                    client,
                    one.token,
                    {person.vin: str(key) for person, key in one.people},
                    clock,
                    hands.loops,
                )
                for one in sown[1]
            ]
            await desks[0].settles()
            yield Backend(app, client, clock, broker, hands.loops, settings, mailbox, (desks[0], desks[1]))


@pytest.fixture
def desk(backend: Backend) -> Desk:
    """The dealer in Helsinki."""
    return backend.desks[0]


@pytest.fixture
async def advisor(backend: Backend) -> Advisor:
    """Aino Virtanen in Helsinki, who reads English."""
    return await sits_down(backend.client, "avirtanen")


@pytest.fixture
async def colleague(backend: Backend) -> Advisor:
    """Mikko Laine at the desk beside hers."""
    return await sits_down(backend.client, "mlaine")


@pytest.fixture
async def berater(backend: Backend) -> Advisor:
    """Anke Hoffmann in Köln, who reads German."""
    return await sits_down(backend.client, "ahoffmann")


@pytest.fixture
def other_desk(backend: Backend) -> Desk:
    """The dealer in Köln."""
    return backend.desks[1]


@pytest.fixture
async def visitor(settings: Settings, tmp_path: Path) -> AsyncIterator[Visitor]:
    """Somebody with a browser before the doors of the desk and of My Volvo."""
    async with open_visitor(settings, tmp_path) as opened:
        yield opened
