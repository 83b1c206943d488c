"""Keeps the letters from the moment they are true until a mail server has taken them: the outbox."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update

from backend.outcomes import LetterKind
from backend.store.database import Transaction
from backend.store.scope import Dealer, Owner, Scope, System
from backend.tables import appointments, letters


@dataclass(frozen=True, slots=True)
class Posted:
    """One letter. ``letter`` is JSON that the mailer reads; ``message_id`` tells doubles apart.

    ``due_at`` is business time; ``retry_at`` and the lease are technical time.
    """

    message_id: str
    kind: LetterKind
    dealer_id: UUID | None
    appointment_id: UUID | None
    customer_id: UUID | None
    recipient: str
    letter: str
    due_at: datetime
    created_at: datetime
    held: str | None = None
    superseded_at: datetime | None = None
    sent_at: datetime | None = None
    attempts: int = 0
    last_error: str | None = None
    id: int = 0
    """Counted by the database: letters of one instant leave in the order in which they were written."""


_POSTED = [letters.c[name] for name in Posted.__dataclass_fields__]


async def post(tx: Transaction, scope: System, letter: Posted) -> bool:
    """Put a letter into the outbox; tell whether it is new (its Message-ID may be known already)."""
    known = await tx.value(select(letters.c.id).where(letters.c.message_id == letter.message_id))
    if known is not None:
        return False
    await tx.run(
        insert(letters).values(
            **{
                name: getattr(letter, name)
                for name in Posted.__dataclass_fields__
                if name not in {"id", "kind"}
            },
            kind=letter.kind.value,
            waiting=letter.held is None,
        )
    )
    return True


async def supersede(
    tx: Transaction, scope: System, appointment_id: UUID, kinds: Collection[LetterKind], at: datetime
) -> int:
    """Never send the unsent letters of these kinds about an appointment; return how many there were."""
    return await tx.run(
        update(letters)
        .where(
            letters.c.appointment_id == appointment_id,
            letters.c.kind.in_([kind.value for kind in kinds]),
            letters.c.sent_at.is_(None),
            letters.c.superseded_at.is_(None),
        )
        .values(superseded_at=at, waiting=False)
    )


async def rewrite(tx: Transaction, scope: System, letter_id: int, letter: str) -> None:
    """Let an unsent letter say something else; it stays the same letter."""
    await tx.run(
        update(letters).where(letters.c.id == letter_id, letters.c.sent_at.is_(None)).values(letter=letter)
    )


async def is_due(tx: Transaction, scope: System, *, now: datetime, technical: datetime) -> bool:
    """Tell whether there is a letter to claim."""
    found = await tx.value(select(letters.c.id).where(_ready(now, technical)).limit(1))
    return found is not None


async def claim_letter(
    tx: Transaction, scope: System, *, now: datetime, technical: datetime, lease_until: datetime, node: str
) -> Posted | None:
    """Take the letter that has been due longest and nobody else has, for ``node`` and a lease's length."""
    row = await tx.row(
        select(*_POSTED)
        .where(_ready(now, technical))
        .order_by(letters.c.due_at, letters.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    await tx.run(
        update(letters)
        .where(letters.c.id == row["id"])
        .values(lease_until=lease_until, lease_by=node, attempts=letters.c.attempts + 1)
    )
    row["attempts"] += 1
    return _posted(row)


async def is_waiting(tx: Transaction, scope: System, letter_id: int) -> bool:
    """Tell whether a letter is still to be sent."""
    return bool(await tx.value(select(letters.c.waiting).where(letters.c.id == letter_id)))


async def lock_about(tx: Transaction, scope: System, appointment_id: UUID) -> None:
    """Be the only one who hands over letters about an appointment, or supersedes them, until ``tx`` ends.

    PostgreSQL only.
    """
    key = int.from_bytes(appointment_id.bytes[:8], signed=True)
    await tx.value(select(func.pg_advisory_xact_lock(key)))


async def free(tx: Transaction, scope: System, node: str) -> int:
    """Give back what an earlier life of this node had claimed and never marked; return how many that were."""
    return await tx.run(
        update(letters)
        .where(letters.c.lease_by == node, letters.c.lease_until.is_not(None))
        .values(lease_until=None)
    )


async def mark_sent(tx: Transaction, scope: System, letter_id: int, at: datetime) -> None:
    """Note that a mail server has taken the letter."""
    await tx.run(
        update(letters)
        .where(letters.c.id == letter_id)
        .values(sent_at=at, waiting=False, lease_until=None, last_error=None)
    )


async def mark_failed(
    tx: Transaction, scope: System, letter_id: int, *, error: str, retry_at: datetime | None
) -> None:
    """Note that the letter was not taken: try again at ``retry_at``; None holds it for good."""
    values: dict[str, Any] = {"lease_until": None, "last_error": error[:300], "retry_at": retry_at}
    if retry_at is None:
        values |= {"waiting": False, "held": error[:200]}
    await tx.run(update(letters).where(letters.c.id == letter_id).values(values))


async def letters_about(tx: Transaction, scope: Scope, appointment_id: UUID) -> list[Posted]:
    """Return all letters about an appointment that the scope may see, oldest first."""
    query = select(*_POSTED).join(appointments, letters.c.appointment_id == appointments.c.id)
    match scope:
        case Dealer(own):
            query = query.where(appointments.c.dealer_id == own)
        case Owner(own):
            query = query.where(letters.c.customer_id == own)
        case System():
            pass
    rows = await tx.rows(query.where(letters.c.appointment_id == appointment_id).order_by(letters.c.id))
    return [_posted(row) for row in rows]


async def unsent(tx: Transaction, scope: System, now: datetime) -> int:
    """Count the letters that are due and not sent yet."""
    return int(
        await tx.value(select(func.count()).where(and_(letters.c.waiting, letters.c.due_at <= now))) or 0
    )


async def next_letter(tx: Transaction, scope: System) -> datetime | None:
    """Return when the next waiting letter is due."""
    found = await tx.value(select(func.min(letters.c.due_at)).where(letters.c.waiting))
    return found if isinstance(found, datetime) else None


def _posted(row: dict[str, object]) -> Posted:
    return Posted(**{**row, "kind": LetterKind(row["kind"])})  # type: ignore[arg-type]  # columns named as the fields


def _ready(now: datetime, technical: datetime) -> ColumnElement[bool]:
    return and_(
        letters.c.waiting,
        letters.c.due_at <= now,
        or_(letters.c.retry_at.is_(None), letters.c.retry_at <= technical),
        or_(letters.c.lease_until.is_(None), letters.c.lease_until <= technical),
    )
