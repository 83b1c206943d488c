"""Cars out of reach, late, forgetful or lied to: what they show stays true, and they catch up in one step."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest

from broker.transport import Connection
from protocol import messages
from protocol.clock import until
from protocol.messages import MOST_BYTES, Booking, Desired, Dismissed, Rejected, decode_desired, encode
from protocol.topics import CarTopic, Channel
from tests.journeys import evidence
from tests.journeys.chain import PATIENCE, Street
from vehicle_sim.people import Tap
from vehicle_sim.wording import NO_BREAK

pytestmark = pytest.mark.timeout(180)  # processes start slowly where others keep the machine busy


async def test_a_week_of_changes_is_one_snapshot(street: Street) -> None:
    number = await street.books(date=await street.day(12))
    await street.rests()
    known = len(evidence.snapshots(street.journal))
    await street.driver.network("off")
    for change in range(1, 36):
        await street.dealer.acts(
            number, "update_appointment", work=f"Change {change}", price=price(400 + change)
        )
        if change % 5 == 0:
            await street.later(days=1)
    desired = CarTopic(street.vin, Channel.DESIRED)
    async with Tap().listening(street.chain.listener("passer-by"), str(desired)) as tap:
        await street.driver.network("on")
        snapshot = await evidence.assert_in_step(street)
        assert {decode_desired(desired, heard.payload).revision for heard in tap.heard} == {snapshot.revision}
    assert len(evidence.snapshots(street.journal)) == known + 1
    booking = next(item for item in snapshot.items if isinstance(item, Booking))
    assert booking.price is not None
    assert str(booking.price.amount) == "435.00"


async def test_a_moved_appointment_is_reminded_of_at_its_new_time_only(street: Street) -> None:
    number = await street.books(date=await street.day(8))
    await street.rests()
    await street.drives_off()
    await street.driver.chooses("Details")
    await street.rests()
    await street.driver.network("off")
    moved_to = await street.day(12)
    await street.dealer.acts(number, "update_appointment", date=moved_to, time="10:30")
    await street.advances(await street.at(await street.day(6), 12))  # past the reminder that there was
    assert len(street.owner.letters()) == 1
    await street.driver.network("on")
    await street.rests()
    assert (await street.drives_off())["pop_up"] is None
    reminder = await street.at(moved_to, 8) - timedelta(days=3)
    await street.advances(reminder)
    assert len(await street.letters(2)) == 2
    assert (await street.drives_off())["pop_up"] == "reminder"
    await street.driver.chooses("Details")
    assert "10:30" in evidence.words(await street.driver.tree())
    await street.rests()
    evidence.assert_no_duplicate(street.journal)
    assert evidence.showings(street.journal) == ["booking", "reminder"]


async def test_a_booking_cancelled_before_the_car_hears_of_it_never_pops_up(street: Street) -> None:
    await street.driver.network("off")
    date = await street.day(6)
    number = await street.books(date=date)
    await street.letters(1)
    await street.rests()
    await street.dealer.acts(number, "cancel_on_behalf", reason="The customer phoned")
    assert len(await street.letters(2)) == 2  # the booking's, and that it is cancelled
    await street.driver.network("on")
    await street.rests()
    assert (await street.drives_off())["pop_up"] == "cancellation"
    await street.driver.presses("OK")
    await street.advances(await street.at(await street.day(3), 8))
    assert (await street.drives_off())["pop_up"] is None
    await street.advances(await street.at(date, 9))
    assert (await street.drives_off())["pop_up"] is None
    await street.rests()
    assert evidence.showings(street.journal) == ["cancellation"]
    assert len(street.owner.letters()) == 2
    await evidence.assert_told_once(street)


async def test_a_cancelled_booking_that_was_known_is_not_reminded_of(street: Street) -> None:
    date = await street.day(6)
    number = await street.books(date=date)
    await street.rests()
    await street.drives_off()
    await street.driver.chooses("Details")
    await street.later(minutes=1)
    await street.dealer.acts(number, "cancel_on_behalf", reason="No parts")
    await street.letters(2)
    await street.rests()
    await street.advances(await street.at(date, 9))
    assert (await street.drives_off())["pop_up"] == "cancellation"
    await street.rests()
    assert evidence.showings(street.journal) == ["booking", "cancellation"]
    assert len(street.owner.letters()) == 2


async def test_an_answer_that_comes_too_late_is_kept_and_the_car_shows_what_holds(street: Street) -> None:
    number = await street.requests()
    await street.dealer.acts(number, "provide_proposal", text="Monday at eight?")
    await street.rests()
    await street.driver.network("off")
    await street.drives_off()
    await street.sees("proposal")
    tuesday = await street.day(11)
    await street.dealer.acts(number, "provide_proposal", text="Tuesday is better", date=tuesday, time="09:00")
    await street.driver.chooses("Accept")
    await street.driver.network("on")
    await street.hears("late_answer")
    await street.rests()
    seen = await street.dealer.asks("GET", f"/v1/appointments/{number}")
    assert seen["status"] == "proposed"
    await street.drives_off()
    await street.sees("proposal")
    assert "Tuesday is better" in evidence.words(await street.driver.tree())
    await street.driver.chooses("Accept")
    await street.rests()
    seen = await street.dealer.asks("GET", f"/v1/appointments/{number}")
    assert seen["status"] == "accepted"
    evidence.assert_no_duplicate(street.journal)
    await evidence.assert_told_once(street)


async def test_a_replaced_head_unit_does_not_ask_what_was_answered(street: Street) -> None:
    answered = await street.books(date=await street.day(8))
    await street.rests()
    await street.drives_off()
    await street.driver.chooses("Details")
    await street.rests()
    before = await street.driver.looks()
    street.car.stop()
    old = street.journal.rename(street.journal.with_suffix(".old"))
    fresh = await street.books(date=await street.day(9))
    await street.restarts(street.car)
    await street.rests()
    assert (await street.driver.looks())["store_id"] != before["store_id"]
    await street.drives_off()
    await street.sees("booking")
    shown = evidence.words(await street.driver.asks_why())
    assert "already_answered" in shown
    await street.driver.chooses("Details")
    said = evidence.words(await street.driver.tree()).replace(NO_BREAK, "")
    assert fresh in said
    assert answered not in said
    await street.drives_off()
    await street.sees(None)
    await street.rests()
    evidence.assert_no_duplicate(old, street.journal)
    assert evidence.showings(street.journal) == ["booking"]


async def test_what_the_driver_did_is_said_again_until_the_backend_has_it(street: Street) -> None:
    await street.books()
    await street.rests()
    backend = street.chain.backend
    backend.freeze()
    try:
        await street.driver.turns_key("running")
        await street.driver.chooses("Details")
        acks = CarTopic(street.vin, Channel.EVENTS)
        async with Tap().listening(street.chain.listener("passer-by"), str(acks)) as tap:
            await until(lambda: len(said(tap)) >= 2, what="the same events for the second time", timeout=20)
        assert (await street.driver.looks())["outbox"] >= 2
    finally:
        backend.thaw()
    await street.hears("opened")
    await street.rests()
    await evidence.assert_told_once(street)
    assert (await street.driver.looks())["outbox"] == 0


def said(tap: Tap) -> list[object]:
    return [heard for heard in tap.heard if json.loads(heard.payload)["events"]]


# -- bytes that nobody should send -------------------------------------------------------------------


@dataclass(frozen=True)
class Liar:
    """Somebody who says to car and backend what neither of the two would."""

    street: Street
    line: Connection

    async def says(self, channel: Channel, payload: bytes, *, retain: bool = False) -> None:
        await self.line.publish(str(CarTopic(self.street.vin, channel)), payload, retain=retain)


async def test_a_car_outlives_every_bad_snapshot_and_takes_the_next_good_one(street: Street) -> None:
    number = await street.books()
    good = await evidence.assert_in_step(street)
    before = await street.driver.looks()
    text = encode(good)
    bad = {
        "not_json": b"{",
        "invalid": b"[]",
        "unknown_schema": text.replace(b'"v":1', b'"v":2', 1),
        "wrong_vin": text.replace(street.vin.encode(), b"YV1FW7050E9999999"),
        "too_large": text + b" " * MOST_BYTES,
        "invalid: items": text.replace(b'"kind":"booking"', b'"kind":"free_coffee"', 1),
    }
    async with street.chain.listener("liar").connect() as line:
        liar = Liar(street, line)
        for payload in bad.values():
            await liar.says(Channel.DESIRED, payload)
        await liar.says(Channel.EVENTS_ACK, b"no acknowledgement")
        await liar.says(Channel.EVENTS_ACK, ack(uuid4().hex, 7))
        await street.hears("rejected", times=len(bad))
    await street.rests()
    whys = [told.event.why for told in evidence.recorded(street.journal) if isinstance(told.event, Rejected)]
    assert [fault for fault in bad if not any(fault.split(":")[0] in why for why in whys)] == []
    after = await street.driver.looks()
    assert (after["applied"], after["items"]) == (before["applied"], before["items"])
    await street.dealer.acts(number, "update_appointment", price=price(500))
    newer = await evidence.assert_in_step(street)
    assert newer.rev == good.rev + 1
    await evidence.assert_told_once(street)


def ack(store: str, upto: int) -> bytes:
    return json.dumps({"v": 1, "store_id": store, "upto": upto}).encode()


@pytest.mark.parametrize("how", ["older", "same revision, other content", "duplicate"])
async def test_a_car_keeps_what_it_has_against_an_old_or_forged_copy(street: Street, how: str) -> None:
    number = await street.books()
    old = await evidence.assert_in_step(street)
    await street.dealer.acts(number, "update_appointment", price=price(500))
    good = await evidence.assert_in_step(street)
    forged = {
        "older": old,
        "same revision, other content": redone(good, items=good.items[:1]),
        "duplicate": good,
    }[how]
    async with street.chain.listener("liar").connect() as line:
        await Liar(street, line).says(Channel.DESIRED, encode(forged), retain=True)
    await street.rests()
    car = await street.driver.looks()
    # What contradicts the applied state makes the car ask; what it is then told again is the backend's own.
    assert car["applied"]["epoch"] >= good.epoch
    assert [one["item"] for one in car["items"]] == [str(item.id) for item in good.items]
    await street.drives_off()
    await street.sees("booking")
    await street.driver.chooses("Details")
    assert "500" in evidence.words(await street.driver.tree())
    await street.rests()
    evidence.assert_no_duplicate(street.journal)


def redone(desired: Desired, **changes: object) -> Desired:
    other = desired.model_copy(update=changes)
    return other.model_copy(update={"digest": messages.digest_of(other)})


async def test_the_backend_outlives_every_bad_word_and_hears_the_next_good_one(street: Street) -> None:
    await street.books()
    await street.rests()
    store = (await street.driver.looks())["store_id"]
    hello = {
        "v": 1, "vin": street.vin, "store_id": store, "n": 999, "applied": {"epoch": 0, "rev": 0},
        "saw": {"epoch": 0, "rev": 0}, "digest": None, "language": "en", "profile": "sensus-7",
        "navigation": True, "notifications_on": True, "schema_max": 1,
    }  # fmt: skip
    bad = [
        (Channel.HELLO, b"\xff\xfe", "not_json"),
        (Channel.HELLO, b'{"v":1}', "invalid"),
        (Channel.HELLO, json.dumps({**hello, "v": 9}).encode(), "unknown_schema"),
        (Channel.HELLO, json.dumps({**hello, "vin": "YV1FW7050E9999999"}).encode(), "wrong_vin"),
        (Channel.EVENTS, b"{" + b" " * MOST_BYTES, "too_large"),
        (Channel.EVENTS, json.dumps({"v": 1, "vin": street.vin, "events": "none"}).encode(), "invalid"),
        (Channel.PRESENCE, b"null", "invalid"),
    ]
    async with street.chain.listener("liar").connect() as line:
        liar = Liar(street, line)
        for channel, payload, _ in bad:
            await liar.says(channel, payload)
        await until(
            lambda: len(evidence.quarantined(street)) >= len(bad), what="everything bad to be in quarantine"
        )
        expected = [(reason, str(CarTopic(street.vin, channel))) for channel, _, reason in bad]
        assert evidence.quarantined(street) == expected

        # Well formed, but about nothing that we know: acknowledged, and without effect.
        other = uuid4()
        strange = Dismissed(seq=1, at=await street.now(), item=uuid4(), ver=1)
        words = messages.Events(
            vin=street.vin,
            store_id=other,
            from_seq=1,
            applied=messages.At(epoch=0, rev=0),
            digest=None,
            events=(strange,),
        )
        ack_topic = str(CarTopic(street.vin, Channel.EVENTS_ACK))
        async with Tap().listening(street.chain.listener("passer-by"), ack_topic) as tap:
            for _ in range(2):  # and said twice, as a broker may
                await liar.says(Channel.EVENTS, encode(words))
            await until(lambda: len(acked(tap, str(other))) >= 2, what="an acknowledgement of either")
        assert acked(tap, str(other))[:2] == [1, 1]
        stranger = words.model_copy(update={"vin": "YV1FW7050E9999999"})
        await line.publish(str(CarTopic(stranger.vin, Channel.EVENTS)), encode(stranger))
    await street.rests()
    await street.drives_off()
    await street.driver.chooses("Details")
    await street.hears("opened")
    await street.rests()
    assert len([row for row in evidence.inbox(street) if row[0] == str(other)]) == 1
    assert await street.dealer.has_heard("dismissed", street.vin) == []
    unknown = evidence.look(street, "SELECT reason FROM quarantine WHERE topic LIKE ?", "%E9999999%")
    assert len(unknown) == 1


async def test_a_car_that_was_connected_before_it_was_registered_is_seen_to_be_there(street: Street) -> None:
    vin, chain = "YV1FW7050E8000001", street.chain
    birth = str(CarTopic(vin, Channel.PRESENCE))

    def is_a_stranger() -> bool:
        return bool(evidence.look(street, "SELECT reason FROM quarantine WHERE topic = ?", birth))

    async def is_there() -> bool:
        return bool((await street.dealer.asks("GET", f"/v1/vehicles/{vin}/delivery"))["online"])

    async def is_gone() -> bool:
        return not await is_there()

    car = chain.rig.head_unit(vin, chain.broker, wait=False)
    try:
        await car.ready()
        await until(is_a_stranger, what="the birth of a stranger", timeout=PATIENCE)
        vehicle = {"vin": vin, "model": "V60 D4", "year": 2014, "plate": "TST-800"}
        await street.dealer.asks("POST", "/v1/vehicles", vehicle)
        await until(is_there, what="the car's first word", timeout=PATIENCE)
    finally:
        car.stop()
    await until(is_gone, what="the car's will", timeout=PATIENCE)


def acked(tap: Tap, store: str) -> list[int]:
    told = [json.loads(heard.payload) for heard in tap.heard]
    return [one["upto"] for one in told if one["store_id"] == store]


def price(amount: int) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "EUR"}
