"""The only file that knows paho: MQTT sessions whose sockets live on the asyncio loop.

Each connection gets a fresh paho client: paho would resend what an earlier session left unacknowledged.
paho only encodes, decodes and counts here. It opens no socket, starts no thread and waits for nothing:
the socket is connected (and its TLS handshake done) without blocking before paho is given it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import ssl
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt import MQTTException
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from broker.dialling import Address, TlsFiles, dial, hang_up, parse_url, tls_context
from broker.transport import Connection, Delivery, NotConnected, Will
from protocol.clock import monotonic

LARGEST_PACKET: Final = 256 * 1024
"""Bytes of one MQTT packet that we accept and that we send."""
CONTENT_TYPE: Final = "content-type"
"""The property that travels as MQTT 5's own Content Type; all others are user properties."""
_HEADERS: Final = 1024  # room for topic, packet id and lengths beside payload and properties
_GOODBYE: Final = 1.0  # seconds that a broker may take to hear our goodbye
_log = logging.getLogger(__name__)


class PahoTransport:
    """One MQTT broker and one identity, over TCP or TLS 1.3.

    ``keepalive``, ``connect_timeout`` and ``ack_timeout`` are seconds of technical time.
    ``receive_window`` is how many unacknowledged messages the broker may send us (MQTT 5),
    ``send_window`` how many we have under way at most; further publishes wait their turn.
    """

    def __init__(
        self,
        url: str,
        *,
        client_id: str,
        username: str | None = None,
        password: str | None = None,
        tls: TlsFiles | None = None,
        mqtt5: bool = True,
        keepalive: int = 20,
        connect_timeout: float = 10.0,
        ack_timeout: float = 15.0,
        receive_window: int = 200,
        send_window: int = 500,
    ) -> None:
        self.address = parse_url(url)
        if tls is not None and not self.address.secure:
            raise ValueError(f"{url} is not encrypted, so its certificates would not be used; write mqtts://")
        self._client_id = client_id
        self._username = username
        self._password = password
        self._tls = tls
        self._mqtt5 = mqtt5
        self._keepalive = keepalive
        self._connect_timeout = connect_timeout
        self._ack_timeout = ack_timeout
        self._receive_window = receive_window
        self._send_window = send_window
        self._context: ssl.SSLContext | None = None

    def connect(self, will: Will | None = None) -> AbstractAsyncContextManager[Connection]:
        """Open a clean session; leaving the block says goodbye.

        Raises:
            NotConnected: the broker is out of reach or refuses; the message says which and why.
        """
        return self._session(will)

    @asynccontextmanager
    async def _session(self, will: Will | None) -> AsyncIterator[Connection]:
        session = _Session(self._client(will), self.address, self._send_window, self._ack_timeout)
        try:
            try:
                async with asyncio.timeout(self._connect_timeout):
                    await session.open(await self._dial(), self._connect_properties(), self._keepalive)
            except TimeoutError as slow:
                raise NotConnected(
                    f"{self.address} did not answer {self._client_id} within {self._connect_timeout:g} s"
                ) from slow
            yield session
        finally:
            await session.close()

    def _client(self, will: Will | None) -> _Client:
        client = _Client(
            CallbackAPIVersion.VERSION2,
            self._client_id,
            clean_session=None if self._mqtt5 else True,
            protocol=MQTTProtocolVersion.MQTTv5 if self._mqtt5 else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.max_inflight_messages = 0  # the session keeps its own window: paho walks all per ack
        client.username = self._username
        client.password = self._password
        if will is not None:
            client.will_set(will.topic, will.payload, qos=1, retain=True)
        return client

    async def _dial(self) -> socket.socket:
        if self.address.secure and self._context is None:
            self._context = tls_context(self._tls)
        try:
            return await dial(self.address, self._context)
        except OSError as failure:  # a failed handshake is one too
            raise NotConnected(
                f"{self.address} is out of reach for {self._client_id}: {failure}"
            ) from failure

    def _connect_properties(self) -> Properties | None:
        if not self._mqtt5:
            return None
        properties = _properties(PacketTypes.CONNECT)
        properties.ReceiveMaximum = self._receive_window
        properties.MaximumPacketSize = LARGEST_PACKET
        return properties


class _Client(mqtt.Client):
    """paho, given a socket that is connected already instead of blocking until it is."""

    given: socket.socket

    def _create_socket(self) -> socket.socket:
        return self.given


@dataclass(slots=True)
class _Publish:
    topic: str
    payload: bytes
    retain: bool
    properties: Properties | None
    done: asyncio.Future[None]


class _Session:
    """One connection: paho's callbacks on one side, futures and a queue of deliveries on the other."""

    def __init__(self, client: _Client, address: Address, send_window: int, ack_timeout: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._client = client
        self._address = address
        self._window = send_window
        self._largest = LARGEST_PACKET
        self._ack_timeout = ack_timeout
        self._loss: NotConnected | None = None
        self._connected: asyncio.Future[None] = self._loop.create_future()
        self._over: asyncio.Future[None] = self._loop.create_future()
        self._waiting: deque[_Publish] = deque()
        self._under_way: dict[int, tuple[float, asyncio.Future[None]]] = {}  # by packet id, oldest first
        self._inbox: deque[Delivery] = deque()
        self._unacknowledged: deque[_Ack] = deque()
        self._arrived = asyncio.Event()
        self._misc: asyncio.TimerHandle | None = None
        self._last_words = "the connection broke"
        client.on_socket_open = self._on_socket_open
        client.on_socket_close = self._on_socket_close
        client.on_socket_register_write = self._on_register_write
        client.on_socket_unregister_write = self._on_unregister_write
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message

    # -- the port ------------------------------------------------------------------------------

    async def subscribe(self, *filters: str) -> None:
        self._check()
        code, packet = self._client.subscribe([(name, 1) for name in filters])
        if code != mqtt.MQTT_ERR_SUCCESS or packet is None:
            raise NotConnected(f"{self._address} could not be asked for {', '.join(filters)}: {code.name}")
        await self._acknowledged(packet)

    async def publish(
        self, topic: str, payload: bytes, *, retain: bool = False, properties: Mapping[str, str] | None = None
    ) -> None:
        self._check()
        size = len(payload) + sum(len(key) + len(value) for key, value in (properties or {}).items())
        if size + _HEADERS > self._largest:
            raise ValueError(
                f"{size} bytes for {topic} are too many: one packet holds {self._largest} at most"
            )
        done = self._loop.create_future()
        self._waiting.append(_Publish(topic, payload, retain, self._pack(properties), done))
        self._send_waiting()
        await done

    async def deliveries(self) -> AsyncIterator[Delivery]:
        while True:
            while self._inbox:
                yield self._inbox.popleft()
            self._check()
            self._arrived.clear()
            await self._arrived.wait()

    # -- opening and closing -------------------------------------------------------------------

    async def open(self, connected: socket.socket, properties: Properties | None, keepalive: int) -> None:
        self._client.given = connected
        self._client.on_log = self._on_log  # until CONNACK only: it formats a line per packet
        clean_start: Any = True if properties else mqtt.MQTT_CLEAN_START_FIRST_ONLY
        self._client.connect(
            self._address.host, self._address.port, keepalive, clean_start=clean_start, properties=properties
        )
        self._tick()
        await self._connected
        self._client.on_log = None

    async def close(self) -> None:
        """Say goodbye if somebody is there to hear it, and let go of the socket in any case."""
        sock = self._client.socket()
        if self._loss is None and sock is not None and self._connected.done():
            self._last_words = "we said goodbye"
            line = socket.socket(fileno=os.dup(sock.fileno()))  # paho closes its own at once
            self._client.disconnect()
            with line, contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GOODBYE):
                    await asyncio.shield(self._over)
                    await hang_up(line)
        self._lose("it was closed before the broker answered")

    def _lose(self, why: str) -> None:
        """Fail everything that still waits. The first reason stands."""
        if self._loss is not None:
            return
        self._loss = NotConnected(f"not connected to {self._address}: {why}")
        if self._misc is not None:
            self._misc.cancel()
        sock = self._client.socket()
        if sock is not None:
            self._on_socket_close(self._client, None, sock)
            sock.close()
        pending = [done for _, done in self._under_way.values()] + [publish.done for publish in self._waiting]
        self._under_way.clear()
        self._waiting.clear()
        self._unacknowledged.clear()
        for done in (self._connected, *pending):
            if not done.done():
                done.set_exception(NotConnected(*self._loss.args))
        if not self._connected.cancelled():
            self._connected.exception()  # looked at, so that asyncio does not report it once more
        if not self._over.done():
            self._over.set_result(None)
        self._arrived.set()

    def _check(self) -> None:
        if self._loss is not None:
            raise NotConnected(*self._loss.args)

    # -- publishing: a window of packets under way, the rest in line ---------------------------

    def _send_waiting(self) -> None:
        while self._waiting and len(self._under_way) < self._window:
            item = self._waiting.popleft()
            if item.done.done():  # its caller gave up while it stood in line
                continue
            try:
                info = self._client.publish(item.topic, item.payload, 1, item.retain, item.properties)
            except (ValueError, MQTTException) as wrong:  # a topic or property that MQTT cannot carry
                item.done.set_exception(ValueError(f"cannot publish on {item.topic[:120]!r}: {wrong}"))
                continue
            if info.rc != mqtt.MQTT_ERR_SUCCESS:
                item.done.set_exception(NotConnected(f"not connected to {self._address}: {info.rc.name}"))
                continue
            self._under_way[info.mid] = (monotonic() + self._ack_timeout, item.done)

    async def _acknowledged(self, packet: int) -> None:
        done: asyncio.Future[None] = self._loop.create_future()
        self._under_way[packet] = (monotonic() + self._ack_timeout, done)
        await done

    def _settle(self, packet: int, refusal: str | None = None) -> None:
        _, done = self._under_way.pop(packet, (0.0, None))
        if done is not None and not done.done():
            if refusal is None:
                done.set_result(None)
            else:
                done.set_exception(NotConnected(f"{self._address} refused: {refusal}"))
        self._send_waiting()

    def _pack(self, properties: Mapping[str, str] | None) -> Properties | None:
        if not properties or self._client.protocol != MQTTProtocolVersion.MQTTv5:
            return None
        packed = _properties(PacketTypes.PUBLISH)
        users = [(key, value) for key, value in properties.items() if key != CONTENT_TYPE]
        if users:
            packed.UserProperty = users
        if CONTENT_TYPE in properties:
            packed.ContentType = properties[CONTENT_TYPE]
        return packed

    # -- acknowledging: in order of arrival, as MQTT-4.6.0-2 wants it (rumqttd hangs up otherwise) ----

    def acknowledge(self, ack: _Ack) -> None:
        ack.given = True
        while self._unacknowledged and self._unacknowledged[0].given:
            self._client.ack(self._unacknowledged.popleft().packet, 1)

    # -- the socket on the loop ----------------------------------------------------------------

    def _tick(self) -> None:
        self._misc = self._loop.call_later(min(1.0, self._ack_timeout / 4), self._tick)
        self._client.loop_misc()
        oldest = next(iter(self._under_way.values()), None)
        if oldest is not None and oldest[0] < monotonic():
            self._lose(f"no acknowledgement came within {self._ack_timeout:g} s")

    def _readable(self, sock: socket.socket) -> None:
        self._client.loop_read()
        # What TLS has decrypted already makes no socket readable: come back for it by ourselves.
        if isinstance(sock, ssl.SSLSocket) and sock.fileno() >= 0 and sock.pending():
            self._loop.call_soon(self._readable, sock)

    def _on_socket_open(self, _client: mqtt.Client, _data: Any, sock: Any) -> None:
        self._loop.add_reader(sock, self._readable, sock)

    def _on_socket_close(self, _client: mqtt.Client, _data: Any, sock: Any) -> None:
        if sock.fileno() >= 0:
            self._loop.remove_reader(sock)
            self._loop.remove_writer(sock)

    def _on_register_write(self, _client: mqtt.Client, _data: Any, sock: Any) -> None:
        self._loop.add_writer(sock, self._client.loop_write)

    def _on_unregister_write(self, _client: mqtt.Client, _data: Any, sock: Any) -> None:
        if sock.fileno() >= 0:  # else we have closed it before paho did
            self._loop.remove_writer(sock)

    # -- paho's callbacks: they never raise, for paho would lose count --------------------------

    def _on_connect(
        self, _client: mqtt.Client, _data: Any, _flags: Any, reason: Any, properties: Any
    ) -> None:
        if reason.is_failure:
            self._lose(f"it refused us: {reason}")
            return
        self._window = max(1, min(self._window, getattr(properties, "ReceiveMaximum", self._window)))
        self._largest = min(self._largest, getattr(properties, "MaximumPacketSize", self._largest))
        if not self._connected.done():
            self._connected.set_result(None)

    def _on_disconnect(
        self, _client: mqtt.Client, _data: Any, flags: Any, reason: Any, _properties: Any
    ) -> None:
        if flags.is_disconnect_packet_from_server:
            self._lose(f"it hung up: {reason}")
        else:
            self._lose(self._last_words)

    def _on_subscribe(
        self, _client: mqtt.Client, _data: Any, packet: int, reasons: Any, _properties: Any
    ) -> None:
        refusals = [str(reason) for reason in reasons if reason.is_failure]
        self._settle(packet, f"the subscription ({', '.join(refusals)})" if refusals else None)

    def _on_publish(
        self, _client: mqtt.Client, _data: Any, packet: int, reason: Any, _properties: Any
    ) -> None:
        self._settle(packet, f"the message ({reason})" if reason.is_failure else None)

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        ack = _Ack(self, message.mid) if message.qos else None
        if ack is not None:
            self._unacknowledged.append(ack)
        try:
            topic, properties = message.topic, _unpack(message.properties)
        except UnicodeDecodeError:
            _log.warning("mqtt.topic_is_no_text", extra={"broker": str(self._address)})
            if ack is not None:
                ack()
            return
        self._inbox.append(
            Delivery(topic, bytes(message.payload), message.retain, ack or _nothing, properties)
        )
        self._arrived.set()

    def _on_log(self, _client: mqtt.Client, _data: Any, level: int, text: str) -> None:
        if level == mqtt.MQTT_LOG_ERR:
            self._last_words = text


class _Ack:
    """Acknowledges one delivery, once, in the connection that delivered it."""

    __slots__ = ("_session", "given", "packet")

    def __init__(self, session: _Session, packet: int) -> None:
        self._session = session
        self.packet = packet
        self.given = False

    def __call__(self) -> None:
        if not self.given:
            self._session.acknowledge(self)


def _nothing() -> None:
    """Acknowledge a QoS 0 message: there is nothing to say."""


def _unpack(properties: Properties | None) -> dict[str, str]:
    if properties is None:
        return {}
    unpacked = dict(getattr(properties, "UserProperty", ()))
    content_type = getattr(properties, "ContentType", None)
    return unpacked if content_type is None else {**unpacked, CONTENT_TYPE: content_type}


def _properties(packet: int) -> Properties:
    return Properties(packet)  # type: ignore[no-untyped-call]  # paho 2 left this class without annotations
