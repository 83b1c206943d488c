"""Moves virtual time for everybody at once, so that a month passes without anything happening out of turn.

An advance is a series of rounds: all participants come to rest, the earliest thing due among them names the
next instant, all clocks are set to it, and so on to the end. Nobody is left behind: who does not answer or
does not come to rest is named. Waiting is technical time, always real.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import aiohttp
from pydantic import TypeAdapter, ValidationError

from protocol.clock import monotonic, pause
from protocol.values import Instant

PATIENCE: Final = 10.0
"""Seconds in which a participant has to answer and to come to rest."""
_LOOK_AGAIN: Final = 0.02
_QUIET: Final = (
    0.05  # what one has just sent is not yet work of the other: rest is believed at the second look
)


class RoundFailed(Exception):
    """Time could not go on: the message names the participant and says why."""


class NoAnswer(RoundFailed):
    """A participant cannot be reached, or answers something else."""


class NotAtRest(RoundFailed):
    """A participant still has something to do."""


class ClockRefused(RoundFailed):
    """A participant does not take this instant."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a participant says: its time, when its next thing is due, what it is busy with (None: nothing)."""

    now: datetime
    next_due: datetime | None
    busy: str | None


class ClockLink(Protocol):
    """A participant's clock, apart from everything else that connects it."""

    @property
    def name(self) -> str:
        """What to call it before people."""
        ...

    async def read(self) -> Reading:
        """Return where it stands.

        Raises:
            NoAnswer: it could not be asked.
        """
        ...

    async def set(self, to: datetime) -> Reading:
        """Set its clock, let happen what fell due, and return where it stands.

        Raises:
            NoAnswer: it could not be told.
            ClockRefused: it will not, because that is in its past or its clock is a real one.
        """
        ...


@dataclass(frozen=True, slots=True)
class HttpClock:
    """The clock of a process that serves ``/sim/clock`` at ``url``."""

    name: str
    url: str
    session: aiohttp.ClientSession

    async def read(self) -> Reading:
        """Return where it stands."""
        return await self._ask("GET")

    async def set(self, to: datetime) -> Reading:
        """Set its clock."""
        return await self._ask("PUT", {"now": to.isoformat()})

    async def _ask(self, method: str, body: dict[str, str] | None = None) -> Reading:
        where = f"{self.url.rstrip('/')}/sim/clock"
        try:
            async with self.session.request(
                method, where, json=body, timeout=aiohttp.ClientTimeout(total=PATIENCE)
            ) as answer:
                if answer.status == 409:
                    problem: dict[str, Any] = await answer.json(content_type=None)
                    raise ClockRefused(f"{self.name} refuses: {problem.get('detail', 'no reason given')}")
                if answer.status == 404:
                    raise NoAnswer(f"{self.name} at {where} has no virtual clock: start it for simulation")
                if answer.status != 200:
                    raise NoAnswer(f"{self.name} at {where} answers {answer.status} {answer.reason}")
                return _READING.validate_json(await answer.read()).reading()
        except TimeoutError as slow:
            raise NoAnswer(f"{self.name} at {where} does not answer within {PATIENCE:g} s") from slow
        except aiohttp.ClientError as failure:
            raise NoAnswer(f"{self.name} cannot be reached at {where}: {failure}") from failure
        except ValidationError as other:
            raise NoAnswer(f"{self.name} at {where} answers something that is no clock") from other


def http_clock(url: str, session: aiohttp.ClientSession, name: str | None = None) -> HttpClock:
    """Return the link to the process at ``url``."""
    return HttpClock(name or urlsplit(url).netloc or url, url, session)


async def advance(
    participants: Sequence[ClockLink],
    to: datetime,
    *,
    patience: float = PATIENCE,
    on_round: Callable[[datetime], None] = lambda _: None,
) -> datetime:
    """Bring everybody to ``to``, stopping wherever something falls due, and return the common time.

    ``on_round`` is told each instant at which all stopped.

    Raises:
        NotAtRest: somebody had work left after ``patience`` seconds.
        NoAnswer: somebody could not be asked or told.
        ClockRefused: ``to`` lies in somebody's past.
    """
    readings = await settle(participants, patience=patience)
    latest = max((reading.now for reading in readings), default=to)
    if to < latest:
        raise ClockRefused(f"{to.isoformat()} lies in the past: it is {latest.isoformat()} already")
    while True:
        now = min(reading.now for reading in readings) if readings else to
        dues = [reading.next_due for reading in readings if reading.next_due is not None]
        # A clock that lags behind (its process started later) catches up first, stopping on its way.
        step = max(now, min([to, *dues]))
        for participant, reading in zip(participants, readings, strict=True):
            if reading.now < step:
                await _move(participant, step)
        readings = await settle(participants, patience=patience)
        on_round(step)
        if step >= to:
            return step


async def _move(participant: ClockLink, to: datetime) -> None:
    try:
        await participant.set(to)
    except ClockRefused:
        # Somebody else moves time too, and was faster: then it has gone past ``to`` already.
        if (await participant.read()).now < to:
            raise


async def settle(participants: Sequence[ClockLink], *, patience: float = PATIENCE) -> list[Reading]:
    """Wait until all participants are at rest at two looks in a row, and return where they stand.

    Raises:
        NotAtRest: somebody still had work after ``patience`` seconds; all who had are named, with their work.
        NoAnswer: somebody could not be asked.
    """
    deadline = monotonic() + patience
    before: list[Reading] | None = None
    while True:
        readings = await asyncio.gather(*(participant.read() for participant in participants))
        busy = [
            f"{participant.name}: {work}"
            for participant, reading in zip(participants, readings, strict=True)
            if (work := _work(reading)) is not None
        ]
        if not busy and readings == before:
            return readings
        if monotonic() > deadline:
            what = "; ".join(busy) or "somebody's answers keep changing"
            raise NotAtRest(f"not at rest after {patience:g} s: {what}")
        await pause(_LOOK_AGAIN if busy else _QUIET)
        before = readings if not busy else None


def target(words: str, now: datetime) -> datetime:
    """Return the instant that ``3d``, ``2h30m``, ``45s`` from ``now``, or ``until`` an RFC 3339 one means.

    Raises:
        ValueError: it is neither; the message says what one looks like.
    """
    text = words.strip()
    if text.startswith("until"):
        try:
            return _INSTANT.validate_python(text.removeprefix("until").strip())
        except ValidationError as wrong:
            raise ValueError(
                f"{text!r} names no instant with its UTC offset; write until 2026-11-30T07:41+02:00"
            ) from wrong
    found = _SPAN.fullmatch(text.replace(" ", ""))
    if found is None or not text:
        raise ValueError(
            f"{text!r} is no span of time; write 3d, 2h30m, 45s, or until 2026-11-30T07:41+02:00"
        )
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return now + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _work(reading: Reading) -> str | None:
    if reading.busy is None and reading.next_due is not None and reading.next_due <= reading.now:
        return f"what fell due at {reading.next_due.isoformat()}"
    return reading.busy


@dataclass(frozen=True, slots=True)
class _Answer:
    now: Instant
    next_due: Instant | None
    idle: bool
    busy: str | None

    def reading(self) -> Reading:
        """Return what counts; busy without words is still busy."""
        return Reading(
            self.now, self.next_due, self.busy or (None if self.idle else "something it does not name")
        )


_READING: Final = TypeAdapter(_Answer)
_INSTANT: Final[TypeAdapter[datetime]] = TypeAdapter(Instant)
_SPAN: Final = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,8})s)?")
