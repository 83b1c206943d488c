"""`sensus up`: a whole bench that stands until it is told to end, and three things to try on it."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from vehicle_sim.cli.options import Words
from vehicle_sim.cli.words import Json, in_words, instant, usage

if TYPE_CHECKING:
    from vehicle_sim.up import Standing


_TRIES: Final = """
Time flows; it is virtual and can be moved. Three things to try in another terminal:

1. The dealer books: a request, then Schedule appointment
   . ENV
   book() {
     curl -s -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
       -H 'If-Match: "1"' "$SENSUS_BACKEND_URL/v1/appointments$1" -d "$2"
   }
   NUMBER=$(book "" '{"action": "create_request", "vin": "'$VIN'",
     "customer_id": "'$CUSTOMER'", "date": "'$DAY'", "time": "08:00",
     "work": "Service 90,000 km", "price": {"amount": "389.00", "currency": "EUR"}}' |
     grep -o '"number":"[0-9]*' | tail -c 7)
   book "/$NUMBER/actions" '{"action": "schedule_appointment",
     "checklist": {"slot_confirmed": true, "plan_secured": true,
                   "work_order_finished": true, "parts_ready": true}}'

2. The driver turns the key, looks, and opens the details
   SENSUS car $VIN ignition running
   SENSUS car $VIN screenshot pop-up.png
   SENSUS car $VIN press --label Details

3. Four days later: why is there no reminder? The engine is off
   SENSUS car $VIN ignition off
   SENSUS clock advance 4d
   SENSUS car $VIN why
   SENSUS car $VIN ignition running
"""


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
    profile: Annotated[
        str | None, typer.Option(help="The display: sensus-7, sensus-9, or a file that describes one.")
    ] = None,
    language: Annotated[Words | None, typer.Option(help="Language of the screens.")] = None,
    free_ports: Annotated[bool, typer.Option("--free-ports", help="Take any free ports.")] = False,
    as_json: Json = False,
) -> None:
    """Run broker, mailbox, backend and one head unit together until told to end (Ctrl-C, SIGTERM)."""
    import asyncio

    from vehicle_sim import profiles
    from vehicle_sim.process import RigError
    from vehicle_sim.up import PORTS, keep_up, standing

    begin = None if start_at is None else instant(start_at, "--start-at")
    shown = _has_display() if window is None else window
    if profile is not None:
        with usage("--profile"):
            profiles.chosen(profile)
    unit = [
        *(["--profile", profile] if profile is not None else []),
        *(["--language", language.value] if language is not None else []),
    ]

    async def stand() -> None:
        if not as_json:
            typer.echo("Starting broker, mailbox, backend and head unit ...", err=True)
        async with standing(
            directory, ports={} if free_ports else PORTS, window=shown, start_at=begin, unit=unit
        ) as bench:
            typer.echo(json.dumps(bench.env)) if as_json else _tell(bench)
            await keep_up(bench, say=lambda words: typer.echo(words, err=True))
        if not as_json:
            typer.echo("\nAll ended.", err=True)

    with in_words(RigError):
        asyncio.run(stand())


def _has_display() -> bool:
    return sys.platform in {"darwin", "win32"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def _tell(bench: Standing) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    for name, address in (
        ("The dealer's desk", f"{bench.urls['backend']}/desk/appointments"),
        ("  to sign in", f"{bench.login}, {bench.password}"),
        ("HTTP API, documented", f"{bench.urls['backend']}/docs"),
        ("The car, live", f"{bench.urls['car']}/"),
        ("MQTT broker", f"mqtt://127.0.0.1:{bench.env['BROKER_PORT']}"),
        ("Letters", f"{bench.urls['backend']}/mailbox"),
        ("Its VIN", f"{bench.env['VIN']}, the V60 D4 of Maria Lindholm"),
    ):
        console.print(f"  {name:<24}[bold]{address}[/bold]")
    sensus = "sensus" if shutil.which("sensus") else sys.argv[0]
    tries = _TRIES.replace("ENV", str(bench.rig.directory / "env")).replace("SENSUS ", f"{sensus} ")
    console.print(tries, markup=False)
    console.print("Ctrl-C ends everything.")
