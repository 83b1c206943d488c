"""Brings a database to the layout of this version, step by step, whoever made it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL

from backend.store.database import database_url

_alembic: Final = Lock()
"""Alembic hands its context to env.py through module globals: one thread at a time."""


def config(url: str) -> Config:
    """Return what Alembic has to know, without a file.

    Raises:
        UnsupportedDatabase: the URL names another database or driver than the two that are tested.
    """
    found = Config()
    found.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    found.attributes["url"] = database_url(url)
    return found


def upgrade(url: str) -> None:
    """Bring the database to the newest layout; it may be empty, and it may be there already.

    Blocks, and runs an event loop of its own: call it where none runs, or in a thread.

    Raises:
        UnsupportedDatabase: the URL names another database or driver than the two that are tested.
    """
    with _alembic, _alone(database_url(url)):
        command.upgrade(config(url), "head")


@contextmanager
def _alone(url: URL) -> Iterator[None]:
    """Let no other process of this machine migrate meanwhile, where the database itself cannot see to it.

    A new SQLite file is switched to write-ahead logging first, and that switch does not wait its turn: it
    fails with "database is locked". So the folder of the file is the gate.
    """
    place = Path(url.database or "").resolve().parent
    if url.get_backend_name() != "sqlite" or not url.database or not place.is_dir():
        yield  # a folder that is not there is told by the database
        return
    folder = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@cache
def head() -> str:
    """Return the name of the newest layout."""
    newest = ScriptDirectory(str(Path(__file__).parent)).get_current_head()
    return str(newest)
