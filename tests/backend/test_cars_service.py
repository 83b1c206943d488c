"""What cars say: hellos, receipts, answers and requests count once, and late answers are kept as late."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from backend.appointment import Action, Actor, Listing, Status
from backend.events import DealerCancels, ProvideProposal, ScheduleAppointment
from backend.outcomes import NotAllowed
from backend.receipts import Stage, Stuck
from backend.service import cars, delivery, desk, feed, health, register
from backend.service.register import CustomerEdit, VehicleEdit
from backend.store import inbox
from backend.store.scope import System
from protocol.messages import (
    NO_REVISION,
    Accepted,
    At,
    CounterProposed,
    Declined,
    Dismissed,
    HalfDay,
    Health,
    HeldBack,
    Hello,
    Item,
    Navigated,
    NavigationRefused,
    Opened,
    Rejected,
    Revision,
    ServiceRequested,
    ServiceType,
    Shown,
    Slot,
)
from protocol.reasons import Reason
from tests.backend.world import OTHER_VIN, READY, VIN, World

HEALTH = Health(odometer_km=82_000, service_due=True)


def on(world: World, item: Item, **more: Any) -> dict[str, Any]:
    """Return the facts that all events about an item have."""
    return {"seq": world.seq(), "at": world.clock.now(), "item": item.id, "ver": item.ver} | more


# --- hellos


async def test_a_new_head_unit_is_told_its_name_and_a_known_one_nothing(world: World) -> None:
    await world.everything_is_published()
    await world.says_hello()
    assert await is_dirty(world)
    assert (await world.vehicle()).car.store_id == world.store_id
    await world.everything_is_published()
    await world.says_hello()
    assert not await is_dirty(world)
    assert (await world.vehicle()).car.hello_n == 2


async def test_a_hello_that_was_overtaken_changes_nothing(world: World) -> None:
    await world.says_hello(n=5, profile="new")
    await world.says_hello(n=4, profile="old")
    assert (await world.vehicle()).car.profile == "new"


async def test_a_car_that_lost_its_state_is_told_again_at_the_same_revision(world: World) -> None:
    await world.says_hello()
    await world.everything_is_published()
    before = (await world.vehicle()).wanted
    await world.says_hello(applied=NO_REVISION, digest=None)
    after = (await world.vehicle()).wanted
    assert after.revision == before.revision
    assert await is_dirty(world)


async def test_a_car_that_saw_what_was_never_made_gets_a_new_epoch(world: World) -> None:
    await world.schedules()
    ahead = Revision(3, 900)
    await world.says_hello(saw=At(epoch=ahead.epoch, rev=ahead.rev))
    vehicle = await world.vehicle()
    assert vehicle.wanted.revision == Revision(4, 1)
    assert await is_dirty(world)
    assert len((await world.content()).items) == 4
    await world.says()
    assert (await world.told()).count("received") == 4


async def test_a_restored_backend_raises_every_epoch(world: World) -> None:
    booked = await world.schedules()
    content = await world.content()
    await world.everything_is_published()
    async with world.office.work() as work:
        assert await health.restored(work) == 1
    assert (await world.vehicle()).wanted.revision == Revision(2, 1)
    assert await world.content() == content
    assert await is_dirty(world)
    assert (await world.appointment(booked.number)).version == booked.version


# --- receipts


async def test_what_a_car_received_is_told_once_to_whom_it_belongs(world: World) -> None:
    await world.says_hello()
    booked = await world.schedules()
    await world.says()
    await world.says()
    received = [event for event in await world.feed() if event.type == "received"]
    assert [event.facts["kind"] for event in received] == [
        "booking",
        "day_reminder",
        "navigation_destination",
        "reminder",
    ]
    assert {(event.number, event.vin) for event in received} == {(booked.number, VIN)}
    assert await world.feed(world.other) == ()
    vehicle = await world.vehicle()
    assert vehicle.car.received == vehicle.wanted.revision


async def test_an_old_receipt_and_one_of_another_head_unit_prove_nothing(world: World) -> None:
    await world.says_hello()
    await world.schedules()
    await world.says()
    known = (await world.vehicle()).car
    await world.says(applied=At(epoch=1, rev=1))
    await world.says(applied=At(epoch=9, rev=9), store_id=uuid4())
    assert (await world.vehicle()).car.received == known.received


async def test_a_receipt_with_another_digest_has_the_state_published_again(world: World) -> None:
    await world.says_hello()
    await world.everything_is_published()
    await world.says(digest="0123456789abcdef")
    assert await is_dirty(world)


# --- events


async def test_events_count_once_however_often_they_are_sent(world: World) -> None:
    await world.says_hello()
    await world.schedules()
    [booking] = await world.items("booking")
    shown = Shown(**on(world, booking, run=1))
    opened = Opened(**on(world, booking))
    first = await world.says(shown, opened)
    assert first.upto == 2
    again = await asyncio.gather(world.says(shown, opened), world.says(shown), world.says(opened, opened))
    assert {ack.upto for ack in again} == {2}
    assert [kind for kind in await world.told() if kind in {"shown", "opened"}] == ["shown", "opened"]
    async with world.office.look() as work:
        assert len(await inbox.said_about(work.tx, System(), VIN, [booking.id])) == 2


async def test_a_restored_copy_of_a_head_unit_hears_that_more_is_known_than_it_sent(world: World) -> None:
    await world.says_hello()
    await world.schedules()
    [booking] = await world.items("booking")
    await world.says(*(Shown(**on(world, booking, run=run)) for run in range(5)))
    ack = await world.says(from_seq=2)
    assert ack.upto == 5


async def test_a_message_from_before_we_listened_is_not_acknowledged_by_the_next(
    world: World,
) -> None:
    await world.says_hello()
    await world.schedules()
    [booking] = await world.items("booking")
    first, second, third = (
        [Shown(**on(world, booking, run=run)) for run in range(at, at + 2)] for at in (1, 3, 5)
    )
    assert (await world.says(*second)).upto == 0
    assert (await world.says(*third)).upto == 0
    assert (await world.says(*first)).upto == 2
    assert (await world.says(*second)).upto == 4
    assert (await world.says(*third)).upto == 6


async def test_a_journal_from_before_this_database_is_taken_as_it_comes_again(world: World) -> None:
    await world.says_hello()
    await world.schedules()
    [booking] = await world.items("booking")
    world.said = 40
    shown = Shown(**on(world, booking, run=1))
    assert (await world.says(shown)).upto == 0
    assert (await world.says(shown)).upto == 41
    assert (await world.says(Shown(**on(world, booking, run=2)))).upto == 42
    other = uuid4()
    assert (await world.says(store_id=other, from_seq=8)).upto == 7


async def test_an_answer_is_in_the_next_snapshot_for_a_replaced_head_unit(world: World) -> None:
    await world.says_hello()
    await world.schedules()
    [booking] = await world.items("booking")
    before = (await world.vehicle()).wanted.revision
    await world.says(Dismissed(**on(world, booking)))
    [answered] = await world.items("booking")
    assert (booking.answered, answered.answered) == (False, True)
    assert (await world.vehicle()).wanted.revision == before._replace(rev=before.rev + 1)


async def test_a_proposal_is_accepted_in_the_car(world: World) -> None:
    await world.says_hello()
    offered = await world.proposes()
    [proposal] = await world.items("proposal")
    await world.says(Shown(**on(world, proposal, run=1)), Accepted(**on(world, proposal)))
    accepted = await world.appointment(offered.number)
    assert (accepted.status, accepted.listing) == (Status.ACCEPTED, Listing.ACTIONS)
    assert "accepted" in await world.told()
    async with world.office.look() as work:
        last = (await desk.history(work, world.dealer, offered.number))[-1]
    assert (last.actor, last.late) == (Actor.CAR, False)


async def test_a_proposal_is_declined_or_countered_in_the_car(world: World) -> None:
    await world.says_hello()
    declined, countered = await world.proposes(), await world.proposes()
    by_number = {item.appointment: item for item in await world.items("proposal") if item.kind == "proposal"}
    slots = (Slot(day="2026-12-02", half=HalfDay.AFTERNOON),)
    await world.says(
        Declined(**on(world, by_number[declined.number])),
        CounterProposed(**on(world, by_number[countered.number], slots=slots)),
    )
    assert (await world.appointment(declined.number)).status is Status.CANCELLED
    again = await world.appointment(countered.number)
    assert (again.status, again.wanted.slots) == (Status.REQUESTED, slots)
    told = {event.type: event.facts for event in await world.feed() if event.number == countered.number}
    assert told["counter_proposed"]["slots"] == [{"day": "2026-12-02", "half": "afternoon"}]


async def test_an_answer_to_an_older_proposal_is_late_and_changes_nothing(world: World) -> None:
    await world.says_hello()
    offered = await world.proposes()
    [old] = await world.items("proposal")
    await world.acts(offered.number, partial(ProvideProposal, text="Or on Tuesday?"))
    await world.says(Accepted(**on(world, old)))
    assert (await world.appointment(offered.number)).status is Status.PROPOSED
    assert "late_answer" in await world.told()
    async with world.office.look() as work:
        [said] = await inbox.said_about(work.tx, System(), VIN, [old.id])
        told = await delivery.of_appointment(work, world.dealer, offered.number)
    assert said.late
    assert [(item.progress.ver, item.late, item.current) for item in told.items] == [
        (1, ("accepted",), False),
        (2, (), True),
    ]


async def test_a_late_answer_in_the_car_announces_the_present_state(world: World) -> None:
    await world.says_hello()
    offered = await world.proposes()
    [proposal] = await world.items("proposal")
    await world.acts(offered.number, partial(ScheduleAppointment, checklist=READY))
    [before] = await world.items("booking")
    await world.says(Declined(**on(world, proposal)))
    [after] = await world.items("booking")
    assert (await world.appointment(offered.number)).status is Status.CONFIRMED
    assert (after.ver, after.announce) == (before.ver + 1, True)


async def test_an_answer_that_the_rules_refuse_is_kept_as_late(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise NotAllowed(Action.CUSTOMER_ACCEPTS, Actor.CAR, Status.PROPOSED, ())

    await world.says_hello()
    await world.proposes()
    [proposal] = await world.items("proposal")
    monkeypatch.setattr(cars, "happen", refuse)
    await world.says(Accepted(**on(world, proposal)))
    async with world.office.look() as work:
        [said] = await inbox.said_about(work.tx, System(), VIN, [proposal.id])
    assert said.late


async def test_an_answer_after_a_cancellation_is_late(world: World) -> None:
    await world.says_hello()
    offered = await world.proposes()
    [proposal] = await world.items("proposal")
    await world.acts(offered.number, partial(DealerCancels, reason="Closed."))
    await world.says(Declined(**on(world, proposal)))
    assert (await world.appointment(offered.number)).status is Status.CANCELLED
    assert "late_answer" in await world.told()


async def test_an_answer_to_what_asks_nothing_or_is_unknown_is_kept_as_late(world: World) -> None:
    await world.says_hello()
    await world.schedules()
    [booking] = await world.items("booking")
    unknown = booking.model_copy(update={"id": uuid4()})
    await world.says(
        Accepted(**on(world, booking)), Accepted(**on(world, unknown)), Shown(**on(world, unknown, run=1))
    )
    async with world.office.look() as work:
        said = await inbox.said_about(work.tx, System(), VIN, [booking.id, unknown.id])
    assert [one.late for one in said] == [True, True, False]


async def test_what_the_navigation_did_and_what_holds_a_pop_up_back_is_told(world: World) -> None:
    await world.says_hello()
    await world.schedules()
    [place] = await world.items("navigation_destination")
    [booking] = await world.items("booking")
    held = HeldBack(
        seq=world.seq(),
        at=world.clock.now(),
        item=booking.id,
        reasons=(Reason.ENGINE_NOT_RUNNING,),
        since=world.clock.now(),
    )
    await world.says(
        NavigationRefused(**on(world, place, why="itinerary_full")),
        Navigated(**on(world, place) | {"as": "waypoint"}),
        held,
    )
    told = {event.type: event.facts for event in await world.feed()}
    assert told["navigation_refused"]["why"] == "itinerary_full"
    assert told["navigated"]["as"] == "waypoint"
    assert told["held_back"]["reasons"] == ["engine_not_running"]


async def test_a_snapshot_that_a_car_could_not_use_is_known(world: World) -> None:
    await world.says_hello()
    await world.says(Rejected(seq=world.seq(), at=world.clock.now(), why="unknown schema 2"))
    assert (await world.vehicle()).car.rejected == "unknown schema 2"
    assert await world.told() == ["rejected"]
    await edits(world, preferred_dealer_id=None)
    await world.says(Rejected(seq=world.seq(), at=world.clock.now(), why="again"))
    assert await world.told() == ["rejected"]


# --- requests


def request(world: World, *, consent: bool = True) -> ServiceRequested:
    return ServiceRequested(
        seq=world.seq(), at=world.clock.now(), type=ServiceType.REPAIR, consent=consent, health=HEALTH
    )


async def test_a_request_from_the_car_becomes_an_appointment_with_its_health(world: World) -> None:
    await world.says_hello()
    await world.says(request(world))
    async with world.office.look() as work:
        [row] = (await desk.listed(work, world.dealer, Listing.ACTIONS, None, 10)).items
    made = row.appointment
    assert (made.origin, made.health, made.subject.odometer_km) == (Actor.CAR, HEALTH, 82_000)
    assert await world.told() == ["service_requested"]
    [receipt] = await world.items("request_receipt")
    assert receipt.announce


async def test_a_request_without_consent_or_dealer_is_put_aside_and_the_rest_counts(world: World) -> None:
    await world.says_hello()
    await world.schedules()
    [booking] = await world.items("booking")
    ack = await world.says(request(world, consent=False), Shown(**on(world, booking, run=1)))
    assert ack.upto == 2
    await edits(world, preferred_dealer_id=None)
    await world.says(request(world))
    async with world.office.look() as work:
        aside = (await health.quarantined(work, System(), None, 10)).items
    assert [message.reason for message in aside] == ["no_preferred_dealer", "request_from_car"]
    assert "shown" in await world.told()


# --- presence, unknown cars


async def test_presence_is_a_hint_and_an_old_will_no_news(world: World) -> None:
    first, second = uuid4(), uuid4()
    await world.goes(online=True, boot_id=first)
    await world.goes(online=True, boot_id=second)
    await world.goes(online=False, boot_id=first)
    assert (await world.vehicle()).car.online
    await world.goes(online=False, boot_id=second)
    assert not (await world.vehicle()).car.online


async def test_a_car_that_was_connected_before_it_was_registered_shows_by_its_first_word(
    world: World,
) -> None:
    """Its birth was a stranger's, and hello too; but it applies what it is told at once, and says so."""
    boot_id = uuid4()
    assert not (await world.vehicle()).car.online
    await world.says()
    assert (await world.vehicle()).car.online
    await world.goes(online=False, boot_id=boot_id)
    assert not (await world.vehicle()).car.online
    await world.says_hello()
    assert not (await world.vehicle()).car.online, "a late word is no proof against a will"
    await world.goes(online=True, boot_id=boot_id)
    assert (await world.vehicle()).car.online


