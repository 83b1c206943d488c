"""Listens to a CAN bus; the only file that knows python-can."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import can

from vehicle_sim.bridges import Signals, SourceLost
from vehicle_sim.bridges.frames import Fault, Frame, Frames

_PATIENCE: Final = 0.25
"""Seconds for which a thread waits for a frame before it looks whether anybody still wants one."""
_AT_ONCE: Final = 200
"""Frames that are read in one go before others have their turn."""
_MOST_NOTICES: Final = 20
"""Lines about what is passed over; a bus full of other people's frames is all counted, and not all told."""


class CanSource:
    """What a bus says of a car.

    ``notice`` hears of each thing that is passed over, in words, when it happens for the first time.

    Attributes:
        frames: how many were heard.
        passed_over: how often something was not understood, by why.
    """

    def __init__(self, bus: can.BusABC, meaning: Frames, notice: Callable[[str], None]) -> None:
        self.frames = 0
        self.passed_over: Counter[Fault] = Counter()
        self._bus = bus
        self._meaning = meaning
        self._notice = notice
        self._noticed: set[tuple[Fault, str]] = set()

    async def heard(self) -> AsyncIterator[Signals]:
        """Yield what each frame says.

        Raises:
            SourceLost: the bus is gone.
        """
        while True:
            for message in await self._received():
                self.frames += 1
                if message.is_error_frame or message.is_remote_frame:
                    continue
                values = self._read(
                    Frame(message.arbitration_id, bytes(message.data), message.is_extended_id)
                )
                if values:
                    yield values

    async def _received(self) -> list[can.Message]:
        waiting = asyncio.ensure_future(asyncio.to_thread(self._receive))
        try:
            return await asyncio.shield(waiting)
        finally:
            await asyncio.wait({waiting})  # nobody shuts a bus down while a thread listens to it

    def _receive(self) -> list[can.Message]:
        found: list[can.Message] = []
        try:
            message = self._bus.recv(_PATIENCE)
            while message is not None:
                found.append(message)
                message = self._bus.recv(0) if len(found) < _AT_ONCE else None
        except (can.CanError, OSError) as lost:
            raise SourceLost(f"the bus is lost: {lost}") from lost
        return found

    def _read(self, frame: Frame) -> Signals:
        reading = self._meaning.read(frame)
        for fault, what in reading.faults:
            self.passed_over[fault] += 1
            # What a value was changes; that there is one is worth a line once.
            kind = (fault, what.partition(": ")[0])
            if kind not in self._noticed and len(self._noticed) < _MOST_NOTICES:
                self._noticed.add(kind)
                self._notice(f"Passed over: {fault}, {what}")
        return reading.values


@contextmanager
def opened(interface: str, channel: str, bitrate: int | None = None) -> Iterator[can.BusABC]:
    """Open a bus for as long as the block runs.

    Raises:
        SourceLost: there is none; the message says which and why.
    """
    rate: dict[str, Any] = {} if bitrate is None else {"bitrate": bitrate}
    try:
        bus = can.Bus(interface=interface, channel=channel, **rate)
    except (can.CanError, OSError, ValueError, ImportError) as failure:
        raise SourceLost(f"no CAN bus {channel!r} by {interface!r}: {failure}") from failure
    try:
        yield bus
    finally:
        bus.shutdown()
