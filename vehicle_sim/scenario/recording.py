"""Writes down what somebody plays by hand, as a scenario that goes the same way when it is played.

Nothing is listened to meanwhile: the car's journal and the appointments' histories keep everything. What the
driver saw is not guessed but found out: the journal is played through the car's own rules, and every pop-up,
page and notice that a deed led to becomes an expectation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import aiohttp
import yaml

from vehicle_sim.face import Screens
from vehicle_sim.scenario.driven import Deed, driven, settings_of
from vehicle_sim.scenario.entered import entered
from vehicle_sim.scenario.standing import Place
from vehicle_sim.state import Car
from vehicle_sim.witness import Json, ask


class NothingHappened(Exception):
    """There is nothing to write down: the message says where it was looked for."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a recording begins: the time, the car, and what had happened before."""

    at: datetime
    zone: str
    vin: str
    lines: int
    known: frozenset[tuple[str, int]] = field(default_factory=frozenset)
    """Entries of histories, by appointment and number."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Whoever looks at one car on a bench, and at its dealer's desk."""

    place: Place
    session: aiohttp.ClientSession

    async def begin(self) -> Beginning:
        """Take note of where everything stands.

        Raises:
            Refusal: the token is none.
            NothingHappened: no car stands on the bench.
        """
        cars = (await self._bench("/v1/cars"))["cars"]
        if not cars:
            raise NothingHappened(f"no car stands on the bench at {self.place.benches[0]}")
        vin = str(cars[0]["vin"])
        dealer = await self._desk("/v1/dealer")
        clock = await self._desk("/sim/clock")
        journal = (await self._bench(f"/v1/cars/{vin}/journal"))["journal"]
        known = frozenset((one["number"], entry["seq"]) for one, entry in await self._history(vin))
        return Beginning(datetime.fromisoformat(clock["now"]), dealer["zone"], vin, journal[-1]["n"], known)

    async def end(self, begun: Beginning, title: str) -> str:
        """Return the scenario that tells what has happened since.

        Raises:
            NothingHappened: nothing has.
        """
        journal = (await self._bench(f"/v1/cars/{begun.vin}/journal"))["journal"]
        car, deeds = driven(journal, begun.lines, Screens().labels)
        history = await self._history(begun.vin)
        fresh = [(one, entry) for one, entry in history if (one["number"], entry["seq"]) not in begun.known]
        deeds = sorted([*deeds, *entered(fresh, begun.zone)], key=lambda deed: deed.at)
        if not deeds or car is None:
            raise NothingHappened(f"neither {begun.vin} nor its dealer has done anything since {begun.at}")
        names = {one["number"]: one for one, _ in fresh}
        return _written(title, begun, car, list(_timed(deeds, begun)), _standing(names.values()))

    async def _history(self, vin: str) -> list[tuple[Json, Json]]:
        found: list[tuple[Json, Json]] = []
        for one in (await self._desk(f"/v1/vehicles/{vin}/appointments"))["appointments"]:
            told = await self._desk(f"/v1/appointments/{one['number']}/history")
            found += [(one, entry) for entry in told["entries"]]
        return found

    async def _bench(self, path: str) -> Json:
        _, plain, _ = await ask(self.session, "GET", urljoin(self.place.benches[0], path))
        return plain

    async def _desk(self, path: str) -> Json:
        headers = {"Authorization": f"Bearer {self.place.token}"}
        _, plain, _ = await ask(self.session, "GET", urljoin(self.place.backend, path), headers=headers)
        return plain


def _timed(deeds: Sequence[Deed], begun: Beginning) -> Iterator[dict[str, Any]]:
    """Yield the steps, with the time that passes between the deeds."""
    zone, now = ZoneInfo(begun.zone), begun.at
    for deed in deeds:
        if deed.at > now:
            now = deed.at
            local = now.astimezone(zone)
            words = (
                f"{local:%Y-%m-%d %H:%M:%S}".removesuffix(":00")
                if not local.microsecond
                else local.isoformat()
            )
            yield {"clock": f"advances to {words}{' again' if local.fold and not local.microsecond else ''}"}
        yield from deed.steps


def _standing(appointments: Any) -> list[dict[str, Any]]:
    """Return how everything stands at the end, as an expectation."""
    told = [f"sees {name_of(one)} as {one['status']}" for one in appointments]
    return [{"expect": {"dealer": told if len(told) > 1 else told[0]}}] if told else []


def name_of(appointment: Json) -> str:
    """Return the name by which a recording speaks of an appointment."""
    return f"visit {appointment['number']}"


def _written(
    title: str, begun: Beginning, car: Car, steps: list[dict[str, Any]], last: list[dict[str, Any]]
) -> str:
    local = begun.at.astimezone(ZoneInfo(begun.zone))
    head = {
        "title": title,
        "about": "Recorded from a bench on which it was played by hand.",
        "tags": ["recorded"],
        "start_at": local.isoformat(),
        "zone": begun.zone,
        "cast": {"car": settings_of(car)},
    }
    text = yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=110)
    lines = [
        yaml.safe_dump([step], sort_keys=False, allow_unicode=True, width=110) for step in [*steps, *last]
    ]
    indented = "".join(f"  {line}\n" if line else "\n" for part in lines for line in part.splitlines())
    return f"# yaml-language-server: $schema=../docs/scenario.schema.json\n{text}\nsteps:\n{indented}"
