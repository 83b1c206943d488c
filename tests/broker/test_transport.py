"""Staying connected: again after every loss, slower each time, and never over a fault of ours."""

from __future__ import annotations

import asyncio
import random

import pytest

from broker.memory_transport import MemoryBroker, MemoryTransport
from broker.transport import Connection, NotConnected, Will, stay_connected
from protocol.clock import until


async def test_a_lost_connection_is_made_again_until_the_work_is_done() -> None:
    broker = MemoryBroker()
    losses: list[str] = []
    served = 0

    async def serve(connection: Connection) -> None:
        nonlocal served
        served += 1
        if served < 3:
            broker.drop("car")
        await connection.publish("t", b"x")

    await stay_connected(
        MemoryTransport(broker, "car"),
        serve,
        will=Will("presence", b"gone"),
        jitter=random.Random(1),
        shortest=0.001,
        on_loss=lambda loss: losses.append(str(loss)),
    )

    assert served == 3
    assert losses == ["car is not connected to the memory broker: the connection broke"] * 2
    assert broker.retained["presence"] == b"gone"


async def test_a_broker_that_is_away_is_asked_again_until_it_is_back() -> None:
    broker = MemoryBroker()
    broker.stop()
    losses: list[NotConnected] = []

    async def serve(connection: Connection) -> None:
        await connection.publish("t", b"here", retain=True)

    staying = asyncio.create_task(
        stay_connected(
            MemoryTransport(broker, "car"),
            serve,
            jitter=random.Random(1),
            shortest=0.001,
            longest=0.004,
            on_loss=losses.append,
        )
    )
    await until(lambda: len(losses) >= 5, what="five attempts")
    broker.start()
    await staying

    assert broker.retained["t"] == b"here"


async def test_a_fault_of_ours_ends_it() -> None:
    async def serve(_: Connection) -> None:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        await stay_connected(MemoryTransport(MemoryBroker(), "car"), serve, jitter=random.Random(1))
