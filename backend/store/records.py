"""Keeps what is only ever added to: the dealers' feed, the audit, and the answers to repeated keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from backend.store.database import Transaction
from backend.store.scope import Dealer, Scope, System
from backend.tables import audit, dealers, feed, idempotency


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """What a dealer's system hears of cars and customers; ``seq`` is its cursor."""

    seq: int
    at: datetime
    type: str
    vin: str
    number: str | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer that is given again to the same key."""

    status: int
    headers: Mapping[str, str]
    body: str


async def tell(tx: Transaction, scope: System, dealer_id: UUID, events: list[FeedEvent]) -> None:
    """Append events to a dealer's feed; their ``seq`` is counted here, under the dealer's lock."""
    last = int(
        await tx.value(
            update(dealers)
            .where(dealers.c.id == dealer_id)
            .values(feed_seq=dealers.c.feed_seq + len(events))
            .returning(dealers.c.feed_seq)
        )
    )
    await tx.run(
        insert(feed),
        [
            {
                "dealer_id": dealer_id,
                "seq": seq,
                "at": event.at,
                "type": event.type,
                "vin": event.vin,
                "number": event.number,
                "body": json.dumps(event.facts, ensure_ascii=False, sort_keys=True),
            }
            for seq, event in enumerate(events, start=last - len(events) + 1)
        ],
    )


async def feed_after(tx: Transaction, scope: Dealer, cursor: int, limit: int) -> tuple[FeedEvent, ...]:
    """Return the events behind a cursor, oldest first."""
    rows = await tx.rows(
        select(feed)
        .where(feed.c.dealer_id == scope.id, feed.c.seq > cursor)
        .order_by(feed.c.seq)
        .limit(limit)
    )
    return tuple(
        FeedEvent(row["seq"], row["at"], row["type"], row["vin"], row["number"], json.loads(row["body"]))
        for row in rows
    )


async def feed_end(tx: Transaction, scope: Dealer) -> int:
    """Return the cursor of the dealer's newest event, 0 if there is none."""
    return int(await tx.value(select(dealers.c.feed_seq).where(dealers.c.id == scope.id)) or 0)


async def note(
    tx: Transaction, scope: Scope, *, at: datetime, actor: str, action: str, subject: str, detail: str = ""
) -> None:
    """Append an audit row. ``subject`` is a pseudonym, never a name or an address."""
    await tx.run(
        insert(audit).values(
            at=at,
            dealer_id=scope.id if isinstance(scope, Dealer) else None,
            actor=actor[:200],
            action=action,
            subject=subject,
            detail=detail[:200],
        )
    )


async def recall(tx: Transaction, scope: Dealer, key: str) -> tuple[str, Answer] | None:
    """Return what was answered to a key, with the digest of the request it was answered to."""
    row = await tx.row(
        select(idempotency).where(idempotency.c.dealer_id == scope.id, idempotency.c.key == key)
    )
    if row is None:
        return None
    return row["request"], Answer(row["status"], json.loads(row["headers"]), row["body"])


async def remember(  # noqa: PLR0917 - who acts for whom, on what: read in this order at every call
    tx: Transaction, scope: Dealer, key: str, request: str, answer: Answer, at: datetime
) -> None:
    """Keep the answer to a key."""
    await tx.run(
        insert(idempotency).values(
            dealer_id=scope.id,
            key=key,
            request=request,
            status=answer.status,
            headers=json.dumps(dict(answer.headers)),
            body=answer.body,
            created_at=at,
        )
    )
