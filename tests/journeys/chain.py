"""The whole chain as real processes, and one street in it: a car, its driver, its owner and their dealer.

A :class:`Chain` (broker, mailbox, backend on a database) serves many tests; each takes a :class:`Street`
of its own with a fresh VIN and customer, so that no test sees another's car.
"""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

import aiohttp

from broker.paho_transport import PahoTransport
from protocol.clock import until
from vehicle_sim.people import Dealer, Driver, Owner
from vehicle_sim.process import Process
from vehicle_sim.rig import Rig
from vehicle_sim.rounds import HttpClock, advance, http_clock, settle
from vehicle_sim.witness import Json

START: Final = "2026-11-02T06:00:00Z"
"""Where virtual time begins: a Monday morning at the dealer's."""
ZONE: Final = ZoneInfo("Europe/Helsinki")
PRICE: Final = {"amount": "389.00", "currency": "EUR"}
PATIENCE: Final = 30.0
"""Technical seconds for what has to wait for a lease or a pause between two connections."""


@dataclass(frozen=True, slots=True)
class Seeds:
    """A seeded SQLite database to copy, and the token of its first dealer."""

    database: Path
    token: str


def sow(rig: Rig, database_url: str) -> str:
    """Lay out and seed a database; return the token of its first dealer."""
    environment = {"SENSUS_DATABASE_URL": database_url}
    rig.run("migrate", env=environment)
    told = json.loads(rig.run("seed", "--json", env=environment))
    return str(told["dealers"][0]["token"])


