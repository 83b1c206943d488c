"""Reads the four lists a page at a time, in any column's order, at a cost that does not grow with them.

Each list is a few ranges of the index that has its order, and nothing in them is of another list. What falls
due comes into a second list: the ticker moves it there, and what it has not got to yet is found by its time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    func,
    literal,
    select,
    true,
    tuple_,
    union_all,
)

from backend.appointment import Appointment, Listing, from_json
from backend.store.customers import CUSTOMER, Customer, read_customer
from backend.store.database import Transaction
from backend.store.paging import BadCursor, Page, instant_of, key_of, page
from backend.store.scope import Dealer
from backend.store.vehicles import VEHICLE, Vehicle, read_vehicle
from backend.tables import UTCDateTime, appointments, customers, vehicles

COUNTED: Final = 1000
"""Lists are counted so far; beyond it a number would cost more than it says."""


class Sort(StrEnum):
    """The columns by which a list can be ordered."""

    DUE = "due"
    NUMBER = "number"
    CUSTOMER = "customer"
    VIN = "vin"
    MODEL = "model"
    YEAR = "year"
    MILEAGE = "mileage"
    STATUS = "status"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Order:
    """By which column, and in which direction."""

    by: Sort = Sort.DUE
    descending: bool = False


URGENT: Final = Order()
"""The most urgent first."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list."""

    appointment: Appointment
    customer: Customer
    vehicle: Vehicle
    key: str
    """What the order compares, for the cursor."""


_COLUMNS: Final[dict[Sort, ColumnElement[Any]]] = {
    Sort.DUE: appointments.c.sort_at,
    Sort.NUMBER: appointments.c.number,
    Sort.CUSTOMER: appointments.c.by_customer,
    Sort.VIN: appointments.c.vin,
    Sort.MODEL: appointments.c.by_model,
    Sort.YEAR: appointments.c.by_year,
    Sort.MILEAGE: appointments.c.by_mileage,
    Sort.STATUS: appointments.c.status,
    Sort.USER: appointments.c.by_user,
}
_WHOLE_NUMBERS: Final = {Sort.YEAR, Sort.MILEAGE}
_RANGES: Final[dict[Listing, tuple[tuple[Listing, bool], ...]]] = {
    Listing.ACTIONS: ((Listing.ACTIONS, False), (Listing.ACTIONS, True), (Listing.PENDING, True)),
    Listing.ESCALATED: ((Listing.ACTIONS, True),),
    Listing.PENDING: ((Listing.PENDING, False), (Listing.PENDING, True)),
    Listing.PLANNED: ((Listing.PLANNED, False),),
}
"""What each list holds: of what stands in this list, that which is (not) past due."""
_FED_BY: Final = {Listing.ACTIONS: Listing.PENDING, Listing.ESCALATED: Listing.ACTIONS}
"""From which list what falls due comes into this one."""


async def listed(  # noqa: PLR0917 - whose list, in which order, from where: read in this order
    tx: Transaction,
    scope: Dealer,
    listing: Listing,
    now: datetime,
    order: Order,
    after: str | None,
    limit: int,
) -> Page[Line]:
    """Return a page of a list.

    Raises:
        BadCursor: ``after`` is none of this list in this order.
    """
    key = (_COLUMNS[order.by].label("sort_key"), appointments.c.number)
    # Each range is cut off by itself: an order over all of them would read them to their ends.
    ranges = [
        select(*key)
        .where(_standing(scope, whose, past_due=past_due), _behind(order, key, after))
        .order_by(*_in_order(order, key))
        .limit(limit + 1)
        for whose, past_due in _RANGES[listing]
    ]
    found = _together(*ranges, *_just_due(scope, listing, now, key)).subquery()
    placed = (found.c.sort_key, found.c.number)
    page_of = select(found.c.number).where(_behind(order, placed, after)).order_by(*_in_order(order, placed))
    rows = await tx.rows(
        select(appointments.c.body, key[0], *CUSTOMER, *VEHICLE)
        .join_from(appointments, customers, appointments.c.customer_id == customers.c.id)
        .join(vehicles, appointments.c.vin == vehicles.c.vin)
        .where(appointments.c.dealer_id == scope.id, appointments.c.number.in_(page_of.limit(limit + 1)))
        .order_by(*_in_order(order, key))
    )
    lines = [
        Line(from_json(row["body"]), read_customer(row), read_vehicle(row), _text(row["sort_key"]))
        for row in rows
    ]
    return page(lines, limit, lambda line: (*_tag(order), line.key, line.appointment.number))


