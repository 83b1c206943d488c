"""What cars say becomes true here: hellos, receipts, answers and requests, each once however often sent."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from uuid import uuid4

from backend.appointment import Action, Actor, By, Subject
from backend.events import CustomerAccepts, CustomerCancels, CustomerCounterProposes, RequestFromCar
from backend.outcomes import ItemKind, Refused
from backend.receipts import Standing, Verdict, on_hello, on_receipt
from backend.service import snapshots
from backend.service.dealers import workshop_of
from backend.service.errors import ServiceError
from backend.service.happenings import MakeEvent, begin, happen
from backend.service.office import Work, log_crossing
from backend.store import appointments, dealers, inbox, items, publishing, vehicles
from backend.store.inbox import Quarantined, Said
from backend.store.items import Pushed
from backend.store.scope import Dealer, System
from backend.store.vehicles import CarState, Vehicle
from protocol.messages import (
    Accepted,
    CarEvent,
    CounterProposed,
    Declined,
    Events,
    EventsAck,
    FromCar,
    HeldBack,
    Hello,
    Navigated,
    NavigationRefused,
    Presence,
    Rejected,
    ServiceRequested,
)

CAR = By(Actor.CAR, "Sensus Connect")


class UnknownVehicle(ServiceError):
    """A message of a car that the register does not know."""


async def hear(work: Work, message: FromCar) -> EventsAck | None:
    """Take in one message of a car; return the acknowledgement that it waits for, if it waits for one.

    Raises:
        UnknownVehicle: the register does not know the car.
    """
    vehicle = await vehicles.vehicle_exists(work.tx, System(), message.vin, lock=True)
    if vehicle is None:
        raise UnknownVehicle(f"no vehicle {message.vin} is in the register")
    match message:
        case Hello():
            await _hello(work, vehicle, message)
            return None
        case Presence():
            await _presence(work, vehicle, message)
            return None
        case Events():
            return await _events(work, vehicle, message)


def ack_unread(message: FromCar) -> EventsAck | None:
    """Return the acknowledgement of a message that was quarantined, if its car waits for one."""
    if not isinstance(message, Events):
        return None
    last = max((event.seq for event in message.events), default=message.from_seq - 1)
    return EventsAck(store_id=message.store_id, upto=last)


async def quarantine(work: Work, topic: str, reason: str, detail: str, payload: bytes) -> None:
    """Put a message away that cannot be used, for people to look at."""
    await inbox.put_away(work.tx, System(), Quarantined(work.now, topic, reason, detail, payload))
    log_crossing("quarantined", topic=topic[:120], reason=reason)


async def _hello(work: Work, vehicle: Vehicle, hello: Hello) -> None:
    decision = on_hello(_standing(vehicle), hello)
    log_crossing(
        "hello",
        vin=vehicle.vin,
        n=hello.n,
        applied=tuple(hello.applied.revision),
        verdict=decision.verdict.value,
    )
    if decision.verdict is Verdict.IGNORE:
        return
    standing = decision.standing
    car = replace(
        _seen(vehicle.car, work),
        store_id=standing.store_id,
        hello_n=standing.hello_n,
        hello_at=work.now,
        language=hello.language.value,
        profile=hello.profile,
        navigation=hello.navigation,
        notifications_on=hello.notifications_on,
        received=standing.received,
        received_digest=hello.digest,
    )
    await _received(work, vehicle, car)
    if decision.verdict is Verdict.NEW_EPOCH:
        await snapshots.refresh(work, vehicle.vin, begin_at=standing.revision)
    elif decision.verdict is Verdict.REFRESH:
        await publishing.make_dirty(work.tx, System(), [vehicle.vin])
        work.dirty.add(vehicle.vin)


async def _presence(work: Work, vehicle: Vehicle, presence: Presence) -> None:
    car = vehicle.car
    if not presence.online and car.online and car.boot_id not in {None, presence.boot_id}:
        return  # the will of a connection that a newer one has replaced already
    await vehicles.heard(
        work.tx,
        System(),
        vehicle.vin,
        replace(car, online=presence.online, boot_id=presence.boot_id, presence_at=work.now),
    )
    if car.online != presence.online:
        log_crossing("presence", vin=vehicle.vin, online=presence.online)


def _seen(car: CarState, work: Work) -> CarState:
    """Take a car's word for a sign of life while nothing is known of its presence.

    The birth of its connection came before its vehicle was registered; the will can still come.
    """
    return replace(car, online=True, presence_at=work.now) if car.boot_id is None else car


async def _events(work: Work, vehicle: Vehicle, message: Events) -> EventsAck:
    known = await inbox.known_seqs(
        work.tx, System(), vehicle.vin, message.store_id, [event.seq for event in message.events]
    )
    decision = on_receipt(_standing(vehicle), message)
    if decision.verdict is not Verdict.IGNORE:
        standing = decision.standing
        car = replace(
            _seen(vehicle.car, work),
            store_id=standing.store_id,
            hello_n=standing.hello_n,
            received=standing.received,
            received_digest=message.digest,
        )
        await _received(work, vehicle, car)
    if decision.verdict is Verdict.REFRESH:
        await publishing.make_dirty(work.tx, System(), [vehicle.vin])
        work.dirty.add(vehicle.vin)
    fresh = []
    for event in sorted(message.events, key=lambda one: one.seq):
        if event.seq not in known:
            known |= {event.seq}  # a message may say the same thing twice, too
            late = await _event(work, vehicle, event)
            await inbox.keep(
                work.tx, System(), Said(vehicle.vin, message.store_id, event, work.now, late=late)
            )
            fresh.append(event)
    if any(event.kind in snapshots.ANSWERS for event in fresh):
        await snapshots.refresh(work, vehicle.vin)
    log_crossing(
        "events",
        vin=vehicle.vin,
        applied=tuple(message.applied.revision),
        new=len(fresh),
        known=len(message.events) - len(fresh),
    )
    upto = await _acknowledge(work, message, is_news=bool(fresh))
    return EventsAck(store_id=message.store_id, upto=upto)


async def _acknowledge(work: Work, message: Events, *, is_news: bool) -> int:
    """Return how far the car's journal is stored, which may be beyond the car's own count: then it is a copy.

    A long outbox comes in several messages, and the first of them may have been sent before we listened. So
    what does not join on to what we have is stored, but acknowledged only when it is sent again: a car begins
    again with the oldest that it has; what is not among it was acknowledged by a database before this one.
    """
    upto = await inbox.acknowledged(work.tx, System(), message.vin, message.store_id)
    if message.from_seq <= upto + 1 or not is_news:
        last = max((event.seq for event in message.events), default=message.from_seq - 1)
        upto = max(upto, last)
        await inbox.acknowledge(work.tx, System(), message.vin, message.store_id, upto)
    return upto


async def _received(work: Work, vehicle: Vehicle, car: CarState) -> None:
    """Keep what the car has told, and tell the dealers which of their items have arrived."""
    arrived = car.received > vehicle.car.received
    car = replace(car, received_at=work.now if arrived else car.received_at)
    await vehicles.heard(work.tx, System(), vehicle.vin, car)
    if arrived and car.received <= vehicle.wanted.revision:
        for item in await items.items_received(work.tx, System(), vehicle.vin, car.received, work.now):
            await _tell(work, item, "received", vehicle.vin, ver=item.ver)


async def _event(work: Work, vehicle: Vehicle, event: CarEvent) -> bool:
    """Let one new event have its effect; tell whether it was an answer that does not count any more."""
    match event:
        case ServiceRequested():
            return await _service_requested(work, vehicle, event)
        case Rejected():
            await vehicles.heard(
                work.tx, System(), vehicle.vin, replace(await _car(work, vehicle), rejected=event.why)
            )
            dealer = await snapshots.responsible_dealer(work, vehicle.vin)
            if dealer is not None:
                work.tell(dealer, "rejected", vehicle.vin, why=event.why)
            return False
        case _:
            item = await items.item_of(work.tx, System(), vehicle.vin, event.item)
            if item is None:
                log_crossing("unknown_item", vin=vehicle.vin, item=str(event.item), kind=event.kind)
                return _answer_of(event) is not None
            late = await _answer(work, item, event)
            await _tell(
                work, item, event.kind, vehicle.vin, **_facts(event), **({"late": True} if late else {})
            )
            return late


async def _answer(work: Work, item: Pushed, event: CarEvent) -> bool:
    make = _answer_of(event)
    if make is None:
        return False
    if item.appointment_id is None or item.kind != ItemKind.PROPOSAL.value:
        return True
    try:
        outcome = await happen(work, System(), item.appointment_id, make, CAR)
    except Refused as refused:
        log_crossing("answer_refused", vin=item.vin, kind=event.kind, why=type(refused).__name__)
        return True
    return outcome.late is not None


def _answer_of(event: CarEvent) -> MakeEvent | None:
    match event:
        case Accepted(ver=ver):
            return partial(CustomerAccepts, ver=ver)
        case Declined(ver=ver):
            return partial(CustomerCancels, ver=ver)
        case CounterProposed(ver=ver, slots=slots):
            return partial(CustomerCounterProposes, ver=ver, slots=slots)
        case _:
            return None


async def _service_requested(work: Work, vehicle: Vehicle, event: ServiceRequested) -> bool:
    dealer = await snapshots.responsible_dealer(work, vehicle.vin)
    driver = await snapshots.primary_driver(work, vehicle.vin)
    if dealer is None or driver is None:
        await quarantine(
            work, vehicle.vin, "no_preferred_dealer", "a service request, and nobody to send it to", b""
        )
        return True
    subject = Subject(
        id=uuid4(),
        number=await dealers.take_number(work.tx, Dealer(dealer)),
        dealer_id=dealer,
        vin=vehicle.vin,
        customer_id=driver.id,
        odometer_km=event.health.odometer_km,
    )
    opening = RequestFromCar(
        at=work.now,
        by=By(Actor.CAR, driver.name),
        subject=subject,
        service_type=event.type,
        health=event.health,
        consent=event.consent,
        connected=vehicle.connected,
        has_preferred_dealer=True,
    )
    try:
        await begin(work, System(), await workshop_of(work, System(), dealer), opening)
    except Refused as refused:
        await quarantine(work, vehicle.vin, Action.REQUEST_FROM_CAR.value, str(refused), b"")
        return True
    return False


async def _tell(work: Work, item: Pushed, type_: str, vin: str, **facts: object) -> None:
    number = None
    if item.appointment_id is not None:
        found = await appointments.find_appointment(work.tx, System(), item.appointment_id)
        number = None if found is None else found.number
    work.tell(item.dealer_id, type_, vin, number, item=str(item.item), kind=item.kind, **facts)


def _facts(event: CarEvent) -> dict[str, object]:
    """Return what a dealer's system is told of an event besides which item it is about."""
    facts: dict[str, object] = {"at": event.at.isoformat()}
    match event:
        case Navigated(ver=ver, how=how):
            return facts | {"ver": ver, "as": how}
        case NavigationRefused(ver=ver, why=why):
            return facts | {"ver": ver, "why": why}
        case HeldBack(reasons=reasons, since=since):
            return facts | {"reasons": [reason.value for reason in reasons], "since": since.isoformat()}
        case CounterProposed(ver=ver, slots=slots):
            return facts | {"ver": ver, "slots": [slot.model_dump(mode="json") for slot in slots]}
        case _:
            return facts | {"ver": getattr(event, "ver", None)}


async def _car(work: Work, vehicle: Vehicle) -> CarState:
    now = await vehicles.vehicle_exists(work.tx, System(), vehicle.vin)
    return vehicle.car if now is None else now.car


def _standing(vehicle: Vehicle) -> Standing:
    return Standing(
        revision=vehicle.wanted.revision,
        digest=vehicle.wanted.digest,
        received=vehicle.car.received,
        store_id=vehicle.car.store_id,
        hello_n=vehicle.car.hello_n or 0,
    )