class Chain:
    """Broker, mailbox and backend of one test module, and the token of its dealer."""

    def __init__(
        self,
        directory: Path,
        *,
        seeds: Seeds | None = None,
        start_at: str = START,
        broker: Sequence[str] = (),
        broker_program: Sequence[str] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.rig = Rig(directory, start_at=start_at)
        self.directory = directory
        self.database = directory / "backend.db"
        self.environment = dict(environment or {})
        self.broker_options = broker
        self._brokers = Rig(directory, program=broker_program)
        self.token = ""
        self._seeds = seeds
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End everything that was started."""
        self.rig.close()
        self._brokers.close()

    def _start(self) -> None:
        self.broker = self._brokers.start("broker", "broker", *self.broker_options, wait=False)
        self.mailbox = self.rig.mailbox(wait=False)
        if self._seeds is not None:
            shutil.copy(self._seeds.database, self.database)
            self.token = self._seeds.token
        else:
            self.token = sow(self.rig, self.environment["SENSUS_DATABASE_URL"])
        self.broker.wait_ready()
        self.mailbox.wait_ready()
        self.backend = self.rig.backend(self.broker, self.mailbox, env=self.environment)

    @asynccontextmanager
    async def street(
        self,
        *,
        vin: str | None = None,
        reminder_days: int = 3,
        options: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Street]:
        """Bring a new car, its driver and its owner in, and wait until everybody is at rest."""
        number = next(self._numbers)
        if not self.backend.running:  # the test before ended badly; this one has a right to its own verdict
            self.backend.restart(env={"SENSUS_CRASH_AT": ""})
        vin = vin or f"YV1FW7050E2{number:06d}"
        async with aiohttp.ClientSession() as session:
            dealer = Dealer(session, self.backend.url, self.token)
            email = f"owner-{number}@example.com"
            customer = await dealer.asks(
                "POST",
                "/v1/customers",
                {"name": f"Owner {number}", "email": email, "reminder_days": reminder_days},
            )
            vehicle = {"vin": vin, "model": "V60 D4", "year": 2014, "plate": f"TST-{number:03d}"}
            await dealer.asks("POST", "/v1/vehicles", vehicle)
            relation = {"relation": "drives", "primary": True}
            await dealer.asks("PUT", f"/v1/vehicles/{vin}/relations/{customer['id']}", relation)
            clock = http_clock(self.backend.url, session, "backend")
            self.rig.start_at = (await clock.read()).now.isoformat()
            car = self.rig.head_unit(vin, self.broker, *options, wait=False, env=env)
            await car.ready()
            street = Street(
                self,
                session,
                vin,
                customer["id"],
                car,
                dealer,
                Driver(session, car.url, vin),
                Owner(session, self.directory / "mailbox", email),
                clock,
            )
            try:
                await street.rests()
                yield street
            finally:
                if car.running:
                    car.stop()

    def listener(self, name: str = "listener") -> PahoTransport:
        """Return a client of its own at the broker, which may say anything."""
        return PahoTransport(self.broker.url.replace("tcp://", "mqtt://"), client_id=name)


@dataclass
class Street:
    """One car and the people around it."""

    chain: Chain
    session: aiohttp.ClientSession
    vin: str
    customer: str
    car: Process
    dealer: Dealer
    driver: Driver
    owner: Owner
    clock: HttpClock
    bookings: list[str] = field(default_factory=list)

    @property
    def journal(self) -> Path:
        """Return the file in which the car keeps what happened."""
        return self.chain.directory / f"{self.car.name}.journal"

    @property
    def clocks(self) -> list[HttpClock]:
        """Return whose clocks move: the backend's, and the car's while it runs."""
        car = http_clock(self.car.url, self.session, self.vin)
        return [self.clock, *([car] if self.car.running else [])]

    async def now(self) -> datetime:
        """Return the backend's present."""
        return (await self.clock.read()).now

    async def rests(self) -> None:
        """Wait until nothing is left to do for anybody at this instant."""
        await settle(self.clocks, patience=PATIENCE)

    async def advances(self, to: datetime) -> None:
        """Move time, stopping wherever something falls due."""
        await advance(self.clocks, to, patience=PATIENCE)

    async def later(self, **duration: float) -> datetime:
        """Move time on by so much, and return when it is."""
        to = await self.now() + timedelta(**duration)
        await self.advances(to)
        return to

    async def waits(self, **duration: float) -> None:
        """Move every clock at once, whether or not somebody is at rest: a broker may be down."""
        to = await self._latest() + timedelta(**duration)
        for clock in self.clocks:
            await clock.set(to)

    async def day(self, days: int) -> str:
        """Return the calendar date so many days from now, where the dealer is."""
        return ((await self.now()).astimezone(ZONE).date() + timedelta(days=days)).isoformat()

    async def at(self, date: str, hour: int, minute: int = 0) -> datetime:
        """Return the instant of a wall time where the dealer is."""
        return datetime.fromisoformat(f"{date}T{hour:02d}:{minute:02d}").replace(tzinfo=ZONE)

    async def requests(self, *, date: str | None = None, time: str = "08:00", **facts: Any) -> str:
        """Have the dealer enter a request; return its Appointment ID."""
        made = await self.dealer.requests(
            vin=self.vin,
            customer_id=self.customer,
            date=date or await self.day(10),
            time=time,
            price=PRICE,
            work="Service at 60,000 km",
            **facts,
        )
        return str(made["number"])

    async def books(self, *, date: str | None = None, time: str = "08:00", **facts: Any) -> str:
        """Have the dealer enter a request and schedule it; return its Appointment ID."""
        number = await self.requests(date=date, time=time, **facts)
        await self.dealer.schedules(number)
        return number

    async def drives_off(self) -> Json:
        """Begin a new run: the engine was off for a while, then it starts."""
        await self.driver.turns_key("off")
        await self.later(minutes=1)
        return await self.driver.turns_key("running")

    async def sees(self, pop_up: str | None) -> Json:
        """Wait until this pop-up (or none) is on screen, and return the car."""
        seen: Json = {}

        async def is_there() -> bool:
            seen.update(await self.driver.looks())
            return bool(seen["pop_up"] == pop_up)

        await until(is_there, what=f"the pop-up {pop_up} in {self.vin}; there is {seen.get('pop_up')}")
        return seen

    async def hears(self, type_: str, times: int = 1) -> list[Json]:
        """Wait until the dealer's feed holds at least so many such events of this car, and return them."""
        found: list[Json] = []

        async def are_there() -> bool:
            found[:] = await self.dealer.has_heard(type_, self.vin)
            return len(found) >= times

        await until(are_there, what=f"{times} × {type_} in the feed", timeout=PATIENCE)
        return found

    async def letters(self, times: int) -> list[str]:
        """Wait until the owner has at least so many letters; return their Message-IDs, oldest first."""
        await until(
            lambda: len(self.owner.letters()) >= times,
            what=f"letter {times} for {self.owner.address}",
            timeout=PATIENCE,
        )
        return [str(letter["Message-ID"]) for letter in self.owner.letters()]

    async def restarts(self, process: Process, *, crash_at: str = "") -> None:
        """Start a process again (stop it first if it runs) at the present virtual time, armed or not."""
        environment = {"SENSUS_CRASH_AT": crash_at}
        if process is self.chain.backend:
            self.chain.rig.start_at = (await self._latest()).isoformat()
            environment["SENSUS_START_AT"] = self.chain.rig.start_at
        process.restart(wait=False, env=environment)
        await process.ready()

    async def _latest(self) -> datetime:
        """Return the latest time that anybody has: a process that is gone cannot be asked."""
        alive = [process for process in (self.chain.backend, self.car) if process.running]
        readings = [await http_clock(process.url, self.session).read() for process in alive]
        return max([datetime.fromisoformat(self.chain.rig.start_at or START), *(one.now for one in readings)])
