"""`sensus head-unit`: reads its options and becomes a head unit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from vehicle_sim.cli.words import Switch, in_words, usage

if TYPE_CHECKING:
    from protocol.values import GeoPoint


def run(
    *,
    vin: Annotated[str, typer.Option(help="Vehicle identification number, 17 characters.")],
    broker: Broker = BROKER,
    journal: Annotated[
        Path | None, typer.Option(help="File that remembers the car; VIN.journal by default.", dir_okay=False)
    ] = None,
    host: Host = "127.0.0.1",
    port: Port = 8090,
    ready_file: ReadyFile = None,
    language: Annotated[Words | None, typer.Option(help="Language of the screens.")] = None,
    navigation: Annotated[
        bool | None, typer.Option("--navigation/--no-navigation", help="Has it Sensus Navigation?")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="The display: sensus-7, sensus-9, or a file that describes one.")
    ] = None,
    window: Annotated[
        bool, typer.Option("--window/--headless", help="Show the screen in a window, with keys and mouse.")
    ] = False,
    simulated: Simulated = False,
    start_at: StartAt = None,
    position: Annotated[str | None, typer.Option(help="Where a new car stands: latitude,longitude.")] = None,
    odometer: Annotated[float, typer.Option(help="Kilometres of a new car.", min=0, max=9_999_999)] = 0,
    network: Annotated[Switch, typer.Option(help="Off: it starts out of reach.")] = Switch.ON,
    username: Username = None,
    password: Password = None,
    ca: Annotated[
        Path | None, typer.Option(envvar="SENSUS_BROKER_CA", help="Whom to trust (PEM).", dir_okay=False)
    ] = None,
    cert: Annotated[
        Path | None, typer.Option(envvar="SENSUS_BROKER_CERT", help="The car's certificate.", dir_okay=False)
    ] = None,
    key: Annotated[
        Path | None, typer.Option(envvar="SENSUS_BROKER_KEY", help="The car's key (PEM).", dir_okay=False)
    ] = None,
) -> None:
    """Run one head unit until it is told to end (Ctrl-C, SIGTERM)."""
    import asyncio
    from functools import partial

    from broker.dialling import TlsFiles, parse_url
    from protocol.language import Language
    from vehicle_sim import profiles
    from vehicle_sim.car import WrongCar
    from vehicle_sim.face import Screens
    from vehicle_sim.garage import HOME
    from vehicle_sim.head_unit import Options, Show, serve
    from vehicle_sim.journal import JournalError

    begun = start(start_at, simulated=simulated)
    with usage("--vin"):
        from protocol.values import check_vin

        check_vin(vin)
    with usage("--broker"):
        parse_url(broker)
    with usage("--profile"):
        display = None if profile is None else profiles.chosen(profile)
        face = Screens() if display is None else Screens(display)
    options = Options(
        vin=vin,
        broker=broker,
        journal=journal or Path(f"{vin}.journal"),
        host=host,
        port=port,
        ready_file=ready_file,
        language=None if language is None else Language(language.value.partition("-")[0]),
        pseudo_locale=None if language is None else language is Words.PSEUDO,
        navigation=navigation,
        profile=None if display is None else display.name,
        simulated=simulated,
        start_at=begun,
        position=HOME if position is None else _place(position),
        odometer_km=odometer,
        network=network is Switch.ON,
        username=username,
        password=password,
        tls=None if ca is None else TlsFiles(ca, cert, key),
    )
    show: Show | None = None
    if window:
        from vehicle_sim import window as desk

        show = partial(desk.run, face=face)
    # pygame's own error is a RuntimeError: there is no display.
    with in_words(JournalError, WrongCar, OSError, *((RuntimeError,) if window else ())):
        asyncio.run(serve(options, face, say=typer.echo, show=show))


def _place(text: str) -> GeoPoint:
    from protocol.values import GeoPoint

    with usage("--position"):
        try:
            latitude, longitude = (float(part) for part in text.split(","))
            return GeoPoint(latitude=latitude, longitude=longitude)
        except ValueError as wrong:
            raise ValueError(
                f"{text!r} is no place; write latitude,longitude in degrees: 60.17832,24.95057"
            ) from wrong
