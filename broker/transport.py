"""The port through which both ends use MQTT, whoever carries it.

A :class:`Transport` knows one broker and one identity. Each :meth:`Transport.connect` makes a fresh
clean session; everything received or published belongs to that :class:`Connection` and dies with it.
There is no reconnecting inside: paho resends unacknowledged QoS 1 messages after a reconnect, which
could lay an old retained copy over a newer one. Whoever needs to stay connected connects again
(:func:`stay_connected`).
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from protocol.clock import pause


class NotConnected(ConnectionError):
    """The connection to the broker is not there, or was lost before the broker answered."""


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker publishes, retained at QoS 1, if this connection ends without a goodbye."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """One received message. ``ack`` tells the broker that it need not be sent again.

    ``ack`` belongs to the connection that delivered: after that connection is gone it does nothing.
    ``retained`` is true for a copy that the broker had kept from before the subscription.
    """

    topic: str
    payload: bytes
    retained: bool
    ack: Callable[[], None] = field(repr=False)
    properties: Mapping[str, str] = field(default_factory=dict)


class Connection(Protocol):
    """One clean MQTT session, from CONNACK to loss or goodbye."""

    async def subscribe(self, *filters: str) -> None:
        """Subscribe at QoS 1 and return after the SUBACK.

        Raises:
            NotConnected: the connection is gone.
        """
        ...

    async def publish(
        self, topic: str, payload: bytes, *, retain: bool = False, properties: Mapping[str, str] | None = None
    ) -> None:
        """Publish at QoS 1 and return after the PUBACK of this very connection.

        Raises:
            NotConnected: it is gone or was lost before the PUBACK; the broker may have the message or not.
        """
        ...

    def deliveries(self) -> AsyncIterator[Delivery]:
        """Yield what arrives, in order; raise :class:`NotConnected` when the connection is lost.

        One reader at a time. Unread deliveries wait, unacknowledged.
        """
        ...


class Transport(Protocol):
    """One broker, one identity."""

    def connect(self, will: Will | None = None) -> AbstractAsyncContextManager[Connection]:
        """Open a clean session; leaving the block says goodbye (no will is published).

        Raises:
            NotConnected: the broker is out of reach or refuses; the message says which and where.
        """
        ...


async def stay_connected(
    transport: Transport,
    serve: Callable[[Connection], Awaitable[None]],
    *,
    will: Will | None = None,
    jitter: random.Random,
    shortest: float = 0.1,
    longest: float = 5.0,
    on_loss: Callable[[NotConnected], None] = lambda _: None,
) -> None:
    """Connect, serve, and connect again after a loss, with growing jittered pauses, until cancelled.

    ``serve`` is given each fresh connection; its pause starts over once it has served.
    Any error other than :class:`NotConnected` ends the loop: it is a fault of ours.
    """
    wait = shortest
    while True:
        try:
            async with transport.connect(will) as connection:
                wait = shortest
                await serve(connection)
                return
        except NotConnected as loss:
            on_loss(loss)
        await pause(wait * jitter.uniform(0.5, 1.0))
        wait = min(longest, wait * 2)