async def test_a_car_that_nobody_knows_is_refused_by_name(world: World) -> None:
    message = await world.receipt()
    stranger = message.model_copy(update={"vin": OTHER_VIN})
    async with world.office.work() as work:
        with pytest.raises(cars.UnknownVehicle, match=OTHER_VIN):
            await cars.hear(work, stranger)
    assert cars.ack_unread(stranger) is not None
    known = await world.vehicle()
    at = At(epoch=1, rev=1)
    hello = Hello(
        vin=OTHER_VIN,
        store_id=uuid4(),
        n=1,
        applied=at,
        saw=at,
        digest=known.wanted.digest,
        language=world.maria.language,
        profile="x",
        navigation=True,
        notifications_on=True,
    )
    assert cars.ack_unread(hello) is None


# --- how far things came, and why


async def test_delivery_says_how_far_an_item_came_and_what_it_waits_for(world: World) -> None:
    boot_id = uuid4()
    await world.says_hello()
    await world.goes(online=False, boot_id=boot_id)
    booked = await world.schedules()

    async def booking() -> tuple[Stage, Stuck | None]:
        async with world.office.look() as work:
            told = await delivery.of_appointment(work, world.dealer, booked.number)
        [line] = [line for line in told.items if line.kind == "booking" and line.current]
        return line.progress.stage, None if line.why is None else line.why.stuck

    assert await booking() == (Stage.PENDING, Stuck.NOT_PUBLISHED)
    await world.everything_is_published()
    assert await booking() == (Stage.PUBLISHED, Stuck.CAR_OFFLINE)
    await world.goes(online=True, boot_id=boot_id)
    assert await booking() == (Stage.PUBLISHED, Stuck.NOT_APPLIED)
    async with world.office.look() as work:
        assert not (await delivery.of_vehicle(work, world.dealer, VIN)).in_step
    await world.says()
    assert await booking() == (Stage.RECEIVED, Stuck.NO_ENGINE_START)
    [item] = await world.items("booking")
    await world.says(Shown(**on(world, item, run=1)))
    assert await booking() == (Stage.SHOWN, Stuck.NOT_ANSWERED)
    await world.says(Opened(**on(world, item)))
    assert await booking() == (Stage.OPENED, None)
    await world.everything_is_published()
    await world.says()
    async with world.office.look() as work:
        told = await delivery.of_vehicle(work, world.dealer, VIN)
    assert told.in_step
    assert told.published
    assert told.online


