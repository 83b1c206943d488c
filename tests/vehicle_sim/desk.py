"""A car on a desk without broker and disk: what happens to it happens at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime

from vehicle_sim.journal import JournalUnwritable
from vehicle_sim.reducer import advance
from vehicle_sim.state import Car, Chime, Event


@dataclass(frozen=True)
class Glance:
    car: Car
    chimes: tuple[Chime, ...] = ()


class Desk:
    """Enough of a head unit for a window."""

    def __init__(self, car: Car) -> None:
        self.car = car
        self.happened: list[Event] = []
        self.disk_is_full = False
        self.chimes: list[Chime] = []
        self._news = asyncio.Event()

    def now(self) -> datetime:
        return self.car.now

    async def happen(self, *events: Event) -> Car:
        for event in events:
            outcome = advance(self.car, event)
            self.car = outcome.car
            self.chimes += [effect for effect in outcome.effects if isinstance(effect, Chime)]
            self.happened.append(event)
        self._news.set()
        if self.disk_is_full:
            raise JournalUnwritable("no space left on device")
        return self.car

    def becomes(self, car: Car) -> None:
        self.car = replace(car)
        self._news.set()

    async def watch(self) -> AsyncIterator[Glance]:
        while True:
            chimes, self.chimes = tuple(self.chimes), []
            yield Glance(self.car, chimes)
            await self._news.wait()
            self._news.clear()
