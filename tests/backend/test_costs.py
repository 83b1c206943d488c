"""No list costs more for being longer: the steps of SQLite's machine are counted for each, in each order."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from backend.appointment import Listing
from backend.service import desk, favourites, register
from backend.service.desk import Order, Sort
from backend.service.office import Work
from backend.store import users
from backend.store.users import Role, User
from benchmarks.crowd import fill
from protocol.language import Language
from tests.backend.world import World, open_world

Read = Callable[[Work], Awaitable[object]]


async def steps(world: World, read: Read) -> int:
    """Return how many steps SQLite's machine takes to read something."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    async with world.office.look() as work:
        raw = (await work.tx.connection.get_raw_connection()).driver_connection
        assert raw is not None
        await raw.set_progress_handler(count, 1)
        await read(work)
        await raw.set_progress_handler(None, 0)
    return taken


async def marks(world: World) -> User:
    """Let an advisor mark Maria as an own customer: one among many, and neither the first nor the last."""
    user = User(
        uuid4(), world.dealer.id, "aino", "Aino", Role.ADVISOR, Language.ENGLISH, "-", world.clock.now()
    )
    async with world.office.work() as work:
        await users.add_user(work.tx, world.dealer, user)
        await favourites.set_mine(work, world.dealer, user.id, world.maria.id, mine=True)
    return user


def lists(world: World, user: User) -> dict[str, Read]:
    """Return a first page of every list that a dealer has, in every order that there is."""
    of: dict[str, Any] = {"scope": world.dealer, "after": None, "limit": 10}
    reads: dict[str, Read] = {
        f"{listing} by {by}, descending: {down}": partial(
            desk.listed, listing=listing, order=Order(by, descending=down), **of
        )
        for listing, by, down in product(Listing, Sort, (False, True))
    }
    reads["all appointments"] = partial(desk.listed, listing=None, **of)
    reads["the numbers on the tabs"] = partial(desk.counts, scope=world.dealer)
    for mine in (False, True):
        whose = "my" if mine else "all"
        reads[f"{whose} workshop customers"] = partial(favourites.regulars, user_id=user.id, mine=mine, **of)
        reads[f"{whose} customers by API"] = partial(register.workshop_customers, mine=mine, **of)
    return reads


async def taken(url: str, size: int) -> dict[str, int]:
    """Give a workshop so many appointments, and return how many steps each of its lists takes."""
    async with open_world(url) as world:
        await world.creates()
        await world.proposes()
        await world.schedules()
        user = await marks(world)
        await asyncio.to_thread(fill, url, str(world.dealer.id), size, world.clock.now())
        return {name: await steps(world, read) for name, read in lists(world, user).items()}


async def test_no_list_costs_more_for_being_longer(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps, not seconds: no load can make it fail, and no luck can make it pass."""
    monkeypatch.setattr("backend.store.lists.COUNTED", 20)
    few, many = [
        await taken(f"sqlite+aiosqlite:///{shutil.copy(sqlite_template, tmp_path / str(size))}", size)
        for size in (300, 3000)
    ]
    assert {name: (few[name], many[name]) for name in few if many[name] > 1.1 * few[name]} == {}
