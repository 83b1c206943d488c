"""`sensus clock`: shows and moves the virtual time of a simulation, for all its processes."""

from __future__ import annotations

import json
from collections.abc import Coroutine
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vehicle_sim.cli.words import BENCH, Json, in_words, instant, usage

if TYPE_CHECKING:
    from vehicle_sim.timekeeper import Readings

app = typer.Typer(no_args_is_help=True, help="Show and move the virtual time of a simulation.")
_BACKEND = "http://127.0.0.1:8080"
Backend = Annotated[
    str, typer.Option(envvar="SENSUS_BACKEND_URL", help="Address of the backend; empty: there is none.")
]
Benches = Annotated[
    list[str] | None,
    typer.Option(
        "--car",
        envvar="SENSUS_BENCH_URL",
        help="Address of a bench; may be repeated. http://127.0.0.1:8090 by default.",
    ),
]


@app.command("show")
def show_clock(backend: Backend = _BACKEND, cars: Benches = None, *, as_json: Json = False) -> None:
    """Show where every participant stands."""
    from vehicle_sim import timekeeper

    _print_clocks(_moved(timekeeper.show(_urls(backend, cars))), as_json=as_json)


@app.command("set")
def set_clock(
    to: Annotated[str, typer.Argument(help="An instant, RFC 3339.")],
    backend: Backend = _BACKEND,
    cars: Benches = None,
    *,
    as_json: Json = False,
) -> None:
    """Jump there in one step; what fell due in between happens now."""
    from vehicle_sim import timekeeper

    moment = instant(to, "TO")
    _print_clocks(_moved(timekeeper.jump(_urls(backend, cars), moment)), as_json=as_json)


@app.command()
def advance(
    by: Annotated[list[str], typer.Argument(help="3d, 2h30m, 45s, or: until 2026-11-30T07:41+02:00")],
    backend: Backend = _BACKEND,
    cars: Benches = None,
    *,
    as_json: Json = False,
) -> None:
    """Let time pass for all, stopping wherever something falls due."""
    from vehicle_sim import timekeeper

    def stopped(at: datetime) -> None:
        typer.echo(at.isoformat(), err=True)

    _print_clocks(_moved(timekeeper.advance(_urls(backend, cars), " ".join(by), stopped)), as_json=as_json)


def _moved(readings: Coroutine[Any, Any, Readings]) -> Readings:
    import asyncio

    from vehicle_sim.rounds import RoundFailed

    with in_words(RoundFailed), usage("BY"):
        return asyncio.run(readings)


def _urls(backend: str, cars: list[str] | None) -> dict[str, str]:
    """Return every participant by the name that people know it under."""
    benches = cars or [BENCH]
    named = {
        "car" if len(benches) == 1 else f"car {place}": url for place, url in enumerate(benches, start=1)
    }
    return ({"backend": backend} if backend else {}) | named


def _print_clocks(readings: Readings, *, as_json: bool) -> None:
    rows = {
        name: {
            "now": reading.now.isoformat(),
            "next_due": reading.next_due.isoformat() if reading.next_due else None,
            "busy": reading.busy,
        }
        for name, reading in readings.items()
    }
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for name, row in rows.items():
        typer.echo(f"{name}: {row['now']}, next due {row['next_due'] or 'nothing'}, {row['busy'] or 'idle'}")
