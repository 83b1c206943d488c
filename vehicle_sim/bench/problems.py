"""Tells what goes wrong on the bench as problem details (RFC 9457), and reads bodies so that little does."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, TypeAdapter, ValidationError

from protocol.clock import ClockRefused
from vehicle_sim.garage import Gone, Taken
from vehicle_sim.journal import JournalUnwritable
from vehicle_sim.signals import SignalRefused

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_M = TypeVar("_M", bound=BaseModel)


class Problem(Exception):
    """An answer that is none, as RFC 9457 wants it told; ``more`` are extension members."""

    def __init__(self, status: HTTPStatus, detail: str, **more: object) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.more = more


async def body(request: web.Request, model: type[_T]) -> _T:
    """Return the JSON body of a request as a ``model``.

    Raises:
        Problem: it is no JSON, or not what is expected; the first fault is named, and all are listed.
    """
    if request.content_type != "application/json":
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"application/json is expected, not {request.content_type}"
        )
    try:
        return TypeAdapter(model).validate_json(await request.read(), strict=True)
    except ValidationError as wrong:
        raise _refusal(wrong, "the body") from wrong


def query(request: web.Request, model: type[_M]) -> _M:
    """Return the query parameters of a request as a ``model``.

    Raises:
        Problem: there is an unknown one, or one that is not what is expected.
    """
    try:
        return model.model_validate_strings(dict(request.query))
    except ValidationError as wrong:
        raise _refusal(wrong, "the query") from wrong


def _refusal(wrong: ValidationError, whole: str) -> Problem:
    errors = [
        {"pointer": "".join(f"/{part}" for part in error["loc"]), "detail": error["msg"]}
        for error in wrong.errors(include_url=False, include_input=False, include_context=False)
    ]
    first = f"{errors[0]['pointer'] or whole}: {errors[0]['detail']}"
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, first, errors=errors)


@web.middleware
async def as_problems(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn every error into its problem; one that nobody foresaw is logged and told as a fault of ours."""
    try:
        return await handler(request)
    except Problem as problem:
        return _told(problem)
    except SignalRefused as refused:
        return _told(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(refused), signal=refused.name))
    except Taken as taken:
        return _told(Problem(HTTPStatus.CONFLICT, str(taken)))
    except Gone as gone:
        return _told(Problem(HTTPStatus.NOT_FOUND, str(gone)))
    except ClockRefused as refused:
        return _told(Problem(HTTPStatus.CONFLICT, str(refused)))
    except JournalUnwritable as failure:
        return _told(Problem(HTTPStatus.INSUFFICIENT_STORAGE, f"not on disk yet: {failure}"))
    except web.HTTPException as other:
        return _told(Problem(HTTPStatus(other.status), f"{request.method} {request.path}: {other.reason}"))
    except Exception:  # noqa: BLE001 - the last door: the tester gets an answer, the log the traceback
        _log.exception("%s %s", request.method, request.path)
        return _told(Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "a fault of the bench; its log says more"))


def _told(problem: Problem) -> web.Response:
    body = {
        "type": "about:blank",
        "title": problem.status.phrase,
        "status": problem.status.value,
        "detail": problem.detail,
        **problem.more,
    }
    return web.json_response(body, status=problem.status, content_type="application/problem+json")
