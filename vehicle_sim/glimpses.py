"""Lets renderers follow a car: each gets the latest one, misses no chime, and holds nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from vehicle_sim.state import Car, Chime


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What a renderer has to know: the car now, and what has sounded since the last glimpse."""

    car: Car
    chimes: tuple[Chime, ...] = ()


class Glimpses:
    """Everybody who watches one car; ``now`` tells which car there is to see."""

    def __init__(self, now: Callable[[], Car]) -> None:
        self._now = now
        self._watchers: set[_Watcher] = set()

    def tell(self, chimes: Sequence[Chime]) -> None:
        """Have everybody look again."""
        for watcher in self._watchers:
            watcher.chimes += tuple(chimes)
            watcher.news.set()

    async def watch(self) -> AsyncIterator[Glimpse]:
        """Yield the car now and after every change; changes that outrun the reader fold into one."""
        watcher = _Watcher()
        watcher.news.set()
        self._watchers.add(watcher)
        try:
            while True:
                await watcher.news.wait()
                watcher.news.clear()
                chimes, watcher.chimes = watcher.chimes, ()
                yield Glimpse(self._now(), chimes)
        finally:
            self._watchers.discard(watcher)


@dataclass(slots=True, eq=False)
class _Watcher:
    news: asyncio.Event = field(default_factory=asyncio.Event)
    chimes: tuple[Chime, ...] = ()
