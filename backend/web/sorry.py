"""Tells people at the desk what went wrong as a page, where programs are told by a problem document."""

from __future__ import annotations

from typing import Final

import structlog
from aiohttp import hdrs, web

from backend.store.database import DatabaseFailure
from backend.web import session
from backend.web.errors import Problem
from backend.web.keys import OFFICE
from backend.web.reader import desk_reader, stranger
from backend.web.rendering import render
from backend.web.wording import accepted_language

log = structlog.get_logger("web")
_KNOWN: Final = {403, 404, 405, 413, 429, 503}


def wanted(request: web.Request) -> bool:
    """Tell whether a person at the desk waits for the answer."""
    return request.path.startswith("/desk") and "text/html" in request.headers.get(hdrs.ACCEPT, "")


async def page(request: web.Request, problem: Problem) -> web.Response:
    """Return the page that says what went wrong, and where to go from there."""
    language = accepted_language(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))
    reader = stranger(language, request.app[OFFICE].clock.now())
    try:
        me = await session.advisor_or_none(request)
        if me is not None:
            async with request.app[OFFICE].look() as work:
                reader = await desk_reader(work, me)
    except DatabaseFailure:
        log.warning("sorry_without_session")
    status = int(problem.status)
    response = render(
        request,
        "desk/sorry.html",
        reader=reader,
        status=status,
        what=f"sorry.{status if status in _KNOWN else 'other'}",
    )
    response.headers.update(problem.headers)
    return response
