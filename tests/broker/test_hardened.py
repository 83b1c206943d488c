"""Holds broker/mosquitto.conf and broker/acl to their promises, with a real Mosquitto and real certificates.

Mosquitto grants a SUBSCRIBE that its ACL denies and filters on delivery. So the proof is never the answer to
a SUBSCRIBE but that, up to a control message which does arrive, no foreign byte came.
"""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from broker import pki
from broker.dialling import TlsFiles
from broker.transport import NotConnected, Will
from protocol.clock import SystemClock
from protocol.topics import MARKER, CarTopic, Channel, every_car
from tests.hardened import ANNA, BERT, LONG_AGO, OBSERVER, Hardened, identities, tls12
from tests.reading import PATIENCE, Reader


def topic(vin: str, channel: Channel) -> str:
    return str(CarTopic(vin, channel))


def backend_filters() -> list[str]:
    return [every_car(channel) for channel in (Channel.HELLO, Channel.EVENTS, Channel.PRESENCE)]


async def test_a_car_and_the_backend_say_to_each_other_what_they_should(hardened: Hardened) -> None:
    async with hardened.backend().connect() as backend:
        await backend.subscribe(*backend_filters(), MARKER)
        heard = Reader(backend)
        async with hardened.car(ANNA).connect() as car:
            await car.subscribe(topic(ANNA, Channel.DESIRED), topic(ANNA, Channel.EVENTS_ACK))
            reader = Reader(car)
            for channel in (Channel.HELLO, Channel.EVENTS, Channel.PRESENCE):
                await car.publish(topic(ANNA, channel), channel.encode())
            for channel in (Channel.DESIRED, Channel.EVENTS_ACK):
                await backend.publish(topic(ANNA, channel), channel.encode())
            await backend.publish(MARKER, b"1")

            assert [delivery.payload for delivery in await reader.takes(2)] == [b"desired", b"events/ack"]
            said = [seen.payload for seen in await heard.until(b"1") if not seen.retained]
            assert said == [b"hello", b"events", b"presence"]


@pytest.mark.parametrize(
    "pattern",
    [
        "#",
        "+/+/+/+",
        "sensus/v1/+/desired",
        f"sensus/v1/{BERT}/#",
        f"sensus/v1/{BERT}/desired",
        f"sensus/v1/{BERT}/events/ack",
        f"sensus/v1/{BERT}/presence",
        "sensus/v1/+/presence",
        MARKER,
    ],
)
async def test_no_byte_of_another_reaches_a_car(hardened: Hardened, pattern: str) -> None:
    own = topic(ANNA, Channel.DESIRED)
    async with (
        hardened.backend().connect() as backend,
        hardened.car(BERT).connect() as bert,
        hardened.car(ANNA).connect() as anna,
    ):
        await backend.publish(topic(BERT, Channel.DESIRED), b"kept", retain=True)
        await anna.subscribe(pattern, own)
        for channel in (Channel.DESIRED, Channel.EVENTS_ACK):
            await backend.publish(topic(BERT, channel), b"live")
        await backend.publish(MARKER, b"7", retain=True)
        for channel in (Channel.HELLO, Channel.EVENTS, Channel.PRESENCE):
            await bert.publish(topic(BERT, channel), b"said")
        await backend.publish(own, b"control")

        foreign = [seen for seen in await Reader(anna).until(b"control") if seen.topic != own]
        assert foreign == []


@pytest.mark.parametrize(
    "target",
    [
        topic(BERT, Channel.HELLO),
        topic(BERT, Channel.EVENTS),
        topic(BERT, Channel.PRESENCE),
        topic(BERT, Channel.DESIRED),
        topic(BERT, Channel.EVENTS_ACK),
        topic(ANNA, Channel.DESIRED),
        topic(ANNA, Channel.EVENTS_ACK),
        MARKER,
        "elsewhere",
    ],
)
async def test_a_car_writes_only_its_own_three_topics(hardened: Hardened, target: str) -> None:
    async with (
        hardened.backend().connect() as backend,
        hardened.car(BERT).connect() as bert,
        hardened.car(ANNA).connect() as anna,
    ):
        await backend.subscribe(*backend_filters(), MARKER)
        await bert.subscribe(topic(BERT, Channel.DESIRED), topic(BERT, Channel.EVENTS_ACK))
        heard, bert_heard = Reader(backend), Reader(bert)
        with pytest.raises(NotConnected, match="Not authorized"):
            await anna.publish(target, b"forged", retain=True)
        await anna.publish(topic(ANNA, Channel.HELLO), b"control")
        await backend.publish(topic(BERT, Channel.DESIRED), b"control")

        assert b"forged" not in [seen.payload for seen in await heard.until(b"control")]
        assert b"forged" not in [seen.payload for seen in await bert_heard.until(b"control")]


@pytest.mark.parametrize(("of", "arrives"), [(ANNA, True), (BERT, False)])
async def test_a_will_speaks_for_its_own_car_only(hardened: Hardened, of: str, *, arrives: bool) -> None:
    async with hardened.backend().connect() as backend:
        await backend.subscribe(*backend_filters())
        async with (
            hardened.car(ANNA).connect(Will(topic(of, Channel.PRESENCE), b"will")),
            hardened.car(ANNA).connect() as successor,  # takes over: the first one's will is due
        ):
            await successor.publish(topic(ANNA, Channel.HELLO), b"control")
        seen = await Reader(backend).until(b"control")

    assert (b"will" in [delivery.payload for delivery in seen if not delivery.retained]) is arrives


