"""A slow line keeps its promise to be a transport, and takes its time."""

from __future__ import annotations

import asyncio

import pytest

from broker.memory_transport import MemoryBroker, MemoryTransport
from broker.slow_transport import Pace, SlowTransport
from broker.transport import NotConnected
from protocol.clock import monotonic


@pytest.mark.parametrize(
    ("pace", "size", "seconds"),
    [
        (Pace(), 1000, 0.0),
        (Pace(latency=0.5), 1000, 0.5),
        (Pace(latency=0.5, bandwidth=2000), 1000, 1.0),
        (Pace(bandwidth=2000), 0, 0.0),
    ],
)
def test_a_message_takes_its_way_and_its_length(pace: Pace, size: int, seconds: float) -> None:
    assert pace.takes(size) == seconds
    assert pace.is_slow == (pace != Pace())


async def test_messages_come_late_and_in_order() -> None:
    broker, pace = MemoryBroker(), Pace()
    async with (
        SlowTransport(MemoryTransport(broker, "car"), pace).connect() as car,
        MemoryTransport(broker, "backend").connect() as backend,
    ):
        await car.subscribe("a/#")
        pace.latency, pace.bandwidth = 0.02, 1000
        for number in range(3):
            await backend.publish(f"a/{number}", bytes(20))
        begun, came = monotonic(), []
        async for delivery in car.deliveries():
            came.append(delivery.topic)
            delivery.ack()
            if len(came) == 3:
                break
        assert came == ["a/0", "a/1", "a/2"]
        assert monotonic() - begun >= 3 * 0.04
        begun = monotonic()
        await car.publish("b", bytes(20))
        assert monotonic() - begun >= 0.02 + 0.04
        assert broker.retained == {}


async def test_a_line_that_breaks_on_the_way_is_told() -> None:
    broker = MemoryBroker()
    async with SlowTransport(MemoryTransport(broker, "car"), Pace(latency=0.01)).connect() as car:
        sending = asyncio.create_task(car.publish("b", b""))
        broker.drop("car")
        with pytest.raises(NotConnected):
            await sending
    broker.stop()
    with pytest.raises(NotConnected):
        async with SlowTransport(MemoryTransport(broker, "car"), Pace(latency=0.01)).connect():
            pass
