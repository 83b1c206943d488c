"""What an owner sees and does on My Volvo; answers in the car come by :mod:`backend.service.cars`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from backend.appointment import Actor, Appointment, By, Status, Subject
from backend.events import (
    CustomerAccepts,
    CustomerAnswers,
    CustomerCancels,
    CustomerCounterProposes,
    Event,
    RequestFromOwner,
)
from backend.lifecycle import FARTHEST
from backend.outcomes import Outcome
from backend.reminders import local_day
from backend.service import register
from backend.service.dealers import workshop_of
from backend.service.desk import appointment
from backend.service.errors import Conflict, Invalid, NotFound
from backend.service.happenings import MakeEvent, begin, happen
from backend.service.office import Work
from backend.store import appointments, customers, dealers, vehicles
from backend.store.customers import Customer
from backend.store.dealers import Workshop
from backend.store.paging import Page
from backend.store.scope import Dealer, Owner, System
from backend.store.vehicles import Vehicle
from protocol.messages import Slot


@dataclass(frozen=True, slots=True)
class Booked:
    """All that the owner's page of one appointment shows."""

    appointment: Appointment
    customer: Customer
    vehicle: Vehicle
    workshop: Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an owner asks a workshop for. ``id`` is drawn before it is sent, so that it counts once."""

    id: UUID
    vin: str
    dealer_id: UUID
    text: str
    slots: tuple[Slot, ...]
    odometer_km: int | None


async def cars(work: Work, scope: Owner) -> tuple[Vehicle, ...]:
    """Return the vehicles that an owner drives or owns, by VIN."""
    found = [
        await vehicles.find_vehicle(work.tx, scope, vin)
        for vin in await customers.vins_of(work.tx, System(), scope.id)
    ]
    return tuple(one for one in found if one is not None)


async def workshops(work: Work) -> tuple[Workshop, ...]:
    """Return every workshop that can be asked or preferred, by name."""
    return tuple(await dealers.dealers_all(work.tx, System()))


async def bookings(work: Work, scope: Owner, after: str | None, limit: int) -> Page[Booked]:
    """Return a page of an owner's appointments, the newest first: for vehicles that are the owner's still.

    Raises:
        BadCursor: ``after`` is none of this list.
    """
    customer = await register.customer(work, scope, scope.id)
    own = {one.vin: one for one in await cars(work, scope)}
    places = {one.id: one for one in await workshops(work)}
    found = await appointments.appointments_of_owner(work.tx, scope, after, limit)
    return Page(
        tuple(
            Booked(one, customer, own[one.subject.vin], places[one.subject.dealer_id]) for one in found.items
        ),
        found.after,
    )


async def booking(work: Work, scope: Owner, appointment_id: UUID) -> Booked:
    """Return an owner's appointment.

    Raises:
        NotFound: it is not this owner's, or the owner has nothing to do with the vehicle any more.
    """
    found = await appointment(work, scope, appointment_id)
    customer = await customers.find_customer(work.tx, scope, scope.id)
    vehicle = await vehicles.find_vehicle(work.tx, scope, found.subject.vin)
    if customer is None or vehicle is None:
        raise NotFound("appointment", appointment_id)
    return Booked(found, customer, vehicle, await workshop_of(work, System(), found.subject.dealer_id))


async def answer(work: Work, scope: Owner, appointment_id: UUID, event: MakeEvent) -> Outcome:
    """Let an owner answer on the web; one that came too late changes no status: see ``late``.

    An answer that was given already and comes once more, as from a button pressed twice, is no late one.

    Raises:
        NotFound: it is not this owner's.
        Refused: this cannot be answered so.
    """
    seen = await booking(work, scope, appointment_id)
    by = By(Actor.CUSTOMER, seen.customer.name)
    if _is_said(seen.appointment, event(at=work.now, by=by)):
        return Outcome(seen.appointment)
    return await happen(work, scope, appointment_id, event, by)


async def request(work: Work, scope: Owner, wish: Wish) -> Appointment:
    """Ask a workshop for an appointment; asked again with the same id, it is the same appointment.

    Raises:
        Invalid: there is no such vehicle of the owner's, no such workshop, or a day is none or out of reach.
        Conflict: the id is taken by something else.
        Refused: the text, the days or the mileage are missing.
    """
    vehicle = await vehicles.find_vehicle(work.tx, scope, wish.vin, lock=True)
    if vehicle is None:
        raise Invalid("vin", "this is no vehicle of yours")
    known = await appointments.find_appointment(work.tx, System(), wish.id)
    if known is not None:
        if known.subject.customer_id != scope.id:
            raise Conflict("this id is taken; draw another one")
        return known
    place = await dealers.dealer(work.tx, scope, wish.dealer_id)
    if place is None:
        raise Invalid("dealer_id", "there is no such workshop")
    check_slots(work, place, wish.slots)
    customer = await register.customer(work, scope, scope.id)
    subject = Subject(
        id=wish.id,
        number=await dealers.take_number(work.tx, Dealer(place.id)),
        dealer_id=place.id,
        vin=wish.vin,
        customer_id=scope.id,
        odometer_km=wish.odometer_km,
    )
    by = By(Actor.CUSTOMER, customer.name)
    event = RequestFromOwner(at=work.now, by=by, subject=subject, text=wish.text, slots=wish.slots)
    return await begin(work, scope, place, event)


def check_slots(work: Work, place: Workshop, slots: tuple[Slot, ...]) -> None:
    """Refuse days that are none, that have passed, or that nobody plans for yet.

    Raises:
        Invalid: with the place of the first such day.
    """
    today = local_day(work.now, place.zone)
    latest = today + timedelta(days=FARTHEST.days)
    for place_in_list, slot in enumerate(slots):
        field = f"slots.{place_in_list}.day"
        try:
            day = date.fromisoformat(slot.day)
        except ValueError as wrong:
            raise Invalid(field, "this is no day of the calendar") from wrong
        if not today < day <= latest:
            raise Invalid(field, f"choose a day after {today} and up to {latest}")


def _is_said(known: Appointment, event: Event) -> bool:
    """Tell whether the appointment stands where this very answer has brought it."""
    match event:
        case CustomerAccepts(ver=known.proposal_ver):
            return known.status is Status.ACCEPTED
        case CustomerCounterProposes(ver=known.proposal_ver, slots=slots, text=text):
            return known.status is Status.REQUESTED and (slots, text) == (
                known.wanted.slots,
                known.wanted.text,
            )
        case CustomerAnswers(ver=known.inquiry_ver, text=known.answer):
            return known.status is Status.REQUESTED
        case CustomerCancels():
            return known.status is Status.CANCELLED and known.cancelled_by in {Actor.CUSTOMER, Actor.CAR}
        case _:
            return False
