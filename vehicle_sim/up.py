"""Keeps a whole bench standing for somebody to try things on: broker, mailbox, backend, one head unit.

Its time is virtual but flows like the real one: an engine started now shows its pop-up now, and
`sensus clock advance 3d` makes it Monday.
"""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import aiohttp

from protocol.clock import SystemClock, monotonic, pause
from vehicle_sim import rounds
from vehicle_sim.cast import AT_HOME, VIN
from vehicle_sim.rig import Rig

PORTS: Final[Mapping[str, int]] = {"broker": 1883, "mailbox": 1025, "backend": 8080, "car": 8090}
"""Where everything serves, so that a line from the documents can be pasted."""
_TICK: Final = 1.0


@dataclass(frozen=True, slots=True)
class Standing:
    """A bench that stands: where everything is, and a token for the first dealer."""

    rig: Rig
    addresses: Mapping[str, str]
    token: str
    customer: str
    next_week: date
    """A day to book: six days after virtual time begins, not a Sunday."""
    vin: str = VIN


@asynccontextmanager
async def standing(
    directory: Path,
    *,
    ports: Mapping[str, int] = PORTS,
    window: bool = False,
    start_at: datetime | None = None,
) -> AsyncIterator[Standing]:
    """Start everything in ``directory`` and end it with the block.

    Raises:
        RigError: a process could not start; the message quotes its last words.
    """
    start = (start_at or SystemClock().now()).astimezone(UTC).replace(microsecond=0)
    async with Rig(directory, start_at=start.isoformat(), ports=ports) as rig:
        broker, mailbox = rig.broker(wait=False), rig.mailbox(wait=False)
        await broker.ready()
        await mailbox.ready()
        backend = rig.backend(broker, mailbox, wait=False)
        options = ["--position", AT_HOME, "--odometer", "87412", *(["--window"] if window else [])]
        car = rig.head_unit(VIN, broker, *options, name="car", wait=False)
        await backend.ready()
        seeded = json.loads(await asyncio.to_thread(rig.run, "seed", "--json", env=backend.env))
        await car.ready()
        dealer = seeded["dealers"][0]
        customer = next(one for one in dealer["customers"] if one["vin"] == VIN)
        yield Standing(
            rig,
            {
                "HTTP API, with its documentation": f"{backend.url}/docs",
                "Bench of the head unit": f"{car.url}/v1/cars",
                "MQTT broker": f"mqtt://127.0.0.1:{broker.port}",
                "Letters": str(rig.directory / "mailbox"),
            },
            dealer["token"],
            customer["id"],
            _next_week(start.date()),
        )


def _next_week(today: date) -> date:
    day = today + timedelta(days=6)
    return day + timedelta(days=1) if day.isoweekday() == 7 else day


async def flow(clocks: Sequence[rounds.ClockLink]) -> None:
    """Let virtual time pass as real time does, for all together, until cancelled.

    Raises:
        NoAnswer: a participant is gone.
    """
    last = monotonic()
    while True:
        await pause(_TICK)
        readings = await asyncio.gather(*(clock.read() for clock in clocks))
        passed, last = monotonic() - last, monotonic()
        # Somebody may jump ahead at the same moment, or have much to do: the next second looks again.
        with suppress(rounds.ClockRefused, rounds.NotAtRest):
            await rounds.advance(clocks, max(r.now for r in readings) + timedelta(seconds=passed))


async def keep_up(bench: Standing, *, say: Callable[[str], None]) -> None:
    """Let time flow until somebody asks to end it (Ctrl-C, SIGTERM) or a process ends by itself."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    async with aiohttp.ClientSession() as session:
        urls = {process.name: process.url for process in bench.rig.processes}
        clocks = [rounds.http_clock(urls[name], session, name) for name in ("backend", "car")]
        flowing = asyncio.create_task(flow(clocks))
        waiting = asyncio.create_task(ended.wait())
        await asyncio.wait({flowing, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if flowing.done() and (failure := flowing.exception()) is not None:
            say(str(failure))
        flowing.cancel()
        await asyncio.wait({flowing, waiting})
