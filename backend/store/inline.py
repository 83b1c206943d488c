"""Runs SQLite on the loop itself where its file lies in memory: no statement there is worth a thread's turn.

Only for a database that one process has for itself: a lock that somebody else holds would stop the loop.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from functools import partial
from typing import Any, ParamSpec, TypeVar

import aiosqlite

P = ParamSpec("P")
T = TypeVar("T")


class Inline(aiosqlite.Connection):
    """A connection of aiosqlite's kind whose thread is never started."""

    def __await__(self) -> Generator[Any, None, aiosqlite.Connection]:
        """Open the file."""
        return self._opened().__await__()

    async def _opened(self) -> aiosqlite.Connection:
        self._connection = self._connector()
        return self

    async def _execute(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._connection is None:
            raise ValueError("Connection closed")
        return fn(*args, **kwargs)

    async def close(self) -> None:
        """Close the file; doing so twice changes nothing."""
        self.stop()

    def stop(self) -> None:
        """Close the file at once."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def connect(path: str, **settings: Any) -> Inline:
    """Prepare a connection to the file at ``path``; awaiting it opens it."""
    return Inline(partial(sqlite3.connect, path, **settings), 64)
