"""Keeps whom each user has marked as an own customer; reads the tab *Workshop Customers* with the marks."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Column, ColumnElement, case, delete, exists, func, insert, select, tuple_

from backend.store.customers import (
    CUSTOMER,
    Customer,
    RelationKind,
    is_workshop_customer,
    read_customer,
)
from backend.store.database import Transaction
from backend.store.paging import Page, key_of, page, uuid_of
from backend.store.scope import Dealer
from backend.store.vehicles import VEHICLE, Vehicle, read_vehicle
from backend.tables import customers, favourites, relations, vehicles


@dataclass(frozen=True, slots=True)
class Regular:
    """One line of *Workshop Customers*: a person with one vehicle, whatever the relations between them."""

    customer: Customer
    vehicle: Vehicle
    drives: bool
    owns: bool
    primary: bool
    favourite: bool


async def regulars(
    tx: Transaction, scope: Dealer, user_id: UUID, after: str | None, limit: int, *, mine: bool
) -> Page[Regular]:
    """Return a page of the dealer's workshop customers by name; ``mine``: only those the user has marked.

    Raises:
        BadCursor: ``after`` is none of this list.
    """
    key = (customers.c.name, customers.c.id, vehicles.c.vin)
    marked = exists().where(favourites.c.user_id == user_id, favourites.c.customer_id == customers.c.id)
    query = (
        select(
            *CUSTOMER,
            *VEHICLE,
            _any(relations.c.relation == RelationKind.DRIVES.value).label("drives"),
            _any(relations.c.relation == RelationKind.OWNS.value).label("owns"),
            _any(relations.c.primary_driver).label("primary_driver"),
            case((marked, 1), else_=0).label("favourite"),
        )
        .join_from(relations, customers, relations.c.customer_id == customers.c.id)
        .join(vehicles, relations.c.vin == vehicles.c.vin)
        .where(is_workshop_customer(scope))
        .group_by(customers.c.id, vehicles.c.vin)
        .order_by(*key)
        .limit(limit + 1)
    )
    if mine:
        query = query.where(marked)
    if after is not None:
        name, person, vin = key_of(after, 3)
        query = query.where(tuple_(*key) > tuple_(name, uuid_of(person), vin))
    rows = [
        Regular(
            read_customer(row),
            read_vehicle(row),
            bool(row["drives"]),
            bool(row["owns"]),
            bool(row["primary_driver"]),
            bool(row["favourite"]),
        )
        for row in await tx.rows(query)
    ]
    return page(rows, limit, lambda line: (line.customer.name, str(line.customer.id), line.vehicle.vin))


async def is_favourite(tx: Transaction, scope: Dealer, user_id: UUID, customer_id: UUID) -> bool:
    """Tell whether the user has marked this person."""
    query = select(favourites.c.user_id).where(
        favourites.c.user_id == user_id, favourites.c.customer_id == customer_id
    )
    return await tx.value(query) is not None


async def mark(tx: Transaction, scope: Dealer, user_id: UUID, customer_id: UUID) -> None:
    """Mark a person as one of the user's own, who is not marked yet."""
    await tx.run(insert(favourites).values(user_id=user_id, customer_id=customer_id))


async def unmark(tx: Transaction, scope: Dealer, user_id: UUID, customer_id: UUID) -> None:
    """Take the user's mark away."""
    await tx.run(
        delete(favourites).where(favourites.c.user_id == user_id, favourites.c.customer_id == customer_id)
    )


def _any(condition: ColumnElement[bool] | Column[bool]) -> ColumnElement[int]:
    return func.max(case((condition, 1), else_=0))
