"""No screen is ever without words: every key that the car can come to has its phrase in every language."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.language import Language, Phrases
from protocol.reasons import Reason
from vehicle_sim import menu, samples
from vehicle_sim.locales import phrases, texts
from vehicle_sim.reducer import advance
from vehicle_sim.route import Manoeuvre
from vehicle_sim.screens import view
from vehicle_sim.screens.metrics import FONTS
from vehicle_sim.state import Button, Car, Event, Pressed, Step, Turned, View
from vehicle_sim.theme import SENSUS_7

SITUATIONS = samples.situations()
presses = st.builds(Pressed, st.just(samples.NOW), st.sampled_from(Button), long=st.booleans())
turns = st.builds(Turned, st.just(samples.NOW), st.integers(-3, 6))
oks = st.just(Pressed(samples.NOW, Button.OK))


def strict(language: Language) -> Phrases:
    """A catalogue that nothing stands in for."""
    own = texts(language)
    return Phrases(language, own, own)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", Language)
def test_catalogues_have_the_same_keys_and_places(language: Language) -> None:
    english = texts(Language.ENGLISH)
    assert phrases(language).missing() == frozenset()
    assert texts(language).keys() == english.keys()
    assert {key: places(text) for key, text in texts(language).items()} == {
        key: places(text) for key, text in english.items()
    }


@pytest.mark.parametrize("language", Language)
def test_every_letter_of_the_catalogue_is_in_the_fonts(language: Language) -> None:
    letters = set("".join(texts(language).values())) | set("".join(texts(language).values()).upper())
    for metrics in FONTS.values():
        assert letters <= metrics.advances.keys()


@pytest.mark.parametrize("language", Language)
def test_strong_words_are_closed(language: Language) -> None:
    assert [key for key, text in texts(language).items() if text.count("*") % 2] == []


@pytest.mark.parametrize("language", Language)
def test_fixed_families_of_keys_are_whole(language: Language) -> None:
    keys = texts(language).keys()
    assert {f"reason.{reason.value}" for reason in Reason} <= keys
    assert {f"title.{shown.value}" for shown in View} <= keys
    assert {f"turn.{manoeuvre.value}" for manoeuvre in Manoeuvre} <= keys
    assert {f"popup.{kind}.title" for kind in samples.items()} <= keys
    assert {f"popup.{step.value}.title" for step in Step if step is not Step.ASKED} <= keys
    assert {"title.notice", "status.accepted", "status.declined", "status.counter_proposed"} <= keys


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", SITUATIONS)
def test_every_situation_is_told_in_every_language(name: str, language: Language) -> None:
    told = view(SITUATIONS[name], strict(language), SENSUS_7)
    assert told.language == language.value


@given(
    st.sampled_from(sorted(SITUATIONS)),
    st.lists(st.one_of(oks, presses, turns), max_size=14),
    st.sampled_from(Language),
)
def test_wherever_the_driver_goes_there_are_words(name: str, way: list[Event], language: Language) -> None:
    car: Car = SITUATIONS[name]
    catalogue = strict(language)
    for event in way:
        car = advance(car, event).car
        assert menu.title(car) in catalogue.texts
        assert all(choice.key in catalogue.texts for choice in menu.choices(car))
        view(car, catalogue, SENSUS_7)
