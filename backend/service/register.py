"""The common register of people and vehicles; looking beyond one's own is audited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final
from uuid import UUID, uuid4

from backend.service import snapshots
from backend.service.dealers import market, workshop_of
from backend.service.errors import Conflict, Invalid, NotFound, StaleRecord
from backend.service.happenings import set_timers
from backend.service.office import Work
from backend.service.ownership import change_owner, relate, unrelate
from backend.service.searching import Found, search
from backend.store import appointments, customers, dealers, regulars, vehicles
from backend.store.customers import Customer, Relation
from backend.store.paging import Page
from backend.store.regulars import WorkshopCustomer
from backend.store.scope import Dealer, Scope, System
from backend.store.vehicles import Vehicle
from protocol.language import Language

__all__ = [
    "UNSET",
    "CustomerEdit",
    "Found",
    "NewCustomer",
    "NewVehicle",
    "Unset",
    "VehicleEdit",
    "add_customer",
    "add_vehicle",
    "change_owner",
    "customer",
    "edit_customer",
    "edit_vehicle",
    "relate",
    "relations",
    "search",
    "unrelate",
    "vehicle",
    "workshop_customers",
]


class Unset(Enum):
    """Stands for a field that an edit leaves as it is, where None means *nobody*."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCustomer:
    """A person to be added. Without ``reminder_days`` My Volvo's own setting holds: 3."""

    name: str
    email: str
    phone: str = ""
    language: Language = Language.ENGLISH
    reminder_days: int = 3
    preferred_dealer_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerEdit:
    """What becomes different of a person; None = as it is."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    language: Language | None = None
    reminder_days: int | None = None
    preferred_dealer_id: UUID | Unset | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVehicle:
    """A vehicle to be added."""

    vin: str
    model: str
    plate: str = ""
    model_year: int | None = None
    odometer_km: int | None = None
    connected: bool = True
    full_details: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleEdit:
    """What becomes different of a vehicle; None = as it is."""

    model: str | None = None
    plate: str | None = None
    model_year: int | None = None
    odometer_km: int | None = None
    connected: bool | None = None
    full_details: bool | None = None


async def add_customer(work: Work, scope: Dealer, new: NewCustomer) -> Customer:
    """Add a person to the register.

    Raises:
        Invalid: there is no such preferred dealer.
    """
    await _check_dealer(work, new.preferred_dealer_id)
    customer = Customer(
        id=uuid4(),
        name=new.name,
        email=new.email,
        phone=new.phone,
        language=new.language,
        reminder_days=new.reminder_days,
        preferred_dealer_id=new.preferred_dealer_id,
        created_by=scope.id,
        created_at=work.now,
    )
    await customers.add_customer(work.tx, scope, customer)
    await work.note(scope, "dealer", "add_customer", customer.id)
    return customer


async def customer(work: Work, scope: Scope, customer_id: UUID) -> Customer:
    """Return a person whom the scope may see.

    Raises:
        NotFound: there is none, or the dealer has nothing to do with the person.
    """
    found = await customers.find_customer(work.tx, scope, customer_id)
    if found is None:
        raise NotFound("customer", customer_id)
    return found


async def edit_customer(
    work: Work, scope: Scope, customer_id: UUID, version: int | None, edit: CustomerEdit
) -> Customer:
    """Change a person's data; another number of reminder days moves what has not been sent yet.

    Raises:
        NotFound: there is none, or the dealer has nothing to do with the person.
        StaleRecord: it is at another version than ``version``.
        Invalid: there is no such preferred dealer.
    """
    vins = await customers.vins_of(work.tx, System(), customer_id)
    open_ones = await appointments.open_of_customer(work.tx, System(), customer_id)
    touched = sorted({*vins, *(one.subject.vin for one in open_ones)})
    for vin in touched:
        await vehicles.vehicle_exists(work.tx, System(), vin, lock=True)
    current = await customers.find_customer(work.tx, scope, customer_id, lock=True)
    if current is None:
        raise NotFound("customer", customer_id)
    _check_version(version, current.version)
    preferred = (
        current.preferred_dealer_id
        if isinstance(edit.preferred_dealer_id, Unset)
        else edit.preferred_dealer_id
    )
    await _check_dealer(work, preferred)
    changed = replace(
        current,
        name=current.name if edit.name is None else edit.name,
        email=current.email if edit.email is None else edit.email,
        phone=current.phone if edit.phone is None else edit.phone,
        language=current.language if edit.language is None else edit.language,
        reminder_days=current.reminder_days if edit.reminder_days is None else edit.reminder_days,
        preferred_dealer_id=preferred,
    )
    if changed == current:
        return current
    changed = replace(changed, version=current.version + 1)
    await customers.save_customer(work.tx, System(), changed)
    # The locks are held now: what was read before them may have changed.
    for one in await appointments.open_of_customer(work.tx, System(), customer_id):
        place = await workshop_of(work, System(), one.subject.dealer_id)
        await set_timers(work, one, changed, market(place))
    for vin in touched:
        await regulars.renew(work.tx, System(), vin)
        await snapshots.refresh(work, vin)
    await work.note(scope, _role(scope), "edit_customer", customer_id)
    return changed


async def workshop_customers(
    work: Work, scope: Dealer, after: str | None, limit: int, *, mine: bool = False
) -> Page[WorkshopCustomer]:
    """Return a page of the tab *Workshop Customers*.

    Raises:
        BadCursor: ``after`` is none of this list.
    """
    return await regulars.by_relation(work.tx, scope, mine=mine, after=after, limit=limit)


async def add_vehicle(work: Work, scope: Dealer, new: NewVehicle) -> Vehicle:
    """Add a vehicle to the register.

    Raises:
        Conflict: the VIN is known already.
    """
    if await vehicles.vehicle_exists(work.tx, scope, new.vin) is not None:
        raise Conflict(f"the vehicle {new.vin} is in the register already; search for it by its VIN")
    vehicle = Vehicle(
        vin=new.vin,
        model=new.model,
        model_year=new.model_year,
        plate=new.plate,
        odometer_km=new.odometer_km,
        connected=new.connected,
        full_details=new.full_details,
        created_by=scope.id,
        created_at=work.now,
        owned_since=work.now,
    )
    await vehicles.add_vehicle(work.tx, scope, vehicle)
    await snapshots.refresh(work, new.vin)
    await work.note(scope, "dealer", "add_vehicle", new.vin)
    return vehicle


async def vehicle(work: Work, scope: Scope, vin: str) -> Vehicle:
    """Return a vehicle that the scope may see.

    Raises:
        NotFound: there is none, or the dealer has nothing to do with it.
    """
    found = await vehicles.find_vehicle(work.tx, scope, vin)
    if found is None:
        raise NotFound("vehicle", vin)
    return found


async def edit_vehicle(
    work: Work, scope: Dealer, vin: str, version: int | None, edit: VehicleEdit
) -> Vehicle:
    """Change what the register knows of a vehicle.

    Raises:
        NotFound: there is none, or the dealer has nothing to do with it.
        StaleRecord: it is at another version than ``version``.
    """
    current = await vehicles.find_vehicle(work.tx, scope, vin, lock=True)
    if current is None:
        raise NotFound("vehicle", vin)
    _check_version(version, current.version)
    changed = replace(
        current,
        model=current.model if edit.model is None else edit.model,
        plate=current.plate if edit.plate is None else edit.plate,
        model_year=current.model_year if edit.model_year is None else edit.model_year,
        odometer_km=current.odometer_km if edit.odometer_km is None else edit.odometer_km,
        connected=current.connected if edit.connected is None else edit.connected,
        full_details=current.full_details if edit.full_details is None else edit.full_details,
    )
    if changed == current:
        return current
    changed = replace(changed, version=current.version + 1)
    await vehicles.save_vehicle(work.tx, System(), changed)
    await snapshots.refresh(work, vin)
    await work.note(scope, "dealer", "edit_vehicle", vin)
    return await vehicle(work, scope, vin)


async def relations(work: Work, scope: Scope, vin: str) -> tuple[Relation, ...]:
    """Return who drives and who owns a vehicle.

    Raises:
        NotFound: there is none, or the dealer has nothing to do with it.
    """
    await vehicle(work, scope, vin)
    return await customers.relations_of(work.tx, scope, vin)


async def _check_dealer(work: Work, dealer_id: UUID | None) -> None:
    if dealer_id is not None and await dealers.dealer(work.tx, System(), dealer_id) is None:
        raise Invalid("preferred_dealer_id", f"there is no dealer {dealer_id}")


def _check_version(asked: int | None, current: int) -> None:
    if asked is not None and asked != current:
        raise StaleRecord(asked, current)


def _role(scope: Scope) -> str:
    return type(scope).__name__.lower()
