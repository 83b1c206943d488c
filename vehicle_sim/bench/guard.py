"""Keeps other people's pages out: a bench has no passwords, and a tester's browser visits other sites too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from vehicle_sim.bench.problems import Problem


@web.middleware
async def from_here(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse what a page of another origin asks a browser to do or to follow.

    Reading is left to the browser, which gives no answer to such a page; but it sends simple requests, and it
    opens WebSockets to anybody. Programs send no Origin and are not meant.
    """
    origin = request.headers.get(hdrs.ORIGIN)
    acts = request.method not in {hdrs.METH_GET, hdrs.METH_HEAD} or hdrs.UPGRADE in request.headers
    if origin is not None and acts and urlsplit(origin).netloc != request.host:
        raise Problem(HTTPStatus.FORBIDDEN, f"{origin[:80]} is not this bench: its pages may not drive cars")
    return await handler(request)
