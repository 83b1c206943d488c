"""Who stands on a bench: the cars of one process, what they look like, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

from protocol.clock import Clock
from protocol.reasons import Reason
from vehicle_sim import popups
from vehicle_sim.bench.problems import Problem
from vehicle_sim.car import HeadUnit
from vehicle_sim.state import Car


class Face(Protocol):
    """What a car looks like, for whoever is not in it."""

    def tree(self, car: Car) -> Mapping[str, object]:
        """Return the semantic tree of what is on screen."""
        ...

    def png(self, car: Car) -> bytes:
        """Return the screen as a picture; called in a thread."""
        ...

    def labels(self, car: Car) -> tuple[str, ...]:
        """Return the texts of ``menu.choices(car)``, in their order."""
        ...

    def because(self, car: Car, reason: Reason) -> str:
        """Return the sentence for a reason."""
        ...


@dataclass(slots=True)
class Bench:
    """The cars of one process by VIN, their clock and their faces."""

    clock: Clock
    face: Face
    units: dict[str, HeadUnit] = field(default_factory=dict)

    def unit(self, vin: str) -> HeadUnit:
        """Return a car.

        Raises:
            Problem: there is none of that VIN here.
        """
        if vin not in self.units:
            there = ", ".join(sorted(self.units)) or "none"
            raise Problem(HTTPStatus.NOT_FOUND, f"no car {vin[:40]} on this bench; there is {there}")
        return self.units[vin]


def describe(unit: HeadUnit) -> dict[str, object]:
    """Return what ``GET /v1/cars/{vin}`` says of a car."""
    car = unit.car
    item = car.item(car.pop_up.item) if car.pop_up is not None else None
    return {
        "vin": car.vin,
        "now": max(car.now, unit.now()).isoformat(),
        "ignition": car.drive.ignition.value,
        "running": car.drive.running,
        "run": car.drive.run,
        "online": unit.link.online,
        "network": "on" if unit.link.wanted else "off",
        "applied": {"epoch": car.wire.applied.epoch, "rev": car.wire.applied.rev},
        "store_id": str(car.wire.store_id),
        "lit": car.screen_on,
        "screen": car.page.view.value,
        "pop_up": item.kind if item is not None else None,
        "notice": car.notice.key if car.notice is not None else None,
        "items": [{"item": str(item.id), "kind": item.kind, "ver": item.ver} for item in car.items],
        "itinerary": {
            "guiding": car.itinerary.guiding,
            "stops": [
                {"name": stop.name, "address": stop.address, "position": stop.position.model_dump()}
                for stop in car.itinerary.stops
            ],
        },
        "outbox": len(car.wire.outbox),
        "language": car.settings.language.value,
        "notifications_on": car.settings.notifications_on,
        "navigation": car.settings.navigation,
        "night": car.settings.night,
        "zone": car.settings.zone,
        "profile": car.settings.profile,
        "units": car.settings.units.value,
        "clock_24h": car.settings.clock_24h,
        "muted": car.settings.muted,
        "chimes": [
            {
                "at": chime.at.isoformat(),
                "pop_up": chime.pop_up,
                "priority": chime.priority.value,
                "muted": chime.muted,
            }
            for chime in unit.chimes
        ],
        "busy": unit.busy,
        "trouble": unit.trouble,
    }


def why(unit: HeadUnit, face: Face) -> dict[str, object]:
    """Return what ``GET /v1/cars/{vin}/why`` says: for each item the rules that hold its pop-up back."""
    car, now = unit.car, max(unit.now(), unit.car.now)
    items = [
        {
            "item": str(item.id),
            "kind": item.kind,
            "ver": item.ver,
            "appointment": item.appointment,
            "reasons": [
                {
                    "code": reason.value,
                    "text": face.because(car, reason),
                    "since": held.since.isoformat() if (held := car.memory.held.get(item.id)) else None,
                }
                for reason in popups.reasons(car, item, now)
            ],
            "shown": car.past(item).shown is not None,
        }
        for item in car.items
    ]
    return {"items": items, "pop_up": describe(unit)["pop_up"]}
