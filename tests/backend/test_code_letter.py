"""The letter with a one-time code: whole in every language, and no way to forge a header."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from backend import letters
from backend.letters import CodeFacts, Unwritable, write_code
from backend.outcomes import LetterKind
from protocol.language import Language
from tests.backend.test_letters import Outline

FACTS = CodeFacts(
    id=UUID(int=7),
    language=Language.ENGLISH,
    to="maria@example.com",
    name="Maria <Lindholm>",
    sender="My Volvo <my-volvo@example.com>",
    code="01234567",
    minutes=10,
    link="http://127.0.0.1:8080/my/login/code?ask=abc",
)


@pytest.mark.parametrize("language", list(Language))
def test_it_is_whole_in_every_language(language: Language) -> None:
    letter = write_code(replace(FACTS, language=language))
    assert "My Volvo" in letter.subject
    assert "0123" not in letter.subject
    for part in (letter.text, letter.html):
        assert "0123 4567" in part
        assert "10 minut" in part.replace("Minut", "minut")
        assert FACTS.link in part
    assert "Maria <Lindholm>" in letter.text
    assert "Maria &lt;Lindholm&gt;" in letter.html
    outline = Outline()
    outline.feed(letter.html)
    assert not outline.odd
    assert not outline.stack
    message = letters.to_message(letter, datetime(2026, 11, 2, tzinfo=UTC))
    assert message["Message-ID"] == "<00000000000000000000000000000007@example.com>"
    assert message["X-Sensus-Letter"] == LetterKind.CODE.value
    assert letters.from_json(letters.to_json(letter)) == letter


def test_a_simulated_one_says_so() -> None:
    letter = write_code(replace(FACTS, simulated=True))
    assert letter.subject == "[Simulated] Your code for My Volvo"
    assert "simulated message" in letter.text


@pytest.mark.parametrize(
    ("fact", "value"), [("name", "A\r\nBcc: x@example.com"), ("to", "a@b@c"), ("link", "javascript:1")]
)
def test_a_fact_that_could_forge_a_header_is_refused(fact: str, value: str) -> None:
    with pytest.raises(Unwritable) as refused:
        write_code(replace(FACTS, **{fact: value}))  # type: ignore[arg-type]  # one text at a time
    assert refused.value.fact == fact
