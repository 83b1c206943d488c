"""Carries the desired states of dirty vehicles to the broker, and notices a broker that forgot them.

The database is the only truth: a vehicle is dirty until a publish of its very revision was confirmed and
marked. A crash anywhere in between publishes once more, which changes nothing for the car.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

import structlog

from backend.service.office import Office, log_crossing
from backend.store import publishing
from backend.store.database import DatabaseFailure, Transaction
from backend.store.publishing import Parcel
from backend.store.scope import System
from broker.transport import Connection
from protocol.clock import Clock, SystemClock, pause
from protocol.crash import crash_point
from protocol.messages import Content, Desired, Marker, Undecodable, decode_marker, encode
from protocol.topics import MARKER, CarTopic, Channel

log = structlog.get_logger("publisher")
IN_FLIGHT: Final = 64
"""Publishes under way at once."""
LEASE: Final = timedelta(seconds=30)
LOOK_AGAIN: Final = 1.0
"""Seconds after which the database is looked at without a wake-up: another process may have written."""
MARK_EVERY: Final = 10.0
MARKER_PATIENCE: Final = 2.0
"""Seconds that a retained marker may take to arrive after the subscription."""
REFRESH_BATCH: Final = 500
REFRESH_PAUSE: Final = 0.05
"""Seconds between two loads when a broker that forgot is told everything again."""
TROUBLE_PAUSE: Final = 0.5


class Publisher:
    """Serves one connection at a time; any number of publishers share one database by leases."""

    def __init__(
        self,
        office: Office,
        *,
        technical: Clock | None = None,
        mark_every: float = MARK_EVERY,
        patience: float = MARKER_PATIENCE,
    ) -> None:
        self._office = office
        self._technical = technical or SystemClock()
        self._mark_every = mark_every
        self._patience = patience
        self._marker: int | None = None
        self._marker_seen = asyncio.Event()
        self._reconciled = False
        self._handed: list[Parcel] = []
        self._handed_last = False

    def marker_arrived(self, payload: bytes) -> None:
        """Take note of a marker that the broker holds; an unreadable one counts as none."""
        try:
            count = decode_marker(payload).count
        except Undecodable as wrong:
            log.warning("marker_unreadable", reason=wrong.fault.value)
        else:
            self._marker = count if self._marker is None else max(count, self._marker)
        self._marker_seen.set()

    @property
    def busy(self) -> str | None:
        """What is under way beside the dirty vehicles, in words; None if nothing is."""
        return None if self._reconciled else "finding out what the broker remembers"

    def begin(self) -> None:
        """Forget what an earlier connection's broker remembered: the next one may be another."""
        self._reconciled = False
        self._marker = None
        self._marker_seen.clear()

    async def serve(self, connection: Connection) -> None:
        """Publish through ``connection`` until it is lost. Call :meth:`begin` before it is subscribed.

        Raises:
            NotConnected: the connection is lost.
        """
        self._handed.clear()  # freed with all else that was claimed in an earlier connection
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._publish_for_ever(connection))
                tasks.create_task(self._mark_for_ever(connection))
        finally:
            self._office.courier = None

    async def claim(self, tx: Transaction, vins: Collection[str]) -> Sequence[Parcel]:
        """Claim what a change makes dirty in the change's own transaction: one commit less before the car."""
        return await self._claim(tx, vins)

    def take(self, parcels: Sequence[Parcel]) -> None:
        """Publish these next; the office wakes us."""
        self._handed.extend(parcels)

    async def publish_dirty(self, connection: Connection) -> int:
        """Publish one load of dirty vehicles; return how many there were.

        Raises:
            NotConnected: the connection is lost; what was not confirmed is dirty still.
        """
        # In turn with what lies in the database, which other commits could keep waiting for ever.
        self._handed_last = bool(self._handed) and not self._handed_last
        if self._handed_last:
            parcels, self._handed[:IN_FLIGHT] = tuple(self._handed[:IN_FLIGHT]), []
        else:
            async with self._office.database.write() as tx:
                parcels = await self._claim(tx)
        if not parcels:
            return 0
        results = await self._publish_all(connection, parcels)
        crash_point("backend.published_before_mark")
        # In the order of the VINs, as all writers lock them.
        async with self._office.database.write() as tx:
            count = await publishing.marker_count(tx, System())
            at = self._office.clock.now()
            for parcel, failure in sorted(zip(parcels, results, strict=True), key=lambda pair: pair[0].vin):
                if failure is not None:
                    await publishing.release(tx, System(), parcel)
                else:
                    # False says that the vehicle has moved on: it stays dirty and is published again.
                    await publishing.mark_published(tx, System(), parcel, at=at, count=count)
        for failure in results:
            if failure is not None:
                raise failure
        return len(parcels)

    async def _publish_all(
        self, connection: Connection, parcels: Sequence[Parcel]
    ) -> Sequence[BaseException | None]:
        if len(parcels) > 1:
            sent = (self._publish(connection, parcel) for parcel in parcels)
            return await asyncio.gather(*sent, return_exceptions=True)
        try:  # at once: a task of its own would wait until everybody else whom the commit woke had a turn
            await self._publish(connection, parcels[0])
        except Exception as failure:  # noqa: BLE001 - raised after the mark, as those that gather collects
            return [failure]
        return [None]

    async def _claim(self, tx: Transaction, vins: Collection[str] = ()) -> tuple[Parcel, ...]:
        now = self._technical.now()
        return await publishing.claim_dirty(
            tx,
            System(),
            technical=now,
            lease_until=now + LEASE,
            most=len(vins) or IN_FLIGHT,
            node=self._office.settings.node,
            among=vins,
        )

    async def free_own(self) -> None:
        """Free what this node claimed in an earlier connection or life: nobody publishes that now."""
        async with self._office.database.write() as tx:
            await publishing.free(tx, System(), self._office.settings.node)

    async def _publish(self, connection: Connection, parcel: Parcel) -> None:
        content = Content.model_validate_json(parcel.content)
        desired = Desired(
            **{name: getattr(content, name) for name in Content.model_fields},
            epoch=parcel.revision.epoch,
            rev=parcel.revision.rev,
            digest=parcel.digest,
            for_store=parcel.for_store,
            sent_at=self._office.clock.now(),
        )
        topic = str(CarTopic(parcel.vin, Channel.DESIRED))
        await connection.publish(topic, encode(desired), retain=True)
        log_crossing("published", vin=parcel.vin, epoch=parcel.revision.epoch, rev=parcel.revision.rev)

    async def _publish_for_ever(self, connection: Connection) -> None:
        freed = False
        while True:
            seen = self._office.dirty.count
            try:
                if not freed:
                    await self.free_own()
                    self._office.courier, freed = self, True
                published = await self.publish_dirty(connection)
            except DatabaseFailure as failure:
                log.warning("database_failed", error=type(failure).__name__)
                await pause(TROUBLE_PAUSE)
                continue
            if self._handed:
                continue
            if published < IN_FLIGHT:
                await self._office.dirty.wait(seen, LOOK_AGAIN)
            else:
                await pause(REFRESH_PAUSE)

    async def _mark_for_ever(self, connection: Connection) -> None:
        while True:
            try:
                if not self._reconciled:
                    await self.reconcile()
                    self._reconciled = True
                await self.mark(connection)
            except DatabaseFailure as failure:
                log.warning("database_failed", error=type(failure).__name__)
                await pause(TROUBLE_PAUSE)
                continue
            await pause(self._mark_every)

    async def reconcile(self) -> int:
        """Compare the broker's marker with ours, and have published again what it may have lost.

        It remembers nothing: everything. An older marker: everything, too, since what it kept need not be all
        that came before. The same marker: what was published since that marker was written; it may have been
        restarted from a copy just so old.
        """
        async with self._office.database.read() as tx:
            ours = await publishing.marker_count(tx, System())
        if ours:  # else there is nothing to compare with: no broker was ever told of us
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience):
                    await self._marker_seen.wait()
        theirs = self._marker
        forgot = theirs is None or theirs < ours
        refreshed, after = 0, ""
        while True:
            async with self._office.database.write() as tx:
                vins = await publishing.published_since(
                    tx, System(), None if forgot else ours, after=after, most=REFRESH_BATCH
                )
                await publishing.make_dirty(tx, System(), vins)
            if not vins:
                break
            refreshed, after = refreshed + len(vins), vins[-1]
            self._office.dirty.set()
        log_crossing("broker_remembers", ours=ours, theirs=theirs, refreshed=refreshed)
        return refreshed

    async def mark(self, connection: Connection) -> None:
        """Write the next marker and note that the broker has it.

        Raises:
            NotConnected: the connection is lost.
        """
        async with self._office.database.read() as tx:
            count = await publishing.marker_count(tx, System()) + 1
        marker = Marker(count=count, node=self._office.settings.node)
        await connection.publish(MARKER, encode(marker), retain=True)
        async with self._office.database.write() as tx:
            await publishing.set_marker(tx, System(), count)
