"""What can go wrong between a client and its broker, on purpose and by seed: lost, late, doubled, cut.

:class:`Faults` are the knobs. :meth:`Faults.line` puts them into a ``MemoryBroker``; :class:`Proxy` puts them
between any client and any real broker that speak MQTT without TLS. Directions: ``up`` to the broker, ``down``
from it.

    async with Proxy(broker.host, broker.port) as proxy:
        proxy.faults.drop_next("PUBACK", direction="down")
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import Final, Self

from broker.memory_transport import Line

_NAMES: Final = (
    "RESERVED CONNECT CONNACK PUBLISH PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK "
    "PINGREQ PINGRESP DISCONNECT AUTH"
).split()


class _Deed(Enum):
    PASS = auto()
    DROP = auto()
    DUPLICATE = auto()
    DELAY = auto()  # and everything behind it: TCP does not overtake
    REORDER = auto()  # the next packet goes first


@dataclass(slots=True)
class _Rule:
    packet: str
    direction: str | None
    deed: _Deed
    seconds: float = 0.0
    left: int | None = None  # how often it still applies; None for as long as it stands
    chance: float = 1.0


class Faults:
    """Rules that decide what each packet meets. The first rule that applies decides."""

    def __init__(self, seed: int = 0) -> None:
        self._chances = random.Random(seed)
        self._rules: list[_Rule] = []
        self.met: list[tuple[str, str]] = []
        """What befell whom so far: (packet, deed), in order."""

    def drop_next(self, packet: str, *, direction: str | None = None, times: int = 1) -> None:
        """Lose the next ``times`` packets of that name."""
        self._rules.append(_Rule(_known(packet), direction, _Deed.DROP, left=times))

    def duplicate_next(self, packet: str, *, direction: str | None = None, times: int = 1) -> None:
        """Carry the next ``times`` packets of that name twice."""
        self._rules.append(_Rule(_known(packet), direction, _Deed.DUPLICATE, left=times))

    def delay_next(
        self, packet: str, seconds: float, *, direction: str | None = None, times: int = 1
    ) -> None:
        """Hold the next packet of that name back, and with it all that follow on its line."""
        self._rules.append(_Rule(_known(packet), direction, _Deed.DELAY, seconds, left=times))

    def reorder_next(self, packet: str, *, direction: str | None = None, times: int = 1) -> None:
        """Let the packet that follows the next one of that name overtake it."""
        self._rules.append(_Rule(_known(packet), direction, _Deed.REORDER, left=times))

    def sometimes(
        self,
        packet: str,
        *,
        direction: str | None = None,
        drop: float = 0.0,
        duplicate: float = 0.0,
        reorder: float = 0.0,
        delay: float = 0.0,
        seconds: float = 0.05,
    ) -> None:
        """Do each of these to packets of that name with its probability, until :meth:`clear`."""
        chances = (
            (_Deed.DROP, drop),
            (_Deed.DUPLICATE, duplicate),
            (_Deed.REORDER, reorder),
            (_Deed.DELAY, delay),
        )
        for deed, chance in chances:
            self._rules.append(_Rule(_known(packet), direction, deed, seconds, chance=chance))

    def clear(self) -> None:
        """Let everything pass again."""
        self._rules.clear()

    def line(self, direction: str) -> Line:
        """Lay the line of one connection in one direction."""
        return _Line(self, direction)

    def judge(self, packet: str, direction: str) -> tuple[_Deed, float]:
        """Decide what one packet meets, and for how many seconds where that matters."""
        for rule in self._rules:
            if rule.packet != packet or rule.direction not in (None, direction):
                continue
            if rule.chance < 1.0 and self._chances.random() >= rule.chance:
                continue
            if rule.left is not None:
                rule.left -= 1
                if rule.left == 0:
                    self._rules.remove(rule)
            self.met.append((packet, rule.deed.name.lower()))
            return rule.deed, rule.seconds
        return _Deed.PASS, 0.0


class _Line:
    """One connection in one direction: what is held back here, and what waits behind it."""

    def __init__(self, faults: Faults, direction: str) -> None:
        self._faults = faults
        self._direction = direction
        self._overtaken: list[Callable[[], None]] = []
        self._behind: deque[tuple[str, Callable[[], None]]] | None = None  # None: nothing is delayed

    def __call__(self, packet: str, send: Callable[[], None]) -> None:
        if self._behind is not None:
            self._behind.append((packet, send))
            return
        deed, seconds = self._faults.judge(packet, self._direction)
        if deed is _Deed.DELAY:
            self._behind = deque()
            asyncio.get_running_loop().call_later(seconds, self._resume, send)
        elif deed is _Deed.REORDER:
            self._overtaken.append(send)
        elif deed is not _Deed.DROP:
            self._carry(send)
            if deed is _Deed.DUPLICATE:
                self._carry(send)

    def _carry(self, send: Callable[[], None]) -> None:
        send()
        overtaken, self._overtaken = self._overtaken, []
        for late in overtaken:
            late()

    def _resume(self, send: Callable[[], None]) -> None:
        behind, self._behind = self._behind or deque(), None
        self._carry(send)
        for packet, later in behind:
            self(packet, later)


class Proxy:
    """Stands before a broker on a port of its own and does to the packets what :attr:`faults` say."""

    def __init__(self, host: str, port: int, *, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.port = 0
        self._there = (host, port)
        self._server: asyncio.Server | None = None
        self._wires: set[_Wire] = set()
        self._left: dict[str, int] = {}
        self._flows = asyncio.Event()
        self._flows.set()

    @property
    def url(self) -> str:
        """Where clients connect to instead of the broker."""
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        """How many clients are connected through here."""
        return len(self._wires)

    async def __aenter__(self) -> Self:
        await self.admit()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.refuse()

    async def admit(self) -> None:
        """Take connections (again), always on the same port."""
        if self._server is None:
            self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Cut every connection and take no new one."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()
        self.flow()
        await asyncio.gather(*(wire.ended.wait() for wire in self._wires))

    def cut(self, *, after: int = 0, direction: str = "up") -> None:
        """Cut every connection, at once or once ``after`` more bytes have passed in ``direction``."""
        if after:
            self._left[direction] = after
            return
        for wire in self._wires:
            wire.cut()

    def stall(self) -> None:
        """Let nothing pass, but keep the connections: a broker that hangs."""
        self._flows.clear()

    def flow(self) -> None:
        """End a stall: what was held passes now."""
        self._flows.set()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there = await asyncio.open_connection(*self._there)
        except OSError:
            writer.transport.abort()
            return
        if self._server is None:  # refused while we were on our way
            writer.transport.abort()
            there[1].transport.abort()
            return
        wire = _Wire((writer, there[1]))
        self._wires.add(wire)
        try:
            await asyncio.gather(
                self._pump(reader, there[1], "up", wire), self._pump(there[0], writer, "down", wire)
            )
        finally:
            self._wires.discard(wire)
            wire.ended.set()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: str, wire: _Wire
    ) -> None:
        line = self.faults.line(direction)
        rest = bytearray()
        try:
            while data := await reader.read(65536):
                rest += data
                for name, packet in packets(rest):
                    await self._flows.wait()
                    line(name, partial(self._pass, packet, writer, direction, wire))
                await writer.drain()
        except OSError:
            pass  # one end was cut: the other one follows
        finally:
            wire.close()

    def _pass(self, packet: bytes, writer: asyncio.StreamWriter, direction: str, wire: _Wire) -> None:
        if writer.is_closing():
            return
        left = self._left.get(direction)
        if left is None or len(packet) < left:
            writer.write(packet)
            if left is not None:
                self._left[direction] = left - len(packet)
        else:
            writer.write(packet[:left])
            del self._left[direction]
            self.faults.met.append((_NAMES[packet[0] >> 4], "cut"))
            wire.close()


class _Wire:
    """The two sockets of one connection."""

    def __init__(self, writers: tuple[asyncio.StreamWriter, asyncio.StreamWriter]) -> None:
        self._writers = writers
        self.ended = asyncio.Event()

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    def close(self) -> None:
        for writer in self._writers:
            writer.close()


def packets(received: bytearray) -> Iterator[tuple[str, bytes]]:
    """Take whole packets off the front of ``received``: each with its name (MQTT 5, section 2.1)."""
    while len(received) >= 2:
        length, place = 0, 1
        while True:
            if place >= len(received):
                return
            length |= (received[place] & 127) << 7 * (place - 1)
            place += 1
            if not received[place - 1] & 128:
                break
        if len(received) < place + length:
            return
        packet = bytes(received[: place + length])
        del received[: place + length]
        yield _NAMES[packet[0] >> 4], packet


def _known(packet: str) -> str:
    if packet not in _NAMES:
        raise ValueError(f"{packet!r} is no MQTT packet; there are {', '.join(_NAMES[1:])}")
    return packet
