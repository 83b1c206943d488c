"""What cars and customers did reaches the dealer's system: asked for with patience, or as a stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientResponse

from backend.web import keys
from broker.memory_transport import MemoryTransport
from protocol.clock import monotonic, until
from protocol.messages import At, Desired, Events, Opened, Shown, decode_desired, encode
from protocol.topics import CarTopic, Channel
from tests.backend.web.conftest import NOW, Backend
from tests.backend.web.desk import MARIA, Desk


async def drives(backend: Backend) -> None:
    """Be the car: receive the snapshot, show the booking, open it."""
    transport = MemoryTransport(backend.broker, MARIA)
    topic = CarTopic(MARIA, Channel.DESIRED)
    async with transport.connect() as connection:
        await connection.subscribe(str(topic))
        desired: Desired | None = None
        async for delivery in connection.deliveries():
            delivery.ack()
            desired = decode_desired(topic, delivery.payload)
            if desired.items:
                break
        assert desired is not None
        booking = next(item for item in desired.items if item.kind == "booking")
        told = Events(
            vin=MARIA,
            store_id=uuid4(),
            from_seq=1,
            applied=At(epoch=desired.epoch, rev=desired.rev),
            digest=desired.digest,
            events=(
                Shown(seq=1, at=NOW, item=booking.id, ver=booking.ver, run=1),
                Opened(seq=2, at=NOW, item=booking.id, ver=booking.ver),
            ),
        )
        await connection.publish(str(CarTopic(MARIA, Channel.EVENTS)), encode(told))


async def types(desk: Desk, after: str = "0") -> list[str]:
    heard = await desk.ask("GET", f"/v1/events?after={after}")
    return [one["type"] for one in heard.json["events"]]


async def test_what_the_car_did_is_told_in_order_and_from_a_cursor_on(backend: Backend, desk: Desk) -> None:
    number = await desk.schedules()
    await drives(backend)

    async def told() -> bool:
        return "opened" in await types(desk)

    await until(told, what="the feed tells that the booking was opened")
    heard = (await desk.ask("GET", "/v1/events")).json
    shown, opened = [one for one in heard["events"] if one["type"] in {"shown", "opened"}]
    assert (shown["type"], opened["type"]) == ("shown", "opened")
    assert shown["number"] == number
    assert shown["vin"] == MARIA
    assert heard["cursor"] == heard["events"][-1]["cursor"]
    assert await types(desk, shown["cursor"]) == [
        one["type"] for one in heard["events"] if int(one["cursor"]) > int(shown["cursor"])
    ]
    page = (await desk.ask("GET", "/v1/events?limit=1")).json
    assert page["events"] == heard["events"][:1]


async def test_another_dealer_hears_nothing_of_it(backend: Backend, desk: Desk, other_desk: Desk) -> None:
    await desk.schedules()
    await drives(backend)

    async def told() -> bool:
        return "opened" in await types(desk)

    await until(told, what="the feed tells that the booking was opened")
    assert await types(other_desk) == []


async def test_who_waits_hears_at_once(backend: Backend, desk: Desk) -> None:
    await desk.schedules()
    cursor = (await desk.ask("GET", "/v1/events")).json["cursor"]
    waiting = asyncio.create_task(desk.ask("GET", f"/v1/events?after={cursor}&wait=30"))
    began = monotonic()
    await drives(backend)
    heard = await waiting
    assert heard.json["events"]
    assert monotonic() - began < 15


async def test_who_waits_in_vain_gets_an_empty_answer(desk: Desk) -> None:
    heard = (await desk.ask("GET", "/v1/events?after=7&wait=1")).json
    assert heard == {"events": [], "cursor": "7"}


@pytest.mark.parametrize(
    ("query", "place"),
    [("after=x", "after"), ("after=-1", "after"), ("after=" + "9" * 30, "after"), ("wait=31", "wait")],
)
async def test_a_cursor_that_cannot_be_is_refused(desk: Desk, query: str, place: str) -> None:
    heard = await desk.ask("GET", f"/v1/events?{query}")
    assert heard.status == 422
    assert place in heard.wrong


@asynccontextmanager
async def stream(desk: Desk, **headers: str) -> AsyncIterator[ClientResponse]:
    sent = {"Authorization": f"Bearer {desk.token}", "Accept": "text/event-stream"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    async with desk.client.get("/v1/events", headers=sent) as response:
        assert response.status == 200
        assert response.content_type == "text/event-stream"
        assert await response.content.readuntil(b"\n\n") == b"retry: 2000\n\n"
        yield response


async def message(response: ClientResponse) -> dict[str, str]:
    raw = (await response.content.readuntil(b"\n\n")).decode().strip()
    return dict(line.split(": ", 1) for line in raw.splitlines())


async def test_a_stream_goes_on_and_is_taken_up_again(backend: Backend, desk: Desk) -> None:
    await desk.schedules()
    async with stream(desk) as response:
        await drives(backend)
        seen: list[dict[str, str]] = []
        while not any(one["event"] == "opened" for one in seen):
            seen.append(await message(response))
    shown = next(one for one in seen if one["event"] == "shown")
    async with stream(desk, Last_Event_ID=shown["id"]) as response:
        again = await message(response)
    assert int(again["id"]) == int(shown["id"]) + 1


async def test_a_silent_stream_says_that_it_lives(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.web.feed._BEAT", 0.05)
    async with stream(desk) as response:
        assert await response.content.readuntil(b"\n\n") == b": still here\n\n"


async def test_streams_and_waiting_readers_are_let_go_at_the_end(backend: Backend, desk: Desk) -> None:
    waiting = asyncio.create_task(desk.ask("GET", "/v1/events?wait=30"))
    async with stream(desk) as response:
        reading: asyncio.Task[Any] = asyncio.create_task(response.content.read())
        began = monotonic()
        backend.app[keys.STOPPING].set()
        assert await reading == b""
        assert (await waiting).json["events"] == []
        assert monotonic() - began < 10
