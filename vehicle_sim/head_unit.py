"""Puts one head unit process together: journal, broker, clock, car, bench."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from broker.dialling import TlsFiles
from broker.paho_transport import PahoTransport
from protocol.clock import Clock, SystemClock, VirtualClock
from protocol.language import Language
from protocol.values import GeoPoint
from vehicle_sim.bench import Bench, Face, announce, serving
from vehicle_sim.car import HeadUnit
from vehicle_sim.chronicle import Chronicle
from vehicle_sim.garage import HOME
from vehicle_sim.journal import Journal
from vehicle_sim.state import Installed, Settings, SettingsChanged


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for; None leaves it as the journal has it, or as a new car has it."""

    vin: str
    broker: str
    journal: Path
    host: str = "127.0.0.1"
    port: int = 8090
    ready_file: Path | None = None
    language: Language | None = None
    pseudo_locale: bool | None = None
    navigation: bool | None = None
    profile: str | None = None
    simulated: bool = False
    start_at: datetime | None = None
    position: GeoPoint = HOME
    odometer_km: float = 0.0
    network: bool = True
    username: str | None = None
    password: str | None = None
    tls: TlsFiles | None = None


Show = Callable[[HeadUnit], Coroutine[Any, Any, None]]
"""Shows a head unit on this machine's display until somebody closes it."""


async def serve(
    options: Options, face: Face, *, say: Callable[[str], None], show: Show | None = None
) -> None:
    """Be a head unit until SIGTERM or Ctrl-C, or until its window is closed.

    Raises:
        JournalError: the journal is in use, is something else, or cannot be written.
        WrongCar: it is that of another vehicle.
        ValueError: the broker's URL is none.
        OSError: the port is taken.
    """
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    journal = Journal.open(options.journal)
    try:
        if journal.cut:
            say(journal.cut)
        clock = _clock(options, journal)
        unit = await HeadUnit.open(
            journal,
            _installed(options, clock),
            _transport(options),
            clock,
            online=options.network,
            chronicle=Chronicle(),
        )
        await _apply(options, unit)
        async with serving(
            Bench(clock, face, {options.vin: unit}, unit.chronicle), options.host, options.port
        ) as url:
            running = asyncio.create_task(unit.run())
            say(f"Head unit of {options.vin} at {url}, journal {options.journal}")
            if options.ready_file is not None:
                announce(options.ready_file, url)
            await _first_end(ended.wait(), running, *([show(unit)] if show is not None else []))
    finally:
        await journal.close()


async def _first_end(*duties: Awaitable[object]) -> None:
    """Return when one of these has ended, or raise what it failed with; the others are ended with it."""
    tasks = [asyncio.ensure_future(duty) for duty in duties]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    failed = [task for task in tasks if task.done() and task.exception() is not None]
    for task in reversed(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for task in failed:
        task.result()


def _clock(options: Options, journal: Journal) -> Clock:
    if not options.simulated:
        return SystemClock()
    start = options.start_at or SystemClock().now()
    # A car that was further on does not go back: restarted with the same command, it stands where it stood.
    return VirtualClock(max(start, journal.car.now) if journal.car is not None else start)


def _installed(options: Options, clock: Clock) -> Installed:
    settings = _settings(Settings(), options)
    return Installed(clock.now(), options.vin, uuid4(), settings, options.position, options.odometer_km)


async def _apply(options: Options, unit: HeadUnit) -> None:
    settings = _settings(unit.car.settings, options)
    if settings != unit.car.settings:
        await unit.happen(SettingsChanged(unit.now(), settings))


def _settings(known: Settings, options: Options) -> Settings:
    return replace(
        known,
        language=options.language or known.language,
        pseudo_locale=known.pseudo_locale if options.pseudo_locale is None else options.pseudo_locale,
        navigation=known.navigation if options.navigation is None else options.navigation,
        profile=options.profile or known.profile,
    )


def _transport(options: Options) -> PahoTransport:
    return PahoTransport(
        options.broker,
        client_id=options.vin,
        username=options.username,
        password=options.password,
        tls=options.tls,
    )
