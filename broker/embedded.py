"""Starts a real broker as a child process, for the demo and for tests: nobody has to install one first.

rumqttd comes in a wheel (iotcore) and forgets everything when it ends; Mosquitto, where it is installed,
keeps its store in ``directory``. Both listen on one loopback port, without passwords: not for a network.

    async with EmbeddedBroker() as broker:
        transport = PahoTransport(broker.url, client_id="somebody")
"""

from __future__ import annotations

import argparse
import ctypes
import importlib.util
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import IO, Final, Self

from protocol.clock import pause, until

_RUMQTTD: Final = """\
id = 0
[router]
id = 0
max_connections = 10000
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10
[v5.1]
name = "cars and backend"
listen = "{host}:{port}"
next_connection_delay_ms = 0
[v5.1.connections]
connection_timeout_ms = 60000
max_payload_size = 262144
max_inflight_count = 500
"""
_MOSQUITTO: Final = """\
listener {port} {host}
allow_anonymous true
max_packet_size 262144
max_inflight_messages 500
max_queued_messages 10000
persistence true
persistence_location {directory}/
autosave_interval 1
log_type error
log_type warning
"""
# Started by root, Mosquitto becomes another user, which cannot write our directory, and which the kernel no
# longer ties to this process.
_STAY_ROOT: Final = "user root\n"
_PR_SET_PDEATHSIG: Final = 1


class Kind(StrEnum):
    """Which broker to start; ``auto`` takes the first of the others that this machine has."""

    AUTO = "auto"
    RUMQTTD = "rumqttd"
    MOSQUITTO = "mosquitto"


class BrokerDidNotStart(RuntimeError):
    """The broker's process ended, or did not listen in time; the message carries its last words."""


class EmbeddedBroker:
    """A broker in a child process that ends with this one, even if this one is killed.

    The kernel ties the child to the *thread* that starts it: start it from one that lives as long.
    ``port`` 0 takes a free one and keeps it over restarts. Without ``directory`` it uses a temporary one.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        kind: str = Kind.AUTO,
        directory: Path | None = None,
        timeout: float = 15.0,
    ) -> None:
        self.kind = choose(Kind(kind))
        self.host = host
        self.port = port
        self._timeout = timeout
        self._given = directory
        self._directory: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where clients connect to."""
        return f"mqtt://{self.host}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The process to hurt in tests; None while it does not run."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        if self._directory is not None and self._given is None:
            shutil.rmtree(self._directory, ignore_errors=True)

    async def start(self) -> None:
        """Start, and return once the broker listens.

        Raises:
            BrokerDidNotStart: its port is taken, its program is missing, or it ended; the message says which.
        """
        if self.pid is not None:
            return
        attempts = 1 if self.port else 5
        for attempt in range(1, attempts + 1):
            port = self.port or _free_port(self.host)
            try:
                await self._start(port)
            except BrokerDidNotStart:
                # Somebody else may have taken the free port between our look and the broker's bind.
                if attempt == attempts:
                    raise
            else:
                self.port = port
                return

    async def stop(self) -> None:
        """Ask the broker to end (Mosquitto writes its store then); kill it if it hangs."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End the broker as a power cut would."""
        await self._end(signal.SIGKILL)

    async def died(self) -> None:
        """Return once the broker's process is gone, whoever ended it."""
        process = self._process
        while process is not None and process.poll() is None:
            await pause(0.2)

    async def restart(self, *, forget: bool = False, kill: bool = False) -> None:
        """End the broker and start it again on the same port; ``forget`` deletes its store in between."""
        await (self.kill() if kill else self.stop())
        if forget and self._directory is not None:
            (self._directory / "mosquitto.db").unlink(missing_ok=True)
        await self.start()

    async def _start(self, port: int) -> None:
        if _listens(self.host, port):
            raise BrokerDidNotStart(f"{self.host}:{port} is taken by another program; choose another port")
        if self._directory is None:
            self._directory = self._given or Path(tempfile.mkdtemp(prefix="sensus-broker-"))
            self._directory.mkdir(parents=True, exist_ok=True)
        log = self._directory / "broker.log"
        with log.open("ab") as said:
            process = _launch(self.kind, self.host, port, self._directory, said)
        self._process = process
        try:
            await until(
                lambda: process.poll() is not None or _listens(self.host, port),
                what=f"{self.kind} listening on {self.host}:{port}",
                timeout=self._timeout,
            )
        except TimeoutError as slow:
            await self.kill()
            raise BrokerDidNotStart(str(slow)) from slow
        if process.poll() is not None:
            words = log.read_text(errors="replace").strip()[-1000:]
            raise BrokerDidNotStart(
                f"{self.kind} on {self.host}:{port} ended with {process.returncode}: {words}"
            )

    async def _end(self, how: signal.Signals) -> None:
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.send_signal(how)
        try:
            await until(lambda: process.poll() is not None, what=f"{self.kind} to end", timeout=self._timeout)
        except TimeoutError:  # it hangs: it is not asked again
            process.kill()
            process.wait()


