"""The words of the head unit, one catalogue a language; facts go into ``{named}`` places."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

from protocol.language import Language, Phrases
from vehicle_sim.locales.pseudo_locale import pseudo


@cache
def phrases(language: Language, *, pseudo_locale: bool = False) -> Phrases:
    """Return the phrases of a language; English stands in for what it lacks.

    The pseudo-locale is made from English, and its dates and figures are English: give it that language.
    """
    if pseudo_locale:
        made = {key: pseudo(text) for key, text in texts(Language.ENGLISH).items()}
        return Phrases(language, made, made)
    return Phrases(language, texts(language), texts(Language.ENGLISH))


@cache
def texts(language: Language) -> dict[str, str]:
    """Return one catalogue as it stands in its file."""
    source = resources.files("vehicle_sim").joinpath("locales", f"{language.value}.json")
    loaded: dict[str, str] = json.loads(source.read_text(encoding="utf-8"))
    return loaded
