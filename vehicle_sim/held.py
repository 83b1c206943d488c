"""Telling the backend why a pop-up has not come yet, but only when that is news.

The desk reads "waits for the next engine start" beside an appointment. Each drive changes some reason, so an
item is reported only until it has been shown once, only when what lies behind changes, at most every minute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from protocol.messages import HeldBack, Item
from protocol.reasons import Reason
from vehicle_sim.popups import is_answered, reasons
from vehicle_sim.state import Car, Held
from vehicle_sim.wire import record

PAUSE: Final = timedelta(minutes=1)
_PASSING: Final = frozenset({Reason.ENGINE_NOT_RUNNING, Reason.NO_ENGINE_START_SINCE, Reason.ANOTHER_IS_OPEN})


def note(car: Car) -> Car:
    """Remember what holds each item back and since when; record what the backend should hear of it."""
    notes: dict[UUID, Held] = {}
    for item in car.items:
        held = _held(car, item)
        if _is_news(car, item, held) and _may_tell(held, car.now):
            car = record(car, _event(item, held))
            held = replace(held, told=held.reasons, told_at=car.now)
        notes[item.id] = held
    return car if notes == car.memory.held else replace(car, memory=replace(car.memory, held=notes))


def due(car: Car) -> datetime | None:
    """Return when a report that was put off can be made."""
    waiting = (
        held.told_at + PAUSE
        for item in car.items
        if (held := car.memory.held.get(item.id)) is not None
        and held.told_at is not None
        and _is_news(car, item, held)
    )
    return min(waiting, default=None)


def _held(car: Car, item: Item) -> Held:
    why = reasons(car, item, car.now)
    before = car.memory.held.get(item.id)
    if before is None or before.ver != item.ver:
        return Held(ver=item.ver, reasons=why, since=car.now)
    return before if before.reasons == why else replace(before, reasons=why, since=car.now)


def _is_news(car: Car, item: Item, held: Held) -> bool:
    untold = item.announce and car.past(item).shown is None and not is_answered(car, item)
    return untold and bool(held.reasons) and _lasting(held.reasons) != _lasting(held.told)


def _lasting(why: tuple[Reason, ...]) -> tuple[Reason, ...]:
    return tuple(reason for reason in why if reason not in _PASSING) or why


def _may_tell(held: Held, now: datetime) -> bool:
    return held.told_at is None or now - held.told_at >= PAUSE


def _event(item: Item, held: Held) -> Callable[[int, datetime], HeldBack]:
    return lambda seq, at: HeldBack(seq=seq, at=at, item=item.id, reasons=held.reasons, since=held.since)
