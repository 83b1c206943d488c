"""`sensus scenario` as it is typed: what it prints, what it writes, and what it ends with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests import house
from vehicle_sim.cli.scenario import app
from vehicle_sim.scenario.outcome import Outcome, Played, write_json

GOOD = "title: Good\ntags: [mine]\nsteps:\n  - car: turns key to running\n"
BAD = "title: Bad\nsteps:\n  - car: turns kee to running\n"


@pytest.fixture
def stories(tmp_path: Path) -> Path:
    folder = tmp_path / "stories"
    folder.mkdir()
    (folder / "good.yaml").write_text(GOOD)
    return folder


def typed(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    return result.exit_code, result.output


def test_check_reads_a_folder_and_tells_faults_with_their_places(stories: Path) -> None:
    assert typed("check", stories) == (0, "1 scenarios can be played\n")
    (stories / "bad.yaml").write_text(BAD)
    code, said = typed("check", stories)
    assert code == 1
    assert "bad.yaml:3:10: 'turns kee to running' is nothing that a car does" in said
    assert "1 faults" in said
    code, said = typed("check", stories, "--json")
    assert (code, json.loads(said)["read"]) == (1, 1)


def test_what_cannot_be_played_is_told_before_anything_starts(stories: Path, tmp_path: Path) -> None:
    code, said = typed("run", stories, "--tag", "theirs")
    assert (code, "no scenario has the tag theirs" in said) == (2, True)
    code, said = typed("run", stories, "--parameter", "days")
    assert (code, "has no value; write name=value" in said) == (2, True)
    code, said = typed("run", stories, "--parameter", "days=3")
    assert (code, "there is no parameter 'days'" in said) == (1, True)
    code, said = typed("run", stories, "--backend", "http://127.0.0.1:9")
    assert (code, "--backend needs --token and --letters too" in said) == (2, True)
    empty = tmp_path / "empty"
    empty.mkdir()
    code, said = typed("run", empty)
    assert (code, "there is no .yaml file" in said) == (2, True)


@pytest.mark.timeout(180)
def test_run_plays_tells_and_writes_reports(stories: Path, tmp_path: Path) -> None:
    (stories / "otherwise.yaml").write_text("title: Otherwise\nsteps:\n  - expect: {car: is offline}\n")
    code, said = typed("run", stories, "--fast", "--out", tmp_path / "out")
    assert code == 1, said
    assert "passed  Good" in said
    assert "failed  Otherwise" in said
    assert "car is offline: not so, online" in said
    assert "1 of 2 as expected" in said
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"report.html", "report.json", "junit.xml"}


def test_a_bench_that_does_not_answer_fails_its_run(stories: Path, tmp_path: Path) -> None:
    place = ["--backend", "http://127.0.0.1:9", "--token", "t", "--letters", tmp_path]
    code, said = typed("run", stories, *place, "--json")
    assert code == 1
    told = json.loads(said)
    assert (told["failed"], "127.0.0.1:9" in told["runs"][0]["trouble"]) == (1, True)


def test_record_says_who_does_not_answer(tmp_path: Path) -> None:
    code, said = typed(
        "record",
        tmp_path / "x.yaml",
        "--backend",
        "http://127.0.0.1:9",
        "--token",
        "t",
        "--car",
        "http://127.0.0.1:9",
    )
    assert code == 1
    assert "127.0.0.1:9" in said


def report(path: Path, seed: int) -> Path:
    steps = [Played(1, "car presses OK", "deed", "a.yaml:1:1", "passed")]
    write_json([Outcome("A", "", (), "a.yaml", seed, 1, {}, "here", steps)], path)
    return path


def test_compare_tells_differences_and_ends_with_one_for_them(tmp_path: Path) -> None:
    one, other = report(tmp_path / "1.json", 1), report(tmp_path / "2.json", 2)
    assert typed("compare", one, one) == (0, "no difference\n")
    code, said = typed("compare", one, other, "--html", tmp_path / "c.html")
    assert code == 1
    assert "A\n  the whole story: seed\n  - 1\n  + 2\n1 differences" in said
    assert (tmp_path / "c.html").exists()
    code, said = typed("compare", one, other, "--json")
    assert (code, json.loads(said)["differences"][0]["what"]) == (1, "seed")
    (tmp_path / "no.json").write_text("{}")
    code, said = typed("compare", one, tmp_path / "no.json")
    assert (code, "is no report of scenarios" in said) == (1, True)


def test_schema_prints_what_is_published() -> None:
    code, said = typed("schema")
    published = (house.ROOT / "docs" / "scenario.schema.json").read_text(encoding="utf-8")
    assert (code, said) == (0, published)
