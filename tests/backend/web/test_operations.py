"""Health tells the truth, figures add up, the clock moves, and nobody takes everybody's share."""

from __future__ import annotations

import asyncio
import re

import pytest
from sqlalchemy.exc import OperationalError

from backend.app import Loops
from backend.service import dealers, health
from backend.web import keys
from backend.web.limits import MOST_CALLERS, Limiter
from protocol.clock import until
from tests.backend.web.conftest import Backend
from tests.backend.web.desk import Desk


async def test_a_well_backend_says_so(desk: Desk) -> None:
    assert (await desk.ask("GET", "/healthz/live")).json == {"status": "alive"}
    ready = await desk.ask("GET", "/healthz/ready")
    assert ready.status == 200
    assert set(ready.json["parts"]) == {"database", "broker", "post", "ticker", "mailer"}


async def test_without_a_broker_it_is_not_ready_and_comes_back(backend: Backend, desk: Desk) -> None:
    backend.broker.stop()
    await until(lambda: not backend.loops.post.connected, what="the loss is noticed")
    lost = await desk.ask("GET", "/healthz/ready")
    assert lost.status == 503
    assert lost.wrong == {"broker": "not connected to the broker"}
    assert (await desk.ask("GET", "/healthz/live")).status == 200
    assert 'sensus_well{part="broker"} 0.0' in (await desk.ask("GET", "/metrics")).text
    assert (await desk.books()).status == 201
    clock = (await desk.ask("GET", "/sim/clock")).json
    assert clock["busy"] == "connecting to the broker"
    backend.broker.start()

    async def ready() -> bool:
        return (await desk.ask("GET", "/healthz/ready")).status == 200

    await until(ready, what="the backend is ready again")


async def test_without_a_database_nothing_is_ready_and_requests_say_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("disk gone"))

    monkeypatch.setattr(dealers, "who_is", refuse)
    heard = await desk.ask("GET", "/v1/dealer", documented=False)
    assert heard.status == 503
    assert heard.headers["Retry-After"] == "1"
    assert "disk" not in heard.text
    monkeypatch.setattr(health, "layout", refuse)
    lost = await desk.ask("GET", "/healthz/ready")
    assert "database" in lost.wrong


async def test_a_fault_of_ours_is_told_without_its_inside(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def burst(*_: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(dealers, "workshop", burst)
    heard = await desk.ask("GET", "/v1/dealer", documented=False)
    assert heard.status == 500
    assert heard.json["type"] == "/problems#fault"
    assert "secret" not in heard.text
    assert re.fullmatch(r"[0-9a-f]{32}", heard.headers["Sensus-Trace"])


async def test_a_trace_id_is_taken_over_if_it_is_one(desk: Desk) -> None:
    assert (await desk.ask("GET", "/healthz/live", Sensus_Trace="abc-12345")).headers[
        "Sensus-Trace"
    ] == "abc-12345"
    assert (await desk.ask("GET", "/healthz/live", Sensus_Trace="no good")).headers[
        "Sensus-Trace"
    ] != "no good"


async def test_figures_count_routes_and_never_paths(desk: Desk) -> None:
    await desk.ask("GET", "/v1/vehicles/YV1FW7050E1234567")
    await desk.ask("GET", "/nowhere/YV1FW7050E1234567", documented=False)
    figures = (await desk.ask("GET", "/metrics")).text
    assert 'sensus_http_requests_total{method="GET",route="/v1/vehicles/{vin}",status="200"} 1.0' in figures
    assert 'route="unknown",status="404"' in figures
    assert "YV1FW7050E1234567" not in figures


async def test_time_moves_forward_and_what_falls_due_happens(backend: Backend, desk: Desk) -> None:
    number = await desk.schedules()
    await desk.settles()
    due = (await desk.ask("GET", "/sim/clock")).json
    assert due["idle"]
    assert due["next_due"] == "2026-11-27T06:00:00Z"
    moved = (await desk.ask("PUT", "/sim/clock", {"now": "2026-11-27T06:00:00Z"})).json
    assert moved["now"] == "2026-11-27T06:00:00Z"
    assert moved["idle"]
    told = (await desk.ask("GET", f"/v1/appointments/{number}/delivery")).json
    (reminder,) = [letter for letter in told["letters"] if letter["kind"] == "reminder"]
    assert reminder["sent_at"] == "2026-11-27T06:00:00Z"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"now": "2026-11-25T00:00:00Z"}, 409),
        ({"now": "2026-11-27T00:00:00"}, 422),
        ({"now": "tomorrow"}, 422),
        ({}, 422),
        ({"now": "2026-11-27T00:00:00Z", "then": 1}, 422),
    ],
)
async def test_time_does_not_move_otherwise(desk: Desk, body: dict[str, object], status: int) -> None:
    before = (await desk.ask("GET", "/sim/clock")).json["now"]
    assert (await desk.ask("PUT", "/sim/clock", body)).status == status
    assert (await desk.ask("GET", "/sim/clock")).json["now"] == before


