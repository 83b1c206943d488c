"""An owner's appointments: the list of all, the page of each, and the answers that its state allows."""

from __future__ import annotations

from functools import partial
from typing import Final
from urllib.parse import urlencode

from aiohttp import hdrs, web

from backend.appointment import Action, Status
from backend.events import CustomerAccepts, CustomerAnswers, CustomerCancels, CustomerCounterProposes
from backend.links import BadLink, EndedLink, read_link
from backend.outcomes import MissingFields
from backend.reminders import local_day
from backend.service import owner, post
from backend.service.errors import NotFound
from backend.service.happenings import MakeEvent
from backend.service.owner import Booked
from backend.store.paging import BadCursor
from backend.store.scope import Owner
from backend.web import session
from backend.web.keys import OFFICE, SETTINGS
from backend.web.my import words
from backend.web.my.forms import Reading
from backend.web.my.guest import Guest, go, owners, sorry

_HOME: Final = "/my"
_VISITS: Final = 30
_GONE = {Status.CANCELLED, Status.CLOSED}


@owners
async def home(guest: Guest) -> web.StreamResponse:
    """List the owner's appointments and cars, a page of the latest visits at a time."""
    after = guest.request.query.get("after") or None
    try:
        found = await owner.bookings(guest.work, guest.me, after, _VISITS)
    except BadCursor:
        return go(_HOME)
    known = found.items
    ahead = [one for one in known if one.appointment.status not in _GONE]
    return guest.page(
        "home",
        reader=guest.reader(known[0].workshop if known else None),
        tab="home",
        ahead=sorted(
            (words.line(one, guest.reader(one.workshop)) for one in reversed(ahead)),
            key=lambda line: not line.asks,
        ),
        past=[
            words.line(one, guest.reader(one.workshop)) for one in known if one.appointment.status in _GONE
        ],
        cars=await owner.cars(guest.work, guest.me),
        first=_HOME if after else "",
        onward=f"{_HOME}?{urlencode({'after': found.after})}" if found.after else "",
    )


async def by_link(request: web.Request) -> web.StreamResponse:
    """Show the booking that the signed link of a letter is for; the link opens My Volvo as well."""
    office = request.app[OFFICE]
    try:
        async with office.look() as work:
            link = read_link(request.app[SETTINGS].signing_key, request.match_info["token"], work.now)
            me = Owner(link.customer)
            booked = await owner.booking(work, me, link.appointment)
            response = _page(Guest(request, work, me, booked.customer, {}), booked)
    except EndedLink:
        return sorry(request, "gone", 410)
    except (BadLink, NotFound):
        return sorry(request, "missing", 404)
    await session.owner_came(request, response, me)
    return response


@owners
async def show(guest: Guest) -> web.StreamResponse:
    """Show an appointment; take the answers that need no page of their own: accept, and the answer."""
    booked = await guest.booking()
    if not guest.sends_form:
        return _page(guest, booked)
    reading = Reading(guest.form)
    ver = reading.number("ver") or 0
    if reading.entered.get("action") == "accept":
        return await _answer(guest, booked, partial(CustomerAccepts, ver=ver), "accepted")
    text = reading.text("answer")
    if reading.wrong:
        return _page(guest, booked, reading)
    return await _answer(guest, booked, partial(CustomerAnswers, ver=ver, text=text), "answered")


@owners
async def propose(guest: Guest) -> web.StreamResponse:
    """Ask for another time than the proposed one: one or two days, and a word."""
    booked = await guest.booking()
    reader = guest.reader(booked.workshop)
    reading = Reading(guest.form)
    if guest.sends_form:
        text = reading.text("text", required=False)
        slots = reading.slots(local_day(guest.work.now, booked.workshop.zone))
        if not reading.wrong:
            event = partial(CustomerCounterProposes, ver=reading.number("ver") or 0, slots=slots, text=text)
            return await _answer(guest, booked, event, "proposed")
    elif Action.CUSTOMER_COUNTER_PROPOSES not in words.page(booked, reader).may:
        return go(words.address(booked.appointment))
    return guest.page(
        "propose",
        reader=reader,
        status=422 if reading.wrong else 200,
        page=words.page(booked, reader),
        entered=reading.entered,
        wrong={name: reader.say(key) for name, key in reading.wrong.items()},
        tomorrow=reader.iso(guest.work.now)[:10],
    )


@owners
async def cancel(guest: Guest) -> web.StreamResponse:
    """Ask once more, then cancel, decline or withdraw; a reason may be given."""
    booked = await guest.booking()
    reader = guest.reader(booked.workshop)
    page = words.page(booked, reader)
    reading = Reading(guest.form)
    if guest.sends_form:
        reason = reading.text("reason", required=False)
        if not reading.wrong:
            event = partial(CustomerCancels, ver=reading.number("ver"), reason=reason)
            return await _answer(guest, booked, event, "cancelled")
    elif Action.CUSTOMER_CANCELS not in page.may:
        return go(page.address)
    return guest.page(
        "cancel",
        reader=reader,
        status=422 if reading.wrong else 200,
        page=page,
        # Declined is one version of a proposal: another one, made meanwhile, has not been seen yet.
        ver=reading.entered.get("ver", page.proposal_ver if page.cancel == "decline" else ""),
        entered=reading.entered,
        wrong={name: reader.say(key) for name, key in reading.wrong.items()},
    )


@owners
async def calendar(guest: Guest) -> web.StreamResponse:
    """Return the visit as a calendar entry: the one of the letters, as it is now."""
    booked = await guest.booking()
    text = await post.calendar_file(guest.work, booked.workshop, booked.customer, booked.appointment)
    if text is None:
        raise NotFound("calendar entry of", booked.appointment.number)
    return calendar_response(text, booked)


def calendar_response(text: str, booked: Booked) -> web.Response:
    """Return a calendar entry as a file."""
    name = f"appointment-{booked.appointment.number}.ics"
    return web.Response(
        text=text,
        content_type="text/calendar",
        charset="utf-8",
        headers={hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'},
    )


def _page(guest: Guest, booked: Booked, reading: Reading | None = None) -> web.Response:
    reader = guest.reader(booked.workshop)
    wrong = reading.wrong if reading else {}
    return guest.page(
        "booking",
        reader=reader,
        status=422 if wrong else 200,
        page=words.page(booked, reader),
        entered=reading.entered if reading else {},
        wrong={name: reader.say(key) for name, key in wrong.items()},
    )


async def _answer(guest: Guest, booked: Booked, event: MakeEvent, told: str) -> web.StreamResponse:
    address = words.address(booked.appointment)
    try:
        outcome = await owner.answer(guest.work, guest.me, booked.appointment.id, event)
    except MissingFields:  # pragma: no cover - the form is checked before
        return go(address)
    return go(address, "late" if outcome.late else told)
