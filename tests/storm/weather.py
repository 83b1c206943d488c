"""R5: packets that come twice, late, in another order or not to their end turn nothing back."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

from protocol.clock import pause
from tests.storm import foul
from tests.storm.town import CONVERGED, Town, gathered, town
from tests.storm.verdict import Storm, Verdict

AT_ONCE = 4


async def run(storm: Storm) -> Verdict:
    """Change and drive until the line has struck often enough; then compare all with the ledger."""
    verdict = Verdict()
    sheet = storm.directory / "struck.json"
    program = [sys.executable, "-m", "tests.storm.foul", "--sheet", str(sheet), "--seed", str(storm.seed)]
    async with town(
        storm.directory, cars=storm.size["cars"], seed=storm.seed, broker_program=program
    ) as place:
        os.kill(place.chain.broker.pid, signal.SIGUSR1)
        enough = asyncio.Event()
        await gathered(
            _watch(storm, sheet, enough),
            *(_work(place, share, storm.seed, enough) for share in range(AT_ONCE)),
        )
        os.kill(place.chain.broker.pid, signal.SIGUSR2)
        took, apart = await place.agrees()
        verdict.hit.update(foul.hits(sheet))
        verdict.figures["seconds to agree"] = round(took, 1)
        verdict.expect(not apart, f"not converged in {CONVERGED:g} s: {apart}")
        await place.judge(verdict)
        verdict.done.update(place.changes)
    return verdict


async def _watch(storm: Storm, sheet: Path, enough: asyncio.Event) -> None:
    while (struck := foul.hits(sheet).total()) < storm.size["packets"]:
        storm.say(f"{struck} of {storm.size['packets']} packets struck")
        await pause(0.5)
    enough.set()


async def _work(place: Town, share: int, seed: int, enough: asyncio.Event) -> None:
    dice = random.Random(f"work {share} {seed}")
    own = place.residents[share::AT_ONCE]
    while not enough.is_set():
        resident = dice.choice(own)
        await place.change(resident)
        await place.drives(resident, dice)
