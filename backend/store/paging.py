"""Cuts long lists into pages by the key of the last row, so that rows added meanwhile shift nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar
from uuid import UUID

MOST: Final = 100
T = TypeVar("T")


class BadCursor(ValueError):
    """A cursor that no page of this list has handed out."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text[:60]!r} is no cursor of this list; take `after` from the page before it")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and the cursor that asks for those behind them (None at the end)."""

    items: tuple[T, ...]
    after: str | None


def page(rows: Sequence[T], limit: int, key: Callable[[T], Sequence[str]]) -> Page[T]:
    """Make a page of ``limit`` rows out of ``limit + 1`` that were asked for."""
    kept = tuple(rows[:limit])
    return Page(kept, cursor(*key(kept[-1])) if len(rows) > limit else None)


def cursor(*key: str) -> str:
    """Return the opaque form of a row's key."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def key_of(text: str, parts: int) -> tuple[str, ...]:
    """Take a cursor of ``parts`` parts apart.

    Raises:
        BadCursor: it is not one of this list.
    """
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError as wrong:
        raise BadCursor(text) from wrong
    if not (isinstance(found, list) and len(found) == parts and all(isinstance(part, str) for part in found)):
        raise BadCursor(text)
    return tuple(found)


def instant_of(text: str) -> datetime:
    """Read an instant that is part of a cursor.

    Raises:
        BadCursor: it is none.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise BadCursor(text) from wrong
    if instant.tzinfo is None:
        raise BadCursor(text)
    return instant


def uuid_of(text: str) -> UUID:
    """Read an id that is part of a cursor.

    Raises:
        BadCursor: it is none.
    """
    try:
        return UUID(text)
    except ValueError as wrong:
        raise BadCursor(text) from wrong
