"""Who calls the API: a dealer's system, known by its bearer token, speaking for somebody at its desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from backend.service import dealers
from backend.store.scope import Dealer
from backend.web.errors import Unknown, Unreadable, Wrong
from backend.web.keys import OFFICE
from protocol.values import Line

USER_HEADER: Final = "Sensus-User"
"""Whom the dealer's system speaks for; shown as who edited last."""
_MOST_CHARACTERS: Final = 200
_USER: Final[TypeAdapter[str]] = TypeAdapter(Line)


@dataclass(frozen=True, slots=True)
class Caller:
    """The dealer whose token was sent, and the person at its desk."""

    dealer: Dealer
    who: str


async def authenticate(request: web.Request) -> Caller:
    """Return who calls.

    Raises:
        Unknown: there is no token, or it is no live one. Both answers look the same.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    dealer = None
    if scheme.lower() == "bearer" and 0 < len(token.strip()) <= _MOST_CHARACTERS and token.isascii():
        async with request.app[OFFICE].look() as work:
            dealer = await dealers.who_is(work, token.strip())
    if dealer is None:
        raise Unknown(
            "send the header Authorization: Bearer <token>, with a token of this dealer that is in force",
            headers={"WWW-Authenticate": 'Bearer realm="sensus"'},
        )
    return Caller(dealer, _user(request))


def _user(request: web.Request) -> str:
    said = request.headers.get(USER_HEADER, "").strip()
    try:
        # A header's bytes that are not UTF-8 arrive as lone surrogates, which no database takes.
        said.encode()
        return _USER.validate_python(said) or "API"
    except (UnicodeEncodeError, ValidationError) as wrong:
        detail = "it must be one line of UTF-8 text, at most 200 characters"
        raise Unreadable(
            f"{USER_HEADER}: {detail}", errors=[Wrong(detail=detail, parameter=USER_HEADER)]
        ) from wrong
