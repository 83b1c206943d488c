"""Business time can be set; technical time cannot."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from protocol.clock import (
    ClockRefused,
    SystemClock,
    VirtualClock,
    monotonic,
    pause,
    until,
    until_blocking,
)

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


async def test_a_virtual_clock_stands_until_it_is_set() -> None:
    clock = VirtualClock(NOON)
    woken: list[datetime] = []

    async def sleeper(instant: datetime) -> None:
        while clock.now() < instant:
            await clock.wait_until(instant)
        woken.append(instant)

    async with asyncio.TaskGroup() as group:
        for minutes in (1, 2, 3):
            group.create_task(sleeper(NOON + timedelta(minutes=minutes)))
        await pause(0)
        assert woken == []
        clock.set(NOON + timedelta(minutes=2))
        await until(lambda: len(woken) == 2, what="two sleepers woke")
        clock.set(NOON + timedelta(days=2))
    assert len(woken) == 3
    await clock.wait_until(NOON)


def test_a_virtual_clock_refuses_to_go_back_or_to_guess_a_zone() -> None:
    clock = VirtualClock(NOON)
    with pytest.raises(ClockRefused, match="only goes forward"):
        clock.set(NOON - timedelta(seconds=1))
    with pytest.raises(ClockRefused, match="no UTC offset"):
        clock.set(NOON.replace(tzinfo=None))
    with pytest.raises(ClockRefused, match="aware"):
        VirtualClock(NOON.replace(tzinfo=None))
    assert clock.now() == NOON


async def test_the_system_clock_waits_for_real() -> None:
    clock = SystemClock()
    begun = clock.now()
    await clock.wait_until(begun + timedelta(milliseconds=20))
    assert clock.now() - begun >= timedelta(milliseconds=15)
    await clock.wait_until(begun)


async def test_waiting_in_vain_names_what_was_awaited() -> None:
    async def never() -> bool:
        return False

    begun = monotonic()
    with pytest.raises(TimeoutError, match="in vain for: the cows"):
        await until(never, what="the cows", timeout=0.05)
    with pytest.raises(TimeoutError, match="in vain for: the cows"):
        until_blocking(lambda: False, what="the cows", timeout=0.05)
    until_blocking(lambda: True, what="nothing")
    assert monotonic() - begun >= 0.1
