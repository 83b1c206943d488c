"""Finds the owner's catalogue, and the language that somebody's browser asks for."""

from __future__ import annotations

from backend.web import reader
from protocol.language import Language, Phrases, best_language


def phrases(language: Language) -> Phrases:
    """Return the owner's catalogue of one language, with English behind it."""
    return reader.phrases("owner", language)


def accepted_language(header: str) -> Language:
    """Return the language of an ``Accept-Language`` header that we speak best, English otherwise."""
    spoken = {language.value for language in Language}
    for part in header.split(","):
        tag = part.partition(";")[0].strip()
        if tag.split("-")[0].lower() in spoken:
            return best_language(tag)
    return Language.ENGLISH
