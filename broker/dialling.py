"""Reaches a broker by URL: address, certificates, a connected socket, and no moment of blocking."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files: whom to trust, and, where the broker asks for it, who we are."""

    ca: Path
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a broker listens."""

    host: str
    port: int
    secure: bool

    def __str__(self) -> str:
        """Return the URL, always with its port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.secure else 'mqtt'}://{host}:{self.port}"


def parse_url(url: str) -> Address:
    """Take ``mqtt://host:port`` or ``mqtts://host:port`` apart.

    Raises:
        ValueError: it is neither; the message says what one looks like.
    """
    example = "write mqtt://localhost:1883 or mqtts://broker.example.com:8883"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as wrong:
        raise ValueError(f"{url!r} is no broker URL ({wrong}); {example}") from wrong
    if "@" in parts.netloc:
        raise ValueError(f"a broker URL carries no user name or password, for URLs end in logs; {example}")
    if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise ValueError(f"{url!r} is no broker URL; {example}")
    return Address(parts.hostname, port or _PORTS[parts.scheme], parts.scheme == "mqtts")


def tls_context(files: TlsFiles | None) -> ssl.SSLContext:
    """Return a context for TLS 1.3 that checks the broker's name and shows our certificate if we have one.

    Raises:
        OSError: a file is missing or is not what it should be.
    """
    context = ssl.create_default_context(cafile=files.ca if files else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if files and files.certificate:
        context.load_cert_chain(files.certificate, files.key)
    return context


async def dial(address: Address, context: ssl.SSLContext | None) -> socket.socket:
    """Return a connected, non-blocking socket; with a ``context``, one that has shaken hands.

    Raises:
        OSError: nobody answers there, or the handshake failed.
    """
    loop = asyncio.get_running_loop()
    # A number stays on the loop: getaddrinfo takes a thread of the pool that others sync their journals in.
    places = _numeric(address) or await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    problem = OSError(f"{address.host} has no address")
    for family, kind, protocol, _, place in places:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await loop.sock_connect(sock, place)
            return sock if context is None else await _shake_hands(context, sock, address.host)
        except OSError as failure:
            problem = failure
            sock.close()
        except BaseException:
            sock.close()
            raise
    raise problem


async def hang_up(sock: socket.socket) -> None:
    """Close ``sock`` after the other end has.

    A socket closed with bytes unread resets the connection, and the reset may outrun our last word.
    """
    loop = asyncio.get_running_loop()
    with sock:
        try:
            sock.shutdown(socket.SHUT_WR)
            while await loop.sock_recv(sock, 65536):
                pass
        except OSError:
            return  # it is gone already


def _numeric(address: Address) -> list[tuple[Any, Any, int, str, Any]]:
    try:
        return socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )
    except OSError:
        return []


async def _shake_hands(context: ssl.SSLContext, sock: socket.socket, host: str) -> ssl.SSLSocket:
    """Shake hands without blocking: asyncio's own TLS is a protocol, and paho needs a socket."""
    loop = asyncio.get_running_loop()
    secured = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
    try:
        while True:
            try:
                secured.do_handshake()
                return secured
            except ssl.SSLWantReadError:
                add, remove = loop.add_reader, loop.remove_reader
            except ssl.SSLWantWriteError:
                add, remove = loop.add_writer, loop.remove_writer
            ready: asyncio.Future[None] = loop.create_future()
            add(secured, _set, ready)
            try:
                await ready
            finally:
                remove(secured)
    except BaseException:
        secured.close()
        raise


def _set(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
