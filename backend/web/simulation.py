"""The handle on simulated time over HTTP. It exists only in a backend that was started for simulation."""

from __future__ import annotations

from aiohttp import web

from backend.web import answers
from backend.web import requests as req
from backend.web.endpoint import Answer, endpoint
from backend.web.errors import Conflict
from backend.web.keys import CLOCK, ClockState
from protocol.clock import ClockRefused


@endpoint(answers=answers.Clock)
async def look(request: web.Request) -> Answer:
    """Read simulated time, and whether anything is left to do at it."""
    return Answer(_told(await request.app[CLOCK].look()))


@endpoint(answers=answers.Clock, refuses=(Conflict,), example={"now": "2026-11-27T06:00:00Z"})
async def move(request: web.Request, body: req.SetClock) -> Answer:
    """Move simulated time forward.

    What falls due on the way happens before the answer comes.
    """
    try:
        return Answer(_told(await request.app[CLOCK].move(body.now)))
    except ClockRefused as refused:
        raise Conflict(str(refused)) from refused


def _told(state: ClockState) -> answers.Clock:
    return answers.Clock(now=state.now, next_due=state.next_due, idle=state.busy is None, busy=state.busy)
