"""Says who sits at a browser: a user at a workshop's desk, or an owner on My Volvo.

The browser holds a random secret in a cookie that scripts cannot read and other sites' pages do not send
along with their forms. Where the pages are served over TLS the cookie has the prefix ``__Host-``, so that
neither a neighbouring host nor an unencrypted page can plant one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from aiohttp import web

from backend.service import signing
from backend.service.accounts import Role, User
from backend.store.scope import Dealer, Owner
from backend.web.keys import OFFICE, SETTINGS, TECHNICAL
from protocol.language import Language

__all__ = ["Advisor", "Owner", "Role", "advisor", "owner", "owner_came", "owner_entered", "user_entered"]

DESK_LOGIN: Final = "/desk/login"
MY_LOGIN: Final = "/my/login"
DESK_HOME: Final = "/desk/appointments"
MY_HOME: Final = "/my"
_DESK: Final = "sensus-desk"
_MY: Final = "sensus-my"


@dataclass(frozen=True, slots=True)
class Advisor:
    """A user at a workshop's desk. ``name`` is what the history keeps, ``login`` what the user typed."""

    user_id: UUID
    name: str
    role: Role
    dealer: Dealer
    language: Language
    login: str


async def advisor(request: web.Request) -> Advisor:
    """Return who sits at the desk.

    Raises:
        HTTPSeeOther: nobody; it leads to the login page and from there back here.
    """
    found = await advisor_or_none(request)
    if found is None:
        raise web.HTTPSeeOther(f"{DESK_LOGIN}?{urlencode({'next': request.rel_url.raw_path_qs})}")
    return found


async def advisor_or_none(request: web.Request) -> Advisor | None:
    """Return who sits at the desk, None if nobody has signed in."""
    secret = desk_secret(request)
    user = await signing.user_behind(request.app[OFFICE], secret, request.app[TECHNICAL].now())
    return None if user is None else _advisor(user)


async def owner(request: web.Request) -> Owner:
    """Return whose pages these are.

    Raises:
        HTTPSeeOther: nobody's; it leads to the login page and from there back here.
    """
    found = await owner_or_none(request)
    if found is None:
        raise web.HTTPSeeOther(f"{MY_LOGIN}?{urlencode({'next': request.rel_url.raw_path_qs})}")
    return found


async def owner_or_none(request: web.Request) -> Owner | None:
    """Return whose pages these are, None if nobody has come by a link or a code."""
    secret = owner_secret(request)
    return await signing.owner_behind(request.app[OFFICE], secret, request.app[TECHNICAL].now())


def user_entered(request: web.Request, response: web.StreamResponse, secret: str) -> None:
    """Let the browser keep the secret of a user's new session."""
    _keep(request, response, _DESK, secret)


async def owner_entered(request: web.Request, response: web.StreamResponse, owner: Owner) -> None:
    """Open a session for an owner who proved to be one; the browser's old one ends."""
    office, now = request.app[OFFICE], request.app[TECHNICAL].now()
    async with office.work() as work:
        secret = await signing.open_owner(work, owner, now, instead_of=owner_secret(request))
        await work.note(owner, "owner", "sign_in", owner.id)
    _keep(request, response, _MY, secret)


async def owner_came(request: web.Request, response: web.StreamResponse, owner: Owner) -> None:
    """Open a session for an owner who came by a signed link, unless the browser is in theirs already.

    Call it only for a link that was read and leads somewhere: a link is as good as a code, and as old.
    """
    if await owner_or_none(request) != owner:
        await owner_entered(request, response, owner)


async def leave(request: web.Request, response: web.StreamResponse) -> None:
    """End the sessions of this browser in the area (desk or My Volvo) that the request is for."""
    name = _DESK if request.path.startswith("/desk") else _MY
    async with request.app[OFFICE].work() as work:
        await signing.end(work, _secret(request, name))
    response.del_cookie(_cookie(request, name), path="/", secure=_is_secure(request))


def desk_secret(request: web.Request) -> str:
    """Return what the browser holds for the desk, empty if nothing."""
    return _secret(request, _DESK)


def owner_secret(request: web.Request) -> str:
    """Return what the browser holds for My Volvo, empty if nothing."""
    return _secret(request, _MY)


def way_back(wanted: str, *, area: str, home: str) -> str:
    """Return where to go after a login: ``wanted``, if it is a place of that area on this very host."""
    parts = urlsplit(wanted) if wanted.isascii() and wanted.isprintable() and "\\" not in wanted else None
    inside = parts is not None and not parts.scheme and not parts.netloc
    if not inside or not (wanted == area or wanted.startswith((f"{area}/", f"{area}?"))) or "//" in wanted:
        return home
    return home if wanted.startswith((DESK_LOGIN, MY_LOGIN)) else wanted


def _advisor(user: User) -> Advisor:
    return Advisor(user.id, user.name, user.role, Dealer(user.dealer_id), user.language, user.login)


def _keep(request: web.Request, response: web.StreamResponse, name: str, secret: str) -> None:
    # No lifetime: it goes with the browser's own session, and the database knows when it is over.
    response.set_cookie(
        _cookie(request, name),
        secret,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=_is_secure(request),
    )


def _secret(request: web.Request, name: str) -> str:
    return request.cookies.get(_cookie(request, name), "")


def _cookie(request: web.Request, name: str) -> str:
    return f"__Host-{name}" if _is_secure(request) else name


def _is_secure(request: web.Request) -> bool:
    return request.app[SETTINGS].public_url.startswith("https://")
