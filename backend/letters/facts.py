"""Says what a letter is made of and what it is, and refuses facts that could forge a header."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from uuid import uuid5

from pydantic import TypeAdapter

from backend.appointment import Action, Appointment, Market
from backend.outcomes import TO_DEALER, LetterKind
from protocol.language import Language
from protocol.messages import DealerCard

_ADDRESS = re.compile(r"[^\s@<>,;:\"\\]{1,64}@[A-Za-z0-9.-]{1,253}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """All that a letter is made of."""

    kind: LetterKind
    language: Language
    appointment: Appointment
    to: str
    """The reader's address, without a name."""
    name: str
    """How the reader is addressed."""
    customer: str = ""
    """The customer's name, for a letter to the workshop."""
    action: Action | None = None
    """What the customer has done, for a letter that tells the workshop of it."""
    sender: str
    """``Name <address>``; the address's domain is also that of Message-IDs and calendar UIDs."""
    dealer: DealerCard
    market: Market
    model: str
    plate: str
    link: str
    """To the booking data on My Volvo, or to the desk."""
    at: datetime
    """When it is written."""
    reminder_days: int = 3
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, ready to be kept in the outbox."""

    kind: LetterKind
    language: Language
    message_id: str
    sender: str
    to: str
    name: str
    subject: str
    text: str
    html: str
    ics: str | None
    ics_method: str | None
    """``PUBLISH`` or ``CANCEL``, by RFC 5546."""
    simulated: bool


class Unwritable(ValueError):
    """A fact that must not get into a letter: which one, and why."""

    def __init__(self, fact: str, why: str) -> None:
        super().__init__(f"{fact}: {why}")
        self.fact = fact


def message_id(facts: LetterFacts) -> str:
    """Return the Message-ID: the same for the same appointment, kind and version, for ever."""
    appointment = facts.appointment
    versions = {
        LetterKind.PROPOSAL: appointment.proposal_ver,
        LetterKind.INQUIRY: appointment.inquiry_ver,
        LetterKind.BOOKING: appointment.booking_ver,
        LetterKind.REMINDER: appointment.reminder_ver,
        **dict.fromkeys(TO_DEALER, appointment.version),
    }
    ver = versions.get(facts.kind, 1)
    # Short, or the header would be folded behind its name, which some readers take for a leading blank.
    return f"<{uuid5(appointment.id, f'{facts.kind.value}/{ver}').hex}@{domain_of(facts.sender)}>"


_LETTER: TypeAdapter[Letter] = TypeAdapter(Letter)


def to_json(letter: Letter) -> str:
    """Return the letter as JSON, for the outbox."""
    return _LETTER.dump_json(letter).decode()


def from_json(text: str | bytes) -> Letter:
    """Read a letter back.

    Raises:
        pydantic.ValidationError: it is none.
    """
    return _LETTER.validate_json(text)


def check(facts: LetterFacts) -> None:
    """Refuse what must not get into a letter.

    Raises:
        Unwritable: a line has a line break or a control character, a text has control characters, or an
            address or the link is none.
    """
    appointment = facts.appointment
    lines = {
        "name": facts.name,
        "customer": facts.customer,
        "model": facts.model,
        "plate": facts.plate,
        "place": appointment.terms.place.address if appointment.terms.place else "",
    }
    texts = {
        "work": appointment.terms.work,
        "proposal_text": appointment.proposal_text,
        "question": appointment.question,
        "wanted": appointment.wanted.text,
        "cancel_reason": appointment.cancel_reason,
    }
    for fact, text in texts.items():
        _refuse(fact, text, allowed="\n\t")
    check_lines(to=facts.to, sender=facts.sender, link=facts.link, lines=lines)


def check_lines(*, to: str, sender: str, link: str, lines: Mapping[str, str]) -> None:
    """Refuse what must not get into the head of any letter.

    Raises:
        Unwritable: a line has a line break or a control character, or an address or the link is none.
    """
    for fact, line in {"sender": sender, "link": link, **lines}.items():
        _refuse(fact, line, allowed="")
    if not _ADDRESS.fullmatch(to):
        raise Unwritable("to", f"{to[:80]!r} is no e-mail address")
    if not _ADDRESS.fullmatch(parseaddr(sender)[1]):
        raise Unwritable("sender", f"{sender[:80]!r} has no e-mail address")
    if not re.fullmatch(r"https?://[^\s\"<>]+", link):
        raise Unwritable("link", f"{link[:80]!r} is no web address")


def domain_of(sender: str) -> str:
    """Return the domain of the sender's address."""
    return parseaddr(sender)[1].rpartition("@")[2]


def _refuse(fact: str, text: str, *, allowed: str) -> None:
    for char in text:
        # Beside the controls, the two separators that Unicode calls a line's and a paragraph's end.
        if (ord(char) < 32 or 127 <= ord(char) < 160 or char in "\u2028\u2029") and char not in allowed:
            raise Unwritable(fact, f"the character U+{ord(char):04X} is not allowed in it")
