"""The owner's page in the owner's language: every sentence of it, ready to be read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel.dates import format_date

from backend import wording
from backend.appointment import Appointment, Status
from backend.service.owner import Booked
from protocol.language import Language, Phrases, best_language


@dataclass(frozen=True, slots=True)
class Sentence:
    """A heading and the text under it."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class BookingPage:
    """Everything that the owner's page says, ready to be read."""

    phrases: Phrases
    status: str
    tone: str
    greeting: str
    lead: str
    day: str
    time: str
    model: str
    plate: str
    vin: str
    price: str
    work: tuple[str, ...]
    notes: tuple[Sentence, ...]
    number: str
    reminder: str
    workshop: str
    address: str
    phone: str
    phone_link: str
    hours: tuple[str, ...]
    link_until: str
    simulated: str


_TONES = {
    Status.CONFIRMED: "good",
    Status.CLOSED: "good",
    Status.ACCEPTED: "good",
    Status.PROPOSED: "open",
    Status.INQUIRY: "open",
    Status.CANCELLED: "ended",
}
_AWAITED = frozenset(Status) - {Status.CANCELLED, Status.CLOSED}


def booking_page(booked: Booked, until: datetime, now: datetime, *, simulated: bool) -> BookingPage:
    """Return the page of one appointment, in its customer's language and at its dealer's clock."""
    language = booked.customer.language
    say = phrases(language)
    zone = ZoneInfo(booked.workshop.zone)
    known = booked.appointment
    begins = known.terms.starts_at
    price = known.terms.price
    return BookingPage(
        phrases=say,
        status=say(f"status.{known.status.value}"),
        tone=_TONES.get(known.status, "waiting"),
        greeting=say("greeting", name=booked.customer.name),
        lead=say(f"lead.{known.status.value}"),
        day=say("not_agreed") if begins is None else _capital(wording.day(begins, zone.key, language)),
        time="" if begins is None else wording.hour(begins, zone.key, language),
        model=" · ".join(str(part) for part in (booked.vehicle.model, booked.vehicle.model_year) if part),
        plate=booked.vehicle.plate,
        vin=booked.vehicle.vin,
        price=say("no_price") if price is None else wording.money(price, language),
        work=tuple(line.strip() for line in known.terms.work.splitlines() if line.strip()),
        notes=tuple(_notes(known, say)),
        number=say("number", number=known.number),
        reminder=_reminder(booked, say),
        workshop=booked.workshop.name,
        address=booked.workshop.address,
        phone=wording.phone(booked.workshop.phone, booked.workshop.market),
        phone_link=wording.phone_link(booked.workshop.phone, booked.workshop.market),
        hours=tuple(line for line in booked.workshop.opening_hours.splitlines() if line.strip()),
        link_until=say(
            "link_until", day=format_date(until.astimezone(zone), "long", locale=wording.locale_of(language))
        ),
        simulated=say(
            "simulated",
            now=f"{wording.day(now, zone.key, language)}, {wording.hour(now, zone.key, language)}",
        )
        if simulated
        else "",
    )


@cache
def phrases(language: Language) -> Phrases:
    """Return the catalogue of one language, with English behind it."""
    return Phrases(language, _catalogue(language), _catalogue(Language.ENGLISH))


def accepted_language(header: str) -> Language:
    """Return the language of an ``Accept-Language`` header that we speak best, English otherwise."""
    spoken = {language.value for language in Language}
    for part in header.split(","):
        tag = part.partition(";")[0].strip()
        if tag.split("-")[0].lower() in spoken:
            return best_language(tag)
    return Language.ENGLISH


@cache
def _catalogue(language: Language) -> dict[str, str]:
    text = (files("backend") / "locales" / "owner" / f"{language.value}.json").read_text(encoding="utf-8")
    catalogue: dict[str, str] = json.loads(text)
    return catalogue


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _notes(known: Appointment, say: Phrases) -> list[Sentence]:
    notes = []
    if known.status in {Status.PROPOSED, Status.ACCEPTED} and known.proposal_text:
        notes.append(Sentence(say("proposal"), known.proposal_text))
    if known.question and known.status in {Status.INQUIRY, Status.REQUESTED}:
        notes.append(Sentence(say("question"), known.question))
        if known.answer:
            notes.append(Sentence(say("your_answer"), known.answer))
    if known.status is Status.CANCELLED and known.cancel_reason:
        notes.append(Sentence(say("reason"), known.cancel_reason))
    return notes


def _reminder(booked: Booked, say: Phrases) -> str:
    if booked.appointment.status not in _AWAITED:
        return ""
    count = booked.customer.reminder_days
    return say("reminder", days=wording.days(count, booked.customer.language))
