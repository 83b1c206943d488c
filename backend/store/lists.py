"""Reads the four lists a page at a time, in any column's order, at a cost that does not grow with them.

Each list is one or two ranges of the index that has its order. What time adds to a list is found by the time
to due, which is what the index of the default order begins with.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    literal_column,
    select,
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
    key = (_COLUMNS[order.by], appointments.c.number)
    behind = None if after is None else _behind(order, key, after)
    ranges: list[Select[Any]] = []
    for part in _parts(scope, listing, now, by_due=order.by is Sort.DUE):
        query = select(appointments.c.id).where(part if behind is None else and_(part, behind))
        ranges.append(query.order_by(*_in_order(order, key)).limit(limit + 1))
    found = _together(ranges).subquery()
    rows = await tx.rows(
        select(appointments.c.body, key[0].label("sort_key"), *CUSTOMER, *VEHICLE)
        .join_from(appointments, customers, appointments.c.customer_id == customers.c.id)
        .join(vehicles, appointments.c.vin == vehicles.c.vin)
        .where(appointments.c.id.in_(select(found.c.id)))
        .order_by(*_in_order(order, key))
        .limit(limit + 1)
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
    counted = {}
    for listing in Listing:
        ranges: list[Select[Any]] = [
            select(literal_column("1").label("one")).select_from(appointments).where(part).limit(COUNTED)
            for part in _parts(scope, listing, now, by_due=True)
        ]
        found = await tx.value(select(func.count()).select_from(_together(ranges).subquery()))
        counted[listing] = min(COUNTED, int(found or 0))
    return counted


def _parts(
    scope: Dealer, listing: Listing, now: datetime, *, by_due: bool
) -> tuple[ColumnElement[bool], ...]:
    """Return the ranges that make up a list: what stands in it, and what time has put there too.

    ``by_due``: the index that begins with the time to due is the one to go by. In another order its bound
    would lure the database into sorting all that is late.
    """
    bound = now if by_due else None
    match listing:
        case Listing.ACTIONS:
            late = and_(_standing(scope, Listing.PENDING, bound), appointments.c.actions_from <= now)
            return (_standing(scope, Listing.ACTIONS), late)
        case Listing.ESCALATED:
            return (and_(_standing(scope, Listing.ACTIONS, bound), appointments.c.escalated_from <= now),)
        case Listing.PENDING | Listing.PLANNED:
            return (_standing(scope, listing),)


def _standing(scope: Dealer, listing: Listing, due_by: datetime | None = None) -> ColumnElement[bool]:
    stands = and_(appointments.c.dealer_id == scope.id, appointments.c.listed == listing.value)
    # An appointment comes into a second list when it falls due, and that is what its list is ordered by.
    return stands if due_by is None else and_(stands, appointments.c.sort_at <= due_by)


def _together(ranges: Sequence[Select[Any]]) -> Select[Any] | CompoundSelect[Any]:
    if len(ranges) == 1:
        return ranges[0]
    # SQLite takes an ORDER BY or a LIMIT in a part of a UNION only inside a subquery.
    return union_all(*(select(one.subquery()) for one in ranges))


def _in_order(order: Order, key: tuple[ColumnElement[Any], ...]) -> tuple[ColumnElement[Any], ...]:
    return tuple(column.desc() if order.descending else column for column in key)


def _tag(order: Order) -> tuple[str, ...]:
    return () if order == URGENT else (f"{order.by.value}{'-' if order.descending else '+'}",)


def _behind(order: Order, key: tuple[ColumnElement[Any], ...], after: str) -> ColumnElement[bool]:
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
