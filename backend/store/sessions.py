"""Keeps who is signed in, how often somebody tried to be, and the codes that were sent for it.

All instants here are technical time: a browser is used by a person, however fast the simulated days go by.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from backend.store.database import Transaction
from backend.store.scope import System
from backend.store.users import User, read_user
from backend.tables import login_asks, login_codes, sessions, tries, users


@dataclass(frozen=True, slots=True)
class Session:
    """One browser of a user or of a customer; ``digest`` is that of the secret which the browser holds."""

    digest: str
    user_id: UUID | None
    customer_id: UUID | None
    began_at: datetime
    seen_at: datetime
    ends_at: datetime


async def add_session(tx: Transaction, scope: System, session: Session) -> None:
    """Insert a session."""
    columns = {name: getattr(session, name) for name in Session.__dataclass_fields__}
    await tx.run(insert(sessions).values(columns))


async def find_session(tx: Transaction, scope: System, digest: str) -> Session | None:
    """Return the session whose secret has this digest."""
    row = await tx.row(select(sessions).where(sessions.c.digest == digest))
    return None if row is None else Session(**row)


async def user_of(tx: Transaction, scope: System, session: Session) -> User | None:
    """Return the user of a session, None for one who is let in no more."""
    row = await tx.row(select(users).where(users.c.id == session.user_id, users.c.disabled_at.is_(None)))
    return None if row is None else read_user(row)


async def see(tx: Transaction, scope: System, digest: str, at: datetime) -> None:
    """Note that a session is in use."""
    await tx.run(update(sessions).where(sessions.c.digest == digest).values(seen_at=at))


async def end_session(tx: Transaction, scope: System, digest: str) -> None:
    """End one session."""
    await tx.run(delete(sessions).where(sessions.c.digest == digest))


async def end_sessions_of(
    tx: Transaction, scope: System, *, user_id: UUID | None = None, customer_id: UUID | None = None
) -> int:
    """End every session of a user or a customer; return how many there were."""
    ended = sessions.c.user_id == user_id if user_id else sessions.c.customer_id == customer_id
    return await tx.run(delete(sessions).where(ended))


async def forget(tx: Transaction, scope: System, before: datetime) -> None:
    """Drop what ended before this instant, so that these tables stay small."""
    await tx.run(delete(sessions).where(sessions.c.ends_at < before))
    await tx.run(delete(tries).where(tries.c.last_at < before))
    old = select(login_asks.c.digest).where(login_asks.c.ends_at < before)
    await tx.run(delete(login_codes).where(login_codes.c.ask.in_(old)))
    await tx.run(delete(login_asks).where(login_asks.c.ends_at < before))


# --- tries --------------------------------------------------------------------------------------------


async def tries_of(tx: Transaction, scope: System, key: str, at: datetime) -> list[datetime]:
    """Return when something was tried under ``key``, and keep others away from it until the commit."""
    # One statement: a row that was looked for could be gone by the time that it is to be locked.
    kind = sqlite if tx.connection.dialect.name == "sqlite" else postgresql
    row = kind.insert(tries).values(key=key, times="[]", last_at=at)
    times = await tx.value(
        row.on_conflict_do_update(index_elements=[tries.c.key], set_={"last_at": at}).returning(tries.c.times)
    )
    return [datetime.fromisoformat(text) for text in json.loads(times)]


async def save_tries(tx: Transaction, scope: System, key: str, times: list[datetime]) -> None:
    """Replace the instants under ``key``; the last is the newest."""
    await tx.run(
        update(tries)
        .where(tries.c.key == key)
        .values(times=json.dumps([time.isoformat() for time in times]), last_at=times[-1])
    )


async def forget_tries(tx: Transaction, scope: System, key: str) -> None:
    """Begin to count anew under ``key``."""
    await tx.run(delete(tries).where(tries.c.key == key))


async def forget_try(tx: Transaction, scope: System, key: str, at: datetime) -> None:
    """Take back one try under ``key``: it succeeded."""
    times = [time for time in await tries_of(tx, scope, key, at) if time != at]
    await (save_tries(tx, scope, key, times) if times else forget_tries(tx, scope, key))


# --- codes --------------------------------------------------------------------------------------------


async def add_ask(
    tx: Transaction,
    scope: System,
    ask: str,
    codes: dict[str, UUID],
    *,
    ends_at: datetime,
    tries_left: int,
) -> None:
    """Keep that codes were asked for: the digest of each, and whom it lets in."""
    await tx.run(insert(login_asks).values(digest=ask, ends_at=ends_at, tries_left=tries_left))
    for digest, customer_id in codes.items():
        await tx.run(insert(login_codes).values(ask=ask, digest=digest, customer_id=customer_id))


async def take_code(tx: Transaction, scope: System, ask: str, code: str, now: datetime) -> UUID | None:
    """Use a try; return whom the code lets in, and let no code of this ask in again. None if it is wrong."""
    left = await tx.run(
        update(login_asks)
        .where(login_asks.c.digest == ask, login_asks.c.ends_at > now, login_asks.c.tries_left > 0)
        .values(tries_left=login_asks.c.tries_left - 1)
    )
    found = await tx.value(
        select(login_codes.c.customer_id).where(login_codes.c.ask == ask, login_codes.c.digest == code)
    )
    if not left or not isinstance(found, UUID):
        return None
    await tx.run(update(login_asks).where(login_asks.c.digest == ask).values(tries_left=0))
    return found
