"""Mosquitto as it comes, without a configuration of ours: what may be running at a customer's."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
from pathlib import Path

from protocol.clock import until_blocking
from vehicle_sim.bench import announce


def main() -> None:
    """Run it until told to end; write a ready-file as our own processes do."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["broker"])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ready-file", type=Path, required=True)
    asked = parser.parse_args()
    port = asked.port or _free_port()
    search = os.environ["PATH"] + ":/usr/sbin"
    broker = subprocess.Popen(["mosquitto", "-p", str(port)], env=os.environ | {"PATH": search})
    signal.signal(signal.SIGTERM, lambda *_: broker.terminate())
    until_blocking(lambda: _listens(port), what="Mosquitto to listen", timeout=10)
    announce(asked.ready_file, f"mqtt://127.0.0.1:{port}")
    broker.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    main()
