"""Measures what a driver waits for at the head unit, and what it costs while nothing happens.

Frames are drawn in processes of their own, after the warming up that every head unit does: a *new* frame is
one that its process has never drawn, and so are its letters; *again* is the same frame once more. The start
is that of the real command, from its first instruction to the first lit picture over its bench.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp

from benchmarks.figures import Spread, spread, table
from protocol.clock import monotonic, pause
from protocol.language import Language
from vehicle_sim import painter, samples
from vehicle_sim.locales import phrases
from vehicle_sim.people import Driver
from vehicle_sim.process import Process
from vehicle_sim.rig import Rig
from vehicle_sim.screens import tree, view
from vehicle_sim.theme import PROFILES

VIN: Final = "YV1FW7050E1234567"
START: Final = "2026-11-27T06:12:00Z"
AIMS: Final[Mapping[str, float]] = {
    "frame again, the heaviest": 10.0,
    "new frame, the heaviest": 10.0,
    "tree, the heaviest": 5.0,
    "start to first frame": 1000.0,
}
"""Milliseconds at the median, by how a row's name begins."""
FRESH: Final = 5
"""Processes that draw every frame, and so many that are started."""
AGAIN: Final = 20
SETTLES: Final = 3.0
IDLE: Final = 10.0
"""Seconds over which an idle process is watched."""
_SILENT: Final = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}

Took = dict[str, list[float]]
"""Seconds by frame."""


async def measure(directory: Path) -> tuple[dict[str, Spread], dict[str, float]]:
    """Return the spreads, and the figures of an idle process: per cent of a core, and MiB."""
    rows = await _frames()
    rows["start to first frame"] = spread([await _starts(directory / f"start-{n}") for n in range(FRESH)])
    figures: dict[str, float] = {}
    for kind in ("window", "headless"):
        async with _head_unit(directory / kind, f"--{kind}") as (process, _):
            figures |= {f"{kind}, {what}": value for what, value in (await _idles(process.pid)).items()}
    return rows, figures


async def _frames() -> dict[str, Spread]:
    new: Took = {}
    again: Took = {}
    trees: Took = {}
    for _ in range(FRESH):
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.head_unit", "draw", stdout=asyncio.subprocess.PIPE
        )
        told, _ = await child.communicate()
        # pygame greets on the first line of whoever imports it before being told not to.
        drawn: list[dict[str, list[float]]] = json.loads(told.decode().splitlines()[-1])
        for known, took in zip((new, again, trees), drawn, strict=True):
            for frame, seconds in took.items():
                known.setdefault(frame, []).extend(seconds)
    rows = {"new frame, all": spread([second for seconds in new.values() for second in seconds])}
    for what, took in (("new frame", new), ("frame again", again), ("tree", trees)):
        frame, heaviest = _heaviest(took)
        rows[f"{what}, the heaviest: {frame}"] = heaviest
    return rows


def _heaviest(took: Took) -> tuple[str, Spread]:
    """Return the frame that takes longest at the median, and what it takes."""
    spreads = {frame: spread(seconds) for frame, seconds in took.items()}
    frame = max(spreads, key=lambda name: spreads[name].p50)
    return frame, spreads[frame]


def draw() -> tuple[Took, Took, Took]:
    """Draw every situation on every display, first once and then again, and read its tree."""
    new: Took = {}
    again: Took = {}
    trees: Took = {}
    words = phrases(Language.ENGLISH)
    for profile in PROFILES.values():
        painter.warm_up(profile)
        for name, car in samples.situations().items():
            frame = f"{name} on {profile.name}"
            for took, times in ((new, 1), (again, AGAIN)):
                for _ in range(times):
                    begun = monotonic()
                    painter.paint(view(car, words, profile), profile)
                    took.setdefault(frame, []).append(monotonic() - begun)
            for _ in range(AGAIN):
                begun = monotonic()
                tree(view(car, words, profile))
                trees.setdefault(frame, []).append(monotonic() - begun)
    return new, again, trees


async def _starts(directory: Path) -> float:
    begun = monotonic()
    async with _head_unit(directory, "--headless"):
        return monotonic() - begun


@asynccontextmanager
async def _head_unit(directory: Path, *options: str) -> AsyncIterator[tuple[Process, Driver]]:
    """Start a head unit out of reach of any broker, turn the key to I, and fetch its first lit picture."""
    async with Rig(directory, start_at=START) as rig, aiohttp.ClientSession() as session:
        process = rig.start(
            "car",
            "head-unit",
            *("--vin", VIN, "--network", "off", "--journal", str(directory / "car.journal")),
            *("--simulated", "--start-at", START),
            *options,
            wait=False,
            env=_SILENT,
        )
        await process.ready()
        driver = Driver(session, process.url, VIN)
        await driver.turns_key("on")
        await driver.photographs("the first frame")
        yield process, driver


async def _idles(pid: int) -> dict[str, float]:
    await pause(SETTLES)
    before, begun = _cpu_seconds(pid), monotonic()
    await pause(IDLE)
    busy = (_cpu_seconds(pid) - before) / (monotonic() - begun)
    return {"CPU while idle, % of a core": round(100 * busy, 2), "resident memory, MiB": _resident(pid)}


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> float:
    lines: Iterator[str] = iter(Path(f"/proc/{pid}/status").read_text().splitlines())
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmRSS:"))
    return round(int(kilobytes) / 1024, 1)


def told(rows: Mapping[str, Spread], figures: Mapping[str, float]) -> str:
    """Return what was measured as text."""
    aims = [
        f"{name}: {row.p50:.2f} ms at the median (aim: {aim:g} ms)"
        for name, row in rows.items()
        for begin, aim in AIMS.items()
        if name.startswith(begin)
    ]
    costs = [f"{name}: {value:g}" for name, value in figures.items()]
    return "\n".join([table(rows), "", *aims, *costs])


async def main(arguments: Sequence[str]) -> int:
    """Measure and print; ``draw`` only draws, and prints what each frame took as JSON."""
    if arguments == ["draw"]:
        print(json.dumps(draw()))
        return 0
    with tempfile.TemporaryDirectory(prefix="sensus-bench-") as folder:
        print(told(*await measure(Path(folder))))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