async def test_a_car_that_claims_anothers_client_id_stays_itself(hardened: Hardened) -> None:
    async with (
        hardened.backend().connect() as backend,
        hardened.car(BERT).connect() as bert,
        hardened.car(ANNA, client_id=BERT).connect() as thief,
    ):
        await bert.subscribe(topic(BERT, Channel.DESIRED))
        await thief.subscribe(topic(BERT, Channel.DESIRED), topic(ANNA, Channel.DESIRED))
        await backend.publish(topic(BERT, Channel.DESIRED), b"for bert")
        await backend.publish(topic(ANNA, Channel.DESIRED), b"control")

        await Reader(bert).until(b"for bert")
        stolen = [seen for seen in await Reader(thief).until(b"control") if BERT in seen.topic]
        assert stolen == []


async def test_a_node_cannot_take_another_nodes_session(hardened: Hardened) -> None:
    async with (
        hardened.backend().connect() as backend,
        hardened.backend(OBSERVER, client_id=pki.BACKEND).connect(),
    ):
        await backend.publish(MARKER, b"still here")


async def test_what_the_broker_says_of_itself_is_closed_to_cars(hardened: Hardened) -> None:
    own = topic(ANNA, Channel.DESIRED)
    async with (
        hardened.backend().connect() as backend,
        hardened.backend(OBSERVER).connect() as observer,
        hardened.car(ANNA).connect() as anna,
    ):
        await anna.subscribe("$SYS/#", own)
        await observer.subscribe("$SYS/#")
        [statistic] = await Reader(observer).takes(1)
        await backend.publish(own, b"control")

        assert statistic.topic.startswith("$SYS/")
        assert [seen for seen in await Reader(anna).until(b"control") if seen.topic != own] == []


async def test_who_is_not_a_car_of_this_house_is_refused(hardened: Hardened, tmp_path: Path) -> None:
    foreign = identities(tmp_path / "foreign", SystemClock().now())
    expired = tmp_path / "expired"
    expired.mkdir()
    for name in ("ca.crt", "ca.key"):
        (expired / name).write_bytes((hardened.pki / name).read_bytes())
    pki.car(expired, ANNA, LONG_AGO)
    ca = hardened.pki / "ca.crt"
    refused = {
        "another authority's car": hardened.car(ANNA, folder=foreign),
        "a certificate of long ago": hardened.car(ANNA, folder=expired),
        "nobody": hardened.client("nobody", TlsFiles(ca)),
        "the broker's own certificate": hardened.client(
            "broker", TlsFiles(ca, hardened.pki / "broker.crt", hardened.pki / "broker.key")
        ),
    }
    for who, transport in refused.items():
        with pytest.raises(NotConnected):
            async with transport.connect():
                pytest.fail(f"{who} was let in")


async def test_a_car_trusts_only_its_own_broker(hardened: Hardened, tmp_path: Path) -> None:
    foreign = identities(tmp_path / "foreign", SystemClock().now())
    of_anna = hardened.pki / "cars" / f"{ANNA}.crt", hardened.pki / "cars" / f"{ANNA}.key"
    misled = {
        "another authority": hardened.client(ANNA, TlsFiles(foreign / "ca.crt", *of_anna)),
        "another name": hardened.client(ANNA, TlsFiles(hardened.pki / "ca.crt", *of_anna), host="localhost"),
    }
    for why, transport in misled.items():
        with pytest.raises(NotConnected, match="CERTIFICATE_VERIFY_FAILED"):
            async with transport.connect():
                pytest.fail(f"{why} was trusted")


async def test_tls_1_2_is_refused(hardened: Hardened) -> None:
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(ssl.SSLError, match=r"(?i)protocol.version"):
            await asyncio.open_connection("127.0.0.1", hardened.cars_port, ssl=tls12(hardened.pki, ANNA))


@pytest.mark.parametrize(
    ("user", "password"), [("backend", "wrong"), ("nobody", "wrong"), (ANNA, "wrong"), (None, None)]
)
async def test_the_backends_listener_asks_for_its_password(
    hardened: Hardened, user: str | None, password: str | None
) -> None:
    transport = hardened.backend(password="none")
    transport._username, transport._password = user, password
    with pytest.raises(NotConnected, match=r"refused us: Not authorized"):
        async with transport.connect():
            pytest.fail(f"{user} was let in")


async def test_a_packet_beyond_the_limit_ends_its_connection_and_no_other(hardened: Hardened) -> None:
    async with hardened.backend().connect() as backend, hardened.car(ANNA).connect() as anna:
        await backend.publish(topic(ANNA, Channel.DESIRED), b"x" * 64 * 1024)
        with pytest.raises((NotConnected, ValueError), match=r"too many|not connected"):
            await anna.publish(topic(ANNA, Channel.EVENTS), b"x" * 100 * 1024)
        await backend.publish(MARKER, b"alive")


async def test_what_is_retained_survives_a_restart(tmp_path: Path) -> None:
    broker = Hardened(tmp_path)
    broker.start()
    try:
        async with broker.backend().connect() as backend:
            await backend.publish(topic(ANNA, Channel.DESIRED), b"snapshot", retain=True)
        broker.stop()
        broker.start()
        async with broker.car(ANNA).connect() as anna:
            await anna.subscribe(topic(ANNA, Channel.DESIRED))
            [kept] = await Reader(anna).takes(1)
    finally:
        broker.stop()

    assert (kept.payload, kept.retained) == (b"snapshot", True)
