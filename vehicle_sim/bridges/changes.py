"""Decides what of a busy bus the car is told, and when: what changed, soon, in order, and no noise.

A bus repeats everything up to a hundred times a second, and each thing that a car is told is a line of its
journal. So a turn of the key, or of anything else that is one of a few words, is told at once and in order; a
number only where it moved by more than its grain, and all of them together at most every :data:`PACE`.
Times are technical, in seconds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from vehicle_sim import signals
from vehicle_sim.bridges import Signals

PACE: Final = 0.5
"""Seconds between two tellings of numbers."""
RETRY: Final = 1.0
"""Seconds until a car that did not answer is told again."""
MOST_TURNS: Final = 64
"""Turns that may wait; of a key that flutters faster than a car can be told, only where it stands is kept."""
GRAINS: Final[Mapping[str, float]] = {
    signals.SPEED: 0.5,
    signals.LATITUDE: 0.00001,
    signals.LONGITUDE: 0.00001,
    signals.DISTANCE: 10.0,
    signals.OUTSIDE: 0.5,
}
"""By how much a number has to move to be worth a line: a metre, half a degree Celsius ..."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The source said this."""

    at: float
    values: Signals


@dataclass(frozen=True, slots=True)
class Told:
    """The car has it."""

    at: float


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The car did not take it, or is not there."""

    at: float


@dataclass(frozen=True, slots=True)
class Woken:
    """The instant came that :func:`due` had named."""

    at: float


Event = Heard | Told | Unanswered | Woken


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell the car these, in this order; :class:`Told` or :class:`Unanswered` has to follow."""

    values: Signals


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What was heard last, what the car knows of it, and the turns that wait for it."""

    heard: Signals = field(default_factory=dict)
    told: Signals = field(default_factory=dict)
    turns: tuple[tuple[str, str | bool], ...] = ()
    is_telling: bool = False
    numbers_from: float = -math.inf
    turns_from: float = -math.inf


@dataclass(frozen=True, slots=True)
class Outcome:
    """The next state, and what to do now."""

    state: Knowledge
    effect: Tell | None = None


def advance(state: Knowledge, event: Event) -> Outcome:
    """Take note of what happened, and tell the car if there is news and its time has come."""
    match event:
        case Heard():
            state = _hear(state, event.values)
        case Told():
            state = replace(state, is_telling=False)
        case Unanswered():
            # Nobody knows what it has: all that stands is told anew.
            later = event.at + RETRY
            state = replace(state, is_telling=False, told={}, turns=_standing(state.heard), turns_from=later)
    wanted = due(state)
    if wanted is None or event.at < wanted:
        return Outcome(state)
    return _tell(state, event.at)


def due(state: Knowledge) -> float | None:
    """Return when the car can be told the next thing; None while there is no news, or it is being told."""
    if state.is_telling:
        return None
    if state.turns:
        return state.turns_from
    return max(state.numbers_from, state.turns_from) if _numbers(state) else None


def _hear(state: Knowledge, values: Signals) -> Knowledge:
    heard = {**state.heard, **values}
    fresh = tuple(
        (name, value)
        for name, value in values.items()
        if not isinstance(value, float) and state.heard.get(name) != value
    )
    turns = (*state.turns, *fresh)
    return replace(state, heard=heard, turns=turns if len(turns) <= MOST_TURNS else _standing(heard))


def _tell(state: Knowledge, at: float) -> Outcome:
    batch: dict[str, str | bool | float] = {}
    numbers_from = state.numbers_from
    if at >= numbers_from:
        batch |= _numbers(state)
        numbers_from = at + PACE if batch else numbers_from
    # One name can stand once in a telling: the second turn of the same key waits for the next.
    taken = 0
    while taken < len(state.turns) and state.turns[taken][0] not in batch:
        name, value = state.turns[taken]
        batch[name] = value
        taken += 1
    told = {**state.told, **batch}
    state = replace(state, told=told, turns=state.turns[taken:], is_telling=True, numbers_from=numbers_from)
    return Outcome(state, Tell(batch))


def _standing(heard: Signals) -> tuple[tuple[str, str | bool], ...]:
    return tuple((name, value) for name, value in heard.items() if not isinstance(value, float))


def _numbers(state: Knowledge) -> dict[str, float]:
    return {
        name: value
        for name, value in state.heard.items()
        if isinstance(value, float) and _is_news(name, state.told.get(name), value)
    }


def _is_news(name: str, told: object, value: float) -> bool:
    if not isinstance(told, float):
        return True
    # To stand still is a fact of its own: pop-ups and menus hang on it.
    if (told == 0) != (value == 0):
        return True
    return abs(value - told) >= GRAINS.get(name, 0.0) and value != told
