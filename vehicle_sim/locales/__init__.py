"""The words of the head unit, one catalogue a language; facts go into ``{named}`` places."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

from protocol.language import Language, Phrases


@cache
def phrases(language: Language) -> Phrases:
    """Return the phrases of a language; English stands in for what it lacks."""
    return Phrases(language, texts(language), texts(Language.ENGLISH))


@cache
def texts(language: Language) -> dict[str, str]:
    """Return one catalogue as it stands in its file."""
    source = resources.files("vehicle_sim").joinpath("locales", f"{language.value}.json")
    loaded: dict[str, str] = json.loads(source.read_text(encoding="utf-8"))
    return loaded
