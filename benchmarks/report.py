"""Tells what was measured: printed for who waits for it, and written for who compares it later."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from pathlib import Path
from typing import Any, Final

from benchmarks import head_unit, lists
from benchmarks.figures import Spread, picture, plain, table
from benchmarks.floor import PRAGMAS

OUT: Final = Path(__file__).parent.parent / "out" / "bench"
AIM: Final = 4.0
"""The chain may take so many times the floor, at the median."""


def tell_chain(rows: dict[str, Spread], mode: dict[str, Any]) -> None:
    """Write and print what driver and dealer waited for."""
    ratio = rows["schedule: 2xx to applied in the car"].p50 / rows["floor"].p50
    machine = {
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "sqlite": sqlite3.sqlite_version,
        **mode,
    }
    facts = {"ratio": round(ratio, 2), "aim": AIM, "machine": machine, "milliseconds": plain(rows)}
    (OUT / "results.json").write_text(json.dumps(facts, indent=2) + "\n")
    note = "Bar: median. Line: to the 99th percentile. synchronous=FULL and the journal's sync are on."
    floors = [name for name in rows if name.startswith("floor")]
    (OUT / "results.svg").write_text(picture("What driver and dealer wait for", note, rows, floors))
    print(table(rows))
    print(f"\nSchedule takes {ratio:.1f} × the floor at the median (aim: at most {AIM:g} ×).")
    print("Applied: journalled and acknowledged. The receipt is one more hop through the broker.")
    print(
        f"Load {machine['load']} on {machine['cpus']} CPUs; {', '.join(PRAGMAS)}; the journal's sync is on."
    )
    print(f"Written: {OUT / 'results.json'}, {OUT / 'results.svg'}")


def tell_head_unit(rows: dict[str, Spread], figures: dict[str, float]) -> None:
    """Print what a head unit took and costs, and add it to what is written."""
    print(head_unit.told(rows, figures))
    _add("head_unit", {"aims": dict(head_unit.AIMS), "figures": figures, "milliseconds": plain(rows)})


def tell_lists(rows: dict[str, Spread], ratios: dict[str, float]) -> None:
    """Print what the lists took, and add it to what is written."""
    print(lists.told(rows, ratios))
    _add("lists", {"aim": lists.AIM, "ratios": ratios, "milliseconds": plain(rows)})


def _add(name: str, measured: dict[str, Any]) -> None:
    facts = json.loads((OUT / "results.json").read_text())
    facts[name] = measured
    (OUT / "results.json").write_text(json.dumps(facts, indent=2) + "\n")
    print(f"Added to {OUT / 'results.json'}")


def pragmas(database: Path) -> dict[str, Any]:
    """Return how a database writes, and make sure that it is how the floor does."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    connection.close()
    if mode != "wal":
        raise AssertionError(f"the backend's database is in mode {mode}: the floor would be another")
    return {"journal_mode": mode, "synchronous": "FULL"}
