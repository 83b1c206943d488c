"""Virtual time for several: who stops where, who is waited for, who is named."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.vehicle_sim.motorist import DAY, HOUR, MINUTE, MONDAY, SECOND
from vehicle_sim import rounds, timekeeper
from vehicle_sim.rounds import ClockRefused, NoAnswer, NotAtRest, Reading, http_clock, target


@dataclass
class Participant:
    """Something with a clock and an agenda; it may hand work to another one when its own is done."""

    name: str
    now: datetime = MONDAY
    agenda: list[datetime] = field(default_factory=list)
    does: Callable[[datetime], None] = lambda _: None
    busy_for: int = 0
    stops: list[datetime] = field(default_factory=list)
    work: str = "its work"

    async def read(self) -> Reading:
        busy = self.work if self.busy_for > 0 else None
        self.busy_for -= 1
        return Reading(self.now, min(self.agenda, default=None), busy)

    async def set(self, to: datetime) -> Reading:
        self.now = to
        self.stops.append(to)
        for due in [due for due in self.agenda if due <= to]:
            self.agenda.remove(due)
            self.does(due)
        return await self.read()


async def test_all_stop_wherever_one_has_something_due() -> None:
    car = Participant("car", agenda=[MONDAY + 2 * HOUR, MONDAY + 5 * DAY])
    backend = Participant("backend", agenda=[MONDAY + HOUR])
    seen: list[datetime] = []
    end = await rounds.advance([car, backend], MONDAY + DAY, on_round=seen.append)
    assert end == MONDAY + DAY
    assert car.stops == backend.stops == seen == [MONDAY + HOUR, MONDAY + 2 * HOUR, MONDAY + DAY]
    assert car.agenda == [MONDAY + 5 * DAY]


async def test_what_one_hands_to_the_other_on_the_way_is_done_in_its_turn() -> None:
    car = Participant("car")
    backend = Participant("backend", agenda=[MONDAY + HOUR], does=lambda at: car.agenda.append(at + MINUTE))
    await rounds.advance([backend, car], MONDAY + DAY)
    assert car.stops == [MONDAY + HOUR, MONDAY + HOUR + MINUTE, MONDAY + DAY]


async def test_time_waits_for_whoever_is_busy() -> None:
    car = Participant("car", busy_for=3)
    await rounds.advance([car], MONDAY + HOUR)
    assert car.stops == [MONDAY + HOUR]


async def test_a_clock_that_lags_behind_catches_up_and_stops_on_its_way() -> None:
    late = Participant("late", now=MONDAY - DAY, agenda=[MONDAY - HOUR])
    early = Participant("early")
    await rounds.advance([early, late], MONDAY + HOUR)
    assert late.stops == [MONDAY - HOUR, MONDAY + HOUR]
    assert early.stops == [MONDAY + HOUR]


async def test_somebody_else_who_moves_time_meanwhile_does_no_harm() -> None:
    class Hurried(Participant):
        async def set(self, to: datetime) -> Reading:
            if not self.stops:  # the first time, another hand was faster
                await super().set(to + SECOND)
                raise ClockRefused(f"{to} lies in the past")
            return await super().set(to)

    hurried = Hurried("car", agenda=[MONDAY + HOUR])
    assert await rounds.advance([hurried], MONDAY + DAY) == MONDAY + DAY
    assert hurried.stops == [MONDAY + HOUR + SECOND, MONDAY + DAY]


async def test_a_clock_that_refuses_to_go_on_is_told() -> None:
    class Real(Participant):
        async def set(self, to: datetime) -> Reading:
            raise ClockRefused(f"{self.name} has a real clock")

    with pytest.raises(ClockRefused, match="car has a real clock"):
        await rounds.advance([Real("car")], MONDAY + DAY)


async def test_who_does_not_come_to_rest_is_named_with_his_work() -> None:
    lazy = Participant("car", busy_for=1000)
    idle = Participant("backend")
    with pytest.raises(NotAtRest, match=r"after 0\.2 s: car: its work"):
        await rounds.advance([idle, lazy], MONDAY + DAY, patience=0.2)
    assert idle.stops == []


async def test_what_is_due_and_not_done_is_work() -> None:
    stuck = Participant("car", agenda=[MONDAY])
    with pytest.raises(NotAtRest, match="car: what fell due at 2026-11-23"):
        await rounds.settle([stuck], patience=0.1)


async def test_answers_that_keep_changing_are_no_rest() -> None:
    class Restless(Participant):
        async def read(self) -> Reading:
            self.now += SECOND
            return await super().read()

    with pytest.raises(NotAtRest, match="keep changing"):
        await rounds.settle([Restless("clock")], patience=0.2)


async def test_time_does_not_go_back() -> None:
    with pytest.raises(ClockRefused, match="lies in the past"):
        await rounds.advance([Participant("car")], MONDAY - HOUR)


async def test_nobody_is_soon_done() -> None:
    assert await rounds.advance([], MONDAY) == MONDAY


@pytest.mark.parametrize(
    ("words", "instant"),
    [
        ("3d", MONDAY + 3 * DAY),
        ("2h30m", MONDAY + timedelta(hours=2, minutes=30)),
        ("1d 45s", MONDAY + timedelta(days=1, seconds=45)),
        ("until 2026-11-30T07:41+02:00", datetime.fromisoformat("2026-11-30T05:41+00:00")),
    ],
)
def test_spans_and_instants_are_read(words: str, instant: datetime) -> None:
    assert target(words, MONDAY) == instant


@pytest.mark.parametrize(
    "words", ["", "3", "3x", "soon", "-1d", "until", "until 2026-11-30T07:41", "until noon"]
)
def test_what_is_neither_is_refused_with_an_example(words: str) -> None:
    with pytest.raises(ValueError, match="write"):
        target(words, MONDAY)


# --- over HTTP ------------------------------------------------------------------------------------


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


class Surface:
    """A process with a clock surface that answers what it is told to."""

    def __init__(self) -> None:
        self.status = 200
        self.answer: Any = {"now": MONDAY.isoformat(), "next_due": None, "idle": True, "busy": None}
        self.url = ""
        self.told: list[str] = []

    async def handle(self, request: web.Request) -> web.Response:
        if request.method == "PUT":
            self.told.append((await request.json())["now"])
            self.answer = {**self.answer, "now": self.told[-1]} if self.status == 200 else self.answer
        return web.json_response(self.answer, status=self.status)


@pytest.fixture
async def surface() -> AsyncIterator[Surface]:
    surface = Surface()
    app = web.Application()
    app.router.add_route("*", "/sim/clock", surface.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    surface.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield surface
    await runner.cleanup()


async def test_a_clock_over_http_is_read_and_set(surface: Surface, session: aiohttp.ClientSession) -> None:
    clock = http_clock(surface.url, session)
    assert clock.name in surface.url
    assert await clock.read() == Reading(MONDAY, None, None)
    await rounds.advance([clock], MONDAY + HOUR)
    assert surface.told == [(MONDAY + HOUR).isoformat()]


async def test_busy_without_words_is_still_busy(surface: Surface, session: aiohttp.ClientSession) -> None:
    surface.answer["idle"] = False
    assert (await http_clock(surface.url, session).read()).busy is not None


@pytest.mark.parametrize(
    ("status", "answer", "told"),
    [
        (409, {"detail": "only forward"}, (ClockRefused, "the car refuses: only forward")),
        (404, {}, (NoAnswer, "start it for simulation")),
        (500, {}, (NoAnswer, "answers 500")),
        (200, {"now": "noon"}, (NoAnswer, "no clock")),
        (200, {"now": None}, (NoAnswer, "no clock")),
    ],
)
async def test_wrong_answers_are_told_with_a_name(
    surface: Surface,
    session: aiohttp.ClientSession,
    status: int,
    answer: object,
    told: tuple[type[Exception], str],
) -> None:
    surface.status, surface.answer = status, answer
    error, words = told
    with pytest.raises(error, match=words):
        await http_clock(surface.url, session, "the car").set(MONDAY)


async def test_who_is_not_there_is_named(session: aiohttp.ClientSession, unused_tcp_port: int) -> None:
    with pytest.raises(NoAnswer, match="the car cannot be reached at"):
        await http_clock(f"http://127.0.0.1:{unused_tcp_port}", session, "the car").read()


async def test_who_does_not_answer_in_time_is_named(
    surface: Surface, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setattr(rounds, "PATIENCE", 0.000_001)
    with pytest.raises(NoAnswer, match="does not answer within"):
        await http_clock(surface.url, session, "the car").read()


async def test_the_timekeeper_shows_jumps_and_advances(surface: Surface) -> None:
    urls = {"car": surface.url}
    assert (await timekeeper.show(urls))["car"].now == MONDAY
    assert (await timekeeper.jump(urls, MONDAY + HOUR))["car"].now == MONDAY + HOUR
    stops: list[datetime] = []
    readings = await timekeeper.advance(urls, "1h", stops.append)
    assert readings["car"].now == MONDAY + 2 * HOUR
    assert stops == [MONDAY + 2 * HOUR]
