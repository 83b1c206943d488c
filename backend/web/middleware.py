"""What stands between every request and its handler: limits, figures, and a problem for each failure."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final
from uuid import uuid4

import structlog
from aiohttp import hdrs, web

from backend import outcomes
from backend.service import errors as service
from backend.store.database import DatabaseFailure
from backend.store.paging import BadCursor
from backend.web import sorry
from backend.web.errors import (
    CONTENT_TYPE,
    Conflict,
    Fault,
    Invalid,
    KeyUsed,
    NotFound,
    NotThatMethod,
    Problem,
    TooLarge,
    TooMany,
    Unavailable,
    Unreadable,
    Wrong,
    summary,
)
from backend.web.keys import LIMITER, METRICS
from protocol.clock import monotonic

log = structlog.get_logger("web")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_TRACE: Final = "Sensus-Trace"
_TRACE_FORM: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
_UNLIMITED: Final = ("/healthz/", "/metrics", "/static/")


@web.middleware
async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Time the request, count its answer, log it in one line, and give it a trace id that logs share."""
    said = request.headers.get(_TRACE, "")
    trace = said if _TRACE_FORM.fullmatch(said) else uuid4().hex
    resource = request.match_info.route.resource
    # The pattern, never the path: a path has VINs and signed links in it.
    route = resource.canonical if resource is not None else "unknown"
    began = monotonic()
    with structlog.contextvars.bound_contextvars(trace=trace):
        response = await handler(request)
        took = monotonic() - began
        metrics = request.app[METRICS]
        method = request.method if request.method in hdrs.METH_ALL else "other"
        metrics.requests.labels(method, route, response.status).inc()
        metrics.seconds.labels(method, route).observe(took)
        log.info("http", method=method, route=route, status=response.status, ms=round(took * 1000, 1))
    if not response.prepared:
        response.headers[_TRACE] = trace
    return response


@web.middleware
async def tell_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every failure into a problem document; what nobody foresaw is logged and told as our fault."""
    try:
        _limit(request)
        return await handler(request)
    except web.HTTPException as known:
        if known.status < HTTPStatus.BAD_REQUEST:
            raise
        return await _told(request, _from_aiohttp(known))
    except ConnectionResetError:
        raise
    except Exception as failure:
        problem = translate(failure)
        if isinstance(problem, Fault):
            log.exception("fault", exc_info=failure)
        return await _told(request, problem)


async def _told(request: web.Request, problem: Problem) -> web.Response:
    return await sorry.page(request, problem) if sorry.wanted(request) else problem_response(request, problem)


def problem_response(request: web.Request, problem: Problem) -> web.Response:
    """Return the problem document."""
    # match_info instead of path: the path of an owner's page is a secret.
    body = problem.body(request.path if not request.path.startswith("/my/") else "/my/")
    return web.Response(
        status=problem.status,
        text=body.model_dump_json(exclude_none=True),
        headers={**problem.headers, "Content-Type": CONTENT_TYPE},
    )


def translate(failure: Exception) -> Problem:
    """Return the problem that a failure from below is to whoever asked."""
    if isinstance(failure, Problem):
        return failure
    if isinstance(failure, outcomes.Refused):
        return _from_lifecycle(failure)
    if isinstance(failure, service.Invalid):
        return _invalid([_at(failure.field, failure.words)])
    if isinstance(failure, BadCursor):
        return _invalid([Wrong(detail=str(failure), parameter="after")])
    if isinstance(failure, DatabaseFailure):
        return Unavailable("the database is out of reach or busy; nothing was changed", headers=_RETRY)
    kind = next((kind for known, kind in _KINDS.items() if isinstance(failure, known)), None)
    if kind is None:
        return Fault("something went wrong here that should not have; nothing was changed")
    return kind(str(failure))


_KINDS: Final[dict[type[Exception], type[Problem]]] = {
    service.Conflict: Conflict,
    service.StaleVersion: Conflict,
    service.StaleRecord: Conflict,
    service.NotFound: NotFound,
    service.KeyReused: KeyUsed,
}
_RETRY: Final = {"Retry-After": "1"}


def _from_lifecycle(refused: outcomes.Refused) -> Problem:
    match refused:
        case outcomes.MissingFields(fields=fields):
            return _invalid([_at(name, "this field is mandatory") for name in fields])
        case outcomes.WrongDate():
            return _invalid([_at("date", str(refused))])
        case outcomes.NotAllowed(allowed=allowed, status=status):
            return Conflict(str(refused), allowed=list(allowed), present_status=status)
        case _:
            return Conflict(str(refused))


def _invalid(errors: list[Wrong]) -> Invalid:
    return Invalid(summary(errors), errors=errors)


def _at(field: str, words: str) -> Wrong:
    return Wrong(detail=words, pointer="#/" + field.replace(".", "/"))


def _limit(request: web.Request) -> None:
    if request.path.startswith(_UNLIMITED):
        return
    who = request.headers.get("Authorization") or request.remote or ""
    wait = request.app[LIMITER].wait(who)
    if wait:
        seconds = int(wait) + 1
        raise TooMany(f"this caller may go on in {seconds} s", headers={"Retry-After": str(seconds)})


def _from_aiohttp(known: web.HTTPException) -> Problem:
    match known:
        case web.HTTPNotFound():
            return NotFound("nothing is at this address; /docs lists what there is")
        case web.HTTPMethodNotAllowed():
            allowed = ", ".join(sorted(known.allowed_methods))
            return NotThatMethod(f"this address answers to {allowed}", headers={"Allow": allowed})
        case web.HTTPRequestEntityTooLarge():
            return TooLarge("the body is larger than what is read here")
        case web.HTTPBadRequest():
            return Unreadable(known.text or "the request cannot be read")
        case _:
            return Fault(f"{known.status} {known.reason}")
