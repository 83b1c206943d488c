"""Tells a dealer's system what cars and customers did, from a cursor on, at once or when there is news."""

from __future__ import annotations

from typing import Final

from backend.service.office import Office, Work
from backend.store import records
from backend.store.records import FeedEvent
from backend.store.scope import Dealer
from protocol.clock import monotonic

LOOK_AGAIN: Final = 1.0
"""Seconds after which a waiting reader looks by itself: another process may have the news."""

__all__ = ["FeedEvent", "after", "last", "wait"]


async def after(work: Work, scope: Dealer, cursor: int, limit: int) -> tuple[FeedEvent, ...]:
    """Return the events behind the cursor, oldest first."""
    return await records.feed_after(work.tx, scope, cursor, limit)


async def last(work: Work, scope: Dealer) -> int:
    """Return the cursor of the newest event."""
    return await records.feed_end(work.tx, scope)


async def wait(
    office: Office, scope: Dealer, cursor: int, limit: int, timeout: float
) -> tuple[FeedEvent, ...]:
    """Return the events behind the cursor as soon as there are some; none after ``timeout`` seconds."""
    deadline = monotonic() + timeout
    while True:
        seen = office.feed.count
        async with office.look() as work:
            found = await after(work, scope, cursor, limit)
        left = deadline - monotonic()
        if found or left <= 0:
            return found
        await office.feed.wait(seen, min(left, LOOK_AGAIN))
