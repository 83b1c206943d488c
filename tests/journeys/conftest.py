"""One chain of real processes a module, and a street of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.journeys.chain import Chain, Street


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with Chain(tmp_path_factory.mktemp("chain")) as running:
        yield running


@pytest.fixture
async def street(chain: Chain) -> AsyncIterator[Street]:
    async with chain.street() as found:
        yield found
