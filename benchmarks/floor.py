"""What the same machine needs at least: one hop through the same broker, one commit, one sync of a file."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from protocol.clock import monotonic

TOPIC: Final = "floor/desired"
PRAGMAS: Final = ("journal_mode = WAL", "synchronous = FULL")
"""As backend.store.database sets them for SQLite."""
_PATIENCE: Final = 10.0


@dataclass
class Floor:
    """The three steps that nobody can do without, each in seconds."""

    sender: mqtt.Client
    arrived: threading.Event
    database: sqlite3.Connection
    file: int

    def hop(self, payload: bytes) -> float:
        """Publish at QoS 1, retained, and wait until the other client has it: bare paho, no code of ours."""
        self.arrived.clear()
        begun = monotonic()
        self.sender.publish(TOPIC, payload, qos=1, retain=True)
        if not self.arrived.wait(_PATIENCE):
            raise TimeoutError("the broker has not passed the message on")
        return monotonic() - begun

    def commit(self, content: str) -> float:
        """Write one row and commit."""
        begun = monotonic()
        self.database.execute("BEGIN IMMEDIATE")
        self.database.execute("UPDATE state SET rev = rev + 1, content = ?", (content,))
        self.database.execute("COMMIT")
        return monotonic() - begun

    def sync(self, line: bytes) -> tuple[float, float]:
        """Append a line and sync it as the car's journal does; return all of it, and the sync alone."""
        begun = monotonic()
        os.write(self.file, line)
        written = monotonic()
        os.fdatasync(self.file)
        ended = monotonic()
        return ended - begun, ended - written


@contextmanager
def floor(directory: Path, port: int) -> Iterator[Floor]:
    """Connect two bare clients to the broker; open a database and a file beside those that are measured."""
    arrived, subscribed = threading.Event(), threading.Event()
    receiver, sender = _client("floor-receiver"), _client("floor-sender")

    receiver.on_message = lambda *_: arrived.set()
    receiver.on_subscribe = lambda *_: subscribed.set()
    database = sqlite3.connect(directory / "floor.db", isolation_level=None)
    file = os.open(directory / "floor.journal", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        for pragma in PRAGMAS:
            database.execute(f"PRAGMA {pragma}")
        database.execute("CREATE TABLE state (rev INTEGER, content TEXT)")
        database.execute("INSERT INTO state VALUES (0, '')")
        for client in (receiver, sender):
            client.connect("127.0.0.1", port)
            client.loop_start()
        receiver.subscribe(TOPIC, qos=1)
        if not subscribed.wait(_PATIENCE):
            raise TimeoutError("the broker has not answered the subscription")
        yield Floor(sender, arrived, database, file)
    finally:
        for client in (receiver, sender):
            client.disconnect()
            client.loop_stop()
        database.close()
        os.close(file)


def _client(name: str) -> mqtt.Client:
    return mqtt.Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTProtocolVersion.MQTTv5)
