"""Keeps a whole bench standing for somebody to try things on: broker, mailbox, backend, one head unit.

Its time is virtual but flows like the real one: an engine started now shows its pop-up now, and
`sensus clock advance 3d` makes it Monday.
"""

from __future__ import annotations

import asyncio
import json
import shlex
import signal
import socket
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
"""Where everything serves if nobody else is there; else at a free port, and ``env`` says which."""
_TICK: Final = 1.0


@dataclass(frozen=True, slots=True)
class Standing:
    """A bench that stands: its processes by name, and what a caller needs to know of the first dealer."""

    rig: Rig
    urls: Mapping[str, str]
    token: str
    customer: str
    login: str
    password: str
    """Of an advisor at the dealer's desk."""
    day: date
    """A day to book: six days after virtual time begins, or seven where that is a Sunday."""

    @property
    def env(self) -> dict[str, str]:
        """Return what the examples of the documents use, as variables of a shell."""
        return {
            "SENSUS_BACKEND_URL": self.urls["backend"],
            "SENSUS_BENCH_URL": self.urls["car"],
            "BROKER_PORT": self.urls["broker"].rpartition(":")[2],
            "LETTERS": str((self.rig.directory / "mailbox").resolve()),
            "TOKEN": self.token,
            "VIN": VIN,
            "CUSTOMER": self.customer,
            "DESK_LOGIN": self.login,
            "DESK_PASSWORD": self.password,
            "DAY": self.day.isoformat(),
        }


@asynccontextmanager
async def standing(
    directory: Path,
    *,
    ports: Mapping[str, int] = PORTS,
    window: bool = False,
    start_at: datetime | None = None,
    unit: Sequence[str] = (),
) -> AsyncIterator[Standing]:
    """Start everything in ``directory`` and end it with the block; ``unit`` are options of the head unit.

    Raises:
        RigError: a process could not start; the message quotes its last words.
    """
    start = (start_at or SystemClock().now()).astimezone(UTC).replace(microsecond=0)
    async with Rig(directory, start_at=start.isoformat(), ports=_unused(ports)) as rig:
        broker, mailbox = rig.broker(wait=False), rig.mailbox(wait=False)
        await broker.ready()
        await mailbox.ready()
        backend = rig.backend(broker, mailbox, wait=False)
        options = ["--position", AT_HOME, "--odometer", "87412", *unit]
        options += ["--window"] if window else []
        await backend.ready()
        seeded = json.loads(await asyncio.to_thread(rig.run, "seed", "--json", env=backend.env))
        # Only a registered car is listened to: its first words are its presence and its hello.
        await rig.head_unit(VIN, broker, *options, name="car", wait=False).ready()
        dealer = seeded["dealers"][0]
        customer = next(one["id"] for one in dealer["customers"] if one["vin"] == VIN)
        urls = {process.name: process.url for process in rig.processes}
        advisor = dealer["users"][0]
        bench = Standing(
            rig,
            urls,
            dealer["token"],
            customer,
            advisor["login"],
            advisor["password"],
            _next_week(start.date()),
        )
        _write_env(directory / "env", bench.env)
        yield bench


def _unused(ports: Mapping[str, int]) -> dict[str, int]:
    """Return those ports at which nobody serves."""
    unused = {}
    for name, port in ports.items():
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            unused[name] = port
    return unused


def _write_env(path: Path, variables: Mapping[str, str]) -> None:
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()]
    path.touch(mode=0o600)  # it holds a token
    path.write_text("".join(lines), encoding="utf-8")


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
        clocks = [rounds.http_clock(bench.urls[name], session, name) for name in ("backend", "car")]
        flowing = asyncio.create_task(flow(clocks))
        waiting = asyncio.create_task(ended.wait())
        await asyncio.wait({flowing, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if flowing.done() and (failure := flowing.exception()) is not None:
            say(str(failure))
        flowing.cancel()
        await asyncio.wait({flowing, waiting})
