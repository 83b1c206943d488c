"""Writes the letter with the one-time code that opens My Volvo; it is about no appointment."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from backend.letters.facts import Letter, check_lines, domain_of
from backend.letters.writing import environment, phrases
from backend.outcomes import LetterKind
from protocol.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFacts:
    """All that the letter is made of."""

    id: UUID
    """Of this letter alone: a code is written once, and the next one is another letter."""
    language: Language
    to: str
    name: str
    sender: str
    code: str
    minutes: int
    link: str
    simulated: bool = False


def write_code(facts: CodeFacts) -> Letter:
    """Return the letter.

    Raises:
        Unwritable: a fact has line breaks or control characters, or an address is none.
    """
    check_lines(to=facts.to, sender=facts.sender, link=facts.link, lines={"name": facts.name})
    catalogue = phrases(facts.language)
    known = {"name": facts.name, "minutes": facts.minutes}
    context = {
        "t": lambda key: catalogue(key, **known),
        "kind": LetterKind.CODE.value,
        "language": facts.language.value,
        "simulated": facts.simulated,
        "dealer": "",
        "headline": False,
        "rows": (),
        "code": f"{facts.code[:4]} {facts.code[4:]}",
        "link": facts.link,
    }
    subject = environment().get_template("code/subject.txt").render(context).strip()
    return Letter(
        kind=LetterKind.CODE,
        language=facts.language,
        message_id=f"<{facts.id.hex}@{domain_of(facts.sender)}>",
        sender=facts.sender,
        to=facts.to,
        name=facts.name,
        subject=f"{catalogue('simulated.tag')} {subject}" if facts.simulated else subject,
        text=environment().get_template("code/body.txt").render(context).strip() + "\n",
        html=environment().get_template("code/body.html").render(context).strip() + "\n",
        ics=None,
        ics_method=None,
        simulated=facts.simulated,
    )
