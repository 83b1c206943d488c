"""Keeps the people who may sit at a workshop's desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from backend.store.database import Transaction
from backend.store.scope import Dealer, System
from backend.tables import users
from protocol.language import Language


class Role(StrEnum):
    """What a user is at the workshop."""

    ADVISOR = "advisor"
    SERVICE_MANAGER = "service_manager"


@dataclass(frozen=True, slots=True)
class User:
    """One user. ``login`` is in small letters and unique among all dealers; ``password`` an argon2 hash."""

    id: UUID
    dealer_id: UUID
    login: str
    name: str
    role: Role
    language: Language
    password: str
    created_at: datetime
    disabled_at: datetime | None = None


async def add_user(tx: Transaction, scope: Dealer, user: User) -> None:
    """Insert a user of this dealer."""
    columns = {name: getattr(user, name) for name in User.__dataclass_fields__}
    await tx.run(
        insert(users).values(
            **columns | {"role": user.role.value, "language": user.language.value, "dealer_id": scope.id}
        )
    )


async def user_by_login(tx: Transaction, scope: System, login: str) -> User | None:
    """Return whoever has this login, disabled or not."""
    row = await tx.row(select(users).where(users.c.login == login))
    return None if row is None else read_user(row)


async def users_all(tx: Transaction, scope: System) -> list[User]:
    """Return the users of every dealer, by login."""
    return [read_user(row) for row in await tx.rows(select(users).order_by(users.c.login))]


async def set_password(tx: Transaction, scope: System, user_id: UUID, password: str) -> None:
    """Replace the hash of a user's password."""
    await tx.run(update(users).where(users.c.id == user_id).values(password=password))


async def disable(tx: Transaction, scope: System, user_id: UUID, at: datetime) -> bool:
    """Let a user in no more; tell whether the user was let in until now."""
    query = update(users).where(users.c.id == user_id, users.c.disabled_at.is_(None))
    return bool(await tx.run(query.values(disabled_at=at)))


def read_user(row: dict[str, Any]) -> User:
    """Return a user of a row that has the table's columns."""
    facts = {name: row[name] for name in User.__dataclass_fields__}
    return User(**facts | {"role": Role(row["role"]), "language": Language(row["language"])})
