"""What the car's commands have in common: how they read, how they print, how they fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

BENCH = "http://127.0.0.1:8090"
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a script.")]


class Switch(StrEnum):
    """On or off."""

    ON = "on"
    OFF = "off"


@contextmanager
def in_words(*errors: type[Exception]) -> Iterator[None]:
    """Tell a failure in its own words, without a traceback, and end with 1."""
    try:
        yield
    except errors as failure:
        typer.echo(str(failure), err=True)
        raise typer.Exit(1) from failure


@contextmanager
def usage(option: str) -> Iterator[None]:
    """Tell a wrong option by its name and end with 2."""
    try:
        yield
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong), param_hint=option) from wrong


def instant(text: str, option: str) -> datetime:
    """Read an RFC 3339 instant, or end with 2 and say what one looks like."""
    with usage(option):
        try:
            instant = datetime.fromisoformat(text)
        except ValueError as wrong:
            raise ValueError(f"{text!r} is no instant; one looks like 2026-11-30T07:41+02:00") from wrong
        if instant.tzinfo is None:
            raise ValueError(f"{text!r} has no UTC offset; write one, such as {text}+02:00 or {text}Z")
        return instant


def print_pairs(title: str, pairs: dict[str, Any], *, as_json: bool) -> None:
    """Print a table of names and values, or JSON."""
    if as_json:
        typer.echo(json.dumps(pairs, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", show_header=False, box=None)
    for name, value in pairs.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        table.add_row(Text(name, "bold"), Text(text))
    Console().print(table)
