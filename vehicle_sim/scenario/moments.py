"""Reads points in time as people say them: "monday 07:41", "in 3 days at 08:00", "2 days before visit".

Words are read when a scenario is, so that a wrong one is told with its line; what they mean is known only
when the step is played, from the time it is then, the zone, and the visits that have been agreed on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from protocol.values import check_zone, to_instant

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EXAMPLES: Final = "07:41, tomorrow 07:41, monday at 07:41, in 3 days at 08:00, 2 days before visit at 08:00"
_UNITS: Final = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_PART: Final = re.compile(
    r"(\d{1,6})\s*(weeks?|w|days?|d|hours?|h|minutes?|min|m|seconds?|s)\b,?(?:\s+and)?\s*"
)
_ZONE: Final = re.compile(r"\s+([A-Z][A-Za-z]+/[A-Za-z_/]+|UTC)$")
_AGAIN: Final = re.compile(r"\s+again$")
_CLOCK: Final = re.compile(r"(?:^|\s+)(?:at\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?$")
_VISIT: Final = re.compile(r"(?:(\d{1,3}) days? (before|after)|(?:on )?the day of) (?:the )?(\w[\w -]*)")


class NoMoment(ValueError):
    """Words that name no point in time, or no span: the message says what would."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time before it is known.

    Attributes:
        words: as they were written.
        instant: known at once, from an RFC 3339 instant.
        day: a calendar date. weekday: 0 for Monday. days: so many from today. visit: relative to its day.
        later: so much later than now, when no wall time is named.
        strictly: never today, even if its wall time is still to come.
        wall: the wall time; None keeps the present one, or that of the visit.
        zone: an IANA zone, if not the dealer's. again: the second of two equal wall times.
    """

    words: str
    instant: datetime | None = None
    day: date | None = None
    weekday: int | None = None
    days: int | None = None
    visit: str | None = None
    later: timedelta | None = None
    wall: time | None = None
    zone: str | None = None
    again: bool = False
    strictly: bool = False

    def at(self, now: datetime, zone: str, visits: Mapping[str, datetime]) -> datetime:
        """Return the instant that this means at ``now``; ``visits`` tells when each visit begins.

        Raises:
            NoMoment: the visit is not known, or the wall time does not exist on that day.
        """
        if self.instant is not None:
            return self.instant
        here = ZoneInfo(self.zone or zone)
        local = now.astimezone(here)
        if self.later is not None:
            return now + self.later
        day, wall = self._day(local, here, visits), self.wall
        if wall is None:
            wall = visits[self.visit].astimezone(here).time() if self.visit else local.time()
        try:
            instant = to_instant(datetime.combine(day, wall).replace(fold=int(self.again)), self.zone or zone)
        except ValueError as gap:
            raise NoMoment(f"{self.words!r}: {gap}") from gap
        return instant.astimezone(UTC)  # two times of one zone are compared by their walls, folds forgotten

    def _day(self, local: datetime, here: ZoneInfo, visits: Mapping[str, datetime]) -> date:
        if self.day is not None:
            return self.day
        if self.visit is not None:
            if self.visit not in visits:
                known = ", ".join(visits) or "none has been agreed on yet"
                raise NoMoment(f"{self.words!r}: there is no visit {self.visit!r}; there is {known}")
            return visits[self.visit].astimezone(here).date() + timedelta(days=self.days or 0)
        if self.days is not None:
            return local.date() + timedelta(days=self.days)
        ahead = 0 if self.weekday is None else (self.weekday - local.weekday()) % 7
        over = self.strictly or self.wall is None or self.wall <= local.time()
        if ahead == 0 and over:
            ahead = 1 if self.weekday is None else 7
        return local.date() + timedelta(days=ahead)


def moment(words: str) -> Moment:
    """Read a point in time.

    Raises:
        NoMoment: the words name none.
    """
    text = " ".join(words.split())
    if (instant := _instant(text)) is not None:
        return Moment(text, instant=instant)
    rest, zone, again = text, None, False
    if (found := _ZONE.search(rest)) is not None:
        zone, rest = _zone(found[1], text), rest[: found.start()]
    if (found := _AGAIN.search(rest)) is not None:
        again, rest = True, rest[: found.start()]
    wall = None
    if (found := _CLOCK.search(rest)) is not None:
        wall, rest = _wall(found, text), rest[: found.start()].strip()
    known = {"words": text, "wall": wall, "zone": zone, "again": again}
    named = _named(rest.lower().removesuffix(" at"), rest, has_wall=wall is not None)
    if named is None:
        raise NoMoment(f"{text!r} is no point in time; write {EXAMPLES}, or 2026-11-30 07:41")
    return Moment(**{**known, **named})  # type: ignore[arg-type]  # the keys are this class's own fields


def span(words: str) -> timedelta:
    """Read a length of time: "3 days", "2 hours 30 minutes", "2h30m", "45 s".

    Raises:
        NoMoment: the words name none.
    """
    text = " ".join(words.split())
    spread = re.sub(r"(?<=[a-z])(?=\d)", " ", text)
    total, end = timedelta(), 0
    while (found := _PART.match(spread, end)) is not None:
        total += timedelta(**{_UNITS[found[2][0]]: int(found[1])})
        end = found.end()
    if end == 0 or end != len(spread):
        raise NoMoment(f"{text!r} is no length of time; write 3 days, 2 hours 30 minutes, 45 s")
    return total


def _named(low: str, text: str, *, has_wall: bool) -> dict[str, object] | None:
    """Return the fields of a moment whose wall time has been taken off, None if they name no day."""
    if low in {"", "today", "tomorrow"}:
        if not low:
            return {} if has_wall else None
        return {"days": 0 if low == "today" else 1}
    if low.removeprefix("next ") in DAYS:
        return {"weekday": DAYS.index(low.removeprefix("next ")), "strictly": low.startswith("next ")}
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", low):
        try:
            return {"day": date.fromisoformat(low)}
        except ValueError as wrong:
            raise NoMoment(f"{low!r} is no day of the calendar") from wrong
    if low.startswith("in "):
        length = span(low.removeprefix("in "))
        whole = length.seconds == 0
        if has_wall and not whole:
            raise NoMoment(f"{text!r}: only whole days go with a wall time")
        return {"days": length.days} if whole else {"later": length}
    if (found := _VISIT.fullmatch(text)) is not None:
        days = int(found[1] or 0) * (-1 if found[2] == "before" else 1)
        return {"visit": found[3].removesuffix(" at"), "days": days}
    return None


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and len(text) > 10 else None


def _wall(found: re.Match[str], text: str) -> time:
    try:
        return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError as wrong:
        raise NoMoment(f"{text!r}: no clock shows {found[0].strip()}") from wrong


def _zone(name: str, text: str) -> str:
    try:
        return check_zone(name)
    except ValueError as unknown:
        raise NoMoment(f"{text!r}: {unknown}") from unknown
