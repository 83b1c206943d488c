"""Reads a driver's deeds, and what they led to on the screen, out of a car's journal."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from vehicle_sim import menu, popups
from vehicle_sim.codec import decode_car, decode_event
from vehicle_sim.reducer import advance
from vehicle_sim.state import (
    Button,
    Car,
    Connected,
    ConnectionLost,
    EngineReported,
    Event,
    Ignition,
    IgnitionTurned,
    Moved,
    Pressed,
    Settings,
    SettingsChanged,
    Turned,
)
from vehicle_sim.witness import Json

_KEYS: Final = {
    Ignition.LOCK: "off",
    Ignition.OFF: "off",
    Ignition.ACC: "acc",
    Ignition.ON: "on",
    Ignition.START: "start",
}
_NAMES: Final = {"notifications_on": "notifications", "clock_24h": "clock 24h"}
_SET: Final = ("language", "notifications_on", "navigation", "night", "units", "clock_24h", "muted")
Step = dict[str, Any]
Labels = Callable[[Car], Sequence[str]]
"""Tells what can be chosen in a car, in the words on its screen."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did at an instant, and what is expected of it, as steps."""

    at: datetime
    steps: list[Step]


def driven(journal: Sequence[Json], after: int, labels: Labels) -> tuple[Car | None, list[Deed]]:
    """Return the car at line ``after`` of a journal, and the driver's deeds behind it."""
    car: Car | None = None
    first: Car | None = None
    deeds: list[Deed] = []
    group: list[Event] = []
    start: Car | None = None
    for line in journal:
        if "car" in line:
            car = decode_car(json.dumps(line["car"]))
            continue
        event = decode_event(json.dumps(line["event"]))
        if car is not None and line["n"] > after:
            first = first or car
            if group and not _belongs(group[-1], event):
                deeds += _told(group, start, car, labels)
                group = []
            if _is_of_the_driver(event):
                start = car if not group else start
                group.append(event)
        car = advance(car, event).car
    if group and car is not None:
        deeds += _told(group, start, car, labels)
    return first or car, deeds


def settings_of(car: Car) -> dict[str, Any]:
    """Return what the cast says of a car such as this."""
    return {
        "language": car.settings.language.value,
        "navigation": car.settings.navigation,
        "notifications": car.settings.notifications_on,
        "profile": car.settings.profile,
    }


def _is_of_the_driver(event: Event) -> bool:
    return isinstance(
        event,
        IgnitionTurned
        | EngineReported
        | Pressed
        | Turned
        | Moved
        | SettingsChanged
        | Connected
        | ConnectionLost,
    )


def _belongs(one: Event, other: Event) -> bool:
    """Tell whether two events are one deed: a key on its way through START, a choice and its OK."""
    key = IgnitionTurned | EngineReported
    if isinstance(one, key) and isinstance(other, key):
        return one.at == other.at
    chosen = isinstance(other, Pressed) and other.button is Button.OK and not other.long
    return isinstance(one, Turned) and chosen and one.at == other.at


def _told(group: Sequence[Event], before: Car | None, after: Car, labels: Labels) -> list[Deed]:
    if before is None:
        return []
    step = _step(group, before, after, labels)
    return [] if step is None else [Deed(group[0].at, [step, *_seen(before, after)])]


def _step(group: Sequence[Event], before: Car, after: Car, labels: Labels) -> Step | None:
    match group[-1]:
        case IgnitionTurned() | EngineReported():
            return {"car": _key(group, after)}
        case Pressed(button=Button.OK, long=False) if before.screen_on:
            return {"car": _choice(group, before, labels)}
        case Pressed(button=button, long=long):
            return {"car": f"{'holds' if long else 'presses'} {button.value.replace('_', ' ')}"}
        case Turned(steps=steps):
            return {"car": f"turns TUNE by {steps}"}
        case Moved() as moved:
            return {"car": {"reports": _signals(moved)}} if _signals(moved) else None
        case SettingsChanged(settings=settings):
            changed = _changed(before.settings, settings)
            return {"car": {"sets": changed}} if changed else None
        case Connected():
            return None if before.wire.online else {"network": "goes on"}
        case ConnectionLost():
            return {"network": "goes off"}
    return None


def _key(group: Sequence[Event], after: Car) -> str:
    if not any(isinstance(event, IgnitionTurned) for event in group):
        return "starts engine" if after.drive.running else "stops engine"
    if after.drive.running and after.drive.ignition is Ignition.ON:
        return "turns key to running"
    return f"turns key to {_KEYS[after.drive.ignition]}"


def _choice(group: Sequence[Event], before: Car, labels: Labels) -> str:
    """Return the choice by its label, where that says which one it was."""
    there = labels(before)
    turned = sum(event.steps for event in group if isinstance(event, Turned))
    place = menu.focus(before) + turned
    if 0 <= place < len(there) and there.count(there[place]) == 1:
        return f"chooses {there[place]}"
    return "presses OK"


def _signals(moved: Moved) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if moved.position is not None:
        found["CurrentLocation.Latitude"] = moved.position.latitude
        found["CurrentLocation.Longitude"] = moved.position.longitude
    for name, signal in (("speed", "Speed"), ("outside_celsius", "Exterior.AirTemperature")):
        if (value := getattr(moved, name)) is not None:
            found[signal] = value
    if moved.odometer_km is not None:
        found["TraveledDistance"] = moved.odometer_km * 1000
    if moved.service_due is not None:
        found["Service.IsServiceDue"] = moved.service_due
    return found


def _changed(before: Settings, after: Settings) -> dict[str, Any]:
    names = [one.name for one in fields(Settings) if one.name in _SET]
    return {
        _NAMES.get(name, name): str(value)
        if not isinstance(value := getattr(after, name), bool | None)
        else value
        for name in names
        if getattr(before, name) != getattr(after, name)
    }


def _seen(before: Car, after: Car) -> list[Step]:
    """Return what has become visible: a pop-up, a page, a notice, the dark."""
    facts: list[str] = []
    pop_ups = [popups.name_on_screen(car) or "none" for car in (before, after)]
    if pop_ups[0] != pop_ups[1]:
        facts.append(f"shows pop-up {pop_ups[1].replace('_', ' ')}")
    if before.screen_on and after.screen_on and before.page.view != after.page.view:
        facts.append(f"shows view {after.page.view.value.replace('_', ' ')}")
    notices = [car.notice.key if car.notice is not None else "none" for car in (before, after)]
    if notices[0] != notices[1] and notices[1] != "none":
        facts.append(f"shows notice {notices[1].removeprefix('notice.').replace('_', ' ')}")
    if before.screen_on and not after.screen_on:
        facts.append("is dark")
    return [{"expect": {"car": facts if len(facts) > 1 else facts[0]}}] if facts else []
