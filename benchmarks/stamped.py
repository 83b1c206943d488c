"""A head unit that writes down when it has applied each revision, for the benchmark in another process.

It is the product's own head unit; in the place of a window stands a pen. The monotonic clock counts from the
start of the machine, so that two processes can subtract their readings. Takes the options that a rig gives.
"""

from __future__ import annotations

import argparse
import asyncio
from datetime import datetime
from pathlib import Path

from protocol.clock import monotonic
from protocol.messages import NO_REVISION, Revision
from vehicle_sim.car import HeadUnit
from vehicle_sim.face import Screens
from vehicle_sim.head_unit import Options, serve


def stamps(journal: Path) -> dict[Revision, float]:
    """Return when the car of this journal had applied which revision: journalled, and acknowledged."""
    lines = _sheet(journal).read_text().splitlines()
    read = (line.split() for line in lines)
    return {Revision(int(epoch), int(rev)): float(at) for epoch, rev, at in read}


def main() -> None:
    """Be a head unit until told to end."""
    options = _options()

    async def write_down(unit: HeadUnit) -> None:
        known = NO_REVISION
        with _sheet(options.journal).open("w", buffering=1) as sheet:
            async for glimpse in unit.watch():
                at, applied = monotonic(), glimpse.car.wire.applied
                if applied != known:
                    known = applied
                    sheet.write(f"{applied.epoch} {applied.rev} {at!r}\n")

    asyncio.run(serve(options, Screens(), say=print, show=write_down))


def _options() -> Options:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["head-unit"])
    for name in ("--vin", "--broker", "--journal", "--port", "--ready-file", "--start-at"):
        parser.add_argument(name, required=True)
    for name in ("--headless", "--simulated"):
        parser.add_argument(name, action="store_true", required=True)
    said = parser.parse_args()
    return Options(
        vin=said.vin,
        broker=said.broker,
        journal=Path(said.journal),
        port=int(said.port),
        ready_file=Path(said.ready_file),
        simulated=True,
        start_at=datetime.fromisoformat(said.start_at),
    )


def _sheet(journal: Path) -> Path:
    return journal.with_suffix(".stamps")


if __name__ == "__main__":
    main()