async def test_what_does_not_end_is_told_as_busy(
    backend: Backend, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never_idle(*_: object) -> str:
        return "3 letters have to be sent"

    monkeypatch.setattr("backend.app.SETTLE_SECONDS", 0.1)
    monkeypatch.setattr(health, "busy", never_idle)
    moved = (await desk.ask("PUT", "/sim/clock", {"now": "2026-11-27T00:00:00Z"})).json
    assert moved["busy"] == "3 letters have to be sent"
    assert not moved["idle"]


async def test_a_loop_that_fails_is_started_again_and_tells(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.app._STEADY_SECONDS", 0.05)
    loops: Loops = backend.loops
    runs = 0

    async def run() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise RuntimeError("first time")
        if runs > 2:
            await asyncio.Event().wait()

    keeping = asyncio.create_task(loops.keep_running("test", run))
    troubles: list[str | None] = []

    def well_again() -> bool:
        troubles.append(loops.troubles.get("test"))
        return runs == 3 and loops.troubles["test"] is None

    await until(well_again, what="the third run holds")
    assert "it failed with RuntimeError and is started again" in troubles
    assert "it ended by itself and is started again" in troubles
    figures = loops.metrics.registry.get_sample_value("sensus_loop_restarts_total", {"loop": "test"})
    assert figures == 2
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    del loops.troubles["test"]


async def test_a_loop_that_does_not_hear_the_first_word_ends_all_the_same(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.app._PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr("backend.app._STEADY_SECONDS", 0.05)
    told = 0

    async def run() -> None:
        nonlocal told
        while told < 3:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                told += 1

    keeping = asyncio.create_task(backend.loops.keep_running("deaf", run))
    await until(lambda: "deaf" in backend.loops.troubles, what="the loop has begun")
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert told == 3


async def test_who_asks_too_often_is_told_when_to_go_on(backend: Backend, desk: Desk) -> None:
    now = 0.0
    limiter = Limiter(12, time=lambda: now)
    backend.app[keys.LIMITER].wait = limiter.wait  # type: ignore[method-assign]  # a slower one, with its own time
    assert [(await desk.ask("GET", "/v1/dealer")).status for _ in range(3)] == [200, 200, 429]
    heard = await desk.ask("GET", "/v1/dealer")
    assert heard.headers["Retry-After"] == "6"
    assert (await desk.ask("GET", "/healthz/live")).status == 200
    now = 5.0
    assert (await desk.ask("GET", "/v1/dealer")).status == 200


def test_the_limiter_forgets_whom_it_heard_least() -> None:
    limiter = Limiter(60, time=lambda: 0.0)
    for number in range(MOST_CALLERS + 50):
        limiter.wait(str(number))
    assert len(limiter._due) == MOST_CALLERS
