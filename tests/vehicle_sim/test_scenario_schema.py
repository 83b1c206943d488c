"""The published JSON Schema is that of the verbs, says what each is for, and knows every scenario."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests import house
from vehicle_sim.scenario import schema, vocabulary
from vehicle_sim.scenario.grammar import ROLES, verbs
from vehicle_sim.scenario.places import read

PUBLISHED = house.ROOT / "docs" / schema.NAME
SCENARIOS = sorted((house.ROOT / "scenarios").rglob("*.yaml"))


def test_the_published_schema_is_that_of_the_verbs() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema.text(), "renew it: sensus scenario schema"


@pytest.mark.parametrize(
    "path", [path for path in SCENARIOS if path.parent.name == "scenarios"], ids=lambda p: p.stem
)
def test_every_scenario_names_and_follows_the_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# yaml-language-server: $schema=../docs/{schema.NAME}\n")
    checker = jsonschema.Draft202012Validator(json.loads(PUBLISHED.read_text(encoding="utf-8")))
    plain = read(path).plain()
    assert [f"{error.json_path}: {error.message[:200]}" for error in checker.iter_errors(plain)] == []


@pytest.mark.parametrize(
    "step",
    [
        {"car": "turns kee to running"},
        {"car": {"turns key to": "runing"}},
        {"dealer": {"creates request": {"price": "389 EUR"}}},
        {"expect": {"car": {"shows pop-up": "bookin"}}},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(step: dict[str, object]) -> None:
    checker = jsonschema.Draft202012Validator(schema.schema())
    assert not checker.is_valid({"title": "t", "steps": [step]})


def test_every_verb_says_what_it_is_for() -> None:
    vocabulary.learn()
    silent = [
        verb.words
        for role in ROLES
        for kind in ("deed", "fact")
        for verb in verbs(role, kind)
        if not verb.about
    ]
    assert silent == []
