"""Plays a story on real processes: broker, mailbox, backend and one head unit, each of its own.

Nothing here reaches into them. The dealer uses the HTTP API, the driver the car's keys, the owner the
letters; virtual time carries all of them from act to act.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import aiohttp

from protocol.clock import monotonic
from protocol.language import Language
from vehicle_sim import rounds
from vehicle_sim.cast import VIN, Cast, NotAsExpected, assemble
from vehicle_sim.report import Row, Story
from vehicle_sim.rig import Rig
from vehicle_sim.scenario_3 import CALL, SCENARIO_3, Act
from vehicle_sim.witness import Exhibit, Refusal

_ZONE: Final = ZoneInfo("Europe/Helsinki")


async def play(
    directory: Path,
    *,
    language: Language = Language.ENGLISH,
    window: bool = False,
    on_row: Callable[[Row], None] = lambda _: None,
) -> Story:
    """Start everything in ``directory``, play Scenario 3, stop everything, and return what happened.

    ``on_row`` is told each row when it begins (status "failed", nothing seen) and when it has ended.
    """
    begun = monotonic()
    rows: list[Row] = []

    def show(exhibit: Exhibit) -> None:
        if rows:
            rows[-1].exhibits.append(exhibit)

    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(Rig(directory, start_at=CALL))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        cast = await assemble(stack, rig, session, language=language, window=window, show=show)
        for number, act in enumerate(SCENARIO_3, start=1):
            row = Row(number, act.title, act.done, act.expected)
            rows.append(row)
            on_row(row)
            await play_act(cast, act, row)
            on_row(row)
    return Story(
        "Scenario 3: a workshop appointment by phone",
        "From the phone call to the finished repair: what the dealer did, what the car showed, what the "
        "owner read. Broker, mailbox, backend and head unit were processes of their own.",
        rows,
        monotonic() - begun,
        (
            ("Vehicle", f"V60 D4 · {VIN}"),
            ("Dealer", "Nordvik Helsinki"),
            ("Time", "26 to 30 November 2026, virtual"),
            ("Parts", "embedded MQTT broker · SQLite · embedded SMTP sink · software rendering"),
        ),
    )


async def play_act(cast: Cast, act: Act, row: Row) -> None:
    """Play one act and write down what was seen; what goes otherwise fails its row, not the story."""
    cast.seen.clear()
    begun = monotonic()
    row.at = f"{(await cast.clocks[0].read()).now.astimezone(_ZONE):%A %d %B %Y, %H:%M} in Helsinki"
    try:
        await act.play(cast)
        row.status = "passed"
    except NotAsExpected:
        row.status = "failed"
    except (Refusal, TimeoutError, LookupError, rounds.RoundFailed, aiohttp.ClientError) as failure:
        cast.seen.append(f"{type(failure).__name__}: {failure}")
    row.seen = "\n".join(cast.seen)
    row.seconds = monotonic() - begun
