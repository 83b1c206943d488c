"""Draws the life of an appointment from its table, so that the picture in the docs cannot be wrong.

``python -m backend.lifecycle_chart`` prints ``docs/lifecycle.md``; a test compares.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final

from backend.appointment import Status
from backend.outcomes import DisarmReminder, Effect, Push, RearmReminder, SendLetter, Withdraw
from backend.rules import Transition
from backend.transitions import TABLE

_INTRODUCTION: Final = """\
# The life of an appointment

Drawn from `TABLE` in `backend/transitions.py` by `python -m backend.lifecycle_chart > docs/lifecycle.md`;
a test fails where the two differ. `backend/lifecycle.py` obeys the table: what has no row is refused and
changes nothing, except that a customer's answer that comes too late is kept as late.
"""
_READING: Final = """\
Status and list *stay* where a row only notes something. *Also in* is where time puts an appointment besides
its own list once its time to due has run out. A field that a row needs and that is not filled in is named
in the refusal. Which letters are sent, what the car shows and whether it pops up is in the last column.

The reminder one to four days before and the day reminder at every engine start are pushed to the car as
soon as the visit is booked, each with its window; `backend/reminders.py` computes the windows.
"""


def document() -> str:
    """Return ``docs/lifecycle.md``."""
    picture = f"```mermaid\n{mermaid()}```\n"
    return f"{_INTRODUCTION}\n## The picture\n\n{picture}\n## The table\n\n{_READING}\n{table()}"


def mermaid() -> str:
    """Return the state diagram; what only notes something is left to the table."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {status.value}: {_named(status)}" for status in Status]
    for row in TABLE:
        for source in row.sources if row.target else ():
            before = source.value if source else "[*]"
            actors = ", ".join(actor.value for actor in row.actors)
            lines.append(f"    {before} --> {row.target}: {_words(row.action.value)} ({actors})")
    lines += [f"    {status.value} --> [*]" for status in (Status.CANCELLED, Status.CLOSED)]
    return "\n".join(lines) + "\n"


def table() -> str:
    """Return the table in Markdown."""
    head = "| from | event (by) | if | to / list | what follows |\n|---|---|---|---|---|\n"
    return head + "".join(f"| {' | '.join(_cells(row))} |\n" for row in TABLE)


def _cells(row: Transition) -> Iterator[str]:
    before = ", ".join(_named(source) if source else "–" for source in row.sources)
    yield f"{before} in {_words(row.listed.value)}" if row.listed else before
    yield f"{_words(row.action.value)} ({', '.join(actor.value for actor in row.actors)})"
    yield "; ".join(_conditions(row)) or "–"
    if row.target:
        after = f"{_named(row.target)} / {_words(row.listing.value) if row.listing else 'no list'}"
    else:
        after = "stay"
    yield f"{after}; also in {_words(row.also.value)}" if row.also else after
    moved = ", ".join(_effect(effect) for effect in row.if_moved)
    what = [_effect(effect) for effect in row.effects]
    yield "; ".join([*what, f"if date, time or place is another: {moved}"] if moved else what) or "–"


def _conditions(row: Transition) -> Iterator[str]:
    if row.when:
        yield row.when.words
    if row.needs:
        yield "needs " + ", ".join(f"`{need.field}`" for need in row.needs)
    if row.dates:
        yield row.dates.value
    yield from (condition.words for condition in row.conditions)


def _effect(effect: Effect) -> str:
    match effect:
        case SendLetter(kind):
            return f"e-mail *{_words(kind.value)}*"
        case Push(item, announce):
            return f"car: {_words(item.value)} {'pops up' if announce else 'without a pop-up'}"
        case Withdraw(items, letters):
            gone = [f"car: {', '.join(_words(item.value) for item in items)} withdrawn"] if items else []
            unsent = ", ".join(_words(letter.value) for letter in letters)
            return "; ".join([*gone, f"unsent {unsent} never sent"] if unsent else gone)
        case RearmReminder():
            return "reminder armed anew"
        case DisarmReminder():
            return "no reminder any more"
        case _:
            return "desk is told"


def _named(status: Status) -> str:
    return status.value.replace("_", "-").capitalize()


def _words(name: str) -> str:
    return name.replace("pre_", "pre-").replace("_", " ")


if __name__ == "__main__":
    sys.stdout.write(document())
