"""Tells the desk's open pages to look again as soon as something may have changed, by server-sent events.

The stream carries no data: a page that is told fetches itself anew and takes over what is different, so
that a missed or a needless word does no harm. What is published or sent a moment after a change announces
itself by nothing; therefore each change is told once more a little later.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from aiohttp import web

from backend.service.office import Office
from backend.web import session
from backend.web.feed import EVENT_STREAM
from backend.web.keys import OFFICE, STOPPING
from protocol.clock import monotonic

log = structlog.get_logger("web")
BEAT: Final = 10.0
"""Seconds after which pages look by themselves: another process may have the news."""
ECHO: Final = 2.0
"""Seconds after a change at which what followed from it (published, sent) is there to be seen."""
_NOTICED: Final = 0.5
_RETRY_MILLISECONDS: Final = 3000


async def stream(request: web.Request) -> web.StreamResponse:
    """Stream until the reader leaves, the session is over, or the process is to end."""
    await session.advisor(request)
    office, stopping = request.app[OFFICE], request.app[STOPPING]
    response = web.StreamResponse(headers={"Content-Type": EVENT_STREAM, "X-Accel-Buffering": "no"})
    await response.prepare(request)
    try:
        await response.write(f"retry: {_RETRY_MILLISECONDS}\n\n".encode())
        seen, looked, echo = _state(office), monotonic(), False
        while not stopping.is_set():
            await _news(office, stopping, seen)
            waited = monotonic() - looked
            state = _state(office)
            changed = state != seen
            if not (changed or (echo and waited >= ECHO) or waited >= BEAT):
                continue
            if waited >= BEAT and await session.advisor_or_none(request) is None:
                break
            echo = changed
            seen, looked = state, monotonic()
            await response.write(b"event: look\ndata: now\n\n")
        await response.write_eof()
    except ConnectionResetError:
        log.debug("desk_left")
    return response


def _state(office: Office) -> tuple[object, ...]:
    """Return what differs after a change of this process, and from one minute of business time on."""
    signals = (office.feed.count, office.timers.count, office.mail.count, office.dirty.count)
    return (*signals, office.clock.now().replace(second=0, microsecond=0))


async def _news(office: Office, stopping: asyncio.Event, seen: tuple[object, ...]) -> None:
    """Wait for a signal, but not for long: what time does announces itself by nothing."""
    if _state(office) != seen:
        return
    signals = (office.feed, office.timers, office.mail, office.dirty)
    waiting = {asyncio.ensure_future(one.wait(one.count, _NOTICED)) for one in signals}
    waiting.add(asyncio.ensure_future(_ended(stopping)))
    try:
        await asyncio.wait(waiting, timeout=_NOTICED, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def _ended(stopping: asyncio.Event) -> bool:
    return await stopping.wait()
