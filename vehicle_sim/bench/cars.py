"""Who stands on a bench: the cars of one process, what they look like, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

from aiohttp import web

from protocol.clock import Clock
from protocol.reasons import Reason
from vehicle_sim import guidance, popups
from vehicle_sim.bench import answers
from vehicle_sim.bench.problems import Problem
from vehicle_sim.bezel import position
from vehicle_sim.car import HeadUnit
from vehicle_sim.chronicle import Chronicle
from vehicle_sim.garage import Garage
from vehicle_sim.screens import Scene
from vehicle_sim.state import Car, Subject
from vehicle_sim.theme import Profile


class Face(Protocol):
    """What a car looks like, for whoever is not in it."""

    def check(self, profile: str | None) -> None:
        """Do nothing if there is such a display; raise ValueError, with those there are, if not."""
        ...

    def profile(self, car: Car) -> Profile:
        """Return its display."""
        ...

    def scene(self, car: Car) -> Scene:
        """Return what is on the glass."""
        ...

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
    """The cars of one process by VIN, their clock, their faces, and the memory of what happened to them.

    Attributes:
        garage: where cars come and go; None in a process that is one car.
    """

    clock: Clock
    face: Face
    units: Mapping[str, HeadUnit] = field(default_factory=dict)
    chronicle: Chronicle = field(default_factory=Chronicle)
    garage: Garage | None = None

    def unit(self, vin: str) -> HeadUnit:
        """Return a car.

        Raises:
            Problem: there is none of that VIN here.
        """
        if vin not in self.units:
            there = ", ".join(sorted(self.units)) or "none"
            raise Problem(HTTPStatus.NOT_FOUND, f"no car {vin[:40]} on this bench; there is {there}")
        return self.units[vin]


BENCH = web.AppKey("bench", Bench)


def bench_of(request: web.Request) -> Bench:
    """Return the bench that a request came to."""
    return request.app[BENCH]


def unit_of(request: web.Request) -> HeadUnit:
    """Return the car that a request names in its path.

    Raises:
        Problem: there is none of that VIN here.
    """
    return bench_of(request).unit(request.match_info["vin"])


def describe(unit: HeadUnit) -> answers.CarState:
    """Return a car as it stands now."""
    car, settings = unit.car, unit.car.settings
    return answers.CarState(
        vin=car.vin,
        now=max(car.now, unit.now()),
        ignition=car.drive.ignition.value,
        key=position(car),
        running=car.drive.running,
        run=car.drive.run,
        online=unit.link.online,
        network="off" if not unit.link.wanted else "slow" if unit.link.pace.is_slow else "on",
        applied=answers.RevisionNow(epoch=car.wire.applied.epoch, rev=car.wire.applied.rev),
        store_id=str(car.wire.store_id),
        lit=car.screen_on,
        screen=car.page.view.value,
        pop_up=popups.name_on_screen(car),
        notice=car.notice.key if car.notice is not None else None,
        items=[answers.ItemNow(item=str(item.id), kind=item.kind, ver=item.ver) for item in car.items],
        itinerary=_itinerary(car),
        service_lamp=car.service_lamp,
        outbox=len(car.wire.outbox),
        language=settings.language,
        notifications_on=settings.notifications_on,
        navigation=settings.navigation,
        night=settings.night,
        zone=settings.zone,
        profile=settings.profile,
        units=settings.units,
        clock_24h=settings.clock_24h,
        pseudo_locale=settings.pseudo_locale,
        muted=settings.muted,
        chimes=[
            answers.ChimeNow(
                at=chime.at, pop_up=chime.pop_up, priority=chime.priority.value, muted=chime.muted
            )
            for chime in unit.chimes
        ],
        busy=unit.busy,
        trouble=unit.trouble,
    )


def _itinerary(car: Car) -> answers.ItineraryNow:
    left = guidance.ahead(car)
    stops = [
        answers.StopNow(
            name=stop.name,
            address=stop.address,
            position=stop.position,
            metres=sum(leg.metres for leg in left.legs[: number + 1]),
            seconds=sum(leg.seconds for leg in left.legs[: number + 1]),
        )
        for number, stop in enumerate(car.itinerary.stops)
    ]
    return answers.ItineraryNow(guiding=car.itinerary.guiding, straight=left.straight, stops=stops)


def why(unit: HeadUnit, face: Face) -> answers.Why:
    """Return for each item, and for the car's own question, the rules that hold its pop-up back."""
    car = unit.car
    return answers.Why(
        items=[_why(unit, face, item) for item in car.items],
        own=[_why(unit, face, car.service)],
        pop_up=popups.name_on_screen(car),
    )


def _why(unit: HeadUnit, face: Face, subject: Subject) -> answers.SubjectWhy:
    car = unit.car
    held = car.memory.held.get(subject.id)
    return answers.SubjectWhy(
        item=str(subject.id),
        kind=subject.kind,
        ver=subject.ver,
        appointment=subject.appointment,
        reasons=[
            answers.ReasonNow(
                code=reason.value, text=face.because(car, reason), since=held.since if held else None
            )
            for reason in popups.reasons(car, subject, max(unit.now(), car.now))
        ],
        shown=car.was_shown(subject),
    )
