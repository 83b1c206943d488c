"""Keeps the people of the register, and says which of them are whose workshop customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, insert, literal, or_, select, tuple_, update

from backend.store.database import Transaction, sortable
from backend.store.paging import Page, key_of, page, uuid_of
from backend.store.scope import Dealer, Owner, Scope, System
from backend.store.vehicles import VEHICLE, Vehicle, read_vehicle
from backend.tables import appointments, customers, relations, vehicles
from protocol.language import Language


@dataclass(frozen=True, slots=True)
class Customer:
    """One person. ``reminder_days`` (1 to 4) is the setting of My Volvo."""

    id: UUID
    name: str
    email: str
    phone: str
    language: Language
    reminder_days: int
    preferred_dealer_id: UUID | None
    created_by: UUID | None
    created_at: datetime
    version: int = 1


class RelationKind(StrEnum):
    """What a person has to do with a vehicle."""

    DRIVES = "drives"
    OWNS = "owns"


@dataclass(frozen=True, slots=True)
class Relation:
    """One person's relation to one vehicle; only one who drives it can be its primary driver."""

    vin: str
    customer_id: UUID
    relation: RelationKind
    primary: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class WorkshopCustomer:
    """One line of the tab *Workshop Customers*: a person with one of the vehicles."""

    customer: Customer
    vehicle: Vehicle
    relation: RelationKind
    primary: bool


_CUSTOMER = [column.label(f"customer_{column.name}") for column in customers.c]


async def add_customer(tx: Transaction, scope: Dealer | System, customer: Customer) -> None:
    """Insert a person."""
    await tx.run(insert(customers).values(_columns(customer)))


async def save_customer(tx: Transaction, scope: Scope, customer: Customer) -> None:
    """Replace a person's data."""
    await tx.run(
        update(customers).where(customers.c.id == customer.id, _may_see(scope)).values(_columns(customer))
    )
    await tx.run(
        update(appointments)
        .where(appointments.c.customer_id == customer.id)
        .values(by_customer=sortable(literal(customer.name)))
    )


async def find_customer(
    tx: Transaction, scope: Scope, customer_id: UUID, *, lock: bool = False
) -> Customer | None:
    """Return a person whom the scope may see: for a dealer, one that it added, serves, or is preferred by."""
    query = select(*_CUSTOMER).where(customers.c.id == customer_id, _may_see(scope))
    row = await tx.row(query.with_for_update() if lock else query)
    return None if row is None else read_customer(row)


async def customer_exists(tx: Transaction, scope: Dealer | System, customer_id: UUID) -> Customer | None:
    """Return a person of the common register by id, which a dealer learns by an exact search only."""
    row = await tx.row(select(*_CUSTOMER).where(customers.c.id == customer_id))
    return None if row is None else read_customer(row)


async def customers_by_email(tx: Transaction, scope: Dealer | System, email: str) -> list[Customer]:
    """Return the people with exactly this address, whoever's they are. Audit it."""
    rows = await tx.rows(select(*_CUSTOMER).where(customers.c.email_key == email_key(email)))
    return [read_customer(row) for row in rows]


async def customers_by_name(tx: Transaction, scope: Dealer, name: str, limit: int) -> list[Customer]:
    """Return the dealer's own people whose name has ``name`` in it, capitals aside."""
    lowered = func.lower(customers.c.name)
    # SQLite lowers only A to Z: a name keeps its capital umlauts, and is looked for with and without them.
    forms = {_ascii_lower(form) for form in (name, name.lower(), name.title())}
    rows = await tx.rows(
        select(*_CUSTOMER)
        .where(or_(*(lowered.contains(form, autoescape=True) for form in sorted(forms))), _may_see(scope))
        .order_by(customers.c.name, customers.c.id)
        .limit(limit)
    )
    return [read_customer(row) for row in rows]


async def workshop_customers(
    tx: Transaction, scope: Dealer, *, mine: bool, after: str | None, limit: int
) -> Page[WorkshopCustomer]:
    """Return the lines of the tab *Workshop Customers*, by name.

    A person with a vehicle is in it while the two have an open appointment with this dealer, or while the
    vehicle's primary driver prefers this dealer. ``mine``: only people whose preferred dealer this is.

    Raises:
        BadCursor: ``after`` is none of this list.
    """
    key = (customers.c.name, customers.c.id, relations.c.vin, relations.c.relation)
    query = (
        select(*_CUSTOMER, *VEHICLE, relations.c.relation, relations.c.primary_driver)
        .join_from(relations, customers, relations.c.customer_id == customers.c.id)
        .join(vehicles, relations.c.vin == vehicles.c.vin)
        .where(is_workshop_customer(scope))
        .order_by(*key)
        .limit(limit + 1)
    )
    if mine:
        query = query.where(customers.c.preferred_dealer_id == scope.id)
    if after is not None:
        name, person, vin, relation = key_of(after, 4)
        query = query.where(tuple_(*key) > tuple_(name, uuid_of(person), vin, relation))
    rows = [
        WorkshopCustomer(
            read_customer(row),
            read_vehicle(row),
            RelationKind(row["relation"]),
            row["primary_driver"],
        )
        for row in await tx.rows(query)
    ]
    return page(
        rows,
        limit,
        lambda line: (line.customer.name, str(line.customer.id), line.vehicle.vin, line.relation.value),
    )


