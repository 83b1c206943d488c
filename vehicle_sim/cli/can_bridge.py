"""`sensus can-bridge`: lets the frames of a CAN bus turn a car's key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vehicle_sim.cli.words import BENCH, in_words, usage


def run(
    vin: Annotated[str, typer.Argument(help="Vehicle identification number.")],
    *,
    channel: Annotated[str, typer.Option(help="The bus: can0, vcan0, PCAN_USBBUS1 ...")],
    interface: Annotated[str, typer.Option(help="What carries it, by python-can's name.")] = "socketcan",
    bitrate: Annotated[
        int | None, typer.Option(help="Bits per second, where the interface wants to know.", min=1)
    ] = None,
    dbc: Annotated[
        Path | None,
        typer.Option(help="DBC file with VssPath attributes; ours by default.", dir_okay=False),
    ] = None,
    bench: Annotated[
        str, typer.Option(help="Address of the car's bench.", envvar="SENSUS_BENCH_URL")
    ] = BENCH,
) -> None:
    """Let the frames of a CAN bus set a car's signals until told to end (Ctrl-C, SIGTERM)."""
    import asyncio

    from protocol.values import check_vin
    from vehicle_sim.bridges import SourceLost
    from vehicle_sim.bridges.frames import WrongFile
    from vehicle_sim.can_bridge import Options, serve

    with usage("VIN"):
        check_vin(vin)
    options = Options(vin, bench, channel, interface, bitrate, dbc)
    with in_words(WrongFile, SourceLost, OSError):
        asyncio.run(serve(options, say=typer.echo))
