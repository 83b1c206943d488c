"""Words everything of a booking for its owner, so that templates only put it where it belongs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from backend import wording
from backend.appointment import Action, Actor, Appointment, Status
from backend.lifecycle import allowed
from backend.service.owner import Booked
from backend.web.reader import Reader
from protocol.messages import Slot


@dataclass(frozen=True, slots=True)
class Chip:
    """A status in one word, and its tone."""

    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class Note:
    """A heading and the text under it."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One appointment in the list of all."""

    address: str
    chip: Chip
    day: str
    hour: str
    model: str
    plate: str
    workshop: str
    number: str
    asks: bool
    """The owner is expected to say something."""


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the page of one appointment says."""

    address: str
    chip: Chip
    lead: str
    day: str
    hour: str
    model: str
    plate: str
    vin: str
    mileage: str
    price: str
    work: tuple[str, ...]
    notes: tuple[Note, ...]
    number: str
    reminder: str
    workshop: str
    place: str
    phone: str
    phone_link: str
    hours: tuple[str, ...]
    proposal_ver: int
    inquiry_ver: int
    may: frozenset[Action]
    cancel: str
    """Which words the way out has: withdraw, decline or cancel."""
    has_calendar: bool
    is_off: bool
    """It will not take place."""


_TONES = {
    Status.CONFIRMED: "good",
    Status.ACCEPTED: "good",
    Status.PROPOSED: "open",
    Status.INQUIRY: "open",
    Status.CANCELLED: "ended",
    Status.CLOSED: "past",
}
_ASKED = {Status.PROPOSED, Status.INQUIRY}
_WAYS_OUT = {Status.PROPOSED: "decline", Status.CONFIRMED: "cancel", Status.PRE_BOOKED: "cancel"}


def address(known: Appointment) -> str:
    """Return where an appointment's page is."""
    return f"/my/appointments/{known.id}"


def chip(known: Appointment, reader: Reader) -> Chip:
    """Return the status as its owner is told."""
    return Chip(reader.say(f"status.{known.status.value}"), _TONES.get(known.status, ""))


def line(booked: Booked, reader: Reader) -> Line:
    """Return an appointment for the list of all; ``reader`` reads at its workshop's clock."""
    known = booked.appointment
    starts_at = known.terms.starts_at
    return Line(
        address=address(known),
        chip=chip(known, reader),
        day=reader.day(starts_at) if starts_at else reader.say("not_agreed"),
        hour=reader.hour(starts_at) if starts_at else "",
        model=model(booked),
        plate=booked.vehicle.plate,
        workshop=booked.workshop.name,
        number=known.number,
        asks=known.status in _ASKED,
    )


def page(booked: Booked, reader: Reader) -> Page:
    """Return the page of an appointment; ``reader`` reads at its workshop's clock."""
    known, say = booked.appointment, reader.say
    terms = known.terms
    return Page(
        address=address(known),
        chip=chip(known, reader),
        lead=say(f"lead.{known.status.value}"),
        day=_day(terms.starts_at, reader) or say("not_agreed"),
        hour=wording.hour(terms.starts_at, reader.market.zone, reader.language) if terms.starts_at else "",
        model=model(booked),
        plate=booked.vehicle.plate,
        vin=booked.vehicle.vin,
        mileage="" if known.subject.odometer_km is None else reader.mileage(known.subject.odometer_km),
        price=reader.money(terms.price) if terms.price else say("no_price"),
        work=tuple(one.strip() for one in terms.work.splitlines() if one.strip()),
        notes=tuple(_notes(known, reader)),
        number=known.number,
        reminder=say("reminder", days=wording.days(booked.customer.reminder_days, reader.language))
        if known.status is Status.CONFIRMED
        else "",
        workshop=booked.workshop.name,
        place=terms.place.address if terms.place else booked.workshop.address,
        phone=reader.phone(booked.workshop.phone),
        phone_link=wording.phone_link(booked.workshop.phone, booked.workshop.market),
        hours=tuple(one for one in booked.workshop.opening_hours.splitlines() if one.strip()),
        proposal_ver=known.proposal_ver,
        inquiry_ver=known.inquiry_ver,
        may=frozenset(allowed(known, Actor.CUSTOMER)),
        cancel=_WAYS_OUT.get(known.status, "withdraw" if known.booking_ver == 0 else "cancel"),
        is_off=known.status is Status.CANCELLED,
        has_calendar=known.status in {Status.CONFIRMED, Status.PRE_BOOKED} and terms.starts_at is not None,
    )


def model(booked: Booked) -> str:
    """Return model and year."""
    return " · ".join(str(part) for part in (booked.vehicle.model, booked.vehicle.model_year) if part)


def slot(wanted: Slot, reader: Reader) -> str:
    """Return a preferred half of a day."""
    day = wording.iso_day(wanted.day, reader.language)
    return f"{day[:1].upper()}{day[1:]}, {reader.say(f'half.{wanted.half.value}')}"


def _day(instant: datetime | None, reader: Reader) -> str:
    if instant is None:
        return ""
    day = wording.day(instant, reader.market.zone, reader.language)
    return day[:1].upper() + day[1:]


def _notes(known: Appointment, reader: Reader) -> Iterator[Note]:
    say, wanted = reader.say, known.wanted
    if known.proposal_text and known.status in {Status.PROPOSED, Status.ACCEPTED}:
        yield Note(say("proposal"), known.proposal_text)
    if known.question and known.status in {Status.INQUIRY, Status.REQUESTED}:
        yield Note(say("question"), known.question)
        if known.answer:
            yield Note(say("your_answer"), known.answer)
    wish = [say(f"service.{wanted.service_type.value}")] if wanted.service_type else []
    wish += [wanted.text] if wanted.text else []
    wish += [slot(one, reader) for one in wanted.slots]
    if wish:
        yield Note(say("your_wish"), "\n".join(wish))
    if known.cancel_reason and known.status is Status.CANCELLED:
        yield Note(say("reason"), known.cancel_reason)
