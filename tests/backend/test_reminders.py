"""Holds the reminders to the clocks of the dealer's town, in the weeks when those are changed too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.appointment import Market
from backend.events import FinalizeAppointment, ReminderDue, UpdateAppointment
from backend.reminders import (
    Window,
    add_working_days,
    at_wall_time,
    day_reminder,
    day_window,
    days_before,
    due_at,
    is_working_day,
    local_day,
    owed,
    reminder,
    reminder_window,
)
from tests.backend.lives import DEALER, MARKET, NOW, START, TIMER, accepted, confirmed, step

HELSINKI, DAY = "Europe/Helsinki", timedelta(days=1)
ZONES = st.sampled_from(
    [
        HELSINKI,
        "Europe/Berlin",
        "Europe/London",
        "America/Santiago",
        "America/Havana",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Pacific/Auckland",
        "Africa/Casablanca",
        "UTC",
    ]
)
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@pytest.mark.parametrize(("days", "due"), [(1, 29), (2, 28), (3, 27), (4, 26)])
def test_the_reminder_is_due_at_eight_by_the_dealers_clock(days: int, due: int) -> None:
    assert due_at(START, HELSINKI, days) == datetime(2026, 11, due, 6, tzinfo=UTC)
    window = reminder_window(START, HELSINKI, days)
    assert window.closes == datetime(2026, 11, 29, 22, tzinfo=UTC)
    assert (window.holds(window.opens), window.holds(window.closes)) == (True, False)


def test_it_stays_at_eight_across_the_change_to_winter_time() -> None:
    monday = datetime(2026, 10, 26, 6, tzinfo=UTC)  # 08:00, UTC+2
    assert due_at(monday, HELSINKI, 1) == datetime(2026, 10, 25, 6, tzinfo=UTC)
    assert due_at(monday, HELSINKI, 2) == datetime(2026, 10, 24, 5, tzinfo=UTC)  # 08:00, UTC+3


def test_the_day_has_as_many_hours_as_its_clocks_say() -> None:
    spring = day_window(datetime(2026, 3, 29, 9, tzinfo=UTC), HELSINKI)
    autumn = day_window(datetime(2026, 10, 25, 9, tzinfo=UTC), HELSINKI)
    assert (spring.closes - spring.opens, autumn.closes - autumn.opens) == (23 * DAY / 24, 25 * DAY / 24)


def test_a_day_without_a_midnight_begins_when_its_first_minute_does() -> None:
    """In Santiago de Chile the clocks go from 24:00 to 01:00 on a Saturday night in September."""
    assert at_wall_time(date(2026, 9, 6), time(0), "America/Santiago") == datetime(2026, 9, 6, 4, tzinfo=UTC)
    window = day_window(datetime(2026, 9, 6, 15, tzinfo=UTC), "America/Santiago")
    assert window == Window(datetime(2026, 9, 6, 4, tzinfo=UTC), datetime(2026, 9, 7, 3, tzinfo=UTC))


def test_a_wall_time_that_comes_twice_is_the_first() -> None:
    assert at_wall_time(date(2026, 10, 25), time(3, 30), HELSINKI) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


@given(INSTANTS, ZONES, st.integers(1, 4))
def test_windows_are_in_order_and_tile_the_days(starts_at: datetime, zone: str, days: int) -> None:
    before, day = reminder_window(starts_at, zone, days), day_window(starts_at, zone)
    assert before.opens < before.closes == day.opens
    assert day.holds(starts_at)
    assert day_window(day.closes, zone).opens == day.closes
    assert (local_day(starts_at, zone) - local_day(before.opens, zone)).days == days
    assert before.opens.astimezone(ZoneInfo(zone)).hour == 8


@given(INSTANTS, ZONES)
def test_thirty_days_before_is_the_same_wall_time_or_the_one_behind_a_gap(
    instant: datetime, zone: str
) -> None:
    before = days_before(instant, 30, zone)
    assert timedelta(days=29, hours=22) < instant - before < timedelta(days=30, hours=2)


def test_a_booking_has_a_reminder_and_a_day() -> None:
    appointment = confirmed()
    assert reminder(appointment, 3, MARKET) == reminder_window(START, HELSINKI, 3)
    assert day_reminder(appointment, MARKET) == day_window(START, HELSINKI)


def test_only_a_confirmed_appointment_has_them() -> None:
    undated = confirmed()
    undated = replace(undated, terms=replace(undated.terms, starts_at=None))
    closed = step(confirmed(), FinalizeAppointment(at=START, by=DEALER))
    for appointment in (accepted(), closed, undated, replace(confirmed(), armed_at=None)):
        assert reminder(appointment, 3, MARKET) is None
        assert not owed(appointment, 3, MARKET, START - DAY)
    for appointment in (accepted(), closed, undated):
        assert day_reminder(appointment, MARKET) is None


def test_made_later_than_due_it_gets_none_but_the_day_still_counts() -> None:
    due = due_at(START, HELSINKI, 3)
    assert reminder(confirmed(due), 3, MARKET) is not None
    late = confirmed(due + timedelta(seconds=1))
    assert reminder(late, 3, MARKET) is None
    assert reminder(late, 2, MARKET) is not None
    assert day_reminder(late, MARKET) is not None


def test_it_is_owed_in_its_window_once() -> None:
    appointment, due = confirmed(), due_at(START, HELSINKI, 3)
    assert not owed(appointment, 3, MARKET, due - timedelta(seconds=1))
    assert owed(appointment, 3, MARKET, due)
    assert owed(appointment, 3, MARKET, due + DAY)
    assert not owed(appointment, 3, MARKET, day_window(START, HELSINKI).opens)
    sent = step(appointment, ReminderDue(at=due, by=TIMER))
    assert not owed(sent, 3, MARKET, due)


def test_another_setting_recomputes_what_has_not_fired() -> None:
    appointment = confirmed()
    for days in (1, 4):
        due = due_at(START, HELSINKI, days)
        assert owed(appointment, days, MARKET, due)
        assert not owed(appointment, days, MARKET, due - timedelta(seconds=1))
    # Changed from one day to four with two to go: owed at once. Changed after it was sent: never again.
    assert owed(appointment, 4, MARKET, START - 2 * DAY)
    sent = step(appointment, ReminderDue(at=due_at(START, HELSINKI, 4), by=TIMER))
    assert not owed(sent, 1, MARKET, due_at(START, HELSINKI, 1))


def test_another_date_rearms_what_has_fired() -> None:
    sent = step(confirmed(), ReminderDue(at=START - 3 * DAY, by=TIMER))
    moved = step(sent, UpdateAppointment(at=START - 3 * DAY, by=DEALER, starts_at=START + 14 * DAY))
    assert owed(moved, 3, MARKET, due_at(START + 14 * DAY, HELSINKI, 3))
    assert moved.reminder_key != sent.reminder_key


def test_working_days_leave_out_weekends_and_the_markets_holidays() -> None:
    assert add_working_days(NOW, 2, MARKET) == NOW + 2 * DAY
    assert add_working_days(NOW + 4 * DAY, 2, MARKET) == NOW + 8 * DAY  # Friday to Tuesday
    assert add_working_days(NOW, 0, MARKET) == NOW
    # Independence Day, 6 December 2027, is a Monday in Finland and a plain day in Germany.
    friday = datetime(2027, 12, 3, 7, tzinfo=UTC)
    assert add_working_days(friday, 1, MARKET) == friday + 4 * DAY
    assert add_working_days(friday, 1, Market(country="DE", zone="Europe/Berlin")) == friday + 3 * DAY


def test_a_market_without_a_calendar_works_from_monday_to_friday() -> None:
    assert is_working_day(date(2026, 12, 25), "XX")
    assert not is_working_day(date(2026, 12, 25), "FI")
    assert not is_working_day(date(2026, 12, 26), "XX")


@given(INSTANTS, st.integers(0, 6), ZONES)
def test_more_working_days_are_later_and_land_on_a_working_day(
    instant: datetime, count: int, zone: str
) -> None:
    market = Market(zone=zone)
    later = add_working_days(instant, count + 1, market)
    assert later > add_working_days(instant, count, market)
    assert is_working_day(local_day(later, zone), market.country)
