"""Shares one broker connection between the publisher and the ingest, since a node has one identity there."""

from __future__ import annotations

import asyncio
import random

import structlog

from backend.ingest import Ingest
from backend.publisher import Publisher
from backend.service.office import Office
from broker.transport import Connection, NotConnected, Transport, stay_connected
from protocol.topics import MARKER, Channel, every_car

log = structlog.get_logger("postroom")


class PostRoom:
    """Stays connected, subscribes, and hands each delivery to whom it is for."""

    def __init__(
        self,
        office: Office,
        transport: Transport,
        jitter: random.Random,
        *,
        publisher: Publisher | None = None,
        ingest: Ingest | None = None,
    ) -> None:
        self._transport = transport
        self._jitter = jitter
        self._publisher = publisher or Publisher(office)
        self._ingest = ingest or Ingest(office)
        self.connected = False

    @property
    def busy(self) -> str | None:
        """What is under way, in words; None if nothing is."""
        return self._ingest.busy or self._publisher.busy

    async def run(self) -> None:
        """Serve for ever, one connection after the other."""
        await stay_connected(
            self._transport,
            self._serve,
            jitter=self._jitter,
            on_loss=lambda loss: log.info("not_connected", reason=str(loss)[:200]),
        )

    async def _serve(self, connection: Connection) -> None:
        self._publisher.begin()
        self._ingest.begin()
        reason = "the connection to the broker was lost"
        try:
            async with asyncio.TaskGroup() as tasks:
                # Reading begins first: retained messages come as soon as the subscription stands.
                tasks.create_task(self._read(connection))
                await connection.subscribe(
                    MARKER,
                    *(every_car(channel) for channel in (Channel.HELLO, Channel.EVENTS, Channel.PRESENCE)),
                )
                self.connected = True
                log.info("connected")
                tasks.create_task(self._ingest.serve(connection))
                tasks.create_task(self._publisher.serve(connection))
        except* NotConnected as losses:
            reason = _first(losses)
        finally:
            self.connected = False
        raise NotConnected(reason)

    async def _read(self, connection: Connection) -> None:
        async for delivery in connection.deliveries():
            if delivery.topic == MARKER:
                self._publisher.marker_arrived(delivery.payload)
                delivery.ack()
            else:
                await self._ingest.accept(delivery)


def _first(losses: BaseException) -> str:
    while isinstance(losses, BaseExceptionGroup):
        losses = losses.exceptions[0]
    return str(losses)
