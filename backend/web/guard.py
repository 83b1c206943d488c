"""Lets nobody else's page send our forms: what a browser says of a request's origin decides.

Browsers that people use say ``Sec-Fetch-Site``; without it (an older one, or plain HTTP to another machine)
``Origin`` or ``Referer`` has to name this very host. Who says none of these is not let in.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import structlog
from aiohttp import hdrs, web

from backend.web import rendering
from backend.web.errors import Forbidden
from backend.web.keys import OFFICE, SETTINGS
from backend.web.middleware import Handler
from backend.web.reader import stranger
from backend.web.wording import accepted_language

log = structlog.get_logger("web")
_HARMLESS: Final = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
_PAGES: Final = ("/desk", "/my")
_BY_COOKIE: Final = (*_PAGES, "/v1/my")
_HSTS: Final = "max-age=31536000; includeSubDomains"


@web.middleware
async def refuse_foreign_forms(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request that could change something through only if a page of ours sent it."""
    if request.method in _HARMLESS or not _in(request.path, _BY_COOKIE):
        return await handler(request)
    if _is_ours(request) or (not _in(request.path, _PAGES) and _is_program(request)):
        return await handler(request)
    log.warning("foreign_form", site=request.headers.get("Sec-Fetch-Site", "")[:20])
    if not _in(request.path, _PAGES):
        raise Forbidden("another site's page sent this; only pages of this system may")
    language = accepted_language(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))
    reader = stranger(language, request.app[OFFICE].clock.now())
    return rendering.render(
        request, "login/foreign.html", reader=reader, area="desk", status=Forbidden.status
    )


async def insist_on_tls(request: web.Request, response: web.StreamResponse) -> None:
    """Have browsers come back over TLS only, where the pages are served over it."""
    if request.app[SETTINGS].public_url.startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", _HSTS)


def _is_ours(request: web.Request) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    told = request.headers.get(hdrs.ORIGIN) or request.headers.get(hdrs.REFERER)
    if told is None or (told == "null" and site == "same-origin"):
        return site == "same-origin"
    return _names_us(request, told)


def _is_program(request: web.Request) -> bool:
    """Tell whether nobody's browser is behind this: it brings its own token, or nothing that one would send.

    A page of another site can make a browser send our cookie, but neither a token nor silence on its origin.
    """
    if request.headers.get(hdrs.AUTHORIZATION):
        return True  # such a caller is known by the token alone; see `backend.web.my.caller`
    said = ("Sec-Fetch-Site", hdrs.ORIGIN, hdrs.REFERER, hdrs.COOKIE)
    return not any(name in request.headers for name in said)


def _names_us(request: web.Request, told: str) -> bool:
    try:
        there = urlsplit(told)
    except ValueError:
        return False
    public = urlsplit(request.app[SETTINGS].public_url)
    here = {(public.scheme, public.netloc.lower()), (request.scheme, request.host.lower())}
    # Behind a proxy that ends TLS this process sees plain HTTP; the host is the proxy's own all the same.
    here.add((public.scheme, request.host.lower()))
    return (there.scheme, there.netloc.lower()) in here


def _in(path: str, areas: tuple[str, ...]) -> bool:
    return any(path == area or path.startswith(f"{area}/") for area in areas)
