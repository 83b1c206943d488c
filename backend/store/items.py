"""Keeps every version of an item that a car was ever to show: whose it is, and how far it is proven to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, insert, or_, select, update

from backend.store.database import Transaction
from backend.store.scope import Dealer, Owner, Scope, System
from backend.tables import appointments, items
from protocol.messages import Revision


@dataclass(frozen=True, slots=True)
class Pushed:
    """One version of one item. ``first`` is the first snapshot that carried it."""

    vin: str
    item: UUID
    ver: int
    kind: str
    dealer_id: UUID
    appointment_id: UUID | None
    announce: bool
    show_from: datetime
    show_until: datetime
    first: Revision
    published_at: datetime | None = None
    received_at: datetime | None = None


async def keep_items(tx: Transaction, scope: System, vin: str, wanted: Sequence[Pushed]) -> None:
    """Note the versions that a new snapshot carries; what is known of the earlier ones stays."""
    rows = await tx.rows(select(items.c.item, items.c.ver).where(items.c.vin == vin))
    known = {(row["item"], row["ver"]) for row in rows}
    for one in wanted:
        if (one.item, one.ver) in known:
            await tx.run(
                update(items)
                .where(items.c.vin == vin, items.c.item == one.item, items.c.ver == one.ver)
                .values(announce=one.announce, show_from=one.show_from, show_until=one.show_until)
            )
    new = [_columns(one) for one in wanted if (one.item, one.ver) not in known]
    if new:
        await tx.run(insert(items), new)


async def items_published(tx: Transaction, scope: System, vin: str, revision: Revision, at: datetime) -> None:
    """Note that a broker has a snapshot that carries them."""
    await tx.run(
        update(items)
        .where(items.c.vin == vin, items.c.published_at.is_(None), _by(revision))
        .values(published_at=at)
    )


async def items_received(
    tx: Transaction, scope: System, vin: str, revision: Revision, at: datetime
) -> list[Pushed]:
    """Note that the car stands on a snapshot that carries them; return those of which that is news."""
    news = await tx.rows(
        select(items)
        .where(items.c.vin == vin, items.c.received_at.is_(None), _by(revision))
        .order_by(items.c.kind, items.c.item, items.c.ver)
    )
    if news:
        await tx.run(
            update(items)
            .where(items.c.vin == vin, items.c.received_at.is_(None), _by(revision))
            .values(received_at=at)
        )
    return [_pushed(row) for row in news]


async def item_of(tx: Transaction, scope: System, vin: str, item: UUID) -> Pushed | None:
    """Return the newest version of an item that this car was told of; None if it never was."""
    row = await tx.row(
        select(items).where(items.c.vin == vin, items.c.item == item).order_by(items.c.ver.desc()).limit(1)
    )
    return None if row is None else _pushed(row)


async def items_of_vehicle(
    tx: Transaction, scope: Scope, vin: str, appointment_id: UUID | None = None
) -> list[Pushed]:
    """Return what a car was told (about one appointment): a dealer sees its own items."""
    query = select(items).where(items.c.vin == vin)
    if appointment_id is not None:
        query = query.where(items.c.appointment_id == appointment_id)
    match scope:
        case Dealer(own):
            query = query.where(items.c.dealer_id == own)
        case Owner(own):
            query = query.join(appointments, items.c.appointment_id == appointments.c.id).where(
                appointments.c.customer_id == own
            )
        case System():
            pass
    rows = await tx.rows(query.order_by(items.c.first_epoch, items.c.first_rev, items.c.kind, items.c.item))
    return [_pushed(row) for row in rows]


def _by(revision: Revision) -> ColumnElement[bool]:
    return or_(
        items.c.first_epoch < revision.epoch,
        and_(items.c.first_epoch == revision.epoch, items.c.first_rev <= revision.rev),
    )


def _columns(one: Pushed) -> dict[str, Any]:
    return {
        "vin": one.vin,
        "item": one.item,
        "ver": one.ver,
        "kind": one.kind,
        "dealer_id": one.dealer_id,
        "appointment_id": one.appointment_id,
        "announce": one.announce,
        "show_from": one.show_from,
        "show_until": one.show_until,
        "first_epoch": one.first.epoch,
        "first_rev": one.first.rev,
    }


def _pushed(row: dict[str, Any]) -> Pushed:
    return Pushed(
        vin=row["vin"],
        item=row["item"],
        ver=row["ver"],
        kind=row["kind"],
        dealer_id=row["dealer_id"],
        appointment_id=row["appointment_id"],
        announce=row["announce"],
        show_from=row["show_from"],
        show_until=row["show_until"],
        first=Revision(row["first_epoch"], row["first_rev"]),
        published_at=row["published_at"],
        received_at=row["received_at"],
    )
