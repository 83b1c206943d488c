"""Puts one process with many cars together: clock, garage, bench. Cars may come and go while it runs."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from broker.dialling import TlsFiles
from broker.paho_transport import PahoTransport
from broker.transport import Transport
from protocol.clock import Clock, SystemClock, VirtualClock
from vehicle_sim.bench import Bench, Face, announce, serving
from vehicle_sim.garage import HOME, Garage
from vehicle_sim.journal import replay
from vehicle_sim.state import Installed, Settings


@dataclass(frozen=True, slots=True)
class Row:
    """What the command line asks for: these cars, on this broker, at this address.

    Attributes:
        folder: where journals lie; None for one that is gone with the process.
        identities: the folder that ``sensus pki`` made, for a broker with an identity for each car.
    """

    vins: Sequence[str]
    broker: str
    folder: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8090
    ready_file: Path | None = None
    simulated: bool = False
    start_at: datetime | None = None
    settings: Settings = field(default_factory=Settings)
    username: str | None = None
    password: str | None = None
    identities: Path | None = None


async def serve(row: Row, face: Face, *, say: Callable[[str], None]) -> None:
    """Be a bench with these cars until SIGTERM or Ctrl-C.

    Raises:
        JournalError: a journal is in use, is something else, or cannot be written.
        ValueError: the broker's URL is none.
        OSError: the port is taken.
    """
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    with ExitStack() as gone:
        folder = row.folder or Path(gone.enter_context(TemporaryDirectory(prefix="sensus-bench-")))
        clock = _clock(row, folder)
        async with Garage(folder, clock, lambda vin: _transport(row, vin)) as garage:
            for vin in row.vins:
                await garage.brings(Installed(clock.now(), vin, uuid4(), row.settings, HOME))
            bench = Bench(clock, face, garage.units, garage.chronicle, garage)
            async with serving(bench, row.host, row.port) as url:
                say(f"Bench with {len(row.vins)} cars at {url}")
                if row.ready_file is not None:
                    announce(row.ready_file, url)
                await _until(ended, garage)


async def _until(ended: asyncio.Event, garage: Garage) -> None:
    """Return when somebody asks to end it, or raise what a car failed with."""
    duties = [asyncio.ensure_future(duty) for duty in (ended.wait(), garage.broken())]
    try:
        done, _ = await asyncio.wait(duties, return_when=asyncio.FIRST_COMPLETED)
        for duty in done:
            duty.result()
    finally:
        for duty in duties:
            duty.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*duties, return_exceptions=True)


def _clock(row: Row, folder: Path) -> Clock:
    if not row.simulated:
        return SystemClock()
    known = (replay(path) for vin in row.vins if (path := folder / f"{vin}.journal").exists())
    start = row.start_at or SystemClock().now()
    # Cars that were further on do not go back: found again, they stand where they stood.
    return VirtualClock(max([start, *(car.now for car in known if car is not None)]))


def _transport(row: Row, vin: str) -> Transport:
    tls = None
    if row.identities is not None:
        cars = row.identities / "cars"
        tls = TlsFiles(row.identities / "ca.crt", cars / f"{vin}.crt", cars / f"{vin}.key")
    return PahoTransport(row.broker, client_id=vin, username=row.username, password=row.password, tls=tls)
