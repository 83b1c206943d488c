"""Keeps the tutorial of scenarios true: every story in it is read, fits the schema, and goes as it says."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest

from tests import house
from vehicle_sim.scenario import schema
from vehicle_sim.scenario.hosted import HostedWorlds
from vehicle_sim.scenario.places import read
from vehicle_sim.scenario.playing import Manner, play
from vehicle_sim.scenario.reading import load

PAGE = house.ROOT / "docs" / "scenarios.md"
STORIES = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_the_tutorial_tells_a_week_in_the_garage() -> None:
    assert len(STORIES) >= 6
    assert sum("title: A week in the garage" in story for story in STORIES) >= 3


@pytest.mark.parametrize("number", range(len(STORIES)))
async def test_a_story_of_the_tutorial_goes_as_it_says(
    number: int, worlds: HostedWorlds, tmp_path: Path
) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(STORIES[number], encoding="utf-8")
    jsonschema.validate(read(path).plain(), schema.schema())
    outcome = await play(load(path), worlds, Manner(keep=False))
    assert outcome.passed, outcome.trouble or outcome.failure
