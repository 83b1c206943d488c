"""Words how far a booking came in the car and by e-mail, and why the next step has not come.

Published, received, waiting for the engine, shown, opened, answered: what the car has proven, one line each,
for each thing that it was to show. What an older version came to is one line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from backend.appointment import Appointment
from backend.outcomes import ItemKind
from backend.receipts import Stage, Stuck
from backend.service.delivery import AppointmentDelivery, ItemDelivery, LetterDelivery
from backend.web.reader import Reader

_GUIDED: Final = {ItemKind.DAY_REMINDER.value, ItemKind.NAVIGATION_DESTINATION.value}
_ANSWERED: Final = {ItemKind.PROPOSAL.value}
_LATEST_OF_OLD: Final = (
    ("answered", "answered_at"),
    ("opened", "opened_at"),
    ("shown", "shown_at"),
    ("received", "received_at"),
    ("published", "published_at"),
)


_ORDER: Final = (
    ItemKind.REQUEST_RECEIPT.value,
    ItemKind.INQUIRY.value,
    ItemKind.PROPOSAL.value,
    ItemKind.BOOKING.value,
    ItemKind.REMINDER.value,
    ItemKind.DAY_REMINDER.value,
    ItemKind.NAVIGATION_DESTINATION.value,
    ItemKind.CANCELLATION.value,
)


class Mark(StrEnum):
    """How a line stands in the timeline."""

    DONE = ""
    WAITS = "waits"
    LATER = "later"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Step:
    """One line: what, when, and (where it waits) why."""

    words: str
    mark: Mark = Mark.DONE
    at: datetime | None = None
    why: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that the car was to show, and its lines."""

    title: str
    steps: tuple[Step, ...]
    later: str = ""
    """Nothing of it is due yet: in a few words, why; its lines are there for who asks."""


@dataclass(frozen=True, slots=True)
class Line:
    """All that the desk tells of an appointment's way into the car."""

    state: str
    tone: str
    notes: tuple[str, ...]
    things: tuple[Thing, ...]


def line(known: AppointmentDelivery, appointment: Appointment, reader: Reader) -> Line:
    """Return the delivery line of an appointment."""
    say = reader.say
    notes = [] if known.rejected is None else [say("car.rejected", why=known.rejected)]
    if not known.connected:
        return Line(say("car.unconnected"), "past", (say("car.unconnected.text"), *notes), ())
    current = sorted((one for one in known.items if one.current), key=lambda one: _ORDER.index(one.kind))
    old = [one for one in known.items if not one.current]
    things = [
        Thing(_title(one, reader), tuple(_steps(one, known, appointment, reader)), _not_due_yet(one, reader))
        for one in current
    ]
    if old:
        earlier = [step for one in old for step in _old(one, appointment, reader)]
        things.append(Thing(say("car.earlier"), tuple(earlier)))
    seen = "" if known.seen_at is None else reader.ago(known.seen_at)
    state = say("car.online") if known.online else say("car.offline", seen=seen) if seen else say("car.never")
    return Line(state, "good" if known.online else "past", tuple(notes), tuple(things))


def letters(known: AppointmentDelivery, reader: Reader) -> tuple[Step, ...]:
    """Return the e-mails about an appointment, oldest first."""
    return tuple(_letter(one, reader) for one in known.letters)


def _steps(
    item: ItemDelivery, known: AppointmentDelivery, appointment: Appointment, reader: Reader
) -> Iterator[Step]:
    say, progress = reader.say, item.progress
    reached: list[tuple[str, datetime | None]] = [
        ("published", progress.published_at),
        ("received", progress.received_at),
    ]
    if progress.announce or progress.shown_at:
        reached.append(("shown", progress.shown_at))
    if item.kind not in _ANSWERED or progress.opened_at:
        reached.append(("opened", progress.opened_at))
    done = [(name, at) for name, at in reached if at is not None]
    for name, at in sorted(done, key=lambda one: (one[1], reached.index(one))):
        yield Step(say(f"step.{name}"), at=at)
    if progress.answered_at is not None:
        yield Step(say(f"answer.{progress.answer}"), at=progress.answered_at)
    yield from _unusual(item, appointment, reader)
    if item.why is not None:
        yield _waiting(item, known, reader)
        rest = {Stage.PENDING: 1, Stage.PUBLISHED: 2, Stage.RECEIVED: 2, Stage.SHOWN: 4}[progress.stage]
        names = ["published", "received", "shown", "opened"][rest:]
        for name in names if progress.announce else []:
            if name in {one[0] for one in reached}:
                yield Step(say(f"step.{name}.later"), Mark.LATER)
    if item.kind in _GUIDED and progress.answer not in {"destination", "waypoint"}:
        yield Step(say("step.navigated.later"), Mark.LATER)


