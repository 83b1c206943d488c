"""Puts one bridge process together: bus, meaning of its frames, feed, and the bench of the car."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vehicle_sim.bridges import Signals
from vehicle_sim.bridges.bus import CanSource, opened
from vehicle_sim.bridges.feed import CarAway, Feed
from vehicle_sim.bridges.frames import load
from vehicle_sim.remote import BenchError, Remote


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for; ``dbc`` None is our own file."""

    vin: str
    bench: str
    channel: str
    interface: str = "socketcan"
    bitrate: int | None = None
    dbc: Path | None = None


async def serve(options: Options, *, say: Callable[[str], None]) -> None:
    """Bridge the bus to the car until SIGTERM or Ctrl-C, then say what was heard.

    Raises:
        WrongFile: the DBC file is none, or does not fit a car.
        OSError: it cannot be read.
        SourceLost: there is no such bus, or it is gone.
    """
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    meaning = load(options.dbc)
    car = Remote(options.bench, options.vin)

    async def tell(values: Signals) -> None:
        try:
            await asyncio.to_thread(car.send, "PUT", "/signals", dict(values))
        except BenchError as failure:
            raise CarAway(str(failure)) from failure

    with opened(options.interface, options.channel, options.bitrate) as bus:
        source = CanSource(bus, meaning, say)
        feed = Feed(source, tell, say)
        say(
            f"{options.channel} ({options.interface}) sets {len(meaning.paths)} signals "
            f"of {options.vin} at {options.bench}"
        )
        running, ending = asyncio.create_task(feed.run()), asyncio.create_task(ended.wait())
        try:
            await asyncio.wait({running, ending}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                running.result()
        finally:
            for task in (running, ending):
                task.cancel()
            await asyncio.wait({running, ending})
            say(summary(source, feed))


def summary(source: CanSource, feed: Feed) -> str:
    """Say in a line what came of it."""
    words = [f"{source.frames} frames heard", f"the car told {feed.told} times"]
    words += [f"{fault} {count} times" for fault, count in sorted(source.passed_over.items())]
    return ", ".join(words)
