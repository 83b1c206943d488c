"""What an owner sees and answers on My Volvo; answers in the car come by :mod:`backend.service.cars`."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from backend.appointment import Actor, Appointment, By
from backend.outcomes import Outcome
from backend.service.dealers import workshop_of
from backend.service.desk import appointment
from backend.service.errors import NotFound
from backend.service.happenings import MakeEvent, happen
from backend.service.office import Work
from backend.store import customers, vehicles
from backend.store.customers import Customer
from backend.store.dealers import Workshop
from backend.store.scope import Owner, System
from backend.store.vehicles import Vehicle


@dataclass(frozen=True, slots=True)
class Booked:
    """All that the owner's page of one appointment shows."""

    appointment: Appointment
    customer: Customer
    vehicle: Vehicle
    workshop: Workshop


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

    Raises:
        NotFound: it is not this owner's.
        Refused: this cannot be answered so.
    """
    seen = await booking(work, scope, appointment_id)
    return await happen(work, scope, appointment_id, event, By(Actor.CUSTOMER, seen.customer.name))
