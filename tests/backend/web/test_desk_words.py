"""The desk's catalogues: each language has every phrase, with the same places; every noun has its word."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter

import pytest

import backend
from backend.appointment import Action, Listing, Market, Status
from backend.outcomes import ItemKind, LetterKind
from backend.receipts import Stuck
from backend.service.desk import Sort
from backend.web.desk.words import CHECKS
from backend.web.reader import Reader, phrases, stranger
from protocol.language import Language, Phrases
from protocol.messages import ServiceType
from protocol.reasons import Reason

NOW = datetime(2026, 11, 27, 6, 12, tzinfo=UTC)
ENGLISH = phrases("desk", Language.ENGLISH)
OTHERS = [language for language in Language if language is not Language.ENGLISH]
TEMPLATES = Path(backend.__file__).parent / "templates" / "desk"
ACTIONS = {
    Action.CREATE_REQUEST,
    Action.PERFORM_PRE_BOOKING,
    Action.PROVIDE_PROPOSAL,
    Action.REQUEST_INFORMATION,
    Action.SCHEDULE_APPOINTMENT,
    Action.CONFIRM_APPOINTMENT,
    Action.UPDATE_APPOINTMENT,
    Action.ACKNOWLEDGE_CANCELLATION,
    Action.CANCEL_ON_BEHALF,
    Action.FINALIZE_APPOINTMENT,
}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_every_phrase_is_translated_with_the_same_places(language: Language) -> None:
    known: Phrases = phrases("desk", language)
    assert known.missing() == frozenset()
    assert set(known.texts) == set(ENGLISH.texts)
    assert {key for key in ENGLISH.texts if places(known.texts[key]) != places(ENGLISH.texts[key])} == set()


def test_every_noun_has_its_word() -> None:
    wanted = (
        {f"status.{one.value}" for one in Status}
        | {f"list.{one.value}" for one in Listing}
        | {f"empty.{one.value}{more}" for one in Listing for more in ("", ".text")}
        | {f"event.{one.value}" for one in Action}
        | {f"{kind}.{one.value}" for one in ACTIONS for kind in ("action", "done")}
        | {f"about.{one.value}" for one in ACTIONS - {Action.CREATE_REQUEST, Action.PERFORM_PRE_BOOKING}}
        | {f"item.{one.value}" for one in ItemKind}
        | {f"letter.{one.value}" for one in LetterKind}
        | {f"stuck.{one.value}" for one in Stuck}
        | {f"waits.{one.value}" for one in Stuck if one is not Stuck.NOT_ANNOUNCED}
        | {f"reason.{one.value}" for one in Reason}
        | {f"service.{one.value}" for one in ServiceType}
        | {f"column.{one.value}" for one in Sort}
        | {f"{kind}.{point}" for point in CHECKS for kind in ("check", "kept")}
        | {f"language.{one.value}" for one in Language}
    )
    assert wanted - set(ENGLISH.texts) == set()


def test_every_phrase_that_a_page_names_is_there() -> None:
    named = {
        (path.name, key)
        for path in TEMPLATES.glob("*.html")
        for key in re.findall(r'say\("([a-z_.]+)"', path.read_text(encoding="utf-8"))
        if not key.endswith(".")
    }
    assert {(name, key) for name, key in named if key not in ENGLISH.texts} == set()


@pytest.mark.parametrize(
    ("language", "moment", "money"),
    [
        (Language.ENGLISH, "Fri 27 Nov 2026, 08:12", "in 1 d 2 h"),
        (Language.GERMAN, "Fr 27. Nov. 2026, 08:12", "in 1 T 2 Std"),
        (Language.SWEDISH, "fre 27 nov. 2026, 08:12", "om 1 d 2 h"),
    ],
)
def test_times_are_written_as_the_reader_is_used_to(language: Language, moment: str, money: str) -> None:
    reader = Reader(phrases("desk", language), Market(), NOW)
    assert reader.full(NOW) == moment
    assert reader.say("due.in", span=reader.span(timedelta(hours=26))) == money


def test_lengths_of_time_are_short() -> None:
    reader = stranger(Language.ENGLISH, NOW)
    spans = [
        timedelta(days=8, hours=3),
        timedelta(days=2),
        timedelta(hours=3, minutes=20),
        timedelta(minutes=5),
    ]
    assert [reader.span(one) for one in spans] == ["8 d", "2 d", "3 h", "5 min"]
    assert reader.span(timedelta(seconds=-5)) == "0 min"


def test_another_year_is_named_and_miles_are_miles() -> None:
    reader = Reader(ENGLISH, Market(distance="mi"), NOW)
    assert reader.moment(NOW - timedelta(days=365)) == "Thu 27 Nov 2025, 08:12"
    assert reader.mileage(100) == "62\N{NO-BREAK SPACE}mi"
    assert reader.mileage(None) == "–"
