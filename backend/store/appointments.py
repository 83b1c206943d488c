"""Keeps the appointments, a full snapshot per event, and the columns by which the four lists find them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, insert, literal, or_, select, tuple_, update

from backend.appointment import Action, Actor, Appointment, By, Listing, from_json, to_json
from backend.store.customers import CUSTOMER, Customer, read_customer
from backend.store.database import Transaction
from backend.store.paging import Page, instant_of, key_of, page
from backend.store.scope import Dealer, Owner, Scope, System
from backend.store.vehicles import VEHICLE, Vehicle, read_vehicle
from backend.tables import UTCDateTime, appointment_events, appointments, customers, vehicles


@dataclass(frozen=True, slots=True)
class Times:
    """What the lists sort and look by: the time to due, and when it opens two more lists."""

    sort_at: datetime
    actions_from: datetime | None
    escalated_from: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list."""

    appointment: Appointment
    customer: Customer
    vehicle: Vehicle
    sort_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the history, and the appointment as it looked after it."""

    seq: int
    at: datetime
    action: Action
    actor: Actor
    who: str
    late: bool
    appointment: Appointment


async def add_appointment(
    tx: Transaction, scope: Dealer | System, appointment: Appointment, times: Times
) -> None:
    """Insert an appointment."""
    await tx.run(insert(appointments).values(_columns(appointment, times)))


async def save_appointment(tx: Transaction, scope: Scope, appointment: Appointment, times: Times) -> None:
    """Replace an appointment. The caller has loaded it with its lock."""
    await tx.run(
        update(appointments)
        .where(appointments.c.id == appointment.id, _may_see(scope))
        .values(_columns(appointment, times))
    )


async def find_appointment(
    tx: Transaction, scope: Scope, key: str | UUID, *, lock: bool = False
) -> Appointment | None:
    """Return an appointment by its number (a dealer's) or id, if the scope may see it."""
    query = select(appointments.c.body).where(_is(key), _may_see(scope))
    body = await tx.value(query.with_for_update() if lock else query)
    return None if body is None else from_json(body)


async def vin_of(tx: Transaction, scope: Scope, key: str | UUID) -> str | None:
    """Return whose vehicle's appointment it is: the vehicle is locked first, then its appointments."""
    vin = await tx.value(select(appointments.c.vin).where(_is(key), _may_see(scope)))
    return vin if isinstance(vin, str) else None


async def appointments_of_vehicle(
    tx: Transaction, scope: Scope, vin: str, since: datetime | None = None
) -> list[Appointment]:
    """Return a vehicle's appointments, oldest first: the open ones, and those ended since ``since``."""
    query = select(appointments.c.body).where(appointments.c.vin == vin, _may_see(scope))
    if since is not None:
        query = query.where(or_(appointments.c.ended_at.is_(None), appointments.c.ended_at >= since))
    return [from_json(row["body"]) for row in await tx.rows(query.order_by(appointments.c.id))]


async def open_of_customer(tx: Transaction, scope: System, customer_id: UUID) -> list[Appointment]:
    """Return a person's open appointments, in an order that all writers share."""
    query = (
        select(appointments.c.body)
        .where(appointments.c.customer_id == customer_id, appointments.c.ended_at.is_(None))
        .order_by(appointments.c.vin, appointments.c.id)
    )
    return [from_json(row["body"]) for row in await tx.rows(query)]


async def listed(
    tx: Transaction, scope: Dealer, listing: Listing | None, now: datetime, *, after: str | None, limit: int
) -> Page[Line]:
    """Return a page of a list, the most urgent first; without ``listing`` all appointments, newest first.

    Raises:
        BadCursor: ``after`` is none of this list.
    """
    query: Select[Any] = (
        select(appointments.c.body, appointments.c.sort_at, *CUSTOMER, *VEHICLE)
        .join_from(appointments, customers, appointments.c.customer_id == customers.c.id)
        .join(vehicles, appointments.c.vin == vehicles.c.vin)
        .where(appointments.c.dealer_id == scope.id)
        .limit(limit + 1)
    )
    number = appointments.c.number
    if listing is None:
        query = query.order_by(number.desc())
        if after is not None:
            query = query.where(number < key_of(after, 1)[0])
    else:
        key = (appointments.c.sort_at, number)
        query = query.where(_in(listing, now)).order_by(*key)
        if after is not None:
            at, last = key_of(after, 2)
            query = query.where(tuple_(*key) > tuple_(literal(instant_of(at), UTCDateTime), last))
    rows = [
        Line(from_json(row["body"]), read_customer(row), read_vehicle(row), row["sort_at"])
        for row in await tx.rows(query)
    ]
    if listing is None:
        return page(rows, limit, lambda line: (line.appointment.number,))
    return page(rows, limit, lambda line: (line.sort_at.isoformat(), line.appointment.number))


async def counts(tx: Transaction, scope: Dealer, now: datetime) -> dict[Listing, int]:
    """Return how many appointments stand in each list."""
    columns = [func.count().filter(_in(listing, now)).label(listing.value) for listing in Listing]
    row = await tx.row(select(*columns).where(appointments.c.dealer_id == scope.id))
    return {listing: int(row[listing.value]) if row else 0 for listing in Listing}


async def add_event(
    tx: Transaction,
    scope: Scope,
    appointment: Appointment,
    *,
    at: datetime,
    action: Action,
    by: By,
    late: bool,
) -> int:
    """Append an event with the appointment as it looks after it; return its position."""
    last = await tx.value(
        select(func.max(appointment_events.c.seq)).where(
            appointment_events.c.appointment_id == appointment.id
        )
    )
    seq = int(last or 0) + 1
    await tx.run(
        insert(appointment_events).values(
            appointment_id=appointment.id,
            seq=seq,
            at=at,
            kind=action.value,
            actor=by.actor.value,
            who=by.name,
            late=late,
            snapshot=to_json(appointment),
        )
    )
    return seq


async def history(tx: Transaction, scope: Scope, appointment_id: UUID) -> tuple[Entry, ...]:
    """Return every event of an appointment, oldest first."""
    query = (
        select(appointment_events)
        .join(appointments, appointment_events.c.appointment_id == appointments.c.id)
        .where(appointments.c.id == appointment_id, _may_see(scope))
        .order_by(appointment_events.c.seq)
    )
    return tuple(
        Entry(
            row["seq"],
            row["at"],
            Action(row["kind"]),
            Actor(row["actor"]),
            row["who"],
            row["late"],
            from_json(row["snapshot"]),
        )
        for row in await tx.rows(query)
    )


def _is(key: str | UUID) -> ColumnElement[bool]:
    return appointments.c.id == key if isinstance(key, UUID) else appointments.c.number == key


def _may_see(scope: Scope) -> ColumnElement[bool]:
    match scope:
        case System():
            return appointments.c.id.is_not(None)
        case Owner(own):
            return appointments.c.customer_id == own
        case Dealer(own):
            return appointments.c.dealer_id == own


def _in(listing: Listing, now: datetime) -> ColumnElement[bool]:
    match listing:
        case Listing.ACTIONS:
            return or_(appointments.c.listed == listing.value, appointments.c.actions_from <= now)
        case Listing.ESCALATED:
            return and_(appointments.c.escalated_from.is_not(None), appointments.c.escalated_from <= now)
        case Listing.PENDING | Listing.PLANNED:
            return appointments.c.listed == listing.value


def _columns(appointment: Appointment, times: Times) -> dict[str, Any]:
    subject = appointment.subject
    return {
        "id": subject.id,
        "dealer_id": subject.dealer_id,
        "number": subject.number,
        "vin": subject.vin,
        "customer_id": subject.customer_id,
        "status": appointment.status.value,
        "version": appointment.version,
        "body": to_json(appointment),
        "starts_at": appointment.terms.starts_at,
        "ended_at": appointment.ended_at,
        "listed": None if appointment.listing is None else appointment.listing.value,
        "sort_at": times.sort_at,
        "actions_from": times.actions_from,
        "escalated_from": times.escalated_from,
    }
