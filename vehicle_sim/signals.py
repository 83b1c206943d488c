"""Speaks VSS: turns named vehicle signals into events of the car, and the car back into signals.

Names, units and allowed values are those of the COVESA Vehicle Signal Specification: km/h, degrees, Celsius,
and metres for ``Vehicle.TraveledDistance``. A wrong name or value is refused before anything happens.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from protocol.language import Language
from protocol.values import GeoPoint
from vehicle_sim.state import (
    ODOMETER,
    SPEEDS,
    TEMPERATURES,
    Car,
    EngineReported,
    Event,
    Ignition,
    IgnitionTurned,
    Moved,
    SettingsChanged,
    Units,
)

Value = str | bool | float | None
IgnitionWish = Literal["off", "acc", "on", "start", "running"]

KEY: Final = "Vehicle.LowVoltageSystemState"
RUNNING: Final = "Vehicle.Powertrain.CombustionEngine.IsRunning"
SPEED: Final = "Vehicle.Speed"
LATITUDE: Final = "Vehicle.CurrentLocation.Latitude"
LONGITUDE: Final = "Vehicle.CurrentLocation.Longitude"
DISTANCE: Final = "Vehicle.TraveledDistance"
OUTSIDE: Final = "Vehicle.Exterior.AirTemperature"
SERVICE: Final = "Vehicle.Service.IsServiceDue"
LANGUAGE: Final = "Vehicle.Cabin.Infotainment.HMI.CurrentLanguage"
DAY_OR_NIGHT: Final = "Vehicle.Cabin.Infotainment.HMI.DayNightMode"
"""As set; None while it follows the sun."""
UNIT: Final = "Vehicle.Cabin.Infotainment.HMI.DistanceUnit"
CLOCK: Final = "Vehicle.Cabin.Infotainment.HMI.TimeFormat"

Kind = Literal["word", "yes or no", "number", "read only"]


class SignalRefused(ValueError):
    """A signal that this car cannot take: the message says which, why, and what would do."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal: how it is read from a car, and which values it may be given (none: read only)."""

    read: Callable[[Car], Value]
    kind: Kind
    least: float = -math.inf
    most: float = math.inf
    words: tuple[str, ...] = ()


_SETTINGS: Final[Mapping[str, tuple[str, Mapping[str, object]]]] = {
    LANGUAGE: ("language", {language.value: language for language in Language}),
    DAY_OR_NIGHT: ("night", {"DAY": False, "NIGHT": True}),
    UNIT: ("units", {"KILOMETERS": Units.KILOMETRES, "MILES": Units.MILES}),
    CLOCK: ("clock_24h", {"HR_12": False, "HR_24": True}),
}
"""Signals that are settings of the driver: which, and what each word sets."""


def _setting(name: str, words: Mapping[str, object]) -> Signal:
    def read(car: Car) -> Value:
        value = getattr(car.settings, name)
        return next((word for word, meant in words.items() if meant == value), None)

    return Signal(read, "word", words=tuple(words))


SIGNALS: Final[Mapping[str, Signal]] = {
    # VSS also knows UNDEFINED; a bench that sets it would say nothing.
    KEY: Signal(lambda car: car.drive.ignition.value, "word", words=tuple(Ignition)),
    RUNNING: Signal(lambda car: car.drive.running, "yes or no"),
    SPEED: Signal(lambda car: car.drive.speed, "number", *SPEEDS),
    LATITUDE: Signal(lambda car: car.drive.position.latitude, "number", -90, 90),
    LONGITUDE: Signal(lambda car: car.drive.position.longitude, "number", -180, 180),
    DISTANCE: Signal(
        lambda car: car.drive.odometer_km * 1000, "number", 1000 * ODOMETER[0], 1000 * ODOMETER[1]
    ),
    OUTSIDE: Signal(lambda car: car.drive.outside_celsius, "number", *TEMPERATURES),
    SERVICE: Signal(lambda car: car.drive.service_due, "yes or no"),
    "Vehicle.IsMoving": Signal(lambda car: car.drive.speed != 0, "read only"),
    "Vehicle.VehicleIdentification.VIN": Signal(lambda car: car.vin, "read only"),
    **{name: _setting(*setting) for name, setting in _SETTINGS.items()},
    "Vehicle.Cabin.Infotainment.Navigation.DestinationSet.Latitude": Signal(
        lambda car: at.latitude if (at := _destination(car)) else None, "read only"
    ),
    "Vehicle.Cabin.Infotainment.Navigation.DestinationSet.Longitude": Signal(
        lambda car: at.longitude if (at := _destination(car)) else None, "read only"
    ),
}

