"""A small town for storms: one chain of real processes, some cars, and what their dealers were promised.

The ledger is the oracle. It holds what was answered with success, and nothing that it has from the backend's
own tables; at the end everybody has to agree with it.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import aiohttp

from protocol.clock import monotonic, pause
from protocol.messages import Revision
from tests.journeys import evidence
from tests.journeys.chain import PRICE, Chain, Seeds, Street, sow
from tests.storm.verdict import Verdict
from vehicle_sim.process import Process
from vehicle_sim.rig import Rig
from vehicle_sim.rounds import RoundFailed, http_clock
from vehicle_sim.witness import Json, Refusal

CONVERGED: Final = 30.0
"""Seconds in which everybody has to agree again after the last plug was put back."""
OPEN_AT_MOST: Final = 5
"""Bookings of one car at a time: a head unit is told of twenty items at most."""
_PATIENCE: Final = 60.0
T = TypeVar("T")
Unreachable = (aiohttp.ClientError, RoundFailed, TimeoutError, ConnectionError)
"""What asking a process feels like that was killed a moment ago."""


@dataclass
class Ledger:
    """What a dealer was promised about one car: each Appointment ID with what it has to look like."""

    bookings: dict[str, dict[str, str]] = field(default_factory=dict)
    plate: str | None = None
    destinations: int = 0

    @property
    def open(self) -> list[str]:
        """Return the IDs that can still be changed."""
        return [number for number, facts in self.bookings.items() if facts["status"] == "confirmed"]


@dataclass
class Resident:
    """One car of the town and its ledger."""

    street: Street
    ledger: Ledger = field(default_factory=Ledger)


class Town:
    """Residents of one chain; whoever asks something of it asks until there is an answer."""

    def __init__(self, chain: Chain, residents: Sequence[Resident], seed: int) -> None:
        self.chain = chain
        self.residents = list(residents)
        self.changes = Counter[str]()
        self._dice = random.Random(seed)
        self._keys = itertools.count(1)
        self._first_day = date.fromisoformat(chain.rig.start_at[:10] if chain.rig.start_at else "2026-11-02")

    async def change(self, resident: Resident) -> None:
        """Let the dealer do one thing about a car, and put it down in the ledger once it is answered."""
        kinds = ["plate", "destination"]
        if len(resident.ledger.open) < OPEN_AT_MOST:
            kinds += ["book"] * 3
        if resident.ledger.open:
            kinds += ["update"] * 3 + ["cancel", "finalize"]
        kind = self._dice.choice(kinds)
        await getattr(self, f"_{kind}")(resident)
        self.changes[kind] += 1

    async def books_only(self, resident: Resident) -> None:
        """Have the dealer book, whatever else is booked."""
        await self._book(resident)
        self.changes["book"] += 1

    async def _book(self, resident: Resident) -> None:
        street, day, time = resident.street, self._day(), self._time()
        facts: dict[str, Any] = {
            "vin": street.vin,
            "customer_id": street.customer,
            "date": day,
            "time": time,
            "price": PRICE,
            "work": "Service at 60,000 km",
        }
        key = self._key()
        made = await asked(lambda: street.dealer.requests(key, **facts))
        number = str(made["number"])
        checklist = dict.fromkeys(
            ("slot_confirmed", "plan_secured", "work_order_finished", "parts_ready"), True
        )
        await self._act(street, number, 1, "schedule_appointment", checklist=checklist)
        resident.ledger.bookings[number] = {"status": "confirmed", "date": day, "time": time}

    async def _update(self, resident: Resident) -> None:
        number, day, time = self._dice.choice(resident.ledger.open), self._day(), self._time()
        version = await self._version(resident.street, number)
        await self._act(resident.street, number, version, "update_appointment", date=day, time=time)
        resident.ledger.bookings[number] |= {"date": day, "time": time}

    async def _cancel(self, resident: Resident) -> None:
        number = self._dice.choice(resident.ledger.open)
        version = await self._version(resident.street, number)
        await self._act(resident.street, number, version, "cancel_on_behalf", reason="The customer called")
        resident.ledger.bookings[number]["status"] = "cancelled"

    async def _finalize(self, resident: Resident) -> None:
        number = self._dice.choice(resident.ledger.open)
        version = await self._version(resident.street, number)
        await self._act(resident.street, number, version, "finalize_appointment")
        resident.ledger.bookings[number]["status"] = "closed"

    async def _plate(self, resident: Resident) -> None:
        plate = f"ABC-{self._dice.randrange(1000)}"
        where = f"/v1/vehicles/{resident.street.vin}"
        await asked(lambda: resident.street.dealer.asks("PATCH", where, {"plate": plate}, {"If-Match": "*"}))
        resident.ledger.plate = plate

    async def _destination(self, resident: Resident) -> None:
        place = {"name": "Kamppi", "position": {"latitude": 60.1686, "longitude": 24.9319}}
        where, key = f"/v1/vehicles/{resident.street.vin}/destinations", self._key()
        start = f"{self._first_day + timedelta(days=1)}T06:00:00Z"
        window = {"show_from": start, "show_until": start.replace("T06", "T07")}
        await asked(
            lambda: resident.street.dealer.asks("POST", where, place | window, {"Idempotency-Key": key})
        )
        resident.ledger.destinations += 1

    async def _act(self, street: Street, number: str, version: int, action: str, **facts: Any) -> Json:
        headers = {"If-Match": f'"{version}"', "Idempotency-Key": self._key()}
        path = f"/v1/appointments/{number}/actions"
        return await asked(lambda: street.dealer.asks("POST", path, {"action": action, **facts}, headers))

    async def _version(self, street: Street, number: str) -> int:
        return int((await seen_by_dealer(street, number))["version"])

    def _day(self) -> str:
        return (self._first_day + timedelta(days=self._dice.randrange(6, 60))).isoformat()

    def _time(self) -> str:
        return f"{self._dice.randrange(8, 17):02d}:{self._dice.choice((0, 15, 30, 45)):02d}"

    def _key(self) -> str:
        return f"storm-{next(self._keys)}"

    async def drives(self, resident: Resident, dice: random.Random) -> None:
        """Let a driver start the engine anew and deal with one pop-up, if the head unit lives."""
        street = resident.street
        with suppress(Refusal, *Unreachable):
            await street.driver.turns_key("off")
            clock = http_clock(street.car.url, street.session, street.vin)
            await clock.set((await clock.read()).now + timedelta(minutes=1))
            seen = await street.driver.turns_key("running")
            if seen["pop_up"] is not None and dice.random() < 0.8:
                await street.driver.presses(dice.choice(("OK", "EXIT")))
                self.changes["answers"] += 1

    async def agrees(self, seconds: float = CONVERGED) -> tuple[float, list[str]]:
        """Wait until every car stands where the backend wants it and owes nothing; return how long that took.

        The list names who did not come to agree in so many seconds.
        """
        begun = monotonic()
        waiting = {resident.street.vin: resident for resident in self.residents}
        reasons: dict[str, str] = {}
        while waiting and monotonic() - begun < seconds:
            for vin, resident in list(waiting.items()):
                reason = await _disagreement(resident.street)
                if reason is None:
                    del waiting[vin]
                else:
                    reasons[vin] = reason
            await pause(0.1)
        return monotonic() - begun, [f"{vin} {reasons[vin]}" for vin in waiting]

    async def judge(self, verdict: Verdict) -> None:
        """Compare everything with the ledgers, and look for what was lost, doubled, or went backwards."""
        for resident in self.residents:
            street = resident.street
            for number, facts in resident.ledger.bookings.items():
                seen = await seen_by_dealer(street, number)
                told = {name: str(seen[name])[: len(value)] for name, value in facts.items()}
                verdict.expect(told == facts, f"lost: {number} is {told}, promised was {facts}")
            await _judge_car(resident, verdict)


async def _judge_car(resident: Resident, verdict: Verdict) -> None:
    street = resident.street
    try:
        snapshot = await evidence.assert_in_step(street)
    except AssertionError as apart:
        verdict.wrong.append(f"lost: {street.vin} is not in step: {apart}")
        return
    booked = {item.appointment for item in snapshot.items if item.kind == "booking"}
    verdict.expect(
        _as_promised(booked, resident.ledger, truncated=snapshot.truncated),
        f"lost: {street.vin} has {sorted(booked)}, promised was {sorted(resident.ledger.open)}",
    )
    try:
        evidence.assert_no_duplicate(street.journal)
    except AssertionError as twice:
        verdict.wrong.append(f"double: {street.vin}: {twice}")
    stands: Revision | None = None
    for before, _, after in evidence.steps(street.journal):
        if before is not None and before.wire.store_id == after.wire.store_id:
            stands = before.wire.applied
            verdict.expect(after.wire.applied >= stands, f"backwards: {street.vin} went from {stands} on")
    own = {(told.store, told.event.seq) for told in evidence.recorded(street.journal)}
    stored = [(store, seq) for store, seq, _, _ in evidence.inbox(street)]
    verdict.expect(own <= set(stored), f"lost: {len(own - set(stored))} words of {street.vin}")
    verdict.expect(len(stored) == len(set(stored)), f"double: words of {street.vin} are stored twice")
    verdict.done["showings"] += sum(told.event.kind == "shown" for told in evidence.recorded(street.journal))


def _as_promised(booked: set[str], ledger: Ledger, *, truncated: bool) -> bool:
    """Tell whether a car has all open bookings; of too many it may lack the farthest, and is told so."""
    missing = set(ledger.open) - booked

    def when(number: str) -> tuple[str, str]:
        return ledger.bookings[number]["date"], ledger.bookings[number]["time"]

    if not booked <= set(ledger.open) or (missing and not truncated):
        return False
    return not missing or not booked or max(map(when, booked)) <= min(map(when, missing))


async def _disagreement(street: Street) -> str | None:
    """Return why a car and the backend do not agree yet, in words."""
    try:
        car = await street.driver.looks()
        delivery = await street.dealer.asks("GET", f"/v1/vehicles/{street.vin}/delivery")
        reading = await street.clock.read()
    except (Refusal, *Unreachable) as none:
        return f"cannot be asked: {none!r}"
    if not delivery["in_step"]:
        return f"is not in step: {delivery}"
    if car["outbox"]:
        return f"owes {car['outbox']} words"
    return f"waits for the backend: {reading.busy}" if reading.busy else None


async def seen_by_dealer(street: Street, number: str) -> Json:
    """Return an appointment as the dealer's API shows it."""
    return await asked(lambda: street.dealer.asks("GET", f"/v1/appointments/{number}"))


