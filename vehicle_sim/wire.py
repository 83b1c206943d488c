"""What the head unit owes the backend and takes from it: snapshots, hellos, numbered events, receipts.

Nothing here looks at a screen. An event is in the outbox from the moment it is recorded until the backend
acknowledges it, so a lost connection, a lost message or a restart only delays it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from protocol.messages import CarEvent, Desired, Item, Rejected
from vehicle_sim import itineraries
from vehicle_sim.state import (
    Car,
    Effect,
    EventsAcknowledged,
    Memory,
    Outcome,
    SayHello,
    SendEvents,
    mark,
)

SNAPSHOT_WAIT: Final = timedelta(seconds=2)
HELLO_PAUSE: Final = timedelta(seconds=5)
"""An unusable snapshot is answered by a hello at most this often."""
MOST_PAST: Final = 400
"""So many versions of items are remembered that the snapshot no longer has."""


def record(car: Car, make: Callable[[int, datetime], CarEvent]) -> Car:
    """Put the event that ``make(seq, at)`` builds into the outbox."""
    seq = car.wire.seq + 1
    event = make(seq, car.now)
    return replace(car, wire=replace(car.wire, seq=seq, outbox=(*car.wire.outbox, event)))


def connected(car: Car) -> Outcome:
    """Subscribed: resend what was not acknowledged, and await the snapshot for 2 s."""
    wire = replace(car.wire, online=True, snapshot_due=car.now + SNAPSHOT_WAIT, hello_due=None)
    return Outcome(replace(car, wire=wire), (SendEvents(),) if wire.outbox else ())


def connection_lost(car: Car) -> Outcome:
    """Offline: nothing can be said; the next connection begins with a hello anyway."""
    return Outcome(replace(car, wire=replace(car.wire, online=False, snapshot_due=None, hello_due=None)))


def snapshot_arrived(car: Car, desired: Desired | None) -> Outcome:
    """Apply a newer snapshot, confirm the applied one again, answer an older or another one by a hello."""
    if desired is None:
        return _greeted(Outcome(_wiped(car), _receipt(car)))
    revision = desired.revision
    named = desired.for_store == car.wire.store_id
    wire = replace(car.wire, saw=max(car.wire.saw, revision), new_store=car.wire.new_store and not named)
    if revision < car.wire.applied or (revision == car.wire.applied and desired.digest != car.wire.digest):
        # What cannot be used says nothing about this journal either: it may be a copy from before.
        return _ask(replace(car, wire=replace(wire, new_store=car.wire.new_store)))
    if revision == car.wire.applied:
        return _greeted(Outcome(replace(car, wire=wire), _receipt(car)))
    if revision.epoch > car.wire.applied.epoch:
        car = _forgetting(car, desired.items)
    wire = replace(wire, applied=revision, digest=desired.digest)
    car = replace(car, wire=wire, desired=desired)
    return _greeted(Outcome(replace(car, memory=_pruned(car)), _receipt(car)))


def snapshot_rejected(car: Car, why: str) -> Outcome:
    """Keep the last good state and say that there was one this car cannot use (once, until acknowledged)."""
    line = "".join(char if char.isprintable() else " " for char in why)[:200]
    if not any(isinstance(event, Rejected) and event.why == line for event in car.wire.outbox):
        car = record(car, lambda seq, at: Rejected(seq=seq, at=at, why=line))
    return _greeted(Outcome(car))


def events_acknowledged(car: Car, event: EventsAcknowledged) -> Outcome:
    """Forget what the backend has stored.

    An acknowledgement beyond our own ``seq`` proves that this journal is an older copy of one that went on:
    its numbers are spent. It goes on as a new store, and what is unacknowledged gets numbers of that store.
    """
    wire = car.wire
    if event.store_id != wire.store_id:
        return Outcome(car)
    if event.upto > wire.seq:
        again = tuple(old.model_copy(update={"seq": seq}) for seq, old in enumerate(wire.outbox, start=1))
        wire = replace(
            wire,
            store_id=event.fresh_store,
            new_store=True,
            hellos=0,
            seq=len(again),
            acknowledged=0,
            outbox=again,
        )
        outcome = hello(replace(car, wire=wire, born=car.now))
        return Outcome(outcome.car, (*outcome.effects, *_receipt(car)))
    left = tuple(old for old in wire.outbox if old.seq > event.upto)
    wire = replace(wire, outbox=left, acknowledged=max(wire.acknowledged, event.upto))
    return Outcome(replace(car, wire=wire))


def waited_in_vain(car: Car) -> Outcome:
    """Technical time is up: say the hello that is pending and send again what was not acknowledged."""
    pending = car.wire.snapshot_due is not None or car.wire.hello_due is not None
    outcome = hello(car) if pending else Outcome(car)
    return Outcome(outcome.car, (*outcome.effects, *(_receipt(car) if car.wire.outbox else ())))


def due(car: Car) -> datetime | None:
    """Return when a hello is due, if one is."""
    return min((at for at in (car.wire.snapshot_due, car.wire.hello_due) if at is not None), default=None)


def hello(car: Car) -> Outcome:
    """Say who we are and what we stand on; offline, the next connection does."""
    if not car.wire.online:
        return Outcome(car)
    wire = replace(car.wire, hellos=car.wire.hellos + 1, hello_at=car.now, snapshot_due=None, hello_due=None)
    return Outcome(replace(car, wire=wire), (SayHello(),))


def hello_soon(car: Car) -> Outcome:
    """Say hello now, or as soon as the last one is 5 s old."""
    last = car.wire.hello_at
    if car.wire.online and last is not None and car.now - last < HELLO_PAUSE:
        return Outcome(replace(car, wire=replace(car.wire, hello_due=last + HELLO_PAUSE)))
    return hello(car)


def _ask(car: Car) -> Outcome:
    return hello(car) if car.wire.snapshot_due is not None else hello_soon(car)


def _greeted(outcome: Outcome) -> Outcome:
    if outcome.car.wire.snapshot_due is None:
        return outcome
    greeting = hello(outcome.car)
    return Outcome(greeting.car, (*greeting.effects, *outcome.effects))


def _receipt(car: Car) -> tuple[Effect, ...]:
    return (SendEvents(),) if car.wire.online else ()


def _wiped(car: Car) -> Car:
    # The revision stays, its digest goes: an old copy that still arrives is then no longer taken for the
    # state applied but contradicts it, and the hello that answers it makes the backend begin a new epoch.
    return replace(_forgetting(car, ()), wire=replace(car.wire, digest=None), desired=None, notice=None)


def _forgetting(car: Car, kept: tuple[Item, ...]) -> Car:
    # A higher epoch also follows a restored backend, and then the items are the same ones: forgetting what
    # was answered about them would ask again. A new owner's snapshot has none of the old owner's items.
    # What was shown or answered in this very run stays with it, lest it be shown twice.
    present = {item.id for item in kept}
    stops = tuple(stop for stop in car.itinerary.stops if stop.item is None or stop.item in present)
    itinerary = itineraries.over(car.itinerary, stops)
    known = {mark(item.id, item.ver) for item in kept}
    run = car.drive.run
    past = {
        key: past
        for key, past in car.memory.past.items()
        if key in known or run in {past.shown, past.answered}
    }
    # Nor may a new owner's data leave the car by the old one's consent.
    return replace(car, memory=Memory(past=past), itinerary=itinerary, service=car.service.renewed())


def _pruned(car: Car) -> Memory:
    known = {mark(item.id, item.ver) for item in car.items}
    gone = [key for key in car.memory.past if key not in known]
    dropped = set(gone[: max(0, len(gone) - MOST_PAST)])
    past = {key: past for key, past in car.memory.past.items() if key not in dropped}
    return replace(car.memory, past=past)
