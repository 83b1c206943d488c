"""The bench's page is never without words: each language has all that page and bezels ask for."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from protocol.language import Language
from vehicle_sim.bezel import bezel_of
from vehicle_sim.theme import PROFILES

FOLDER = resources.files("vehicle_sim.bench").joinpath("web")
FILES = {file.name: file.read_text("utf-8") for file in FOLDER.iterdir()}
PRINTED = re.compile(r"[A-Z/ ]+")
"""What is printed on a key is the same in every language."""


def words(language: Language) -> dict[str, str]:
    block = re.search(rf"\n  {language.value}: {{(.*?)\n  }},", FILES["words.js"], flags=re.DOTALL)
    assert block is not None
    return dict(re.findall(r'\b(\w+): "([^"]*)"', block[1]))


def asked_for() -> set[str]:
    named = re.compile(r'data-(?:say|name)="(\w+)"|\bsay\("(\w+)"\)')
    found = {one or other for text in FILES.values() for one, other in named.findall(text)}
    controls = {
        control.name
        for profile in PROFILES.values()
        for control in bezel_of(profile).controls
        if not PRINTED.fullmatch(control.label)
    }
    return found | controls | {"created", "removed", "reset_done"}


@pytest.mark.parametrize("language", Language)
def test_each_language_has_all_words_and_no_others(language: Language) -> None:
    assert words(language).keys() == asked_for()
    assert all(words(language).values())


def test_the_page_in_english_is_what_the_files_say() -> None:
    """Without scripts, and for who reads them, the HTML itself is English."""
    told = re.findall(r'data-say="(\w+)"[^>]*>([^<]+)<', FILES["page.html"])
    english = words(Language.ENGLISH)
    assert {key: text for key, text in told if english[key] != text} == {}
