"""When the engine was started by somebody, as opposed to restarted, flickering or started from afar.

A run begins when the engine goes from still to running with the key turned, after the key was off and the
engine stood for 3 s. A stop-start at a traffic light and a flicker of the signal continue the run; a remote
start begins none. Pop-ups hang on runs, so a wrong one here is a duplicate or a missing reminder there.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TypeVar

from vehicle_sim.state import FLICKER, Car, Drive, Ignition, Moved

_Known = TypeVar("_Known", float, float | None)


def ignition_turned(car: Car, ignition: Ignition) -> Car:
    """Follow the key. Turned back while the engine still runs, it has not been off."""
    off = not ignition.turned or (car.drive.key_was_off and not car.drive.running)
    return replace(car, drive=replace(car.drive, ignition=ignition, key_was_off=off))


def engine_reported(car: Car, *, running: bool) -> Car:
    """Follow the engine; a run may begin."""
    drive = car.drive
    if running == drive.running:
        return car
    if not running:
        return replace(car, drive=replace(drive, running=False, stopped_at=car.now))
    if not drive.ignition.turned:
        return replace(car, drive=replace(drive, running=True, in_run=False))
    if not drive.key_was_off or _flickered(car, drive):
        return replace(car, drive=replace(drive, running=True, key_was_off=False))
    begun = replace(drive, running=True, run=drive.run + 1, run_since=car.now, in_run=True, key_was_off=False)
    return replace(car, drive=begun)


def moved(car: Car, event: Moved) -> Car:
    """Follow the sensors; what is not a number is not believed."""
    drive = car.drive
    return replace(
        car,
        drive=replace(
            drive,
            position=event.position or drive.position,
            speed=_believable(event.speed, drive.speed),
            odometer_km=_believable(event.odometer_km, drive.odometer_km),
            outside_celsius=_believable(event.outside_celsius, drive.outside_celsius),
            service_due=drive.service_due if event.service_due is None else event.service_due,
        ),
    )


def _flickered(car: Car, drive: Drive) -> bool:
    return drive.in_run and drive.stopped_at is not None and car.now - drive.stopped_at < FLICKER


def _believable(value: float | None, known: _Known) -> float | _Known:
    return value if value is not None and math.isfinite(value) else known
