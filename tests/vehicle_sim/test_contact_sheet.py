"""One command draws every screen on one page, and says what is wrong with which."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from protocol.language import Language
from vehicle_sim import contact_sheet, locales, samples
from vehicle_sim.cli import app
from vehicle_sim.contact_sheet import TAGS, Choice, Sheet, frames, gaps, write
from vehicle_sim.screens.elements import Rect
from vehicle_sim.screens.faults import Fault, Flaw
from vehicle_sim.screens.vocabulary import words_of
from vehicle_sim.theme import SENSUS_7, SENSUS_9

FEW = ["--profile", "sensus-9", "--language", "de", "--language", "en-XA", "--screen", "details"]


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["contact-sheet", *arguments])
    return result.exit_code, result.output


def test_everything_is_every_screen_display_language_and_light() -> None:
    everything = Choice()
    assert len(everything) == len(samples.situations()) * 2 * 4 * 2
    assert TAGS == ("en", "de", "sv", "en-XA")


def test_the_page_shows_what_was_chosen_and_needs_nothing_else(tmp_path: Path) -> None:
    code, said = run(str(tmp_path), *FEW)
    assert code == 0, said
    assert "no faults in 4 frames" in said
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 4
    assert 'alt="details, sensus-9, en-XA, day"' in page
    assert "No faults in 4 frames" in page
    assert "http" not in page


def test_a_fault_is_told_marked_on_its_picture_and_ends_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = Fault(Flaw.CUT, "title", "Worksh…", Rect(80, 48, 400, 96))
    monkeypatch.setattr(contact_sheet, "inspect", lambda *_: (cut,))
    code, said = run(str(tmp_path), "--profile", "sensus-7", "--screen", "home")
    assert code == 1
    assert "home, sensus-7, sv, day: cut in title: Worksh…" in said
    assert "8 faults in 8 frames" in said
    assert "left:10.0%;top:10.0%;width:50.0%;height:20.0%" in (tmp_path / "index.html").read_text("utf-8")


def test_more_faults_than_anybody_reads_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = Fault(Flaw.CUT, "title", "Worksh…", Rect(80, 48, 400, 96))
    monkeypatch.setattr(contact_sheet, "inspect", lambda *_: (cut,) * 3)
    _, said = run(str(tmp_path), "--profile", "sensus-7", "--screen", "home")
    assert "and 4 more" in said


def test_a_missing_phrase_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    german = dict(locales.texts(Language.GERMAN))
    del german["title.home"]
    whole = locales.texts

    def torn(language: Language) -> dict[str, str]:
        return german if language is Language.GERMAN else whole(language)

    locales.phrases.cache_clear()
    monkeypatch.setattr(locales, "texts", torn)
    try:
        assert gaps(TAGS) == {"de": ["title.home"]}
        sheet = Sheet([], gaps(TAGS))
        write(sheet, tmp_path / "index.html")
    finally:
        locales.phrases.cache_clear()
    assert sheet.faults == ["de: no phrase for title.home"]
    assert "de: no phrase for title.home" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_words_that_no_catalogue_brought_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_sheet, "spoken", lambda _: locales.phrases(Language.ENGLISH))
    choice = Choice((SENSUS_7,), ("en-XA",), ("radio",))
    found = [fault for frame in frames(choice) for fault in frame.faults if fault.flaw is Flaw.HARD_CODED]
    assert {fault.part for fault in found} == {"source", "empty"}


def test_facts_of_the_car_are_no_hard_coded_words() -> None:
    a_car = samples.situations()["pop-up-cancellation"]
    words = words_of(samples.guided(a_car, "Kamppi"))
    assert {"nordvik", "bulevardi", "workshop", "kamppi", "simonkatu", "november", "mon", "km"} <= words
    assert "radio" not in words_of(replace(a_car, desired=None))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--profile", "sensus-8"], "is no display here"),
        (["--screen", "hime"], "no such screen: hime; there is home,"),
        (["--language", "fr"], "is not one of"),
    ],
)
def test_what_is_not_there_is_named(tmp_path: Path, arguments: list[str], said: str) -> None:
    code, output = run(str(tmp_path), *arguments)
    assert code == 2
    assert said in " ".join(output.replace("│", " ").split())


def test_our_displays_are_on_it() -> None:
    assert Choice().profiles == (SENSUS_7, SENSUS_9)