async def everything(tx: Transaction, scope: Dealer, after: str | None, limit: int) -> Page[Line]:
    """Return a page of all appointments of a dealer, newest first.

    Raises:
        BadCursor: ``after`` is none of this list.
    """
    number = appointments.c.number
    query: Select[Any] = (
        select(appointments.c.body, *CUSTOMER, *VEHICLE)
        .join_from(appointments, customers, appointments.c.customer_id == customers.c.id)
        .join(vehicles, appointments.c.vin == vehicles.c.vin)
        .where(appointments.c.dealer_id == scope.id)
        .order_by(number.desc())
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(number < key_of(after, 1)[0])
    lines = [
        Line(from_json(row["body"]), read_customer(row), read_vehicle(row), "")
        for row in await tx.rows(query)
    ]
    return page(lines, limit, lambda line: (line.appointment.number,))


async def counts(tx: Transaction, scope: Dealer, now: datetime) -> dict[Listing, int]:
    """Return how many appointments stand in each list; nobody counts beyond :data:`COUNTED`."""
    counted = [_count(scope, listing, now).scalar_subquery().label(listing.value) for listing in Listing]
    [row] = await tx.rows(select(*counted))
    return {listing: int(row[listing.value]) for listing in Listing}


def _count(scope: Dealer, listing: Listing, now: datetime) -> Select[Any]:
    ranges = [
        select(appointments.c.number).where(_standing(scope, whose, past_due=past_due)).limit(COUNTED)
        for whose, past_due in _RANGES[listing]
    ]
    found = _together(*ranges, *_just_due(scope, listing, now, (appointments.c.number,))).limit(COUNTED)
    return select(func.count()).select_from(found.subquery())


def _standing(scope: Dealer, listing: Listing, *, past_due: bool) -> ColumnElement[bool]:
    return and_(
        appointments.c.dealer_id == scope.id,
        appointments.c.listed == listing.value,
        appointments.c.past_due == past_due,
    )


def _just_due(
    scope: Dealer, listing: Listing, now: datetime, columns: tuple[ColumnElement[Any], ...]
) -> tuple[Select[Any], ...]:
    """Return what has fallen due into a list since the ticker last looked: a handful, if any.

    The limit is there for the planner, which believes that half of all times are behind us, and would
    rather read the whole table.
    """
    if listing not in _FED_BY:
        return ()
    return (
        select(*columns)
        .where(_standing(scope, _FED_BY[listing], past_due=False), appointments.c.sort_at <= now)
        .order_by(appointments.c.sort_at, appointments.c.number)
        .limit(COUNTED),
    )


def _together(*ranges: Select[Any]) -> Select[Any] | CompoundSelect[Any]:
    if len(ranges) == 1:
        return ranges[0]
    # SQLite takes an ORDER BY or a LIMIT in a part of a UNION only inside a subquery.
    return union_all(*(select(one.subquery()) for one in ranges))


def _in_order(order: Order, key: tuple[ColumnElement[Any], ...]) -> tuple[ColumnElement[Any], ...]:
    return tuple(column.desc() if order.descending else column for column in key)


def _tag(order: Order) -> tuple[str, ...]:
    return () if order == URGENT else (f"{order.by.value}{'-' if order.descending else '+'}",)


def _behind(order: Order, key: tuple[ColumnElement[Any], ...], after: str | None) -> ColumnElement[bool]:
    if after is None:
        return true()
    tag = _tag(order)
    *named, value, number = key_of(after, len(tag) + 2)
    if tuple(named) != tag:
        raise BadCursor(after)
    bound = tuple_(_value(order.by, value, after), number)
    return tuple_(*key) < bound if order.descending else tuple_(*key) > bound


def _value(by: Sort, text: str, after: str) -> ColumnElement[Any]:
    if by is Sort.DUE:
        return literal(instant_of(text), UTCDateTime)
    if by not in _WHOLE_NUMBERS:
        return literal(text)
    try:
        return literal(int(text))
    except ValueError as wrong:
        raise BadCursor(after) from wrong


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
