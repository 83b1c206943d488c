"""Lets time pass for appointments: what falls due happens once and in order, however far the clock jumps.

What is due stands in the database, so nothing is lost or doubled when this process ends and another begins.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Final

import structlog

from backend.service import due
from backend.service.office import Office
from backend.store import timers
from backend.store.database import DatabaseFailure
from backend.store.scope import System
from protocol.clock import pause

log = structlog.get_logger("ticker")
LOOK_AGAIN: Final = 5.0
"""Seconds after which the database is looked at without a wake-up: another process may have written."""
LONGEST_PAUSE: Final = 5.0


class Ticker:
    """Fires what is due. Any number of tickers share one database: each timer fires once."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def tick(self) -> int:
        """Fire everything that is due now, the longest due first; return how much that was."""
        fired = 0
        while await self._is_due():
            async with self._office.work() as work:
                timer = await due.fire_next(work)
            if timer is not None:
                fired += 1
        return fired

    async def run(self) -> None:
        """Tick for ever: when something falls due, when something new is planned, when the clock is set."""
        wait = 0.1
        while True:
            seen = self._office.timers.count
            try:
                await self.tick()
                next_due = await self._next()
            except DatabaseFailure as failure:
                log.warning("database_failed", error=type(failure).__name__)
                await pause(wait)
                wait = min(LONGEST_PAUSE, wait * 2)
                continue
            wait = 0.1
            await self._rest(seen, next_due)

    async def _is_due(self) -> bool:
        async with self._office.look() as work:
            return await timers.first_due(work.tx, System(), work.now) is not None

    async def _next(self) -> datetime | None:
        async with self._office.look() as work:
            return await timers.next_timer(work.tx, System())

    async def _rest(self, seen: int, next_due: datetime | None) -> None:
        """Return when the clock reaches ``next_due`` or is set, at news, or after a while."""
        waits = [asyncio.ensure_future(self._office.timers.wait(seen, LOOK_AGAIN))]
        if next_due is not None:
            waits.append(asyncio.ensure_future(self._wait_until(next_due)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in waits:
                waiting.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _wait_until(self, instant: datetime) -> bool:
        await self._office.clock.wait_until(instant)
        return True
