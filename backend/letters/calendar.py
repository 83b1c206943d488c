"""Writes the calendar entry of a visit: one UID for ever, a sequence that rises, a CANCEL that removes it."""

from __future__ import annotations

from datetime import UTC, timedelta
from email.utils import parseaddr
from typing import Final

from icalendar import Calendar, Event, vCalAddress, vGeo, vText

from backend.letters.facts import LetterFacts, domain_of
from backend.outcomes import LetterKind

_INVITING: Final = {LetterKind.BOOKING, LetterKind.REMINDER, LetterKind.PRE_BOOKING}
_VISIT: Final = timedelta(minutes=30)
"""How long handing the car over takes; how long the work takes is not known."""


def calendar_of(facts: LetterFacts, *, summary: str, description: str) -> Calendar | None:
    """Return the entry to add, or to remove at a cancellation; None where there is nothing to put down."""
    appointment = facts.appointment
    starts_at, place = appointment.terms.starts_at, appointment.terms.place
    cancelled = facts.kind is LetterKind.CANCELLATION and appointment.booking_ver > 0
    if starts_at is None or not (cancelled or facts.kind in _INVITING):
        return None
    calendar = Calendar()
    calendar.add("prodid", "-//sensus-bench//workshop appointment//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    entry = Event()
    entry.add("uid", f"{appointment.id}@{domain_of(facts.sender)}")
    entry.add("sequence", appointment.version)
    entry.add("dtstamp", facts.at.astimezone(UTC))
    entry.add("dtstart", starts_at)
    entry.add("dtend", starts_at + _VISIT)
    entry.add("summary", summary)
    entry.add("description", description)
    entry.add("location", f"{facts.dealer.name}, {place.address if place else facts.dealer.address}")
    position = place.position if place else facts.dealer.position
    entry.add("geo", vGeo((position.latitude, position.longitude)))
    entry.add("url", facts.link)
    entry.add("status", _status(facts, cancelled=cancelled))
    organizer = vCalAddress(f"mailto:{parseaddr(facts.sender)[1]}")
    organizer.params["cn"] = vText(facts.dealer.name)
    entry["organizer"] = organizer
    calendar.add_component(entry)
    return calendar


def _status(facts: LetterFacts, *, cancelled: bool) -> str:
    if cancelled:
        return "CANCELLED"
    return "TENTATIVE" if facts.kind is LetterKind.PRE_BOOKING else "CONFIRMED"
