"""R6: across zones, summer time, jumping clocks and kills each reminder is written once, when it is owed.

The oracle knows nothing of the product: it counts minutes on the dealer's wall clock.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import aiohttp
from sqlalchemy import update

from backend.events import CreateRequest, ScheduleAppointment
from backend.migrations import upgrade
from backend.service import dealers, desk, register
from backend.service.office import Office, Work
from backend.service.register import NewCustomer, NewVehicle
from backend.settings import Settings
from backend.store.customers import RelationKind
from backend.store.database import Database
from backend.store.scope import Dealer
from backend.tables import letters
from protocol.clock import VirtualClock
from tests.backend.world import PRICE, READY, workshop
from tests.storm.town import back, killed
from tests.storm.verdict import Storm, Verdict
from vehicle_sim.rig import Rig
from vehicle_sim.rounds import HttpClock, http_clock, settle

ZONES: Final = (
    "Europe/Helsinki",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Santiago",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # clocks move by half an hour
    "Africa/Cairo",  # clocks move at midnight
)
BEGIN: Final = datetime(2026, 9, 28, 6, tzinfo=UTC)
"""The clocks of seven of the zones move within the days that follow."""
DAYS: Final = 50
A_LOAD: Final = 100
_MINUTE: Final = timedelta(minutes=1)
_PATIENCE: Final = 300.0


@dataclass(frozen=True, slots=True)
class Visit:
    """One booked visit: the wall time at the workshop, and how many days ahead the owner wants to know."""

    key: str
    vin: str
    zone: str
    day: date
    at: time
    days: int


@cache
def instant(zone: str, day: date, at: time) -> datetime:
    """Find when a wall clock first shows this, or has just passed it, by looking at it every minute."""
    place, wanted = ZoneInfo(zone), datetime.combine(day, at)
    look = datetime.combine(day, at, UTC) - timedelta(hours=15)
    while look.astimezone(place).replace(tzinfo=None) < wanted:
        look += _MINUTE
    return look


def expected(visit: Visit, stops: list[datetime]) -> datetime | None:
    """Return at which stop of the clock the reminder has to go out; None if it must not any more."""
    due = _due(visit)
    closes = instant(visit.zone, visit.day, time(0))
    if due < BEGIN:
        return None  # booked after the reminder would have been due: the booking was the reminder
    stop = next((stop for stop in stops if stop >= due), None)
    return stop if stop is not None and stop < closes else None


def _due(visit: Visit) -> datetime:
    return instant(visit.zone, visit.day - timedelta(days=visit.days), time(8))


async def run(storm: Storm) -> Verdict:
    """Book everything, let a backend live through the autumn in jumps while it is killed, and compare."""
    verdict = Verdict()
    dice = random.Random(storm.seed)
    database = storm.directory / "backend.db"
    url = f"sqlite+aiosqlite:///{database}"
    await asyncio.to_thread(upgrade, url)
    visits = await _booked(url, storm, dice)
    _judge_windows(verdict, database, visits)
    stops = [BEGIN]
    with Rig(storm.directory, start_at=BEGIN.isoformat()) as rig:
        broker, mailbox = rig.broker(), rig.mailbox()
        backend = rig.backend(broker, mailbox, env={"SENSUS_DATABASE_URL": url})
        jumps = _jumps(dice)
        deadly = set(dice.sample(range(len(jumps)), min(storm.size["kills"], len(jumps))))
        async with aiohttp.ClientSession() as session:
            for number, to in enumerate(jumps):
                storm.say(f"{to:%d %b %H:%M}, {verdict.hit['backend killed']} kills")
                await _jump(http_clock(backend.url, session, "backend"), to, at_rest=number not in deadly)
                if number in deadly:
                    await killed(backend, verdict, "backend")
                    await back(backend, SENSUS_START_AT=to.isoformat())
                    await settle([http_clock(backend.url, session, "backend")], patience=_PATIENCE)
                stops.append(to)
                verdict.hit["jumps"] += 1
    _judge_letters(verdict, database, visits, stops)
    verdict.done["visits"] = len(visits)
    verdict.figures["zones"] = len(ZONES)
    return verdict


async def _jump(clock: HttpClock, to: datetime, *, at_rest: bool) -> None:
    """Set the clock; wait until what fell due is done, unless somebody is to die in the middle of it."""
    await clock.set(to)
    if at_rest:
        await settle([clock], patience=_PATIENCE)


def _jumps(dice: random.Random) -> list[datetime]:
    """Minutes to days on, so that some windows are missed altogether."""
    to, end, found = BEGIN, BEGIN + timedelta(days=DAYS), []
    while to < end:
        to += timedelta(minutes=dice.choice((7, 45, 180, 600, 1440, 2200, 5000)))
        found.append(to)
    return found


async def _booked(url: str, storm: Storm, dice: random.Random) -> list[Visit]:
    office = Office(Database(url), VirtualClock(BEGIN), Settings(database_url=url))
    visits: list[Visit] = []
    try:
        places = []
        async with office.work() as work:
            for zone in ZONES:
                place = Dealer(uuid4())
                await dealers.add_workshop(work, workshop(place.id, f"Workshop {zone}", zone, "FI"))
                places.append((place, zone))
        while len(visits) < storm.size["reminders"]:
            storm.say(f"{len(visits)} of {storm.size['reminders']} booked")
            async with office.work() as work:
                for _ in range(min(A_LOAD, storm.size["reminders"] - len(visits))):
                    place, zone = dice.choice(places)
                    visits.append(await _visit(work, place, zone, len(visits), dice))
        async with (
            office.database.write() as tx
        ):  # the confirmations have long arrived: only reminders go out
            await tx.run(update(letters).values(sent_at=BEGIN, waiting=False))
    finally:
        await office.database.close()
    return visits


async def _visit(work: Work, place: Dealer, zone: str, number: int, dice: random.Random) -> Visit:
    """Book one visit for a customer and a car of their own."""
    days, vin = dice.randrange(1, 5), f"YV1FW7050E{number:07d}"
    new = NewCustomer(name=f"Owner {number}", email=f"owner-{number}@example.com", reminder_days=days)
    person = await register.add_customer(work, place, new)
    await register.add_vehicle(work, place, NewVehicle(vin=vin, model="V60 D4"))
    await register.relate(work, place, vin, person.id, RelationKind.DRIVES, None)
    day = BEGIN.date() + timedelta(days=dice.randrange(2, DAYS))
    at = time(dice.randrange(7, 18), dice.choice((0, 30)))
    request = partial(CreateRequest, starts_at=instant(zone, day, at), price=PRICE, work="Service")
    made = await desk.create(work, place, "An advisor", vin, person.id, request)
    event = partial(ScheduleAppointment, checklist=READY)
    await desk.act(work, place, "An advisor", made.number, None, event)
    return Visit(str(made.id), vin, zone, day, at, days)


def _judge_letters(verdict: Verdict, database: Path, visits: list[Visit], stops: list[datetime]) -> None:
    """Compare how many reminders there are of each visit with what the oracle owes it."""
    rows = _rows(database, "SELECT appointment_id FROM letters WHERE kind = 'reminder'")
    counts = Counter(str(UUID(key)) for (key,) in rows)
    for visit in visits:
        stop = expected(visit, stops)
        verdict.done["reminders owed"] += stop is not None
        verdict.expect(
            counts[visit.key] == (stop is not None),
            f"{visit}: {counts[visit.key]} reminders, owed at {stop}",
        )


def _judge_windows(verdict: Verdict, database: Path, visits: list[Visit]) -> None:
    """Compare the windows that the cars are told with the oracle's."""
    told = {}
    for vin, content in _rows(database, "SELECT vin, content FROM vehicles"):
        items = json.loads(content)["items"]
        windows = [{"show_from": item["show_from"], "show_until": item["show_until"]} for item in items]
        told[vin] = {
            item["kind"]: tuple(datetime.fromisoformat(at) for at in window.values())
            for item, window in zip(items, windows, strict=True)
        }
    for visit in visits:
        opens, closes = (instant(visit.zone, visit.day + timedelta(days=more), time(0)) for more in (0, 1))
        due = _due(visit)
        seen = told[visit.vin]
        verdict.expect(seen.get("day_reminder") == (opens, closes), f"{visit}: the day is {seen}")
        wanted = (due, opens) if due >= BEGIN else None
        verdict.expect(seen.get("reminder") == wanted, f"{visit}: reminded {seen}, owed {wanted}")
        verdict.done["windows"] += 1 + (wanted is not None)


def _rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as tables:
        return tables.execute(query).fetchall()
