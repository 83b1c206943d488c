"""Every fault does what its name says: in the memory broker and in the proxy before a real one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.embedded import EmbeddedBroker
from broker.faults import Faults, Proxy, packets
from broker.memory_transport import MemoryBroker, MemoryTransport
from broker.paho_transport import PahoTransport
from broker.transport import Connection, NotConnected
from protocol.clock import until
from tests.reading import Reader

Connect = Callable[[str], AbstractAsyncContextManager[Connection]]


@pytest.fixture
def faults() -> Faults:
    return Faults(seed=7)


@pytest.fixture(params=["memory", "proxy"])
async def connect(request: pytest.FixtureRequest, faults: Faults) -> AsyncIterator[Connect]:
    async with AsyncExitStack() as stack:
        if request.param == "memory":
            memory = MemoryBroker(lines=faults.line)
            yield lambda client: MemoryTransport(memory, client, ack_timeout=0.5).connect()
        else:
            # rumqttd hangs up when an earlier message stays unacknowledged, which is what a dropped one does.
            broker = await stack.enter_async_context(EmbeddedBroker(kind="mosquitto"))
            proxy = await stack.enter_async_context(Proxy(broker.host, broker.port, faults=faults))
            yield lambda client: PahoTransport(proxy.url, client_id=client, ack_timeout=0.5).connect()


async def test_a_dropped_publish_is_not_acknowledged(connect: Connect, faults: Faults) -> None:
    async with connect("backend") as backend, connect("car") as car:
        await car.subscribe("t")
        faults.drop_next("PUBLISH", direction="up")
        with pytest.raises(NotConnected, match=r"acknowledge"):
            await backend.publish("t", b"lost")
        async with connect("backend") as again:
            await again.publish("t", b"control")
        assert await Reader(car).until(b"control") == []


async def test_a_dropped_puback_leaves_the_message_delivered(connect: Connect, faults: Faults) -> None:
    async with connect("backend") as backend, connect("car") as car:
        await car.subscribe("t")
        faults.drop_next("PUBACK", direction="down")
        with pytest.raises(NotConnected, match=r"acknowledge"):
            await backend.publish("t", b"delivered")
        [delivery] = await Reader(car).takes(1)
        assert delivery.payload == b"delivered"


async def test_a_duplicate_comes_twice(connect: Connect, faults: Faults) -> None:
    async with connect("backend") as backend, connect("car") as car:
        await car.subscribe("t")
        faults.duplicate_next("PUBLISH", direction="down")
        await backend.publish("t", b"twice")
        reader = Reader(car)
        assert [(await reader.next()).payload for _ in range(2)] == [b"twice", b"twice"]


async def test_the_next_overtakes(connect: Connect, faults: Faults) -> None:
    async with connect("backend") as backend, connect("car") as car:
        await car.subscribe("t")
        faults.reorder_next("PUBLISH", direction="down")
        await backend.publish("t", b"first")
        await backend.publish("t", b"second")
        assert [delivery.payload for delivery in await Reader(car).takes(2)] == [b"second", b"first"]


async def test_a_delay_holds_back_all_that_follow_in_order(connect: Connect, faults: Faults) -> None:
    async with connect("backend") as backend, connect("car") as car:
        await car.subscribe("t")
        faults.delay_next("PUBLISH", 0.1, direction="down")
        for number in range(5):
            await backend.publish("t", b"%d" % number)
        received = [delivery.payload for delivery in await Reader(car).takes(5)]
        assert received == [b"0", b"1", b"2", b"3", b"4"]
        assert faults.met == [("PUBLISH", "delay")]


async def test_a_rule_applies_as_often_as_it_says_and_can_be_taken_back(
    connect: Connect, faults: Faults
) -> None:
    async with connect("backend") as backend, connect("car") as car:
        await car.subscribe("t")
        faults.drop_next("PUBLISH", direction="down", times=2)
        faults.drop_next("PINGREQ")
        for number in range(4):
            await backend.publish("t", b"%d" % number)
        reader = Reader(car)
        assert [delivery.payload for delivery in await reader.takes(2)] == [b"2", b"3"]
        faults.drop_next("PUBLISH", direction="down", times=100)
        faults.clear()
        await backend.publish("t", b"4")
        assert [delivery.payload for delivery in await reader.takes(1)] == [b"4"]


def test_chances_are_the_same_for_the_same_seed() -> None:
    def fate(seed: int) -> list[tuple[str, str]]:
        faults = Faults(seed)
        faults.sometimes("PUBLISH", drop=0.2, duplicate=0.2, reorder=0.2, delay=0.1)
        for _ in range(200):
            faults.judge("PUBLISH", "up")
            faults.judge("PUBACK", "up")
        return faults.met

    assert fate(1) == fate(1)
    assert fate(1) != fate(2)
    assert {deed for _, deed in fate(1)} == {"drop", "duplicate", "reorder", "delay"}


def test_a_packet_that_mqtt_does_not_have() -> None:
    with pytest.raises(ValueError, match="there are CONNECT, CONNACK"):
        Faults().drop_next("PUBLISHED")


@given(st.lists(st.binary(max_size=300), max_size=8), st.integers(1, 50))
def test_packets_are_found_however_they_are_cut(bodies: list[bytes], step: int) -> None:
    def packet(body: bytes) -> bytes:
        low, high = len(body) & 127, len(body) >> 7
        return bytes([0x32, low | 128, high] if high else [0x32, low]) + body

    sent = [packet(body) for body in bodies]
    stream, rest, found = b"".join(sent), bytearray(), []
    for place in range(0, len(stream), step):
        rest += stream[place : place + step]
        found += list(packets(rest))

    assert found == [("PUBLISH", whole) for whole in sent]
    assert not rest


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    async with EmbeddedBroker() as broker, Proxy(broker.host, broker.port) as running:
        yield running


def through(proxy: Proxy, client: str) -> AbstractAsyncContextManager[Connection]:
    return PahoTransport(proxy.url, client_id=client, connect_timeout=5).connect()


async def test_a_cut_ends_every_connection_and_a_new_one_can_be_made(proxy: Proxy) -> None:
    async with through(proxy, "a") as first, through(proxy, "b") as second:
        assert proxy.connections == 2
        proxy.cut()
        for connection in (first, second):
            with pytest.raises(NotConnected):
                await Reader(connection).next()
    await until(lambda: proxy.connections == 0, what="the cut connections to be forgotten")
    async with through(proxy, "a") as again:
        await again.publish("t", b"x")


async def test_a_cut_in_the_middle_of_a_packet_delivers_nothing_of_it(proxy: Proxy) -> None:
    async with through(proxy, "car") as car, through(proxy, "backend") as backend:
        await car.subscribe("t")
        proxy.cut(after=500, direction="up")
        await backend.publish("t", b"small")
        with pytest.raises(NotConnected):
            await backend.publish("t", b"x" * 1000)
        async with through(proxy, "again") as again:
            await again.publish("t", b"control")
        assert [seen.payload for seen in await Reader(car).until(b"control")] == [b"small"]


async def test_who_is_refused_may_come_back_when_admitted(proxy: Proxy) -> None:
    port = proxy.port
    async with through(proxy, "a") as connection:
        await proxy.refuse()
        with pytest.raises(NotConnected):
            await Reader(connection).next()
        with pytest.raises(NotConnected, match="out of reach"):
            async with through(proxy, "a"):
                pytest.fail("it was let in")
    await proxy.admit()
    await proxy.admit()
    assert proxy.port == port
    async with through(proxy, "a") as connection:
        await connection.publish("t", b"x")


async def test_a_stall_holds_everything_and_loses_nothing(proxy: Proxy) -> None:
    async with through(proxy, "a") as connection:
        proxy.stall()
        publish = asyncio.create_task(connection.publish("t", b"x"))
        done, _ = await asyncio.wait((publish,), timeout=0.1)
        assert not done
        proxy.flow()
        await publish


async def test_a_proxy_before_nobody_hangs_up() -> None:
    async with EmbeddedBroker() as broker:
        gone = Proxy(broker.host, broker.port)
    async with gone:
        with pytest.raises(NotConnected):
            async with through(gone, "a"):
                pytest.fail("nobody is there")
