"""What the memory broker does beyond the contract: its verbs, its ACL, its window."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from broker.memory_transport import MemoryBroker, MemoryTransport, matches
from broker.transport import NotConnected, Will
from protocol.clock import until
from tests.reading import Reader


@pytest.mark.parametrize(
    ("pattern", "topic", "covered"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/b/c", False),
        ("a/b/c", "a/b", False),
        ("a/+", "a/b", True),
        ("a/+", "a", False),
        ("a/+", "a/", True),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("a/#", "b", False),
        ("+", "a", True),
        ("#", "a/b", True),
        ("#", "$SYS/x", False),
        ("+/x", "$SYS/x", False),
        ("$SYS/#", "$SYS/x", True),
    ],
)
def test_filters(pattern: str, topic: str, *, covered: bool) -> None:
    assert matches(pattern, topic) is covered


@pytest.mark.parametrize("pattern", ["", "a+", "a/+b", "#/a", "a/#/b", "a#"])
async def test_a_filter_that_is_none(pattern: str) -> None:
    async with MemoryTransport(MemoryBroker(), "car").connect() as car:
        with pytest.raises(ValueError, match="no topic filter"):
            await car.subscribe(pattern)


async def test_who_may_speak_where() -> None:
    broker = MemoryBroker(
        allows=lambda client, deed, topic: client == "backend" or topic == f"{client}/{deed}"
    )
    async with (
        MemoryTransport(broker, "backend").connect() as backend,
        MemoryTransport(broker, "car").connect() as car,
    ):
        await car.subscribe("#")
        with pytest.raises(NotConnected, match="Not authorized"):
            await car.publish("other/write", b"forged")
        await car.publish("car/write", b"mine")
        await backend.publish("other/read", b"foreign")
        await backend.publish("car/read", b"control")

        assert await Reader(car).until(b"control") == []


async def test_the_window_is_what_may_be_unacknowledged() -> None:
    broker = MemoryBroker(receive_window=2)
    async with (
        MemoryTransport(broker, "backend").connect() as backend,
        MemoryTransport(broker, "car").connect() as car,
    ):
        await car.subscribe("t")
        for number in range(4):
            await backend.publish("t", b"%d" % number)
        reader = Reader(car)
        first, second = await reader.next(), await reader.next()
        assert broker.unacknowledged("car") == 2
        third = asyncio.create_task(reader.next())
        done, _ = await asyncio.wait((third,), timeout=0.05)
        assert not done

        first.ack()
        first.ack()
        assert (await third).payload == b"2"
        second.ack()
        assert (await reader.next()).payload == b"3"
    assert broker.unacknowledged("car") == 0


async def test_a_power_cut_keeps_the_store_and_publishes_no_will() -> None:
    broker = MemoryBroker()
    async with MemoryTransport(broker, "car").connect(Will("will", b"gone")) as car:
        await car.publish("kept", b"x", retain=True)
        broker.stop()
        with pytest.raises(NotConnected, match="the broker stopped"):
            await car.publish("kept", b"y", retain=True)
    assert (dict(broker.retained), broker.clients) == ({"kept": b"x"}, frozenset())
    with pytest.raises(NotConnected, match="does not run"):
        async with MemoryTransport(broker, "car").connect():
            pytest.fail("it does not run")

    broker.start()
    broker.forget()
    async with MemoryTransport(broker, "car").connect():
        assert broker.clients == {"car"}
    assert dict(broker.retained) == {}


async def test_dropping_who_is_not_there_does_nothing() -> None:
    broker = MemoryBroker()
    broker.drop("nobody")
    assert broker.clients == frozenset()


async def test_what_was_under_way_when_the_line_broke_is_lost() -> None:
    under_way: list[Callable[[], None]] = []
    broker = MemoryBroker(lines=lambda _: lambda _packet, send: under_way.append(send))
    async with MemoryTransport(broker, "car").connect() as car:
        publish = asyncio.create_task(car.publish("t", b"x", retain=True))
        subscribe = asyncio.create_task(car.subscribe("t"))
        await until(lambda: len(under_way) == 2, what="both packets to be under way")
        broker.drop("car")
        for arrives in under_way:
            arrives()
        outcomes = await asyncio.gather(publish, subscribe, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [NotConnected, NotConnected]
    assert dict(broker.retained) == {}


async def test_who_waits_in_vain_ends_only_its_own_session() -> None:
    broker = MemoryBroker(lines=lambda _: lambda _packet, _send: None)
    async with (
        MemoryTransport(broker, "car", ack_timeout=0.05).connect() as first,
        MemoryTransport(broker, "other").connect(),
    ):
        with pytest.raises(NotConnected, match="did not acknowledge"):
            await first.publish("t", b"x")
        assert broker.clients == {"other"}
