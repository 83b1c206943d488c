"""A standing bench for a browser: real processes and people in cars, spoken to without an event loop.

Playwright's plain interface keeps a loop of its own in the main thread, so the bench's loop lives in another
one; :meth:`Bench.does` carries what is to be done over there and waits for it.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import re
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import aiohttp

from backend.seed import NORDVIK, PEOPLE, STAFF, STEGMANN, Person, Staff
from backend.service.dealers import Workshop
from backend.web.reader import phrases
from protocol.clock import until
from protocol.language import Language, Phrases
from vehicle_sim.locales import phrases as car_phrases
from vehicle_sim.people import Dealer, Driver
from vehicle_sim.process import Process
from vehicle_sim.rounds import HttpClock, advance, http_clock, settle
from vehicle_sim.up import Standing, standing
from vehicle_sim.witness import Json

START: Final = datetime.fromisoformat("2026-11-26T15:50:00+02:00")
"""A Thursday afternoon in Helsinki, a few minutes before somebody phones the workshop."""
PATIENCE: Final = 60.0
"""Technical seconds: a browser, two cars and a backend share the machine with whatever else it does."""
LINK: Final = re.compile(r"https?://\S+?/my/[\w.~-]+")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """A workshop of the seed, who sits at its desk, and one of its customers, whose car is on the bench."""

    workshop: Workshop
    advisor: Staff
    person: Person
    language: Language

    @property
    def zone(self) -> ZoneInfo:
        """The workshop's clock."""
        return ZoneInfo(self.workshop.zone)

    @property
    def others(self) -> tuple[Person, ...]:
        """The other customers who speak the place's language; their cars are not on the bench."""
        people = PEOPLE[self.workshop]
        return tuple(one for one in people if one.language is self.language and one is not self.person)

    @property
    def say(self) -> Phrases:
        """The words of the desk."""
        return phrases("desk", self.language)

    @property
    def owner_says(self) -> Phrases:
        """The words of My Volvo."""
        return phrases("owner", self.language)

    @property
    def car_says(self) -> Phrases:
        """The words of the head unit."""
        return car_phrases(self.language)


HELSINKI: Final = Place(NORDVIK, STAFF[NORDVIK][0], PEOPLE[NORDVIK][0], Language.ENGLISH)
KOELN: Final = Place(STEGMANN, STAFF[STEGMANN][0], PEOPLE[STEGMANN][0], Language.GERMAN)
HELSINGFORS: Final = Place(
    NORDVIK,
    next(one for one in STAFF[NORDVIK] if one.language is Language.SWEDISH),
    next(one for one in PEOPLE[NORDVIK] if one.language is Language.SWEDISH),
    Language.SWEDISH,
)
"""The same workshop in Swedish: Helsinki speaks both."""


