"""Says who may sit at a workshop's desk, and lets in whoever knows the password, at a guesser's pace."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.service import signing, throttle
from backend.service.errors import Conflict, Invalid, NotFound, ServiceError
from backend.service.office import Office, Work
from backend.store import sessions, users
from backend.store.scope import Dealer, System
from backend.store.users import Role, User
from protocol.clock import Clock
from protocol.language import Language

__all__ = [
    "NewUser",
    "Role",
    "SignIn",
    "User",
    "WrongLogin",
    "add_user",
    "disable",
    "set_password",
    "sign_in",
]

SHORTEST: Final = 12
LONGEST: Final = 200
"""Characters of a password."""
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
# Checked for a login that nobody has, so that it takes as long as one that somebody has.
_NOBODY: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$Lx5FdPfUvC5h+eypBHR2/g$8iJmcjJiVekAsYWAFV/RlakccE1LW5pI6/lFhxVFejg"
)
# Each check takes 64 MiB: however many knock, only so many are checked at a time.
_HANDS: Final = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user as somebody enters it."""

    login: str
    name: str
    role: Role
    language: Language
    password: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody at the door: what was entered, from which address, and the secret that the browser had."""

    login: str
    password: str
    address: str
    old_secret: str = ""


class WrongLogin(ServiceError):
    """There is no such user, the password is another, or the user is disabled: all look the same."""

    def __init__(self) -> None:
        super().__init__("the user name or the password is wrong")


def login_of(text: str) -> str:
    """Return a login as it is kept.

    Raises:
        Invalid: it cannot be one.
    """
    login = text.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise Invalid("login", "2 to 64 of the letters a to z, digits, dots, hyphens and underscores")
    return login


async def hashed(password: str, *, login: str = "") -> str:
    """Return what is kept of a password. Takes a moment: do it outside of a transaction.

    Raises:
        Invalid: it is too short, too long, or the login itself.
    """
    plain = _plain(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise Invalid("password", f"it takes {SHORTEST} to {LONGEST} characters")
    if plain.lower() == login:
        raise Invalid("password", "it may not be the user name")
    return await _by_hand(lambda: _HASHER.hash(plain))


async def add_user(office: Office, dealer: Dealer, new: NewUser) -> User:
    """Add a user of a dealer.

    Raises:
        Invalid: the login or the password cannot be used.
        Conflict: somebody has that login, here or at another dealer.
    """
    login = login_of(new.login)
    password = await hashed(new.password, login=login)
    async with office.work() as work:
        if await users.user_by_login(work.tx, System(), login) is not None:
            raise Conflict(f"there is a user {login} already")
        user = User(uuid4(), dealer.id, login, new.name, new.role, new.language, password, work.now)
        await users.add_user(work.tx, dealer, user)
        await work.note(dealer, "operator", "add_user", user.id)
    return user


async def all_users(work: Work) -> list[User]:
    """Return the users of every dealer, by login."""
    return await users.users_all(work.tx, System())


async def set_password(office: Office, login: str, password: str) -> None:
    """Give a user another password, and end the user's sessions.

    Raises:
        Invalid: the password cannot be used.
        NotFound: nobody has this login.
    """
    kept = await hashed(password, login=login.strip().lower())
    async with office.work() as work:
        user = await _user(work, login)
        await users.set_password(work.tx, System(), user.id, kept)
        await _out(work, user.id)
        await work.note(Dealer(user.dealer_id), "operator", "set_password", user.id)


async def disable(office: Office, login: str) -> None:
    """Let a user in no more, and end the user's sessions. What the user did keeps the name.

    Raises:
        NotFound: nobody has this login.
    """
    async with office.work() as work:
        user = await _user(work, login)
        await users.disable(work.tx, System(), user.id, work.now)
        await _out(work, user.id)
        await work.note(Dealer(user.dealer_id), "operator", "disable_user", user.id)


async def sign_in(office: Office, clock: Clock, entered: SignIn) -> tuple[User, str]:
    """Let a user in; return the user and the secret for the browser. ``clock`` is technical time.

    Raises:
        WrongLogin: not with this login and password.
        TooSoon: after so many failures it takes a wait.
    """
    now, login = clock.now(), entered.login.strip().lower()
    by_user = throttle.key(office, "login", login)
    by_address = throttle.key(office, "address", throttle.neighbourhood(entered.address))
    async with office.work() as work:
        await throttle.reserve(work, {by_user: throttle.GUESSES, by_address: throttle.GUESSES}, now)
        known = await users.user_by_login(work.tx, System(), login) if _LOGIN.fullmatch(login) else None
    plain = _plain(entered.password)
    right = await _by_hand(lambda: _verify(known.password if known else _NOBODY, plain))
    if known is None or not right:
        await _note_failure(office, login)
        raise WrongLogin
    renewed = await _renewed(known, plain)
    async with office.work() as work:
        # Looked at again: the check took a while, and the user may have been disabled meanwhile.
        user = await users.user_by_login(work.tx, System(), login)
        if user is None or user.disabled_at is not None or user.password != known.password:
            raise WrongLogin
        if renewed is not None:
            await users.set_password(work.tx, System(), user.id, renewed)
        await _succeeded(work, by_user, by_address, now)
        secret = await signing.open_desk(work, user, clock.now(), instead_of=entered.old_secret)
        await work.note(Dealer(user.dealer_id), user.login, "sign_in", user.id)
    return user, secret


async def _user(work: Work, login: str) -> User:
    user = await users.user_by_login(work.tx, System(), login.strip().lower())
    if user is None:
        raise NotFound("user", login)
    return user


async def _out(work: Work, user_id: UUID) -> None:
    await sessions.end_sessions_of(work.tx, System(), user_id=user_id)


async def _succeeded(work: Work, by_user: str, by_address: str, now: datetime) -> None:
    await sessions.forget_tries(work.tx, System(), by_user)
    # Only this try: who has an account could otherwise guess at others' without an end.
    await sessions.forget_try(work.tx, System(), by_address, now)


async def _note_failure(office: Office, login: str) -> None:
    async with office.work() as work:
        await work.note(System(), "unknown", "sign_in_failed", login)


async def _renewed(user: User, plain: str) -> str | None:
    if not _HASHER.check_needs_rehash(user.password):
        return None
    return await _by_hand(lambda: _HASHER.hash(plain))


async def _by_hand(job: Callable[[], _T]) -> _T:
    return await asyncio.get_running_loop().run_in_executor(_HANDS, job)


def _plain(password: str) -> str:
    # Keyboards and systems write the same letter in several ways; what was cut off can match nothing.
    whole = unicodedata.normalize("NFKC", password[: LONGEST * 2])
    return whole.encode(errors="replace").decode()


def _verify(kept: str, plain: str) -> bool:
    try:
        return _HASHER.verify(kept, plain)
    except (VerificationError, InvalidHashError):
        return False
