"""Plays a scenario: each step in turn, waiting for conditions and never for a while; says what was seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

import aiohttp

from broker.transport import NotConnected
from protocol.clock import monotonic, pause
from vehicle_sim.people import Driver
from vehicle_sim.process import RigError
from vehicle_sim.rounds import RoundFailed
from vehicle_sim.scenario.casting import assemble
from vehicle_sim.scenario.grammar import CAST, Seen
from vehicle_sim.scenario.moments import NoMoment
from vehicle_sim.scenario.outcome import Outcome, Played
from vehicle_sim.scenario.play import Motorist, Play
from vehicle_sim.scenario.script import Chapter, Do, Expect, Repeat, Script, Sentence, Step
from vehicle_sim.scenario.world import NotHere, World, Worlds
from vehicle_sim.witness import Exhibit, Refusal

LOOK_AGAIN: Final = 0.02
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
_FAILURES: Final = (
    Refusal,
    LookupError,
    TimeoutError,
    RoundFailed,
    RigError,
    NotHere,
    NoMoment,
    NotConnected,
    aiohttp.ClientError,
)
"""What a step may end with: told as what was seen instead."""
Tell = Callable[[Played], None]


class NotAsExpected(AssertionError):
    """A step went otherwise: the message says what was seen instead."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a run is played: its seed, which repetition it is, and whether everything seen is kept.

    ``renew`` makes golden pictures anew.
    """

    seed: int | None = None
    run: int = 1
    keep: bool = True
    renew: bool = False


async def play(
    script: Script, worlds: Worlds, manner: Manner | None = None, tell: Tell = lambda _: None
) -> Outcome:
    """Play a scenario in a new world and return what came of it; nothing that goes wrong in it is raised.

    ``tell`` is told each step when it begins and when it has ended.
    """
    manner = manner or Manner()
    seed = script.seed if manner.seed is None else manner.seed
    outcome = Outcome(
        script.title, script.about, script.tags, script.file, seed, manner.run, script.parameters, worlds.kind
    )
    begun = monotonic()
    start_at = script.start_at.at(_LONG_AGO, script.zone, {})
    try:
        async with worlds.open(start_at) as world:
            await Stage(replace(script, seed=seed), world, outcome, manner, tell).run()
    except _FAILURES as failure:
        outcome.trouble = f"{type(failure).__name__}: {failure}"
    outcome.seconds = monotonic() - begun
    return outcome


class Stage:
    """One run under way: who plays, and what came of it so far."""

    def __init__(
        self, script: Script, world: World, outcome: Outcome, manner: Manner, tell: Tell = lambda _: None
    ) -> None:
        self._outcome = outcome
        self._manner = manner
        self._tell = tell
        self._step: Played | None = None
        self._restless: str | None = "somebody"
        self._pictured: dict[str, bytes] = {}
        self._letters: set[str] = set()
        self._messages = 0
        self.play = Play(script, world, Random(script.seed), self._show, manner.renew)

    async def enter(self) -> None:
        """Bring everybody in, and wait until they are at rest."""
        await assemble(self.play)
        await self.play.world.time.settle()
        self._messages = len(await self._passed())

    async def run(self) -> None:
        """Bring everybody in, and play every step until one goes otherwise."""
        await self.enter()
        steps = [_played(number, step) for number, step in enumerate(self.play.script.played(), start=1)]
        self._outcome.steps = steps
        for played, step in zip(steps, self.play.script.played(), strict=True):
            await self._one(played, step)
            if played.status == "failed":
                break

    async def perform(self, step: Step) -> Played:
        """Play one more step, and return what came of it."""
        played = _played(len(self._outcome.steps) + 1, step)
        self._outcome.steps.append(played)
        await self._one(played, step)
        return played

    async def _one(self, played: Played, step: Step) -> None:
        self._step = played
        begun = monotonic()
        self._tell(played)
        try:
            now = await self.play.world.time.now()
            played.at = now.astimezone(ZoneInfo(self.play.script.zone)).isoformat(timespec="seconds")
            match step:
                case Do():
                    await self._do(played, step)
                case Expect():
                    await self._expect(played, step)
            played.status = "passed"
        except NotAsExpected as otherwise:
            played.status, played.seen = "failed", str(otherwise)
        except _FAILURES as failure:
            played.status = "failed"
            played.seen = f"{type(failure).__name__}: {failure}"
        if self._manner.keep or played.status == "failed":
            await self._look_around(step, always=played.status == "failed")
        played.seconds = monotonic() - begun
        self._tell(played)

    async def _do(self, played: Played, step: Do) -> None:
        who, verb = step.sentence.who, step.sentence.verb
        # Whoever comes next finds the others at rest; one who goes on does not wait for them.
        if self._restless not in {None, who} and verb.role not in {"broker", "backend", "network"}:
            await self.play.world.time.settle()
        self._restless = None if verb.role == "clock" else who
        if step.refused is None:
            await self._say(step.sentence)
            return
        try:
            await self._say(step.sentence)
        except Refusal as refusal:
            told = f"{refusal} {' '.join(refusal.fields)} {refusal.problem}"
            played.seen = f"{refusal}"
            if step.refused.lower() not in told.lower():
                raise NotAsExpected(f"refused otherwise: {refusal} {' '.join(refusal.fields)}") from refusal
        else:
            raise NotAsExpected("it was not refused")

    async def _expect(self, played: Played, step: Expect) -> None:
        if step.within is None:
            if self._restless is not None:
                await self.play.world.time.settle()
                self._restless = None
            seen = [await self._say(sentence) for sentence in step.sentences]
        else:
            seen = await self._waited(step)
        played.seen = "; ".join(one.saw for one in seen)
        wrong = [
            f"{sentence.text}: not so, {one.saw}"
            for sentence, one in zip(step.sentences, seen, strict=True)
            if not one.holds
        ]
        if wrong:
            waited = "" if step.within is None else f" (waited {step.within.total_seconds():g} s)"
            raise NotAsExpected("; ".join(wrong) + waited)

    async def _waited(self, step: Expect) -> list[Seen]:
        """Ask again and again in technical time, until all of it holds or the time is over."""
        deadline = monotonic() + (step.within.total_seconds() if step.within is not None else 0.0)
        while True:
            seen = [await self._say(sentence) for sentence in step.sentences]
            if all(one.holds for one in seen) or monotonic() > deadline:
                return seen
            await pause(LOOK_AGAIN)

    async def _say(self, sentence: Sentence) -> Any:
        given = {"play": self.play, "who": self.play.cast.get(sentence.who), "what": sentence.what}
        verb = sentence.verb
        return await verb.do(**{name: given[name] for name in verb.needs})

    # -- what goes into the report --------------------------------------------------------------------------

    def _show(self, exhibit: Exhibit) -> None:
        # Waiting asks the same many times: an answer that says nothing new is not shown again.
        if self._step is None or not self._manner.keep:
            return
        if all((one.kind, one.body) != (exhibit.kind, exhibit.body) for one in self._step.exhibits):
            self._step.exhibits.append(exhibit)

    async def _look_around(self, step: Step, *, always: bool) -> None:
        """Keep the screens that changed, and the letters and messages that came."""
        if isinstance(step, Chapter) or self._step is None:
            return
        try:
            if isinstance(step, Do) and step.sentence.verb.role in {*CAST, "network"} and not always:
                # What a deed leads to belongs to it: the letter, the message, the next screen.
                await self.play.world.time.settle()
                self._restless = None
            for name, one in self.play.cast.items():
                if isinstance(one, Motorist) and (always or not _is_of_the_clock(step)):
                    await self._photograph(name, one, always=always)
            self._collect()
            passed = await self._passed()
            for message in passed[self._messages :]:
                self._step.exhibits.append(Exhibit("message", message.topic, message.payload or {}))
            self._messages = len(passed)
        except _FAILURES as failure:  # whoever was killed shows nothing
            self._step.exhibits.append(Exhibit("answer", "could not be looked at", str(failure)))

    async def _photograph(self, name: str, car: Motorist, *, always: bool) -> None:
        if self._step is None:
            return
        driver = Driver(self.play.world.session, car.url, car.vin)
        if not always and not (await driver.looks())["lit"]:
            self._pictured[name] = b""
            return
        picture = await driver.photographs("")
        if always or self._pictured.get(name) != picture:
            self._pictured[name] = picture
            self._show(Exhibit("screen", f"{name}, {car.part.model}", picture))

    def _collect(self) -> None:
        for owner in self.play.script.cast_as("owner"):
            for letter in self.play.owner(owner).letters():
                if letter["Message-ID"] not in self._letters and self._step is not None:
                    self._letters.add(str(letter["Message-ID"]))
                    self._step.exhibits.append(Exhibit("letter", str(letter["Subject"]), letter))

    async def _passed(self) -> list[Any]:
        try:
            return list(await self.play.world.passed()) if self._manner.keep else []
        except NotHere:
            return []


def _is_of_the_clock(step: Step) -> bool:
    return isinstance(step, Do) and step.sentence.verb.role == "clock"


def _played(number: int, step: Step) -> Played:
    match step:
        case Chapter():
            return Played(number, step.text, "chapter", str(step.spot))
        case Do() | Expect():
            return Played(number, step.text, "deed" if isinstance(step, Do) else "expect", str(step.spot))
        case Repeat():
            raise TypeError("repetitions are unrolled before they are played")
