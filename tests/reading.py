"""Reads a connection with patience, up to a message that must come: silence alone proves nothing."""

from __future__ import annotations

import asyncio

from broker.transport import Connection, Delivery

PATIENCE = 10.0


class Reader:
    """Reads one connection's deliveries in order."""

    def __init__(self, connection: Connection) -> None:
        self._deliveries = connection.deliveries()

    async def next(self) -> Delivery:
        """Return the next delivery, not acknowledged."""
        async with asyncio.timeout(PATIENCE):
            return await anext(self._deliveries)

    async def takes(self, count: int) -> list[Delivery]:
        """Return the next ``count`` deliveries, each acknowledged."""
        taken = []
        for _ in range(count):
            delivery = await self.next()
            delivery.ack()
            taken.append(delivery)
        return taken

    async def until(self, payload: bytes) -> list[Delivery]:
        """Return what arrives up to, and without, the control message ``payload``."""
        seen: list[Delivery] = []
        while (delivery := await self.next()).payload != payload:
            delivery.ack()
            seen.append(delivery)
        delivery.ack()
        return seen
