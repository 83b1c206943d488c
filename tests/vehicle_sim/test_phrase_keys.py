"""The list of keys is what the catalogues are held to."""

from __future__ import annotations

import pytest

from protocol.language import Language
from vehicle_sim.locales import texts
from vehicle_sim.phrase_keys import KEYS


@pytest.mark.parametrize("language", Language)
def test_every_key_that_the_menus_can_carry_has_words(language: Language) -> None:
    assert KEYS - texts(language).keys() == frozenset()
