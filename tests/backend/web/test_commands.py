"""The backend's commands, as their users run them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import structlog
from typer.testing import CliRunner

from backend.cli import app
from protocol.clock import until_blocking

# Beside the interpreter that runs the tests: the PATH may lead to another one, or to none.
SENSUS = str(Path(sys.executable).with_name("sensus"))


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left."""

    returncode: int
    stdout: str
    stderr: str


class Shell:
    """A shell with a database of its own. Servers get a process; what ends by itself runs in this one."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._patch = monkeypatch
        for name in [name for name in os.environ if name.startswith("SENSUS_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("SENSUS_DATABASE_URL", f"sqlite:///{folder / 'sensus.db'}")
        monkeypatch.setenv("SENSUS_BROKER_URL", "mqtt://127.0.0.1:1")
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.chdir(folder)

    def run(self, *words: str, stdin: str | None = None, **settings: str) -> Done:
        with self._patch.context() as patch:
            for name, value in settings.items():
                patch.setenv(name, value)
            result = CliRunner().invoke(app, words, input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    def json(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, *words: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
        """Start a server and wait until it serves."""
        ready = self.folder / "ready.json"
        process = subprocess.Popen(
            [SENSUS, *words, "--port", "0", "--ready-file", str(ready)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        until_blocking(
            lambda: ready.exists() or process.poll() is not None, what="the server serves", timeout=40
        )
        assert process.poll() is None, process.communicate()
        return process, json.loads(ready.read_text())


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    yield Shell(tmp_path, monkeypatch)
    structlog.reset_defaults()  # the commands had it write to a stream that is gone now


def end(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    return out


def test_the_backend_serves_and_ends_on_request(shell: Shell) -> None:
    process, facts = shell.start("backend")
    try:
        assert facts["pid"] == process.pid
        assert facts["url"] == f"http://127.0.0.1:{facts['port']}"
        with urllib.request.urlopen(f"{facts['url']}/healthz/live") as heard:  # noqa: S310 - our own server
            assert heard.status == 200
    finally:
        out = end(process)
    assert f"Backend on {facts['url']}" in out


def test_a_taken_port_is_told_in_words(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = shell.run("backend", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "cannot listen on 127.0.0.1" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"SENSUS_HTTP_PORT": "many"}, "SENSUS_HTTP_PORT"),
        ({"SENSUS_DATABASE_URL": "mysql://x/y"}, "SENSUS_DATABASE_URL"),
        ({"SENSUS_START_AT": "2026-11-26T09:00:00Z"}, "SENSUS_SIMULATION"),
    ],
)
def test_a_bad_setting_is_told_in_words(shell: Shell, settings: dict[str, str], words: str) -> None:
    done = shell.run("backend", **settings)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_certificates_that_are_none_are_told_in_words(shell: Shell) -> None:
    (shell.folder / "ca.crt").write_text("not a certificate")
    done = shell.run(
        "backend",
        "--port",
        "0",
        SENSUS_BROKER_URL="mqtts://127.0.0.1:1",
        SENSUS_BROKER_CA=str(shell.folder / "ca.crt"),
    )
    assert done.returncode == 1
    assert "certificates cannot be used" in done.stderr


def test_a_database_without_a_layout_is_told_in_words(shell: Shell) -> None:
    done = shell.run("dealer", "list")
    assert done.returncode == 1
    assert "sensus migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_sowing_twice_gives_the_same_people_and_another_token(shell: Shell) -> None:
    first, second = shell.json("seed"), shell.json("seed")
    assert [one["dealer"]["name"] for one in first["dealers"]] == ["Nordvik Helsinki", "Autohaus Stegmann"]
    assert [one["customers"] for one in first["dealers"]] == [one["customers"] for one in second["dealers"]]
    assert first["dealers"][0]["token"] != second["dealers"][0]["token"]
    maria = first["dealers"][0]["customers"][0]
    assert (maria["name"], maria["vin"], maria["plate"]) == (
        "Maria Lindholm",
        "YV1FW7050E1234567",
        "ABC-123",
    )
    assert sum(len(one["customers"]) for one in first["dealers"]) == 12
    assert all(who["email"].endswith("@example.com") for one in first["dealers"] for who in one["customers"])
    told = shell.run("seed")
    assert "Maria Lindholm" in told.stdout
    assert maria["id"] in told.stdout


def test_dealers_and_tokens_are_looked_after(shell: Shell) -> None:
    assert shell.run("migrate").returncode == 0
    options = {
        "--address": "Storgatan 1, 111 23 Stockholm",
        "--phone": "+46 8 555 010 20",
        "--latitude": "59.33",
        "--longitude": "18.06",
        "--zone": "Europe/Stockholm",
        "--manager-email": "chef@example.com",
        "--market": "SE",
    }
    words = ["dealer", "add", "Norrbil", *(word for pair in options.items() for word in pair)]
    made = shell.json(*words)
    assert str(UUID(made["id"])) == made["id"]
    again = shell.run(*words)
    assert again.returncode == 1
    assert "a dealer named Norrbil already" in again.stderr
    assert [one["name"] for one in shell.json("dealer", "list")["dealers"]] == ["Norrbil"]
    assert "Norrbil" in shell.run("dealer", "list").stdout
    token = shell.run("token", "add", "Norrbil", "--name", "till").stdout.strip()
    assert token.startswith("sensus_")
    (known,) = shell.json("token", "list", made["id"])["tokens"]
    assert known["name"] == "till"
    assert token not in json.dumps(known)
    assert "till" in shell.run("token", "list", "Norrbil").stdout
    assert shell.run("token", "revoke", "Norrbil", known["id"]).stdout.strip() == "Revoked"
    assert shell.run("token", "revoke", "Norrbil", known["id"]).returncode == 1
    (known,) = shell.json("token", "list", "Norrbil")["tokens"]
    assert known["revoked_at"] is not None
    nobody = shell.run("token", "add", "Nobody")
    assert nobody.returncode == 1
    assert "no dealer 'Nobody'; known: Norrbil" in nobody.stderr
    wrong = shell.run(*[{"Europe/Stockholm": "Mars/North", "SE": "XX"}.get(word, word) for word in words])
    assert wrong.returncode == 2
    assert "--zone: 'Mars/North' is no IANA time zone" in wrong.stderr
    assert "--market: 'XX' is no country" in wrong.stderr


def test_a_restored_database_tells_every_car_anew(shell: Shell) -> None:
    shell.run("seed")
    assert shell.json("restored") == {"vehicles": 12}
    assert "12 vehicles will be told anew" in shell.run("restored").stdout


def test_the_mailbox_serves_and_ends_on_request(shell: Shell) -> None:
    process, facts = shell.start("mailbox", "--dir", "mail")
    try:
        with socket.create_connection(("127.0.0.1", facts["port"])) as line:
            assert line.recv(100).startswith(b"220 ")
    finally:
        out = end(process)
    assert facts["url"] in out


def test_settings_are_listed(shell: Shell) -> None:
    told = shell.json("settings")["settings"]
    assert {
        "variable": "SENSUS_HTTP_PORT",
        "default": "8080",
        "about": "Port to listen on; 0 takes a free one.",
    } in told
    assert "SENSUS_SECRET" in shell.run("settings").stdout


def test_the_document_is_printed(shell: Shell) -> None:
    plain = json.loads(shell.run("openapi").stdout)
    simulated = json.loads(shell.run("openapi", "--simulation").stdout)
    assert "/sim/clock" not in plain["paths"]
    assert "/sim/clock" in simulated["paths"]
