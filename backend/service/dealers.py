"""Says which workshop somebody is, and what its place of business has for habits."""

from __future__ import annotations

import secrets
from uuid import UUID, uuid4

from backend.appointment import Market
from backend.service.errors import NotFound
from backend.service.office import Work
from backend.store import dealers
from backend.store.dealers import Token, Workshop, token_digest
from backend.store.scope import Dealer, Scope, System

__all__ = [
    "Workshop",
    "add_workshop",
    "market",
    "new_token",
    "revoke_token",
    "save_workshop",
    "tokens",
    "who_is",
    "workshop",
    "workshop_of",
    "workshops",
]

_CURRENCIES = {"SE": "SEK", "GB": "GBP", "NO": "NOK", "DK": "DKK", "CH": "CHF", "US": "USD", "PL": "PLN"}


def market(workshop: Workshop) -> Market:
    """Return the habits of the workshop's place; the limits of time are the same everywhere."""
    return Market(
        country=workshop.market,
        zone=workshop.zone,
        currency=_CURRENCIES.get(workshop.market, "EUR"),
        distance="mi" if workshop.market in {"GB", "US"} else "km",
    )


async def workshop(work: Work, scope: Dealer) -> Workshop:
    """Return the dealer that asks.

    Raises:
        NotFound: its token outlived it.
    """
    return await workshop_of(work, scope, scope.id)


async def workshop_of(work: Work, scope: Scope, dealer_id: UUID) -> Workshop:
    """Return the dealer of something that the scope may see.

    Raises:
        NotFound: there is none.
    """
    found = await dealers.dealer(work.tx, scope, dealer_id)
    if found is None:
        raise NotFound("dealer", dealer_id)
    return found


async def workshops(work: Work) -> list[Workshop]:
    """Return every workshop, by name."""
    return await dealers.dealers_all(work.tx, System())


async def add_workshop(work: Work, workshop: Workshop) -> None:
    """Add a workshop."""
    await dealers.add_dealer(work.tx, System(), workshop)
    await work.note(System(), "operator", "add_dealer", workshop.id)


async def save_workshop(work: Work, workshop: Workshop) -> None:
    """Replace what is known of a workshop."""
    await dealers.save_dealer(work.tx, System(), workshop)
    await work.note(System(), "operator", "save_dealer", workshop.id)


async def new_token(work: Work, scope: Dealer, name: str) -> str:
    """Make a bearer token for the dealer's system. This is the only time it can be read."""
    token = f"sensus_{secrets.token_urlsafe(32)}"
    row = Token(uuid4(), scope.id, name, work.now, None)
    await dealers.add_token(work.tx, scope, row, token_digest(token))
    await work.note(scope, "operator", "add_token", row.id)
    return token


async def tokens(work: Work, scope: Dealer) -> list[Token]:
    """Return the dealer's tokens, newest first; not the secrets."""
    return await dealers.tokens(work.tx, scope)


async def revoke_token(work: Work, scope: Dealer, token_id: UUID) -> None:
    """End a token.

    Raises:
        NotFound: the dealer has no such live token.
    """
    if not await dealers.revoke_token(work.tx, scope, token_id, work.now):
        raise NotFound("token", token_id)
    await work.note(scope, "operator", "revoke_token", token_id)


async def who_is(work: Work, token: str) -> Dealer | None:
    """Return on whose behalf a bearer token speaks, None for one that is not (or no longer) known."""
    holder = await dealers.token_holder(work.tx, System(), token_digest(token))
    return None if holder is None else Dealer(holder)
