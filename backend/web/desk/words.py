"""Names things as the desk does: statuses, actions, what became different, what a customer asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from babel.dates import format_date

from backend import wording
from backend.appointment import Action, Actor, Appointment, Checklist, Listing, Status, Wanted
from backend.service.desk import Entry
from backend.web.reader import Reader

CHECKS: Final = tuple(Checklist.__dataclass_fields__)
"""The four points of the step-4 warning, by their fields' names."""
TONES: Final = {
    Status.REQUESTED: "wait",
    Status.PRE_BOOKED: "past",
    Status.PROPOSED: "open",
    Status.INQUIRY: "open",
    Status.ACCEPTED: "good",
    Status.CONFIRMED: "good",
    Status.CANCELLED: "ended",
    Status.CLOSED: "past",
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A status with its word and its tone."""

    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became different: which field, from what, to what; empty where there was nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Said:
    """One turn of the conversation with the customer."""

    who: str
    words: str
    when: str
    ours: bool


def chip(appointment: Appointment, reader: Reader, *, with_list: bool = False) -> Chip:
    """Return the status as a chip, with the list that it is in where asked for."""
    words = reader.say(f"status.{appointment.status.value}")
    if with_list and appointment.listing is not None:
        words = f"{words} · {reader.say(f'list.{appointment.listing.value}')}"
    return Chip(words, TONES[appointment.status])


def action(known: Action, appointment: Appointment | None, reader: Reader) -> str:
    """Return an action as the drop-down calls it; a question after an answer is a reply."""
    if known is Action.REQUEST_INFORMATION and appointment is not None and _has_written(appointment):
        return reader.say("action.reply")
    return reader.say(f"action.{known.value}")


def listing(known: Listing, reader: Reader) -> str:
    """Return the name of a list."""
    return reader.say(f"list.{known.value}")


def changes(before: Appointment, after: Appointment, reader: Reader) -> tuple[Change, ...]:
    """Return what is different between two moments of an appointment, as far as people see it."""
    return tuple(
        Change(reader.say(f"field.{name}"), old, new)
        for (name, old), (_, new) in zip(_facts(before, reader), _facts(after, reader), strict=True)
        if old != new
    )


def event(entry: Entry, reader: Reader) -> str:
    """Return what happened, in the past tense, with what was vouched for."""
    words = reader.say(f"event.{entry.action.value}")
    points = entry.appointment.checklist
    if entry.action in {Action.SCHEDULE_APPOINTMENT, Action.CONFIRM_APPOINTMENT} and not entry.late:
        kept = [reader.say(f"kept.{point}") for point in CHECKS if getattr(points, point)]
        words = f"{words} · {reader.say('kept', points=', '.join(kept))}"
    if entry.action is Action.CREATE_REQUEST and entry.appointment.intended_next is not None:
        meant = action(entry.appointment.intended_next, None, reader)
        words = f"{words} · {reader.say('intended', action=meant)}"
    return words


def who(entry: Entry, reader: Reader) -> str:
    """Return who did it, as the history names them."""
    return reader.say("actor.timer") if entry.actor is Actor.TIMER else entry.who


def wanted(known: Wanted, reader: Reader) -> tuple[str, ...]:
    """Return the days that a customer asked for, in words."""
    return tuple(f"{_day(slot.day, reader)}, {reader.say(f'half.{slot.half.value}')}" for slot in known.slots)


def conversation(entries: tuple[Entry, ...], reader: Reader) -> tuple[Said, ...]:
    """Return what customer and dealer have written to each other, oldest first."""
    return tuple(said for entry in entries if not entry.late for said in _said(entry, reader))


def _said(entry: Entry, reader: Reader) -> Iterator[Said]:
    known, when = entry.appointment, reader.moment(entry.at)
    match entry.action:
        case Action.REQUEST_FROM_OWNER:
            days = "\n".join(wanted(known.wanted, reader))
            yield Said(entry.who, f"{known.wanted.text}\n{days}".strip(), when, ours=False)
        case Action.REQUEST_FROM_CAR if known.wanted.service_type is not None:
            words = reader.say(f"service.{known.wanted.service_type.value}")
            yield Said(entry.who, reader.say("from_car", service=words), when, ours=False)
        case Action.PROVIDE_PROPOSAL:
            yield Said(entry.who, known.proposal_text, when, ours=True)
        case Action.REQUEST_INFORMATION:
            yield Said(entry.who, known.question, when, ours=True)
        case Action.CUSTOMER_ANSWERS:
            yield Said(entry.who, known.answer, when, ours=False)
        case Action.CUSTOMER_COUNTER_PROPOSES:
            days = "\n".join(wanted(known.wanted, reader))
            yield Said(entry.who, f"{known.wanted.text}\n{days}".strip(), when, ours=False)
        case Action.CUSTOMER_CANCELS if known.cancel_reason:
            yield Said(entry.who, known.cancel_reason, when, ours=False)
        case _:
            return


def _facts(known: Appointment, reader: Reader) -> tuple[tuple[str, str], ...]:
    terms = known.terms
    return (
        ("status", reader.say(f"status.{known.status.value}")),
        ("when", "" if terms.starts_at is None else reader.full(terms.starts_at)),
        ("price", "" if terms.price is None else reader.money(terms.price)),
        ("work", terms.work),
        ("comments", terms.comments),
        ("text", known.proposal_text),
        ("question", known.question),
        ("answer", known.answer),
        ("wanted", "; ".join((*wanted(known.wanted, reader), known.wanted.text)).removesuffix("; ")),
        ("reason", known.cancel_reason),
    )


def _has_written(known: Appointment) -> bool:
    return bool(known.answer or known.wanted.text or known.wanted.slots)


def _day(text: str, reader: Reader) -> str:
    return format_date(date.fromisoformat(text), "full", locale=wording.locale_of(reader.language))
