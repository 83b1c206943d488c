"""A bench that stands already, as `sensus up` keeps it: its car, its owner and its time are what they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin

import aiohttp

from vehicle_sim import rounds
from vehicle_sim.rounds import HttpClock, http_clock
from vehicle_sim.scenario.hosted import put_on
from vehicle_sim.scenario.script import CarPart
from vehicle_sim.scenario.world import Blow, Desk, NotHere, Part, Passed
from vehicle_sim.witness import ask

PATIENCE = 30.0
"""Technical seconds in which everybody has to come to rest: others may be trying things on the same bench."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bench stands: its backend, a token of its dealer, its benches of cars, its letters."""

    backend: str
    token: str
    benches: Sequence[str]
    letters: Path


@dataclass(frozen=True, slots=True)
class SharedTime:
    """The time of backend and benches, which somebody else may move too."""

    clocks: Sequence[HttpClock]

    async def now(self) -> datetime:
        """Return the present: that of whoever is furthest."""
        return max(reading.now for reading in await self._readings())

    async def next_due(self) -> datetime | None:
        """Return when the next thing falls due for anybody."""
        dues = [reading.next_due for reading in await self._readings() if reading.next_due is not None]
        return min(dues, default=None)

    async def settle(self) -> None:
        """Wait until nobody has anything left to do."""
        await rounds.settle(self.clocks, patience=PATIENCE)

    async def advance(self, to: datetime) -> None:
        """Let time pass for all."""
        await rounds.advance(self.clocks, to, patience=PATIENCE)

    async def _readings(self) -> list[rounds.Reading]:
        return await asyncio.gather(*(clock.read() for clock in self.clocks))


@dataclass(slots=True)
class StandingWorld:
    """What stands at a place."""

    place: Place
    session: aiohttp.ClientSession
    desks: dict[str, Desk]
    time: SharedTime
    free: list[tuple[str, str]] = field(default_factory=list)
    """Cars that nobody in the story has yet: their VINs and benches."""
    standing: bool = True

    @property
    def backend(self) -> str:
        """Where the backend serves."""
        return self.place.backend

    @property
    def letters(self) -> Path:
        """Where its letters are."""
        return self.place.letters

    async def add_car(self, vin: str, part: CarPart) -> str:
        """Put a car on the first bench, if cars may come and go there."""
        return await put_on(self.session, self.place.benches[0], vin, part)

    async def passed(self) -> Sequence[Passed]:
        """Return nothing: nobody listens.

        Raises:
            NotHere: always.
        """
        raise NotHere("nobody listens at the broker of a standing bench")

    async def strike(self, part: Part, blow: Blow, *, at: str = "") -> None:
        """Do nothing to what stands.

        Raises:
            NotHere: always.
        """
        raise NotHere(
            f"the {part} of a standing bench is left alone: play this scenario on its own processes"
        )


@dataclass(frozen=True, slots=True)
class StandingWorlds:
    """Opens the one world that stands at a place; what happens in it stays."""

    place: Place
    kind: str = "a standing bench"

    @asynccontextmanager
    async def open(self, start_at: datetime) -> AsyncIterator[StandingWorld]:
        """Enter it; its time goes on to ``start_at`` if that is still to come.

        Raises:
            RoundFailed: somebody cannot be reached.
            Refusal: the token is none.
        """
        async with aiohttp.ClientSession() as session:
            where = urljoin(self.place.backend, "/v1/dealer")
            _, known, _ = await ask(
                session, "GET", where, headers={"Authorization": f"Bearer {self.place.token}"}
            )
            desk = Desk(known["name"], self.place.token, known["zone"], known["id"])
            urls = {"backend": self.place.backend} | {url: url for url in self.place.benches}
            time = SharedTime([http_clock(url, session, name) for name, url in urls.items()])
            if await time.now() < start_at:
                await time.advance(start_at)
            world = StandingWorld(self.place, session, {desk.name: desk}, time)
            for bench in self.place.benches:
                _, cars, _ = await ask(session, "GET", urljoin(bench, "/v1/cars"))
                world.free += [(car["vin"], bench) for car in cars["cars"]]
            yield world
