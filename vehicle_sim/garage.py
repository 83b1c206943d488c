"""Cars that come and go in one process, each with its journal, its connection and what keeps it going."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from uuid import uuid4

from broker.transport import Transport
from protocol.clock import Clock
from protocol.values import GeoPoint
from vehicle_sim.car import HeadUnit
from vehicle_sim.chronicle import Chronicle, Stood
from vehicle_sim.journal import Journal
from vehicle_sim.patience import Patience
from vehicle_sim.state import Installed

HOME: Final = GeoPoint(latitude=60.17832, longitude=24.95057)
"""Where a new car stands: Hakaniemenranta, Helsinki."""


class Taken(Exception):
    """A car of this VIN stands here already."""


class Gone(Exception):
    """No car of this VIN stands here, or none any more."""


@dataclass(slots=True)
class _Place:
    """Where one car stands, and what it was when it was new."""

    unit: HeadUnit
    new: Installed
    online: bool
    running: asyncio.Task[None]


class Garage:
    """The cars of one process. Their journals lie in ``folder``, as VIN.journal.

    One thing at a time happens to a car's place: whoever takes a car away waits until it has come.

    Attributes:
        units: the cars that stand here now, by VIN.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        transport: Callable[[str], Transport],
        *,
        chronicle: Chronicle | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.clock = clock
        self.chronicle = chronicle or Chronicle()
        self._folder = folder
        self._transport = transport
        self._patience = patience
        self.units: dict[str, HeadUnit] = {}
        self._places: dict[str, _Place] = {}
        self._one_at_a_time = asyncio.Lock()
        self._broken: asyncio.Future[None] | None = None

    async def __aenter__(self) -> Self:
        self._broken = asyncio.get_running_loop().create_future()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for vin in list(self._places):
            await self._leaves(vin)
        if self._broken is not None:
            self._broken.cancel()

    async def broken(self) -> None:
        """Return never; raise what a car failed with that no car should fail with."""
        if self._broken is not None:
            await asyncio.shield(self._broken)

    async def brings(self, new: Installed, *, online: bool = True) -> HeadUnit:
        """Put a car on its place: the one that its journal remembers, or a new one.

        Raises:
            Taken: it stands there already.
            JournalError: its journal cannot be used.
        """
        async with self._one_at_a_time:
            if new.vin in self._places:
                raise Taken(f"{new.vin} stands on this bench already")
            unit = await self._comes(new, online=online)
            self.chronicle.note(new.vin, self.clock.now(), Stood("created"))
            return unit

    async def takes_away(self, vin: str) -> None:
        """Take a car off its place, and its memory with it.

        Raises:
            Gone: there is none of that VIN.
        """
        async with self._one_at_a_time:
            await self._forgets(vin)
            self.chronicle.note(vin, self.clock.now(), Stood("removed"))

    async def resets(self, vin: str) -> HeadUnit:
        """Put the car that was brought in the place of the one that it has become.

        Raises:
            Gone: there is none of that VIN.
            JournalError: its journal cannot be used.
        """
        async with self._one_at_a_time:
            place = await self._forgets(vin)
            new = replace(place.new, at=self.clock.now(), store_id=uuid4())
            unit = await self._comes(new, online=place.online)
            self.chronicle.note(vin, self.clock.now(), Stood("reset"))
            return unit

    async def _comes(self, new: Installed, *, online: bool) -> HeadUnit:
        journal = Journal.open(self.journal_of(new.vin))
        try:
            unit = await HeadUnit.open(
                journal,
                new,
                self._transport(new.vin),
                self.clock,
                online=online,
                patience=self._patience,
                chronicle=self.chronicle,
            )
        except BaseException:
            await journal.close()
            raise
        running = asyncio.create_task(unit.run())
        running.add_done_callback(self._ended)
        self._places[new.vin] = _Place(unit, new, online, running)
        self.units[new.vin] = unit
        return unit

    async def _leaves(self, vin: str) -> _Place:
        place = self._places.pop(vin)
        del self.units[vin]
        place.running.cancel()
        with suppress(asyncio.CancelledError, Exception):  # what it failed with is told by broken()
            await place.running
        await place.unit.journal.close()
        return place

    async def _forgets(self, vin: str) -> _Place:
        if vin not in self._places:
            raise Gone(f"no car {vin[:40]} stands on this bench any more")
        place = await self._leaves(vin)
        path = self.journal_of(vin)
        for name in (path.name, *(f"{path.name}.{end}" for end in ("lock", "cut", "new"))):
            path.with_name(name).unlink(missing_ok=True)
        return place

    def journal_of(self, vin: str) -> Path:
        """Return where a car's journal lies."""
        return self._folder / f"{vin}.journal"

    def _ended(self, running: asyncio.Task[None]) -> None:
        if running.cancelled() or self._broken is None or self._broken.done():
            return
        failure = running.exception()
        self._broken.set_exception(failure or RuntimeError("a car stopped by itself"))
