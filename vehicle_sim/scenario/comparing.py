"""Says how two runs of the same stories differ: in what happened, when, and what was seen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Final

from vehicle_sim.report import write_page

_ID: Final = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_PORT: Final = re.compile(r"http://127\.0\.0\.1:\d+")
_TOKEN: Final = re.compile(r"/my/[\w.~-]{20,}")
_RANDOM: Final = "an id"
"""Stands for what is drawn anew in each run and says nothing."""


class NoReport(ValueError):
    """A file is no report.json of scenarios: the message says which, and why."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise. ``step`` is the sentence it is about; empty for the whole story."""

    story: str
    step: str
    what: str
    before: str
    after: str


def read(path: Path) -> dict[str, Any]:
    """Read a report.json.

    Raises:
        NoReport: it is something else.
        OSError: it cannot be read.
    """
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as wrong:
        raise NoReport(f"{path} is no JSON: {wrong}") from wrong
    if not isinstance(plain, dict) or not isinstance(plain.get("runs"), list):
        raise NoReport(f"{path} is no report of scenarios: it has no runs")
    return plain


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return everything in which the runs of two reports differ; durations and random ids are none."""
    ones, others = _by_story(before), _by_story(after)
    found = [
        Difference(name, "", "only in the first", "played", "not played")
        for name in ones.keys() - others.keys()
    ]
    found += [
        Difference(name, "", "only in the second", "not played", "played")
        for name in others.keys() - ones.keys()
    ]
    for name in ones.keys() & others.keys():
        found += _runs(name, ones[name], others[name])
    return sorted(found, key=lambda one: one.story)


def write_html(differences: list[Difference], names: tuple[str, str], path: Path) -> None:
    """Write the differences as one self-contained page, side by side."""
    stories: dict[str, list[Difference]] = {}
    for one in differences:
        stories.setdefault(one.story, []).append(one)
    write_page(path, "comparison.html", stories=stories, names=names, count=len(differences))


def _by_story(report: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{run['title']} ({run['run']})" if run["run"] > 1 else run["title"]: run for run in report["runs"]
    }


def _runs(name: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Difference]:
    for what in ("status", "seed", "parameters", "trouble"):
        if one[what] != other[what]:
            yield Difference(name, "", what, _plain(one[what]), _plain(other[what]))
    mine, theirs = ([str(step["text"]) for step in run["steps"]] for run in (one, other))
    for tag, low, high, left, right in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if tag == "equal":
            for this, that in zip(one["steps"][low:high], other["steps"][left:right], strict=True):
                yield from _steps(name, this, that)
            continue
        for step in one["steps"][low:high]:
            yield Difference(name, step["text"], "step", "there", "gone")
        for step in other["steps"][left:right]:
            yield Difference(name, step["text"], "step", "not there", "new")


def _steps(name: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Difference]:
    for what in ("status", "at", "seen"):
        if _same(one[what]) != _same(other[what]):
            yield Difference(name, one["text"], what, str(one[what]), str(other[what]))
    for kind, word in (
        ("screen", "screens"),
        ("letter", "letters"),
        ("message", "messages"),
        ("page", "pages"),
    ):
        mine, theirs = (_seen(step, kind) for step in (one, other))
        if mine != theirs:
            yield Difference(name, one["text"], word, *_apart("\n".join(mine), "\n".join(theirs)))


def _seen(step: Mapping[str, Any], kind: str) -> list[str]:
    told = []
    for exhibit in step["exhibits"]:
        if exhibit["kind"] != kind:
            continue
        body = exhibit["body"]
        if kind == "screen":
            told.append(f"{exhibit['caption']}, picture {body['sha256'][:12]}")
        elif kind == "letter":
            told.append(_same(f"{body['subject']}\n{body['text']}"))
        else:
            told.append(exhibit["caption"])  # what messages and pages carry is random in its ids and tokens
    return told


def _apart(one: str, other: str) -> tuple[str, str]:
    """Return the lines in which two texts differ."""
    mine, theirs = one.splitlines(), other.splitlines()
    left: list[str] = []
    right: list[str] = []
    for tag, low, high, start, end in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if tag != "equal":
            left += mine[low:high]
            right += theirs[start:end]
    return "\n".join(left) or "none", "\n".join(right) or "none"


def _plain(value: Any) -> str:
    return "\n".join(f"{key}: {one}" for key, one in value.items()) if isinstance(value, dict) else str(value)


def _same(text: str) -> str:
    """Return a text whose random parts are all alike: ids, ports, and the tokens of links."""
    return _TOKEN.sub("/my/…", _PORT.sub("http://127.0.0.1", _ID.sub(_RANDOM, text)))