async def relations_of(tx: Transaction, scope: Scope, vin: str) -> tuple[Relation, ...]:
    """Return everybody's relations to a vehicle, oldest first; an owner sees its own."""
    query = (
        select(relations)
        .where(relations.c.vin == vin)
        .order_by(relations.c.since, relations.c.customer_id, relations.c.relation)
    )
    if isinstance(scope, Owner):
        query = query.where(relations.c.customer_id == scope.id)
    return tuple(_relation(row) for row in await tx.rows(query))


async def replace_relations(
    tx: Transaction, scope: Dealer | System, vin: str, wanted: tuple[Relation, ...]
) -> None:
    """Make these the vehicle's relations."""
    await tx.run(relations.delete().where(relations.c.vin == vin))
    if wanted:
        await tx.run(
            insert(relations),
            [
                {
                    "vin": vin,
                    "customer_id": relation.customer_id,
                    "relation": relation.relation.value,
                    "primary_driver": relation.primary,
                    "since": relation.since,
                }
                for relation in wanted
            ],
        )


async def vins_of(tx: Transaction, scope: System, customer_id: UUID) -> list[str]:
    """Return the vehicles that a person has to do with, in an order that all writers share."""
    rows = await tx.rows(
        select(relations.c.vin)
        .where(relations.c.customer_id == customer_id)
        .distinct()
        .order_by(relations.c.vin)
    )
    return [row["vin"] for row in rows]


def email_key(email: str) -> str:
    """Return the form in which addresses are compared."""
    return email.strip().casefold()


def read_customer(row: dict[str, Any]) -> Customer:
    """Turn a row with columns named ``customer_...`` into a person."""
    return Customer(
        id=row["customer_id"],
        name=row["customer_name"],
        email=row["customer_email"],
        phone=row["customer_phone"],
        language=Language(row["customer_language"]),
        reminder_days=row["customer_reminder_days"],
        preferred_dealer_id=row["customer_preferred_dealer_id"],
        created_by=row["customer_created_by"],
        created_at=row["customer_created_at"],
        version=row["customer_version"],
    )


CUSTOMER = tuple(_CUSTOMER)
"""The columns that :func:`read_customer` reads, for joins."""


def _relation(row: dict[str, Any]) -> Relation:
    return Relation(
        row["vin"], row["customer_id"], RelationKind(row["relation"]), row["primary_driver"], row["since"]
    )


def _may_see(scope: Scope) -> ColumnElement[bool]:
    match scope:
        case System():
            return customers.c.id.is_not(None)
        case Owner(own):
            return customers.c.id == own
        case Dealer(own):
            related = relations.alias()
            return or_(
                customers.c.created_by == own,
                customers.c.preferred_dealer_id == own,
                exists().where(appointments.c.customer_id == customers.c.id, appointments.c.dealer_id == own),
                exists().where(
                    related.c.customer_id == customers.c.id, _primary_driver_prefers(scope, related.c.vin)
                ),
            )


def is_workshop_customer(scope: Dealer) -> ColumnElement[bool]:
    """Return whether a relation is one of the dealer's workshop customers: the seed's rule."""
    return or_(_has_open_appointment(scope), _primary_driver_prefers(scope))


def _has_open_appointment(scope: Dealer) -> ColumnElement[bool]:
    return exists().where(
        appointments.c.customer_id == relations.c.customer_id,
        appointments.c.vin == relations.c.vin,
        appointments.c.dealer_id == scope.id,
        appointments.c.ended_at.is_(None),
    )


def _primary_driver_prefers(scope: Dealer, vin: Any = relations.c.vin) -> ColumnElement[bool]:
    primary, driver = relations.alias(), customers.alias()
    return exists().where(
        and_(
            primary.c.vin == vin,
            primary.c.primary_driver,
            driver.c.id == primary.c.customer_id,
            driver.c.preferred_dealer_id == scope.id,
        )
    )


def _ascii_lower(text: str) -> str:
    return "".join(char.lower() if char.isascii() else char for char in text)


def _columns(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.id,
        "name": customer.name,
        "email": customer.email,
        "email_key": email_key(customer.email),
        "phone": customer.phone,
        "language": customer.language.value,
        "reminder_days": customer.reminder_days,
        "preferred_dealer_id": customer.preferred_dealer_id,
        "created_by": customer.created_by,
        "created_at": customer.created_at,
        "version": customer.version,
    }
