"""Fills the templates: chooses the rows of each kind of letter, and words every fact for its reader."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from backend import wording
from backend.appointment import Status
from backend.letters.calendar import calendar_of
from backend.letters.facts import Letter, LetterFacts, check, message_id
from backend.outcomes import LetterKind
from backend.reminders import local_day, reminder
from protocol.language import Language, Phrases

_HERE: Final = Path(__file__).parent.parent
_DATED: Final = {LetterKind.BOOKING, LetterKind.REMINDER, LetterKind.PROPOSAL, LetterKind.PRE_BOOKING}
_BOOKED: Final = ("when", "where", "car", "price", "work", "number")
_ROWS: Final[dict[LetterKind, tuple[str, ...]]] = {
    LetterKind.BOOKING: _BOOKED,
    LetterKind.REMINDER: _BOOKED,
    LetterKind.PRE_BOOKING: _BOOKED,
    LetterKind.PROPOSAL: ("when", "where", "car", "price", "number"),
    LetterKind.INQUIRY: ("when", "car", "number"),
    LetterKind.CANCELLATION: ("when", "where", "car", "reason", "number"),
    LetterKind.REQUEST_RECEIVED: ("wanted", "wish", "car", "number"),
    LetterKind.UNTOUCHED: ("customer", "car", "when", "work", "wanted", "wish", "number"),
    LetterKind.UNANSWERED: ("customer", "car", "when", "asked", "number"),
    LetterKind.ESCALATED: ("customer", "car", "when", "work", "wanted", "wish", "number"),
    LetterKind.ANSWERED: ("news", "customer", "car", "when", "answer", "wanted", "wish", "reason", "number"),
}


@dataclass(frozen=True, slots=True)
class _Row:
    label: str
    value: str
    in_headline: bool = False


def write(facts: LetterFacts) -> Letter:
    """Return the letter.

    Raises:
        Unwritable: a fact has line breaks or control characters where they could forge a header, or an
            address is none.
    """
    check(facts)
    t = _sentences(facts)
    context = _context(facts, t)
    folder = facts.kind.value
    subject = environment().get_template(f"{folder}/subject.txt").render(context).strip()
    calendar = calendar_of(facts, summary=t("calendar.summary"), description=t("calendar.text"))
    return Letter(
        kind=facts.kind,
        language=facts.language,
        message_id=message_id(facts),
        sender=facts.sender,
        to=facts.to,
        name=facts.name,
        subject=f"{t('simulated.tag')} {subject}" if facts.simulated else subject,
        text=environment().get_template(f"{folder}/body.txt").render(context).strip() + "\n",
        html=environment().get_template(f"{folder}/body.html").render(context).strip() + "\n",
        ics=calendar.to_ical().decode() if calendar else None,
        ics_method=str(calendar["method"]) if calendar else None,
        simulated=facts.simulated,
    )


class _Sentences:
    """The catalogue with the letter's facts at hand, so that templates only name a sentence."""

    def __init__(self, catalogue: Phrases, facts: Mapping[str, object]) -> None:
        self._catalogue = catalogue
        self._facts = facts

    def __call__(self, key: str) -> str:
        return self._catalogue(key, **self._facts)


def _sentences(facts: LetterFacts) -> _Sentences:
    appointment, zone, language = facts.appointment, facts.dealer.zone, facts.language
    starts_at, since = appointment.terms.starts_at, appointment.since
    if starts_at and facts.kind is LetterKind.REMINDER:
        ahead = (local_day(starts_at, zone) - local_day(facts.at, zone)).days
        days = wording.days(ahead, language, ahead=True)
    else:
        days = wording.days(facts.reminder_days, language)
    return _Sentences(
        phrases(language),
        {
            "name": facts.name,
            "dealer": facts.dealer.name,
            "customer": facts.customer,
            "model": facts.model,
            "number": appointment.number,
            "phone": wording.phone(facts.dealer.phone, facts.market.country),
            "link": facts.link,
            "day": wording.day(starts_at, zone, language) if starts_at else "",
            "hour": wording.hour(starts_at, zone, language) if starts_at else "",
            "days": days,
            "answer_days": facts.market.dealer_working_days,
            "since": f"{wording.day(since, zone, language)}, {wording.hour(since, zone, language)}",
        },
    )


