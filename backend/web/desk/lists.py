"""Shows the tab *Appointments*: the four lists, each in the order of any of its columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from backend.appointment import Action, Actor, Appointment, Listing, Status
from backend.service import desk
from backend.service.desk import COUNTED, Order, Row, Sort
from backend.store.paging import BadCursor
from backend.web import session
from backend.web.desk import words
from backend.web.keys import OFFICE
from backend.web.reader import Reader, desk_reader
from backend.web.rendering import render

HOME: Final = "/desk/appointments"
ROWS: Final = 50
_COLUMNS: Final = (
    (Sort.NUMBER, ""),
    (Sort.CUSTOMER, ""),
    (Sort.VIN, ""),
    (Sort.MODEL, ""),
    (Sort.YEAR, ""),
    (Sort.MILEAGE, "right"),
    (Sort.STATUS, ""),
    (Sort.DUE, ""),
    (Sort.USER, ""),
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column's head: its words, where a click leads, and how the list is ordered by it now."""

    key: str
    label: str
    address: str
    sorted: str
    side: str


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the four lists, with how many stand in it."""

    key: str
    label: str
    address: str
    count: str
    late: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Flag:
    """A notification icon beside the Appointment ID, and what it says."""

    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class Cells:
    """One line of the list, ready to be read."""

    number: str
    flags: tuple[Flag, ...]
    customer: str
    vin: str
    model: str
    year: str
    mileage: str
    chip: words.Chip
    due: str
    late: bool
    user: str


async def page(request: web.Request) -> web.StreamResponse:
    """Show one of the lists."""
    me = await session.advisor(request)
    listing, order = _listing(request), _order(request)
    after = request.query.get("after") or None
    async with request.app[OFFICE].look() as work:
        reader = await desk_reader(work, me)
        try:
            found = await desk.listed(work, me.dealer, listing, after, ROWS, order)
        except BadCursor as wrong:
            # An old bookmark, or another order meanwhile: the list from its beginning is what is meant.
            raise web.HTTPSeeOther(_address(listing, order)) from wrong
        counted = await desk.counts(work, me.dealer)
    return render(
        request,
        "desk/appointments.html",
        reader=reader,
        tab="appointments",
        listing=listing.value,
        tabs=[_tab(one, counted[one], listing, reader) for one in Listing],
        columns=[_column(by, side, listing, order, reader) for by, side in _COLUMNS],
        rows=[cells(row, listing, reader) for row in found.items],
        first=_address(listing, order) if after else "",
        onward=_address(listing, order, found.after) if found.after else "",
    )


def cells(row: Row, listing: Listing, reader: Reader) -> Cells:
    """Return one line."""
    known = row.appointment
    return Cells(
        number=known.number,
        flags=tuple(_flags(known, reader)),
        customer=row.customer.name,
        vin=row.vehicle.vin,
        model=row.vehicle.model,
        year="–" if row.vehicle.model_year is None else str(row.vehicle.model_year),
        mileage=reader.mileage(known.subject.odometer_km),
        chip=words.chip(known, reader),
        due=_due(row, listing, reader),
        late=row.overdue,
        user=known.last_edited_by if known.origin is Actor.DEALER or known.version > 1 else "–",
    )


def _due(row: Row, listing: Listing, reader: Reader) -> str:
    """Return the time to due, or in Planned the date; late is said in words, the colour is not enough."""
    if row.due_at is None:
        return "–"
    if listing is Listing.PLANNED:
        moment = reader.full(row.due_at)
        return reader.say("due.was", moment=moment) if row.overdue else moment
    span = reader.span(abs(row.due_at - reader.now))
    return reader.say("due.late", span=span) if row.overdue else reader.say("due.in", span=span)


def _flags(known: Appointment, reader: Reader) -> list[Flag]:
    say = reader.say
    flags = []
    if known.status is Status.REQUESTED and Action.UNTOUCHED_TOO_LONG in known.fired:
        flags.append(Flag("notifications", say("flag.untouched")))
    if known.status is Status.REQUESTED and known.answer:
        flags.append(Flag("mail", say("flag.answered")))
    if known.status is Status.REQUESTED and known.proposal_ver and (known.wanted.slots or known.wanted.text):
        flags.append(Flag("event", say("flag.other_time")))
    if known.status is Status.ACCEPTED:
        flags.append(Flag("check_circle", say("flag.accepted")))
    if known.status is Status.CANCELLED and known.cancelled_by is not Actor.DEALER:
        flags.append(Flag("close", say("flag.cancelled")))
    if known.origin is Actor.CAR:
        flags.append(Flag("directions_car", say("flag.car")))
    if known.origin is Actor.CUSTOMER:
        flags.append(Flag("person", say("flag.web")))
    return flags


def _listing(request: web.Request) -> Listing:
    wanted = request.query.get("list", "")
    return Listing(wanted) if wanted in {one.value for one in Listing} else Listing.ACTIONS


def _order(request: web.Request) -> Order:
    wanted = request.query.get("sort", "")
    by = Sort(wanted) if wanted in {one.value for one in Sort} else Sort.DUE
    return Order(by, descending=request.query.get("down") == "1")


def _address(listing: Listing, order: Order, after: str | None = None) -> str:
    query = {"list": listing.value}
    if order != Order():
        query["sort"] = order.by.value
    if order.descending:
        query["down"] = "1"
    if after is not None:
        query["after"] = after
    return f"{HOME}?{urlencode(query)}"


def _tab(one: Listing, count: int, current: Listing, reader: Reader) -> Tab:
    shown = f"{COUNTED - 1}+" if count >= COUNTED else str(count)
    late = one is Listing.ESCALATED and count > 0
    return Tab(one.value, words.listing(one, reader), _address(one, Order()), shown, late, one is current)


def _column(by: Sort, side: str, listing: Listing, order: Order, reader: Reader) -> Column:
    is_current = by is order.by
    label = "planned" if by is Sort.DUE and listing is Listing.PLANNED else by.value
    turned = Order(by, descending=is_current and not order.descending)
    how = ("descending" if order.descending else "ascending") if is_current else ""
    return Column(by.value, reader.say(f"column.{label}"), _address(listing, turned), how, side)
