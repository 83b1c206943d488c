"""The post office's commands: `sensus broker` runs one, `sensus pki` makes identities for a hardened one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Annotated

import typer

from protocol.clock import SystemClock
from protocol.values import check_vin

app = typer.Typer(no_args_is_help=True)
pki_app = typer.Typer(no_args_is_help=True, help="Make the certificates and accounts of a hardened broker.")
app.add_typer(pki_app, name="pki")

Out = Annotated[Path, typer.Option("--out", help="The folder that holds the authority.", file_okay=False)]


@app.command("broker")
def run_broker(
    port: Annotated[int, typer.Option(help="TCP port; 0 takes a free one.", min=0, max=65535)] = 1883,
    host: Annotated[str, typer.Option(help="Address to listen on. There are no passwords: keep it here.")] = (
        "127.0.0.1"
    ),
    kind: Annotated[str, typer.Option(help="rumqttd, mosquitto, or auto: what this machine has.")] = "auto",
    directory: Annotated[
        Path | None, typer.Option("--dir", help="Where it keeps its store and log.", file_okay=False)
    ] = None,
    ready_file: Annotated[
        Path | None, typer.Option(help="Written once it serves: JSON with url, port and pid.")
    ] = None,
) -> None:
    """Run an MQTT broker until it is told to end (Ctrl-C, SIGTERM)."""
    from broker.embedded import BrokerDidNotStart, EmbeddedBroker, Kind

    if kind not in {known.value for known in Kind}:
        raise typer.BadParameter(f"{kind!r} is none of {', '.join(Kind)}", param_hint="--kind")

    async def serve() -> None:
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        async with EmbeddedBroker(port=port, host=host, kind=kind, directory=directory) as broker:
            typer.echo(f"MQTT broker ({broker.kind}) on {broker.url}")
            if ready_file is not None:
                _announce(ready_file, {"url": broker.url, "port": broker.port, "pid": os.getpid()})
            watch = asyncio.ensure_future(broker.died())
            stop = asyncio.ensure_future(ended.wait())
            await asyncio.wait((watch, stop), return_when=asyncio.FIRST_COMPLETED)
            if not stop.done():
                stop.cancel()
                raise BrokerDidNotStart(f"{broker.kind} on {broker.url} ended by itself")
            watch.cancel()

    try:
        asyncio.run(serve())
    except BrokerDidNotStart as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from problem


@pki_app.command("init")
def init(
    out: Out,
    host: Annotated[
        list[str] | None, typer.Option(help="A name or address of the broker; may be repeated.")
    ] = None,
    vin: Annotated[list[str] | None, typer.Option(help="Also a certificate for this car.")] = None,
) -> None:
    """Make the authority, the broker's certificate and the backend's account; what exists stays as it is."""
    from broker import pki

    now = SystemClock().now()
    vins = [_vin(text) for text in vin or []]
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        made = [
            pki.authority(out, now).certificate,
            pki.broker(out, host or ["mosquitto", "localhost", "127.0.0.1"], now).certificate,
            pki.account(out, pki.BACKEND),
            *(pki.car(out, car, now).certificate for car in vins),
        ]
    except pki.PkiRefused as problem:
        raise _refused(problem) from problem
    for path in made:
        typer.echo(path)


@pki_app.command("car")
def car(
    out: Out,
    vin: Annotated[list[str], typer.Option(help="The car's VIN: its common name; may be repeated.")],
) -> None:
    """Make a car's certificate; what exists stays as it is."""
    from broker import pki

    vins = [_vin(text) for text in vin]
    try:
        for text in vins:
            typer.echo(pki.car(out, text, SystemClock().now()).certificate)
    except pki.PkiRefused as problem:
        raise _refused(problem) from problem


def _vin(text: str) -> str:
    try:
        return check_vin(text)
    except ValueError as wrong:
        raise typer.BadParameter(f"{text!r}: {wrong}", param_hint="--vin") from wrong


def _refused(problem: Exception) -> typer.Exit:
    typer.echo(str(problem), err=True)
    return typer.Exit(1)


def _announce(ready_file: Path, facts: dict[str, object]) -> None:
    draft = ready_file.with_name(f"{ready_file.name}.{os.getpid()}")
    draft.write_text(json.dumps(facts))
    draft.replace(ready_file)
