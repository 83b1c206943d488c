"""Lets every user at the desk keep an own choice among the workshop's customers."""

from __future__ import annotations

from uuid import UUID

from backend.service.office import Work
from backend.service.register import customer
from backend.store import favourites
from backend.store import regulars as store
from backend.store.paging import Page
from backend.store.regulars import Regular
from backend.store.scope import Dealer

__all__ = ["Regular", "is_mine", "regulars", "set_mine"]


async def regulars(
    work: Work, scope: Dealer, user_id: UUID, after: str | None, limit: int, *, mine: bool
) -> Page[Regular]:
    """Return a page of the tab *Workshop Customers*, by name: all of them, or the user's own.

    Raises:
        BadCursor: ``after`` is none of this list.
    """
    return await store.by_vehicle(work.tx, scope, user_id, after, limit, mine=mine)


async def is_mine(work: Work, scope: Dealer, user_id: UUID, customer_id: UUID) -> bool:
    """Tell whether a person is among the user's own customers."""
    return await favourites.is_favourite(work.tx, scope, user_id, customer_id)


async def set_mine(work: Work, scope: Dealer, user_id: UUID, customer_id: UUID, *, mine: bool) -> None:
    """Put a person among the user's own customers, or take the person out; doing it twice changes nothing.

    Raises:
        NotFound: there is none, or the dealer has nothing to do with the person.
    """
    await customer(work, scope, customer_id)
    known = await favourites.is_favourite(work.tx, scope, user_id, customer_id)
    if mine and not known:
        await favourites.mark(work.tx, scope, user_id, customer_id)
    if known and not mine:
        await favourites.unmark(work.tx, scope, user_id, customer_id)
