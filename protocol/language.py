"""Which language a person reads, and what stands in for a phrase that is missing in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """The languages that both ends speak, as BCP 47 tags."""

    ENGLISH = "en"
    GERMAN = "de"
    SWEDISH = "sv"


def best_language(tag: str) -> Language:
    """Return the language we speak for a BCP 47 tag: by its primary subtag, English otherwise."""
    primary = tag.replace("_", "-").split("-")[0].lower()
    return next((language for language in Language if language.value == primary), Language.ENGLISH)


@dataclass(frozen=True, slots=True)
class Phrases:
    """A catalogue: message key to text with ``{named}`` places; English stands in for what is missing."""

    language: Language
    texts: Mapping[str, str]
    fallback: Mapping[str, str]

    def __call__(self, key: str, **facts: object) -> str:
        """Return the phrase for ``key`` with its places filled.

        Raises:
            KeyError: neither this language nor English knows ``key``: our own error.
        """
        text = self.texts.get(key) or self.fallback[key]
        return text.format(**facts) if facts else text

    def missing(self) -> frozenset[str]:
        """Return the keys that English has and this language lacks."""
        return frozenset(key for key in self.fallback if not self.texts.get(key))
