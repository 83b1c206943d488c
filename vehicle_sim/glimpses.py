"""Lets renderers follow a car: each gets the latest one, misses no chime, and holds nobody up."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from vehicle_sim.state import Car, Chime

KEPT: Final = 20
"""So many of the latest chimes can still be told of."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What a renderer has to know: the car now, and what has sounded since the last glimpse."""

    car: Car
    chimes: tuple[Chime, ...] = ()


class Glimpses:
    """Everybody who watches one car; ``now`` tells which car there is to see.

    Attributes:
        chimes: the latest ones, sounded or muted; a car without a window has no other loudspeaker.
    """

    def __init__(self, now: Callable[[], Car]) -> None:
        self.chimes: deque[Chime] = deque(maxlen=KEPT)
        self._now = now
        self._watchers: set[_Watcher] = set()

    def tell(self, chimes: Sequence[Chime]) -> None:
        """Have everybody look again."""
        self.chimes += chimes
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
