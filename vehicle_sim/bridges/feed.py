"""Carries what a source hears to a car: one telling at a time, and again when the car was away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from protocol.clock import monotonic
from vehicle_sim.bridges import Signals, SignalSource, SourceLost
from vehicle_sim.bridges.changes import Event, Heard, Knowledge, Tell, Told, Unanswered, Woken, advance, due


class CarAway(Exception):
    """The car did not take what it was told: the message says why."""


class Feed:
    """One source and the car that listens to it.

    ``tell`` sets signals of the car, in their order, or raises :class:`CarAway`. ``notice`` hears in words
    when the car goes away and when it is back.

    Attributes:
        told: how often the car was told something.
    """

    def __init__(
        self,
        source: SignalSource,
        tell: Callable[[Signals], Awaitable[None]],
        notice: Callable[[str], None],
    ) -> None:
        self.told = 0
        self._source = source
        self._tell = tell
        self._notice = notice
        self._state = Knowledge()
        self._changed = asyncio.Event()
        self._wish: Tell | None = None
        self._is_away = False

    async def run(self) -> None:
        """Carry until cancelled.

        Raises:
            SourceLost: nothing more will be heard.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen())
                tasks.create_task(self._talk())
        except* SourceLost as lost:
            raise SourceLost(str(lost.exceptions[0])) from lost

    async def _listen(self) -> None:
        async for values in self._source.heard():
            self._happen(Heard(monotonic(), values))
        raise SourceLost("the source has ended")

    async def _talk(self) -> None:
        while True:
            wish, self._wish = self._wish, None
            if wish is not None:
                await self._carry_out(wish)
                continue
            self._changed.clear()
            wanted = due(self._state)
            try:
                async with asyncio.timeout(None if wanted is None else max(0.0, wanted - monotonic())):
                    await self._changed.wait()
            except TimeoutError:
                self._happen(Woken(monotonic()))

    async def _carry_out(self, wish: Tell) -> None:
        try:
            await self._tell(wish.values)
        except CarAway as away:
            if not self._is_away:
                self._notice(f"The car does not take it, and is told again until it does: {away}")
            self._is_away = True
            self._happen(Unanswered(monotonic()))
        else:
            if self._is_away:
                self._notice("The car is there again.")
            self._is_away = False
            self.told += 1
            self._happen(Told(monotonic()))

    def _happen(self, event: Event) -> None:
        outcome = advance(self._state, event)
        self._state = outcome.state
        self._wish = outcome.effect or self._wish
        self._changed.set()
