"""Plays many scenarios, often, in any order: what a command line or a test asks for in one go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from vehicle_sim.scenario.outcome import Outcome, Played
from vehicle_sim.scenario.playing import Manner, play
from vehicle_sim.scenario.script import Script
from vehicle_sim.scenario.world import Worlds


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be played.

    Attributes:
        repeat: each so many times. shuffle: in an order drawn from ``seed``. keep: everything that is seen.
    """

    scripts: Sequence[Script]
    repeat: int = 1
    shuffle: bool = False
    seed: int | None = None
    keep: bool = True

    def runs(self) -> list[tuple[Script, Manner]]:
        """Return every run, in the order in which they are played."""
        found = [
            (script, Manner(self.seed, run, self.keep))
            for run in range(1, self.repeat + 1)
            for script in self.scripts
        ]
        if self.shuffle:
            Random(self.seed or 0).shuffle(found)
        return found


async def play_all(
    plan: Plan,
    worlds: Worlds,
    *,
    begun: Callable[[str], None] = lambda _: None,
    step: Callable[[Played], None] = lambda _: None,
    ended: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:
    """Play a plan, one run after the other, and return what came of each."""
    outcomes = []
    for script, manner in plan.runs():
        begun(script.title)
        outcome = await play(script, worlds, manner, step)
        ended(outcome)
        outcomes.append(outcome)
    return outcomes
