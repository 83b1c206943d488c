"""Time as a thing that can be handed over, so that a month can pass in a second.

Two kinds of time run through the house. *Business time* is ``Clock.now()``: when a reminder is
due, when a pop-up may show. It is virtual in a simulation. *Technical time* (leases, retries,
time-outs) is always real: :func:`monotonic`, :func:`pause`, :func:`until`. This is the only
module that may ask the operating system for either.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Business time: aware UTC instants that never go backwards by themselves."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    async def wait_until(self, instant: datetime) -> None:
        """Return once ``now() >= instant``, or earlier if the clock was set: look again."""
        ...


class SystemClock:
    """The wall clock of this machine."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)

    async def wait_until(self, instant: datetime) -> None:
        """Sleep until ``instant``."""
        await asyncio.sleep(max(0.0, (instant - self.now()).total_seconds()))


class ClockRefused(ValueError):
    """The virtual clock was asked to go backwards or to a time without a zone."""


class VirtualClock:
    """A clock that stands still until somebody sets it; whoever waits on it wakes at once."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ClockRefused("a virtual clock needs an aware instant to start at")
        self._now = start.astimezone(UTC)
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """Return the instant last set, aware, in UTC."""
        return self._now

    def set(self, instant: datetime) -> None:
        """Move to ``instant`` and wake every waiter.

        Raises:
            ClockRefused: ``instant`` has no zone or lies before the present.
        """
        if instant.tzinfo is None:
            raise ClockRefused(f"{instant.isoformat()} has no UTC offset; write one, such as +02:00 or Z")
        if instant < self._now:
            raise ClockRefused(
                f"{instant.isoformat()} lies before the clock's present, {self._now.isoformat()}; "
                "a virtual clock only goes forward"
            )
        self._now = instant.astimezone(UTC)
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def wait_until(self, instant: datetime) -> None:
        """Return at the next move of the clock, or at once if ``instant`` has come."""
        if self._now < instant:
            await self._moved.wait()


def monotonic() -> float:
    """Technical time in seconds, for leases, time-outs and measurements."""
    return time.monotonic()


async def pause(seconds: float) -> None:
    """Let ``seconds`` of technical time pass (retries and pacing; never business time)."""
    await asyncio.sleep(seconds)


async def until(
    condition: Callable[[], bool | Awaitable[bool]],
    *,
    what: str,
    timeout: float = 10.0,
    every: float = 0.02,
) -> None:
    """Poll ``condition`` in technical time until it holds.

    Raises:
        TimeoutError: it did not hold within ``timeout`` seconds; the message names ``what``.
    """
    deadline = time.monotonic() + timeout
    while True:
        held = condition()
        if not isinstance(held, bool):
            held = await held
        if held:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout:g} s in vain for: {what}")
        await asyncio.sleep(every)


def until_blocking(
    condition: Callable[[], bool], *, what: str, timeout: float = 10.0, every: float = 0.02
) -> None:
    """Do what :func:`until` does where no event loop runs (the process rig, the command line).

    Raises:
        TimeoutError: it did not hold within ``timeout`` seconds; the message names ``what``.
    """
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout:g} s in vain for: {what}")
        time.sleep(every)
