"""Keeps the people of the register, and what they have to do with its vehicles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, insert, literal, or_, select, update

from backend.store.database import Transaction, sortable
from backend.store.scope import Dealer, Owner, Scope, System
from backend.tables import appointments, customers, regulars, relations
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
            return or_(
                customers.c.created_by == own,
                customers.c.preferred_dealer_id == own,
                exists().where(appointments.c.customer_id == customers.c.id, appointments.c.dealer_id == own),
                exists().where(regulars.c.customer_id == customers.c.id, regulars.c.dealer_id == own),
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
