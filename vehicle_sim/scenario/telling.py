"""Tells what came of scenarios: one HTML page with everything seen, JUnit XML for a CI, JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from vehicle_sim.report import write_page
from vehicle_sim.scenario.outcome import Outcome, Played, write_json
from vehicle_sim.witness import Exhibit


def write(outcomes: Sequence[Outcome], folder: Path) -> Path:
    """Write report.html, report.json and junit.xml into ``folder``; return the page's path."""
    write_html(outcomes, folder / "report.html")
    write_json(outcomes, folder / "report.json")
    write_junit(outcomes, folder / "junit.xml")
    return folder / "report.html"


def write_html(outcomes: Sequence[Outcome], path: Path) -> None:
    """Write one self-contained page: a timeline for each run, with screens, letters, pages and messages."""
    write_page(
        path,
        "scenarios.html",
        filters={"moment": _moment, "said": _said, "wired": _wired},
        title=outcomes[0].title if len(outcomes) == 1 else f"{len(outcomes)} stories",
        runs=outcomes,
        passed=sum(one.passed for one in outcomes),
        seconds=sum(one.seconds for one in outcomes),
    )


def write_junit(outcomes: Sequence[Outcome], path: Path) -> None:
    """Write JUnit XML: a suite, a test case for each run, a failure with place, sight and seed."""
    failures = sum(one.failure is not None for one in outcomes)
    errors = sum(bool(one.trouble) for one in outcomes)
    seconds = f"{sum(one.seconds for one in outcomes):.3f}"
    counts = {"tests": str(len(outcomes)), "failures": str(failures), "errors": str(errors), "time": seconds}
    suites = Element("testsuites", counts)
    suite = SubElement(suites, "testsuite", {"name": "scenarios", **counts})
    for one in outcomes:
        name = one.title if one.run == 1 else f"{one.title} ({one.run})"
        facts = {"classname": one.name, "name": name, "file": one.file, "time": f"{one.seconds:.3f}"}
        case = SubElement(suite, "testcase", facts)
        properties = SubElement(case, "properties")
        for key, value in {"seed": str(one.seed), "world": one.world, **one.parameters}.items():
            SubElement(properties, "property", {"name": key, "value": value})
        if one.trouble:
            SubElement(case, "error", {"message": one.trouble})
        elif (step := one.failure) is not None:
            failure = SubElement(case, "failure", {"message": step.text})
            failure.text = f"{step.where}\n{step.seen}\nseed {one.seed}, at {step.at}"
    indent(suites)
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)


def _moment(step: Played) -> tuple[str, str]:
    """Return the day and the wall time of a step, for people."""
    if not step.at:
        return "", ""
    at = datetime.fromisoformat(step.at)
    return f"{at:%a} {at.day} {at:%b}", f"{at:%H:%M}" if at.second == 0 else f"{at:%H:%M:%S}"


def _said(step: Played) -> tuple[str, str]:
    """Return who acts, or what is asked, and the rest of the sentence."""
    first = "wait until" if step.text.startswith("wait until ") else step.text.partition(" ")[0]
    return first, step.text.removeprefix(first).strip()


def _wired(exhibit: Exhibit) -> str:
    """Return what passed in a word or two: the channel of a message, the address of a request."""
    if exhibit.kind == "message":
        return f"MQTT {'/'.join(exhibit.caption.split('/')[3:])}"
    return exhibit.caption.replace("/v1/", "")
