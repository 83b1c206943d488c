"""`make verify` and `make storm`: runs the storms, tells what they hit and what was lost, and judges.

python -m tests.storm short            the figures as the gate runs them
python -m tests.storm long R1 R5       some of them at full length
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import shutil
import sys
import traceback
from typing import Any, Final

import structlog
from rich.console import Console
from rich.table import Table

from protocol.clock import monotonic
from tests import house
from tests.storm.figures import FIGURES
from tests.storm.verdict import Figure, Length, Storm, Verdict, counted

OUT: Final = house.ROOT / "out" / "storm"
_WIDE: Final = 160


def main() -> int:
    """Run what is asked for; return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.storm", description=__doc__)
    parser.add_argument("length", choices=["short", "long"])
    parser.add_argument("figures", nargs="*", metavar="ID", help=", ".join(one.id for one in FIGURES))
    parser.add_argument("--seed", type=int, default=20261130)
    asked = parser.parse_args()
    unknown = set(asked.figures) - {one.id for one in FIGURES}
    if unknown:
        parser.error(f"there is no figure {', '.join(sorted(unknown))}")
    console = Console(stderr=True)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    results = [
        _weathered(figure, asked.length, asked.seed, console)
        for figure in FIGURES
        if not asked.figures or figure.id in asked.figures
    ]
    (OUT / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    Console(width=_WIDE).print(_table(results))
    failed = [result["id"] for result in results if result["wrong"]]
    Console().print(f"{len(results) - len(failed)} passed, {len(failed)} failed", highlight=False)
    return 1 if failed else 0


def _weathered(figure: Figure, length: Length, seed: int, console: Console) -> dict[str, Any]:
    directory = OUT / figure.id
    directory.mkdir()
    begun = monotonic()
    with console.status(f"{figure.id} {figure.promise}") as status:

        def say(what: str) -> None:
            status.update(f"{figure.id} {figure.promise}: {what}")

        storm = Storm(directory, seed, figure.size(length), say)
        try:
            verdict = asyncio.run(figure.run(storm))
        except Exception as failure:  # noqa: BLE001 - a storm that breaks has proved nothing, and the others go on
            (directory / "failure.txt").write_text(traceback.format_exc())
            verdict = Verdict(wrong=[f"the storm itself broke: {failure!r}"])
    seconds = round(monotonic() - begun, 1)
    for wrong in verdict.wrong[:20]:
        console.print(f"[red]{figure.id}[/] {wrong}", markup=True, highlight=False)
    console.print(
        f"{figure.id} {'failed' if verdict.wrong else 'held'} in {seconds:g} s: {counted(verdict.hit)}"
    )
    return {
        "id": figure.id,
        "promise": figure.promise,
        "length": length,
        "seed": seed,
        "size": dict(figure.size(length)),
        "seconds": seconds,
        **verdict.plain(),
    }


def _table(results: list[dict[str, Any]]) -> Table:
    table = Table("", "promise", "hit", "meanwhile", "measured", "broken", "seconds", title="Storms")
    for one in results:
        table.add_row(
            one["id"],
            one["promise"],
            counted(one["hit"]),
            counted(one["done"]),
            counted(one["figures"]),
            str(len(one["wrong"])),
            f"{one['seconds']:g}",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