def _old(item: ItemDelivery, appointment: Appointment, reader: Reader) -> Iterator[Step]:
    progress = item.progress
    far = next(
        ((name, at) for name, field in _LATEST_OF_OLD if (at := getattr(progress, field)) is not None), None
    )
    title = _title(item, reader)
    if far is None:
        yield Step(reader.say("old.never", thing=title), Mark.LATER)
    else:
        name, at = far
        words = reader.say(f"answer.{progress.answer}" if name == "answered" else f"step.{name}")
        yield Step(f"{title} · {words}", at=at)
    yield from _unusual(item, appointment, reader)


def _unusual(item: ItemDelivery, appointment: Appointment, reader: Reader) -> Iterator[Step]:
    """Return what a dealer would otherwise wonder about: late answers, and pop-ups of what is cancelled."""
    say, progress = reader.say, item.progress
    if progress.refused is not None:
        yield Step(say(f"refused_navigation.{progress.refused}"), Mark.BAD)
    for kind, at in zip(item.late, item.late_at, strict=True):
        yield Step(say("late_answer", answer=say(f"answer.{kind}")), Mark.BAD, at)
    ended = appointment.ended_at if appointment.cancelled_by is not None else None
    shown = progress.shown_at
    if ended and shown and shown >= ended and item.kind != ItemKind.CANCELLATION.value:
        yield Step(say("shown_before_cancellation"), Mark.BAD, shown)


def _waiting(item: ItemDelivery, known: AppointmentDelivery, reader: Reader) -> Step:
    say, why = reader.say, item.why
    assert why is not None  # noqa: S101 - the caller has looked
    if why.stuck is Stuck.NOT_ANNOUNCED:
        return Step(say("stuck.not_announced"), Mark.LATER)
    facts = {
        "since": "" if why.since is None else reader.moment(why.since),
        "ago": "" if why.since is None else reader.ago(why.since),
        "seen": "" if known.seen_at is None else reader.ago(known.seen_at),
        "due": reader.moment(item.show_from),
        "until": reader.moment(item.show_until),
    }
    reasons = tuple(say(f"reason.{reason.value}") for reason in why.reasons)
    never = why.stuck is Stuck.CAR_OFFLINE and known.seen_at is None
    return Step(
        say(f"waits.{why.waits_for.value}"),
        Mark.WAITS,
        why=say(f"stuck.{why.stuck.value}{'.never' if never else ''}", **facts),
        reasons=reasons,
    )


def _letter(known: LetterDelivery, reader: Reader) -> Step:
    say, words = reader.say, reader.say(f"letter.{known.kind.value}")
    if known.sent_at is not None:
        return Step(words, at=known.sent_at)
    if known.superseded_at is not None:
        return Step(say("letter_superseded", letter=words), Mark.LATER, known.superseded_at)
    if known.held is not None:
        return Step(words, Mark.BAD, known.created_at, why=say("letter_held", why=known.held))
    if known.last_error is not None:
        why = say("letter_trying", attempts=known.attempts, error=known.last_error)
        return Step(words, Mark.WAITS, known.created_at, why=why)
    return Step(say("letter_waits", letter=words), Mark.WAITS, known.created_at)


def _not_due_yet(item: ItemDelivery, reader: Reader) -> str:
    if item.progress.shown_at or item.progress.answered_at or item.why is None:
        return ""
    if item.show_from > reader.now:
        return reader.say("later.not_yet", due=reader.moment(item.show_from))
    is_offered_by_another = item.kind == ItemKind.NAVIGATION_DESTINATION.value and not item.progress.announce
    return reader.say("later.not_announced") if is_offered_by_another else ""


def _title(item: ItemDelivery, reader: Reader) -> str:
    return reader.say(f"item.{item.kind}")
