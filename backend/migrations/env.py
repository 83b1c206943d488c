"""What Alembic runs to reach the database: it looks for a file of this name."""

from __future__ import annotations

import asyncio
from typing import Final, Literal

from alembic import context
from sqlalchemy import Connection, text

from backend.store.database import rebuilding_engine
from backend.tables import UTCDateTime, metadata

_ONE_AT_A_TIME: Final = 5_373_101  # any number, the same in every process


def render_plain(kind: str, thing: object, _context: object) -> str | Literal[False]:
    """Write our own types into a new step as what they are in the database: a step never changes again."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UTCDateTime) else False


def migrate(connection: Connection) -> None:
    """Run the steps that are missing, in one transaction; a second process waits and finds them done."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"))
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, render_item=render_plain
    )
    with context.begin_transaction():
        context.run_migrations()


async def run() -> None:
    """Open the database and migrate it."""
    engine = rebuilding_engine(context.config.attributes["url"])
    try:
        async with engine.begin() as connection:
            await connection.run_sync(migrate)
    finally:
        await engine.dispose()


asyncio.run(run())
