"""Runs a real Mosquitto with the project's own mosquitto.conf and acl, only its paths and ports moved."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from broker import pki
from broker.dialling import TlsFiles
from broker.embedded import Kind, choose, mosquitto
from broker.paho_transport import PahoTransport
from protocol.clock import SystemClock, until_blocking
from tests import house

ANNA, BERT = "YV1FW7050E1234567", "YV1FW7050E7654321"
"""Two cars, so that each can try what only the other may."""
OBSERVER = "observer"
"""An account that the tests add: it may read what the broker says of itself."""


class Hardened:
    """The broker under test, and who may connect to it."""

    def __init__(self, folder: Path) -> None:
        choose(Kind.MOSQUITTO)  # says what to install if it is not there
        self.folder = folder
        self.pki = identities(folder / "pki", SystemClock().now())
        self.cars_port, self.backends_port = free_port(), free_port()
        (folder / "data").mkdir()
        acl = (house.ROOT / "broker" / "acl").read_text()
        (folder / "acl").write_text(f"{acl}\nuser {OBSERVER}\ntopic read $SYS/#\n")
        (folder / "mosquitto.conf").write_text(self._config())
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [mosquitto() or "mosquitto", "-c", str(self.folder / "mosquitto.conf")]
        with (self.folder / "log").open("ab") as log:
            self._process = process = subprocess.Popen(command, stdout=log, stderr=log)
        until_blocking(
            lambda: process.poll() is not None or (listens(self.cars_port) and listens(self.backends_port)),
            what="the hardened Mosquitto to listen",
        )
        assert process.poll() is None, (self.folder / "log").read_text()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(10)

    def car(self, vin: str, *, client_id: str | None = None, folder: Path | None = None) -> PahoTransport:
        """A head unit with the certificate of ``vin``, by default from the right authority."""
        made = (folder or self.pki) / "cars" / vin
        return self.client(
            client_id or vin,
            TlsFiles(self.pki / "ca.crt", made.with_suffix(".crt"), made.with_suffix(".key")),
        )

    def client(self, client_id: str, tls: TlsFiles, host: str = "127.0.0.1") -> PahoTransport:
        return PahoTransport(f"mqtts://{host}:{self.cars_port}", client_id=client_id, tls=tls)

    def backend(
        self, user: str = pki.BACKEND, password: str | None = None, client_id: str | None = None
    ) -> PahoTransport:
        """A backend node with its account."""
        return PahoTransport(
            f"mqtts://127.0.0.1:{self.backends_port}",
            client_id=client_id or user,
            username=user,
            password=password or (self.pki / f"{user}.password").read_text(),
            tls=TlsFiles(self.pki / "ca.crt"),
        )

    def _config(self) -> str:
        text = (house.ROOT / "broker" / "mosquitto.conf").read_text()
        for old, new in (
            ("/mosquitto/secrets/", f"{self.pki}/"),
            ("/mosquitto/config/", f"{self.folder}/"),
            ("/mosquitto/data/", f"{self.folder}/data/"),
            ("listener 8883\n", f"listener {self.cars_port} 127.0.0.1\n"),
            ("listener 8884\n", f"listener {self.backends_port} 127.0.0.1\n"),
            ("sys_interval 0\n", "sys_interval 1\n"),  # something to be denied
        ):
            assert old in text, old
            text = text.replace(old, new)
        return text + (
            "user root\n" if os.geteuid() == 0 else ""
        )  # it would leave root and not read our files


def identities(folder: Path, now: datetime) -> Path:
    """Make an authority with everything that the tests connect with."""
    folder.mkdir()
    pki.authority(folder, now)
    pki.broker(folder, ["127.0.0.1"], now)
    for vin in (ANNA, BERT):
        pki.car(folder, vin, now)
    for user in (pki.BACKEND, OBSERVER):
        pki.account(folder, user)
    return folder


def tls12(folder: Path, vin: str) -> ssl.SSLContext:
    """A client of yesterday with a good certificate."""
    context = ssl.create_default_context(cafile=folder / "ca.crt")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(folder / "cars" / f"{vin}.crt", folder / "cars" / f"{vin}.key")
    return context


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Tell whether somebody accepts connections there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5):
            return True
    except OSError:
        return False


LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
