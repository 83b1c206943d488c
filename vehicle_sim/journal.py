"""Keeps what happened to a car on disk before anybody is told, so that a power cut loses no promise.

One JSON line per event that changed the car, numbered and with a checksum; now and then the whole car as a
checkpoint in its place. Read again from the top, the lines give the same car: effects are not repeated.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from vehicle_sim.codec import encode_car, encode_event
from vehicle_sim.replay import JournalError, NotAJournal, Reading, line_of, read, replay, replayed
from vehicle_sim.state import Car, Event

COMPACT_AFTER: Final = 2000
"""Lines after which the file is replaced by a checkpoint."""
__all__ = [
    "COMPACT_AFTER",
    "Journal",
    "JournalError",
    "JournalLocked",
    "JournalUnwritable",
    "NotAJournal",
    "read",
    "replay",
]
_log = logging.getLogger(__name__)


class JournalLocked(JournalError):
    """Another process writes this journal."""


class JournalUnwritable(JournalError):
    """The disk is full or broken. What was to be written is kept and tried again with the next append."""


@dataclass(slots=True)
class _Batch:
    """Lines that wait for one sync together, the car after the last of them, and who waits."""

    data: list[bytes] = field(default_factory=list)
    car: Car | None = None
    done: asyncio.Future[None] | None = None


class Journal:
    """The journal of one car, open for writing by this process alone.

    Attributes:
        car: as of the last synced line; None where there is none yet.
        cut: what was found damaged at the end of the file and cut off when it was opened, in words.
    """

    def __init__(self, path: Path, lock: int, file: int, reading: Reading) -> None:
        """Use :meth:`open`."""
        self.path = path
        self.car = replayed(path, reading)
        self.cut: str | None = None
        self._lock = lock
        self._file = file
        self._good = reading.good
        self._n = reading.lines[-1].n if reading.lines else 0
        self._synced = self._n
        self._lines = len(reading.lines)
        self._waiting = _Batch()
        self._under_way: _Batch | None = None
        self._writer: asyncio.Task[None] | None = None

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open or begin the journal at ``path``; a torn end is cut off and kept beside it as ``*.cut``.

        Raises:
            JournalLocked: another process has it.
            NotAJournal: the file is something else.
            JournalUnwritable: it cannot be made or written.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = _lock(path)
        except OSError as failure:
            raise JournalUnwritable(f"{path}: {failure.strerror}") from failure
        file = -1
        try:
            reading = read(path)
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            journal = cls(path, lock, file, reading)
            if reading.rest:
                journal._cut(reading.rest)
            _sync_directory(path)
        except BaseException as failure:
            if file >= 0:
                os.close(file)
            os.close(lock)
            if isinstance(failure, OSError):
                raise JournalUnwritable(f"{path}: {failure.strerror}") from failure
            raise
        return journal

    @property
    def behind(self) -> int:
        """How many lines are not on disk yet."""
        return self._n - self._synced

    def put(self, event: Event, car: Car) -> None:
        """Take the next line for ``event``, which led to ``car``; the next :meth:`sync` brings it to disk."""
        self._n += 1
        self._waiting.data.append(line_of(self._n, "event", encode_event(event)))
        self._waiting.car = car

    async def append(self, events: Iterable[Event], car: Car) -> None:
        """Write ``events``, which led to ``car``, and return once they are synced.

        Raises:
            JournalUnwritable: see :meth:`sync`.
        """
        for event in events:
            self.put(event, car)
        await self.sync()

    async def sync(self) -> None:
        """Return once everything put so far is on disk; whoever comes meanwhile shares the next write.

        Raises:
            JournalUnwritable: it is not; the lines stay first in line for the next sync.
        """
        if self._waiting.data:
            if self._waiting.done is None:
                self._waiting.done = asyncio.get_running_loop().create_future()
            done = self._waiting.done
            if self._writer is None or self._writer.done():
                self._writer = asyncio.create_task(self._write_all())
        elif self._under_way is not None and self._under_way.done is not None:
            done = self._under_way.done
        else:
            return
        # Shielded: others wait for the same sync, and one who gives up does not take it from them.
        await asyncio.shield(done)

    async def close(self) -> None:
        """Write what waits, if it can be written, and let go of the file."""
        with contextlib.suppress(JournalUnwritable):
            await self.sync()
        os.close(self._file)
        os.close(self._lock)

    async def _write_all(self) -> None:
        while self._waiting.data:
            batch, self._waiting = self._waiting, _Batch()
            self._under_way = batch
            try:
                await asyncio.to_thread(self._write, batch)
            except OSError as failure:
                # In front again, so that the file never has a gap: the car has gone on meanwhile.
                self._waiting.data[:0] = batch.data
                self._waiting.car = self._waiting.car or batch.car
                self._under_way = None
                words = JournalUnwritable(
                    f"{self.path}: {failure.strerror}; {len(self._waiting.data)} events wait to be written"
                )
                for done in (batch.done, self._waiting.done):
                    if done is not None and not done.done():
                        done.set_exception(words)
                        done.exception()  # looked at: nobody need be waiting for it any more
                self._waiting.done = None
                return
            self.car = batch.car
            self._under_way = None
            if batch.done is not None and not batch.done.done():
                batch.done.set_result(None)

    def _write(self, batch: _Batch) -> None:
        """Write and sync in a thread; after a failure the file is what it was before."""
        data = b"".join(batch.data)
        try:
            # A failed sync may have dropped pages and tells only once: cut and write again, never just sync.
            os.ftruncate(self._file, self._good)
            _write_fully(self._file, data)
            os.fdatasync(self._file)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._good)
            raise
        self._good += len(data)
        self._lines += len(batch.data)
        self._synced += len(batch.data)
        if self._lines > COMPACT_AFTER and batch.car is not None:
            try:
                self._compact(batch.car, self._synced)
            except OSError as failure:
                _log.warning("%s was not compacted: %s", self.path, failure.strerror)
                self._lines = 0  # try again after as many lines, not with every line

    def _compact(self, car: Car, n: int) -> None:
        """Put one checkpoint in the place of all lines: the path always names the old file or the new one."""
        fresh = self.path.with_name(f"{self.path.name}.new")
        line = line_of(n, "car", encode_car(car))
        file = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            _write_fully(file, line)
            os.fsync(file)
            fresh.rename(self.path)
        except OSError:
            os.close(file)
            raise
        os.close(self._file)
        self._file, self._good, self._lines = file, len(line), 1
        _sync_directory(self.path)

    def _cut(self, rest: bytes) -> None:
        """Take damage off the end, kept beside the journal for whoever asks what it was."""
        aside = self.path.with_name(f"{self.path.name}.cut")
        aside.write_bytes(rest)
        os.ftruncate(self._file, self._good)
        os.fsync(self._file)
        self.cut = (
            f"{self.path}: {len(rest)} bytes after line {self._n} were torn or damaged; now in {aside.name}"
        )
        _log.warning(self.cut)


def _lock(path: Path) -> int:
    """Lock a file beside the journal: a lock on the journal itself would be lost with every checkpoint."""
    beside = path.with_name(f"{path.name}.lock")
    lock = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as taken:
        owner = os.pread(lock, 20, 0).decode(errors="replace").strip() or "unknown"
        os.close(lock)
        raise JournalLocked(f"{path} is in use by process {owner}; stop it, or name another file") from taken
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def _write_fully(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _sync_directory(path: Path) -> None:
    """Make the name itself durable: a rename or a new file is lost in a power cut otherwise."""
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
