"""Keeps what cars said, once each however often they say it, and apart from it what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import insert, select, update

from backend.store.database import Transaction
from backend.store.paging import Page, key_of, page
from backend.store.scope import Scope, System
from backend.tables import inbox, journals, quarantine
from protocol.messages import CarEvent

_EVENT: TypeAdapter[CarEvent] = TypeAdapter(CarEvent)


@dataclass(frozen=True, slots=True)
class Said:
    """One event of a car. ``late``: an answer that did not count any more."""

    vin: str
    store_id: UUID
    event: CarEvent
    stored_at: datetime
    late: bool = False


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message that could not be used, with the reason; ``id`` is empty before it is stored."""

    at: datetime
    topic: str
    reason: str
    detail: str
    payload: bytes
    id: int = 0


async def acknowledged(tx: Transaction, scope: System, vin: str, store_id: UUID) -> int:
    """Return how far a car's journal is acknowledged, 0 if it is new."""
    found = await tx.value(
        select(journals.c.upto).where(journals.c.vin == vin, journals.c.store_id == store_id)
    )
    return int(found or 0)


async def acknowledge(tx: Transaction, scope: System, vin: str, store_id: UUID, upto: int) -> None:
    """Note how far a car's journal is acknowledged. The caller holds the vehicle's lock."""
    known = (journals.c.vin == vin, journals.c.store_id == store_id)
    if not await tx.run(update(journals).where(*known).values(upto=upto)):
        await tx.run(insert(journals).values(vin=vin, store_id=store_id, upto=upto))


async def known_seqs(
    tx: Transaction, scope: System, vin: str, store_id: UUID, seqs: Sequence[int]
) -> frozenset[int]:
    """Return which of these events are stored already."""
    rows = await tx.rows(
        select(inbox.c.seq).where(
            inbox.c.vin == vin, inbox.c.store_id == store_id, inbox.c.seq.in_(list(seqs))
        )
    )
    return frozenset(row["seq"] for row in rows)


async def keep(tx: Transaction, scope: System, said: Said) -> None:
    """Store one event. The caller holds the vehicle's lock and has looked that it is new."""
    await tx.run(
        insert(inbox).values(
            vin=said.vin,
            store_id=said.store_id,
            seq=said.event.seq,
            kind=said.event.kind,
            item=getattr(said.event, "item", None),
            ver=getattr(said.event, "ver", None),
            at=said.event.at,
            stored_at=said.stored_at,
            late=said.late,
            body=_EVENT.dump_json(said.event, by_alias=True).decode(),
        )
    )


async def said_about(tx: Transaction, scope: Scope, vin: str, items: Sequence[UUID]) -> list[Said]:
    """Return what a car said about these items, oldest first.

    Whoever asks has been let see the vehicle and the items' appointments before.
    """
    rows = await tx.rows(
        select(inbox)
        .where(inbox.c.vin == vin, inbox.c.item.in_(list(items)))
        .order_by(inbox.c.stored_at, inbox.c.store_id, inbox.c.seq)
    )
    return [
        Said(row["vin"], row["store_id"], _EVENT.validate_json(row["body"]), row["stored_at"], row["late"])
        for row in rows
    ]


async def answered(
    tx: Transaction, scope: System, vin: str, kinds: Sequence[str]
) -> frozenset[tuple[UUID, int]]:
    """Return the (item, version) pairs about which a car has sent an event of one of these kinds."""
    rows = await tx.rows(
        select(inbox.c.item, inbox.c.ver)
        .where(inbox.c.vin == vin, inbox.c.item.is_not(None), inbox.c.kind.in_(list(kinds)))
        .distinct()
    )
    return frozenset((row["item"], row["ver"]) for row in rows)


async def put_away(tx: Transaction, scope: System, message: Quarantined) -> None:
    """Quarantine a message."""
    await tx.run(
        insert(quarantine).values(
            at=message.at,
            topic=message.topic[:300],
            reason=message.reason[:32],
            detail=message.detail[:400],
            payload=message.payload,
        )
    )


async def quarantined(tx: Transaction, scope: System, after: str | None, limit: int) -> Page[Quarantined]:
    """Return what is in quarantine, newest first.

    Raises:
        BadCursor: ``after`` is none of this list.
    """
    query = select(quarantine).order_by(quarantine.c.id.desc()).limit(limit + 1)
    if after is not None:
        last = key_of(after, 1)[0]
        query = query.where(quarantine.c.id < (int(last) if last.isdecimal() else 0))
    rows = [
        Quarantined(row["at"], row["topic"], row["reason"], row["detail"], row["payload"], row["id"])
        for row in await tx.rows(query)
    ]
    return page(rows, limit, lambda message: (str(message.id),))
