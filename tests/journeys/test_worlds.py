"""Every scenario in one process, and what a host of worlds promises: nothing of one is left in the next."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import aiohttp
import pytest

from backend.hosting import Ground
from protocol.clock import until
from tests import house
from vehicle_sim.face import Screens
from vehicle_sim.rounds import NotAtRest, RoundFailed
from vehicle_sim.scenario.hosted import HostedWorlds
from vehicle_sim.scenario.playing import Manner, play
from vehicle_sim.scenario.reading import load
from vehicle_sim.scenario.running import Plan, Told, hosted, play_all
from vehicle_sim.scenario.world import NotHere
from vehicle_sim.witness import Refusal, ask
from vehicle_sim.worlds import Worlds, hosting

SCENARIOS = sorted((house.ROOT / "scenarios").glob("*.yaml"))
START = datetime.fromisoformat("2026-11-23T09:00+02:00")


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
async def test_a_scenario_goes_as_it_says(path: Path, worlds: HostedWorlds) -> None:
    outcome = await play(load(path), worlds, Manner(keep=path.stem == "scenario-3"))
    assert outcome.passed, outcome.trouble or outcome.failure


def left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_nothing_of_one_world_is_left_in_the_next(worlds: HostedWorlds, tmp_path: Path) -> None:
    script = load(house.ROOT / "scenarios" / "week-in-the-garage.yaml")
    first, second = await play(script, worlds), await play(script, worlds)
    assert first.passed, first.failure
    assert second.passed, second.failure
    told = [[(step.text, step.at, step.seen) for step in one.steps] for one in (first, second)]
    assert told[0] == told[1]  # numbers, times and words: as if the first had never been
    assert left_in(tmp_path) == []


async def test_worlds_stand_side_by_side_each_with_its_own_time(worlds: HostedWorlds) -> None:
    async with worlds.open(START) as one, worlds.open(START) as other:
        later = datetime.fromisoformat("2026-12-24T18:00+02:00")
        await one.time.advance(later)
        assert (await one.time.now(), await other.time.now()) == (later, START)
        with pytest.raises(RoundFailed, match="lies in the past"):
            await one.time.advance(START)


async def test_what_has_a_process_of_its_own_elsewhere_cannot_be_killed_here(worlds: HostedWorlds) -> None:
    async with worlds.open(START) as world:
        with pytest.raises(NotHere, match="without --fast"):
            await world.strike("backend", "kill")
        with pytest.raises(NotHere, match="without --fast"):
            await world.strike("broker", "freeze")


async def test_a_broker_that_is_struck_forgets_or_remembers(worlds: HostedWorlds) -> None:
    story = load(house.ROOT / "tests" / "journeys" / "broker-away.yaml")
    outcome = await play(story, worlds)
    assert outcome.passed, outcome.trouble or outcome.failure


async def test_who_does_not_come_to_rest_is_named(
    worlds: HostedWorlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with worlds.open(START) as world:
        await world.time.settle()
        monkeypatch.setattr("vehicle_sim.worlds.PATIENCE", 0.1)
        monkeypatch.setattr("vehicle_sim.worlds.World._cars_busy", lambda _: "YV1 thinks")
        with pytest.raises(NotAtRest, match="YV1 thinks"):
            await world.time.settle()
        monkeypatch.undo()


async def test_a_world_that_is_not_there_is_a_problem(worlds: HostedWorlds) -> None:
    with pytest.raises(Refusal) as refused:
        await ask(worlds.session, "GET", f"{worlds.hosts[0]}/worlds/99/clock")
    assert refused.value.status == 404


async def test_worlds_that_are_left_end_with_their_host(ground: Ground, tmp_path: Path) -> None:
    kept = Worlds(tmp_path, ground.open, Screens())
    async with hosting(kept, "127.0.0.1", 0) as url, aiohttp.ClientSession() as session:
        await ask(session, "POST", f"{url}/worlds", body={"start_at": START.isoformat()})
        assert list(kept.open) == ["1"]
    assert kept.open == {}


@pytest.mark.timeout(180)
async def test_a_plan_is_played_in_processes_of_its_own_in_an_order_drawn_by_seed(
    tmp_path: Path,
) -> None:
    scripts = [load(house.ROOT / "scenarios" / f"{name}.yaml") for name in ("accessory-only", "short-hop")]
    plan = Plan(scripts, repeat=2, shuffle=True, seed=7, keep=False)
    begun: list[str] = []
    async with hosted(tmp_path, 1) as worlds:
        outcomes = await play_all(plan, worlds, Told(begun=begun.append), jobs=2)
        await until(lambda: len(begun) == 4, what="all four to begin")
    assert [one.passed for one in outcomes] == [True] * 4
    assert [(one.title, one.run) for one in outcomes] == [
        (script.title, manner.run) for script, manner in plan.runs()
    ]
    assert {one.seed for one in outcomes} == {7}


async def test_a_screen_is_held_to_its_picture_and_what_differs_is_told(
    worlds: HostedWorlds, tmp_path: Path
) -> None:
    story = tmp_path / "told" / "story.yaml"
    story.parent.mkdir()
    head = "title: Pictures\nstart_at: 2026-11-23 09:00\nsteps:\n  - car: turns key to running\n"
    story.write_text(head + "  - expect: {car: looks like pictures/home.png}\n")
    missing = await play(load(story), worlds)
    assert missing.failure is not None
    assert "--renew-pictures makes it" in missing.failure.seen
    assert (await play(load(story), worlds, Manner(renew=True))).passed
    assert (await play(load(story), worlds)).passed  # and the clock may be another
    other = "  - car: presses NAV\n  - expect: {car: looks like pictures/home.png without map}\n"
    story.write_text(head + other)
    differs = await play(load(story), worlds)
    assert differs.failure is not None
    assert "pixels differ" in differs.failure.seen
