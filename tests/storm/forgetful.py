"""R3: a broker that is killed and wakes up empty, or with an older memory, is told all again."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from protocol.clock import until
from tests.storm.town import Town, back, killed, town
from tests.storm.verdict import Storm, Verdict

AGREED = 15.0
"""Seconds in which cars and backend have to agree again."""
CHANGES = 6
"""Made before each kill, and as many while the broker is down."""


async def run(storm: Storm) -> Verdict:
    """Kill Mosquitto again and again; every other time it comes back with a copy of an earlier memory."""
    verdict = Verdict()
    store = storm.directory / "store"
    dice = random.Random(storm.seed)
    options = ["--kind", "mosquitto", "--dir", str(store)]
    copies: list[Path] = []
    async with town(storm.directory, cars=storm.size["cars"], seed=storm.seed, broker=options) as place:
        for number in range(storm.size["kills"]):
            storm.say(f"kill {number + 1} of {storm.size['kills']}")
            await _change(place, dice)
            copies.append(await _copied(store, storm.directory / f"copy-{number}"))
            await _change(place, dice)
            await killed(place.chain.broker, verdict, "broker")
            await _change(place, dice)
            shutil.rmtree(store)
            if number % 2:
                shutil.copytree(dice.choice(copies), store)
                verdict.hit["older memory restored"] += 1
            else:
                store.mkdir()
                verdict.hit["memory deleted"] += 1
            await back(place.chain.broker)
            took, apart = await place.agrees(AGREED)
            slowest = max(took, verdict.figures.get("slowest seconds to agree", 0.0))
            verdict.figures["slowest seconds to agree"] = round(slowest, 1)
            verdict.expect(not apart, f"kill {number + 1}: not converged in {AGREED:g} s: {apart}")
        await place.judge(verdict)
        verdict.done.update(place.changes)
    return verdict


async def _change(place: Town, dice: random.Random) -> None:
    for _ in range(CHANGES):
        await place.change(dice.choice(place.residents))
        await place.drives(dice.choice(place.residents), dice)


async def _copied(store: Path, to: Path) -> Path:
    """Copy what the broker has on disk; it saves every second."""
    await until(lambda: any(store.glob("*.db")), what="the broker to save its memory", timeout=10)
    return Path(shutil.copytree(store, to))
