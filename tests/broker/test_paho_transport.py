"""What the paho carrier does beyond the contract: silence, refusals, hung brokers, odd addresses."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from broker.dialling import TlsFiles, parse_url
from broker.embedded import EmbeddedBroker
from broker.faults import Proxy, packets
from broker.paho_transport import PahoTransport
from broker.transport import NotConnected
from protocol.clock import pause
from tests.reading import PATIENCE, Reader


@pytest.fixture
async def broker() -> AsyncIterator[EmbeddedBroker]:
    async with EmbeddedBroker() as running:
        yield running


@pytest.fixture
async def proxy(broker: EmbeddedBroker) -> AsyncIterator[Proxy]:
    async with Proxy(broker.host, broker.port) as running:
        yield running


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("mqtt://localhost", "mqtt://localhost:1883"),
        ("mqtts://broker.example.com/", "mqtts://broker.example.com:8883"),
        ("mqtt://[::1]:2000", "mqtt://[::1]:2000"),
    ],
)
def test_urls(url: str, canonical: str) -> None:
    assert str(parse_url(url)) == canonical


@pytest.mark.parametrize(
    "url", ["", "localhost:1883", "http://x", "mqtt://", "mqtt://x:port", "mqtt://x/topic", "mqtt://x?y=z"]
)
def test_what_is_no_url_says_what_one_looks_like(url: str) -> None:
    with pytest.raises(ValueError, match="mqtt://localhost:1883"):
        parse_url(url)


def test_a_url_carries_no_secret_and_certificates_need_encryption() -> None:
    with pytest.raises(ValueError, match="no user name or password"):
        PahoTransport("mqtt://backend:secret@localhost", client_id="x")
    with pytest.raises(ValueError, match="write mqtts"):
        PahoTransport("mqtt://localhost", client_id="x", tls=TlsFiles(Path("ca.crt")))


async def test_a_name_is_looked_up(broker: EmbeddedBroker) -> None:
    async with PahoTransport(f"mqtt://localhost:{broker.port}", client_id="car").connect() as car:
        await car.publish("t", b"x")


async def test_a_name_that_nobody_has() -> None:
    transport = PahoTransport("mqtt://nowhere.invalid", client_id="car")
    with pytest.raises(NotConnected, match=r"mqtt://nowhere.invalid:1883 is out of reach for car"):
        async with transport.connect():
            pytest.fail("somebody answered")


@pytest.mark.parametrize("scheme", ["mqtt", "mqtts"])
async def test_a_listener_that_says_nothing_is_given_up_and_blocks_nobody(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"{scheme}://127.0.0.1:{mute.getsockname()[1]}"
        transport = PahoTransport(url, client_id="car", connect_timeout=0.2)
        turns = 0

        async def others_work() -> None:
            nonlocal turns
            while True:
                turns += 1
                await pause(0.01)

        others = asyncio.create_task(others_work())
        with pytest.raises(NotConnected, match=r"did not answer car within 0.2 s"):
            async with transport.connect():
                pytest.fail("somebody answered")
        others.cancel()
        assert turns > 3


async def test_a_broker_that_hangs_up_before_its_connack(proxy: Proxy) -> None:
    proxy.cut(after=10, direction="up")
    with pytest.raises(NotConnected):
        async with PahoTransport(proxy.url, client_id="car").connect():
            pytest.fail("ten bytes were enough")


async def test_a_broker_that_speaks_tls_to_a_client_that_does_not_expect_it(broker: EmbeddedBroker) -> None:
    transport = PahoTransport(f"mqtts://127.0.0.1:{broker.port}", client_id="car")
    with pytest.raises(NotConnected, match="out of reach"):
        async with transport.connect():
            pytest.fail("no certificate was asked for")


async def test_without_a_puback_the_connection_counts_as_lost(proxy: Proxy) -> None:
    proxy.faults.drop_next("PUBACK", direction="down")
    async with PahoTransport(proxy.url, client_id="car", ack_timeout=0.3).connect() as car:
        with pytest.raises(NotConnected, match=r"no acknowledgement came within 0.3 s"):
            await car.publish("t", b"x")
        with pytest.raises(NotConnected, match="no acknowledgement"):
            await Reader(car).next()


async def test_a_publish_waits_its_turn_beyond_the_window(proxy: Proxy) -> None:
    proxy.faults.drop_next("PUBACK", direction="down")
    async with PahoTransport(proxy.url, client_id="car", send_window=1, ack_timeout=0.5).connect() as car:
        first, second, third = (asyncio.create_task(car.publish("t", b"x")) for _ in range(3))
        await asyncio.wait((first,), timeout=0)
        second.cancel()
        outcomes = await asyncio.gather(first, second, third, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [NotConnected, asyncio.CancelledError, NotConnected]


async def test_a_broker_that_hangs_is_noticed_by_its_silence(proxy: Proxy) -> None:
    async with PahoTransport(proxy.url, client_id="car", keepalive=1).connect() as car:
        proxy.stall()
        with pytest.raises(NotConnected):
            await Reader(car).next()


async def test_a_goodbye_to_a_broker_that_hangs_takes_no_longer_than_a_second(proxy: Proxy) -> None:
    async with asyncio.timeout(PATIENCE), PahoTransport(proxy.url, client_id="car").connect() as car:
        await car.publish("t", b"x")
        proxy.stall()


async def test_a_doubled_message_arrives_twice(proxy: Proxy) -> None:
    async with (
        PahoTransport(proxy.url, client_id="car").connect() as car,
        PahoTransport(proxy.url, client_id="backend").connect() as backend,
    ):
        await car.subscribe("t")
        proxy.faults.duplicate_next("PUBLISH", direction="down")
        await backend.publish("t", b"x")
        reader = Reader(car)
        assert [(await reader.next()).payload for _ in range(2)] == [b"x", b"x"]


async def test_a_message_of_quality_0_needs_no_acknowledgement(broker: EmbeddedBroker) -> None:
    async with (
        PahoTransport(broker.url, client_id="car").connect() as car,
        PahoTransport(broker.url, client_id="backend").connect() as backend,
    ):
        await car.subscribe("t")
        backend._client.publish("t", b"hasty", 0)  # type: ignore[attr-defined]  # the port has no quality 0
        [hasty] = await Reader(car).takes(1)
        assert hasty.payload == b"hasty"


async def test_a_property_that_mqtt_cannot_carry_is_refused(broker: EmbeddedBroker) -> None:
    async with PahoTransport(broker.url, client_id="car").connect() as car:
        with pytest.raises(ValueError, match="cannot publish on 't'"):
            await car.publish("t", b"x", properties={"key": "\ud800"})
        await car.publish("t", b"x", properties={"content-type": "text/plain"})


CONNACK = bytes.fromhex("2003000000")


@asynccontextmanager
async def scripted(*answers: bytes) -> AsyncIterator[str]:
    """A broker that answers each packet it gets with the next of ``answers``, whatever it was asked."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        remaining, received = list(answers), bytearray()
        while data := await reader.read(4096):
            received += data
            for _ in packets(received):
                writer.write(remaining.pop(0) if remaining else b"")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"mqtt://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_broker_that_hangs_up_may_say_why() -> None:
    taken_over = bytes.fromhex("e0018e")
    async with (
        scripted(CONNACK + taken_over) as url,
        PahoTransport(url, client_id="car").connect() as car,
    ):
        with pytest.raises(NotConnected, match="it hung up: Session taken over"):
            await Reader(car).next()


