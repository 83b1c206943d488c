"""Plays a story a sentence at a time for code that waits for each: a test, a notebook, a shell.

    with Backstage() as backstage, rehearsing(script, worlds, backstage) as rehearsal:
        rehearsal.does("dealer", "books visit on in 10 days at 08:00")
        rehearsal.does("car", "turns key to running")
        rehearsal.expects("car", "shows pop-up booking")

The words are those of scenario files; so are the faults, and what is told of a sentence that went otherwise.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from vehicle_sim.scenario.grammar import ROLES, Role
from vehicle_sim.scenario.notes import Notes
from vehicle_sim.scenario.outcome import Outcome, Played
from vehicle_sim.scenario.places import BadScenario, Placed, Spot
from vehicle_sim.scenario.play import Play
from vehicle_sim.scenario.playing import Manner, NotAsExpected, Stage
from vehicle_sim.scenario.script import Script, Step
from vehicle_sim.scenario.steps import Steps
from vehicle_sim.scenario.world import Worlds

Said = str | Mapping[str, Any]
"""A sentence without its subject: ``turns key to running``, or ``{"shows": ["389", "08:00"]}``."""
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
_T = TypeVar("_T")


class Backstage:
    """An event loop in a thread of its own, in which worlds live on while somebody else thinks."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="backstage", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def waits_for(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Have something done there and return what came of it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    @contextmanager
    def keeps(self, there: AbstractAsyncContextManager[_T]) -> Iterator[_T]:
        """Enter something there, in a task that stays in it until the block ends."""
        entered: Future[_T] = Future()
        leave = asyncio.Event()

        async def stay() -> None:
            try:
                async with there as inside:
                    entered.set_result(inside)
                    await leave.wait()
            except BaseException as failure:
                if entered.done():
                    raise
                entered.set_exception(failure)

        staying = asyncio.run_coroutine_threadsafe(stay(), self._loop)
        inside = entered.result()
        try:
            yield inside
        finally:
            self._loop.call_soon_threadsafe(leave.set)
            staying.result()


class Rehearsal:
    """One world and its cast, told what to do one sentence after the other.

    Attributes:
        outcome: every sentence so far with what was seen, as a report wants it.
        play: who is there, for whoever needs more than the words.
    """

    def __init__(self, script: Script, stage: Stage, outcome: Outcome, backstage: Backstage) -> None:
        self.outcome = outcome
        self.play: Play = stage.play
        self._stage = stage
        self._backstage = backstage
        self._roles: dict[str, Role] = {role: role for role in ROLES}
        self._roles |= {name: part.is_ for name, part in script.cast.items()}
        self._file = script.file

    def does(self, who: str, what: Said) -> None:
        """Have somebody do something.

        Raises:
            NotAsExpected: it went otherwise; the message says what was seen.
            BadScenario: that is nothing that somebody can do; the message says what is.
        """
        self._perform({who: what})

    def expects(self, who: str, *facts: Said, within: str | None = None) -> str:
        """Look whether all of it is so of somebody, and return what was seen; ``within`` waits for it.

        Raises:
            NotAsExpected: something is not so; the message says what was seen.
            BadScenario: that is nothing that can be so.
        """
        wanted: dict[str, Any] = {who: list(facts)}
        if within is None:
            return self._perform({"expect": wanted}).seen
        return self._perform({"wait until": wanted, "within": within}).seen

    def waits_for(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Have anything awaited where the world lives."""
        return self._backstage.waits_for(work)

    def _perform(self, said: Mapping[str, Any]) -> Played:
        (step,) = self._understood(said)
        played = self.waits_for(self._stage.perform(step))
        if played.status == "failed":
            raise NotAsExpected(f"{played.text}\n{played.seen}")
        return played

    def _understood(self, said: Mapping[str, Any]) -> tuple[Step, ...]:
        notes = Notes()
        steps = Steps(notes, self._roles).read(
            _placed([said], Spot(self._file, 1, 1)), {}, (Path(self._file),)
        )
        if notes.faults:
            raise BadScenario(notes.faults)
        return steps


@contextmanager
def rehearsing(script: Script, worlds: Worlds, backstage: Backstage) -> Iterator[Rehearsal]:
    """Open a world for the cast of a script, whose steps are not played; it ends with the block.

    Raises:
        RigError: the world could not be opened.
    """
    outcome = Outcome(
        script.title, script.about, script.tags, script.file, script.seed, 1, script.parameters, worlds.kind
    )
    with backstage.keeps(_entered(script, worlds, outcome)) as stage:
        yield Rehearsal(script, stage, outcome, backstage)


@asynccontextmanager
async def _entered(script: Script, worlds: Worlds, outcome: Outcome) -> AsyncIterator[Stage]:
    async with worlds.open(script.start_at.at(_LONG_AGO, script.zone, {})) as world:
        stage = Stage(script, world, outcome, Manner())
        await stage.enter()
        yield stage


def _placed(value: Any, spot: Spot) -> Placed:
    """Return plain values as if they stood in a file."""
    match value:
        case Mapping():
            inside = {str(name): _placed(one, spot) for name, one in value.items()}
            return Placed(inside, spot, dict.fromkeys(inside, spot))
        case list() | tuple():
            return Placed([_placed(one, spot) for one in value], spot)
        case _:
            return Placed(str(value), spot)
