"""What the driver said about an item: recorded for the backend, and remembered so that nobody asks again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Literal

from protocol.messages import CarEvent, Item, Navigated, NavigationRefused
from vehicle_sim.state import Car, mark
from vehicle_sim.wire import record

Decision = Literal["accepted", "declined", "counter_proposed"]


def answer(car: Car, item: Item, fact: Callable[..., CarEvent], **facts: object) -> Car:
    """Record an answer to an item, so that it does not pop up again."""
    car = record(car, lambda seq, at: fact(seq=seq, at=at, item=item.id, ver=item.ver, **facts))
    return remember(car, item, answered=car.drive.run)


def refuse(car: Car, item: Item, why: Literal["itinerary_full", "no_navigation"]) -> Car:
    """Record that the place of an item did not become part of the itinerary."""
    return record(car, lambda seq, at: NavigationRefused(seq=seq, at=at, item=item.id, ver=item.ver, why=why))


def drove_to(car: Car, item: Item, how: str) -> Car:
    """Record that the place of an item became part of the itinerary."""
    return record(car, lambda seq, at: _navigated(seq, at, item, how))


def remember(car: Car, item: Item, *, answered: int | None = None, decided: Decision | None = None) -> Car:
    """Remember that this version of an item was answered in a run, or what was decided about it."""
    known = car.past(item)
    past = replace(
        known, answered=known.answered if answered is None else answered, decided=decided or known.decided
    )
    return replace(car, memory=replace(car.memory, past={**car.memory.past, mark(item.id, item.ver): past}))


def _navigated(seq: int, at: datetime, item: Item, how: str) -> Navigated:
    facts = {"seq": seq, "at": at, "item": item.id, "ver": item.ver, "as": how}
    return Navigated.model_validate(facts)  # "as" is no name that Python lets through as a keyword
