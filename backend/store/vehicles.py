"""Keeps the vehicles: what is known of each, what it shall stand on, and what it says it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, insert, literal, or_, select, update

from backend.store.database import Transaction, sortable
from backend.store.scope import Dealer, Owner, Scope, System
from backend.tables import appointments, customers, relations, vehicles
from protocol.messages import NO_REVISION, Content, Revision, digest_of

UNBORN: Final = Revision(1, 0)
"""What a vehicle stands on before it was told anything."""


@dataclass(frozen=True, slots=True)
class CarState:
    """What the car itself has told; None where it has not."""

    store_id: UUID | None = None
    hello_n: int | None = None
    hello_at: datetime | None = None
    language: str | None = None
    profile: str | None = None
    navigation: bool | None = None
    notifications_on: bool | None = None
    received: Revision = NO_REVISION
    received_digest: str | None = None
    received_at: datetime | None = None
    online: bool = False
    boot_id: UUID | None = None
    presence_at: datetime | None = None
    rejected: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """The desired state of a car, and how far it got: ``published_rev`` below ``rev`` is the outbox."""

    revision: Revision = UNBORN
    content: str | None = None
    """JSON, as it was made: it is published again word for word."""
    digest: str | None = None
    changed_at: datetime | None = None
    published_rev: int | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle of the register."""

    vin: str
    model: str
    model_year: int | None
    plate: str
    odometer_km: int | None
    connected: bool
    full_details: bool
    created_by: UUID | None
    created_at: datetime
    owned_since: datetime
    version: int = 1
    car: CarState = CarState()
    wanted: Wanted = Wanted()


VEHICLE = tuple(column.label(f"vehicle_{column.name}") for column in vehicles.c)
"""The columns that :func:`read_vehicle` reads, for joins."""


async def add_vehicle(tx: Transaction, scope: Dealer | System, vehicle: Vehicle) -> None:
    """Insert a vehicle."""
    await tx.run(insert(vehicles).values(_register_columns(vehicle)))


async def save_vehicle(tx: Transaction, scope: Dealer | System, vehicle: Vehicle) -> None:
    """Replace what the register knows of a vehicle (not what it shall stand on, nor what it said)."""
    await tx.run(
        update(vehicles)
        .where(vehicles.c.vin == vehicle.vin, _may_see(scope))
        .values(_register_columns(vehicle))
    )
    await tx.run(
        update(appointments)
        .where(appointments.c.vin == vehicle.vin)
        .values(by_model=sortable(literal(vehicle.model)), by_year=vehicle.model_year or 0)
    )


async def find_vehicle(tx: Transaction, scope: Scope, vin: str, *, lock: bool = False) -> Vehicle | None:
    """Return a vehicle that the scope may see; with ``lock``, nobody else writes to it until the commit."""
    query = select(*VEHICLE).where(vehicles.c.vin == vin, _may_see(scope))
    row = await tx.row(query.with_for_update() if lock else query)
    return None if row is None else read_vehicle(row)


async def vehicle_exists(
    tx: Transaction, scope: Dealer | System, vin: str, *, lock: bool = False
) -> Vehicle | None:
    """Return a vehicle of the common register by its VIN, whoever's customer's it is."""
    query = select(*VEHICLE).where(vehicles.c.vin == vin)
    row = await tx.row(query.with_for_update() if lock else query)
    return None if row is None else read_vehicle(row)


async def vehicles_by_plate(tx: Transaction, scope: Dealer | System, plate: str) -> list[Vehicle]:
    """Return the vehicles with exactly this plate (spaces, hyphens and case aside). Audit it."""
    rows = await tx.rows(select(*VEHICLE).where(vehicles.c.plate_key == plate_key(plate)))
    return [read_vehicle(row) for row in rows]


async def want(  # noqa: PLR0917 - who acts for whom, on what: read in this order at every call
    tx: Transaction, scope: System, vin: str, revision: Revision, content: Content, at: datetime
) -> None:
    """Set what a car shall stand on. The caller holds the vehicle's lock and has counted ``revision`` up."""
    await tx.run(
        update(vehicles)
        .where(vehicles.c.vin == vin)
        .values(
            epoch=revision.epoch,
            rev=revision.rev,
            content=content.model_dump_json(),
            digest=digest_of(content),
            changed_at=at,
            dirty=True,
        )
    )


