"""The window *Manage appointment*: the form, what can be done, how far it came, and all that has happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from aiohttp import web

from backend.appointment import Action, Appointment
from backend.outcomes import Refused
from backend.service import delivery, desk, keys
from backend.service.delivery import AppointmentDelivery
from backend.service.desk import Entry, Row
from backend.service.errors import NotFound, StaleVersion
from backend.service.office import Work
from backend.web import session
from backend.web.desk import acts, entries, in_the_car, words
from backend.web.desk.acts import Conflict
from backend.web.desk.entries import Reading
from backend.web.keys import OFFICE
from backend.web.reader import Reader, desk_reader
from backend.web.rendering import render
from backend.web.session import Advisor

_DONE: Final = {action.value for action in Action}


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the window shows, read at one moment."""

    reader: Reader
    row: Row
    history: tuple[Entry, ...]
    delivered: AppointmentDelivery
    earlier: tuple[Appointment, ...]

    def at_version(self, text: str) -> Appointment:
        """Return the appointment as it was at a version; the first one, if there is none such."""
        for entry in reversed(self.history):
            if str(entry.appointment.version) == text:
                return entry.appointment
        return self.history[0].appointment


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history."""

    seq: int
    when: str
    iso: str
    what: str
    who: str
    late: bool
    changes: tuple[words.Change, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """One other appointment of the same vehicle."""

    number: str
    when: str
    work: str
    chip: words.Chip


async def window(request: web.Request) -> web.StreamResponse:
    """Show the appointment as it stands."""
    me = await session.advisor(request)
    async with request.app[OFFICE].look() as work:
        sheet = await _sheet(work, me, request.match_info["number"])
    known = sheet.row.appointment
    chosen = acts.first_choice(known, sheet.reader)
    entered = entries.of_appointment(known, sheet.reader) | {"action": chosen.value if chosen else ""}
    done = request.query.get("done", "")
    return _page(request, sheet, entered, done=done if done in _DONE else "")


async def submit(request: web.Request) -> web.StreamResponse:
    """Do what was chosen; a form that is refused comes back as it was written, with what is wrong."""
    me = await session.advisor(request)
    entered = await entries.read(request)
    while True:
        answer = await _try(request, me, entered)
        if answer is not None:
            return answer


async def as_it_looked(request: web.Request) -> web.StreamResponse:
    """Show the window as it looked after one event, plainly marked as the past."""
    me, number = await session.advisor(request), request.match_info["number"]
    async with request.app[OFFICE].look() as work:
        sheet = await _sheet(work, me, number)
    entry = next((one for one in sheet.history if str(one.seq) == request.match_info["seq"]), None)
    if entry is None:
        raise NotFound("event", request.match_info["seq"][:20])
    reader = sheet.reader
    return render(
        request,
        "desk/past.html",
        reader=reader,
        row=sheet.row,
        known=entry.appointment,
        chip=words.chip(entry.appointment, reader, with_list=True),
        entered=entries.of_appointment(entry.appointment, reader),
        currencies=entries.currencies(entries.of_appointment(entry.appointment, reader), reader),
        event=next(one for one in _events(sheet) if one.seq == entry.seq),
        before=entry.seq - 1,
        after=entry.seq + 1 if entry.seq < len(sheet.history) else 0,
        conversation=words.conversation(sheet.history[: entry.seq], reader),
        points=[(point, getattr(entry.appointment.checklist, point)) for point in words.CHECKS],
    )


async def _try(request: web.Request, me: Advisor, entered: dict[str, str]) -> web.StreamResponse | None:
    """Answer the form; None if the appointment became another one between looking and writing: look again."""
    number = request.match_info["number"]
    async with request.app[OFFICE].look() as work:
        sheet = await _sheet(work, me, number)
    known = sheet.row.appointment
    if entered["take"]:
        return _taken(request, sheet, entered)
    if entered["version"] != str(known.version):
        if (before := await _before(request, me, entered)) is not None:
            return before
        if words.changes(sheet.at_version(entered["version"]), known, sheet.reader):
            return _overtaken(request, sheet, entered)
        # Changed and changed back, or the car was told anew: nothing that anybody has to look at again.
    reading = Reading(entered, sheet.reader)
    event = acts.event(reading, known)
    if event is not None:
        try:
            return await _act(request, me, number, known.version, entered, event)
        except Refused as refused:
            reading.refused(refused)
        except StaleVersion:
            return None
    return _page(request, sheet, entered, wrong=reading.wrong, status=422)


async def _sheet(work: Work, me: Advisor, number: str) -> Sheet:
    reader = await desk_reader(work, me)
    row = await desk.row(work, me.dealer, number)
    return Sheet(
        reader,
        row,
        await desk.history(work, me.dealer, number),
        await delivery.of_appointment(work, me.dealer, number),
        tuple(
            one
            for one in await desk.earlier(work, me.dealer, row.vehicle.vin)
            if one.number != row.appointment.number
        ),
    )


async def _act(  # noqa: PLR0917 - who does what with which appointment, as written: read in this order
    request: web.Request,
    me: Advisor,
    number: str,
    version: int,
    entered: dict[str, str],
    event: Callable[..., Any],
) -> web.Response:
    content = entries.digest(entered)
    where = {"Location": f"/desk/appointments/{number}?done={entered['action']}"}
    async with request.app[OFFICE].work() as work:
        await desk.act(work, me.dealer, me.name, number, version, event)
        await keys.remember(work, me.dealer, _key(me, entered), content, keys.Answer(303, where, ""))
    return web.Response(status=303, headers=where)


async def _before(request: web.Request, me: Advisor, entered: dict[str, str]) -> web.Response | None:
    """Return what was answered to this very form before, if it was sent twice."""
    async with request.app[OFFICE].look() as work:
        known = await keys.recall(work, me.dealer, _key(me, entered), entries.digest(entered))
    return None if known is None else web.Response(status=known.status, headers=known.headers)


def _overtaken(request: web.Request, sheet: Sheet, entered: dict[str, str]) -> web.Response:
    """Show both what was written and what somebody else has made of the appointment meanwhile."""
    current, base = sheet.row.appointment, sheet.at_version(entered["version"])
    together, conflicts = acts.merged(entered, base, current, sheet.reader)
    wrong = {}
    if entered["action"] not in {one.value for one in acts.possible(current)}:
        together["action"] = ""
        wrong["action"] = sheet.reader.say("wrong.action")
    together |= {"version": str(current.version), "base": entered["version"]}
    return _page(request, sheet, together, wrong=wrong, status=409, base=base, conflicts=conflicts)


def _taken(request: web.Request, sheet: Sheet, entered: dict[str, str]) -> web.Response:
    """Show the form again with the other one's words in the field that was named; nothing is saved yet."""
    current, base = sheet.row.appointment, sheet.at_version(entered["base"])
    theirs = entries.of_appointment(current, sheet.reader)
    if entered["take"] in entries.TERMS or entered["take"] == "text":
        entered = entered | {entered["take"]: theirs[entered["take"]]}
    together, conflicts = acts.merged(entered, base, current, sheet.reader)
    together |= {"version": str(current.version), "take": ""}
    return _page(request, sheet, together, base=base, conflicts=conflicts)


