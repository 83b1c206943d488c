"""What was promised still holds: today's API documents break none that was released."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.api.released import ADVICE, CONTRACTS, FOLDER, Contract, promised, release


@pytest.mark.parametrize("name", CONTRACTS)
def test_nothing_that_was_promised_is_broken(name: str) -> None:
    before = promised(name)
    assert before is not None, "make release-api"
    broken = CONTRACTS[name].broken(before)
    assert not broken, "\n".join([*broken, ADVICE])


def test_only_what_is_promised_lies_there() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(CONTRACTS)


def later(version: str) -> Contract:
    """Return the contract of messages as somebody may want it later: without the car's hello."""

    def draw() -> dict[str, Any]:
        document = CONTRACTS["asyncapi"].draw()
        document["info"]["version"] = version
        document["operations"].pop("receiveHello")
        return document

    return replace(CONTRACTS["asyncapi"], draw=draw)


def test_what_is_released_is_what_is_drawn(tmp_path: Path) -> None:
    assert release(tmp_path) == []
    for name, contract in CONTRACTS.items():
        assert promised(name, tmp_path) == json.loads(json.dumps(contract.draw()))


def test_a_break_is_not_released_nor_anything_beside_it(tmp_path: Path) -> None:
    release(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    wanted = {"another": CONTRACTS["openapi"], "asyncapi": later("1.9.0")}
    assert release(tmp_path, wanted) == ["asyncapi: operation receiveHello: is gone"]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_new_major_version_may_break_what_was_promised(tmp_path: Path) -> None:
    release(tmp_path)
    assert release(tmp_path, {"asyncapi": later("2.0.0")}) == []
    now = promised("asyncapi", tmp_path)
    assert now is not None
    assert now["info"]["version"] == "2.0.0"
