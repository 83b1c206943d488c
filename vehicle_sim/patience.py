"""How long a car waits in technical time before it goes on without what it waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime

from vehicle_sim.state import Wire


@dataclass(frozen=True, slots=True)
class Awaited:
    """Something waited for: how many seconds are enough, and what tells one waiting from the next."""

    patience: float
    due: datetime | None = None
    first: int = 0


@dataclass(frozen=True, slots=True)
class Patience:
    """Technical seconds until the car goes on without its first snapshot, an answer, a disk with room."""

    snapshot: float = 2.0
    answer: float = 5.0
    disk: float = 1.0

    def awaited(self, wire: Wire) -> Awaited | None:
        """Return what a connected car waits for, if it does."""
        if wire.snapshot_due is not None:
            return Awaited(self.snapshot, wire.snapshot_due)
        if wire.hello_due is not None or wire.outbox:
            first = wire.outbox[0].seq if wire.outbox else 0
            return Awaited(self.answer, wire.hello_due, first)
        return None


async def first_of(*waits: Awaitable[object]) -> None:
    """Return when one of these has; the others are given up."""
    tasks = {asyncio.ensure_future(wait) for wait in waits}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
