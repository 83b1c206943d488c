"""The stream that tells the desk's open pages to look again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from aiohttp import ClientResponse

from backend.web import keys
from backend.web.desk import live
from tests.backend.web.advisor import Advisor
from tests.backend.web.conftest import Backend
from tests.backend.web.desk import Desk


async def opened(advisor: Advisor) -> ClientResponse:
    response = await advisor.client.get("/desk/live", headers={"Cookie": advisor.cookie})
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/event-stream"
    assert (await response.content.readuntil(b"\n\n")) == b"retry: 3000\n\n"
    return response


async def looks(response: ClientResponse, seconds: float = 20) -> bytes:
    async with asyncio.timeout(seconds):
        return await response.content.readuntil(b"\n\n")


async def test_a_change_tells_pages_to_look_and_what_follows_tells_once_more(
    advisor: Advisor, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "BEAT", 300.0)
    monkeypatch.setattr(live, "ECHO", 0.1)
    response = await opened(advisor)
    await desk.books()
    assert await looks(response) == b"event: look\ndata: now\n\n"
    assert await looks(response) == b"event: look\ndata: now\n\n"
    response.close()


async def test_a_minute_of_simulated_time_tells_pages_to_look(
    advisor: Advisor, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "BEAT", 300.0)
    response = await opened(advisor)
    backend.clock.set(backend.clock.now() + timedelta(minutes=1))
    assert await looks(response) == b"event: look\ndata: now\n\n"
    response.close()


async def test_pages_look_by_themselves_too(advisor: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT", 0.1)
    response = await opened(advisor)
    assert await looks(response) == b"event: look\ndata: now\n\n"
    response.close()


async def test_the_stream_ends_with_the_session(advisor: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT", 0.1)
    response = await opened(advisor)
    assert (await advisor.ask("POST", "/desk/logout")).status == 303
    async with asyncio.timeout(20):
        rest = await response.content.read()
    assert set(rest.split(b"\n\n")) <= {b"event: look\ndata: now", b""}


async def test_the_stream_ends_with_the_process(advisor: Advisor, backend: Backend) -> None:
    response = await opened(advisor)
    backend.app[keys.STOPPING].set()
    async with asyncio.timeout(20):
        assert await response.content.read() == b""
