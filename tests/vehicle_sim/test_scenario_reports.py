"""What came of scenarios, told to people, to a CI, to programs, and compared with another run."""

from __future__ import annotations

import copy
import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

import pytest

from vehicle_sim.scenario.comparing import Difference, NoReport, compare, read, write_html
from vehicle_sim.scenario.outcome import Outcome, Played
from vehicle_sim.scenario.telling import write
from vehicle_sim.witness import Exhibit

LINK = "http://127.0.0.1:{port}/my/abcdefghijklmnopqrstuvwxyz"


def letter(port: int = 8080) -> EmailMessage:
    message = EmailMessage()
    message["To"], message["Subject"] = "maria@example.com", "Your visit <b>is</b> booked"
    message.set_content(f"Hello Maria,\nsee {LINK.format(port=port)}\n")
    return message


def outcome(**facts: Any) -> Outcome:
    at = "2026-11-23T09:00:00+02:00"
    steps = [
        Played(1, "At the desk", "chapter", "a.yaml:5:5", "passed", at),
        Played(
            2,
            "dealer books visit",
            "deed",
            "a.yaml:6:5",
            "passed",
            at,
            0.1,
            exhibits=[
                Exhibit("letter", "Your visit", letter()),
                Exhibit("message", "sensus/v1/YV1/desired", {"rev": 1}),
                Exhibit("answer", "POST /v1/appointments → 201", {"number": "100001"}),
            ],
        ),
        Played(
            3,
            "wait until car shows pop-up booking",
            "expect",
            "a.yaml:7:5",
            "passed",
            "2026-11-24T09:00:30+02:00",
            0.1,
            "pop-up booking",
            [Exhibit("screen", "car, V60 D4", b"\x89PNG"), Exhibit("page", "Desk", "<h1>desk</h1>")],
        ),
    ]
    known: dict[str, Any] = {"title": "A & B", "about": "Why", "tags": ("ci",), "file": "a.yaml", "seed": 7}
    known |= {"run": 1, "parameters": {"days": "3"}, "world": "one process", "steps": steps, "seconds": 1.5}
    return Outcome(**(known | facts))


def failed() -> Outcome:
    one = outcome(run=2)
    one.steps[2].status, one.steps[2].seen = "failed", "not so, pop-up none"
    return one


def test_the_page_tells_time_sights_and_seed_and_needs_nothing_else(tmp_path: Path) -> None:
    page = write([outcome(), failed(), outcome(title="C", trouble="RigError: no port")], tmp_path).read_text()
    assert "1 of 3 as expected" in page
    for words in (
        "A &amp; B",
        "Mon 23 Nov",
        "09:00",
        "Tue 24 Nov",
        "09:00:30",
        "<b>wait until</b> car shows pop-up booking",
        "data:image/png;base64,",
        "Your visit &lt;b&gt;is&lt;/b&gt; booked",
        "MQTT desired · POST appointments → 201",
        "a.yaml:7:5 · seed 7",
        "RigError: no port",
    ):
        assert words in page, words
    assert 'src="http' not in page
    assert 'href="http' not in page


def test_a_ci_reads_place_sight_and_seed(tmp_path: Path) -> None:
    write([outcome(), failed(), outcome(title="C", trouble="RigError: no port")], tmp_path)
    suite = parse(tmp_path / "junit.xml").getroot()[0]  # noqa: S314 - we have just written it
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    good, bad, broken = suite
    assert good.find("failure") is None
    failure = bad.find("failure")
    assert failure is not None
    assert bad.get("name") == "A & B (2)"
    assert failure.text == "a.yaml:7:5\nnot so, pop-up none\nseed 7, at 2026-11-24T09:00:30+02:00"
    error = broken.find("error")
    assert error is not None
    assert error.get("message") == "RigError: no port"
    assert [one.get("name") for one in good.iter("property")] == ["seed", "world", "days"]


def report(tmp_path: Path, name: str, *outcomes: Outcome) -> dict[str, Any]:
    write(outcomes, tmp_path / name)
    return read(tmp_path / name / "report.json")


def test_equal_runs_do_not_differ_whatever_their_ports_and_ids_are(tmp_path: Path) -> None:
    first, other = outcome(), outcome(seconds=99.0)
    other.steps[1].exhibits[0] = Exhibit("letter", "Your visit", letter(port=9090))
    for one, text in ((first, "a"), (other, "b")):
        one.steps[2].seen = f"item {text * 8}-{text * 4}-{text * 4}-{text * 4}-{text * 12}"
    assert compare(report(tmp_path, "1", first), report(tmp_path, "2", other)) == []


def test_what_is_otherwise_is_told_step_by_step(tmp_path: Path) -> None:
    other = copy.deepcopy(outcome(seed=8, parameters={"days": "4"}))
    other.steps[0].text = "Another chapter"
    other.steps[2].at = "2026-11-25T09:00:30+02:00"
    other.steps[2].exhibits[0] = Exhibit("screen", "car, V60 D4", b"other")
    changed = letter()
    changed.set_content("Hello Jukka,\nsee nothing\n")
    other.steps[1].exhibits[0] = Exhibit("letter", "Your visit", changed)
    found = compare(
        report(tmp_path, "1", outcome(), outcome(title="Gone")),
        report(tmp_path, "2", other, outcome(title="New", run=3)),
    )
    told = [(one.story, one.step, one.what) for one in found]
    assert told == [
        ("A & B", "", "seed"),
        ("A & B", "", "parameters"),
        ("A & B", "At the desk", "step"),
        ("A & B", "Another chapter", "step"),
        ("A & B", "dealer books visit", "letters"),
        ("A & B", "wait until car shows pop-up booking", "at"),
        ("A & B", "wait until car shows pop-up booking", "screens"),
        ("Gone", "", "only in the first"),
        ("New (3)", "", "only in the second"),
    ]
    letters = found[4]
    assert letters.before == "Hello Maria,\nsee http://127.0.0.1/my/…"
    assert letters.after == "Hello Jukka,\nsee nothing"
    write_html(found, ("one", "two"), tmp_path / "c.html")
    page = (tmp_path / "c.html").read_text()
    assert "9 differences" in page
    assert "days: 4" in page


def test_no_difference_is_a_page_too(tmp_path: Path) -> None:
    write_html([], ("one", "two"), tmp_path / "c.html")
    assert "No differences" in (tmp_path / "c.html").read_text()
    one = [Difference("A", "", "seed", "1", "2")]
    write_html(one, ("one", "two"), tmp_path / "d.html")
    assert "1 difference<" in (tmp_path / "d.html").read_text()


@pytest.mark.parametrize("text", ["no json", json.dumps({"rows": []}), "[]"])
def test_what_is_no_report_is_told(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(NoReport, match=r"x\.json is no"):
        read(path)
