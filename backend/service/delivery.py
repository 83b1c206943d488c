"""Says how far each thing came that a car was to show, why no further, and sends places to drive to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from backend.appointment import Appointment
from backend.outcomes import LetterKind
from backend.receipts import Progress, Why, on_event, why_stuck
from backend.service import snapshots
from backend.service.desk import appointment
from backend.service.errors import Invalid, NotFound
from backend.service.office import Work
from backend.service.register import vehicle
from backend.store import appointments, destinations, inbox, items, letters, vehicles
from backend.store.destinations import Destination
from backend.store.items import Pushed
from backend.store.scope import Dealer, Owner, System
from backend.store.vehicles import Vehicle
from protocol.messages import Revision
from protocol.values import GeoPoint


@dataclass(frozen=True, slots=True)
class ItemDelivery:
    """One version of one item: how far it came, and what it waits for (None: nothing more)."""

    kind: str
    appointment_id: UUID | None
    show_from: datetime
    show_until: datetime
    current: bool
    """It is part of what the car shall stand on now."""
    progress: Progress
    why: Why | None
    late: tuple[str, ...]
    """Answers that came too late to count."""
    late_at: tuple[datetime, ...]
    """When the driver gave each of them, by the car's clock."""


@dataclass(frozen=True, slots=True)
class LetterDelivery:
    """One letter: sent, waiting, held back (and why), or superseded before it was sent."""

    kind: LetterKind
    message_id: str
    created_at: datetime
    sent_at: datetime | None
    superseded_at: datetime | None
    held: str | None
    attempts: int
    last_error: str | None


@dataclass(frozen=True, slots=True)
class VehicleDelivery:
    """What a car shall stand on, what a broker has of it, and what the car says it stands on."""

    vin: str
    connected: bool
    wanted: Revision
    changed_at: datetime | None
    published: bool
    published_at: datetime | None
    received: Revision
    received_at: datetime | None
    in_step: bool
    online: bool
    online_at: datetime | None
    store_id: UUID | None
    hello_at: datetime | None
    language: str | None
    profile: str | None
    navigation: bool | None
    notifications_on: bool | None
    rejected: str | None
    items: tuple[ItemDelivery, ...]


@dataclass(frozen=True, slots=True)
class AppointmentDelivery:
    """What of one appointment reached the customer, in the car and by mail."""

    vin: str
    connected: bool
    """The vehicle has a connection at all."""
    online: bool
    seen_at: datetime | None
    """When the car was last heard of."""
    rejected: str | None
    """Why the car could not use what it was told."""
    items: tuple[ItemDelivery, ...]
    letters: tuple[LetterDelivery, ...]


@dataclass(frozen=True, slots=True)
class OwnersCar:
    """A car as its owner sees it: every item that it was told of, and which appointment each is about."""

    vehicle: Vehicle
    items: tuple[ItemDelivery, ...]
    appointments: dict[UUID, Appointment]


async def of_vehicle(work: Work, scope: Dealer, vin: str) -> VehicleDelivery:
    """Return where a car stands, with the items of the dealer who asks.

    Raises:
        NotFound: there is no such vehicle, or the dealer has nothing to do with it.
    """
    found = await vehicle(work, scope, vin)
    car, wanted = found.car, found.wanted
    return VehicleDelivery(
        vin=vin,
        connected=found.connected,
        wanted=wanted.revision,
        changed_at=wanted.changed_at,
        published=wanted.published_rev == wanted.revision.rev,
        published_at=wanted.published_at,
        received=car.received,
        received_at=car.received_at,
        in_step=car.received == wanted.revision and car.received_digest == wanted.digest,
        online=car.online,
        online_at=car.presence_at,
        store_id=car.store_id,
        hello_at=car.hello_at,
        language=car.language,
        profile=car.profile,
        navigation=car.navigation,
        notifications_on=car.notifications_on,
        rejected=car.rejected,
        items=await _items(work, found, await items.items_of_vehicle(work.tx, scope, vin)),
    )


