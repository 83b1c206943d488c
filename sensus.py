"""The `sensus` command: mounts both sides' command lines and starts processes; nothing else.

Each side is mounted only where it is installed, and imports its libraries only when a command of it runs:
a machine with nothing but a head unit on it has no database driver, and `sensus --help` stays quick.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final

import typer

SIDES: Final = ("broker", "backend", "vehicle_sim")
_EXTRAS: Final = {
    "backend": "backend",
    "vehicle_sim.bridges": "can",
    "vehicle_sim": "head-unit",
    "broker": "demo",
}


def command_line() -> typer.Typer:
    """Return the command line with every side that is installed."""
    app = typer.Typer(
        name="sensus",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        help="Workshop appointments, from the dealer's desk to the pop-up in the car, on one machine.",
    )
    for side in SIDES:
        if find_spec(side) is not None and find_spec(f"{side}.cli") is not None:
            app.add_typer(import_module(f"{side}.cli").app)
    if find_spec("backend") is not None and find_spec("vehicle_sim") is not None:
        app.command()(worlds)
    return app


def worlds(
    directory: Annotated[Path, typer.Option("--dir", help="For databases and journals; best in memory.")],
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.", min=0, max=65535)] = 0,
    ready_file: Annotated[
        Path | None, typer.Option("--ready-file", help="Written once it serves: JSON with url, port and pid.")
    ] = None,
) -> None:
    """Serve whole chains in this one process, each with a time of its own: for quick scenarios."""
    from backend.hosting import Ground
    from vehicle_sim.face import Screens
    from vehicle_sim.worlds import serve

    serve(Ground(directory).open, Screens(), directory, port=port, say=typer.echo, ready_file=ready_file)


def main() -> None:
    """Run the command line. A library that is not installed is told in words."""
    try:
        command_line()()
    except ModuleNotFoundError as missing:
        library = (missing.name or "").partition(".")[0]
        if library in SIDES or library == "protocol":
            raise
        typer.echo(f"{library} is not installed. {_advice(missing)}", err=True)
        sys.exit(1)


def _advice(missing: ModuleNotFoundError) -> str:
    """Name the extra that brings the library: that of the innermost of our rooms that asked for it."""
    extra = "demo"
    trace = missing.__traceback__
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        rooms = (room for room in _EXTRAS if module == room or module.startswith(f"{room}."))
        extra = next((_EXTRAS[room] for room in rooms), extra)
        trace = trace.tb_next
    return f"This command needs: pip install 'sensus-bench[{extra}]'"
