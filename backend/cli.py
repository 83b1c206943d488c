"""The backend's commands: serve, bring the database up to date, sow invented data, and look after access."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar
from uuid import UUID

import typer

if TYPE_CHECKING:
    from backend.service.dealers import Workshop
    from backend.service.office import Office
    from backend.settings import Settings

app = typer.Typer(no_args_is_help=True)
dealer_app = typer.Typer(no_args_is_help=True, help="Add workshops and list them.")
token_app = typer.Typer(no_args_is_help=True, help="Give dealer systems access, and take it away.")
app.add_typer(dealer_app, name="dealer")
app.add_typer(token_app, name="token")

T = TypeVar("T")
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
ReadyFile = Annotated[
    Path | None, typer.Option("--ready-file", help="Written once it serves: JSON with url, port and pid.")
]


@app.command("backend")
def run_backend(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; SENSUS_HTTP_HOST, or 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(help="Port; 0 takes a free one; SENSUS_HTTP_PORT, or 8080.", min=0, max=65535),
    ] = None,
    ready_file: ReadyFile = None,
) -> None:
    """Run the backend until it is told to end (Ctrl-C, SIGTERM). Its settings are SENSUS_... variables."""
    from backend.app import CannotServe, serve
    from backend.process import configure_logging

    settings = _settings(http_host=host, http_port=port)
    configure_logging(settings.log_level)
    with _failures(CannotServe):
        _prepare(settings)
        asyncio.run(serve(settings, typer.echo, ready_file))


@app.command("settings")
def list_settings(as_json: Json = False) -> None:
    """List the settings: environment variables, their defaults, and what they are for."""
    from backend.settings import describe

    if as_json:
        rows = [{"variable": one.variable, "default": one.default, "about": one.about} for one in describe()]
        typer.echo(json.dumps({"settings": rows}))
        return
    _table(
        ("Variable", "Default", "What for"), [(one.variable, one.default, one.about) for one in describe()]
    )


@app.command("migrate")
def migrate() -> None:
    """Bring the database to the layout of this version; an empty one too."""
    from backend import migrations

    settings = _settings()
    with _failures():
        migrations.upgrade(settings.database_url)
    typer.echo(f"The database is at {migrations.head()}")


@app.command("seed")
def seed(as_json: Json = False) -> None:
    """Put invented dealers, customers and cars into the database; print their ids and new API tokens."""
    from backend.seed import Sown, sow

    settings = _settings()
    with _failures():
        _prepare(settings)
        sown = _in_office(settings, sow)

    def plain(one: Sown) -> dict[str, Any]:
        return {
            "dealer": _dealer(one.workshop),
            "token": one.token,
            "customers": [
                {"id": str(key), "name": who.name, "email": who.email, "vin": who.vin, "model": who.model}
                | {"plate": who.plate, "language": who.language.value}
                for who, key in one.people
            ],
        }

    if as_json:
        typer.echo(json.dumps({"dealers": [plain(one) for one in sown]}, ensure_ascii=False))
        return
    for one in sown:
        typer.echo(f"{one.workshop.name}, {one.workshop.address}\nToken: {one.token}")
        rows = [
            (who.name, f"{who.model} {who.year}", who.plate, who.vin, str(key)) for who, key in one.people
        ]
        _table(("Customer", "Model", "Plate", "VIN", "Customer id"), rows)


@dealer_app.command("add")
def add_dealer(
    name: Annotated[str, typer.Argument(help="Its name, unique.")],
    *,
    address: Annotated[str, typer.Option(help="Street, number, post code, town.")],
    phone: Annotated[str, typer.Option(help="International notation: +358 9 555 0137.")],
    latitude: Annotated[float, typer.Option(min=-90, max=90, help="Degrees, WGS 84.")],
    longitude: Annotated[float, typer.Option(min=-180, max=180, help="Degrees, WGS 84.")],
    zone: Annotated[str, typer.Option(help="IANA zone: Europe/Helsinki.")],
    manager_email: Annotated[str, typer.Option(help="Who hears of requests that nobody has touched.")],
    market: Annotated[str, typer.Option(help="Country, ISO 3166-1 alpha-2: FI.")] = "FI",
    language: Annotated[list[str] | None, typer.Option(help="BCP 47 tag; may be repeated.")] = None,
    opening_hours: Annotated[str, typer.Option(help="In words.")] = "",
    as_json: Json = False,
) -> None:
    """Add a workshop."""
    from uuid import uuid4

    from pydantic import ValidationError

    from backend.contacts import WorkshopForm
    from backend.service import dealers
    from protocol.values import GeoPoint

    settings = _settings()
    try:
        form = WorkshopForm(
            name=name,
            address=address,
            phone=phone,
            position=GeoPoint(latitude=latitude, longitude=longitude),
            zone=zone,
            manager_email=manager_email,
            market=market,
            languages=tuple(language or ["en"]),
            opening_hours=opening_hours,
        )
    except ValidationError as wrong:
        lines = [f"--{str(one['loc'][0]).replace('_', '-')}: {one['msg']}" for one in wrong.errors()]
        _fail("\n".join(line.replace("Value error, ", "") for line in lines), 2)
    made = dealers.Workshop(
        id=uuid4(), **{field: getattr(form, field) for field in WorkshopForm.model_fields}
    )
    with _failures(ValueError):

        async def add(office: Office) -> None:
            async with office.work() as work:
                if any(known.name == name for known in await dealers.workshops(work)):
                    raise ValueError(f"there is a dealer named {name} already")
                await dealers.add_workshop(work, made)

        _in_office(settings, add)
    typer.echo(json.dumps(_dealer(made), ensure_ascii=False) if as_json else f"Added {name}: {made.id}")


@dealer_app.command("list")
def list_dealers(as_json: Json = False) -> None:
    """List the workshops."""
    with _failures():
        known = _in_office(_settings(), _workshops)
    if as_json:
        typer.echo(json.dumps({"dealers": [_dealer(one) for one in known]}, ensure_ascii=False))
        return
    rows = [(one.name, one.address, one.zone, str(one.id)) for one in known]
    _table(("Dealer", "Address", "Zone", "Id"), rows)


@token_app.command("add")
def add_token(
    dealer: Annotated[str, typer.Argument(help="The dealer's name or id.")],
    name: Annotated[str, typer.Option(help="What the token is for.")] = "API",
    as_json: Json = False,
) -> None:
    """Make a bearer token for a dealer's system. It is shown this once; only its digest is kept."""
    from backend.service import dealers

    async def add(office: Office) -> str:
        from backend.store.scope import Dealer

        found = await _find(office, dealer)
        async with office.work() as work:
            return await dealers.new_token(work, Dealer(found.id), name)

    with _failures(LookupError):
        token = _in_office(_settings(), add)
    typer.echo(json.dumps({"token": token}) if as_json else token)


