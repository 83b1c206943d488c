"""Keeps a letter that a mailer is handing over, and whoever would supersede it, one after the other.

After a cancellation is committed no letter about that appointment may be handed to a mail server, by whatever
process. On PostgreSQL both take a lock of the database on the appointment: the mailer for as long as the mail
server takes, the cancellation from its own change to its commit. SQLite has one process, and one writer, who
must not be kept waiting for a mail server: there the lock is a note in memory, made while nobody writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from backend.store import letters
from backend.store.database import Database, Transaction
from backend.store.letters import Posted
from backend.store.scope import System


class Hand:
    """The letters that are being handed over at this moment."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: list[UUID] = []
        self._dropped = asyncio.Event()
        self.waited_for = False
        """Somebody of this process has waited for a letter in its hand."""

    @asynccontextmanager
    async def holding(self, letter: Posted) -> AsyncIterator[bool]:
        """Hold a letter within the block: nobody supersedes it there. Tell whether it is still to be sent."""
        about = letter.appointment_id
        if about is None:
            yield True  # a code to sign in with: nothing supersedes it
        elif self._database.is_sqlite:
            async with self._database.write() as tx:
                self._held.append(about)
                still_true = await letters.is_waiting(tx, System(), letter.id)
            try:
                yield still_true
            finally:
                self._held.remove(about)
                dropped, self._dropped = self._dropped, asyncio.Event()
                dropped.set()
        else:
            async with self._database.write() as tx:
                await letters.lock_about(tx, System(), about)
                yield await letters.is_waiting(tx, System(), letter.id)

    async def rid_of(self, tx: Transaction, about: UUID) -> None:
        """Return when no letter about this appointment is in a hand; none is taken before ``tx`` ends."""
        if not self._database.is_sqlite:
            await letters.lock_about(tx, System(), about)
        while about in self._held:
            self.waited_for = True
            await self._dropped.wait()