def choose(kind: Kind) -> Kind:
    """Return the broker to use on this machine.

    Raises:
        BrokerDidNotStart: it is not installed; the message says how to get it.
    """
    there = {
        Kind.RUMQTTD: importlib.util.find_spec("iotcore") is not None,
        Kind.MOSQUITTO: mosquitto() is not None,
    }
    if kind is Kind.AUTO:
        found = next((candidate for candidate, is_there in there.items() if is_there), None)
        if found is None:
            raise BrokerDidNotStart("no broker here: run pip install iotcore, or apt-get install mosquitto")
        return found
    if not there[kind]:
        how = "pip install iotcore" if kind is Kind.RUMQTTD else "apt-get install mosquitto"
        raise BrokerDidNotStart(f"{kind} is not installed: run {how}")
    return kind


def mosquitto() -> str | None:
    """Return the path of Mosquitto; Debian keeps it where only root's PATH looks."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def serve(kind: Kind, host: str, port: int, directory: Path) -> None:
    """Be the broker: this process does nothing else until it is ended."""
    template, suffix = (_RUMQTTD, "toml") if kind is Kind.RUMQTTD else (_MOSQUITTO, "conf")
    config = directory / f"{kind}.{suffix}"  # rumqttd tells the language of its file by the suffix
    text = template.format(host=host, port=port, directory=directory.absolute())
    if kind is Kind.MOSQUITTO and os.geteuid() == 0:
        text += _STAY_ROOT
    config.write_text(text)
    if kind is Kind.MOSQUITTO:
        program = mosquitto() or "mosquitto"
        os.execv(program, [program, "-c", str(config)])  # noqa: S606 - no shell is what we want
    from iotcore import IotCoreBroker  # noqa: PLC0415 - only this process needs the wheel

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("rumqttd").setLevel(logging.CRITICAL)  # its spans show every packet as an error
    # In Rust the main thread would hear of no signal for which Python has a handler.
    thread = threading.Thread(target=IotCoreBroker(config_path=str(config)).run_forever, daemon=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    thread.start()
    thread.join()
    sys.exit("rumqttd ended by itself")


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve as the child process: ``python -m broker.embedded``."""
    parser = argparse.ArgumentParser(prog="python -m broker.embedded", description=__doc__)
    parser.add_argument("--kind", type=Kind, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--parent", type=int, help="end with this process")
    wish = parser.parse_args(arguments)
    if wish.parent is not None:
        end_with(wish.parent)
    serve(wish.kind, wish.host, wish.port, wish.directory)


def end_with(parent: int) -> None:
    """Have the kernel kill this process when ``parent`` ends, however it ends; survives an exec."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before we asked
        sys.exit(1)


def _launch(kind: Kind, host: str, port: int, directory: Path, said: IO[bytes]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "broker.embedded", "--kind", kind, "--host", host, "--port", str(port)]
    command += ["--directory", str(directory), "--parent", str(os.getpid())]
    path = [str(Path(__file__).parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(  # noqa: S603 - our own module
        command,
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=said,
        start_new_session=True,  # a Ctrl-C at the terminal is ours to handle: the others say goodbye first
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
    )


def _free_port(host: str) -> int:
    with socket.create_server((host, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=0.5):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    main()