@token_app.command("list")
def list_tokens(
    dealer: Annotated[str, typer.Argument(help="The dealer's name or id.")], as_json: Json = False
) -> None:
    """List a dealer's tokens: their names and ids, never the tokens."""
    from backend.service import dealers
    from backend.store.scope import Dealer

    async def look(office: Office) -> list[dict[str, str | None]]:
        found = await _find(office, dealer)
        async with office.look() as work:
            return [
                {
                    "id": str(one.id),
                    "name": one.name,
                    "created_at": one.created_at.isoformat(),
                    "revoked_at": None if one.revoked_at is None else one.revoked_at.isoformat(),
                }
                for one in await dealers.tokens(work, Dealer(found.id))
            ]

    with _failures(LookupError):
        known = _in_office(_settings(), look)
    if as_json:
        typer.echo(json.dumps({"tokens": known}))
        return
    _table(
        ("Name", "Made", "Revoked", "Id"),
        [
            (str(one["name"]), str(one["created_at"]), one["revoked_at"] or "", str(one["id"]))
            for one in known
        ],
    )


@token_app.command("revoke")
def revoke_token(
    dealer: Annotated[str, typer.Argument(help="The dealer's name or id.")],
    token_id: Annotated[UUID, typer.Argument(help="The token's id, from `sensus token list`.")],
) -> None:
    """End a token: from now on it is answered 401."""
    from backend.service import dealers
    from backend.service.errors import NotFound
    from backend.store.scope import Dealer

    async def end(office: Office) -> None:
        found = await _find(office, dealer)
        async with office.work() as work:
            await dealers.revoke_token(work, Dealer(found.id), token_id)

    with _failures(LookupError, NotFound):
        _in_office(_settings(), end)
    typer.echo("Revoked")


