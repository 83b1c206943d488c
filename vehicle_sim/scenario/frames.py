"""Shows again what a car has shown: every frame that its journal leads to, at any speed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from protocol.clock import pause
from vehicle_sim.codec import decode_car, decode_event
from vehicle_sim.face import Screens
from vehicle_sim.reducer import advance
from vehicle_sim.replay import NotAJournal, read
from vehicle_sim.screens import Scene
from vehicle_sim.state import Car

INDEX: Final = "frames.json"


@dataclass(frozen=True, slots=True)
class Frame:
    """A screen that differs from the one before: the journal's line, the time, what happened, the car."""

    n: int
    at: datetime
    event: str
    car: Car


def frames(journal: Path, screens: Screens) -> Iterator[Frame]:
    """Yield every frame that a journal leads to, from its top.

    Raises:
        NotAJournal: the file is something else, or from another version.
        OSError: it cannot be read.
    """
    car: Car | None = None
    shown: Scene | None = None
    for line in read(journal).lines:
        event = "checkpoint"
        try:
            if line.kind == "car":
                car = decode_car(line.text)
            else:
                happened = decode_event(line.text)
                car, event = advance(car, happened).car, happened.kind
        except ValueError as unknown:
            raise NotAJournal(f"{journal}, line {line.n}: written by another version") from unknown
        scene = screens.scene(car)
        if scene != shown:
            shown = scene
            yield Frame(line.n, car.now, event, car)


async def replay(
    journal: Path,
    out: Path,
    *,
    speed: float | None = None,
    on_frame: Callable[[Frame], None] = lambda _: None,
) -> int:
    """Write every frame as a PNG into ``out``, with an index; return how many there are.

    ``speed`` lets the time between two frames pass, so many times as fast; None leaves it out.

    Raises:
        NotAJournal: see :func:`frames`.
    """
    screens, before = Screens(), None
    await asyncio.to_thread(out.mkdir, parents=True, exist_ok=True)
    told: list[dict[str, object]] = []
    for frame in frames(journal, screens):
        if speed is not None and before is not None:
            await pause((frame.at - before).total_seconds() / speed)
        before = frame.at
        name = f"{frame.n:06d}.png"
        picture = await asyncio.to_thread(screens.png, frame.car)
        await asyncio.to_thread((out / name).write_bytes, picture)
        told.append({"n": frame.n, "at": frame.at.isoformat(), "event": frame.event, "file": name})
        on_frame(frame)
    await asyncio.to_thread((out / INDEX).write_text, json.dumps(told, indent=1) + "\n")
    return len(told)
