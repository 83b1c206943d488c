"""A broker behind a bad line: packets come twice, late, in another order, or not to their end.

Runs until told to end. SIGUSR1 brings bad weather, SIGUSR2 clears it up: the line is good from then on, and
everybody connects anew. What struck so far stands in a file, by name.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
from collections import Counter
from pathlib import Path
from typing import Final

from broker.embedded import EmbeddedBroker
from broker.faults import Faults, Proxy
from protocol.clock import pause
from vehicle_sim.bench import announce

PACKETS: Final = ("PUBLISH", "PUBACK")
CUT_EVERY: Final = 3.0
"""Seconds between two cuts, at a random byte of what passes."""


def hits(sheet: Path) -> Counter[str]:
    """Return what struck so far, by name."""
    return Counter(json.loads(sheet.read_text())) if sheet.exists() else Counter()


async def serve(ready_file: Path, sheet: Path, seed: int) -> None:
    """Be the broker and its line."""
    ended, begun, cleared = asyncio.Event(), asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number, event in ((signal.SIGTERM, ended), (signal.SIGUSR1, begun), (signal.SIGUSR2, cleared)):
        loop.add_signal_handler(number, event.set)
    faults = Faults(seed)
    async with EmbeddedBroker() as broker, Proxy(broker.host, broker.port, faults=faults) as proxy:
        announce(ready_file, proxy.url)
        await _first(ended, begun)
        for packet in PACKETS:
            faults.sometimes(packet, duplicate=0.15, reorder=0.1, delay=0.15, seconds=0.03)
        weather = asyncio.create_task(_storm(proxy, sheet, random.Random(seed)))
        await _first(ended, cleared)
        weather.cancel()
        await asyncio.wait({weather})
        _write(sheet, _struck(proxy))
        faults.clear()
        proxy.cut()
        await ended.wait()


async def _storm(proxy: Proxy, sheet: Path, dice: random.Random) -> None:
    while True:
        proxy.cut(after=dice.randrange(1, 4000), direction=dice.choice(("up", "down")))
        await pause(CUT_EVERY)
        _write(sheet, _struck(proxy))


def _struck(proxy: Proxy) -> dict[str, int]:
    return dict(Counter(deed for _, deed in proxy.faults.met))


async def _first(*events: asyncio.Event) -> None:
    waits = {asyncio.ensure_future(event.wait()) for event in events}
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


def _write(path: Path, facts: dict[str, int]) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(facts))
    fresh.replace(path)


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sheet", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("command", choices=["broker"])
    parser.add_argument("--port", type=int, required=True)  # 0: a free one, and nobody starts us twice
    parser.add_argument("--ready-file", type=Path, required=True)
    asked = parser.parse_args()
    asyncio.run(serve(asked.ready_file, asked.sheet, asked.seed))


if __name__ == "__main__":
    main()