async def of_appointment(work: Work, scope: Dealer, number: str) -> AppointmentDelivery:
    """Return what of an appointment reached the customer.

    Raises:
        NotFound: the dealer has no such appointment.
    """
    found = await appointment(work, scope, number)
    subject = await vehicles.vehicle_exists(work.tx, scope, found.subject.vin)
    if subject is None:  # pragma: no cover - a foreign key holds it
        raise NotFound("vehicle", found.subject.vin)
    told = await items.items_of_vehicle(work.tx, scope, subject.vin, found.id)
    return AppointmentDelivery(
        vin=subject.vin,
        connected=subject.connected,
        online=subject.car.online,
        seen_at=max(
            filter(None, (subject.car.presence_at, subject.car.hello_at, subject.car.received_at)),
            default=None,
        ),
        rejected=subject.car.rejected,
        items=await _items(work, subject, told),
        letters=tuple(
            LetterDelivery(
                one.kind,
                one.message_id,
                one.created_at,
                one.sent_at,
                one.superseded_at,
                one.held,
                one.attempts,
                one.last_error,
            )
            for one in await letters.letters_about(work.tx, scope, found.id)
        ),
    )


async def of_owner(work: Work, scope: Owner, vin: str) -> OwnersCar:
    """Return what an owner's car was told about the owner's appointments, and what it did; newest first.

    Raises:
        NotFound: it is no car of this owner's.
    """
    found = await vehicle(work, scope, vin)
    told = await items.items_of_vehicle(work.tx, scope, vin)
    numbers = {one.id: one for one in await appointments.appointments_of_vehicle(work.tx, scope, vin)}
    lines = await _items(work, found, told)
    return OwnersCar(found, tuple(reversed(lines)), numbers)


async def push_destination(
    work: Work,
    scope: Dealer,
    who: str,
    vin: str,
    *,
    name: str,
    address: str,
    position: GeoPoint,
    show_from: datetime,
    show_until: datetime,
) -> Destination:
    """Send a place to a car: it is offered at the first engine start inside the window.

    Raises:
        NotFound: there is no such vehicle, or the dealer has nothing to do with it.
        Invalid: the vehicle has no connection, or the window is empty or over.
    """
    found = await vehicles.find_vehicle(work.tx, scope, vin, lock=True)
    if found is None:
        raise NotFound("vehicle", vin)
    if not found.connected:
        raise Invalid("vin", "this vehicle has no connection; nothing can be sent to it")
    if show_until <= max(show_from, work.now):
        raise Invalid("show_until", "the window has to end after it begins, and in the future")
    pushed = Destination(uuid4(), scope.id, vin, name, address, position, show_from, show_until, work.now)
    await destinations.add_destination(work.tx, scope, pushed)
    await snapshots.refresh(work, vin)
    await work.note(scope, who, "push_destination", vin)
    return pushed


async def _items(work: Work, subject: Vehicle, told: list[Pushed]) -> tuple[ItemDelivery, ...]:
    said = await inbox.said_about(work.tx, System(), subject.vin, [one.item for one in told])
    content = vehicles.content_of(subject)
    current = {(item.id, item.ver) for item in content.items} if content else set()
    lines = []
    for one in told:
        progress = Progress(
            one.item,
            one.ver,
            one.first,
            announce=one.announce,
            published_at=one.published_at,
            received_at=one.received_at,
        )
        for event in said:
            progress = on_event(progress, event.event)
        is_current = (one.item, one.ver) in current
        why = why_stuck(
            progress,
            online=subject.car.online,
            notifications_on=subject.car.notifications_on is not False,
            show_from=one.show_from,
            show_until=one.show_until,
            now=work.now,
        )
        late = tuple(
            event.event
            for event in said
            if event.late
            and (getattr(event.event, "item", None), getattr(event.event, "ver", None)) == (one.item, one.ver)
        )
        lines.append(
            ItemDelivery(
                one.kind,
                one.appointment_id,
                one.show_from,
                one.show_until,
                is_current,
                progress,
                why if is_current else None,
                tuple(answer.kind for answer in late),
                tuple(answer.at for answer in late),
            )
        )
    return tuple(lines)