def _page(
    request: web.Request,
    sheet: Sheet,
    entered: dict[str, str],
    *,
    wrong: dict[str, str] | None = None,
    status: int = 200,
    done: str = "",
    base: Appointment | None = None,
    conflicts: tuple[Conflict, ...] = (),
) -> web.Response:
    reader, known = sheet.reader, sheet.row.appointment
    offers = acts.possible(known)
    return render(
        request,
        "desk/manage.html",
        reader=reader,
        status=status,
        row=sheet.row,
        known=known,
        chip=words.chip(known, reader, with_list=True),
        entered=entered | {"form": entered["form"] or uuid4().hex},
        wrong=wrong or {},
        done=reader.say(f"done.{done}") if done else "",
        actions=[(one.value, words.action(one, known, reader)) for one in offers],
        takes={one.value: acts.TAKES[one] for one in offers},
        must={one.value: acts.MUST[one] for one in offers},
        checks=words.CHECKS,
        currencies=entries.currencies(entered, reader),
        others=() if base is None else words.changes(base, known, reader),
        conflicts={one.field: one.theirs for one in conflicts},
        written=[] if base is None else acts.homeless(entered, base, offers, reader),
        car=in_the_car.line(sheet.delivered, known, reader),
        letters=in_the_car.letters(sheet.delivered, reader),
        history=tuple(reversed(_events(sheet))),
        conversation=words.conversation(sheet.history, reader),
        visits=[_visit(one, reader) for one in sheet.earlier],
    )


def _events(sheet: Sheet) -> list[Event]:
    reader, found = sheet.reader, []
    before: Appointment | None = None
    for entry in sheet.history:
        different = () if before is None else words.changes(before, entry.appointment, reader)
        found.append(
            Event(
                entry.seq,
                reader.moment(entry.at),
                reader.iso(entry.at),
                words.event(entry, reader),
                words.who(entry, reader),
                entry.late,
                different,
            )
        )
        before = entry.appointment
    return found


def _visit(known: Appointment, reader: Reader) -> Visit:
    starts_at = known.terms.starts_at
    first, *_ = known.terms.work.strip().splitlines() or ["–"]
    when = reader.say("no_date") if starts_at is None else reader.full(starts_at)
    return Visit(known.number, when, first, words.chip(known, reader))


def _key(me: Advisor, entered: dict[str, str]) -> str:
    return f"desk/{me.user_id}/{entries.digest(entered)}"
