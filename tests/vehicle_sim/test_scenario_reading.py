"""Scenario files become scripts; what is wrong in one is told all at once, with file, line and column."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests import house
from vehicle_sim.scenario.places import BadScenario
from vehicle_sim.scenario.reading import load
from vehicle_sim.scenario.script import CarPart, Chapter, Do, Expect, OwnerPart, Script

SCENARIOS = sorted((house.ROOT / "scenarios").glob("*.yaml"))


def read(tmp_path: Path, text: str, **parameters: str) -> Script:
    path = tmp_path / "story.yaml"
    path.write_text(dedent(text), encoding="utf-8")
    return load(path, parameters, name="story.yaml")


def faults(tmp_path: Path, text: str, **parameters: str) -> list[str]:
    with pytest.raises(BadScenario) as bad:
        read(tmp_path, text, **parameters)
    return str(bad.value).splitlines()


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_scenario_of_the_project_can_be_read(path: Path) -> None:
    script = load(path)
    assert script.title
    assert script.about
    assert script.tags


def test_a_sentence_can_be_written_in_words_or_as_a_mapping(tmp_path: Path) -> None:
    script = read(
        tmp_path,
        """
        title: Two ways
        steps:
          - chapter: One
          - car: turns key to running
          - car: {turns key to: running}
          - expect: {car: [shows pop-up booking, {shows: [a, b]}]}
          - wait until: {owner: has letter reminder twice}
            within: 2 minutes
        """,
    )
    chapter, first, second, expect, wait = script.steps
    assert isinstance(chapter, Chapter)
    assert isinstance(first, Do)
    assert isinstance(second, Do)
    assert first.text == second.text == "car turns key to running"
    assert first.sentence.what == second.sentence.what == "running"
    assert isinstance(expect, Expect)
    assert expect.text == "expect car shows pop-up booking; car shows a, b"
    assert isinstance(wait, Expect)
    assert wait.within is not None
    assert wait.within.total_seconds() == 120
    assert (wait.sentences[0].what.kind, wait.sentences[0].what.times) == ("reminder", 2)


def test_who_is_not_named_is_there_in_the_ordinary_way(tmp_path: Path) -> None:
    script = read(tmp_path, "title: t\ncast:\n  maria: {is: owner}\nsteps: [{car: presses OK}]")
    assert set(script.cast) == {"maria", "dealer", "car"}
    car = script.cast["car"]
    assert isinstance(car, CarPart)
    assert car.of == "maria"


def test_words_that_yaml_would_understand_stay_words(tmp_path: Path) -> None:
    script = read(
        tmp_path,
        """
        title: on
        cast:
          owner: {name: No, reminder days: 2}
          car: {vin: YV1FW7050E1234567, notifications: off}
        steps:
          - clock: advances to 12:30:00
        """,
    )
    owner, car = script.cast["owner"], script.cast["car"]
    assert isinstance(owner, OwnerPart)
    assert isinstance(car, CarPart)
    assert (script.title, owner.name, owner.reminder_days, car.notifications) == ("on", "No", 2, False)


def test_parameters_variables_and_included_files_fill_the_steps(tmp_path: Path) -> None:
    (tmp_path / "booked.yaml").write_text(
        "parameters: {work: Service, on: monday 08:00}\n"
        "steps:\n  - dealer: {books: {on: '${on}', work: '${work}'}}\n",
        encoding="utf-8",
    )
    text = """
        title: Filled
        parameters: {days: 3}
        variables: {when: "in ${days} days at 08:00"}
        steps:
          - include: booked.yaml
            with: {on: "${when}"}
          - repeat: ${days}
            steps:
              - clock: advances ${days} days
        """
    script = read(tmp_path, text)
    told = [step.text for step in script.played() if isinstance(step, Do)]
    assert told == ["dealer books on in 3 days at 08:00, work Service", *["clock advances 3 days"] * 3]
    assert script.parameters == {"days": "3"}
    again = read(tmp_path, text, days="2")
    assert len(list(again.played())) == 3


def test_every_fault_is_told_with_its_place_and_what_was_seen(tmp_path: Path) -> None:
    told = faults(
        tmp_path,
        """\
        title: Bad
        colour: red
        cast:
          v60: {is: car, off: maria}
          bike: {model: x}
        steps:
          - car: turns kee to running
          - car: turns key to runing
          - dealr: schedules visit
          - dealer: {creates request: {on: someday, price: 3 EURO}}
          - dealer: {creates request: {price: 3 EUR}}
          - owner: follows
          - clock: steps now
          - wait until: {car: is dark}
            wihin: 3
          - include: nowhere.yaml
          - 42
          - repeat: often
            steps: 3
          - expect: nothing
          - expect: {nobody: is dark}
          - car: [is photographed]
          - expect: {car: {shows: {}}}
        """,
    )
    assert [line.split(": ", 1)[0] for line in told] == [
        f"story.yaml:{place}"
        for place in (
            "2:1 4:18 5:9 7:10 8:10 9:5 10:36 10:52 11:31 12:12 13:12 15:5 "
            "16:14 17:5 18:13 19:12 20:13 21:14 22:10 23:27"
        ).split()
    ]
    for line, words in zip(
        told,
        (
            "a scenario has no 'colour'",
            "there is no `off` here",
            "'bike' needs `is:` with one of dealer, owner, car",
            "did you mean 'turns key to'?",
            "not 'runing'",
            "did you mean 'dealer'?",
            "'someday' is no point in time",
            "such as 389 EUR, not '3 EURO'",
            "`on` is missing",
            "an owner does; did you mean",
            "`steps` takes nothing",
            "did you mean 'within'?",
            "there is no file",
            "a step says who does what",
            "a whole number is expected, not 'often'",
            "steps are a list",
            "write who and what is so",
            "nobody here is called 'nobody'",
            "one deed at a time",
            "`shows`",
        ),
        strict=True,
    ):
        assert words in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: [", "1:9: this is no YAML"),
        ("", "1:1: the file is empty"),
        ("title: t", "1:1: there are no steps"),
        ("steps: [{car: presses OK}]", "1:1: a scenario has a title"),
        ("title: t\ntitle: u\nsteps: []", "2:1: 'title' stands here twice; first at line 1"),
        (
            "title: t\nstart_at: monday 08:00\nsteps: [{car: presses OK}]",
            "2:11: start_at is a day and a time",
        ),
        ("title: t\nstart_at: soon\nsteps: [{car: presses OK}]", "2:11: 'soon' is no point in time"),
        (
            "title: t\nzone: Mars/Olympus\nsteps: [{car: presses OK}]",
            "2:7: 'Mars/Olympus' is no IANA time zone",
        ),
        ("title: t\nsteps: [{car: '${speed}'}]", "2:15: ${speed} has no value; there is none"),
        ("title: t\ncast: {car: {of: ann}}\nsteps: [{car: presses OK}]", "2:18: 'ann' is no owner"),
        (
            "title: t\ncast: {owner: {is: car}}\nsteps: [{car: presses OK}]",
            "'owner' cannot be the name of a car",
        ),
        (
            "title: t\ncast: {ann: {is: cook}}\nsteps: [{car: presses OK}]",
            "'cook' is none of dealer, owner, car",
        ),
        ("title: t\ncast: {car: {vin: YV1}}\nsteps: [{car: presses OK}]", "a VIN has 17 characters"),
        ("title: [t]\nsteps: [{car: presses OK}]", "1:8: text is expected, not a list"),
        ("title: t\nsteps: [{wait until: {car: is dark}, within: ages}]", "is no length of time"),
        ("title: t\nsteps: [{include: story.yaml}]", "story.yaml includes itself"),
    ],
)
def test_a_file_that_is_none_is_told(text: str, said: str, tmp_path: Path) -> None:
    assert said in "\n".join(faults(tmp_path, text))


def test_an_unknown_parameter_is_told_with_those_there_are(tmp_path: Path) -> None:
    text = "title: t\nparameters: {days: 3}\nsteps: [{car: presses OK}]"
    assert faults(tmp_path, text, dayz="4") == ["story.yaml:1:1: there is no parameter 'dayz'; there is days"]


def test_an_included_file_has_only_the_parameters_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "part.yaml").write_text("parameters: {on: x}\nsteps: [{car: presses OK}]")
    told = faults(tmp_path, "title: t\nsteps:\n  - include: part.yaml\n    with: {no: 3}")
    assert told == ["story.yaml:4:16: part.yaml has no parameter 'no'; did you mean 'on'?"]
