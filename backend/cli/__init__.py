"""The backend's commands: serve, bring the database up to date, sow invented data, and look after access."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend.cli import access, people
from backend.cli.ground import Json, dealer_facts, failures, in_office, prepare, settings_or_exit, table

if TYPE_CHECKING:
    from backend.service.office import Office

app = typer.Typer(no_args_is_help=True)
app.add_typer(access.dealer_app, name="dealer")
app.add_typer(access.token_app, name="token")
app.add_typer(people.app, name="user")

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

    settings = settings_or_exit(http_host=host, http_port=port)
    configure_logging(settings.log_level)
    with failures(CannotServe):
        prepare(settings)
        asyncio.run(serve(settings, typer.echo, ready_file))


@app.command("settings")
def list_settings(as_json: Json = False) -> None:
    """List the settings: environment variables, their defaults, and what they are for."""
    from backend.settings import describe

    if as_json:
        rows = [{"variable": one.variable, "default": one.default, "about": one.about} for one in describe()]
        typer.echo(json.dumps({"settings": rows}))
        return
    table(("Variable", "Default", "What for"), [(one.variable, one.default, one.about) for one in describe()])


@app.command("migrate")
def migrate() -> None:
    """Bring the database to the layout of this version; an empty one too."""
    from backend import migrations

    settings = settings_or_exit()
    with failures():
        migrations.upgrade(settings.database_url)
    typer.echo(f"The database is at {migrations.head()}")


@app.command("seed")
def seed(as_json: Json = False) -> None:
    """Put invented dealers, users, customers, cars into the database; print ids, tokens and passwords."""
    from backend.seed import Sown, sow

    settings = settings_or_exit()
    with failures():
        prepare(settings)
        sown = in_office(settings, sow)

    def plain(one: Sown) -> dict[str, Any]:
        return {
            "dealer": dealer_facts(one.workshop),
            "token": one.token,
            "users": [
                {"login": who.login, "name": who.name, "role": who.role.value, "password": password}
                for who, password in one.staff
            ],
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
        table(
            ("User", "Name", "Role", "Password"),
            [(who.login, who.name, who.role.value, password or "as before") for who, password in one.staff],
        )
        rows = [
            (who.name, f"{who.model} {who.year}", who.plate, who.vin, str(key)) for who, key in one.people
        ]
        table(("Customer", "Model", "Plate", "VIN", "Customer id"), rows)


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

    with failures(OSError):
        asyncio.run(serve())


@app.command("restored")
def restored(as_json: Json = False) -> None:
    """Say that the database was restored from a copy: every car is told its state anew, above what it had."""
    from backend.service import health

    async def raise_epochs(office: Office) -> int:
        async with office.work() as work:
            return await health.restored(work)

    with failures():
        count = in_office(settings_or_exit(), raise_epochs)
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


@app.command("asyncapi")
def asyncapi() -> None:
    """Print the AsyncAPI document of what travels between cars and backend."""
    from protocol.asyncapi import document

    typer.echo(json.dumps(document(), indent=2, ensure_ascii=False))
