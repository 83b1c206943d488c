"""The post office's commands, as somebody at a terminal meets them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from broker.cli import app
from broker.embedded import _listens
from protocol.clock import until_blocking

VIN = "YV1FW7050E1234567"
COMMAND = [sys.executable, "-c", "from broker.cli import app; app()", "broker"]


@contextmanager
def running(*options: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def serving(ready: Path) -> dict[str, Any]:
    until_blocking(ready.exists, what="the broker's ready file", timeout=20)
    facts: dict[str, Any] = json.loads(ready.read_text())
    return facts


def test_a_broker_says_where_it_is_and_ends_when_asked(tmp_path: Path) -> None:
    with running("--port", "0", "--ready-file", str(tmp_path / "ready")) as process:
        facts = serving(tmp_path / "ready")
        assert facts == {
            "url": f"mqtt://127.0.0.1:{facts['port']}",
            "port": facts["port"],
            "pid": process.pid,
        }
        assert _listens("127.0.0.1", facts["port"])
        process.send_signal(signal.SIGTERM)
        said, complaints = process.communicate(timeout=20)

    assert process.returncode == 0
    assert facts["url"] in said
    assert complaints == ""
    assert not _listens("127.0.0.1", facts["port"])


def test_a_broker_that_dies_takes_the_command_with_it(tmp_path: Path) -> None:
    options = "--port", "0", "--kind", "mosquitto", "--dir", str(tmp_path / "data")
    with running(*options, "--ready-file", str(tmp_path / "ready")) as process:
        serving(tmp_path / "ready")
        [child] = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(child), signal.SIGKILL)
        _, complaints = process.communicate(timeout=20)

    assert process.returncode == 1
    assert "ended by itself" in complaints
    assert "Traceback" not in complaints


def test_a_taken_port_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = CliRunner().invoke(app, ["broker", "--port", str(port)])

    assert answer.exit_code == 1
    assert f"127.0.0.1:{port} is taken by another program; choose another port" in answer.stderr


def test_an_unknown_kind_is_a_usage_error() -> None:
    answer = CliRunner().invoke(app, ["broker", "--kind", "hivemq"])
    assert answer.exit_code == 2
    assert "auto, rumqttd, mosquitto" in answer.stderr


def test_pki_init_makes_everything_and_names_it(tmp_path: Path) -> None:
    out = tmp_path / "new" / "pki"
    answer = CliRunner().invoke(
        app, ["pki", "init", "--out", str(out), "--host", "b.example.com", "--vin", VIN]
    )

    assert answer.exit_code == 0
    named = [Path(line) for line in answer.stdout.split()]
    assert named == [
        out / "ca.crt",
        out / "broker.crt",
        out / "backend.password",
        out / "cars" / f"{VIN}.crt",
    ]
    assert all(path.exists() for path in named)

    again = CliRunner().invoke(app, ["pki", "car", "--out", str(out), "--vin", "YV1FW7050E7654321"])
    assert again.exit_code == 0
    assert (out / "cars" / "YV1FW7050E7654321.key").exists()


@pytest.mark.parametrize("command", ["init", "car"])
def test_pki_refuses_what_is_no_vin_and_makes_nothing(tmp_path: Path, command: str) -> None:
    out = tmp_path / "pki"
    answer = CliRunner().invoke(app, ["pki", command, "--out", str(out), "--vin", "VOLVO"])

    assert answer.exit_code == 2
    assert "17 characters" in answer.stderr
    assert not out.exists()


def test_pki_says_what_is_missing(tmp_path: Path) -> None:
    car = CliRunner().invoke(app, ["pki", "car", "--out", str(tmp_path), "--vin", VIN])
    assert (car.exit_code, "sensus pki init" in car.stderr) == (1, True)

    (tmp_path / "ca.crt").write_text("half")
    init = CliRunner().invoke(app, ["pki", "init", "--out", str(tmp_path)])
    assert (init.exit_code, "ca.key is missing" in init.stderr) == (1, True)
