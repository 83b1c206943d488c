"""`sensus bench`: reads its options and becomes a process with many cars."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vehicle_sim.cli.options import (
    BROKER,
    Broker,
    Host,
    Password,
    Port,
    ReadyFile,
    Simulated,
    StartAt,
    Username,
    Words,
    start,
)
from vehicle_sim.cli.words import in_words, usage


def run(
    *,
    cars: Annotated[
        int, typer.Option(help="So many cars, with invented VINs. More can come later.", min=0, max=500)
    ] = 3,
    vin: Annotated[list[str] | None, typer.Option(help="A car of this VIN, instead; repeatable.")] = None,
    broker: Broker = BROKER,
    directory: Annotated[
        Path | None,
        typer.Option(
            "--dir", help="Where journals lie; by default they go with the process.", file_okay=False
        ),
    ] = None,
    host: Host = "127.0.0.1",
    port: Port = 8090,
    ready_file: ReadyFile = None,
    language: Annotated[Words, typer.Option(help="Language of new cars' screens.")] = Words.EN,
    profile: Annotated[
        str, typer.Option(help="The display of new cars: sensus-7, sensus-9, or a file that describes one.")
    ] = "sensus-7",
    simulated: Simulated = False,
    start_at: StartAt = None,
    username: Username = None,
    password: Password = None,
    identities: Annotated[
        Path | None,
        typer.Option(
            "--pki", help="Folder of sensus pki: each car speaks with its own certificate.", file_okay=False
        ),
    ] = None,
) -> None:
    """Run a bench where many cars come and go, until it is told to end (Ctrl-C, SIGTERM)."""
    import asyncio

    from broker.dialling import parse_url
    from protocol.language import Language
    from protocol.values import check_vin
    from vehicle_sim import profiles, vins
    from vehicle_sim.face import Screens
    from vehicle_sim.journal import JournalError
    from vehicle_sim.many import Row, serve
    from vehicle_sim.state import Settings

    begun = start(start_at, simulated=simulated)
    with usage("--vin"):
        named = [check_vin(one) for one in vin or ()]
        if len(set(named)) < len(named):
            raise ValueError("the same car is named twice")
    with usage("--broker"):
        parse_url(broker)
    with usage("--profile"):
        display = profiles.chosen(profile)
    row = Row(
        vins=named or [vins.invented(number) for number in range(cars)],
        broker=broker,
        folder=directory,
        host=host,
        port=port,
        ready_file=ready_file,
        simulated=simulated,
        start_at=begun,
        settings=Settings(
            language=Language(language.value.partition("-")[0]),
            pseudo_locale=language is Words.PSEUDO,
            profile=display.name,
        ),
        username=username,
        password=password,
        identities=identities,
    )
    with in_words(JournalError, OSError):
        asyncio.run(serve(row, Screens(display), say=typer.echo))
