"""Holds what every use case needs, and turns a block of code into one transaction at one moment."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final, Protocol
from uuid import UUID

import structlog

from backend.service.hand import Hand
from backend.settings import Settings
from backend.store import records
from backend.store.database import Database, Transaction
from backend.store.publishing import Parcel
from backend.store.records import FeedEvent
from backend.store.scope import Scope, System
from protocol.clock import Clock
from protocol.crash import crash_point

log = structlog.get_logger("backend")
GIVE_WAY: Final = 0.03
"""Technical seconds by which letters and timers come after a snapshot that the same change calls for."""


class Signal:
    """Wakes loops of this process. It is a hint: whoever waits also looks by itself now and then."""

    def __init__(self) -> None:
        self._count = 0
        self._event = asyncio.Event()

    @property
    def count(self) -> int:
        """How often it was set: read it before looking for work, hand it to :meth:`wait` after."""
        return self._count

    def set(self) -> None:
        """Wake whoever waits."""
        self._count += 1
        event, self._event = self._event, asyncio.Event()
        event.set()

    async def wait(self, seen: int, timeout: float) -> bool:
        """Return once it was set after ``seen`` was read (True), or after ``timeout`` seconds (False)."""
        if self._count != seen:
            return True
        try:
            async with asyncio.timeout(timeout):
                await self._event.wait()
        except TimeoutError:
            return False
        return True


@dataclass(slots=True)
class Work:
    """One transaction at one moment of business time, and what has to be said once it is committed."""

    tx: Transaction
    office: Office
    now: datetime
    news: dict[UUID, list[FeedEvent]] = field(default_factory=lambda: defaultdict(list))
    dirty: set[str] = field(default_factory=set)
    mail: bool = False
    timers: bool = False

    def tell(self, dealer_id: UUID, type_: str, vin: str, number: str | None = None, **facts: Any) -> None:
        """Tell a dealer's system something, in the feed, with this commit."""
        self.news[dealer_id].append(FeedEvent(0, self.now, type_, vin, number, facts))

    async def note(self, scope: Scope, actor: str, action: str, subject: object, detail: str = "") -> None:
        """Write an audit row about a subject that is named by its pseudonym."""
        await records.note(
            self.tx,
            scope,
            at=self.now,
            actor=actor,
            action=action,
            subject=self.office.pseudonym(str(subject)),
            detail=detail,
        )


class Courier(Protocol):
    """Who carries desired states to the broker, and spares a commit by claiming them with the change."""

    async def claim(self, tx: Transaction, vins: Collection[str]) -> Sequence[Parcel]:
        """Claim what has just become dirty, as far as nobody else is about to publish it."""
        ...

    def take(self, parcels: Sequence[Parcel]) -> None:
        """Publish what was claimed: it is committed now."""
        ...


class Office:
    """The database, the clock and the settings, and the signals between use cases and loops."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self.database = database
        self.clock = clock
        self.settings = settings
        self.dirty = Signal()
        self.mail = Signal()
        self.timers = Signal()
        self.feed = Signal()
        self.hand = Hand(database)
        self.courier: Courier | None = None
        """Only while it is connected."""

    def pseudonym(self, subject: str) -> str:
        """Return what stands for a person or a vehicle in the audit: always the same, and one-way."""
        key = self.settings.signing_key.encode()
        return hmac.new(key, f"audit\0{subject}".encode(), hashlib.sha256).hexdigest()[:32]

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """Open one writing transaction; after its commit the loops are woken."""
        async with self.database.write() as tx:
            work = Work(tx, self, self.clock.now())
            yield work
            # Always in the same order, so that two writers never wait for each other's dealer.
            for dealer_id, events in sorted(work.news.items()):
                await records.tell(tx, System(), dealer_id, events)
            courier = self.courier
            parcels = await courier.claim(tx, work.dirty) if courier is not None and work.dirty else ()
        if work.dirty:
            crash_point("backend.committed_before_publish")
            if courier is not None:
                courier.take(parcels)
            self.dirty.set()
        # Letters and timers can wait; a car that shares this loop with them should not.
        wake = partial(asyncio.get_running_loop().call_later, GIVE_WAY) if work.dirty else _at_once
        if work.mail:
            wake(self.mail.set)
        if work.timers:
            wake(self.timers.set)
        if work.news:
            self.feed.set()

    @asynccontextmanager
    async def look(self) -> AsyncIterator[Work]:
        """Open one reading transaction: one consistent moment."""
        async with self.database.read() as tx:
            yield Work(tx, self, self.clock.now())


def _at_once(wake: Callable[[], None]) -> None:
    wake()


def log_crossing(event: str, **facts: Any) -> None:
    """Write one line about something that came in or went out: identifiers, no personal data."""
    log.info(event, **facts)
