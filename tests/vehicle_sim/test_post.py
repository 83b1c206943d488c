"""Bytes and the car: what a delivery means, and how the outbox is cut into messages that are read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from protocol.messages import (
    MOST_BYTES,
    CarEvent,
    Dismissed,
    EventsAck,
    Health,
    ServiceRequested,
    ServiceType,
    decode_from_car,
    encode,
)
from protocol.topics import CarTopic, Channel
from tests.vehicle_sim.motorist import FRESH, MONDAY, STORE, VIN, Motorist, booking, snapshot
from vehicle_sim.post import Unreadable, event_of, events_of, hello_of
from vehicle_sim.state import Car, EventsAcknowledged, SnapshotArrived, SnapshotRejected


def topic(channel: Channel, vin: str = VIN) -> str:
    return str(CarTopic(vin, channel))


def with_outbox(*events: CarEvent) -> Car:
    car = Motorist().car
    return replace(car, wire=replace(car.wire, outbox=events, seq=len(events)))


def test_deliveries_become_events() -> None:
    desired = snapshot([booking()], rev=3)
    ack = EventsAck(store_id=STORE, upto=4)
    assert event_of(topic(Channel.DESIRED), encode(desired), MONDAY, FRESH) == SnapshotArrived(
        MONDAY, desired
    )
    assert event_of(topic(Channel.DESIRED), b"", MONDAY, FRESH) == SnapshotArrived(MONDAY, None)
    assert event_of(topic(Channel.EVENTS_ACK), encode(ack), MONDAY, FRESH) == EventsAcknowledged(
        MONDAY, STORE, 4, FRESH
    )


def test_a_snapshot_for_another_car_is_rejected_in_one_line() -> None:
    other = topic(Channel.DESIRED, "YV1FW7050E7654321")
    rejected = event_of(other, encode(snapshot([], rev=1)), MONDAY, FRESH)
    assert isinstance(rejected, SnapshotRejected)
    assert "wrong_vin" in rejected.why
    nasty = event_of(topic(Channel.DESIRED), b'{"v":"\\n\\u0000' + b"x" * 900 + b'"}', MONDAY, FRESH)
    assert isinstance(nasty, SnapshotRejected)
    assert nasty.why.isprintable()
    assert len(nasty.why) <= 200


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        (topic(Channel.HELLO), b"{}"),
        (topic(Channel.EVENTS_ACK), b"{}"),
        (topic(Channel.EVENTS_ACK), b""),
        ("sensus/v1/somewhere", b"{}"),
        ("x" * 1000, b""),
    ],
)
def test_what_no_car_reads_is_unreadable(name: str, payload: bytes) -> None:
    with pytest.raises(Unreadable):
        event_of(name, payload, MONDAY, FRESH)


def test_the_hello_says_where_the_car_stands() -> None:
    motorist = Motorist(notifications_on=False, navigation=False)
    motorist.connects()
    motorist.receives(booking())
    hello = hello_of(motorist.car)
    assert (hello.n, hello.store_id, hello.digest) == (1, STORE, motorist.car.wire.digest)
    assert hello.applied.revision == hello.saw.revision == (1, 1)
    assert (hello.notifications_on, hello.navigation, hello.language) == (False, False, "en")


def test_an_empty_outbox_is_still_a_receipt() -> None:
    car = with_outbox()
    (receipt,) = events_of(replace(car, wire=replace(car.wire, seq=9)))
    assert (receipt.from_seq, receipt.events) == (10, ())


def test_a_long_outbox_is_cut_by_number_and_stays_in_order() -> None:
    events = [Dismissed(seq=seq, at=MONDAY, item=STORE, ver=1) for seq in range(1, 451)]
    chunks = events_of(with_outbox(*events))
    assert [chunk.from_seq for chunk in chunks] == [1, 201, 401]
    assert [event for chunk in chunks for event in chunk.events] == events
    assert decode_from_car(CarTopic(VIN, Channel.EVENTS), encode(chunks[0])) == chunks[0]


def test_a_heavy_outbox_is_cut_by_bytes() -> None:
    health = Health(odometer_km=1, service_due=True, warnings=tuple("ä" * 200 for _ in range(20)))
    events = [
        ServiceRequested(seq=seq, at=MONDAY, type=ServiceType.REPAIR, consent=True, health=health)
        for seq in range(1, 41)
    ]
    chunks = events_of(with_outbox(*events))
    assert all(len(encode(chunk)) <= MOST_BYTES for chunk in chunks)
    assert [event for chunk in chunks for event in chunk.events] == events
    assert len(chunks) > 1
