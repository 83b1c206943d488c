"""The dealer's use cases on both databases: create, act, list, look back, and nothing half done."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest

from backend.appointment import Action, Actor, Checklist, Listing, Status
from backend.events import (
    AcknowledgeCancellation,
    ConfirmAppointment,
    CustomerAccepts,
    CustomerAnswers,
    CustomerCancels,
    DealerCancels,
    FinalizeAppointment,
    PerformPreBooking,
    ProvideProposal,
    RequestInformation,
    ScheduleAppointment,
    UpdateAppointment,
)
from backend.lifecycle import listings
from backend.outcomes import LetterKind, MissingFields, NotAllowed, Outcome, Refused
from backend.service import delivery, desk, keys, owner, register
from backend.service.dealers import market, workshop_of
from backend.service.errors import Invalid, KeyReused, NotFound, StaleVersion
from backend.service.happenings import MakeEvent
from backend.service.keys import Answer
from backend.service.office import Work
from backend.store import appointments
from backend.store.paging import BadCursor, cursor
from backend.store.scope import Owner, System
from backend.tables import audit
from tests.backend.world import ANNA, READY, START, VIN, World


async def test_a_request_waits_in_actions_and_tells_the_customer_nothing(world: World) -> None:
    made = await world.creates()
    assert (made.number, made.status, made.version) == ("100001", Status.REQUESTED, 1)
    assert made.subject.odometer_km == 81_234
    assert [row.appointment.number for row in await listed(world, Listing.ACTIONS)] == ["100001"]
    assert (await world.content()).items == ()
    assert await letters(world, made.number) == []


async def test_scheduling_books_mails_and_counts_the_cars_revision_up_in_one_commit(world: World) -> None:
    before = (await world.vehicle()).wanted.revision
    booked = await world.schedules()
    assert booked.status is Status.CONFIRMED
    vehicle = await world.vehicle()
    assert vehicle.wanted.revision == before._replace(rev=before.rev + 1)
    assert vehicle.wanted.published_rev != vehicle.wanted.revision.rev
    assert {item.kind for item in (await world.content()).items} == {
        "booking",
        "reminder",
        "day_reminder",
        "navigation_destination",
    }
    assert await letters(world, booked.number) == [LetterKind.BOOKING]
    assert [row.appointment.number for row in await listed(world, Listing.PLANNED)] == [booked.number]
    assert await listed(world, Listing.ACTIONS) == []


async def test_a_refused_event_changes_nothing_at_all(world: World) -> None:
    made = await world.creates()
    before = await world.vehicle()
    with pytest.raises(MissingFields, match="checklist"):
        await world.acts(
            made.number, partial(ScheduleAppointment, checklist=desk_checklist(parts_ready=False))
        )
    with pytest.raises(NotAllowed):
        await world.acts(made.number, FinalizeAppointment)
    assert await world.appointment(made.number) == made
    assert await world.vehicle() == before
    assert await letters(world, made.number) == []


async def test_a_refused_opening_takes_no_number(world: World) -> None:
    with pytest.raises(Refused):
        await world.creates(work="")
    assert (await world.creates()).number == "100001"


async def test_what_does_not_belong_together_is_named(world: World) -> None:
    with pytest.raises(Invalid) as no_car:
        await world.creates(vin="YV1FW7050E1239999")
    with pytest.raises(Invalid) as no_customer:
        await world.creates(customer=uuid4())
    assert (no_car.value.field, no_customer.value.field) == ("vin", "customer_id")
    async with world.office.work() as work:
        stranger = await register_stranger(work, world)
    with pytest.raises(Invalid, match="neither drives nor owns"):
        await world.creates(customer=stranger)


async def test_another_dealers_appointment_is_not_there(world: World) -> None:
    made = await world.creates()
    async with world.office.look() as work:
        for ask in (
            desk.appointment(work, world.other, made.number),
            desk.history(work, world.other, made.number),
            desk.row(work, world.other, made.number),
            desk.as_it_looked(work, world.other, made.number, 1),
            delivery.of_appointment(work, world.other, made.number),
            desk.appointment(work, Owner(uuid4()), made.id),
        ):
            with pytest.raises(NotFound):
                await ask
        assert (await desk.listed(work, world.other, None, None, 10)).items == ()
        assert (await desk.appointment(work, System(), made.id)) == made
    with pytest.raises(NotFound):
        await world.acts(made.number, FinalizeAppointment, dealer=world.other)


async def test_numbers_are_unique_per_dealer_only(world: World) -> None:
    mine = await asyncio.gather(*(world.creates() for _ in range(5)))
    theirs = await world.creates(world.other)
    assert sorted(one.number for one in mine) == [str(100_001 + n) for n in range(5)]
    assert theirs.number == "100001"
    assert len({one.id for one in mine} | {theirs.id}) == 6


async def test_of_two_who_change_the_same_version_one_is_told_what_the_other_made(world: World) -> None:
    made = await world.creates()
    offers = [
        world.acts(made.number, partial(ProvideProposal, text=f"Offer {n}"), version=made.version)
        for n in range(4)
    ]
    results = await asyncio.gather(*offers, return_exceptions=True)
    refused = [result for result in results if isinstance(result, StaleVersion)]
    [won] = [result for result in results if not isinstance(result, BaseException)]
    assert len(refused) == 3
    assert all(stale.current == won for stale in refused)
    assert await world.appointment(made.number) == won


async def test_changes_without_a_version_all_happen_one_after_the_other(world: World) -> None:
    booked = await world.schedules()
    notes = [world.acts(booked.number, partial(UpdateAppointment, comments=f"Note {n}")) for n in range(8)]
    await asyncio.gather(*notes)
    async with world.office.look() as work:
        entries = await desk.history(work, world.dealer, booked.number)
    assert [entry.seq for entry in entries] == list(range(1, 11))
    assert [entry.appointment.version for entry in entries] == list(range(1, 11))
    assert {entry.appointment.terms.comments for entry in entries[2:]} == {f"Note {n}" for n in range(8)}


async def test_the_history_shows_the_appointment_as_it_looked(world: World) -> None:
    made = await world.creates()
    world.passes(hours=1)
    booked = await world.acts(made.number, partial(ScheduleAppointment, checklist=READY))
    changed = await world.acts(made.number, partial(UpdateAppointment, work="Brakes, too"))
    async with world.office.look() as work:
        entries = await desk.history(work, world.dealer, made.number)
        assert [entry.action for entry in entries] == [
            Action.CREATE_REQUEST,
            Action.SCHEDULE_APPOINTMENT,
            Action.UPDATE_APPOINTMENT,
        ]
        assert [entry.appointment for entry in entries] == [made, booked, changed]
        assert {(entry.actor, entry.who) for entry in entries} == {(Actor.DEALER, ANNA)}
        assert entries[1].at - entries[0].at == timedelta(hours=1)
        assert (await desk.as_it_looked(work, world.dealer, made.number, 2)).appointment == booked
        with pytest.raises(NotFound):
            await desk.as_it_looked(work, world.dealer, made.number, 4)
        assert await desk.earlier(work, world.dealer, VIN) == (changed,)


async def test_an_update_sends_no_letter_and_no_pop_up_and_moves_the_reminder(world: World) -> None:
    booked = await world.schedules()
    [before] = await world.items("reminder")
    moved = await world.acts(booked.number, partial(UpdateAppointment, starts_at=START + timedelta(days=1)))
    [after] = await world.items("reminder")
    [booking] = await world.items("booking")
    assert booking.ver == 1
    assert after.show_from == before.show_from + timedelta(days=1)
    assert after.ver == before.ver + 1
    assert await letters(world, moved.number) == [LetterKind.BOOKING]


async def test_cancelling_takes_it_from_the_car_and_supersedes_what_is_unsent(world: World) -> None:
    booked = await world.schedules()
    await world.acts(booked.number, partial(DealerCancels, reason="The lift is broken."))
    assert {item.kind for item in (await world.content()).items} == {"cancellation"}
    async with world.office.look() as work:
        told = await delivery.of_appointment(work, world.dealer, booked.number)
    assert {letter.kind: letter.superseded_at is not None for letter in told.letters} == {
        LetterKind.BOOKING: True,
        LetterKind.CANCELLATION: False,
    }
    world.passes(days=30)
    await world.creates(starts_at=START + timedelta(days=30))
    assert (await world.content()).items == ()


async def test_finalizing_leaves_every_list_and_the_car(world: World) -> None:
    booked = await world.schedules()
    await world.acts(booked.number, FinalizeAppointment)
    for listing in Listing:
        assert await listed(world, listing) == []
    assert (await world.content()).items == ()
    async with world.office.look() as work:
        [only] = (await desk.listed(work, world.dealer, None, None, 10)).items
    assert only.appointment.status is Status.CLOSED


async def test_the_lists_of_the_database_are_those_of_the_rules_at_any_time(world: World) -> None:
    """The store finds lists by columns; the lifecycle says what they hold. Both are asked for weeks."""
    await world.creates()
    await world.proposes()
    await world.schedules()
    await world.acts((await world.creates()).number, partial(RequestInformation, text="Which noise?"))
    accepted = await world.proposes()
    await answers(world, accepted.id, partial(CustomerAccepts, ver=1))
    cancelled = await world.schedules()
    await answers(world, cancelled.id, partial(CustomerCancels, reason="Sold it"))
    acknowledged = await world.schedules()
    await answers(world, acknowledged.id, CustomerCancels)
    await world.acts(acknowledged.number, AcknowledgeCancellation)
    async with world.office.work() as work:
        booking = partial(PerformPreBooking, starts_at=START + timedelta(days=90), work="Service")
        await desk.create(work, world.dealer, ANNA, VIN, world.maria.id, booking)
    for _ in range(22):
        async with world.office.look() as work:
            habits = market(await workshop_of(work, System(), world.dealer.id))
            everything = [
                row.appointment for row in (await desk.listed(work, world.dealer, None, None, 50)).items
            ]
            assert len(everything) == 8
            counted = await desk.counts(work, world.dealer)
            for listing in Listing:
                rows = (await desk.listed(work, world.dealer, listing, None, 50)).items
                expected = {one.number for one in everything if listing in listings(one, work.now, habits)}
                assert {row.appointment.number for row in rows} == expected
                assert all(listing in row.listings for row in rows)
                assert counted[listing] == len(rows)
                due = [row.due_at for row in rows if row.due_at]
                assert due == sorted(due)
        world.passes(hours=25)


@pytest.mark.parametrize("listing", [Listing.ACTIONS, None])
async def test_pages_hold_every_line_once(world: World, listing: Listing | None) -> None:
    for _ in range(7):
        await world.creates()
        world.passes(minutes=1)
    seen, after = [], None
    while True:
        async with world.office.look() as work:
            page = await desk.listed(work, world.dealer, listing, after, 3)
        seen += [row.appointment.number for row in page.items]
        if page.after is None:
            break
        after = page.after
        await world.creates()
        world.passes(minutes=1)
    assert len(seen) == len(set(seen))
    first_seven = [str(100_001 + n) for n in range(7)]
    assert [number for number in seen if number in first_seven] == (
        first_seven if listing else first_seven[::-1]
    )


@pytest.mark.parametrize(
    "after",
    ["?", "bm9uZQ", cursor("only one"), cursor("not a time", "100001"), cursor("2026-01-01", "100001")],
)
async def test_a_cursor_of_nobody_is_refused(lite: World, after: str) -> None:
    async with lite.office.look() as work:
        with pytest.raises(BadCursor, match="no cursor of this list"):
            await desk.listed(work, lite.dealer, Listing.ACTIONS, after, 3)


async def test_an_owner_answers_on_the_web(world: World) -> None:
    offered = await world.proposes()
    outcome = await answers(world, offered.id, partial(CustomerAccepts, ver=1))
    assert outcome.appointment.status is Status.ACCEPTED
    assert await world.told() == ["accepted"]
    late = await answers(world, offered.id, partial(CustomerCancels, ver=0))
    assert late.late is not None
    assert (await world.told())[-1] == "late_answer"
    confirmed = await world.acts(offered.number, partial(ConfirmAppointment, checklist=READY))
    assert confirmed.status is Status.CONFIRMED
    assert LetterKind.BOOKING not in await letters(world, offered.number)


async def test_an_owner_answers_an_inquiry_and_nobody_elses(world: World) -> None:
    made = await world.creates()
    await world.acts(made.number, partial(RequestInformation, text="Which noise?"))
    outcome = await answers(world, made.id, partial(CustomerAnswers, ver=1, text="A rattle."))
    assert (outcome.appointment.status, outcome.appointment.answer) == (Status.REQUESTED, "A rattle.")
    async with world.office.work() as work:
        with pytest.raises(NotFound):
            await owner.answer(work, Owner(uuid4()), made.id, CustomerCancels)


async def test_a_late_answer_on_the_web_is_kept_and_shown_and_changes_nothing(world: World) -> None:
    offered = await world.proposes()
    booked = await world.acts(offered.number, partial(ScheduleAppointment, checklist=READY))
    before = (await world.vehicle()).wanted
    outcome = await answers(world, offered.id, partial(CustomerCancels, ver=1))
    assert outcome.late is not None
    assert await world.appointment(offered.number) == booked
    assert (await world.vehicle()).wanted == before
    async with world.office.look() as work:
        assert (await desk.history(work, world.dealer, offered.number))[-1].late
        row = await desk.row(work, world.dealer, offered.number)
    assert (row.appointment, row.customer, row.listings) == (
        booked,
        world.maria,
        frozenset({Listing.PLANNED}),
    )


async def test_a_repeated_key_gets_the_same_answer_and_another_request_is_refused(world: World) -> None:
    answer = Answer(201, {"Location": "/v1/appointments/100001"}, '{"number":"100001"}')
    async with world.office.work() as work:
        assert await keys.recall(work, world.dealer, "k1", "digest") is None
        await keys.remember(work, world.dealer, "k1", "digest", answer)
    async with world.office.look() as work:
        assert await keys.recall(work, world.dealer, "k1", "digest") == answer
        assert await keys.recall(work, world.other, "k1", "digest") is None
        with pytest.raises(KeyReused, match="k1"):
            await keys.recall(work, world.dealer, "k1", "another")


async def test_what_is_done_is_audited_under_pseudonyms(world: World) -> None:
    booked = await world.schedules()
    async with world.office.look() as work:
        rows = await work.tx.rows(audit.select().order_by(audit.c.id))
        assert await appointments.vin_of(work.tx, System(), booked.id) == VIN
    done = [(row["action"], row["subject"]) for row in rows]
    pseudonym = world.office.pseudonym(str(booked.id))
    assert done[-2:] == [("create_request", pseudonym), ("schedule_appointment", pseudonym)]
    text = repr(rows)
    assert "Maria" not in text
    assert VIN not in text


def desk_checklist(*, parts_ready: bool) -> Checklist:
    return replace(READY, parts_ready=parts_ready)


async def listed(world: World, listing: Listing) -> list[desk.Row]:
    async with world.office.look() as work:
        return list((await desk.listed(work, world.dealer, listing, None, 50)).items)


async def letters(world: World, number: str) -> list[LetterKind]:
    async with world.office.look() as work:
        told = await delivery.of_appointment(work, world.dealer, number)
    return [letter.kind for letter in told.letters]


async def answers(world: World, appointment_id: UUID, event: MakeEvent) -> Outcome:
    async with world.office.work() as work:
        return await owner.answer(work, Owner(world.maria.id), appointment_id, event)


async def register_stranger(work: Work, world: World) -> UUID:
    person = register.NewCustomer(name="Otto Berg", email="otto.berg@example.com")
    return (await register.add_customer(work, world.dealer, person)).id
