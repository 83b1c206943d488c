"""Keeps the places that a dealer pushed to a car by themselves, apart from any appointment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select

from backend.store.database import Transaction
from backend.store.scope import Dealer, Scope
from backend.tables import destinations
from protocol.values import GeoPoint


@dataclass(frozen=True, slots=True)
class Destination:
    """A place, and the window in which the car offers it."""

    id: UUID
    dealer_id: UUID
    vin: str
    name: str
    address: str
    position: GeoPoint
    show_from: datetime
    show_until: datetime
    created_at: datetime


async def add_destination(tx: Transaction, scope: Dealer, destination: Destination) -> None:
    """Insert a destination of this dealer."""
    await tx.run(
        insert(destinations).values(
            id=destination.id,
            dealer_id=scope.id,
            vin=destination.vin,
            name=destination.name,
            address=destination.address,
            latitude=destination.position.latitude,
            longitude=destination.position.longitude,
            show_from=destination.show_from,
            show_until=destination.show_until,
            created_at=destination.created_at,
        )
    )


async def destinations_of(
    tx: Transaction, scope: Scope, vin: str, *, now: datetime, since: datetime
) -> list[Destination]:
    """Return a car's destinations, pushed at or after ``since``, whose window has not ended."""
    query = (
        select(destinations)
        .where(
            destinations.c.vin == vin,
            destinations.c.show_until > now,
            destinations.c.created_at >= since,
        )
        .order_by(destinations.c.created_at, destinations.c.id)
    )
    if isinstance(scope, Dealer):
        query = query.where(destinations.c.dealer_id == scope.id)
    return [
        Destination(
            row["id"],
            row["dealer_id"],
            row["vin"],
            row["name"],
            row["address"],
            GeoPoint(latitude=row["latitude"], longitude=row["longitude"]),
            row["show_from"],
            row["show_until"],
            row["created_at"],
        )
        for row in await tx.rows(query)
    ]
