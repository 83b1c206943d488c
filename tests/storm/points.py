"""R2: at every place where the source lets a process die, one dies, and everybody comes to agree again.

The places are found in the source, so that a new one cannot be forgotten.
"""

from __future__ import annotations

import asyncio
import random
import signal

from protocol.clock import until
from tests import house
from tests.storm.town import CONVERGED, Town, back, gathered, town
from tests.storm.verdict import Storm, Verdict
from vehicle_sim.process import Process

_PASSING = 3
"""Which passing is died at: the first ones belong to a start."""
_PATIENCE = 60.0


async def run(storm: Storm) -> Verdict:
    """Arm one point after the other; work until somebody dies of it; start again and compare."""
    verdict = Verdict()
    points = sorted(set(house.crash_points()))
    dice = random.Random(storm.seed)
    async with town(storm.directory, cars=2, seed=storm.seed) as place:
        for point in points:
            storm.say(point)
            victim = place.chain.backend if point.startswith("backend.") else place.residents[0].street.car
            await back(victim, SENSUS_CRASH_AT=f"{point}:{_PASSING}")
            died = asyncio.Event()
            await gathered(_watch(victim, point, verdict, died), _work(place, died, dice))
            took, apart = await place.agrees()
            slowest = max(took, verdict.figures.get("slowest seconds to agree", 0.0))
            verdict.figures["slowest seconds to agree"] = round(slowest, 1)
            verdict.expect(not apart, f"{point}: not converged in {CONVERGED:g} s: {apart}")
            await place.judge(verdict)
        verdict.done.update(place.changes)
    return verdict


async def _watch(victim: Process, point: str, verdict: Verdict, died: asyncio.Event) -> None:
    """Wait until it has died, and start it again: whoever asked it meanwhile is answered then."""
    try:
        await until(lambda: not victim.running, what=f"somebody to die at {point}", timeout=_PATIENCE)
    except TimeoutError as alive:
        verdict.wrong.append(str(alive))
    else:
        verdict.hit[point] += victim.exit_code == -signal.SIGKILL
    await back(victim, SENSUS_CRASH_AT="")
    died.set()


async def _work(place: Town, died: asyncio.Event, dice: random.Random) -> None:
    while not died.is_set():
        resident = place.residents[0]
        await place.change(resident)
        await place.drives(resident, dice)
