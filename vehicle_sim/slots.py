"""The half days that a driver can propose instead: one or two of the next 14 working days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from protocol.messages import HalfDay, Slot

WORKING_DAYS: Final = 14
"""Half days are offered on so many next days from Monday to Friday."""
MOST_CHOSEN: Final = 2


def half_days(today: date) -> tuple[Slot, ...]:
    """Return the half days on offer, tomorrow at the earliest."""
    return tuple(Slot(day=day.isoformat(), half=half) for day in working_days(today) for half in HalfDay)


def toggled(chosen: tuple[Slot, ...], slot: Slot) -> tuple[Slot, ...]:
    """Return the chosen half days with ``slot`` added or taken away; a third one replaces the oldest."""
    if slot in chosen:
        return tuple(other for other in chosen if other != slot)
    return (*chosen, slot)[-MOST_CHOSEN:]


def subject_of(slot: Slot) -> str:
    """Return what a choice about a half day carries as its subject."""
    return f"{slot.day}/{slot.half.value}"


def slot_of(subject: object) -> Slot:
    """Return the half day that a choice's subject names; the inverse of :func:`subject_of`."""
    day, _, half = str(subject).partition("/")
    return Slot(day=day, half=HalfDay(half))


def working_days(today: date) -> tuple[date, ...]:
    """Return the next 14 days from Monday to Friday, tomorrow at the earliest."""
    days = (today + timedelta(days=ahead) for ahead in range(1, 2 * WORKING_DAYS))
    return tuple(day for day in days if day.weekday() < 5)[:WORKING_DAYS]
