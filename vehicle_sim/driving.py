"""What the car does on the road: engine starts that count, and the way it drives under guidance.

A run begins when the engine goes from still to running with the key turned, after the key was off and the
engine stood for 3 s. A stop-start at a traffic light and a flicker of the signal continue the run; a remote
start begins none. Pop-ups hang on runs, so a wrong one here is a duplicate or a missing reminder there.

Under guidance, a car with its engine running and a speed drives along its way as time passes, to any later
instant at once. A position reported from outside always wins. Without guidance nobody knows where it would
drive to: there it moves as it is reported to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from vehicle_sim import guidance
from vehicle_sim.state import (
    FLICKER,
    ODOMETER,
    SPEEDS,
    TEMPERATURES,
    Car,
    Drive,
    Ignition,
    Moved,
    Notice,
    Page,
    View,
)

ANNOUNCED: Final = ("notice.waypoint_reached", "notice.arrived")
"""What is said, with a chime, when a stop is reached, and when it was the last one."""
_FAR_OFF: Final = 366 * 86_400.0
"""Seconds after which nobody waits for a turn any more."""

_Known = TypeVar("_Known", float, float | None)


def ignition_turned(car: Car, ignition: Ignition) -> Car:
    """Follow the key. Turned back while the engine still runs, it has not been off."""
    off = not ignition.turned or (car.drive.key_was_off and not car.drive.running)
    return _standing(car, replace(car.drive, ignition=ignition, key_was_off=off))


def engine_reported(car: Car, *, running: bool) -> Car:
    """Follow the engine; a run may begin."""
    drive = car.drive
    if running == drive.running:
        return car
    if not running:
        return _standing(car, replace(drive, running=False, stopped_at=car.now))
    drive = replace(drive, running=True, parked_at=None)
    if not drive.ignition.turned:
        return replace(car, drive=replace(drive, in_run=False))
    if not drive.key_was_off or _flickered(car, drive):
        return replace(car, drive=replace(drive, key_was_off=False))
    begun = replace(drive, run=drive.run + 1, run_since=car.now, in_run=True, key_was_off=False)
    return replace(car, drive=begun)


def carried(car: Car, at: datetime) -> Car:
    """Let a car drive on its way until ``at``, and make that its present; nobody drives into the past."""
    now = max(car.now, at)
    speed = _own_speed(car)
    if not speed:
        return replace(car, now=now)
    progress = guidance.along(car, speed * (now - car.now).total_seconds())
    if now == car.now and not progress.reached:
        return car  # a position that was reported beside the way is not moved onto it by no time at all
    drive = replace(
        car.drive,
        position=progress.position,
        odometer_km=car.drive.odometer_km + progress.metres / 1000,
        speed=car.drive.speed if progress.itinerary.stops else 0.0,
    )
    return _progressed(replace(car, now=now, drive=drive), progress)


def next_change(car: Car) -> datetime | None:
    """Return when a car that drives on its own passes its next turn or stop."""
    speed = _own_speed(car)
    if not speed:
        return None
    seconds = guidance.metres_to_change(car) / speed
    return car.now + timedelta(seconds=seconds) if seconds < _FAR_OFF else None


def next_sight(car: Car) -> datetime:
    """Return when the screen shows something else though nothing falls due: the clock, the car on the map."""
    if _own_speed(car):
        return car.now + timedelta(seconds=1)
    return car.now.replace(second=0, microsecond=0) + timedelta(minutes=1)


def hushed(car: Car) -> Car:
    """Take away what was said about the way: whatever pops up matters more, and the map shows it too."""
    said = car.notice is not None and car.notice.key in ANNOUNCED
    return replace(car, notice=None) if said else car


def moved(car: Car, event: Moved) -> Car:
    """Follow the sensors; what cannot be is not believed."""
    if event.position is not None and car.itinerary.guiding:
        car = _progressed(car, guidance.reported(car, event.position))
    drive = car.drive
    return replace(
        car,
        drive=replace(
            drive,
            position=event.position or drive.position,
            speed=_believable(event.speed, drive.speed, SPEEDS),
            odometer_km=_believable(event.odometer_km, drive.odometer_km, ODOMETER),
            outside_celsius=_believable(event.outside_celsius, drive.outside_celsius, TEMPERATURES),
            service_due=drive.service_due if event.service_due is None else event.service_due,
        ),
    )


def _standing(car: Car, drive: Drive) -> Car:
    """Note when a run ended in a parking space: a stop-start keeps its key in II, and is no parking."""
    parked = drive.in_run and not drive.running and not drive.ignition.turned
    if parked and drive.parked_at is None:
        drive = replace(drive, parked_at=car.now)
    return replace(car, drive=drive)


def _own_speed(car: Car) -> float:
    """Return the metres a second that a car drives on its own."""
    drive, itinerary = car.drive, car.itinerary
    drives = drive.running and itinerary.guiding and bool(itinerary.stops)
    return max(0.0, drive.speed) / 3.6 if drives else 0.0


def _progressed(car: Car, progress: guidance.Progress) -> Car:
    """Take the stops off the itinerary that are reached, and say so."""
    count = len(progress.reached)
    car = replace(car, itinerary=progress.itinerary)
    if not count:
        return car
    passed, arrived = ANNOUNCED
    notice = Notice(passed if progress.itinerary.stops else arrived, {"name": progress.reached[-1].name})
    return replace(car, notice=notice, pages=tuple(_pages_without(car.pages, count)))


def _pages_without(pages: tuple[Page, ...], count: int) -> Iterator[Page]:
    """Let the pages about stops stay with them when the first ``count`` of the list go."""
    for page in pages:
        match page:
            case Page(View.ITINERARY):
                yield replace(page, focus=max(0, page.focus - count))
            case Page(View.STOP, subject=int(place)):
                if place >= count:
                    yield replace(page, subject=place - count)
            case _:
                yield page


def _flickered(car: Car, drive: Drive) -> bool:
    return drive.in_run and drive.stopped_at is not None and car.now - drive.stopped_at < FLICKER


def _believable(value: float | None, known: _Known, bounds: tuple[float, float]) -> float | _Known:
    least, most = bounds
    return value if value is not None and least <= value <= most else known