async def test_a_broker_that_refuses_us_says_why() -> None:
    async with scripted(bytes.fromhex("2003008600")) as url:
        with pytest.raises(NotConnected, match=f"{url}: it refused us: Bad user name or password"):
            async with PahoTransport(url, client_id="car").connect():
                pytest.fail("it was refused")


async def test_a_broker_that_refuses_a_subscription_says_why() -> None:
    async with (
        scripted(CONNACK, bytes.fromhex("900400010087")) as url,
        PahoTransport(url, client_id="car").connect() as car,
    ):
        with pytest.raises(NotConnected, match=r"refused: the subscription \(Not authorized\)"):
            await car.subscribe("t")


async def test_a_topic_that_is_no_text_is_acknowledged_and_passed_over() -> None:
    no_text, text = bytes.fromhex("32090002fffe00010000aa"), bytes.fromhex("3207000174000200ab")
    async with (
        scripted(CONNACK + no_text + text) as url,
        PahoTransport(url, client_id="car").connect() as car,
    ):
        [delivery] = await Reader(car).takes(1)
        assert (delivery.topic, delivery.payload) == ("t", b"\xab")


async def test_the_brokers_own_window_counts_where_it_is_smaller() -> None:
    connack_receive_maximum_1, puback = bytes.fromhex("2006000003210001"), bytes.fromhex("40020001")
    async with (
        scripted(connack_receive_maximum_1, b"", puback) as url,
        PahoTransport(url, client_id="car", ack_timeout=0.2).connect() as car,
    ):
        first, second = (asyncio.create_task(car.publish("t", b"x")) for _ in range(2))
        with pytest.raises(NotConnected, match="no acknowledgement"):
            await asyncio.gather(first, second)
        # The second was never sent: its acknowledgement, which the script holds ready, never came.
        with pytest.raises(NotConnected):
            await second
