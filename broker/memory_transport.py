"""A small honest MQTT broker in memory, so that both ends can be tested without a process or a port.

It is held to the same contract tests as the real ones: retained messages, wildcards, wills, session takeover,
a receive window, acknowledgements that count. What a packet meets on its way is decided by a *line* (see
``broker.faults``); the plain one hands every packet on at the next turn of the loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from broker.transport import Connection, Delivery, NotConnected, Will

LARGEST_PAYLOAD: Final = 255 * 1024
"""Bytes, as with the real brokers."""
Line = Callable[[str, Callable[[], None]], None]
"""Carries one packet, by name (``PUBLISH``, ``PUBACK``...): calls the sender now, later, twice or never."""
Lines = Callable[[str], Line]
"""Lays the line of a new connection, in one direction: ``up`` to the broker or ``down`` from it."""
Allows = Callable[[str, str, str], bool]
"""Tells whether a client id may ``read`` or ``write`` a topic."""


@dataclass(frozen=True, slots=True)
class _Message:
    topic: str
    payload: bytes
    properties: Mapping[str, str] = field(default_factory=dict)


def matches(pattern: str, topic: str) -> bool:
    """Tell whether a topic filter with ``+`` and ``#`` covers a topic name (MQTT 5, section 4.7)."""
    wanted, levels = pattern.split("/"), topic.split("/")
    if levels[0].startswith("$") and wanted[0] in ("+", "#"):
        return False
    for place, level in enumerate(wanted):
        if level == "#":
            return True
        if place >= len(levels) or level not in ("+", levels[place]):
            return False
    return len(wanted) == len(levels)


class MemoryBroker:
    """The broker: what is retained, who is connected, and verbs that do it harm."""

    def __init__(
        self,
        *,
        lines: Lines = lambda _: lambda _packet, send: send(),
        allows: Allows = lambda _client, _deed, _topic: True,
        receive_window: int = 200,
    ) -> None:
        self.lines = lines
        self.allows = allows
        self.receive_window = receive_window
        self.running = True
        self._retained: dict[str, _Message] = {}
        self._sessions: dict[str, _Session] = {}

    @property
    def retained(self) -> Mapping[str, bytes]:
        """What the store holds: payloads by topic."""
        return {topic: message.payload for topic, message in self._retained.items()}

    @property
    def clients(self) -> frozenset[str]:
        """The client ids that are connected."""
        return frozenset(self._sessions)

    def unacknowledged(self, client_id: str) -> int:
        """Count what was delivered to a client and not acknowledged by it."""
        session = self._sessions.get(client_id)
        return len(session.unacknowledged) if session else 0

    def stop(self) -> None:
        """Die as in a power cut: every connection is lost, no will is published, the store stays."""
        self.running = False
        for session in list(self._sessions.values()):
            self._end(session, "the broker stopped", will=False)

    def start(self) -> None:
        """Serve again, with what the store still holds."""
        self.running = True

    def forget(self) -> None:
        """Lose the store."""
        self._retained.clear()

    def drop(self, client_id: str) -> None:
        """Break one client's connection, as a tunnel would; its will is published."""
        session = self._sessions.get(client_id)
        if session is not None:
            self._end(session, "the connection broke", will=True)

    # -- what connections ask for ---------------------------------------------------------------

    def admit(self, session: _Session) -> None:
        """Take a new session on; an older one of the same identity ends."""
        if not self.running:
            raise NotConnected(f"the memory broker is out of reach for {session.client_id}: it does not run")
        older = self._sessions.get(session.client_id)
        if older is not None:
            self._end(older, "another session took this identity over", will=True)
        self._sessions[session.client_id] = session

    def abandon(self, session: _Session) -> None:
        """Let a session go that has given up waiting."""
        self._end(session, "it waited in vain", will=True)

    def leave(self, session: _Session) -> None:
        """Let a session go that said goodbye."""
        self._end(session, "we said goodbye", will=False)

    def route(self, message: _Message, *, retain: bool) -> None:
        """Store a message if it is to be retained, and hand it to every subscriber."""
        if retain and message.payload:
            self._retained[message.topic] = message
        elif retain:
            self._retained.pop(message.topic, None)
        for session in list(self._sessions.values()):
            if any(matches(pattern, message.topic) for pattern in session.filters):
                self.hand_over(session, message, retained=False)

    def subscribed(self, session: _Session, patterns: tuple[str, ...]) -> None:
        """Remember what a session wants, and hand it what is retained of that."""
        session.filters.update(dict.fromkeys(patterns))
        for message in list(self._retained.values()):
            if any(matches(pattern, message.topic) for pattern in patterns):
                self.hand_over(session, message, retained=True)

    def hand_over(self, session: _Session, message: _Message, *, retained: bool) -> None:
        """Queue a message for a session that may read it."""
        if self.allows(session.client_id, "read", message.topic):
            session.offer(message, retained=retained)

    def _end(self, session: _Session, why: str, *, will: bool) -> None:
        if self._sessions.get(session.client_id) is session:
            del self._sessions[session.client_id]
            session.lose(why)
            if will and session.will is not None:
                self.route(_Message(session.will.topic, session.will.payload), retain=True)


class MemoryTransport:
    """One identity at a :class:`MemoryBroker`."""

    def __init__(self, broker: MemoryBroker, client_id: str, *, ack_timeout: float = 15.0) -> None:
        self._broker = broker
        self._client_id = client_id
        self._ack_timeout = ack_timeout

    def connect(self, will: Will | None = None) -> AbstractAsyncContextManager[Connection]:
        """Open a clean session; leaving the block says goodbye.

        Raises:
            NotConnected: the broker does not run.
        """
        return self._session(will)

    @asynccontextmanager
    async def _session(self, will: Will | None) -> AsyncIterator[Connection]:
        session = _Session(self._broker, self._client_id, will, self._ack_timeout)
        self._broker.admit(session)
        try:
            yield session
        finally:
            self._broker.leave(session)


