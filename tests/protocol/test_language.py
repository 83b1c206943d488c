"""Somebody's language, or the nearest we speak."""

from __future__ import annotations

import pytest

from protocol.language import Language, Phrases, best_language


@pytest.mark.parametrize(
    ("tag", "language"),
    [("de-AT", "de"), ("de_DE", "de"), ("SV", "sv"), ("fi-FI", "en"), ("", "en"), ("en-GB", "en")],
)
def test_the_primary_subtag_decides(tag: str, language: str) -> None:
    assert best_language(tag) is Language(language)


def test_english_stands_in_for_a_missing_phrase() -> None:
    phrases = Phrases(
        Language.GERMAN, {"today": "heute", "empty": ""}, {"today": "today", "empty": "at {place}"}
    )
    assert phrases("today") == "heute"
    assert phrases("empty", place="Kamppi") == "at Kamppi"
    assert phrases.missing() == {"empty"}
    with pytest.raises(KeyError):
        phrases("nowhere")
