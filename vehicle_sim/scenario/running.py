"""Plays many scenarios, often, in any order: what a command line or a test asks for in one go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import aiohttp

from vehicle_sim.rig import Rig
from vehicle_sim.scenario.hosted import HostedWorlds
from vehicle_sim.scenario.outcome import Outcome, Played
from vehicle_sim.scenario.playing import Manner, play
from vehicle_sim.scenario.script import Script
from vehicle_sim.scenario.world import Worlds


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be played.

    Attributes:
        repeat: each so many times. shuffle: in an order drawn from ``seed``. keep: everything that is seen.
        renew: golden pictures are made anew.
    """

    scripts: Sequence[Script]
    repeat: int = 1
    shuffle: bool = False
    seed: int | None = None
    keep: bool = True
    renew: bool = False

    def runs(self) -> list[tuple[Script, Manner]]:
        """Return every run, in the order in which they are played."""
        found = [
            (script, Manner(self.seed, run, self.keep, self.renew))
            for run in range(1, self.repeat + 1)
            for script in self.scripts
        ]
        if self.shuffle:
            Random(self.seed or 0).shuffle(found)
        return found


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told how far a plan is: of each run that begins, each step, each outcome."""

    begun: Callable[[str], None] = lambda _: None
    step: Callable[[Played], None] = lambda _: None
    ended: Callable[[Outcome], None] = lambda _: None


async def play_all(plan: Plan, worlds: Worlds, told: Told | None = None, *, jobs: int = 1) -> list[Outcome]:
    """Play a plan, ``jobs`` runs side by side, and return what came of each, in the order of the plan."""
    told = told or Told()
    waiting = list(enumerate(plan.runs()))[::-1]
    outcomes: dict[int, Outcome] = {}

    async def work() -> None:
        while waiting:
            place, (script, manner) = waiting.pop()
            told.begun(script.title)
            outcomes[place] = await play(script, worlds, manner, told.step)
            told.ended(outcomes[place])

    async with asyncio.TaskGroup() as tasks:
        for _ in range(jobs):
            tasks.create_task(work())
    return [outcomes[place] for place in sorted(outcomes)]


@asynccontextmanager
async def hosted(directory: Path, hosts: int = 1) -> AsyncIterator[HostedWorlds]:
    """Start so many hosts of worlds, and end them with the block.

    Raises:
        RigError: one did not start.
    """
    async with Rig(directory) as rig, aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        processes = [rig.worlds(f"worlds-{number}", wait=False) for number in range(1, hosts + 1)]
        for process in processes:
            await process.ready()
        yield HostedWorlds([process.url.rstrip("/") for process in processes], session)


async def play_fast(plan: Plan, directory: Path, told: Told | None = None, jobs: int = 1) -> list[Outcome]:
    """Play a plan in ``jobs`` processes, each with all of a chain in it; two runs share one at a time."""
    async with hosted(directory, jobs) as worlds:
        return await play_all(plan, worlds, told, jobs=2 * jobs if jobs > 1 else 1)
