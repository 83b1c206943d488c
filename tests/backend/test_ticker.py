"""What falls due happens once, in order, however far the clock jumps and whoever ticks."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from backend import ticker as room
from backend.appointment import Action, Status
from backend.events import DealerCancels, PerformPreBooking, ProvideProposal, UpdateAppointment
from backend.outcomes import LetterKind
from backend.reminders import day_window, due_at
from backend.service import delivery, desk, due, health
from backend.service.office import Signal
from backend.store import timers
from backend.store.database import DatabaseFailure
from backend.store.scope import System
from backend.store.timers import Timer
from backend.ticker import Ticker
from protocol.clock import until
from tests.backend.world import ANNA, NOW, START, VIN, World

REMINDER = due_at(START, "Europe/Helsinki", 3)
DAY = day_window(START, "Europe/Helsinki").opens


async def events(world: World, number: str) -> list[Action]:
    async with world.office.look() as work:
        return [entry.action for entry in await desk.history(work, world.dealer, number)]


async def letters(world: World, number: str) -> list[LetterKind]:
    async with world.office.look() as work:
        return [one.kind for one in (await delivery.of_appointment(work, world.dealer, number)).letters]


async def test_the_reminder_fires_when_it_is_due_and_not_a_moment_before(world: World) -> None:
    booked = await world.schedules()
    ticker = Ticker(world.office)
    assert await health.next_due(world.office) <= world.clock.now()  # type: ignore[operator]  # the letter waits
    world.clock.set(REMINDER - timedelta(microseconds=1))
    assert await ticker.tick() == 0
    world.clock.set(REMINDER)
    assert "reminder_due is due" in str(await busy_beside_letters(world))
    assert await ticker.tick() == 1
    assert await ticker.tick() == 0
    assert await letters(world, booked.number) == [LetterKind.BOOKING, LetterKind.REMINDER]
    world.clock.set(DAY)
    assert await ticker.tick() == 1
    assert (await events(world, booked.number))[-2:] == [Action.REMINDER_DUE, Action.DAY_OF_SERVICE]


async def test_a_jump_fires_what_fell_due_in_between_once_and_in_order(world: World) -> None:
    first = await world.schedules()
    second = await world.schedules(starts_at=START + timedelta(days=1))
    asked = await world.creates(starts_at=START + timedelta(days=2))
    world.clock.set(REMINDER + timedelta(days=1, hours=1))
    fired: list[datetime] = []
    while (timer := await fire(world)) is not None:
        fired.append(timer.due_at)
    assert fired == sorted(fired)
    assert len(fired) == 4
    assert (await events(world, first.number)).count(Action.REMINDER_DUE) == 1
    assert (await events(world, second.number)).count(Action.REMINDER_DUE) == 1
    assert (await events(world, asked.number))[1:] == [Action.UNTOUCHED_TOO_LONG, Action.PAST_DUE]


async def test_a_reminder_is_not_sent_once_the_day_has_begun(world: World) -> None:
    booked = await world.schedules()
    world.clock.set(DAY + timedelta(hours=1))
    await Ticker(world.office).tick()
    assert LetterKind.REMINDER not in await letters(world, booked.number)
    assert (await events(world, booked.number))[-1] is Action.DAY_OF_SERVICE
    assert await Ticker(world.office).tick() == 0


async def test_a_cancelled_or_moved_appointment_reminds_no_more_or_later(world: World) -> None:
    cancelled, moved = await world.schedules(), await world.schedules()
    await world.acts(cancelled.number, partial(DealerCancels, reason="The lift is broken."))
    await world.acts(moved.number, partial(UpdateAppointment, starts_at=START + timedelta(days=7)))
    world.clock.set(REMINDER + timedelta(hours=1))
    assert await Ticker(world.office).tick() == 0
    world.clock.set(REMINDER + timedelta(days=7))
    assert await Ticker(world.office).tick() == 1
    assert LetterKind.REMINDER in await letters(world, moved.number)
    assert LetterKind.REMINDER not in await letters(world, cancelled.number)


async def test_a_pre_booking_becomes_a_request_thirty_days_before(world: World) -> None:
    start = START + timedelta(days=60)
    async with world.office.work() as work:
        booking = partial(PerformPreBooking, starts_at=start, work="Service")
        booked = await desk.create(work, world.dealer, ANNA, VIN, world.maria.id, booking)
    assert booked.status is Status.PRE_BOOKED
    world.clock.set(start - timedelta(days=30))
    assert await Ticker(world.office).tick() == 1
    assert (await world.appointment(booked.number)).status is Status.REQUESTED
    assert await world.told() == ["pre_booking_due"]


async def test_a_timer_that_was_set_by_other_rules_fires_when_the_present_ones_say(world: World) -> None:
    """The market's hours were fewer when it was set, or a holiday has been added since."""
    asked = await world.creates()
    async with world.office.work() as work:
        early = {Action.UNTOUCHED_TOO_LONG: work.now}
        await timers.set_timers(work.tx, System(), asked.id, early)
    ticker = Ticker(world.office)
    assert await ticker.tick() == 1  # looked at, and refused
    assert await events(world, asked.number) == [Action.CREATE_REQUEST]
    world.passes(hours=24)
    assert await ticker.tick() == 1
    assert (await events(world, asked.number))[-1] is Action.UNTOUCHED_TOO_LONG
    assert await ticker.tick() == 0