@app.command("mailbox")
def run_mailbox(
    directory: Annotated[
        Path, typer.Option("--dir", help="Folder that keeps the letters as .eml files.", file_okay=False)
    ],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.", min=0, max=65535)] = 1025,
    ready_file: ReadyFile = None,
) -> None:
    """Run a mail server that keeps every letter and sends none on, until it is told to end."""
    from backend.mailbox import open_mailbox
    from backend.process import write_ready_file

    async def serve() -> None:
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        async with open_mailbox(host, port, directory) as box:
            typer.echo(f"Mail server on {box.url}, letters in {directory}")
            if ready_file is not None:
                write_ready_file(ready_file, {"url": box.url, "port": box.port, "pid": os.getpid()})
            await ended.wait()

    with _failures(OSError):
        asyncio.run(serve())


@app.command("restored")
def restored(as_json: Json = False) -> None:
    """Say that the database was restored from a copy: every car is told its state anew, above what it had."""
    from backend.service import health

    async def raise_epochs(office: Office) -> int:
        async with office.work() as work:
            return await health.restored(work)

    with _failures():
        count = _in_office(_settings(), raise_epochs)
    typer.echo(json.dumps({"vehicles": count}) if as_json else f"{count} vehicles will be told anew")


@app.command("openapi")
def openapi(
    simulated: Annotated[
        bool, typer.Option("--simulation", help="With the handle on simulated time.")
    ] = False,
) -> None:
    """Print the OpenAPI document of the HTTP API."""
    from backend.web.openapi import document
    from backend.web.routes import routes

    typer.echo(json.dumps(document(routes(simulated=simulated)), indent=2, ensure_ascii=False))


def _settings(**said: object) -> Settings:
    from backend.settings import BadSettings, load_settings

    try:
        return load_settings(**{name: value for name, value in said.items() if value is not None})
    except BadSettings as wrong:
        _fail(str(wrong), 2)


def _prepare(settings: Settings) -> None:
    # SQLite has no other user who would have to be asked; for PostgreSQL there is `sensus migrate`.
    if settings.database_url.startswith("sqlite"):
        from backend import migrations

        migrations.upgrade(settings.database_url)


def _in_office(settings: Settings, use: Callable[[Office], Awaitable[T]]) -> T:
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
def _failures(*foreseen: type[Exception]) -> Iterator[None]:
    from backend.store.database import DatabaseFailure, UnsupportedDatabase

    try:
        yield
    except foreseen as problem:
        _fail(str(problem), 1)
    except UnsupportedDatabase as problem:
        _fail(f"SENSUS_DATABASE_URL: {problem}", 2)
    except DatabaseFailure as problem:
        _fail(
            f"the database cannot be used: {str(problem.orig or problem).splitlines()[0]}\n"
            "`sensus migrate` brings it to this version; SENSUS_DATABASE_URL says where it is",
            1,
        )


def _fail(words: str, code: int) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(code)


async def _workshops(office: Office) -> list[Workshop]:
    from backend.service import dealers

    async with office.look() as work:
        return await dealers.workshops(work)


async def _find(office: Office, key: str) -> Workshop:
    known = await _workshops(office)
    for one in known:
        if key in {one.name, str(one.id)}:
            return one
    names = ", ".join(one.name for one in known) or "none yet"
    raise LookupError(f"there is no dealer {key!r}; known: {names}")


def _dealer(one: Workshop) -> dict[str, str]:
    return {"id": str(one.id), "name": one.name, "address": one.address, "zone": one.zone}


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*heads, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*row)
    # Into a pipe nothing is cut off: whoever reads it there wants whole ids.
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 200).print(table)
