"""Keeps whom each user has marked as an own customer among the workshop's."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, insert, select

from backend.store.database import Transaction
from backend.store.scope import Dealer
from backend.tables import favourites


async def is_favourite(tx: Transaction, scope: Dealer, user_id: UUID, customer_id: UUID) -> bool:
    """Tell whether the user has marked this person."""
    query = select(favourites.c.user_id).where(
        favourites.c.user_id == user_id, favourites.c.customer_id == customer_id
    )
    return await tx.value(query) is not None


async def mark(tx: Transaction, scope: Dealer, user_id: UUID, customer_id: UUID) -> None:
    """Mark a person as one of the user's own, who is not marked yet."""
    await tx.run(insert(favourites).values(user_id=user_id, customer_id=customer_id))


async def unmark(tx: Transaction, scope: Dealer, user_id: UUID, customer_id: UUID) -> None:
    """Take the user's mark away."""
    await tx.run(
        delete(favourites).where(favourites.c.user_id == user_id, favourites.c.customer_id == customer_id)
    )
