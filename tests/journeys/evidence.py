"""What really happened, read from what each end keeps: journal, feed, letters, the broker's retained copy.

The checks here are the promises themselves: nothing lost, nothing shown twice, everybody stands on the same.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broker.paho_transport import PahoTransport
from protocol.clock import until
from protocol.messages import CarEvent, Desired, Shown, decode_desired, digest_of
from protocol.topics import CarTopic, Channel
from tests.journeys.chain import PATIENCE, Street
from vehicle_sim.codec import decode_car, decode_event
from vehicle_sim.journal import read
from vehicle_sim.people import Tap
from vehicle_sim.reducer import advance
from vehicle_sim.state import Car, Event, SnapshotArrived

ANSWERS = {"opened", "dismissed", "accepted", "declined", "counter_proposed"}


@dataclass(frozen=True, slots=True)
class Told:
    """An event that a car recorded for the backend, and the kind of item it is about."""

    event: CarEvent
    item_kind: str | None
    store: str


def steps(journal: Path) -> Iterator[tuple[Car | None, Event, Car]]:
    """Replay a journal: yield the car before, what happened, and the car after."""
    car: Car | None = None
    for line in read(journal).lines:
        if line.kind == "car":
            car = decode_car(line.text)
            continue
        event = decode_event(line.text)
        after = advance(car, event).car
        yield car, event, after
        car = after


def recorded(journal: Path) -> list[Told]:
    """Return everything that a car recorded for the backend, in order."""
    told = []
    kinds: dict[object, str] = {}
    for before, _, after in steps(journal):
        kinds |= {item.id: item.kind for item in (*(before.items if before else ()), *after.items)}
        known = before.wire.seq if before is not None and before.wire.store_id == after.wire.store_id else 0
        told += [
            Told(event, kinds.get(getattr(event, "item", None)), str(after.wire.store_id))
            for event in after.wire.outbox
            if event.seq > known
        ]
    return told


def showings(journal: Path) -> list[str]:
    """Return which kinds of pop-ups were shown, in order."""
    return [str(told.item_kind) for told in recorded(journal) if isinstance(told.event, Shown)]


def snapshots(journal: Path) -> list[Desired | None]:
    """Return the snapshots that changed something in a car, in order."""
    return [event.desired for _, event, _ in steps(journal) if isinstance(event, SnapshotArrived)]


def assert_no_duplicate(*journals: Path) -> None:
    """No two showings in the same run, none after an answer; a day reminder's answer counts for its run.

    Several journals are those of one car whose head unit was replaced, in order.
    """
    shown: set[object] = set()
    answered: set[object] = set()
    for told in (told for journal in journals for told in recorded(journal)):
        event = told.event
        version = (getattr(event, "item", None), getattr(event, "ver", None))
        if isinstance(event, Shown):
            showing = (*version, told.store, event.run)
            assert showing not in shown, f"{told.item_kind} was shown twice in run {event.run}"
            assert version not in answered, f"{told.item_kind} was shown after it had been answered"
            shown.add(showing)
        elif event.kind in ANSWERS and told.item_kind != "day_reminder":
            answered.add(version)


async def assert_told_once(street: Street) -> None:
    """Everything that the car recorded is in the backend once, and in the dealer's feed once."""
    stored = inbox(street)
    own = [
        (told.store, told.event.seq, told.event.kind, str(getattr(told.event, "item", None)))
        for told in recorded(street.journal)
    ]
    assert sorted(own) == sorted(stored)
    told = {kind for _, _, kind, _ in own} - {"service_requested", "rejected"}
    heard: Counter[tuple[str, str]] = Counter()
    for kind in sorted(told):
        for event in await street.dealer.has_heard(kind, street.vin):
            # What became of the appointment has the same name as the driver's word: only that names an item.
            heard.update([(kind, event["facts"]["item"])] if "item" in event["facts"] else [])
    assert heard == Counter((kind, item) for _, _, kind, item in own if kind in told)


async def assert_in_step(street: Street) -> Desired:
    """Wait until backend, broker and car hold the very same state; return it."""
    await street.rests()
    topic = CarTopic(street.vin, Channel.DESIRED)
    car = await street.driver.looks()
    kept = await retained(street.chain.listener(), topic)
    assert kept is not None, "the broker keeps no snapshot of this car"
    snapshot = decode_desired(topic, kept)
    assert snapshot.digest == digest_of(snapshot)
    assert car["applied"] == {"epoch": snapshot.epoch, "rev": snapshot.rev}
    assert car["outbox"] == 0
    assert [(one["item"], one["ver"]) for one in car["items"]] == [
        (str(item.id), item.ver) for item in snapshot.items
    ]
    delivery = await street.dealer.asks("GET", f"/v1/vehicles/{street.vin}/delivery")
    assert delivery["in_step"], delivery
    return snapshot


async def retained(transport: PahoTransport, topic: CarTopic) -> bytes | None:
    """Return what the broker keeps on a topic."""
    async with Tap().listening(transport, str(topic)) as tap:
        try:
            await until(lambda: bool(tap.heard), what=f"the retained message of {topic}", timeout=5)
        except TimeoutError:
            return None
    return tap.heard[0].payload


def inbox(street: Street) -> list[tuple[str, int, str, str]]:
    """Return what the backend stored of the car's words: journal, number, kind, item."""
    rows = look(street, "SELECT store_id, seq, kind, item FROM inbox WHERE vin = ?", street.vin)
    return [(_uuid(store), seq, kind, str(item and _uuid(item))) for store, seq, kind, item in rows]


def quarantined(street: Street) -> list[tuple[str, str]]:
    """Return the reasons and topics of what the backend could not use, oldest first."""
    rows = look(
        street, "SELECT reason, topic FROM quarantine WHERE topic LIKE ? ORDER BY id", f"%{street.vin}%"
    )
    return [(reason, topic) for reason, topic in rows]


def look(street: Street, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Look behind the backend's door, without opening it for writing."""
    where = f"file:{street.chain.database}?mode=ro"
    with closing(sqlite3.connect(where, uri=True)) as database:
        return database.execute(query, values).fetchall()


async def stored(street: Street, seconds: float = PATIENCE) -> None:
    """Wait until everything that the car recorded is stored by the backend."""
    await until(
        lambda: len(inbox(street)) == len(recorded(street.journal)),
        what=f"everything {street.vin} recorded to be stored",
        timeout=seconds,
    )


def words(tree: Any) -> str:
    """Return everything that a semantic tree says, as one text."""
    return json.dumps(tree, ensure_ascii=False)


def _uuid(value: object) -> str:
    text = str(value)
    return text if "-" in text else f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