async def test_a_proposal_without_an_answer_comes_back_to_the_dealer(world: World) -> None:
    made = await world.creates()
    await world.acts(made.number, partial(ProvideProposal, text="Monday?"))
    world.passes(days=3)
    assert await Ticker(world.office).tick() == 1
    assert await world.told() == ["past_due"]


async def test_many_tickers_fire_each_thing_once(world: World) -> None:
    numbers = [(await world.schedules()).number for _ in range(4)]
    world.clock.set(REMINDER)
    await asyncio.gather(*(Ticker(world.office).tick() for _ in range(4)))
    for number in numbers:
        assert (await events(world, number)).count(Action.REMINDER_DUE) == 1
        assert (await letters(world, number)).count(LetterKind.REMINDER) == 1


async def test_a_timer_that_does_not_fit_any_more_is_dropped(world: World) -> None:
    booked = await world.schedules()
    async with world.office.work() as work:
        await timers.set_timers(work.tx, System(), booked.id, {Action.PRE_BOOKING_DUE: NOW})
    assert await Ticker(world.office).tick() == 1
    assert await Ticker(world.office).tick() == 0
    assert Action.PRE_BOOKING_DUE not in await events(world, booked.number)


async def test_a_timer_that_somebody_else_fired_meanwhile_does_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked = await world.schedules()
    gone = Timer(booked.id, Action.REMINDER_DUE, REMINDER - timedelta(days=1))

    async def too_late(*_: Any) -> Timer:
        return gone

    monkeypatch.setattr(timers, "first_due", too_late)
    assert await fire(world) == gone
    assert Action.REMINDER_DUE not in await events(world, booked.number)


async def test_running_it_fires_when_the_clock_is_set_and_when_something_new_is_planned(world: World) -> None:
    running = asyncio.create_task(Ticker(world.office).run())
    booked = await world.schedules()
    world.clock.set(REMINDER)

    async def reminded() -> bool:
        return Action.REMINDER_DUE in await events(world, booked.number)

    await until(reminded, what="the reminder")
    async with world.office.work() as work:
        await timers.set_timers(work.tx, System(), booked.id, {Action.PRE_BOOKING_DUE: world.clock.now()})
        work.timers = True

    async def nothing_due() -> bool:
        async with world.office.look() as work:
            return await timers.first_due(work.tx, System(), work.now) is None

    await until(nothing_due, what="the new timer")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_it_outlives_a_database_that_fails(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    read, failures = lite.office.database.read, 0

    def fail() -> Any:
        nonlocal failures
        failures += 1
        raise DatabaseFailure("BEGIN", None, OSError("out of reach"))

    booked = await lite.schedules()
    lite.clock.set(REMINDER)
    monkeypatch.setattr(lite.office.database, "read", fail)
    running = asyncio.create_task(Ticker(lite.office).run())
    await until(lambda: failures > 1, what="failures")
    monkeypatch.setattr(lite.office.database, "read", read)

    async def reminded() -> bool:
        return Action.REMINDER_DUE in await events(lite, booked.number)

    await until(reminded, what="recovery")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_it_looks_by_itself_now_and_then(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process plans something; no signal of this one tells."""
    monkeypatch.setattr(room, "LOOK_AGAIN", 0.01)
    booked = await lite.schedules()
    running = asyncio.create_task(Ticker(lite.office).run())
    async with lite.office.database.write() as tx:
        await timers.set_timers(tx, System(), booked.id, {Action.PRE_BOOKING_DUE: NOW})

    async def put_right() -> bool:
        async with lite.office.look() as work:
            return await timers.next_timer(work.tx, System()) == REMINDER

    await until(put_right, what="a look")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_signal_that_came_before_the_wait_is_not_missed() -> None:
    signal = Signal()
    seen = signal.count
    signal.set()
    assert await signal.wait(seen, 10.0)
    assert not await signal.wait(signal.count, 0.0)


async def test_a_ready_database_has_this_versions_layout(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await health.ready(world.office) is None
    monkeypatch.setattr(health, "head", lambda: "0099")
    assert "this version needs 0099" in str(await health.ready(world.office))

    def fail() -> Any:
        raise DatabaseFailure("BEGIN", None, OSError("out of reach"))

    monkeypatch.setattr(world.office.database, "read", fail)
    assert "does not answer" in str(await health.ready(world.office))


async def fire(world: World) -> Timer | None:
    async with world.office.work() as work:
        return await due.fire_next(work)


async def busy_beside_letters(world: World) -> str | None:
    await world.everything_is_published()
    return await health.busy(world.office)