class Bench:
    """The processes, their clocks, the cars and the post."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, standing: Standing, session: aiohttp.ClientSession
    ) -> None:
        self._loop = loop
        self._standing = standing
        self._session = session
        self._clocks: list[HttpClock] = [
            http_clock(standing.urls[name], session, name) for name in ("backend", "car")
        ]
        self._dealers: dict[str, Json] = {}
        self._row: str | None = None
        self._drivers = {HELSINKI.person.vin: Driver(session, standing.urls["car"], HELSINKI.person.vin)}

    @property
    def url(self) -> str:
        """Where the pages are."""
        return self._standing.urls["backend"].rstrip("/")

    def does(self, what: Coroutine[Any, Any, T]) -> T:
        """Have something done over there, and wait for it."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result()

    def now(self) -> datetime:
        """Return the backend's present."""
        return self.does(self._clocks[0].read()).now

    def day(self, place: Place, days: int) -> date:
        """Return the date so many days from now at a workshop; Monday if that is on a weekend."""
        found = self.now().astimezone(place.zone).date() + timedelta(days=days)
        return found + timedelta(days=max(0, 8 - found.isoweekday()) if found.isoweekday() > 5 else 0)

    def rests(self) -> None:
        """Wait until nobody has anything left to do at this instant."""
        self.does(settle(self._clocks, patience=PATIENCE))

    def skips_to(self, day: date, time: str, place: Place) -> datetime:
        """Let time pass for all until a wall time at a workshop; nothing happens if that is past."""
        to = datetime.fromisoformat(f"{day.isoformat()}T{time}").replace(tzinfo=place.zone)
        if to > self.now():
            self.does(advance(self._clocks, to, patience=PATIENCE))
        return to

    def later(self, **duration: float) -> None:
        """Let so much time pass for all."""
        self.does(advance(self._clocks, self.now() + timedelta(**duration), patience=PATIENCE))

    def dealer(self, place: Place) -> Dealer:
        """Return the place's own system, which does by API what a test does not have to click."""
        return Dealer(self._session, self.url, self._seeded(place)["token"])

    def requests(self, place: Place, person: Person, day: date, work: str) -> str:
        """Have the place's own system enter a request; return its Appointment ID."""
        (customer,) = (one for one in self._seeded(place)["customers"] if one["vin"] == person.vin)
        made = self.does(
            self.dealer(place).requests(
                vin=person.vin,
                customer_id=customer["id"],
                date=day.isoformat(),
                time="08:00",
                work=work,
                price={"amount": "389.00", "currency": "EUR"},
            )
        )
        return str(made["number"])

    def renames(self, place: Place, person: Person, name: str, model: str) -> None:
        """Have the place's own system give a customer and the car other names."""
        (customer,) = (one for one in self._seeded(place)["customers"] if one["vin"] == person.vin)
        paths = {
            f"/v1/customers/{customer['id']}": {"name": name},
            f"/v1/vehicles/{person.vin}": {"model": model},
        }
        for path, change in paths.items():
            self.does(self.dealer(place).asks("PATCH", path, change, {"If-Match": "*"}))

    def acts(self, place: Place, number: str, action: str, **facts: object) -> None:
        """Have the place's own system do something with an appointment."""
        self.does(self.dealer(place).acts(number, action, **facts))

    def clears(self, place: Place) -> None:
        """Have the place's own system cancel what is still open for the car on the bench."""
        dealer, vin = self.dealer(place), place.person.vin
        for one in self.does(dealer.asks("GET", f"/v1/vehicles/{vin}/appointments"))["appointments"]:
            if one["status"] not in {"cancelled", "closed"}:
                self.acts(place, one["number"], "cancel_on_behalf", reason="The story is over")
        self.rests()

    def car(self, place: Place) -> Car:
        """Return the car of a place's customer, started at first use."""
        vin = place.person.vin
        if vin not in self._drivers:
            self.does(self._brings_in(place))
        return Car(self, self._drivers[vin], place)

    def row(self) -> str:
        """Return where a bench with three further cars serves, started at first use."""
        if self._row is None:
            self._row = self.does(self._sets_up_row())
        return self._row

    def starts_all(self, row: str) -> None:
        """Start the engines of all cars of a row."""

        async def start() -> None:
            async with self._session.get(f"{row}/v1/cars") as answer:
                cars = (await answer.json())["cars"]
            for car in cars:
                await Driver(self._session, row, car["vin"]).turns_key("running")

        self.does(start())

    def letters(self, address: str) -> list[EmailMessage]:
        """Return the letters that arrived for an address, oldest first."""
        folder = self._standing.rig.directory / "mailbox"
        read = (
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in sorted(folder.glob("*.eml"))
        )
        return [letter for letter in read if address in str(letter["To"])]

    def receives(self, address: str, count: int) -> EmailMessage:
        """Wait until somebody has at least ``count`` letters, and return the last of all."""
        what = f"letter {count} for {address}"
        self.does(until(lambda: len(self.letters(address)) >= count, what=what, timeout=PATIENCE))
        return self.letters(address)[-1]

    def _seeded(self, place: Place) -> Json:
        if not self._dealers:  # seeding anew changes nothing but that it makes further tokens
            rig = self._standing.rig
            (backend,) = (process for process in rig.processes if process.name == "backend")
            for one in json.loads(rig.run("seed", "--json", env=backend.env))["dealers"]:
                self._dealers[one["dealer"]["name"]] = one
        return self._dealers[place.workshop.name]

    @property
    def _broker(self) -> Process:
        return next(process for process in self._standing.rig.processes if process.name == "broker")

    async def _sets_up_row(self) -> str:
        rig = self._standing.rig
        rig.start_at = (await self._clocks[0].read()).now.isoformat()
        return (await rig.bench(self._broker, name="row", cars=3, wait=False).ready()).url

    async def _brings_in(self, place: Place) -> None:
        rig, broker = self._standing.rig, self._broker
        vin = place.person.vin
        rig.start_at = (await self._clocks[0].read()).now.isoformat()
        options = ("--language", place.language.value, "--odometer", str(place.person.odometer_km))
        car = rig.head_unit(vin, broker, *options, wait=False)
        await car.ready()
        self._drivers[vin] = Driver(self._session, car.url, vin)
        self._clocks.append(http_clock(car.url, self._session, vin))
        await settle(self._clocks, patience=PATIENCE)


