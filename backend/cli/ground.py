"""What every command of the backend stands on: settings, the database, and failures in words."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from backend.service.dealers import Workshop
    from backend.service.office import Office
    from backend.settings import Settings

T = TypeVar("T")
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


def settings_or_exit(**said: object) -> Settings:
    """Return the settings; what is ``said`` (an option) goes before the environment."""
    from backend.settings import BadSettings, load_settings

    try:
        return load_settings(**{name: value for name, value in said.items() if value is not None})
    except BadSettings as wrong:
        fail(str(wrong), 2)


def prepare(settings: Settings) -> None:
    """Bring a SQLite database to this version."""
    # SQLite has no other user who would have to be asked; for PostgreSQL there is `sensus migrate`.
    if settings.database_url.startswith("sqlite"):
        from backend import migrations

        migrations.upgrade(settings.database_url)


def in_office(settings: Settings, use: Callable[[Office], Awaitable[T]]) -> T:
    """Open the database for ``use``, and close it after."""
    from backend.process import configure_logging
    from backend.service.office import Office
    from backend.settings import clock_for
    from backend.store.database import Database

    configure_logging("WARNING")  # standard output belongs to the command's own answer

    async def run() -> T:
        database = Database(settings.database_url)
        try:
            # The backend's own clock: in a simulation nothing may be older than its beginning.
            return await use(Office(database, clock_for(settings), settings))
        finally:
            await database.close()

    return asyncio.run(run())


@contextmanager
def failures(*foreseen: type[Exception]) -> Iterator[None]:
    """Tell what goes wrong in words, not by a traceback; ``foreseen`` are the command's own errors."""
    from backend.store.database import DatabaseFailure, UnsupportedDatabase

    try:
        yield
    except foreseen as problem:
        fail(str(problem), 1)
    except UnsupportedDatabase as problem:
        fail(f"SENSUS_DATABASE_URL: {problem}", 2)
    except DatabaseFailure as problem:
        fail(
            f"the database cannot be used: {str(problem.orig or problem).splitlines()[0]}\n"
            "`sensus migrate` brings it to this version; SENSUS_DATABASE_URL says where it is",
            1,
        )


def fail(words: str, code: int) -> NoReturn:
    """End the command with words and an exit code."""
    typer.echo(words, err=True)
    raise typer.Exit(code)


async def workshops(office: Office) -> list[Workshop]:
    """Return every workshop, by name."""
    from backend.service import dealers

    async with office.look() as work:
        return await dealers.workshops(work)


async def find_dealer(office: Office, key: str) -> Workshop:
    """Return a workshop by its name or id.

    Raises:
        LookupError: there is none; the message names those there are.
    """
    known = await workshops(office)
    for one in known:
        if key in {one.name, str(one.id)}:
            return one
    names = ", ".join(one.name for one in known) or "none yet"
    raise LookupError(f"there is no dealer {key!r}; known: {names}")


def dealer_facts(one: Workshop) -> dict[str, str]:
    """Return what a command prints of a workshop."""
    return {"id": str(one.id), "name": one.name, "address": one.address, "zone": one.zone}


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*heads, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*row)
    # Into a pipe nothing is cut off: whoever reads it there wants whole ids.
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 200).print(table)
