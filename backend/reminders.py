"""Says what is owed to a customer before a booked visit, and when: by the clocks of the dealer's town.

A reminder is due at 08:00 by the dealer's wall clock, one to four calendar days before, and its window
lasts until the day itself begins; on the day, every engine start reminds. Where clocks go forward over
a wall time, the first instant after the gap counts; where one comes twice, the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays

from backend.appointment import Action, Appointment, Market, Status

DUE_BY_THE_CLOCK: Final = time(8)
MIDNIGHT: Final = time(0)


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time in UTC: ``opens`` belongs to it, ``closes`` does not."""

    opens: datetime
    closes: datetime

    def holds(self, instant: datetime) -> bool:
        """Tell whether ``instant`` lies inside."""
        return self.opens <= instant < self.closes


def due_at(starts_at: datetime, zone: str, days: int) -> datetime:
    """Return when the reminder is due, ``days`` calendar days before, in UTC."""
    return at_wall_time(local_day(starts_at, zone) - timedelta(days=days), DUE_BY_THE_CLOCK, zone)


def reminder_window(starts_at: datetime, zone: str, days: int) -> Window:
    """Return the span in which the reminder makes sense: from its due time until the day begins."""
    return Window(due_at(starts_at, zone, days), day_window(starts_at, zone).opens)


def day_window(starts_at: datetime, zone: str) -> Window:
    """Return the day of service, from midnight to midnight: 23 to 25 hours."""
    day = local_day(starts_at, zone)
    return Window(at_wall_time(day, MIDNIGHT, zone), at_wall_time(day + timedelta(days=1), MIDNIGHT, zone))


def reminder(appointment: Appointment, days: int, market: Market) -> Window | None:
    """Return the window of the reminder that this appointment has coming, or has had; None if it has none.

    Made (or moved) later than the reminder would have been due, it gets no late one: the booking itself
    was the reminder.
    """
    starts_at, armed_at = appointment.terms.starts_at, appointment.armed_at
    if appointment.status is not Status.CONFIRMED or starts_at is None or armed_at is None:
        return None
    window = reminder_window(starts_at, market.zone, days)
    return window if armed_at <= window.opens else None


def day_reminder(appointment: Appointment, market: Market) -> Window | None:
    """Return the day on which every engine start reminds of this appointment; None if there is none."""
    starts_at = appointment.terms.starts_at
    if appointment.status is not Status.CONFIRMED or starts_at is None:
        return None
    return day_window(starts_at, market.zone)


def owed(appointment: Appointment, days: int, market: Market, now: datetime) -> bool:
    """Tell whether the reminder's e-mail has to go out now; after its window it never does.

    Ask again whenever the appointment or the customer's ``days`` change: what has fired does not fire
    again, what has not follows the new setting, at once if its time lies behind.
    """
    window = reminder(appointment, days, market)
    return window is not None and window.holds(now) and Action.REMINDER_DUE not in appointment.fired


def add_working_days(instant: datetime, count: int, market: Market) -> datetime:
    """Return the instant ``count`` working days of this market later, at the same wall time, in UTC."""
    there = instant.astimezone(ZoneInfo(market.zone))
    day, left = there.date(), count
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day, market.country)
    return at_wall_time(day, there.time(), market.zone)


def is_working_day(day: date, country: str) -> bool:
    """Tell whether workshops of this country are open: Monday to Friday, public holidays left out."""
    return day.weekday() < 5 and day not in _public_holidays(country, day.year)


def days_before(instant: datetime, days: int, zone: str) -> datetime:
    """Return the same wall time of ``zone``, ``days`` calendar days earlier, in UTC."""
    there = instant.astimezone(ZoneInfo(zone))
    return at_wall_time(there.date() - timedelta(days=days), there.time(), zone)


def local_day(instant: datetime, zone: str) -> date:
    """Return the calendar day of an instant where the dealer is."""
    return instant.astimezone(ZoneInfo(zone)).date()


def at_wall_time(day: date, wall: time, zone: str) -> datetime:
    """Return the instant, in UTC, at which the clocks of ``zone`` show this; in a gap, the one after."""
    # With fold=0 Python reads a skipped wall time by the offset before the gap, which lands as far behind
    # the gap as the wall time is inside it: for the midnights that some zones skip, the day's first instant.
    return datetime.combine(day, wall.replace(fold=0), ZoneInfo(zone)).astimezone(UTC)


@lru_cache(maxsize=256)
def _public_holidays(country: str, year: int) -> frozenset[date]:
    if country not in holidays.list_supported_countries():
        return frozenset()  # a market without a calendar: every weekday is a working day
    return frozenset(holidays.country_holidays(country, years=year))
