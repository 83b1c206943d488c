"""The post office's fixtures: one hardened Mosquitto for all who only talk to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hardened import Hardened


@pytest.fixture(scope="session")
def hardened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hardened]:
    broker = Hardened(tmp_path_factory.mktemp("hardened"))
    broker.start()
    yield broker
    broker.stop()
