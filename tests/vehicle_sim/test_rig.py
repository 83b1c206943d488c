"""The rig on a stand-in program: start, kill, freeze, restart, and words when a process does not behave."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.clock import until_blocking
from vehicle_sim import process, rig
from vehicle_sim.process import Process, RigError
from vehicle_sim.rig import Rig

STAND_IN = """
    import json, os, pathlib, signal, socket, sys
    arguments = sys.argv[1:]
    def option(name, other=None):
        return arguments[arguments.index(name) + 1] if name in arguments else other
    print("started", *arguments, flush=True)
    if "--fail" in arguments:
        print("no database here", file=sys.stderr)
        sys.exit(3)
    if arguments[0] == "print":
        print(json.dumps({"simulation": os.environ.get("SENSUS_SIMULATION"), "more": os.environ.get("MORE"),
                          "stray": os.environ.get("SENSUS_STRAY")}))
        sys.exit(0)
    ending = 0 if "--badly" not in arguments else 7
    signal.signal(signal.SIGTERM, signal.SIG_IGN if "--deaf" in arguments else lambda *_: sys.exit(ending))
    server = socket.create_server(("127.0.0.1", int(option("--port"))))
    if "--mute" not in arguments:
        ready = pathlib.Path(option("--ready-file"))
        word = {"port": server.getsockname()[1], "pid": os.getpid()}
        if "--bare" not in arguments:
            word["url"] = f"http://127.0.0.1:{word['port']}"
        ready.with_suffix(".new").write_text("{}" if "--silly" in arguments else json.dumps(word))
        ready.with_suffix(".new").rename(ready)
    while True:
        server.accept()[0].close()
