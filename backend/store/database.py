"""Opens the database so that a writer never loses an update, whichever of the two databases it is.

SQLite by itself opens a transaction only at the first write, so that a value read before may be stale by
then. Here a writer says BEGIN IMMEDIATE first and waits its turn; readers have an engine of their own and
see the last commit (WAL). On PostgreSQL writers lock the rows they load.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Connection, event, func, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from backend.store.inline import connect

T = TypeVar("T")
BUSY_MILLISECONDS: Final = 10_000
DRIVERS: Final = ("sqlite+aiosqlite", "postgresql+psycopg")

DatabaseFailure = DBAPIError
"""What a caller catches when the database refuses or is out of reach."""


class UnsupportedDatabase(ValueError):
    """A database URL that names neither of the two databases."""


class DatabaseClosed(RuntimeError):
    """Somebody came for a transaction after the database was closed: stop them first, then close it."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction: what every store function is given first."""

    connection: AsyncConnection
    inline: bool = False
    """Its statements never wait, so that nobody can come between."""

    async def rows(self, statement: Any) -> list[dict[str, Any]]:
        """Run a statement and return its rows by column name."""
        return [dict(row) for row in (await self.done(self.connection.execute(statement))).mappings().all()]

    async def row(self, statement: Any) -> dict[str, Any] | None:
        """Run a statement and return its first row, if any."""
        found = (await self.done(self.connection.execute(statement))).mappings().first()
        return None if found is None else dict(found)

    async def value(self, statement: Any) -> Any:
        """Run a statement and return the first column of its first row, if any."""
        return (await self.done(self.connection.execute(statement))).scalar()

    async def run(self, statement: Any, values: list[dict[str, Any]] | None = None) -> int:
        """Run a statement (once per element of ``values``) and return how many rows it touched."""
        done = await self.done(self.connection.execute(statement, values))
        return int(done.rowcount)

    def done(self, statement: Awaitable[T]) -> Awaitable[T]:
        """Return what brings one word with the database to its end."""
        return statement if self.inline else undisturbed(statement)


class Database:
    """Two doors to one database: :meth:`write` and :meth:`read`, one transaction each."""

    def __init__(self, url: str, *, inline: bool = False) -> None:
        """Prepare engines for ``url``; nothing is opened yet.

        ``inline`` runs SQLite on the loop itself: for a file in memory that this process has for itself.

        Raises:
            UnsupportedDatabase: the URL names another database or driver than the two that are tested.
        """
        parsed = database_url(url)
        self._inline = inline
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite(parsed, begin="BEGIN IMMEDIATE", size=1, inline=inline)
            self._reader = _sqlite(parsed, begin="BEGIN", size=4, inline=inline)
        else:
            self._writer = create_async_engine(parsed, pool_size=8, max_overflow=8, pool_pre_ping=True)
            # A page is read in several statements; they have to see one and the same moment.
            self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ")
        self._transactions = 0
        self.written = 0
        """How many writing transactions have ended: while it stays, so does all that this process wrote."""
        self._closed = False
        self._at_rest = asyncio.Event()
        self._at_rest.set()

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a writing transaction: committed at the end of the block, rolled back by any exception."""
        return self._counted(self._writer)

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a reading transaction: one consistent moment, blocking nobody."""
        return self._counted(self._reader)

    async def close(self) -> None:
        """Wait for the transactions under way, then let all connections go; whoever comes later is refused.

        An engine disposes of the connections in its pool only: one that is out would come back to a pool
        that nobody holds any more, and would be dropped with its file still open.
        """
        self._closed = True
        await self._at_rest.wait()
        await undisturbed(self._reader.dispose())
        await undisturbed(self._writer.dispose())

    def reopen(self) -> None:
        """Let transactions in again after :meth:`close`; what was learnt of the statements is kept."""
        self._closed = False

    @asynccontextmanager
    async def _counted(self, engine: AsyncEngine) -> AsyncIterator[Transaction]:
        if self._closed:
            raise DatabaseClosed(DatabaseClosed.__doc__)
        self._transactions += 1
        self._at_rest.clear()
        try:
            async with _transaction(engine, inline=self._inline) as tx:
                yield tx
        finally:
            self.written += engine is self._writer
            self._transactions -= 1
            if not self._transactions:
                self._at_rest.set()


def database_url(url: str) -> URL:
    """Return ``url`` taken apart.

    Raises:
        UnsupportedDatabase: it names another database or driver than the two that are tested.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as wrong:
        raise UnsupportedDatabase(f"not a database URL: {wrong}") from wrong
    if parsed.drivername not in DRIVERS:
        raise UnsupportedDatabase(
            f"{parsed.drivername} is not supported; begin the database URL with {' or '.join(DRIVERS)}"
        )
    return parsed


async def layout(tx: Transaction) -> str | None:
    """Return the name of the layout that this database has, None where it has none."""
    found = await tx.value(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def rebuilding_engine(url: URL) -> AsyncEngine:
    """Return an engine for migrations: SQLite changes a table by a copy, so nobody may guard references."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, begin="BEGIN IMMEDIATE", size=1, foreign_keys=False)
    return create_async_engine(url)


@asynccontextmanager
async def _transaction(engine: AsyncEngine, *, inline: bool = False) -> AsyncIterator[Transaction]:
    connection = engine.connect()
    tx = Transaction(connection, inline)
    try:
        _ = await tx.done(connection.start())
        await tx.done(_begin(connection))
        yield tx
        await tx.done(connection.commit())
    finally:
        if connection.sync_connection is not None:
            await tx.done(connection.close())  # what was not committed is rolled back


async def _begin(connection: AsyncConnection) -> None:
    _ = await connection.begin()


async def undisturbed(statement: Awaitable[T]) -> T:
    """Await one word with the database to its end, even if cancelled meanwhile; be cancelled then.

    The drivers do not like to be interrupted: aiosqlite's thread goes on and reports to a loop that may be
    closed by then, and the connection is lost to the pool.
    """
    task = asyncio.ensure_future(statement)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():  # whoever stops us may say so more than once
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # looked at, or the loop would complain that nobody did
        raise


def _sqlite(
    url: URL, *, begin: str, size: int, foreign_keys: bool = True, inline: bool = False
) -> AsyncEngine:
    # isolation_level None: the driver must not open transactions of its own; the event below opens them.
    settings: dict[str, Any] = {"isolation_level": None}
    if inline:
        settings["async_creator_fn"] = connect
    engine = create_async_engine(url, connect_args=settings, pool_size=size, max_overflow=0, pool_timeout=30)
    guard = "ON" if foreign_keys else "OFF"

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout = {BUSY_MILLISECONDS}",
            "journal_mode = WAL",
            "synchronous = FULL",
            f"foreign_keys = {guard}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def sortable(text: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return how a text stands in the order of a list: without regard to capitals, and not for ever long."""
    return func.substr(func.lower(text), 1, 60)
