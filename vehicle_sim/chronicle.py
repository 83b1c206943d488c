"""Remembers what happened to the cars of one process, so that whoever looks on sees everything, in order.

Not the journal: nothing here is kept on disk or read by a car. It is what a tester follows live: events in,
effects out, messages both ways, connections, frames. A bounded memory: who reads too slowly is told how much
was missed, and holds nobody up.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from vehicle_sim.state import Effect, Event

KEPT: Final = 2000
"""Entries that can still be told."""
FEW: Final = 100
"""As many are enough for a car that nobody follows."""


@dataclass(frozen=True, slots=True)
class Happened:
    """An event went into a car, and changed it."""

    event: Event


@dataclass(frozen=True, slots=True)
class Wished:
    """A car wanted this done; by now it is journalled and under way."""

    effect: Effect


@dataclass(frozen=True, slots=True)
class Carried:
    """A message went over MQTT: ``in`` has arrived, ``out`` was acknowledged by the broker."""

    way: Literal["in", "out"]
    topic: str
    payload: bytes
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Stood:
    """A car was put on the bench, taken from it, or made new."""

    what: Literal["created", "removed", "reset"]


@dataclass(frozen=True, slots=True)
class Missed:
    """So many entries went by faster than they were read."""

    count: int


Fact = Happened | Wished | Carried | Stood | Missed


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: its number in this process, to which car, at which business time."""

    n: int
    at: datetime
    vin: str
    fact: Fact


class Chronicle:
    """The memory of one process; ``n`` is the number of the latest entry."""

    def __init__(self, kept: int = KEPT) -> None:
        self.n = 0
        self._entries: deque[Entry] = deque(maxlen=kept)
        self._news = asyncio.Event()

    def note(self, vin: str, at: datetime, fact: Fact) -> None:
        """Write down what happened, and wake whoever follows."""
        self.n += 1
        self._entries.append(Entry(self.n, at, vin, fact))
        news, self._news = self._news, asyncio.Event()
        news.set()

    def since(self, n: int) -> list[Entry]:
        """Return what came after entry ``n``; where some of it is forgotten, that is the first entry."""
        later = [entry for entry in self._entries if entry.n > n]
        if not later or later[0].n == n + 1:
            return later
        first = later[0]
        return [Entry(first.n - 1, first.at, "", Missed(first.n - 1 - n)), *later]

    async def follow(
        self, after: int | None = None, concerns: Callable[[Entry], bool] = lambda _: True
    ) -> AsyncIterator[Entry]:
        """Yield what comes after an entry, for ever; None, or one not written yet: from now on."""
        n = self.n if after is None else min(after, self.n)
        while True:
            news = self._news
            for entry in self.since(n):
                n = entry.n
                if concerns(entry) or isinstance(entry.fact, Missed):
                    yield entry
            if n >= self.n:
                await news.wait()
