"""Whoever follows a bench sees everything, in order, and needs to ask for nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from protocol.clock import until
from tests.vehicle_sim.garage import Garage, ended, garage
from tests.vehicle_sim.motorist import DAY, MONDAY, VIN, booking
from vehicle_sim.bench import Bench, serving
from vehicle_sim.bench.telling import told
from vehicle_sim.chronicle import Carried, Chronicle, Entry, Missed, Stood
from vehicle_sim.face import Screens

Json = dict[str, Any]


@dataclass
class Onlooker:
    """Somebody who follows the bench, and remembers all that was told."""

    session: aiohttp.ClientSession
    url: str
    here: Garage
    heard: list[Json] = field(default_factory=list)

    @asynccontextmanager
    async def follows(self, path: str = "/v1/stream") -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        async with self.session.ws_connect(f"{self.url}{path}") as socket:
            listening = asyncio.create_task(self._listens(socket))
            yield socket
            await ended(listening)

    async def hears(self, kind: str, **facts: Any) -> Json:
        def found() -> list[Json]:
            return [one for one in self.heard if one["kind"] == kind and facts.items() <= one.items()]

        await until(lambda: bool(found()), what=f"{kind} {facts}")
        return found()[0]

    async def waits(self, **wish: str) -> tuple[int, Json]:
        async with self.session.get(f"{self.url}/v1/cars/{VIN}/wait", params=wish) as answer:
            return answer.status, await answer.json(content_type=None)

    async def _listens(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            self.heard.append(message.json())


@pytest.fixture
async def onlooker(tmp_path: Path) -> AsyncIterator[Onlooker]:
    async with garage(tmp_path / "car.journal") as here, aiohttp.ClientSession() as session:
        bench = Bench(here.clock, Screens(), {VIN: here.unit}, here.unit.chronicle)
        async with serving(bench, "127.0.0.1", 0) as url:
            yield Onlooker(session, url, here)


async def test_a_booking_is_followed_from_the_wire_to_the_glass(onlooker: Onlooker) -> None:
    async with onlooker.follows():
        assert (await onlooker.hears("frame"))["dark"] is True
        await onlooker.here.backend.pushes(booking())
        came = await onlooker.hears("message", way="in", vin=VIN)
        assert came["topic"].endswith(f"/{VIN}/desired")
        assert came["payload"]["items"][0]["kind"] == "booking"
        await onlooker.hears("message", way="out", topic=came["topic"].replace("desired", "events"))
        await onlooker.here.turns_key("running")
        chime = await onlooker.hears("chime", pop_up="booking")
        assert chime["muted"] is False
        frame = await onlooker.hears("frame", pop_up="booking")
        assert (frame["vin"], frame["dark"]) == (VIN, False)
    numbers = [one["n"] for one in onlooker.heard if "n" in one]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    kinds = [one["event"]["kind"] for one in onlooker.heard if one["kind"] == "event"]
    assert kinds.index("snapshot_arrived") < kinds.index("engine_reported")


async def test_whoever_comes_late_asks_for_what_was(onlooker: Onlooker) -> None:
    await onlooker.here.backend.hears(1, "hellos")
    async with onlooker.follows(f"/v1/cars/{VIN}/stream?since=0"):
        assert (await onlooker.hears("event"))["event"]["kind"] == "connected"
        await onlooker.hears("effect", effect="hello")
        assert onlooker.heard[0].get("n", 1) == 1


async def test_another_car_is_not_told_of(onlooker: Onlooker) -> None:
    async with onlooker.follows(f"/v1/cars/{VIN}/stream"):
        await onlooker.hears("frame")
        onlooker.here.unit.chronicle.note("YV1FW7050E7654321", MONDAY, Stood("created"))
        await onlooker.here.turns_key("acc")
        await onlooker.hears("event")
    assert {one.get("vin", VIN) for one in onlooker.heard} == {VIN}


async def test_the_clock_is_told_when_it_moves(onlooker: Onlooker) -> None:
    async with onlooker.follows():
        await onlooker.hears("clock", at=MONDAY.isoformat())
        onlooker.here.clock.set(MONDAY + DAY)
        await onlooker.hears("clock", at=(MONDAY + DAY).isoformat())


async def test_a_closed_stream_leaves_nothing_behind(onlooker: Onlooker) -> None:
    before = len(asyncio.all_tasks())
    async with onlooker.follows() as socket:
        await onlooker.hears("frame")
        await socket.close()
    await until(lambda: len(asyncio.all_tasks()) <= before, what="the stream's tasks to end")


async def test_a_wait_ends_when_it_is_there(onlooker: Onlooker) -> None:
    await onlooker.here.backend.pushes(booking())
    await onlooker.here.backend.hears_receipt(1)
    waiting = asyncio.create_task(onlooker.waits(pop_up="booking", role="row", label="Details"))
    await onlooker.here.turns_key("running")
    status, answer = await waiting
    assert status == 200
    assert answer["tree"]["pop_up"] == "booking"
    assert answer["waited"] < 10


async def test_a_wait_in_vain_says_what_is_there_instead(onlooker: Onlooker) -> None:
    await onlooker.here.turns_key("on")
    status, problem = await onlooker.waits(label="Details", within="0.01")
    assert status == 409
    assert "'Details'" in problem["detail"]
    assert "view 'home'" in problem["detail"]
    assert problem["tree"]["view"] == "home"


@pytest.mark.parametrize(
    ("wish", "held"),
    [
        ({"view": "home"}, True),
        ({"view": "map"}, False),
        ({"pop_up": "none"}, True),
        ({"pop_up": "booking"}, False),
        ({"role": "indicator", "name": "clock"}, True),
        ({"role": "row", "name": "clock"}, False),
    ],
)
async def test_all_of_a_wish_must_hold(onlooker: Onlooker, wish: dict[str, str], held: bool) -> None:  # noqa: FBT001
    await onlooker.here.turns_key("on")
    status, _ = await onlooker.waits(**wish, within="0")
    assert status == (200 if held else 409)


def test_a_full_memory_says_how_much_it_forgot() -> None:
    chronicle = Chronicle(kept=2)
    assert chronicle.since(0) == []
    for _ in range(5):
        chronicle.note(VIN, MONDAY, Stood("reset"))
    assert [(entry.n, entry.fact) for entry in chronicle.since(0)] == [
        (3, Missed(3)),
        (4, Stood("reset")),
        (5, Stood("reset")),
    ]
    assert [entry.n for entry in chronicle.since(4)] == [5]
    assert told(chronicle.since(1)[0])["count"] == 2


def test_a_message_that_is_no_json_is_told_as_text() -> None:
    for payload, read in ((b"", None), (b"{]", "{]"), (b"[1]", [1])):
        entry = Entry(1, MONDAY, VIN, Carried("in", "a/topic", payload))
        assert told(entry)["payload"] == read
