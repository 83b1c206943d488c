"""Finds people and vehicles beyond a dealer's own, by one exact key; the audit keeps who looked for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from backend.service.errors import Invalid
from backend.service.office import Work
from backend.store import customers, vehicles
from backend.store.customers import Customer, Relation, email_key
from backend.store.scope import Dealer, System
from backend.store.vehicles import Vehicle

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Found:
    """One line of a search: a vehicle with a person, or one without the other."""

    customer: Customer | None
    vehicle: Vehicle | None
    relation: Relation | None


async def search(
    work: Work,
    scope: Dealer,
    who: str,
    *,
    vin: str | None = None,
    plate: str | None = None,
    email: str | None = None,
) -> tuple[Found, ...]:
    """Find people and vehicles of the whole register by exactly one exact key. The audit keeps who searched.

    Raises:
        Invalid: not exactly one key is given.
    """
    keys = {name: key for name, key in (("vin", vin), ("plate", plate), ("email", email)) if key}
    if len(keys) != 1:
        raise Invalid("vin", "give exactly one of vin, plate and email")
    (name, key), *_ = keys.items()
    lines: list[Found] = []
    if name == "email":
        for person in await customers.customers_by_email(work.tx, scope, key):
            lines += await _lines_of_person(work, person)
    else:
        hits = await _vehicles(work, scope, name, key)
        for hit in hits:
            lines += await _lines_of_vehicle(work, hit)
    subject = email_key(key) if name == "email" else vehicles.plate_key(key)
    await work.note(scope, who, f"search_{name}", subject, f"{len(lines)} found")
    return tuple(lines)


async def search_own(work: Work, scope: Dealer, name: str) -> tuple[Found, ...]:
    """Find the dealer's own customers by a part of their name; nobody else's are looked at.

    Longer than ``MOST`` people the answer never gets: a longer part of the name finds fewer.
    """
    lines: list[Found] = []
    for person in await customers.customers_by_name(work.tx, scope, name, MOST):
        lines += await _lines_of_person(work, person)
    return tuple(lines)


async def _vehicles(work: Work, scope: Dealer, name: str, key: str) -> list[Vehicle]:
    if name == "plate":
        return await vehicles.vehicles_by_plate(work.tx, scope, key)
    found = await vehicles.vehicle_exists(work.tx, scope, key.strip().upper())
    return [] if found is None else [found]


async def _lines_of_vehicle(work: Work, hit: Vehicle) -> list[Found]:
    lines = [
        Found(await customers.customer_exists(work.tx, System(), relation.customer_id), hit, relation)
        for relation in await customers.relations_of(work.tx, System(), hit.vin)
    ]
    return lines or [Found(None, hit, None)]


async def _lines_of_person(work: Work, person: Customer) -> list[Found]:
    lines = []
    for vin in await customers.vins_of(work.tx, System(), person.id):
        hit = await vehicles.vehicle_exists(work.tx, System(), vin)
        lines += [
            Found(person, hit, relation)
            for relation in await customers.relations_of(work.tx, System(), vin)
            if relation.customer_id == person.id
        ]
    return lines or [Found(person, None, None)]
