"""A mail server for demonstrations and tests: it takes every letter, sends none on, and keeps each as a file.

Files are named by a counter that goes on after a restart, and appear whole or not at all. A letter is kept
(and synced to the disk) before its sender hears that it was taken.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session

MOST_BYTES: Final = 10 * 1024 * 1024
_SUFFIX: Final = ".eml"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A running mail server: where it listens, and the folder that it keeps letters in."""

    host: str
    port: int
    folder: Path

    @property
    def url(self) -> str:
        """Return the address for SENSUS_SMTP_URL."""
        return f"smtp://{self.host}:{self.port}"


class _Keeper:
    """What aiosmtpd calls for each letter."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        numbers = [int(path.stem) for path in folder.glob(f"*{_SUFFIX}") if path.stem.isdecimal()]
        self._number = max(numbers, default=0)
        self._one_at_a_time = asyncio.Lock()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name for it
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        async with self._one_at_a_time:
            name = f"{self._number + 1:06d}{_SUFFIX}"
            await asyncio.to_thread(_keep, self._folder / name, raw)
            self._number += 1
        return f"250 Kept as {name}"


@asynccontextmanager
async def open_mailbox(host: str, port: int, folder: Path) -> AsyncIterator[Mailbox]:
    """Take letters within the block; ``port`` 0 takes a free one.

    Raises:
        OSError: the port is taken, or the folder cannot be made.
    """
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    keeper = _Keeper(folder)

    def session() -> SMTP:
        return SMTP(keeper, hostname="mailbox.invalid", ident="sensus", data_size_limit=MOST_BYTES)

    server = await asyncio.get_running_loop().create_server(session, host, port)
    async with server:
        yield Mailbox(host, server.sockets[0].getsockname()[1], folder)


def _keep(path: Path, raw: bytes) -> None:
    draft = path.with_suffix(".part")
    with draft.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