async def test_a_vehicle_that_is_disconnected_keeps_what_it_was_told(world: World) -> None:
    await world.schedules()
    before = await world.content()
    async with world.office.work() as work:
        await register.edit_vehicle(
            work, world.dealer, VIN, None, VehicleEdit(connected=False, plate="NEW-1")
        )
    assert await world.content() == before


async def test_a_long_poll_returns_with_the_news_or_with_nothing(world: World) -> None:
    assert await feed.wait(world.office, world.dealer, 0, 10, 0.0) == ()
    waiting = asyncio.ensure_future(feed.wait(world.office, world.dealer, 0, 10, 10.0))
    await world.says_hello()
    await world.schedules()
    await world.says()
    news = await waiting
    assert news[0].seq == 1
    async with world.office.look() as work:
        assert await feed.last(work, world.dealer) == 4
        assert [event.seq for event in await feed.after(work, world.dealer, 2, 10)] == [3, 4]
        assert await feed.last(work, world.other) == 0


async def test_the_quarantine_is_read_in_pages(world: World) -> None:
    async with world.office.work() as work:
        for number in range(3):
            await cars.quarantine(work, f"topic/{number}", "not_json", "?", b"{")
    async with world.office.look() as work:
        first = await health.quarantined(work, System(), None, 2)
        rest = await health.quarantined(work, System(), first.after, 2)
    assert [message.topic for message in (*first.items, *rest.items)] == ["topic/2", "topic/1", "topic/0"]
    assert rest.after is None


async def is_dirty(world: World) -> bool:
    words = await health.busy(world.office)
    return words is not None and "published" in words


async def edits(world: World, **facts: Any) -> None:
    async with world.office.work() as work:
        await register.edit_customer(work, System(), world.maria.id, None, CustomerEdit(**facts))


async def test_an_hour_later_the_same_state_is_the_same_digest(world: World) -> None:
    await world.schedules()
    before = (await world.vehicle()).wanted
    world.clock.set(world.clock.now() + timedelta(hours=1))
    await edits(world, phone="+358 9 555 0111")
    assert (await world.vehicle()).wanted == before