class _Session:
    """One connection, and the broker's half of it."""

    def __init__(self, broker: MemoryBroker, client_id: str, will: Will | None, ack_timeout: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._broker = broker
        self.client_id = client_id
        self.will = will
        self.filters: dict[str, None] = {}
        self.unacknowledged: set[int] = set()
        self._ack_timeout = ack_timeout
        self._up = broker.lines("up")
        self._down = broker.lines("down")
        self._queue: deque[tuple[_Message, bool]] = deque()  # waits for room in the receive window
        self._inbox: deque[Delivery] = deque()
        self._arrived = asyncio.Event()
        self._loss: NotConnected | None = None
        self._pending: set[asyncio.Future[None]] = set()
        self._packet = 0

    async def subscribe(self, *filters: str) -> None:
        for pattern in filters:
            _check_filter(pattern)
        self._check()
        done = self._expect()

        def arrives() -> None:
            if self._loss is None:
                self._send(self._down, "SUBACK", lambda: _settle(done))
                self._broker.subscribed(self, filters)

        self._send(self._up, "SUBSCRIBE", arrives)
        await self._answered(done)

    async def publish(
        self, topic: str, payload: bytes, *, retain: bool = False, properties: Mapping[str, str] | None = None
    ) -> None:
        _check_topic(topic)
        if len(payload) > LARGEST_PAYLOAD:
            raise ValueError(f"{len(payload)} bytes for {topic} are too many: {LARGEST_PAYLOAD} at most")
        self._check()
        message = _Message(topic, bytes(payload), dict(properties or {}))
        done = self._expect()

        def arrives() -> None:
            if self._loss is not None:
                return
            if self._broker.allows(self.client_id, "write", topic):
                self._broker.route(message, retain=retain)
                self._send(self._down, "PUBACK", lambda: _settle(done))
            else:
                refusal = NotConnected(f"the memory broker refused: the message on {topic} (Not authorized)")
                self._send(self._down, "PUBACK", lambda: _settle(done, refusal))

        self._send(self._up, "PUBLISH", arrives)
        await self._answered(done)

    async def deliveries(self) -> AsyncIterator[Delivery]:
        while True:
            while self._inbox:
                yield self._inbox.popleft()
            self._check()
            self._arrived.clear()
            await self._arrived.wait()

    # -- the broker's half ----------------------------------------------------------------------

    def offer(self, message: _Message, *, retained: bool) -> None:
        """Queue a message; it is sent once the receive window has room."""
        self._queue.append((message, retained))
        self._send_queued()

    def lose(self, why: str) -> None:
        """Fail everything that waits. What had arrived can still be read."""
        self._loss = NotConnected(f"{self.client_id} is not connected to the memory broker: {why}")
        for done in self._pending:
            _settle(done, NotConnected(*self._loss.args))
        self._pending.clear()
        self._queue.clear()
        self.unacknowledged.clear()
        self._arrived.set()

    def _send_queued(self) -> None:
        while self._queue and len(self.unacknowledged) < self._broker.receive_window:
            message, retained = self._queue.popleft()
            self._packet += 1
            self.unacknowledged.add(self._packet)
            self._deliver(message, self._packet, retained=retained)

    def _deliver(self, message: _Message, packet: int, *, retained: bool) -> None:
        def acknowledge() -> None:
            self._send(self._up, "PUBACK", acknowledged)

        def acknowledged() -> None:
            if packet in self.unacknowledged:
                self.unacknowledged.remove(packet)
                self._send_queued()

        def arrives() -> None:
            if self._loss is None:
                copy = Delivery(message.topic, message.payload, retained, acknowledge, message.properties)
                self._inbox.append(copy)
                self._arrived.set()

        self._send(self._down, "PUBLISH", arrives)

    def _send(self, line: Line, packet: str, arrives: Callable[[], None]) -> None:
        self._loop.call_soon(line, packet, arrives)

    # -- the client's half ----------------------------------------------------------------------

    def _check(self) -> None:
        if self._loss is not None:
            raise NotConnected(*self._loss.args)

    def _expect(self) -> asyncio.Future[None]:
        done = self._loop.create_future()
        self._pending.add(done)
        done.add_done_callback(self._pending.discard)
        return done

    async def _answered(self, done: asyncio.Future[None]) -> None:
        try:
            async with asyncio.timeout(self._ack_timeout):
                await done
        except TimeoutError as silence:
            self._broker.abandon(self)
            raise NotConnected(
                f"the memory broker did not acknowledge within {self._ack_timeout:g} s"
            ) from silence


def _settle(done: asyncio.Future[None], failure: NotConnected | None = None) -> None:
    if done.done():
        return
    if failure is None:
        done.set_result(None)
    else:
        done.set_exception(failure)


def _check_topic(topic: str) -> None:
    if not topic or "+" in topic or "#" in topic:
        raise ValueError(f"cannot publish on {topic[:120]!r}: a topic name has no wildcards and is not empty")


def _check_filter(pattern: str) -> None:
    levels = pattern.split("/")
    lonely = all(level == "+" or "+" not in level for level in levels)
    last = all(
        level == "#" and place == len(levels) - 1 for place, level in enumerate(levels) if "#" in level
    )
    if not pattern or not lonely or not last:
        raise ValueError(f"{pattern[:120]!r} is no topic filter: + fills a level, # fills the last one")