"""


@pytest.fixture
def program(tmp_path: Path) -> list[str]:
    script = tmp_path / "stand_in.py"
    script.write_text(textwrap.dedent(STAND_IN))
    return [sys.executable, "-S", str(script)]


@pytest.fixture
def bench(tmp_path: Path, program: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    monkeypatch.setenv("SENSUS_STRAY", "of the caller's set-up")
    with Rig(tmp_path / "rig", program=program, start_at="2026-11-24T09:00:00+02:00") as bench:
        yield bench


def test_a_process_serves_is_killed_and_comes_back_on_its_port(bench: Rig) -> None:
    broker = bench.broker()
    port, pid = broker.port, broker.pid
    assert broker.url == f"http://127.0.0.1:{port}"
    broker.kill()
    assert broker.exit_code == -signal.SIGKILL
    assert not broker.running
    with pytest.raises(RigError, match="broker does not run"):
        _ = broker.pid
    broker.restart(env={"MORE": "1"})
    assert (broker.port, broker.running) == (port, True)
    assert broker.pid != pid
    with pytest.raises(RigError, match="runs already"):
        broker.start()
    broker.restart()
    broker.stop()
    assert broker.exit_code == 0
    broker.stop()
    broker.kill()
    assert broker.words().count("started broker") == 3


def test_a_frozen_process_answers_when_it_is_thawed(bench: Rig) -> None:
    car = bench.start("car", "head-unit")

    def state() -> str:
        return Path(f"/proc/{car.pid}/stat").read_text().rsplit(") ", 1)[1][0]

    car.freeze()
    until_blocking(lambda: state() == "T", what="the freeze")
    assert car.running
    car.thaw()
    until_blocking(lambda: state() in "SR", what="the thaw")


def test_every_process_is_told_where_the_others_are(bench: Rig) -> None:
    broker, mailbox = bench.broker(kind="mosquitto"), bench.mailbox()
    backend = bench.backend(broker, mailbox, env={"SENSUS_LOG_LEVEL": "debug"})
    car = bench.head_unit("YV1FW7050E1234567", broker, "--language", "de")
    assert backend.env["SENSUS_BROKER_URL"] == f"mqtt://127.0.0.1:{broker.port}"
    assert backend.env["SENSUS_SMTP_URL"] == f"smtp://127.0.0.1:{mailbox.port}"
    assert backend.env["SENSUS_START_AT"] == "2026-11-24T09:00:00+02:00"
    assert backend.env["SENSUS_DATABASE_URL"].endswith("/rig/backend.db")
    assert backend.env["SENSUS_LOG_LEVEL"] == "debug"
    assert "SENSUS_STRAY" not in backend.env
    words = car.words()
    assert "--simulated --start-at 2026-11-24T09:00:00+02:00" in words
    assert "--language de" in words
    assert f"--broker mqtt://127.0.0.1:{broker.port}" in words
    assert bench.mails() == []
    (bench.directory / "mailbox").mkdir()
    (bench.directory / "mailbox" / "2.eml").touch()
    (bench.directory / "mailbox" / "1.eml").touch()
    assert [mail.name for mail in bench.mails()] == ["1.eml", "2.eml"]


def test_without_simulation_nothing_is_virtual(tmp_path: Path, program: list[str]) -> None:
    with Rig(tmp_path / "rig", program=program, simulation=False) as bench:
        broker = bench.broker()
        backend, car = bench.backend(broker), bench.head_unit("YV1FW7050E1234567", broker)
        assert "SENSUS_SIMULATION" not in backend.env
        assert "SENSUS_SMTP_URL" not in backend.env
        assert "--simulated" not in car.words()


def test_a_simulation_may_start_now(tmp_path: Path, program: list[str]) -> None:
    with Rig(tmp_path / "rig", program=program) as bench:
        broker = bench.broker()
        assert "SENSUS_START_AT" not in bench.backend(broker).env
        words = bench.head_unit("YV1FW7050E1234567", broker).words()
        assert "--simulated" in words
        assert "--start-at" not in words


def test_a_process_that_ends_at_once_is_quoted(bench: Rig) -> None:
    with pytest.raises(RigError, match="backend ended with 3 before it served; its last words") as told:
        bench.start("backend", "backend", "--fail")
    assert "no database here" in str(told.value)


def test_a_process_that_never_serves_is_named(bench: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "START_TIMEOUT", 0.3)
    with pytest.raises(RigError, match=r"mute does not serve after 0\.3 s"):
        bench.start("mute", "x", "--mute")
    with pytest.raises(RigError, match="mute has not said where it serves"):
        _ = bench.processes[0].url


async def test_waiting_leaves_the_event_loop_alone(bench: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = bench.start("quick", "x", wait=False)
    assert (await quick.ready()).running
    quick.restart(wait=False)
    await quick.ready()
    os.kill(quick.pid, signal.SIGKILL)
    await quick.ended()
    assert quick.exit_code == -signal.SIGKILL
    monkeypatch.setattr(process, "START_TIMEOUT", 0.3)
    mute = bench.start("mute", "x", "--mute", wait=False)
    with pytest.raises(RigError, match="mute does not serve"):
        await mute.ready()
    deaf = bench.start("deaf", "x", "--deaf", wait=False)
    monkeypatch.setattr(process, "START_TIMEOUT", 30)
    await deaf.ready()
    with pytest.raises(RigError, match=r"deaf had not ended after 0\.2 s and was killed"):
        await deaf.ended(timeout=0.2)
    assert not deaf.running


def test_a_ready_file_that_says_nothing_is_told(bench: Rig) -> None:
    with pytest.raises(RigError, match="ready-file that says nothing"):
        bench.start("silly", "x", "--silly")


def test_a_process_that_serves_no_http_has_a_port_all_the_same(bench: Rig) -> None:
    mailbox = bench.start("mailbox", "mailbox", "--bare")
    assert mailbox.url == f"tcp://127.0.0.1:{mailbox.port}"


def test_who_ends_badly_or_not_at_all_is_told(bench: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RigError, match="asked to end and ended with 7"):
        bench.start("rude", "x", "--badly").stop()
    deaf = bench.start("deaf", "x", "--deaf")
    with pytest.raises(RigError, match="had not ended after"):
        deaf.wait_ended(timeout=0.1)
    assert deaf.exit_code == -signal.SIGKILL


def test_leaving_ends_everything_even_the_frozen_and_the_deaf(
    tmp_path: Path, program: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rig, "CLOSE_TIMEOUT", 0.5)
    with Rig(tmp_path / "rig", program=program) as bench:
        plain, frozen = bench.start("plain", "x"), bench.start("frozen", "x")
        deaf = bench.start("deaf", "x", "--deaf")
        frozen.freeze()
    assert (plain.exit_code, frozen.exit_code, deaf.exit_code) == (0, 0, -signal.SIGKILL)


async def test_it_is_an_async_context_too(tmp_path: Path, program: list[str]) -> None:
    async with Rig(tmp_path / "rig", program=program) as bench:
        started = bench.start("x", "x")
    assert not started.running


def test_a_command_is_run_to_its_end(bench: Rig) -> None:
    said = json.loads(bench.run("print", env={"MORE": "1"}).splitlines()[-1])
    assert said == {"simulation": "1", "more": "1", "stray": None}
    with pytest.raises(RigError, match="sensus x --fail ended with 3:\nno database here"):
        bench.run("x", "--fail")
    with pytest.raises(RigError, match="had not ended after"):
        bench.run("x", "--port", "0", "--mute", timeout=0.3)


def test_children_die_with_a_killed_parent(tmp_path: Path, program: list[str]) -> None:
    parent = textwrap.dedent(f"""
        import pathlib, signal
        from vehicle_sim.rig import Rig
        bench = Rig(pathlib.Path({str(tmp_path / "rig")!r}), program={program!r})
        print(bench.start("child", "x").pid, flush=True)
        signal.pause()
    """)
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as running:
        assert running.stdout is not None
        child = int(running.stdout.readline())
        assert Path(f"/proc/{child}").exists()
        running.kill()
    until_blocking(lambda: _gone(child), what="the child to die")


def test_a_missing_command_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RigError, match="pip install"):
        Rig(tmp_path)


def test_a_process_that_was_never_started_can_be_ended(tmp_path: Path) -> None:
    never = Process("never", ["x"], {}, tmp_path)
    never.end()
    never.kill()
    assert never.exit_code is None
    assert never.words() == ""


def _gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] == "Z"
    except OSError:
        return True
