"""What cars and customers did, told to dealer systems: asked for with patience, or as a stream."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from aiohttp import web

from backend.service import feed
from backend.web import answers, telling
from backend.web import requests as req
from backend.web.caller import Caller
from backend.web.endpoint import Answer, endpoint
from backend.web.errors import Invalid, Wrong
from backend.web.keys import OFFICE, STOPPING

EVENT_STREAM: Final = "text/event-stream"
LAST_EVENT_ID: Final = "Last-Event-ID"
log = structlog.get_logger("web")
_BEAT: Final = 15.0
"""Seconds after which a silent stream says that it lives; proxies cut those that do not."""
_MOST: Final = 100
_RETRY_MILLISECONDS: Final = 2000


@endpoint(
    answers=answers.Events,
    media={EVENT_STREAM: "The same events as a stream; `id` is the cursor, `data` the event"},
)
async def events(request: web.Request, caller: Caller, query: req.EventsQuery) -> Answer | web.StreamResponse:
    """Read what cars and customers did.

    With `wait`, the answer comes as soon as there is an event behind `after`, or empty when the time is over.
    With `Accept: text/event-stream` it is a stream that goes on; `Last-Event-ID` takes it up again.
    Without `after`, reading begins with the oldest event.
    """
    if EVENT_STREAM in request.headers.get("Accept", ""):
        return await _stream(request, caller, _position(request.headers.get(LAST_EVENT_ID) or query.after))
    after = _position(query.after)
    found = await _wait(request, caller, after, query.limit, query.wait)
    return Answer(
        answers.Events(
            events=[telling.event(one) for one in found], cursor=str(found[-1].seq if found else after)
        )
    )


async def _stream(request: web.Request, caller: Caller, after: int) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": EVENT_STREAM, "X-Accel-Buffering": "no"})
    await response.prepare(request)
    stopping = request.app[STOPPING]
    try:
        await response.write(f"retry: {_RETRY_MILLISECONDS}\n\n".encode())
        while not stopping.is_set():
            found = await _wait(request, caller, after, _MOST, _BEAT)
            for one in found:
                after = one.seq
                data = telling.event(one).model_dump_json()
                await response.write(f"id: {after}\nevent: {one.type}\ndata: {data}\n\n".encode())
            if not found and not stopping.is_set():
                await response.write(b": still here\n\n")
        await response.write_eof()
    except ConnectionResetError:
        # The reader has gone; it takes the stream up again by Last-Event-ID, if it wants to.
        log.debug("stream_left", cursor=after)
    return response


async def _wait(
    request: web.Request, caller: Caller, after: int, limit: int, seconds: float
) -> tuple[feed.FeedEvent, ...]:
    """Wait for events, but not for longer than this process has."""
    waiting = asyncio.ensure_future(feed.wait(request.app[OFFICE], caller.dealer, after, limit, seconds))
    ended = asyncio.ensure_future(request.app[STOPPING].wait())
    try:
        await asyncio.wait({waiting, ended}, return_when=asyncio.FIRST_COMPLETED)
        return waiting.result() if waiting.done() else ()
    finally:
        waiting.cancel()
        ended.cancel()


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):
        detail = f"{cursor[:40]!r} is no cursor of this feed; take one from an answer before"
        raise Invalid(detail, errors=[Wrong(detail=detail, parameter="after")])
    return int(cursor)
