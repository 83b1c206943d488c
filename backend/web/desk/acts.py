"""Makes of a form and its chosen action what the lifecycle is to be told; says which fields are whose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from backend import events
from backend.appointment import Action, Appointment, Status
from backend.lifecycle import allowed, preselected
from backend.limits import day_has_begun
from backend.web.desk import entries, words
from backend.web.desk.entries import TERMS, Entered, Reading
from backend.web.desk.words import CHECKS
from backend.web.reader import Reader

TAKES: Final[Mapping[Action, tuple[str, ...]]] = {
    Action.PROVIDE_PROPOSAL: (*TERMS, "text"),
    Action.REQUEST_INFORMATION: ("question",),
    Action.SCHEDULE_APPOINTMENT: (*TERMS, *CHECKS),
    Action.CONFIRM_APPOINTMENT: CHECKS,
    Action.UPDATE_APPOINTMENT: TERMS,
    Action.ACKNOWLEDGE_CANCELLATION: (),
    Action.CANCEL_ON_BEHALF: ("reason", "no_show"),
    Action.FINALIZE_APPOINTMENT: (),
}
"""Which fields an action saves; the others have to stay as they are."""
_DATED: Final = ("date", "time", "price", "work")
MUST: Final[Mapping[Action, tuple[str, ...]]] = {
    Action.PROVIDE_PROPOSAL: (*_DATED, "text"),
    Action.REQUEST_INFORMATION: ("question",),
    Action.SCHEDULE_APPOINTMENT: (*_DATED, *CHECKS),
    Action.CONFIRM_APPOINTMENT: CHECKS,
    Action.UPDATE_APPOINTMENT: ("work",),
    Action.ACKNOWLEDGE_CANCELLATION: (),
    Action.CANCEL_ON_BEHALF: ("reason",),
    Action.FINALIZE_APPOINTMENT: (),
}
"""Which of them are mandatory."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that two people have changed: what the other one wrote."""

    field: str
    theirs: str


def possible(known: Appointment) -> tuple[Action, ...]:
    """Return what the drop-down offers, in the table's order."""
    return allowed(known)


def first_choice(known: Appointment, reader: Reader) -> Action | None:
    """Return what the drop-down stands on: what was meant, or what the status plainly calls for."""
    if (meant := preselected(known)) is not None:
        return meant
    if known.status is Status.ACCEPTED:
        return Action.CONFIRM_APPOINTMENT
    if known.status is Status.CONFIRMED and day_has_begun(known, reader.now, reader.market):
        return Action.FINALIZE_APPOINTMENT
    offers = possible(known)
    return offers[0] if len(offers) == 1 else None


def event(reading: Reading, known: Appointment) -> Callable[..., events.Event] | None:
    """Return what to tell the lifecycle; None, and the reading says why, where something is wrong."""
    entered, reader = reading.entered, reading.reader
    offers = {one.value: one for one in possible(known)}
    chosen = offers.get(entered["action"])
    if chosen is None:
        reading.complain("action", reader.say("wrong.choose" if not entered["action"] else "wrong.action"))
        return None
    untouched = [name for name in TERMS if name not in TAKES[chosen]]
    before = entries.of_appointment(known, reader)
    reading.unchanged(before, untouched, words.action(chosen, known, reader))
    made = _event(chosen, reading, known, before)
    return None if reading.wrong else made


def merged(
    entered: Entered, base: Appointment, current: Appointment, reader: Reader
) -> tuple[dict[str, str], tuple[Conflict, ...]]:
    """Merge what was written on ``base`` with what somebody else has made of it since.

    What only the other one changed is taken over; where both did, ours stays in the field and theirs is told.
    """
    old, new = entries.of_appointment(base, reader), entries.of_appointment(current, reader)
    together, conflicts = dict(entered), []
    for name in (*TERMS, "text"):
        if entered[name].strip() == old[name].strip():
            together[name] = new[name]
        elif new[name] != old[name] and new[name].strip() != entered[name].strip():
            conflicts.append(Conflict(name, new[name]))
    return together, tuple(conflicts)


def homeless(
    entered: Entered, base: Appointment, offers: tuple[Action, ...], reader: Reader
) -> list[tuple[str, str]]:
    """Return what was written into fields that no action has any more, to be shown: it must not be lost."""
    old = entries.of_appointment(base, reader)
    at_home = {name for offer in offers for name in TAKES[offer]}
    return [
        (reader.say(f"field.{name}"), entered[name])
        for name in ("text", "question", "reason")
        if name not in at_home and entered[name].strip() != old[name].strip()
    ]


def _event(
    chosen: Action, reading: Reading, known: Appointment, before: Entered
) -> Callable[..., events.Event]:
    match chosen:
        case Action.PROVIDE_PROPOSAL:
            text = reading.text("text", must=True)
            return partial(events.ProvideProposal, text=text, **_terms(reading, known, before))
        case Action.REQUEST_INFORMATION:
            return partial(events.RequestInformation, text=reading.text("question", must=True))
        case Action.SCHEDULE_APPOINTMENT:
            points = reading.checklist()
            return partial(events.ScheduleAppointment, checklist=points, **_terms(reading, known, before))
        case Action.CONFIRM_APPOINTMENT:
            return partial(events.ConfirmAppointment, checklist=reading.checklist())
        case Action.UPDATE_APPOINTMENT:
            return partial(events.UpdateAppointment, **_terms(reading, known, before))
        case Action.CANCEL_ON_BEHALF:
            reason = reading.text("reason", must=True)
            return partial(events.DealerCancels, reason=reason, no_show=reading.entered["no_show"] == "1")
        case Action.FINALIZE_APPOINTMENT:
            return events.FinalizeAppointment
        case _:
            return events.AcknowledgeCancellation


def _terms(reading: Reading, known: Appointment, before: Entered) -> dict[str, Any]:
    same_time = all(reading.entered[name] == before[name] for name in ("date", "time"))
    kept = known.terms.starts_at if same_time else None
    return {
        # Where clocks go back a wall time names two instants: what nobody touched stays the one it was.
        "starts_at": kept or reading.instant(),
        "price": reading.money(),
        "work": reading.text("work", must=True),
        "comments": reading.text("comments"),
    }
