"""`sensus user` and the seeded users, as an operator meets them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.backend.web.test_commands import Shell


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    yield Shell(tmp_path, monkeypatch)
    structlog.reset_defaults()  # the commands had it write to a stream that is gone now


def users(shell: Shell) -> dict[str, dict[str, Any]]:
    return {one["login"]: one for one in shell.json("user", "list")["users"]}


def test_the_seed_brings_users_to_each_desk_and_tells_their_passwords_once(shell: Shell) -> None:
    first, second = shell.json("seed"), shell.json("seed")
    assert [{one["role"] for one in dealer["users"]} for dealer in first["dealers"]] == [
        {"advisor", "service_manager"}
    ] * 2
    told = [one["password"] for dealer in first["dealers"] for one in dealer["users"]]
    assert len(set(told)) == len(told)
    assert all(len(password) >= 12 for password in told)
    assert [one["password"] for dealer in second["dealers"] for one in dealer["users"]] == [None] * len(told)
    assert "as before" in shell.run("seed").stdout
    assert users(shell)["avirtanen"] == {
        "login": "avirtanen",
        "name": "Aino Virtanen",
        "role": "advisor",
        "dealer": "Nordvik Helsinki",
        "language": "en",
        "disabled_at": "",
    }


def test_in_a_simulation_the_passwords_are_known(shell: Shell) -> None:
    done = shell.run("seed", "--json", SENSUS_SIMULATION="1")
    told = {one["password"] for dealer in json.loads(done.stdout)["dealers"] for one in dealer["users"]}
    assert told == {"workshop-2026"}


def test_users_are_looked_after(shell: Shell) -> None:
    shell.run("seed")
    made = shell.json("user", "add", "Autohaus Stegmann", "JKlein", "--name", "Jana Klein", "--manager")
    assert made["login"] == "jklein"
    assert len(made["password"]) >= 12
    known = users(shell)["jklein"]
    assert (known["role"], known["language"]) == ("service_manager", "de")
    done = shell.run("user", "add", "Nordvik Helsinki", "jklein", "--name", "Jana Klein")
    assert done.returncode == 1
    assert "jklein already" in done.stderr
    done = shell.run("user", "add", "Nordvik", "x.y", "--name", "X", "--language", "sv")
    assert done.returncode == 1
    assert "Nordvik Helsinki" in done.stderr

    assert shell.json("user", "password", "jklein")["password"] != made["password"]
    assert "signs in with" in shell.run("user", "password", "jklein").stdout
    assert shell.run("user", "password", "nobody").returncode == 1

    assert shell.run("user", "disable", "jklein").returncode == 0
    assert users(shell)["jklein"]["disabled_at"]
    assert shell.run("user", "disable", "nobody").returncode == 1
    assert "jklein" in shell.run("user", "list").stdout


def test_a_password_can_be_handed_in_and_is_not_printed(shell: Shell) -> None:
    shell.run("seed")
    words = ("user", "password", "mlaine", "--password-stdin")
    done = shell.run(*words, stdin="a password of my own\n")
    assert done.returncode == 0
    assert "of my own" not in done.stdout
    assert json.loads(shell.run(*words, "--json", stdin="a password of my own\n").stdout) == {
        "login": "mlaine"
    }
    refused = shell.run(*words, stdin="short\n")
    assert refused.returncode == 1
    assert "12 to 200 characters" in refused.stderr
