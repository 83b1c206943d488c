"""Sends owners one-time codes by e-mail and lets in who brings one back: My Volvo has no passwords.

A code belongs to the asking that it was made for, works once, for some minutes, and for few guesses. What is
answered does not tell whether anybody has the address. Where several people share one, each gets a code.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID, uuid4

from pydantic import TypeAdapter, ValidationError

from backend.contacts import Email
from backend.letters import CodeFacts, Letter, Unwritable, to_json, write_code
from backend.outcomes import LetterKind
from backend.service import throttle
from backend.service.errors import Invalid, ServiceError
from backend.service.office import Office, Work, log_crossing
from backend.service.post import why_held
from backend.store import customers, letters, sessions
from backend.store.customers import Customer
from backend.store.letters import Posted
from backend.store.scope import Owner, System
from protocol.language import Language

MINUTES: Final = 10
"""How long a code works."""
_GUESSES: Final = 5
_DIGITS: Final = 8
_MOST_SHARING: Final = 5
_EMAIL: Final[TypeAdapter[str]] = TypeAdapter(Email)
_NOBODY: Final = Customer(
    id=UUID(int=0),
    name="Nobody",
    email="nobody@example.com",
    phone="",
    language=Language.ENGLISH,
    reminder_days=1,
    preferred_dealer_id=None,
    created_by=None,
    created_at=datetime(2000, 1, 1, tzinfo=UTC),
)


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody wants a code: the e-mail address that was entered, and from where."""

    email: str
    address: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody brings a code: for which asking, the code as it was typed, and from where."""

    ask: str
    code: str
    address: str


class WrongCode(ServiceError):
    """The code is wrong, used, too old or guessed at too often: all look the same."""

    def __init__(self) -> None:
        super().__init__("this code does not work, or does not work any more")


async def ask(office: Office, now: datetime, asked: Ask) -> str:
    """Send a code to everybody with this address; return the secret name of this asking.

    Raises:
        Invalid: the text is no e-mail address.
        TooSoon: this address, or whoever asks, has had enough of them.
    """
    try:
        email = _EMAIL.validate_python(asked.email.strip())
    except ValidationError as wrong:
        raise Invalid("email", "this is no e-mail address") from wrong
    name = secrets.token_urlsafe(24)
    here = throttle.neighbourhood(asked.address)
    limits = {
        throttle.key(office, "code-to", customers.email_key(email)): throttle.LETTERS,
        throttle.key(office, "code-from", here): throttle.ASKERS,
    }
    async with office.work() as work:
        await throttle.reserve(work, limits, now)
        await sessions.forget(work.tx, System(), now - timedelta(days=1))
        found = (await customers.customers_by_email(work.tx, System(), email))[:_MOST_SHARING]
        codes = {_new_code(): one for one in found or [_NOBODY]}
        digests = {_digest(name, code): one.id for code, one in codes.items() if found}
        ends_at = now + timedelta(minutes=MINUTES)
        await sessions.add_ask(work.tx, System(), _name(name), digests, ends_at=ends_at, tries_left=_GUESSES)
        for code, one in codes.items():
            # Written for nobody too, and thrown away: an unknown address takes as long as a known one.
            letter = _letter(office, one, code, name)
            if found and letter is not None:
                await _post(work, one, letter)
    log_crossing("code_asked")
    return name


async def enter(office: Office, now: datetime, attempt: Attempt) -> Owner:
    """Return whom a code lets in; it lets nobody in again.

    Raises:
        WrongCode: not with this code.
        TooSoon: after so many failures it takes a wait.
    """
    code = "".join(char for char in attempt.code if char not in " -\u00a0")[: _DIGITS * 2]
    by_address = throttle.key(office, "code", throttle.neighbourhood(attempt.address))
    async with office.work() as work:
        await throttle.reserve(work, {by_address: throttle.GUESSES}, now)
        ask, digest = _name(attempt.ask), _digest(attempt.ask, code)
        found = await sessions.take_code(work.tx, System(), ask, digest, now)
        if found is not None:
            await sessions.forget_try(work.tx, System(), by_address, now)
    if found is None:
        raise WrongCode
    return Owner(found)


def _letter(office: Office, customer: Customer, code: str, name: str) -> Letter | None:
    settings = office.settings
    facts = CodeFacts(
        id=uuid4(),
        language=customer.language,
        to=customer.email,
        name=customer.name,
        sender=settings.mail_from,
        code=code,
        minutes=MINUTES,
        link=f"{settings.public_url.rstrip('/')}/my/login/code?ask={name}",
        simulated=settings.simulation,
    )
    try:
        return write_code(facts)
    except Unwritable as unwritable:
        log_crossing("letter_unwritable", kind=LetterKind.CODE.value, fact=unwritable.fact)
        return None


async def _post(work: Work, customer: Customer, letter: Letter) -> None:
    posted = Posted(
        message_id=letter.message_id,
        kind=LetterKind.CODE,
        dealer_id=None,
        appointment_id=None,
        customer_id=customer.id,
        recipient=letter.to,
        letter=to_json(letter),
        due_at=work.now,
        created_at=work.now,
        held=why_held(letter.to, work.office.settings),
    )
    await letters.post(work.tx, System(), posted)
    await work.note(System(), "owner", "send_code", customer.id)
    work.mail = True


def _new_code() -> str:
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"


def _name(ask: str) -> str:
    return sha256(ask.encode(errors="replace")).hexdigest()


def _digest(ask: str, code: str) -> str:
    # The asking's name is long, random and not kept: a copy of the database does not tell the code.
    return sha256(f"{ask}\0{code}".encode(errors="replace")).hexdigest()
