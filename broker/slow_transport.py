"""A slow line in front of any transport: each message takes its time each way, and overtakes none.

The connection that a car has in a tunnel's mouth or on a distant mast. The pace may be changed at any time
and holds from the next message on. Seconds are technical ones: a virtual clock does not make a line faster.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from broker.transport import Connection, Delivery, Transport, Will
from protocol.clock import pause


@dataclass(slots=True)
class Pace:
    """How slow a line is: seconds each way, and bytes in a second (None: as many as there are)."""

    latency: float = 0.0
    bandwidth: int | None = None

    @property
    def is_slow(self) -> bool:
        """Tell whether it holds anything up."""
        return self.latency > 0 or self.bandwidth is not None

    def takes(self, size: int = 0) -> float:
        """Return the seconds that so many bytes are under way."""
        return self.latency + (size / self.bandwidth if self.bandwidth else 0.0)


class SlowTransport:
    """A transport at a pace."""

    def __init__(self, transport: Transport, pace: Pace) -> None:
        self._transport = transport
        self._pace = pace

    def connect(self, will: Will | None = None) -> AbstractAsyncContextManager[Connection]:
        """Open a clean session of the transport behind, one way and back later.

        Raises:
            NotConnected: the broker is out of reach or refuses.
        """
        return self._session(will)

    @asynccontextmanager
    async def _session(self, will: Will | None) -> AsyncIterator[Connection]:
        await _under_way(self._pace)
        async with self._transport.connect(will) as connection:
            await _under_way(self._pace)
            yield _SlowConnection(connection, self._pace)


class _SlowConnection:
    def __init__(self, connection: Connection, pace: Pace) -> None:
        self._connection = connection
        self._pace = pace

    async def subscribe(self, *filters: str) -> None:
        await _under_way(self._pace)
        await self._connection.subscribe(*filters)
        await _under_way(self._pace)

    async def publish(
        self, topic: str, payload: bytes, *, retain: bool = False, properties: Mapping[str, str] | None = None
    ) -> None:
        await _under_way(self._pace, len(payload))
        await self._connection.publish(topic, payload, retain=retain, properties=properties)
        await _under_way(self._pace)

    async def deliveries(self) -> AsyncIterator[Delivery]:
        async for delivery in self._connection.deliveries():
            await _under_way(self._pace, len(delivery.payload))
            yield delivery


async def _under_way(pace: Pace, size: int = 0) -> None:
    if pace.is_slow:
        await pause(pace.takes(size))
