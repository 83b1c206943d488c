"""Says which owner calls the API: by the token of a session, or by the cookie that a browser keeps it in.

A request with an ``Authorization`` header is judged by that alone. So another site's page gains nothing by
it, and only what a browser sends by itself, the cookie, needs :mod:`backend.web.guard`.
"""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs, web

from backend.service import signing
from backend.store.scope import Owner
from backend.web import session
from backend.web.errors import Unknown
from backend.web.keys import OFFICE, TECHNICAL

_MOST_CHARACTERS: Final = 200


async def authenticate(request: web.Request) -> Owner:
    """Return which owner calls.

    Raises:
        Unknown: there is neither token nor cookie of a session that still lives.
    """
    secret = secret_of(request)
    found = None
    if 0 < len(secret) <= _MOST_CHARACTERS:
        found = await signing.owner_behind(request.app[OFFICE], secret, request.app[TECHNICAL].now())
    if found is None:
        raise Unknown(
            "send the header Authorization: Bearer <token>, with the token of an owner's session in force; "
            "POST /v1/my/codes and /v1/my/sessions open one",
            headers={"WWW-Authenticate": 'Bearer realm="my-volvo"'},
        )
    return found


def secret_of(request: web.Request) -> str:
    """Return the secret of the session that a request says it belongs to, empty if it says none."""
    said = request.headers.get(hdrs.AUTHORIZATION)
    if said is None:
        return session.owner_secret(request)
    scheme, _, token = said.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
