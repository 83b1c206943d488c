"""Keeps one head unit in reach of its broker: connection, presence, and the messages it wants sent.

What to say and what an answer means is not known here; that is the head unit behind it (:class:`Behind`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from typing import Final, Protocol
from uuid import uuid4

from broker.slow_transport import Pace, SlowTransport
from broker.transport import Connection, Delivery, NotConnected, Transport, Will, stay_connected
from protocol import messages
from protocol.topics import CarTopic, Channel
from vehicle_sim.chronicle import Carried, Fact
from vehicle_sim.post import events_of, hello_of
from vehicle_sim.state import Car

_GOODBYE: Final = 2.0  # seconds to tell the broker that we leave
_log = logging.getLogger(__name__)


class Behind(Protocol):
    """The head unit that a link serves."""

    async def connected(self) -> None:
        """Take note that the SUBACK is there."""
        ...

    async def disconnected(self) -> None:
        """Take note that the broker is out of reach."""
        ...

    async def receive(self, delivery: Delivery) -> None:
        """Deal with what arrived, and acknowledge it."""
        ...

    async def sendable(self) -> Car | None:
        """Return the car as far as it is journalled: nothing else may leave it."""
        ...

    def tell(self) -> None:
        """Wake whoever waits for a change."""
        ...

    def note(self, fact: Fact) -> None:
        """Have it told to whoever follows what happens to the car."""
        ...


class Link:
    """The way of one car to its broker.

    Attributes:
        wanted: the network is switched on.
        tried: since then, a first connection was made or has failed.
        pace: how slow the line is; it may be changed at any time.
    """

    def __init__(self, vin: str, transport: Transport, behind: Behind, *, wanted: bool) -> None:
        self.wanted = wanted
        self.tried = False
        self.boot_id = uuid4()
        self.pace = Pace()
        self._vin = vin
        self._transport = SlowTransport(transport, self.pace)
        self._behind = behind
        self._switched = asyncio.Event()
        self._down = asyncio.Event()
        self._down.set()
        self._connection: Connection | None = None
        self._hello = False
        self._events = False
        self._posting = False
        self._mail = asyncio.Event()

    @property
    def online(self) -> bool:
        """Whether it is connected and subscribed."""
        return self._connection is not None

    @property
    def busy(self) -> str | None:
        """What it does at this moment, in words."""
        if not self.wanted:
            return None if self._down.is_set() else "is going off line"
        if not self.tried:
            return "connects to its broker"
        if self.online and (self._hello or self._events or self._posting):
            return "is sending"
        return None

    def send(self, *, hello: bool = False, events: bool = False) -> None:
        """Have a hello or the outbox sent; both at most once, however often they are asked for meanwhile."""
        self._hello |= hello
        self._events |= events
        self._mail.set()

    async def switch(self, *, on: bool) -> None:
        """Switch the network; returns once the car is out of reach, or has begun to come into it."""
        self.tried = self.tried and self.wanted
        self.wanted = on
        self._switched.set()
        if not on:
            await self._down.wait()

    async def run(self) -> None:
        """Stay connected while the network is on, and send what there is to send, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._stay_online())
            tasks.create_task(self._post())

    async def _stay_online(self) -> None:
        jitter = random.Random(self.boot_id.int)
        will = Will(self._topic(Channel.PRESENCE), self._presence(online=False))
        while True:
            await self._until_switched(on=True)
            self._down.clear()
            link = asyncio.create_task(
                stay_connected(self._transport, self._serve, will=will, jitter=jitter, on_loss=self._lost)
            )
            off = asyncio.create_task(self._until_switched(on=False))
            try:
                await asyncio.wait({link, off}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                off.cancel()
                link.cancel()
                await asyncio.wait({link, off})
                self._down.set()
                self._behind.tell()
            if not link.cancelled():
                link.result()  # only a fault of ours ends it by itself

    async def _until_switched(self, *, on: bool) -> None:
        while self.wanted != on:
            self._switched.clear()
            await self._switched.wait()

    def _lost(self, loss: NotConnected) -> None:
        if not self.tried:
            _log.warning("%s is off line: %s", self._vin, loss)
        self.tried = True
        self._behind.tell()

    async def _serve(self, connection: Connection) -> None:
        await connection.subscribe(self._topic(Channel.DESIRED), self._topic(Channel.EVENTS_ACK))
        await self._say(connection, Channel.PRESENCE, self._presence(online=True), retain=True)
        self._connection = connection
        try:
            await self._behind.connected()
            self.tried = True
            async for delivery in connection.deliveries():
                await self._behind.receive(delivery)
        finally:
            self._connection = None
            await self._behind.disconnected()
            # Whoever says goodbye leaves no will, so the broker must be told; a broken line cannot be.
            with contextlib.suppress(NotConnected, TimeoutError):
                async with asyncio.timeout(_GOODBYE):
                    await self._say(connection, Channel.PRESENCE, self._presence(online=False), retain=True)

    async def _post(self) -> None:
        while True:
            await self._mail.wait()
            self._mail.clear()
            car = await self._behind.sendable()
            hello, events = self._hello, self._events
            self._hello = self._events = False
            connection = self._connection
            if connection is None or car is None:
                continue  # the next connection begins with a hello and the outbox anyway
            self._posting = True
            with contextlib.suppress(NotConnected):
                if hello:
                    await self._say(connection, Channel.HELLO, messages.encode(hello_of(car)))
                for message in events_of(car) if events else ():
                    await self._say(connection, Channel.EVENTS, messages.encode(message))
            self._posting = False
            self._behind.tell()

    async def _say(
        self, connection: Connection, channel: Channel, payload: bytes, *, retain: bool = False
    ) -> None:
        topic = self._topic(channel)
        await connection.publish(topic, payload, retain=retain)
        self._behind.note(Carried("out", topic, payload, retain))

    def _topic(self, channel: Channel) -> str:
        return str(CarTopic(self._vin, channel))

    def _presence(self, *, online: bool) -> bytes:
        return messages.encode(messages.Presence(vin=self._vin, online=online, boot_id=self.boot_id))