async def heard(tx: Transaction, scope: System, vin: str, car: CarState) -> None:
    """Replace what a car has told of itself. The caller holds the vehicle's lock."""
    await tx.run(
        update(vehicles)
        .where(vehicles.c.vin == vin)
        .values(
            store_id=car.store_id,
            hello_n=car.hello_n,
            hello_at=car.hello_at,
            language=car.language,
            profile=car.profile,
            navigation=car.navigation,
            notifications_on=car.notifications_on,
            received_epoch=car.received.epoch,
            received_rev=car.received.rev,
            received_digest=car.received_digest,
            received_at=car.received_at,
            online=car.online,
            boot_id=car.boot_id,
            presence_at=car.presence_at,
            rejected=car.rejected,
        )
    )


def content_of(vehicle: Vehicle) -> Content | None:
    """Return what the car shall stand on, read; None where it was never told anything."""
    stored = vehicle.wanted.content
    return None if stored is None else Content.model_validate_json(stored)


def plate_key(plate: str) -> str:
    """Return the form in which plates are compared."""
    return "".join(char for char in plate.upper() if char.isalnum())


def read_vehicle(row: dict[str, Any]) -> Vehicle:
    """Turn a row with columns named ``vehicle_...`` into a vehicle."""
    found = {
        name.removeprefix("vehicle_"): value for name, value in row.items() if name.startswith("vehicle_")
    }
    return Vehicle(
        vin=found["vin"],
        model=found["model"],
        model_year=found["model_year"],
        plate=found["plate"],
        odometer_km=found["odometer_km"],
        connected=found["connected"],
        full_details=found["full_details"],
        created_by=found["created_by"],
        created_at=found["created_at"],
        owned_since=found["owned_since"],
        version=found["version"],
        car=CarState(
            store_id=found["store_id"],
            hello_n=found["hello_n"],
            hello_at=found["hello_at"],
            language=found["language"],
            profile=found["profile"],
            navigation=found["navigation"],
            notifications_on=found["notifications_on"],
            received=Revision(found["received_epoch"], found["received_rev"]),
            received_digest=found["received_digest"],
            received_at=found["received_at"],
            online=found["online"],
            boot_id=found["boot_id"],
            presence_at=found["presence_at"],
            rejected=found["rejected"],
        ),
        wanted=Wanted(
            revision=Revision(found["epoch"], found["rev"]),
            content=found["content"],
            digest=found["digest"],
            changed_at=found["changed_at"],
            published_rev=found["published_rev"],
            published_at=found["published_at"],
        ),
    )


def _may_see(scope: Scope) -> ColumnElement[bool]:
    match scope:
        case System():
            return vehicles.c.vin.is_not(None)
        case Owner(own):
            return exists().where(relations.c.vin == vehicles.c.vin, relations.c.customer_id == own)
        case Dealer(own):
            return or_(
                vehicles.c.created_by == own,
                exists().where(appointments.c.vin == vehicles.c.vin, appointments.c.dealer_id == own),
                exists().where(
                    relations.c.vin == vehicles.c.vin,
                    relations.c.customer_id == customers.c.id,
                    or_(customers.c.preferred_dealer_id == own, customers.c.created_by == own),
                ),
            )


def _register_columns(vehicle: Vehicle) -> dict[str, Any]:
    return {
        "vin": vehicle.vin,
        "model": vehicle.model,
        "model_year": vehicle.model_year,
        "plate": vehicle.plate,
        "plate_key": plate_key(vehicle.plate),
        "odometer_km": vehicle.odometer_km,
        "connected": vehicle.connected,
        "full_details": vehicle.full_details,
        "created_by": vehicle.created_by,
        "created_at": vehicle.created_at,
        "owned_since": vehicle.owned_since,
        "version": vehicle.version,
    }
