"""One chain of real processes a module, and a street of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from backend.hosting import Ground
from tests.journeys.chain import Chain, Seeds, Street, sow
from vehicle_sim.face import Screens
from vehicle_sim.rig import Rig
from vehicle_sim.scenario.hosted import HostedWorlds
from vehicle_sim.worlds import Worlds, hosting


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    """Seed once; every chain begins with a copy."""
    folder = tmp_path_factory.mktemp("seeds")
    database = folder / "seeded.db"
    with Rig(folder) as rig:
        token = sow(rig, f"sqlite+aiosqlite:///{database}")
    assert not database.with_name("seeded.db-wal").exists()  # or the copy would lack what is still in there
    return Seeds(database, token)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory, seeds: Seeds) -> Iterator[Chain]:
    with Chain(tmp_path_factory.mktemp("chain"), seeds=seeds) as running:
        yield running


@pytest.fixture
async def street(chain: Chain) -> AsyncIterator[Street]:
    async with chain.street() as found:
        yield found


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """What the backends of quick worlds begin with."""
    return Ground(tmp_path_factory.mktemp("ground"))


@pytest.fixture
async def worlds(ground: Ground, tmp_path: Path) -> AsyncIterator[HostedWorlds]:
    """Opens quick worlds within this process, spoken to by HTTP alone."""
    host = hosting(Worlds(tmp_path, ground.open, Screens()), "127.0.0.1", 0)
    async with host as url, aiohttp.ClientSession() as session:
        yield HostedWorlds([url], session)
