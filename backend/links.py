"""Links to an owner's own pages: signed, for one person and one booking, and only for a while.

A link is all that an owner needs, so it must not be guessable, not be usable for anything else, and end.
Its end is an instant of business time: in a simulation a link lives as long as the simulated days say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

LIFE: Final = timedelta(days=90)
"""How long a link works after its letter was written, or after the appointment if that is later."""
_PURPOSE: Final = "owner-page"
_ALGORITHM: Final = "HS256"


@dataclass(frozen=True, slots=True)
class OwnerLink:
    """Who may see what, until when."""

    appointment: UUID
    customer: UUID
    until: datetime


class BadLink(ValueError):
    """A link that was not written here, was changed on the way, or has ended."""


class EndedLink(BadLink):
    """A link that was good once."""


def write_link(key: str, link: OwnerLink) -> str:
    """Return the token that stands for ``link``: letters, digits, ``-``, ``_`` and dots."""
    claims = {
        "aud": _PURPOSE,
        "apt": str(link.appointment),
        "sub": str(link.customer),
        "exp": int(link.until.timestamp()),
    }
    return jwt.encode({"alg": _ALGORITHM}, claims, _key(key), algorithms=[_ALGORITHM])


def owner_url(public_url: str, key: str, link: OwnerLink) -> str:
    """Return the address that a letter shows."""
    return f"{public_url.rstrip('/')}/my/{write_link(key, link)}"


def read_link(key: str, token: str, now: datetime) -> OwnerLink:
    """Return what ``token`` stands for.

    Raises:
        EndedLink: its time is over.
        BadLink: it was not written with this key.
    """
    try:
        claims = jwt.decode(token, _key(key), algorithms=[_ALGORITHM]).claims
        link = OwnerLink(
            UUID(str(claims["apt"])),
            UUID(str(claims["sub"])),
            datetime.fromtimestamp(int(claims["exp"]), tz=UTC),
        )
    except (JoseError, ValueError, KeyError, TypeError, OverflowError) as wrong:
        raise BadLink("this link was not written here, or has been changed") from wrong
    if claims.get("aud") != _PURPOSE:
        raise BadLink("this link is for something else")
    if link.until <= now:
        raise EndedLink(f"this link worked until {link.until:%Y-%m-%d}")
    return link


def _key(secret: str) -> OctKey:
    # The secret signs nothing but links today; a key of its own keeps it so when something else comes.
    return OctKey.import_key(sha256(f"{_PURPOSE}\0{secret}".encode()).digest())
