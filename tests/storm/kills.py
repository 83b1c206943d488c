"""R1: whoever dies, whenever, nothing is lost and nothing is shown twice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from protocol.clock import pause
from tests.storm.town import CONVERGED, Town, back, gathered, killed, town
from tests.storm.verdict import Storm, Verdict
from vehicle_sim.process import Process

AT_ONCE = 4
"""Dealers that work at the same time, each on cars of its own."""


async def run(storm: Storm) -> Verdict:
    """Change, drive and kill at the same time; then wait for peace and compare everything with the ledger."""
    verdict = Verdict()
    size = storm.size
    async with town(storm.directory, cars=size["cars"], seed=storm.seed) as place:
        working = asyncio.Event()
        working.set()
        done = 0

        async def deals(share: int) -> None:
            nonlocal done
            own = place.residents[share::AT_ONCE]
            for number in range(share, size["changes"], AT_ONCE):
                await place.change(own[number // AT_ONCE % len(own)])
                done += 1
                if done % 50 == 0:
                    storm.say(f"{done} of {size['changes']} changes, {verdict.hit.total()} kills")

        async def dealers() -> None:
            await gathered(*(deals(share) for share in range(min(AT_ONCE, size["cars"]))))
            working.clear()

        await gathered(
            dealers(),
            _drive(place, storm.seed, working.is_set),
            _kill(place, storm, verdict),
        )
        for process in (place.chain.broker, place.chain.backend, *(r.street.car for r in place.residents)):
            if not process.running:
                await back(process)
        took, apart = await place.agrees()
        verdict.figures["seconds to agree"] = round(took, 1)
        verdict.expect(not apart, f"not converged in {CONVERGED:g} s: {apart}")
        await place.judge(verdict)
        verdict.done.update(place.changes)
        verdict.expect(
            verdict.hit.total() >= size["kills"],
            f"only {verdict.hit.total()} of {size['kills']} kills hit: nothing was proved",
        )
    return verdict


async def _drive(place: Town, seed: int, going: Callable[[], bool]) -> None:
    dice = random.Random(f"drivers {seed}")
    while going():
        await place.drives(dice.choice(place.residents), dice)
        await pause(0.05)


async def _kill(place: Town, storm: Storm, verdict: Verdict) -> None:
    """Kill at random moments; the changes wait for whoever is being started again."""
    dice = random.Random(f"killer {storm.seed}")
    while verdict.hit.total() < storm.size["kills"]:
        name, process = _victim(place, dice)
        await pause(dice.uniform(0.0, 1.0))
        await killed(process, verdict, name)
        await pause(dice.uniform(0.0, 0.5))
        await back(process)


def _victim(place: Town, dice: random.Random) -> tuple[str, Process]:
    kind = dice.choice(("backend", "backend", "broker", "car", "car", "car"))
    if kind == "backend":
        return kind, place.chain.backend
    if kind == "broker":
        return kind, place.chain.broker
    return kind, dice.choice(place.residents).street.car
