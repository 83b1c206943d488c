"""Says what a row of the lifecycle's table consists of: plain data, and small tests with their words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from backend.appointment import Action, Actor, Appointment, Listing, Market, Status
from backend.events import Event
from backend.outcomes import Effect


@dataclass(frozen=True, slots=True)
class Need:
    """A mandatory field: its name in the API, and when it counts as filled in."""

    field: str
    filled: Callable[[Appointment], bool]


@dataclass(frozen=True, slots=True)
class Condition:
    """What has to hold besides the fields: in words, and as a test of the appointment as it would be."""

    words: str
    holds: Callable[[Appointment, Event, Market], bool]


class Dates(StrEnum):
    """What a row asks of the appointment's date."""

    ANY = ""
    AHEAD = "not in the past"
    AHEAD_IF_MOVED = "another date not in the past"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row. ``target`` None = status and list stay as they are."""

    sources: tuple[Status | None, ...]
    """None = there is no appointment yet."""
    listed: Listing | None = None
    """The row is only for appointments that stand in this list."""
    action: Action
    actors: tuple[Actor, ...]
    when: Condition | None = None
    """Tells two rows of the same sources and action apart."""
    needs: tuple[Need, ...] = ()
    conditions: tuple[Condition, ...] = ()
    dates: Dates = Dates.ANY
    target: Status | None = None
    listing: Listing | None = None
    also: Listing | None = None
    """The list in which time puts it besides its own."""
    effects: tuple[Effect, ...] = ()
    if_moved: tuple[Effect, ...] = ()
    """Follows if the date, the time or the place is another than before."""
