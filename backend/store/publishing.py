"""Keeps which desired states a broker still has to be told: ``dirty`` rows are the outbox of the wire.

A vehicle is dirty from the commit of a change until a publish of that very revision is marked. A refresh
makes it dirty again without counting the revision up, so that it publishes the same words.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, true, update

from backend.store.database import Transaction
from backend.store.items import items_published
from backend.store.scope import System
from backend.tables import marker, vehicles
from protocol.messages import Revision


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a publisher needs of one dirty vehicle; ``content`` is JSON as it was stored."""

    vin: str
    revision: Revision
    content: str
    digest: str
    for_store: UUID | None
    lease_until: datetime
    """Tells this claim from any other: whoever claims or refreshes after it has another."""


async def claim_dirty(
    tx: Transaction,
    scope: System,
    *,
    technical: datetime,
    lease_until: datetime,
    most: int,
    node: str,
    among: Collection[str] = (),
) -> tuple[Parcel, ...]:
    """Take up to ``most`` dirty vehicles that nobody else has, for ``node`` and the length of a lease.

    ``among``: only of these, if any are named.
    """
    rows = await tx.rows(
        select(
            vehicles.c.vin,
            vehicles.c.epoch,
            vehicles.c.rev,
            vehicles.c.content,
            vehicles.c.digest,
            vehicles.c.store_id,
        )
        .where(
            vehicles.c.dirty,
            vehicles.c.content.is_not(None),
            or_(vehicles.c.lease_until.is_(None), vehicles.c.lease_until <= technical),
            vehicles.c.vin.in_(among) if among else true(),
        )
        # Changes go before refreshes: telling a broker everything again takes a while.
        .order_by(vehicles.c.published_rev.is_(None), vehicles.c.changed_at, vehicles.c.vin)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    if rows:
        await tx.run(
            update(vehicles)
            .where(vehicles.c.vin.in_([row["vin"] for row in rows]))
            .values(lease_until=lease_until, lease_by=node)
        )
    return tuple(
        Parcel(
            row["vin"],
            Revision(row["epoch"], row["rev"]),
            row["content"],
            row["digest"],
            row["store_id"],
            lease_until,
        )
        for row in rows
    )


async def mark_published(tx: Transaction, scope: System, parcel: Parcel, *, at: datetime, count: int) -> bool:
    """Note that a broker has this parcel; False if the vehicle has moved on meanwhile: publish again."""
    touched = await tx.run(
        update(vehicles)
        .where(
            vehicles.c.vin == parcel.vin,
            vehicles.c.epoch == parcel.revision.epoch,
            vehicles.c.rev == parcel.revision.rev,
            vehicles.c.lease_until == parcel.lease_until,
        )
        .values(
            published_rev=parcel.revision.rev,
            published_at=at,
            published_marker=count,
            dirty=False,
            lease_until=None,
        )
    )
    if touched:
        await items_published(tx, scope, parcel.vin, parcel.revision, at)
    else:
        await release(tx, scope, parcel)
    return touched > 0


async def release(tx: Transaction, scope: System, parcel: Parcel) -> None:
    """Give a vehicle back that could not be published: it stays dirty for the next who asks."""
    await tx.run(
        update(vehicles)
        .where(vehicles.c.vin == parcel.vin, vehicles.c.lease_until == parcel.lease_until)
        .values(lease_until=None)
    )


async def free(tx: Transaction, scope: System, node: str) -> int:
    """Give back what an earlier life of this node had claimed and never marked; return how many that were."""
    return await tx.run(
        update(vehicles)
        .where(vehicles.c.lease_by == node, vehicles.c.lease_until.is_not(None))
        .values(lease_until=None)
    )


async def make_dirty(tx: Transaction, scope: System, vins: Sequence[str]) -> None:
    """Have these vehicles' states published again as they are, even if that is just being done."""
    if vins:
        await tx.run(
            update(vehicles)
            .where(vehicles.c.vin.in_(vins), vehicles.c.content.is_not(None))
            .values(published_rev=None, dirty=True, lease_until=None)
        )


async def published_since(
    tx: Transaction, scope: System, count: int | None, *, after: str, most: int
) -> list[str]:
    """Lock and return vehicles whose states a broker that remembers marker ``count`` may have lost.

    None stands for a broker that remembers nothing.
    """
    query = select(vehicles.c.vin).where(vehicles.c.content.is_not(None), vehicles.c.vin > after)
    if count is not None:
        query = query.where(or_(vehicles.c.published_marker >= count, vehicles.c.published_marker.is_(None)))
    query = query.order_by(vehicles.c.vin).limit(most).with_for_update()
    return [row["vin"] for row in await tx.rows(query)]


async def dirty_count(tx: Transaction, scope: System) -> int:
    """Count the vehicles that wait to be published."""
    return int(
        await tx.value(
            select(func.count())
            .select_from(vehicles)
            .where(vehicles.c.dirty, vehicles.c.content.is_not(None))
        )
        or 0
    )


async def behind(tx: Transaction, scope: System) -> str | None:
    """Return a vehicle that is online and has not confirmed its latest state, if there is one."""
    found = await tx.value(
        select(vehicles.c.vin)
        .where(
            vehicles.c.online,
            vehicles.c.content.is_not(None),
            or_(
                vehicles.c.received_epoch < vehicles.c.epoch,
                (vehicles.c.received_epoch == vehicles.c.epoch) & (vehicles.c.received_rev < vehicles.c.rev),
            ),
        )
        .order_by(vehicles.c.vin)
        .limit(1)
    )
    return found if isinstance(found, str) else None


async def marker_count(tx: Transaction, scope: System) -> int:
    """Return the marker that a broker last confirmed."""
    return int(await tx.value(select(marker.c.count).where(marker.c.id == 1)) or 0)


async def set_marker(tx: Transaction, scope: System, count: int) -> None:
    """Note that a broker has confirmed this marker; a lower one than is known changes nothing."""
    if await tx.value(select(marker.c.id).where(marker.c.id == 1)) is None:
        await tx.run(marker.insert().values(id=1, count=count))
        return
    await tx.run(update(marker).where(marker.c.id == 1, marker.c.count < count).values(count=count))
