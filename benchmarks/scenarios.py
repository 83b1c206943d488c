"""Measures how long stories take: Scenario 3 on real processes, a month of drives, a thousand weeks."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.figures import Spread, spread, table
from protocol.clock import monotonic
from vehicle_sim.scenario.outcome import Outcome
from vehicle_sim.scenario.playing import Manner, play
from vehicle_sim.scenario.processes import ProcessWorlds
from vehicle_sim.scenario.reading import load
from vehicle_sim.scenario.running import Plan, hosted, play_all
from vehicle_sim.scenario.script import Script

WEEKS: Final = 1_000
HOSTS: Final = 2
SIDE_BY_SIDE: Final = 2
"""Runs that one host has under way: while one waits for its letter, the other goes on."""
SAMPLES: Final = 3
AIMS: Final[Mapping[str, float]] = {
    "Scenario 3 on real processes": 5.0,
    "A month of daily drives": 5.0,
    f"{WEEKS:,} weeks in the garage": 120.0,
}
"""Seconds; the processes are up before."""
_HERE: Final = Path(__file__).parent
_SCENARIOS: Final = _HERE.parent / "scenarios"


async def measure(directory: Path, weeks: int = WEEKS) -> tuple[dict[str, Spread], dict[str, float]]:
    """Return the spreads of single runs, and how many seconds each aim took at the median."""
    scenario_3 = load(_SCENARIOS / "scenario-3.yaml")
    processes = ProcessWorlds(directory)
    real = [_seconds(await play(scenario_3, processes, Manner(keep=False))) for _ in range(SAMPLES)]
    async with hosted(directory, HOSTS) as worlds:
        month, week = load(_HERE / "stories" / "month.yaml"), load(_SCENARIOS / "week-in-the-garage.yaml")
        await play_all(Plan([week], repeat=HOSTS * 2, keep=False), worlds, jobs=HOSTS)  # warm up
        drives = [_seconds(await play(month, worlds, Manner(keep=False))) for _ in range(SAMPLES)]
        begun = monotonic()
        many = Plan([week], repeat=weeks, keep=False)
        played = await play_all(many, worlds, jobs=HOSTS * SIDE_BY_SIDE)
        took = monotonic() - begun
    names = list(AIMS)
    rows = dict(zip(names, (spread(real), spread(drives), spread(_all(played, week))), strict=True))
    return rows, {names[0]: rows[names[0]].p50 / 1000, names[1]: rows[names[1]].p50 / 1000, names[2]: took}


def _seconds(outcome: Outcome) -> float:
    """Return what the steps took: the world was up before the first."""
    if not outcome.passed:
        raise AssertionError(f"{outcome.title}: {outcome.trouble or outcome.failure}")
    return sum(step.seconds for step in outcome.steps)


def _all(outcomes: Sequence[Outcome], script: Script) -> list[float]:
    for one in outcomes:
        _seconds(one)
    steps = list(script.played())
    if len(steps) < 12:
        raise AssertionError(f"{script.title} has {len(steps)} steps only")
    return [one.seconds for one in outcomes]


def told(rows: Mapping[str, Spread], seconds: Mapping[str, float]) -> str:
    """Return what was measured as text."""
    lines = [f"{name}: {took:.2f} s (aim: {AIMS[name]:g} s)" for name, took in seconds.items()]
    return "\n".join([table(rows), "", *lines])


async def main() -> int:
    """Measure and print; 1 if an aim was missed. An argument says how many weeks."""
    weeks = int(sys.argv[1]) if len(sys.argv) > 1 else WEEKS
    with tempfile.TemporaryDirectory(prefix="sensus-bench-") as folder:
        rows, seconds = await measure(Path(folder), weeks)
    print(told(rows, seconds))
    return 0 if all(took <= AIMS[name] for name, took in seconds.items()) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
