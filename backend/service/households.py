"""Reads people and vehicles together: whose vehicles, whose drivers, whose appointments with this dealer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from backend.appointment import Appointment
from backend.service.office import Work
from backend.store import appointments, customers, vehicles
from backend.store.customers import Customer, Relation, RelationKind
from backend.store.scope import Dealer, System
from backend.store.vehicles import Vehicle


@dataclass(frozen=True, slots=True)
class Tie:
    """All that one person has to do with one vehicle."""

    vin: str
    customer_id: UUID
    drives: bool
    owns: bool
    primary: bool


@dataclass(frozen=True, slots=True)
class Driven:
    """One vehicle of a person."""

    vehicle: Vehicle
    tie: Tie


@dataclass(frozen=True, slots=True)
class Related:
    """One person of a vehicle; ``customer`` is None for one of whom this dealer may know nothing."""

    customer: Customer | None
    tie: Tie


def ties(related: Iterable[Relation]) -> tuple[Tie, ...]:
    """Return relations put together by person and vehicle, in their order."""
    together: dict[tuple[str, UUID], list[Relation]] = {}
    for one in related:
        together.setdefault((one.vin, one.customer_id), []).append(one)
    return tuple(
        Tie(
            vin,
            customer_id,
            drives=any(one.relation is RelationKind.DRIVES for one in several),
            owns=any(one.relation is RelationKind.OWNS for one in several),
            primary=any(one.primary for one in several),
        )
        for (vin, customer_id), several in together.items()
    )


async def may_see(work: Work, scope: Dealer, customer_id: UUID) -> bool:
    """Tell whether a person is one of those whom this dealer may look at and change."""
    return await customers.find_customer(work.tx, scope, customer_id) is not None


async def knows_vehicle(work: Work, scope: Dealer, vin: str) -> bool:
    """Tell whether a vehicle is one of those that this dealer may look at and change."""
    return await vehicles.find_vehicle(work.tx, scope, vin) is not None


async def vehicles_of(work: Work, scope: Dealer, customer_id: UUID) -> tuple[Driven, ...]:
    """Return a person's vehicles, as far as this dealer has to do with them."""
    driven = []
    for vin in await customers.vins_of(work.tx, System(), customer_id):
        known = await vehicles.find_vehicle(work.tx, scope, vin)
        if known is not None:
            mine = ties(await customers.relations_of(work.tx, scope, vin))
            driven += [Driven(known, tie) for tie in mine if tie.customer_id == customer_id]
    return tuple(driven)


async def people_of(work: Work, scope: Dealer, vin: str) -> tuple[Related, ...]:
    """Return everybody who drives or owns a vehicle."""
    return tuple(
        [
            Related(await customers.find_customer(work.tx, scope, tie.customer_id), tie)
            for tie in ties(await customers.relations_of(work.tx, scope, vin))
        ]
    )


async def appointments_of(work: Work, scope: Dealer, customer_id: UUID) -> tuple[Appointment, ...]:
    """Return all appointments that a person ever had with this dealer, newest first."""
    found = await appointments.appointments_of_customer(work.tx, scope, customer_id)
    return tuple(sorted(found, key=lambda one: (one.created_at, one.number), reverse=True))