async def asked(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask until somebody answers; a refusal is an answer."""
    deadline = monotonic() + _PATIENCE
    while True:
        try:
            return await ask()
        except Refusal as refusal:
            if refusal.status < 500 and refusal.status != 409:
                raise
            if monotonic() > deadline:
                raise
        except Unreachable:
            if monotonic() > deadline:
                raise
        await pause(0.05)


async def killed(process: Process, verdict: Verdict, name: str) -> None:
    """Kill a process if it lives; it counts as a hit if it died of it."""
    if not process.running:
        return
    process.kill()
    if process.exit_code == -signal.SIGKILL:
        verdict.hit[f"{name} killed"] += 1


async def back(process: Process, **env: str) -> None:
    """Start a process again, with more in its environment, and wait until it serves."""
    process.restart(wait=False, env=env)
    await process.ready()


@asynccontextmanager
async def town(
    directory: Path,
    *,
    cars: int,
    seed: int,
    broker: Sequence[str] = (),
    broker_program: Sequence[str] | None = None,
    environment: dict[str, str] | None = None,
) -> AsyncIterator[Town]:
    """Open a town of so many cars; everything that it started ends with the block.

    ``broker`` are options of ours; ``broker_program`` starts a broker that is none of ours.
    """
    database = directory / "seeds" / "seeded.db"
    with Rig(database.parent) as rig:
        token = sow(rig, f"sqlite+aiosqlite:///{database}")
    environment = {"SENSUS_REQUESTS_PER_MINUTE": "1000000"} | (environment or {})
    chain = Chain(
        directory,
        seeds=Seeds(database, token),
        broker=broker,
        broker_program=broker_program,
        environment=environment,
    )
    with chain:
        async with AsyncExitStack() as streets:
            residents = [Resident(await streets.enter_async_context(chain.street())) for _ in range(cars)]
            yield Town(chain, residents, seed)


async def gathered(*duties: Awaitable[object]) -> None:
    """Run all to their end; the first failure ends the others."""
    async with asyncio.TaskGroup() as tasks:
        for duty in duties:
            tasks.create_task(_run(duty))


async def _run(duty: Awaitable[object]) -> None:
    await duty
