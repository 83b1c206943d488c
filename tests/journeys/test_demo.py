"""The demo plays all eleven rows by its command, and says so honestly when a row goes otherwise."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp
import pytest

from protocol.language import Language
from tests import house
from vehicle_sim.cast import VIN, Cast
from vehicle_sim.demo import play_act
from vehicle_sim.locales import phrases
from vehicle_sim.people import Advisor, Dealer, Driver, Owner, Tap
from vehicle_sim.report import Row
from vehicle_sim.rounds import Reading
from vehicle_sim.scenario_3 import CALL, Act
from vehicle_sim.witness import Refusal, nobody

SENSUS = Path(sys.executable).with_name("sensus")


@pytest.mark.timeout(120)
def test_all_eleven_rows_go_as_expected(tmp_path: Path) -> None:
    done = subprocess.run(
        [SENSUS, "demo", "--out", tmp_path / "demo"],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        cwd=house.ROOT,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    told = json.loads((tmp_path / "demo/report.json").read_text())
    assert [row["row"] for row in told["rows"]] == list(range(1, 12))
    assert {row["status"] for row in told["rows"]} == {"passed"}
    kinds = {exhibit["kind"] for row in told["rows"] for exhibit in row["exhibits"]}
    assert {"screen", "letter", "page", "answer", "message"} <= kinds
    page = (tmp_path / "demo/report.html").read_text()
    assert "11 of 11 rows as expected" in page
    assert "11 of 11 rows as expected" in done.stdout


@dataclass(frozen=True)
class Standing:
    """A clock that stands at the call."""

    name: str = "nobody"

    async def read(self) -> Reading:
        return Reading(datetime.fromisoformat(CALL), None, None)

    async def set(self, to: datetime) -> Reading:
        return Reading(to, None, None)


async def played(play: Callable[[Cast], Awaitable[None]]) -> Row:
    """Play one act before people whom nobody answers."""
    row = Row(1, "title", "done", "expected")
    async with aiohttp.ClientSession() as session:
        cast = Cast(
            Dealer(session, "http://127.0.0.1:9", "token"),
            Advisor(session, "http://127.0.0.1:9"),
            Driver(session, "http://127.0.0.1:9", VIN),
            Owner(session, Path("nowhere"), "maria.lindholm@example.com"),
            Tap(),
            [Standing()],
            phrases(Language.ENGLISH),
            nobody,
        )
        await play_act(cast, Act("title", "done", "expected", play), row)
    return row


async def test_a_row_that_goes_otherwise_is_failed_with_what_was_seen() -> None:
    async def otherwise(cast: Cast) -> None:
        cast.expect(True, "First this.")
        cast.expect(False, "Then that.")

    row = await played(otherwise)
    assert (row.status, row.seen) == ("failed", "First this.\nThen that.")
    assert "15:58 in Helsinki" in row.at


async def test_a_row_that_breaks_off_is_failed_with_the_reason() -> None:
    async def refused(_: Cast) -> None:
        raise Refusal(404, {"title": "Not found", "detail": "no such thing"})

    row = await played(refused)
    assert (row.status, row.seen) == ("failed", "Refusal: 404 Not found: no such thing")


async def test_a_row_whose_party_is_gone_is_failed_with_the_reason() -> None:
    async def looks(cast: Cast) -> None:
        await cast.driver.looks()

    row = await played(looks)
    assert row.status == "failed"
    assert "127.0.0.1:9" in row.seen
