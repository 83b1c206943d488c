"""Scenarios on real processes: those that a release stands or falls with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import house
from vehicle_sim.scenario.playing import play
from vehicle_sim.scenario.processes import ProcessWorlds
from vehicle_sim.scenario.reading import load

pytestmark = pytest.mark.timeout(240)  # processes start slowly where others keep the machine busy


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> ProcessWorlds:
    return ProcessWorlds(tmp_path_factory.mktemp("worlds"))


@pytest.mark.parametrize("name", ["scenario-3", "week-in-the-garage", "offer-and-accept", "service-due"])
async def test_a_scenario_goes_as_it_says(name: str, worlds: ProcessWorlds) -> None:
    outcome = await play(load(house.ROOT / "scenarios" / f"{name}.yaml"), worlds)
    assert outcome.passed, outcome.trouble or outcome.failure


async def test_what_goes_otherwise_is_told_with_its_place_and_what_was_seen(
    worlds: ProcessWorlds, tmp_path: Path
) -> None:
    story = tmp_path / "story.yaml"
    steps = "steps:\n  - expect: {car: shows pop-up booking}\n  - car: presses OK\n"
    story.write_text(f"title: Otherwise\n{steps}")
    outcome = await play(load(story, name="story.yaml"), worlds)
    failure = outcome.failure
    assert failure is not None
    assert failure.where == "story.yaml:3:5"
    assert failure.seen == ("car shows pop-up booking: not so, pop-up none; the car has no booking")
    assert [step.status for step in outcome.steps] == ["failed", "not played"]
    assert not outcome.passed
