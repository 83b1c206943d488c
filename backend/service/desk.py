"""What a dealer does with its appointments: create, act, list, look back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from backend.appointment import Actor, Appointment, By, Listing, Subject
from backend.lifecycle import is_past_due, listings
from backend.limits import due_at
from backend.service.dealers import market, workshop
from backend.service.errors import Invalid, NotFound
from backend.service.happenings import MakeEvent, MakeOpening, begin, happen
from backend.service.office import Work
from backend.store import appointments, customers, dealers, lists, vehicles
from backend.store.appointments import Entry
from backend.store.customers import Customer
from backend.store.lists import COUNTED, Order, Sort
from backend.store.paging import Page
from backend.store.scope import Dealer, Scope
from backend.store.vehicles import Vehicle

__all__ = [
    "COUNTED",
    "Entry",
    "Order",
    "Row",
    "Sort",
    "act",
    "appointment",
    "as_it_looked",
    "counts",
    "create",
    "earlier",
    "history",
    "listed",
    "row",
]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list, as the desk shows it."""

    appointment: Appointment
    customer: Customer
    vehicle: Vehicle
    due_at: datetime | None
    overdue: bool
    listings: frozenset[Listing]


async def create(  # noqa: PLR0917 - who acts for whom, on what: read in this order at every call
    work: Work, scope: Dealer, who: str, vin: str, customer_id: UUID, opening: MakeOpening
) -> Appointment:
    """Create an appointment for a customer and a vehicle of the register.

    Raises:
        Invalid: there is no such vehicle or customer, or the customer has nothing to do with the vehicle.
        Refused: mandatory fields are missing, or the date does not fit.
    """
    place = await workshop(work, scope)
    vehicle = await vehicles.vehicle_exists(work.tx, scope, vin, lock=True)
    if vehicle is None:
        raise Invalid("vin", f"there is no vehicle {vin}; add it first")
    if await customers.customer_exists(work.tx, scope, customer_id) is None:
        raise Invalid("customer_id", f"there is no customer {customer_id}; add it first")
    related = await customers.relations_of(work.tx, scope, vin)
    if customer_id not in {relation.customer_id for relation in related}:
        raise Invalid("customer_id", "this customer neither drives nor owns the vehicle; relate them first")
    subject = Subject(
        id=uuid4(),
        number=await dealers.take_number(work.tx, scope),
        dealer_id=scope.id,
        vin=vin,
        customer_id=customer_id,
        odometer_km=vehicle.odometer_km,
    )
    return await begin(work, scope, place, opening(at=work.now, by=By(Actor.DEALER, who), subject=subject))


async def act(  # noqa: PLR0917 - who acts for whom, on what: read in this order at every call
    work: Work, scope: Dealer, who: str, number: str, version: int | None, event: MakeEvent
) -> Appointment:
    """Do something with one of the dealer's appointments.

    Raises:
        NotFound: the dealer has no such appointment.
        StaleVersion: it is at another version than ``version``.
        Refused: this cannot be done with it now.
    """
    outcome = await happen(work, scope, number, event, By(Actor.DEALER, who), version)
    return outcome.appointment


async def appointment(work: Work, scope: Scope, key: str | UUID) -> Appointment:
    """Return an appointment by number (dealer) or id.

    Raises:
        NotFound: the scope has no such appointment.
    """
    found = await appointments.find_appointment(work.tx, scope, key)
    if found is None:
        raise NotFound("appointment", key)
    return found


async def row(work: Work, scope: Dealer, number: str) -> Row:
    """Return an appointment with its customer and vehicle.

    Raises:
        NotFound: the dealer has no such appointment.
    """
    found = await appointment(work, scope, number)
    place = await workshop(work, scope)
    customer = await customers.customer_exists(work.tx, scope, found.subject.customer_id)
    vehicle = await vehicles.vehicle_exists(work.tx, scope, found.subject.vin)
    if customer is None or vehicle is None:  # pragma: no cover - foreign keys hold them
        raise NotFound("appointment", number)
    habits = market(place)
    return Row(
        found,
        customer,
        vehicle,
        due_at(found, habits),
        is_past_due(found, work.now, habits),
        listings(found, work.now, habits),
    )


async def listed(  # noqa: PLR0917 - whose list, in which order, from where: read in this order
    work: Work,
    scope: Dealer,
    listing: Listing | None,
    after: str | None,
    limit: int,
    order: Order = lists.URGENT,
) -> Page[Row]:
    """Return a page of one of the four lists, the most urgent first or in another order.

    Without ``listing`` it is a page of all appointments, newest first.

    Raises:
        BadCursor: ``after`` is none of this list in this order.
    """
    habits = market(await workshop(work, scope))
    if listing is None:
        lines = await lists.everything(work.tx, scope, after, limit)
    else:
        lines = await lists.listed(work.tx, scope, listing, work.now, order, after, limit)
    return Page(
        tuple(
            Row(
                line.appointment,
                line.customer,
                line.vehicle,
                due_at(line.appointment, habits),
                is_past_due(line.appointment, work.now, habits),
                listings(line.appointment, work.now, habits),
            )
            for line in lines.items
        ),
        lines.after,
    )


async def counts(work: Work, scope: Dealer) -> dict[Listing, int]:
    """Return how many appointments stand in each of the four lists, counted up to ``lists.COUNTED``."""
    return await lists.counts(work.tx, scope, work.now)


async def history(work: Work, scope: Dealer, number: str) -> tuple[Entry, ...]:
    """Return all that happened to an appointment, oldest first.

    Raises:
        NotFound: the dealer has no such appointment.
    """
    found = await appointment(work, scope, number)
    return await appointments.history(work.tx, scope, found.id)


async def as_it_looked(work: Work, scope: Dealer, number: str, seq: int) -> Entry:
    """Return one event of the history with the appointment as it looked after it.

    Raises:
        NotFound: the dealer has no such appointment, or it has no such event.
    """
    for entry in await history(work, scope, number):
        if entry.seq == seq:
            return entry
    raise NotFound("event", seq)


async def earlier(work: Work, scope: Dealer, vin: str) -> tuple[Appointment, ...]:
    """Return all appointments that a vehicle ever had with this dealer, newest first."""
    found = await appointments.appointments_of_vehicle(work.tx, scope, vin)
    return tuple(sorted(found, key=lambda one: (one.created_at, one.number), reverse=True))
