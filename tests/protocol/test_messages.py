"""What is encoded can be decoded, and what cannot be decoded says why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.language import Language
from protocol.messages import (
    MOST_BYTES,
    At,
    Booking,
    Content,
    DayReminder,
    Desired,
    Events,
    EventsAck,
    Fault,
    Hello,
    Marker,
    Navigated,
    NavigationDestination,
    Presence,
    Revision,
    Shown,
    Undecodable,
    VehicleFacts,
    decode_ack,
    decode_desired,
    decode_from_car,
    decode_marker,
    digest_of,
    encode,
    item_id,
    read_item,
)
from protocol.topics import CarTopic, Channel
from protocol.values import GeoPoint, Money, Value

VIN = "YV1FW7050E1234567"
STORE = UUID("11111111-1111-4111-8111-111111111111")
NOW = datetime(2026, 11, 26, 14, 4, tzinfo=UTC)


def booking(**changes: object) -> Booking:
    facts: dict[str, object] = {
        "id": item_id("nordvik/104217", "booking"),
        "ver": 1,
        "announce": True,
        "show_from": NOW,
        "show_until": NOW + timedelta(days=4),
        "appointment": "104217",
        "starts_at": NOW + timedelta(days=3),
        "status": "planned",
        "price": Money(amount=Decimal("389.00"), currency="EUR"),
    }
    return Booking.model_validate(facts | changes)


def content(*items: Booking | NavigationDestination | DayReminder) -> Content:
    vehicle = VehicleFacts(model="V60 D4", plate="ABC-123", reminder_days=3, full_details=False)
    return Content(vin=VIN, vehicle=vehicle, dealer=None, items=items)


def desired(*items: Booking | NavigationDestination | DayReminder) -> Desired:
    plain = content(*items)
    return Desired(**dict(plain), epoch=1, rev=7, digest=digest_of(plain), for_store=STORE, sent_at=NOW)


MESSAGES: list[tuple[Channel, Value]] = [
    (
        Channel.HELLO,
        Hello(
            vin=VIN,
            store_id=STORE,
            n=1,
            applied=At(epoch=1, rev=6),
            saw=At(epoch=1, rev=7),
            digest="0123456789abcdef",
            language=Language.GERMAN,
            profile="sensus-7",
            navigation=True,
            notifications_on=True,
        ),
    ),
    (
        Channel.EVENTS,
        Events(
            vin=VIN,
            store_id=STORE,
            from_seq=1,
            applied=At(epoch=1, rev=7),
            digest=None,
            events=(
                Shown(seq=1, at=NOW, item=STORE, ver=1, run=3),
                Navigated.model_validate({"seq": 2, "at": NOW, "item": STORE, "ver": 1, "as": "waypoint"}),
            ),
        ),
    ),
    (Channel.PRESENCE, Presence(vin=VIN, online=True, boot_id=STORE)),
]


@pytest.mark.parametrize(("channel", "message"), MESSAGES, ids=lambda value: str(getattr(value, "value", "")))
def test_what_a_car_says_comes_back_whole(channel: Channel, message: Value) -> None:
    assert decode_from_car(CarTopic(VIN, channel), encode(message)) == message


def test_a_snapshot_comes_back_whole_and_in_order() -> None:
    snapshot = desired(booking())
    again = decode_desired(CarTopic(VIN, Channel.DESIRED), encode(snapshot))
    assert again == snapshot
    assert again.revision == Revision(1, 7) < Revision(2, 0)
    assert At(epoch=1, rev=7).revision == again.revision


def test_acknowledgement_and_marker_come_back_whole() -> None:
    ack = EventsAck(store_id=STORE, upto=12)
    assert decode_ack(CarTopic(VIN, Channel.EVENTS_ACK), encode(ack)) == ack
    assert decode_marker(encode(Marker(count=3, node="backend-1"))).count == 3


def test_the_digest_is_of_the_content_alone() -> None:
    one = desired(booking())
    assert digest_of(one) == one.digest == digest_of(content(booking()))
    assert digest_of(content(booking(ver=2))) != one.digest


def test_an_item_has_the_same_id_for_ever() -> None:
    assert item_id("nordvik/104217", "booking") == item_id("nordvik/104217", "booking")
    assert item_id("nordvik/104217", "booking") != item_id("nordvik/104217", "reminder")


def test_a_stored_item_is_read_back() -> None:
    place = NavigationDestination(
        id=STORE,
        ver=1,
        announce=True,
        show_from=NOW,
        show_until=NOW,
        name="Kamppi",
        position=GeoPoint(latitude=60.16, longitude=24.93),
    )
    assert read_item(place.model_dump_json()) == place


@pytest.mark.parametrize(
    ("payload", "fault"),
    [
        (b"", Fault.NOT_JSON),
        (b"{", Fault.NOT_JSON),
        (b"\xff\xfe", Fault.NOT_JSON),
        (b"[" * 100_000, Fault.TOO_LARGE),
        (b"[" * 60_000, Fault.NOT_JSON),
        (b"[1]", Fault.INVALID),
        (b'{"v": 2}', Fault.UNKNOWN_SCHEMA),
        (b"{}", Fault.UNKNOWN_SCHEMA),
        (b'{"v": 1, "vin": 5}', Fault.INVALID),
        (b" " * (MOST_BYTES + 1), Fault.TOO_LARGE),
        (encode(desired(booking())).replace(b'"rev":7', b'"rev":7,"extra":1'), Fault.INVALID),
        (encode(desired(booking())).replace(b'"rev":7', b'"rev":"7"'), Fault.INVALID),
        (encode(desired(booking())).replace(VIN.encode(), b"YV1FW7050E1234568"), Fault.WRONG_VIN),
    ],
    ids=lambda value: str(value)[:24],
)
def test_bytes_that_are_no_snapshot_say_why(payload: bytes, fault: Fault) -> None:
    with pytest.raises(Undecodable) as caught:
        decode_desired(CarTopic(VIN, Channel.DESIRED), payload)
    assert caught.value.fault is fault
    assert len(str(caught.value)) < 400


def test_a_car_does_not_write_to_its_own_inbox() -> None:
    with pytest.raises(Undecodable, match="cars do not write to desired"):
        decode_from_car(CarTopic(VIN, Channel.DESIRED), encode(desired()))


@given(st.binary(max_size=300), st.sampled_from(Channel))
def test_no_bytes_raise_anything_else(payload: bytes, channel: Channel) -> None:
    with pytest.raises(Undecodable):
        decode_from_car(CarTopic(VIN, channel), payload)
