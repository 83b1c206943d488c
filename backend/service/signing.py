"""Opens, finds and ends the sessions of browsers: of users at a desk, and of owners on My Volvo.

A browser holds a random secret and nothing else; the database holds its digest. A secret is made here and
only here, at each sign-in anew, so nobody can plant one. Sessions live in technical time.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from backend.service.office import Office, Work
from backend.store import sessions
from backend.store.scope import Owner, System
from backend.store.sessions import Session
from backend.store.users import User

_SEEN_EVERY: Final = timedelta(minutes=1)
_KEPT: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lives without being used, and at most."""

    idle: timedelta
    longest: timedelta


DESK: Final = Lifetime(idle=timedelta(hours=2), longest=timedelta(hours=12))
"""A day at the workshop; a lunch break does not end it."""
OWNER: Final = Lifetime(idle=timedelta(hours=1), longest=timedelta(hours=12))


async def open_desk(work: Work, user: User, now: datetime, *, instead_of: str = "") -> str:
    """Open a session for a user and end the one that the browser had; return the new secret."""
    return await _open(work, now, DESK, instead_of, user_id=user.id)


async def open_owner(work: Work, owner: Owner, now: datetime, *, instead_of: str = "") -> str:
    """Open a session for an owner and end the one that the browser had; return the new secret."""
    return await _open(work, now, OWNER, instead_of, customer_id=owner.id)


async def user_behind(office: Office, secret: str, now: datetime) -> User | None:
    """Return who sits at the desk's browser with this secret, None if its session is over or never was."""
    found = await _alive(office, secret, now, DESK)
    if found is None or found.user_id is None:
        return None
    async with office.look() as work:
        return await sessions.user_of(work.tx, System(), found)


async def owner_behind(office: Office, secret: str, now: datetime) -> Owner | None:
    """Return whose browser has this secret, None if its session is over or never was."""
    found = await _alive(office, secret, now, OWNER)
    return None if found is None or found.customer_id is None else Owner(found.customer_id)


async def end(work: Work, secret: str) -> None:
    """End the session of a browser, if it has one."""
    await sessions.end_session(work.tx, System(), _digest(secret))


async def _open(
    work: Work,
    now: datetime,
    lifetime: Lifetime,
    instead_of: str,
    *,
    user_id: UUID | None = None,
    customer_id: UUID | None = None,
) -> str:
    await sessions.forget(work.tx, System(), now - _KEPT)
    if instead_of:
        await end(work, instead_of)
    secret = secrets.token_urlsafe(32)
    opened = Session(_digest(secret), user_id, customer_id, now, now, now + lifetime.longest)
    await sessions.add_session(work.tx, System(), opened)
    return secret


async def _alive(office: Office, secret: str, now: datetime, lifetime: Lifetime) -> Session | None:
    if not secret:
        return None
    async with office.look() as work:
        found = await sessions.find_session(work.tx, System(), _digest(secret))
    if found is None or now >= found.ends_at or now >= found.seen_at + lifetime.idle:
        return None
    if now >= found.seen_at + _SEEN_EVERY:
        async with office.work() as work:
            await sessions.see(work.tx, System(), found.digest, now)
    return found


def _digest(secret: str) -> str:
    # Long and random, so one round is enough. A cookie may hold anything, even what is no UTF-8.
    return sha256(secret.encode(errors="replace")).hexdigest()
