"""The embedded brokers start, die, come back and forget as told, and never outlive who started them."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from broker import embedded
from broker.embedded import BrokerDidNotStart, EmbeddedBroker, Kind
from broker.paho_transport import PahoTransport
from protocol.clock import until_blocking
from tests.reading import Reader


async def kept(broker: EmbeddedBroker) -> list[bytes]:
    """What the broker has retained on ``t``."""
    async with PahoTransport(broker.url, client_id="reader").connect() as reader:
        await reader.subscribe("t", "control")
        await reader.publish("control", b"control")
        return [delivery.payload for delivery in await Reader(reader).until(b"control")]


async def keep(broker: EmbeddedBroker, payload: bytes) -> None:
    async with PahoTransport(broker.url, client_id="writer").connect() as writer:
        await writer.publish("t", payload, retain=True)


async def test_mosquitto_keeps_its_store_unless_told_to_forget(tmp_path: Path) -> None:
    async with EmbeddedBroker(kind=Kind.MOSQUITTO, directory=tmp_path) as broker:
        url = broker.url
        await keep(broker, b"x")
        await broker.restart()
        assert await kept(broker) == [b"x"]
        await broker.restart(forget=True)
        assert await kept(broker) == []
        assert broker.url == url


async def test_rumqttd_forgets_in_any_case() -> None:
    async with EmbeddedBroker(kind=Kind.RUMQTTD) as broker:
        await keep(broker, b"x")
        assert await kept(broker) == [b"x"]
        await broker.restart(kill=True)
        assert await kept(broker) == []


async def test_a_broker_has_a_process_only_while_it_runs() -> None:
    broker = EmbeddedBroker()
    assert broker.pid is None
    await broker.stop()
    await broker.died()
    async with broker:
        pid = broker.pid
        await broker.start()
        assert broker.pid == pid
        death = asyncio.create_task(broker.died())
        await broker.kill()
        await death
    assert broker.pid is None


async def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BrokerDidNotStart, match=rf"127.0.0.1:{port} is taken"):
            await EmbeddedBroker(port=port).start()


async def test_a_free_port_that_was_snatched_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = embedded._free_port
        offered = iter([taken.getsockname()[1], free("127.0.0.1")])
        monkeypatch.setattr(embedded, "_free_port", lambda _: next(offered))
        async with EmbeddedBroker() as broker:
            assert broker.port != taken.getsockname()[1]


async def test_no_port_to_be_had_ends_after_a_few_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(embedded, "_free_port", lambda _: taken.getsockname()[1])
        with pytest.raises(BrokerDidNotStart, match="is taken"):
            await EmbeddedBroker().start()


async def test_a_broker_that_ends_at_once_gives_its_last_words(tmp_path: Path) -> None:
    (tmp_path / "rumqttd.toml").mkdir()
    with pytest.raises(BrokerDidNotStart, match=r"(?s)ended with 1: .*rumqttd.toml"):
        await EmbeddedBroker(kind=Kind.RUMQTTD, directory=tmp_path).start()


async def test_a_broker_that_never_listens_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_listens", lambda *_: False)
    broker = EmbeddedBroker(timeout=0.3)
    with pytest.raises(BrokerDidNotStart, match="in vain"):
        await broker.start()
    assert broker.pid is None


async def test_a_broker_that_does_not_end_when_asked_is_killed() -> None:
    broker = EmbeddedBroker(kind=Kind.MOSQUITTO)
    async with broker:
        assert broker.pid is not None
        os.kill(broker.pid, signal.SIGSTOP)
        broker._timeout = 0.2
        await broker.stop()
        assert broker.pid is None


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert EmbeddedBroker().kind is Kind.MOSQUITTO
    with pytest.raises(BrokerDidNotStart, match="pip install iotcore"):
        EmbeddedBroker(kind=Kind.RUMQTTD)
    monkeypatch.setattr(embedded, "mosquitto", lambda: None)
    with pytest.raises(BrokerDidNotStart, match="apt-get install mosquitto"):
        EmbeddedBroker(kind=Kind.MOSQUITTO)
    with pytest.raises(BrokerDidNotStart, match="no broker here"):
        EmbeddedBroker()
    with pytest.raises(ValueError, match="hivemq"):
        EmbeddedBroker(kind="hivemq")


PARENT = """
import asyncio
from broker.embedded import EmbeddedBroker
async def main():
    async with EmbeddedBroker(kind={kind!r}) as broker:
        print(broker.pid, broker.port, flush=True)
        await broker.died()
asyncio.run(main())
"""


@pytest.mark.parametrize("kind", [Kind.RUMQTTD, Kind.MOSQUITTO])
def test_a_broker_does_not_outlive_a_parent_that_is_killed(kind: Kind, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT.format(kind=str(kind)))
    environment = {**os.environ, "PYTHONPATH": str(Path(embedded.__file__).parent.parent)}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        _, port = parent.stdout.readline().split()
        assert embedded._listens("127.0.0.1", int(port))
        parent.kill()
    until_blocking(
        lambda: not embedded._listens("127.0.0.1", int(port)), what="the broker to follow its parent"
    )


def test_a_child_whose_parent_is_gone_already_ends() -> None:
    with pytest.raises(SystemExit):
        _in_a_child_of_its_own()


def _in_a_child_of_its_own() -> None:
    # Asking the kernel in this very process would tie it to pytest's parent: only the check is wanted here.
    embedded.end_with(parent=0)
