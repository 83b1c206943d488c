"""The one command: every side's commands, as far as it is installed, and words where a library is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest


def sensus(*words: str, missing: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run the command in a Python that lacks some packages."""
    code = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({missing!r}))\n"
        f"sys.argv = {['sensus', *words]!r}\n"
        "import sensus\n"
        "sensus.main()\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=50
    )


def test_every_side_is_mounted() -> None:
    told = sensus("--help").stdout
    for command in ("broker", "pki", "backend", "migrate", "seed", "mailbox", "head-unit", "car", "clock"):
        assert f" {command} " in told


@pytest.mark.parametrize(
    ("missing", "there", "gone"), [("vehicle_sim", "backend", "head-unit"), ("backend", "head-unit", "seed")]
)
def test_one_side_does_without_the_other(missing: str, there: str, gone: str) -> None:
    told = sensus("--help", missing=(missing,))
    assert told.returncode == 0
    assert f" {there} " in told.stdout
    assert f" {gone} " not in told.stdout


def test_help_needs_none_of_the_heavy_libraries() -> None:
    heavy = ("aiohttp", "sqlalchemy", "pygame", "paho", "jinja2", "babel")
    for words in (("--help",), ("backend", "--help"), ("seed", "--help"), ("head-unit", "--help")):
        done = sensus(*words, missing=heavy)
        assert done.returncode == 0, done.stderr


def test_a_missing_library_is_told_with_what_brings_it() -> None:
    done = sensus("dealer", "list", missing=("sqlalchemy",))
    assert done.returncode == 1
    assert "sqlalchemy is not installed" in done.stderr
    assert "sensus-bench[backend]" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_command_is_a_mistake_of_use() -> None:
    done = sensus("frobnicate")
    assert done.returncode == 2
    assert "No such command" in done.stderr
