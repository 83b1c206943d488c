"""Keeps who stands in whose tab *Workshop Customers*, so that a page costs the same however many there are.

The rule reaches across relations, appointments and preferred dealers, and no index does. So its answer is
kept, a row per dealer, person and vehicle, and worked out anew for a vehicle whenever one of them changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    select,
    tuple_,
    union,
)

from backend.store.customers import CUSTOMER, Customer, RelationKind, read_customer
from backend.store.database import Transaction
from backend.store.paging import Page, key_of, page, uuid_of
from backend.store.scope import Dealer, System
from backend.store.vehicles import VEHICLE, Vehicle, read_vehicle
from backend.tables import appointments, customers, favourites, regulars, relations, vehicles


@dataclass(frozen=True, slots=True)
class WorkshopCustomer:
    """One line as the API tells it: a person with one of the vehicles, and one relation between them."""

    customer: Customer
    vehicle: Vehicle
    relation: RelationKind
    primary: bool


@dataclass(frozen=True, slots=True)
class Regular:
    """One line of the tab: a person with one vehicle, whatever the relations between them."""

    customer: Customer
    vehicle: Vehicle
    drives: bool
    owns: bool
    primary: bool
    favourite: bool


_KEY = (regulars.c.name, regulars.c.customer_id, regulars.c.vin)


async def renew(tx: Transaction, scope: System, vin: str) -> None:
    """Work out anew whose workshop customers a vehicle's people are. The caller holds the vehicle's lock."""
    await tx.run(delete(regulars).where(regulars.c.vin == vin))
    await tx.run(insert(regulars).from_select([column.name for column in regulars.c], by_the_rule(vin)))


def by_the_rule(vin: str) -> Select[Any]:
    """Select whose workshop customers a vehicle's people are, as rows of the table.

    A person with a vehicle is one while the two have an open appointment with the dealer, or while the
    vehicle's primary driver prefers the dealer.
    """
    primary, driver = relations.alias(), customers.alias()
    pair = (relations.c.customer_id, relations.c.vin)
    visits = and_(
        appointments.c.customer_id == relations.c.customer_id, appointments.c.vin == relations.c.vin
    )
    open_ones = (
        select(appointments.c.dealer_id, *pair)
        .join_from(relations, appointments, visits)
        .where(relations.c.vin == vin, appointments.c.ended_at.is_(None))
    )
    preferred = (
        select(driver.c.preferred_dealer_id.label("dealer_id"), *pair)
        .join_from(relations, primary, and_(primary.c.vin == relations.c.vin, primary.c.primary_driver))
        .join(driver, driver.c.id == primary.c.customer_id)
        .where(relations.c.vin == vin, driver.c.preferred_dealer_id.is_not(None))
    )
    found = union(open_ones, preferred).subquery()
    prefers = case((customers.c.preferred_dealer_id == found.c.dealer_id, True), else_=False)
    return select(
        found.c.dealer_id, found.c.customer_id, found.c.vin, customers.c.name, prefers.label("prefers")
    ).join_from(found, customers, customers.c.id == found.c.customer_id)


async def by_relation(
    tx: Transaction, scope: Dealer, *, mine: bool, after: str | None, limit: int
) -> Page[WorkshopCustomer]:
    """Return a page of the dealer's workshop customers by name, a line for each relation.

    ``mine``: only people whose preferred dealer this is.

    Raises:
        BadCursor: ``after`` is none of this list.
    """
    query = select(*_KEY).where(regulars.c.dealer_id == scope.id).order_by(*_KEY)
    if mine:
        query = query.where(regulars.c.prefers == mine)
    last: ColumnElement[Any] | None = None
    if after is not None:
        name, person, vin, relation = key_of(after, 4)
        query = query.where(tuple_(*_KEY) >= tuple_(name, uuid_of(person), vin))
        last = tuple_(name, uuid_of(person), vin, relation)
    # Each pair has a relation at least; all those of the first may have been on the page before.
    pairs = query.limit(limit + 2).subquery()
    key = (pairs.c.name, pairs.c.customer_id, pairs.c.vin, relations.c.relation)
    lines = _with_both(pairs, relations.c.relation, relations.c.primary_driver).order_by(*key)
    if last is not None:
        lines = lines.where(tuple_(*key) > last)
    rows = [
        WorkshopCustomer(
            read_customer(row),
            read_vehicle(row),
            RelationKind(row["relation"]),
            row["primary_driver"],
        )
        for row in await tx.rows(lines.limit(limit + 1))
    ]
    return page(
        rows,
        limit,
        lambda line: (line.customer.name, str(line.customer.id), line.vehicle.vin, line.relation.value),
    )


async def by_vehicle(
    tx: Transaction, scope: Dealer, user_id: UUID, after: str | None, limit: int, *, mine: bool
) -> Page[Regular]:
    """Return a page of the dealer's workshop customers by name; ``mine``: only those the user has marked.

    Raises:
        BadCursor: ``after`` is none of this list.
    """
    marked = select(favourites.c.customer_id).where(favourites.c.user_id == user_id)
    whose: FromClause = regulars
    if mine:
        # The few that are marked are found first, then sorted. Told of the dealer as well, SQLite would
        # rather go through all of the dealer's and ask of each whether it is marked.
        whose = (
            select(regulars)
            .join_from(favourites, regulars, favourites.c.customer_id == regulars.c.customer_id)
            .where(favourites.c.user_id == user_id)
            .cte("marked")
            .prefix_with("MATERIALIZED")
        )
    key = (whose.c.name, whose.c.customer_id, whose.c.vin)
    those = select(*key).where(whose.c.dealer_id == scope.id).order_by(*key).limit(limit + 1)
    if after is not None:
        name, person, vin = key_of(after, 3)
        those = those.where(tuple_(*key) > tuple_(name, uuid_of(person), vin))
    pairs = those.subquery()
    lines = (
        _with_both(
            pairs,
            _any(relations.c.relation == RelationKind.DRIVES.value).label("drives"),
            _any(relations.c.relation == RelationKind.OWNS.value).label("owns"),
            _any(relations.c.primary_driver).label("primary_driver"),
            case((exists(marked.where(favourites.c.customer_id == customers.c.id)), 1), else_=0).label(
                "favourite"
            ),
        )
        .group_by(customers.c.id, vehicles.c.vin)
        .order_by(customers.c.name, customers.c.id, vehicles.c.vin)
    )
    rows = [
        Regular(
            read_customer(row),
            read_vehicle(row),
            bool(row["drives"]),
            bool(row["owns"]),
            bool(row["primary_driver"]),
            bool(row["favourite"]),
        )
        for row in await tx.rows(lines)
    ]
    return page(rows, limit, lambda line: (line.customer.name, str(line.customer.id), line.vehicle.vin))


def _with_both(pairs: Subquery, *facts: ColumnElement[Any]) -> Select[Any]:
    related = and_(relations.c.vin == pairs.c.vin, relations.c.customer_id == pairs.c.customer_id)
    return (
        select(*CUSTOMER, *VEHICLE, *facts)
        .join_from(pairs, relations, related)
        .join(customers, customers.c.id == pairs.c.customer_id)
        .join(vehicles, vehicles.c.vin == pairs.c.vin)
    )


def _any(condition: ColumnElement[bool] | Column[bool]) -> ColumnElement[int]:
    return func.max(case((condition, 1), else_=0))
