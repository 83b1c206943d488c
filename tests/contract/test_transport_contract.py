"""One suite for every carrier: the broker in memory, rumqttd from the wheel, and a real Mosquitto."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from broker.embedded import EmbeddedBroker
from broker.memory_transport import MemoryBroker, MemoryTransport
from broker.paho_transport import PahoTransport
from broker.slow_transport import Pace, SlowTransport
from broker.transport import Connection, NotConnected, Transport, Will
from tests.reading import PATIENCE, Reader


class Post:
    """A post office under test, with verbs for what befalls it."""

    def __init__(self, real: EmbeddedBroker | None, pace: Pace | None = None) -> None:
        self.real = real
        self.pace = pace
        self.memory = MemoryBroker()
        self.mqtt5 = True

    def transport(self, client_id: str) -> Transport:
        if self.real is None:
            plain = MemoryTransport(self.memory, client_id)
            return plain if self.pace is None else SlowTransport(plain, self.pace)
        return PahoTransport(self.real.url, client_id=client_id, mqtt5=self.mqtt5, ack_timeout=PATIENCE)

    def severs(self, connection: Connection, client_id: str) -> None:
        """Break the line under a connection: no goodbye is heard."""
        if self.real is None:
            self.memory.drop(client_id)
        else:
            session: Any = connection
            session._client.socket().shutdown(socket.SHUT_RDWR)

    def stops_listening(self) -> None:
        """From now on the broker answers nothing (the one in memory never answers before the loop turns)."""
        if self.real is not None and self.real.pid is not None:
            os.kill(self.real.pid, signal.SIGSTOP)

    async def dies(self) -> None:
        if self.real is None:
            self.memory.stop()
        else:
            await self.real.kill()

    async def comes_back(self) -> None:
        if self.real is None:
            self.memory.start()
        else:
            await self.real.start()


@pytest.fixture(params=["memory", "slow", "rumqttd", "mosquitto", "mosquitto, MQTT 3.1.1"])
async def post(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Post]:
    if request.param in {"memory", "slow"}:
        yield Post(None, Pace(latency=0.002) if request.param == "slow" else None)
        return
    kind, _, old = request.param.partition(", ")
    async with EmbeddedBroker(kind=kind, directory=tmp_path) as real:
        post = Post(real)
        post.mqtt5 = not old
        yield post


@pytest.fixture
async def line(post: Post) -> AsyncIterator[Line]:
    async with AsyncExitStack() as stack:
        yield Line(post, stack)


class Line:
    """Opens connections that end with the test."""

    def __init__(self, post: Post, stack: AsyncExitStack) -> None:
        self._post = post
        self._stack = stack

    async def opens(self, client_id: str, will: Will | None = None) -> Connection:
        return await self._stack.enter_async_context(self._post.transport(client_id).connect(will))


async def test_a_live_message_is_not_retained_and_a_kept_one_is(line: Line) -> None:
    backend, early, late = await line.opens("backend"), await line.opens("early"), await line.opens("late")
    await early.subscribe("car/desired")
    await backend.publish("car/desired", b"snapshot", retain=True)
    await late.subscribe("car/desired")

    [live] = await Reader(early).takes(1)
    [kept] = await Reader(late).takes(1)

    assert (live.topic, live.payload, live.retained) == ("car/desired", b"snapshot", False)
    assert (kept.topic, kept.payload, kept.retained) == ("car/desired", b"snapshot", True)


async def test_only_the_last_retained_message_is_kept_and_an_empty_one_clears_it(line: Line) -> None:
    backend = await line.opens("backend")
    for payload in (b"first", b"second"):
        await backend.publish("kept", payload, retain=True)
    await backend.publish("cleared", b"old", retain=True)
    await backend.publish("cleared", b"", retain=True)
    await backend.publish("never", b"passing")

    late = await line.opens("late")
    await late.subscribe("kept", "cleared", "never", "control")
    reader = Reader(late)
    [kept] = await reader.takes(1)
    await backend.publish("control", b"control")

    assert (kept.topic, kept.payload) == ("kept", b"second")
    assert await reader.until(b"control") == []


async def test_the_empty_message_itself_reaches_who_is_subscribed(line: Line) -> None:
    backend, car = await line.opens("backend"), await line.opens("car")
    await car.subscribe("desired")
    await backend.publish("desired", b"x", retain=True)
    await backend.publish("desired", b"", retain=True)

    assert [delivery.payload for delivery in await Reader(car).takes(2)] == [b"x", b""]


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("a/+/c", ["a/b/c", "a/x/c"]),
        ("a/#", ["a/b/c", "a/b/c/d", "a/x/c", "a"]),
        ("a/b/c", ["a/b/c"]),
        ("+/b/+", ["a/b/c", "z/b/c"]),
        ("#", ["a/b/c", "a/b/c/d", "a/x/c", "a", "z/b/c"]),
    ],
)
async def test_wildcards(line: Line, pattern: str, wanted: list[str]) -> None:
    backend, reader = await line.opens("backend"), await line.opens("reader")
    await reader.subscribe(pattern, "control")
    for topic in ("a/b/c", "a/b/c/d", "a/x/c", "a", "z/b/c"):
        await backend.publish(topic, b"?")
    await backend.publish("control", b"control")

    assert [delivery.topic for delivery in await Reader(reader).until(b"control")] == wanted


async def test_a_will_is_published_and_kept_when_the_line_breaks(post: Post, line: Line) -> None:
    watcher = await line.opens("watcher")
    await watcher.subscribe("car/presence")
    car = await line.opens("car", Will("car/presence", b"offline"))
    post.severs(car, "car")

    [will] = await Reader(watcher).takes(1)
    late = await line.opens("late")
    await late.subscribe("car/presence")
    [kept] = await Reader(late).takes(1)

    assert (will.payload, will.retained) == (b"offline", False)
    assert (kept.payload, kept.retained) == (b"offline", True)


async def test_after_a_goodbye_no_will_is_published(post: Post, line: Line) -> None:
    watcher = await line.opens("watcher")
    await watcher.subscribe("car/presence", "control", "noise")
    async with post.transport("car").connect(Will("car/presence", b"offline")) as car:
        # Unread messages on the line must not turn the goodbye into a broken connection.
        await car.subscribe("noise")
        await asyncio.gather(*(watcher.publish("noise", b"n" * 10_000) for _ in range(50)))
    await watcher.publish("control", b"control")

    assert {delivery.topic for delivery in await Reader(watcher).until(b"control")} == {"noise"}


async def test_a_second_session_takes_the_identity_over(post: Post, line: Line) -> None:
    watcher = await line.opens("watcher")
    await watcher.subscribe("presence", "car/#")
    first = await line.opens("car", Will("presence", b"first is gone"))
    second = await line.opens("car")

    with pytest.raises(NotConnected):
        await Reader(first).next()
    with pytest.raises(NotConnected):
        await first.publish("car/first", b"too late")
    await second.publish("car/second", b"here")

    # The will of the first and the word of the second may come in either order.
    seen = {delivery.payload for delivery in await Reader(watcher).takes(2)}
    assert seen == {b"first is gone", b"here"}


async def test_a_publish_fails_if_the_broker_dies_before_its_acknowledgement(post: Post, line: Line) -> None:
    backend = await line.opens("backend")
    post.stops_listening()
    publishes = [asyncio.create_task(backend.publish("t", b"x")) for _ in range(3)]
    subscription = asyncio.create_task(backend.subscribe("t"))
    await asyncio.wait(publishes, timeout=0)
    await post.dies()

    async with asyncio.timeout(PATIENCE):
        outcomes = await asyncio.gather(*publishes, subscription, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [NotConnected] * 4
    with pytest.raises(NotConnected):
        await backend.publish("t", b"x")
    with pytest.raises(NotConnected):
        await backend.subscribe("t")


async def test_nobody_to_connect_to(post: Post, line: Line) -> None:
    await post.dies()
    with pytest.raises(NotConnected, match="out of reach"):
        await line.opens("backend")
    await post.comes_back()
    backend = await line.opens("backend")
    await backend.publish("t", b"x")


async def test_what_had_arrived_is_still_handed_out_after_a_loss_and_its_ack_does_nothing(
    post: Post, line: Line
) -> None:
    backend, car = await line.opens("backend"), await line.opens("car")
    await car.subscribe("t")
    reader = Reader(car)
    await backend.publish("t", b"one")
    first = await reader.next()
    await backend.publish("t", b"two")
    post.severs(car, "car")

    with pytest.raises(NotConnected):
        await reader.takes(2)
    first.ack()

    again = await line.opens("car")
    await again.subscribe("t")
    first.ack()
    await backend.publish("t", b"three")
    assert [delivery.payload for delivery in await Reader(again).takes(1)] == [b"three"]


async def test_a_clean_session_is_not_sent_again_what_it_left_unacknowledged(post: Post, line: Line) -> None:
    backend = await line.opens("backend")
    async with post.transport("car").connect() as car:
        await car.subscribe("t")
        await backend.publish("t", b"unacknowledged")
        await Reader(car).next()
    again = await line.opens("car")
    await again.subscribe("t")
    await backend.publish("t", b"new")

    assert [delivery.payload for delivery in await Reader(again).takes(1)] == [b"new"]


async def test_acknowledgements_may_be_given_in_any_order_and_twice(post: Post, line: Line) -> None:
    backend, car = await line.opens("backend"), await line.opens("car")
    await car.subscribe("t")
    reader = Reader(car)
    for number in range(5):
        await backend.publish("t", b"%d" % number)
    received = [await reader.next() for _ in range(5)]
    for delivery in (*reversed(received), *received):
        delivery.ack()
    await backend.publish("t", b"control")

    assert await reader.until(b"control") == []


async def test_unread_messages_wait_and_none_is_lost(line: Line) -> None:
    backend, slow = await line.opens("backend"), await line.opens("slow")
    await slow.subscribe("t")
    for number in range(400):
        await backend.publish("t", b"%d" % number)

    received = await Reader(slow).takes(400)

    assert [int(delivery.payload) for delivery in received] == list(range(400))


async def test_a_thousand_publishes_at_once_arrive_once_and_in_order(line: Line) -> None:
    backend, car = await line.opens("backend"), await line.opens("car")
    await car.subscribe("t")
    reading = asyncio.create_task(Reader(car).takes(1000))

    await asyncio.gather(*(backend.publish("t", b"%d" % number) for number in range(1000)))

    assert [int(delivery.payload) for delivery in await reading] == list(range(1000))


async def test_a_cancelled_publish_harms_no_other(line: Line) -> None:
    backend, car = await line.opens("backend"), await line.opens("car")
    await car.subscribe("t")
    unwanted = [asyncio.create_task(backend.publish("t", b"unwanted")) for _ in range(20)]
    await asyncio.wait(unwanted, timeout=0)
    for task in unwanted:
        task.cancel()
    await asyncio.wait(unwanted)
    await backend.publish("t", b"control")

    assert {delivery.payload for delivery in await Reader(car).until(b"control")} <= {b"unwanted"}


async def test_64_kib_arrive_whole(line: Line) -> None:
    backend, car = await line.opens("backend"), await line.opens("car")
    big = bytes(range(256)) * 256
    await car.subscribe("t")
    await backend.publish("t", big, retain=True)
    late = await line.opens("late")
    await late.subscribe("t")

    assert (await Reader(car).next()).payload == big
    assert (await Reader(late).next()).payload == big


async def test_what_no_broker_carries_is_refused_before_it_is_sent(line: Line) -> None:
    backend, car = await line.opens("backend"), await line.opens("car")
    await car.subscribe("t")
    with pytest.raises(ValueError, match="too many"):
        await backend.publish("t", b"x" * 256 * 1024)
    with pytest.raises(ValueError, match="cannot publish"):
        await backend.publish("t/+", b"x")
    with pytest.raises(ValueError, match="filter"):
        await backend.subscribe("t/#/x")
    await backend.publish("t", b"fine")

    assert (await Reader(car).next()).payload == b"fine"


async def test_properties_travel_where_mqtt_5_is_spoken(post: Post, line: Line) -> None:
    backend, car = await line.opens("backend"), await line.opens("car")
    await car.subscribe("t")
    sent = {"content-type": "application/json", "traceparent": "00-1-2-01"}
    await backend.publish("t", b"{}", properties=sent)
    await backend.publish("t", b"{}")

    bare: dict[str, str] = {}
    received = await Reader(car).takes(2)
    assert [dict(delivery.properties) for delivery in received] == [sent if post.mqtt5 else bare, bare]