def _context(facts: LetterFacts, t: _Sentences) -> dict[str, object]:
    appointment, zone = facts.appointment, facts.dealer.zone
    starts_at, place = appointment.terms.starts_at, appointment.terms.place
    address = place.address if place else facts.dealer.address
    return {
        "t": t,
        "kind": facts.kind.value,
        "language": facts.language.value,
        "simulated": facts.simulated,
        "dealer": facts.dealer.name,
        "address": address,
        "day": wording.day(starts_at, zone, facts.language) if starts_at else "",
        "hour": wording.hour(starts_at, zone, facts.language) if starts_at else "",
        "headline": starts_at is not None and facts.kind in _DATED,
        "link": facts.link,
        "reminded": reminder(appointment, facts.reminder_days, facts.market) is not None,
        "questions": _questions(facts, t),
        "quoted": appointment.question if facts.kind is LetterKind.INQUIRY else appointment.proposal_text,
        "rows": tuple(_rows(facts, t, address)),
    }


def _rows(facts: LetterFacts, t: _Sentences, address: str) -> Iterator[_Row]:
    appointment = facts.appointment
    wanted, terms = appointment.wanted, appointment.terms
    service = t(f"service.{wanted.service_type.value}") if wanted.service_type else ""
    values = {
        "when": t("at") if terms.starts_at else "",
        "where": f"{facts.dealer.name}, {address}",
        "car": f"{facts.model} ({facts.plate})" if facts.plate else facts.model,
        "price": wording.money(terms.price, facts.language) if terms.price else "",
        "work": terms.work,
        "number": appointment.number,
        "customer": facts.customer,
        "reason": appointment.cancel_reason,
        "asked": appointment.question if appointment.status is Status.INQUIRY else appointment.proposal_text,
        "answer": appointment.answer,
        "news": t(f"news.{facts.action.value}") if facts.action and facts.kind is LetterKind.ANSWERED else "",
        "wanted": "\n".join(line for line in (service, wanted.text) if line),
        "wish": "\n".join(
            f"{wording.iso_day(slot.day, facts.language)}, {t(f'half.{slot.half.value}')}"
            for slot in wanted.slots
        ),
    }
    for name in _ROWS[facts.kind]:
        if values[name].strip():
            yield _Row(t(f"label.{name}"), values[name], in_headline=name in {"when", "where"})


def _questions(facts: LetterFacts, t: _Sentences) -> Markup:
    """Return whom to call, with the number as something to press on a telephone."""
    number = wording.phone(facts.dealer.phone, facts.market.country)
    link = wording.phone_link(facts.dealer.phone, facts.market.country)
    sentence = escape(t("questions"))
    if not link:
        return sentence
    anchor = Markup('<a href="{}" style="color:#1F6A9E;text-decoration:underline;white-space:nowrap">{}</a>')
    return Markup(sentence.replace(escape(number), anchor.format(link, number)))  # noqa: S704 - both escaped


@cache
def phrases(language: Language) -> Phrases:
    """Return the letters' catalogue of a language."""
    return Phrases(language, _catalogue(language), _catalogue(Language.ENGLISH))


@cache
def _catalogue(language: Language) -> dict[str, str]:
    texts: dict[str, str] = json.loads(
        (_HERE / "locales" / "mail" / f"{language.value}.json").read_text(encoding="utf-8")
    )
    return texts


@cache
def environment() -> Environment:
    """Return what renders the letters' templates."""
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates" / "mail"),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["lines"] = lambda text: Markup("<br>").join(escape(text).splitlines())
    made.filters["indented"] = lambda text: "\n    ".join(str(text).splitlines())
    return made
