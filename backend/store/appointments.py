"""Keeps the appointments, a full snapshot per event, and the columns that the lists are found by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, insert, literal, or_, select, update

from backend.appointment import Action, Actor, Appointment, By, from_json, to_json
from backend.store.database import Transaction, sortable
from backend.store.paging import Page, instant_of, key_of, page, uuid_of
from backend.store.scope import Dealer, Owner, Scope, System
from backend.tables import appointment_events, appointments, customers, relations, vehicles


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
    tx: Transaction, scope: Dealer | System, appointment: Appointment, sort_at: datetime
) -> None:
    """Insert an appointment; ``sort_at`` is its time to due, by which the lists are ordered."""
    subject = appointment.subject
    person = select(sortable(customers.c.name)).where(customers.c.id == subject.customer_id)
    model = select(sortable(vehicles.c.model)).where(vehicles.c.vin == subject.vin)
    year = select(func.coalesce(vehicles.c.model_year, 0)).where(vehicles.c.vin == subject.vin)
    await tx.run(
        insert(appointments).values(
            **_columns(appointment, sort_at),
            by_customer=person.scalar_subquery(),
            by_model=model.scalar_subquery(),
            by_year=year.scalar_subquery(),
        )
    )


async def save_appointment(
    tx: Transaction, scope: Scope, appointment: Appointment, sort_at: datetime
) -> None:
    """Replace an appointment. The caller has loaded it with its lock."""
    await tx.run(
        update(appointments)
        .where(appointments.c.id == appointment.id, _may_see(scope))
        .values(_columns(appointment, sort_at))
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


async def appointments_of_customer(tx: Transaction, scope: Dealer, customer_id: UUID) -> list[Appointment]:
    """Return all appointments that a person ever had with this dealer."""
    query = select(appointments.c.body).where(appointments.c.customer_id == customer_id, _may_see(scope))
    return [from_json(row["body"]) for row in await tx.rows(query)]


async def open_of_customer(tx: Transaction, scope: System, customer_id: UUID) -> list[Appointment]:
    """Return a person's open appointments, in an order that all writers share."""
    query = (
        select(appointments.c.body)
        .where(appointments.c.customer_id == customer_id, appointments.c.ended_at.is_(None))
        .order_by(appointments.c.vin, appointments.c.id)
    )
    return [from_json(row["body"]) for row in await tx.rows(query)]


async def appointments_of_owner(
    tx: Transaction, scope: Owner, after: str | None, limit: int
) -> Page[Appointment]:
    """Return a page of an owner's appointments for vehicles that are the owner's still.

    The latest visit comes first, and before it what has no date yet. What ended without one stands where it
    ended, or it would keep its place before everything for ever.

    Raises:
        BadCursor: ``after`` is none of this list.
    """
    moment, key = func.coalesce(appointments.c.starts_at, appointments.c.ended_at), appointments.c.id
    theirs = exists().where(
        relations.c.vin == appointments.c.vin, relations.c.customer_id == appointments.c.customer_id
    )
    query = (
        select(appointments.c.body)
        .where(_may_see(scope), theirs)
        .order_by(moment.is_(None).desc(), moment.desc(), key)
        .limit(limit + 1)
    )
    if after is not None:
        instant, last = key_of(after, 2)
        further = key > uuid_of(last)
        if instant:
            bound = instant_of(instant)
            query = query.where(or_(moment < bound, and_(moment == bound, further)))
        else:
            query = query.where(or_(moment.is_not(None), further))
    found = [from_json(row["body"]) for row in await tx.rows(query)]
    return page(found, limit, lambda one: (_moment(one), str(one.id)))


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


def _moment(appointment: Appointment) -> str:
    moment = appointment.terms.starts_at or appointment.ended_at
    return "" if moment is None else moment.isoformat()


def _columns(appointment: Appointment, sort_at: datetime) -> dict[str, Any]:
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
        "past_due": Action.PAST_DUE in appointment.fired,
        "sort_at": sort_at,
        "by_mileage": -1 if subject.odometer_km is None else subject.odometer_km,
        "by_user": sortable(literal(appointment.last_edited_by)),
    }
