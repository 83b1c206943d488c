"""The README's five minutes, pasted line by line into a shell, do what it says they do."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.clock import until_blocking
from tests import house

SENSUS = Path(sys.executable).with_name("sensus")
README = (house.ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Path]:
    """A directory in which `sensus up` stands, at free ports."""
    said = tmp_path / "up.log"
    with said.open("wb") as log:
        up = subprocess.Popen(
            [SENSUS, "up", "--headless", "--free-ports"],
            cwd=tmp_path,
            stdout=log,
            stderr=log,
            env=environment(),
        )
    try:
        until_blocking(
            lambda: "Ctrl-C ends everything." in said.read_text() or up.poll() is not None,
            what="sensus up to stand",
            timeout=50,
        )
        assert up.poll() is None, said.read_text()
        yield tmp_path
    finally:
        up.send_signal(signal.SIGTERM)
        assert up.wait(timeout=20) == 0, said.read_text()


def environment() -> dict[str, str]:
    """The caller's environment with this project's commands first, as an activated one has them."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("SENSUS_")}
    return plain | {"PATH": f"{SENSUS.parent}:{os.environ['PATH']}"}


def tutorial() -> str:
    """Return the shell lines of the section, without those that start the bench and the environment."""
    section = README.split("## Five minutes")[1].split("\n## ")[0]
    blocks = re.findall(r"^```sh\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)
    lines = "\n".join(block for block in blocks if "sensus up" not in block)
    return re.sub(r"^\. \.venv/bin/activate$", "", lines, flags=re.MULTILINE)


@pytest.mark.timeout(180)
def test_the_five_minutes_show_the_chain(bench: Path) -> None:
    script = f"trap 'kill %1' EXIT\nset -e\n{tutorial()}"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=bench,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    said = done.stdout
    assert "HTTP/1.1 201 Created" in said
    assert '"status":"confirmed"' in said
    assert re.search(r"sensus/v1/YV1FW7050E1234567/desired \{", said)
    shown = re.findall(r"^ pop_up +(\w+)", said, flags=re.MULTILINE)
    assert [kind for kind in shown if kind != "null"][:1] == ["booking"]
    assert "day_reminder" in shown
    assert '"type":"navigated"' in said
    assert {"service_need", "data_consent"} < set(shown)
    assert '"origin":"car"' in said
    assert len(list((bench / "out/up/mailbox").glob("*.eml"))) == 3
    for picture in ("out/pop-up.png", "out/day.png", "out/asks.png"):
        assert (bench / picture).read_bytes().startswith(b"\x89PNG")
