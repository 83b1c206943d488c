"""`sensus up`: a whole bench that stands until it is told to end, and three things to try on it."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vehicle_sim.cli.words import Json, in_words, instant

if TYPE_CHECKING:
    from vehicle_sim.up import Standing


def run(
    *,
    directory: Annotated[
        Path,
        typer.Option(
            "--dir", help="Database, journal, letters and logs; found again next time.", file_okay=False
        ),
    ] = Path("out/up"),
    window: Annotated[
        bool | None,
        typer.Option(
            "--window/--headless", help="Show the head unit in a window; where there is a display, yes."
        ),
    ] = None,
    start_at: Annotated[
        str | None, typer.Option(help="Where virtual time begins (RFC 3339); now, if left out.")
    ] = None,
    free_ports: Annotated[bool, typer.Option("--free-ports", help="Take any free ports.")] = False,
    as_json: Json = False,
) -> None:
    """Run broker, mailbox, backend and one head unit together until told to end (Ctrl-C, SIGTERM)."""
    import asyncio

    from vehicle_sim.process import RigError
    from vehicle_sim.up import PORTS, keep_up, standing

    begin = None if start_at is None else instant(start_at, "--start-at")
    shown = _has_display() if window is None else window

    async def stand() -> None:
        if not as_json:
            typer.echo("Starting broker, mailbox, backend and head unit ...", err=True)
        async with standing(
            directory, ports={} if free_ports else PORTS, window=shown, start_at=begin
        ) as bench:
            _tell_script(bench) if as_json else _tell(bench)
            await keep_up(bench, say=lambda words: typer.echo(words, err=True))
        if not as_json:
            typer.echo("\nAll ended.", err=True)

    with in_words(RigError):
        asyncio.run(stand())


def _has_display() -> bool:
    return sys.platform in {"darwin", "win32"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def _tell_script(bench: Standing) -> None:
    urls = {process.name: process.url for process in bench.rig.processes}
    typer.echo(
        json.dumps({"vin": bench.vin, "customer_id": bench.customer, "token": bench.token, "urls": urls})
    )


def _tell(bench: Standing) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    width = max(len(name) for name in bench.addresses)
    for name, address in bench.addresses.items():
        console.print(f"  {name:<{width}}  [bold]{address}[/bold]")
    console.print(f"  {'The car':<{width}}  [bold]{bench.vin}[/bold], V60 D4 of Maria Lindholm")
    console.print("\nTime flows; it is virtual and can be moved. Three things to try in another terminal:\n")
    for number, (what, lines) in enumerate(_tries(bench), start=1):
        console.print(f"[bold]{number}. {what}[/bold]")
        for line in lines:
            console.print(f"   {line}", markup=False)
        console.print()
    console.print("Ctrl-C ends everything.")


def _tries(bench: Standing) -> tuple[tuple[str, tuple[str, ...]], ...]:
    from vehicle_sim.people import TICKED
    from vehicle_sim.up import PORTS

    urls = {process.name: process.url for process in bench.rig.processes}
    sensus = "sensus" if shutil.which("sensus") else sys.argv[0]
    elsewhere = f"export SENSUS_BACKEND_URL={urls['backend']} SENSUS_BENCH_URL={urls['car']}"
    request = json.dumps(
        {
            "action": "create_request",
            "vin": bench.vin,
            "customer_id": bench.customer,
            "date": f"{bench.next_week:%Y-%m-%d}",
            "time": "08:00",
            "work": "Service 90,000 km",
            "price": {"amount": "389.00", "currency": "EUR"},
        }
    )
    schedule = json.dumps({"action": "schedule_appointment", "checklist": TICKED})
    curl = 'curl -s -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json"'
    return (
        (
            "The dealer books: a request, then Schedule appointment",
            (
                f"export TOKEN={bench.token}",
                *((elsewhere,) if urls["car"] != f"http://127.0.0.1:{PORTS['car']}" else ()),
                f"ID=$({curl} {urls['backend']}/v1/appointments -d '{request}' \\",
                """  | grep -o '"number":"[0-9]*' | grep -o '[0-9]*$')""",
                f"{curl} -H 'If-Match: \"1\"' {urls['backend']}/v1/appointments/$ID/actions -d '{schedule}'",
            ),
        ),
        (
            "The driver turns the key, looks, and opens the details",
            (
                f"{sensus} car {bench.vin} ignition running",
                f"{sensus} car {bench.vin} screenshot pop-up.png",
                f"{sensus} car {bench.vin} press --label Details",
            ),
        ),
        (
            "Four days later: the reminder, or the reason why there is none",
            (
                f"{sensus} car {bench.vin} ignition off",
                f"{sensus} clock advance 4d",
                f"{sensus} car {bench.vin} why",
                f"{sensus} car {bench.vin} ignition running",
            ),
        ),
    )