_MACROS: Final[Mapping[IgnitionWish, Sequence[tuple[str, Value]]]] = {
    "off": ((RUNNING, False), (KEY, "OFF")),
    "acc": ((RUNNING, False), (KEY, "ACC")),
    "on": ((KEY, "ON"),),
    "start": ((KEY, "START"),),
    "running": ((KEY, "START"), (RUNNING, True), (KEY, "ON")),
}


def values(car: Car) -> dict[str, Value]:
    """Return every signal with its present value; None where the car does not know it."""
    return {name: signal.read(car) for name, signal in SIGNALS.items()}


def events(car: Car, wanted: Mapping[str, object], at: datetime) -> tuple[Event, ...]:
    """Return what happens to ``car`` when the signals take these values in this order.

    What belongs together is one event: position, speed, distance ... that stand side by side.

    Raises:
        SignalRefused: a name is unknown (the nearest is named) or read only, or its value will not do.
    """
    found: list[Event] = []
    motion: dict[str, float | bool] = {}
    settings = car.settings
    for name, value in wanted.items():
        match checked(name, value):
            case str() as word if name in _SETTINGS:
                found += _moved(car, motion, at)
                setting, words = _SETTINGS[name]
                settings = replace(settings, **{setting: words[word]})  # type: ignore[arg-type]  # of that field
                found.append(SettingsChanged(at, settings))
            case str() as key:
                found += _moved(car, motion, at)
                found.append(IgnitionTurned(at, Ignition(key)))
            case bool() as running if name == RUNNING:
                found += _moved(car, motion, at)
                found.append(EngineReported(at, running))
            case fact:
                motion[name] = fact
    return (*found, *_moved(car, motion, at))


def ignition(car: Car, to: IgnitionWish, at: datetime) -> tuple[Event, ...]:
    """Return what a driver does to bring the key there: ``running`` turns it to START and lets go."""
    return tuple(event for name, value in _MACROS[to] for event in events(car, {name: value}, at))


def kind_of(name: str) -> Kind:
    """Return what a signal takes.

    Raises:
        SignalRefused: there is no such signal (the nearest is named), or it can only be read.
    """
    signal = SIGNALS.get(name)
    if signal is None:
        near = difflib.get_close_matches(name, SIGNALS, n=1, cutoff=0)
        raise SignalRefused(name, f"no such signal here; the nearest is {near[0]}")
    if signal.kind == "read only":
        raise SignalRefused(name, "it can be read, not set")
    return signal.kind


def checked(name: str, value: object) -> str | bool | float:
    """Return the value as the car takes it.

    Raises:
        SignalRefused: the signal is none that can be set, or it cannot have this value.
    """
    match kind_of(name):
        case "word":
            words = SIGNALS[name].words
            if isinstance(value, str) and value in words:
                return value
            raise SignalRefused(name, f"{_shown(value)} is none of {', '.join(words)}")
        case "yes or no":
            if isinstance(value, bool):
                return value
            raise SignalRefused(name, f"true or false is expected, not {_shown(value)}")
        case _:
            return _number(name, value)


def _number(name: str, value: object) -> float:
    # bool is an int to Python, and never a speed.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SignalRefused(name, f"a number is expected, not {_shown(value)}")
    signal = SIGNALS[name]
    if not signal.least <= value <= signal.most:
        bounds = f"{signal.least:.10g} to {signal.most:.10g}"
        raise SignalRefused(name, f"{_shown(value)} is outside {bounds}")
    return float(value)


def _moved(car: Car, motion: dict[str, float | bool], at: datetime) -> tuple[Event, ...]:
    """Empty ``motion`` into one event, if there is anything in it."""
    if not motion:
        return ()
    position = None
    if LATITUDE in motion or LONGITUDE in motion:
        here = car.drive.position
        position = GeoPoint(
            latitude=motion.get(LATITUDE, here.latitude), longitude=motion.get(LONGITUDE, here.longitude)
        )
    metres = motion.get(DISTANCE)
    event = Moved(
        at,
        position=position,
        speed=motion.get(SPEED),
        odometer_km=None if metres is None else metres / 1000,
        outside_celsius=motion.get(OUTSIDE),
        service_due=None if (due := motion.get(SERVICE)) is None else bool(due),
    )
    motion.clear()
    return (event,)


def _destination(car: Car) -> GeoPoint | None:
    return car.itinerary.stops[-1].position if car.itinerary.stops else None


def _shown(value: object) -> str:
    return repr(value)[:40]
