"""Shows and moves the clocks of running processes for the command line, each over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

import aiohttp

from vehicle_sim import rounds
from vehicle_sim.rounds import HttpClock, Reading

Readings = dict[str, Reading]


async def show(urls: Mapping[str, str]) -> Readings:
    """Return where each stands.

    Raises:
        RoundFailed: one does not answer.
    """
    async with aiohttp.ClientSession() as session:
        return await _read(_clocks(urls, session))


async def jump(urls: Mapping[str, str], to: datetime) -> Readings:
    """Set all to ``to`` at once and return where each stands when all have come to rest.

    Raises:
        RoundFailed: one does not answer, refuses, or does not come to rest.
    """
    async with aiohttp.ClientSession() as session:
        clocks = _clocks(urls, session)
        for clock in clocks:
            await clock.set(to)
        await rounds.settle(clocks)
        return await _read(clocks)


async def advance(urls: Mapping[str, str], by: str, on_round: Callable[[datetime], None]) -> Readings:
    """Let time pass for all in rounds, ``by`` as :func:`rounds.target` reads it, from the latest of them.

    Raises:
        RoundFailed: one does not answer, refuses, or does not come to rest.
        ValueError: ``by`` is no span and no instant.
    """
    async with aiohttp.ClientSession() as session:
        clocks = _clocks(urls, session)
        readings = await _read(clocks)
        to = rounds.target(by, max(reading.now for reading in readings.values()))
        await rounds.advance(clocks, to, on_round=on_round)
        return await _read(clocks)


def _clocks(urls: Mapping[str, str], session: aiohttp.ClientSession) -> list[HttpClock]:
    return [HttpClock(name, url, session) for name, url in urls.items()]


async def _read(clocks: list[HttpClock]) -> Readings:
    readings = await asyncio.gather(*(clock.read() for clock in clocks))
    return {clock.name: reading for clock, reading in zip(clocks, readings, strict=True)}
