"""Every letter goes out when it is due, to whom it is for, once; what was overtaken never does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest

from backend.appointment import Appointment, Status
from backend.events import (
    ConfirmAppointment,
    CustomerAccepts,
    CustomerAnswers,
    CustomerCancels,
    CustomerCounterProposes,
    DealerCancels,
    FinalizeAppointment,
    PerformPreBooking,
    ProvideProposal,
    RequestInformation,
    ScheduleAppointment,
    UpdateAppointment,
)
from backend.letters import from_json
from backend.outcomes import TO_DEALER, LetterKind
from backend.service import desk, health, owner
from backend.service.happenings import MakeEvent
from backend.service.owner import Wish
from backend.store import letters as store
from backend.store.letters import Posted
from backend.store.scope import Dealer, Owner, System
from backend.ticker import Ticker
from protocol.clock import VirtualClock
from protocol.messages import HalfDay, Slot
from tests.backend.world import ANNA, NOW, READY, START, VIN, World

SLOTS = (Slot(day="2027-09-01", half=HalfDay.MORNING),)
MANAGER = "service.manager@example.com"
K = LetterKind


async def about(world: World, appointment_id: UUID) -> list[Posted]:
    async with world.office.look() as work:
        return await store.letters_about(work.tx, System(), appointment_id)


async def unsent(world: World, made: Appointment) -> list[LetterKind]:
    return [one.kind for one in await about(world, made.id) if one.superseded_at is None]


async def says(world: World, made: Appointment, event: MakeEvent) -> Appointment:
    """Let Maria answer on My Volvo."""
    async with world.office.work() as work:
        return (await owner.answer(work, Owner(world.maria.id), made.id, event)).appointment


async def asks(world: World, dealer: Dealer | None = None) -> Appointment:
    """Let Maria ask for an appointment on My Volvo."""
    wish = Wish(
        id=uuid4(),
        vin=VIN,
        dealer_id=(dealer or world.dealer).id,
        text="It squeaks",
        slots=SLOTS,
        odometer_km=81_234,
    )
    async with world.office.work() as work:
        return await owner.request(work, Owner(world.maria.id), wish)


async def pre_books(world: World, starts_at: datetime) -> Appointment:
    event = partial(PerformPreBooking, starts_at=starts_at, work="Annual service")
    async with world.office.work() as work:
        return await desk.create(work, world.dealer, ANNA, VIN, world.maria.id, event)


async def inquires(world: World) -> Appointment:
    made = await world.creates()
    return await world.acts(made.number, partial(RequestInformation, text="Winter tyres too?"))


async def accepted(world: World) -> Appointment:
    return await says(world, await world.proposes(), partial(CustomerAccepts, ver=1))


async def confirmed(world: World) -> Appointment:
    made = await accepted(world)
    return await world.acts(made.number, partial(ConfirmAppointment, checklist=READY))


async def updated(world: World) -> Appointment:
    made = await world.schedules()
    return await world.acts(made.number, partial(UpdateAppointment, work="Annual service, brakes"))


async def finished(world: World) -> Appointment:
    made = await world.schedules()
    return await world.acts(made.number, FinalizeAppointment)


async def countered(world: World) -> Appointment:
    event = partial(CustomerCounterProposes, ver=1, slots=SLOTS)
    return await says(world, await world.proposes(), event)


async def answered(world: World) -> Appointment:
    return await says(world, await inquires(world), partial(CustomerAnswers, ver=1, text="Yes"))


async def cancelled(world: World) -> Appointment:
    return await says(world, await world.schedules(), CustomerCancels)


async def cancelled_by_dealer(world: World) -> Appointment:
    made = await world.schedules()
    return await world.acts(made.number, partial(DealerCancels, reason="The lift is broken."))


@pytest.mark.parametrize(
    ("bring", "kinds"),
    [
        (World.creates, []),
        (asks, [K.REQUEST_RECEIVED]),
        (partial(pre_books, starts_at=START + timedelta(days=90)), [K.PRE_BOOKING]),
        (World.proposes, [K.PROPOSAL]),
        (inquires, [K.INQUIRY]),
        (World.schedules, [K.BOOKING]),
        (accepted, [K.ANSWERED]),
        (confirmed, []),
        (updated, [K.BOOKING]),
        (countered, [K.ANSWERED]),
        (answered, [K.ANSWERED]),
        (cancelled, [K.CANCELLATION, K.ANSWERED]),
        (cancelled_by_dealer, [K.CANCELLATION]),
        (finished, []),
    ],
    ids=lambda part: getattr(part, "__name__", "pre_books") if callable(part) else "",
)
async def test_what_is_left_to_be_sent_after_each_step(
    lite: World, bring: Callable[[World], Awaitable[Appointment]], kinds: list[LetterKind]
) -> None:
    made = await bring(lite)
    assert await unsent(lite, made) == kinds
    for one in await about(lite, made.id):
        letter = from_json(one.letter)
        assert (letter.to == MANAGER) == (one.kind in TO_DEALER)
        assert (f"/desk/appointments/{made.number}" in letter.text) == (one.kind in TO_DEALER)


async def test_a_letter_that_tells_of_an_answer_says_which(lite: World) -> None:
    made = await answered(lite)
    letter = from_json((await about(lite, made.id))[-1].letter)
    assert "Maria Lindholm has answered about" in letter.subject
    assert "Answers the question" in letter.text
    assert "Answer in words: Yes" in letter.text


async def test_a_correction_gets_into_the_confirmation_that_has_not_gone_out_yet(world: World) -> None:
    made = await world.schedules()
    [before] = await about(world, made.id)
    event = partial(UpdateAppointment, starts_at=START + timedelta(days=1), work="Brakes")
    await world.acts(made.number, event)
    [after] = await about(world, made.id)
    assert after.message_id == before.message_id
    assert "1 December 2026" in from_json(after.letter).text
    assert "Brakes" in from_json(after.letter).text
    async with world.office.work() as work:
        await store.mark_sent(work.tx, System(), after.id, work.now)
    await world.acts(made.number, partial(UpdateAppointment, work="Tyres"))
    assert (await about(world, made.id))[0].letter == after.letter


async def test_what_the_workshop_was_to_be_told_is_overtaken_by_what_it_does(lite: World) -> None:
    made = await lite.creates()
    lite.passes(hours=24)
    await Ticker(lite.office).tick()
    assert await unsent(lite, made) == [K.UNTOUCHED]
    await lite.acts(made.number, partial(ScheduleAppointment, checklist=READY))
    assert await unsent(lite, made) == [K.BOOKING]


# --- the limits of time, on virtual time ---------------------------------------------------------------


async def test_a_request_is_told_after_a_day_and_escalated_after_two_working_days(world: World) -> None:
    made = await world.creates()  # on a Monday, 09:00
    for hours, kinds in ((23.99, []), (24, [K.UNTOUCHED]), (47.99, [K.UNTOUCHED])):
        world.clock.set(NOW + timedelta(hours=hours))
        await Ticker(world.office).tick()
        assert await unsent(world, made) == kinds
    world.clock.set(NOW + timedelta(hours=48))
    await Ticker(world.office).tick()
    await Ticker(world.office).tick()
    assert await unsent(world, made) == [K.UNTOUCHED, K.ESCALATED]


@pytest.mark.parametrize("bring", [World.proposes, inquires])
async def test_a_customer_who_keeps_silent_is_told_of_after_two_working_days(
    lite: World, bring: Callable[[World], Awaitable[Appointment]]
) -> None:
    made = await bring(lite)
    lite.clock.set(NOW + timedelta(hours=48))
    await Ticker(lite.office).tick()
    assert (await unsent(lite, made))[-1] is K.UNANSWERED
    text = from_json((await about(lite, made.id))[-1].letter).text
    assert "has not answered" in text
    assert made.question in text
    assert made.proposal_text in text


@pytest.mark.parametrize(
    ("at", "helsinki", "german"),
    [
        # Nothing but a weekend lies in between.
        (datetime(2026, 11, 6, 8, tzinfo=UTC), "2026-11-10", "2026-11-10"),
        # Epiphany, 6 January, is a holiday in Finland and none in all of Germany; so is Christmas Eve.
        (datetime(2027, 1, 5, 8, tzinfo=UTC), "2027-01-08", "2027-01-07"),
        (datetime(2026, 12, 23, 8, tzinfo=UTC), "2026-12-29", "2026-12-28"),
        # Midsummer Eve, a Friday.
        (datetime(2027, 6, 23, 8, tzinfo=UTC), "2027-06-28", "2027-06-25"),
    ],
)
async def test_two_working_days_are_those_of_the_market(
    lite: World, at: datetime, helsinki: str, german: str
) -> None:
    lite.clock.set(at)
    for dealer, due in ((lite.dealer, helsinki), (lite.other, german)):
        made = await asks(lite, dealer)
        async with lite.office.look() as work:
            row = await desk.row(work, dealer, made.number)
        assert row.due_at is not None
        assert row.due_at.date().isoformat() == due
        lite.clock.set(row.due_at)
        await Ticker(lite.office).tick()
        assert (await unsent(lite, made))[-1] is K.ESCALATED
        lite.clock = VirtualClock(at)
        lite.office.clock = lite.clock


async def test_thirty_days_before_its_date_a_pre_booking_becomes_a_request(world: World) -> None:
    starts_at = START + timedelta(days=90)
    made = await pre_books(world, starts_at)
    assert made.status is Status.PRE_BOOKED
    ends = starts_at - timedelta(days=30)
    world.clock.set(ends - timedelta(seconds=1))
    await Ticker(world.office).tick()
    assert (await world.appointment(made.number)).status is Status.PRE_BOOKED
    world.clock.set(ends)
    assert await health.next_due(world.office) <= ends  # type: ignore[operator]  # something is due
    await Ticker(world.office).tick()
    changed = await world.appointment(made.number)
    assert changed.status is Status.REQUESTED
    assert changed.since == ends


async def test_an_older_answer_is_late_and_writes_nothing(lite: World) -> None:
    made = await lite.proposes()
    await lite.acts(made.number, partial(ProvideProposal, text="Or on Tuesday?"))
    before = await unsent(lite, made)
    async with lite.office.work() as work:
        accepts = partial(CustomerAccepts, ver=1)
        assert (await owner.answer(work, Owner(lite.maria.id), made.id, accepts)).late
    assert await unsent(lite, made) == before