class Car:
    """One car and who sits in it."""

    def __init__(self, bench: Bench, driver: Driver, place: Place) -> None:
        self._bench = bench
        self._driver = driver
        self._say = place.car_says

    @property
    def url(self) -> str:
        """Where its bench serves."""
        return self._driver.bench

    def turns_key(self, to: str) -> None:
        """Turn the key: off, acc, on, start, running."""
        self._bench.does(self._driver.turns_key(to))

    def drives_off(self) -> None:
        """Begin a new run: the engine was off for a while, then it starts."""
        self.turns_key("off")
        self._bench.later(minutes=1)
        self.turns_key("running")

    def chooses(self, key: str, **facts: object) -> None:
        """Press the choice that the car's catalogue words so."""
        self._bench.does(self._driver.chooses(self._say(key, **facts)))

    def presses(self, button: str) -> None:
        """Press a key beside the screen."""
        self._bench.does(self._driver.presses(button))

    def sees(self, pop_up: str | None) -> str:
        """Wait until this pop-up (or none) is there, closing others, and return the words on the screen."""

        async def is_there() -> bool:
            found = (await self._driver.looks())["pop_up"]
            if found != pop_up and None not in {found, pop_up}:
                await self._driver.presses("EXIT")
            return bool(found == pop_up)

        self._bench.does(until(is_there, what=f"the pop-up {pop_up}", timeout=PATIENCE))
        return self.reads()

    def reads(self) -> str:
        """Return the words on the screen, one a line."""
        return self._bench.does(self._driver.reads())

    def has_its_say(self) -> None:
        """Start the engine, close every pop-up and park: whoever drives next finds a quiet car."""

        async def is_quiet() -> bool:
            quiet = (await self._driver.looks())["pop_up"] is None
            if not quiet:
                await self._driver.presses("EXIT")
            return quiet

        self.drives_off()
        self._bench.does(until(is_quiet, what="the last pop-up to be closed", timeout=PATIENCE))
        self.turns_key("off")


@contextmanager
def standing_bench(directory: Path) -> Iterator[Bench]:
    """Start a bench at free ports in ``directory``, and its loop in a thread; both end with the block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="bench")
    thread.start()

    def does(what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, loop).result()

    async def enters(stack: AsyncExitStack) -> Bench:
        bench = await stack.enter_async_context(standing(directory, ports={}, start_at=START))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        return Bench(loop, bench, session)

    stack = AsyncExitStack()
    try:
        yield does(enters(stack))
    finally:
        does(stack.aclose())
        does(loop.shutdown_default_executor())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
