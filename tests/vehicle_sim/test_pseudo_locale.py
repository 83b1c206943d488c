"""The pseudo-locale is long, bracketed and accented, and keeps every place for a fact."""

from __future__ import annotations

import string

import pytest

from protocol.language import Language
from vehicle_sim import samples
from vehicle_sim.face import spoken
from vehicle_sim.locales import phrases, texts
from vehicle_sim.locales.pseudo_locale import pseudo
from vehicle_sim.screens import view
from vehicle_sim.screens.metrics import FONTS
from vehicle_sim.theme import SENSUS_7

ENGLISH = texts(Language.ENGLISH)
MADE = phrases(Language.ENGLISH, pseudo_locale=True)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Service", "[Šééŕvîîçéé]"),
        ("As waypoint (before {before})", "[Ååš ŵååýýpööîîñţ (bééfööŕééé {before})]"),
        ("*{when}* · {price}", "[*{when}* · {price}]"),
        ("", "[]"),
    ],
)
def test_a_phrase_becomes_longer_and_strange(text: str, made: str) -> None:
    assert pseudo(text) == made


@pytest.mark.parametrize("key", ENGLISH)
def test_every_phrase_is_bracketed_longer_and_keeps_its_places(key: str) -> None:
    english, made = ENGLISH[key], MADE.texts[key]

    def places(text: str) -> list[str | None]:
        return [place for _, place, _, _ in string.Formatter().parse(text)]

    assert (made[0], made[-1]) == ("[", "]")
    assert [place for place in places(made) if place] == [place for place in places(english) if place]
    assert made.count("*") == english.count("*")
    words = "".join(words for words, *_ in string.Formatter().parse(english))
    if any(char in "aeiouy" for char in words):
        assert len(made) - 2 >= len(english) + 0.4 * len(words)


@pytest.mark.parametrize("weight", FONTS)
def test_its_letters_are_in_the_fonts(weight: str) -> None:
    letters = "".join(MADE.texts.values())
    known = next(metrics for name, metrics in FONTS.items() if name == weight).advances
    assert set(letters + letters.upper()) - known.keys() == set()


def test_a_car_that_speaks_it_says_so_on_every_screen() -> None:
    for a_car in samples.situations().values():
        dressed = samples.dressed(a_car, Language.ENGLISH, night=True, pseudo_locale=True)
        scene = view(dressed, spoken(dressed), SENSUS_7)
        assert scene.language == "en-XA"
        if not scene.dark:
            assert scene.find("source").label.startswith("[")
