"""Makes anew what one car shall stand on, in the transaction of the change that calls for it."""

from __future__ import annotations

from uuid import UUID

from backend.appointment import Appointment
from backend.delivery import build_content
from backend.items import CLOSED_STAY, Facts, PushedDestination, Workshop, id_of
from backend.outcomes import ItemKind
from backend.reminders import Window
from backend.service.dealers import market, workshop_of
from backend.service.office import Work, log_crossing
from backend.store import appointments, customers, destinations, inbox, items, vehicles
from backend.store.customers import Customer, Relation, RelationKind
from backend.store.destinations import Destination
from backend.store.items import Pushed
from backend.store.scope import System
from backend.store.vehicles import Vehicle
from protocol.messages import Content, Revision, VehicleFacts, digest_of, item_id

ANSWERS = ("opened", "dismissed", "accepted", "declined", "counter_proposed")
"""The events of a car that answer an item for good, as :func:`backend.receipts.answers` says."""
DEFAULT_DAYS = 3


async def refresh(work: Work, vin: str, *, begin_at: Revision | None = None, new_epoch: bool = False) -> None:
    """Count a vehicle's revision up if its car shall stand on something else than before.

    ``begin_at`` starts at this very revision instead, whatever has changed; ``new_epoch`` at the first of the
    next epoch. The caller holds the vehicle's lock. Vehicles without a connection are told nothing.
    """
    vehicle = await vehicles.vehicle_exists(work.tx, System(), vin)
    if vehicle is None or not vehicle.connected:
        return
    content, owners = await _build(work, vehicle)
    standing = vehicle.wanted
    if new_epoch:
        begin_at = Revision(standing.revision.epoch + 1, 1)
    if begin_at is None and digest_of(content) == standing.digest:
        return
    revision = begin_at or Revision(standing.revision.epoch, standing.revision.rev + 1)
    await vehicles.want(work.tx, System(), vin, revision, content, work.now)
    await items.keep_items(work.tx, System(), vin, _pushed(vin, content, owners, revision))
    work.dirty.add(vin)
    log_crossing("desired", vin=vin, epoch=revision.epoch, rev=revision.rev, items=len(content.items))


async def responsible_dealer(work: Work, vin: str) -> UUID | None:
    """Return the dealer whom the primary driver prefers, or else an owner."""
    people = await _people(work, await customers.relations_of(work.tx, System(), vin))
    return _preferred(people)


async def primary_driver(work: Work, vin: str) -> Customer | None:
    """Return who mostly drives the vehicle, or else owns it; None if nobody is known to."""
    people = await _people(work, await customers.relations_of(work.tx, System(), vin))
    return people[0] if people else None


Owners = dict[UUID, tuple[UUID, UUID | None]]
"""Item id -> (dealer, appointment)."""


async def _build(work: Work, vehicle: Vehicle) -> tuple[Content, Owners]:
    relations = await customers.relations_of(work.tx, System(), vehicle.vin)
    people = await _people(work, relations)
    related = {person.id for person in people}
    known = await appointments.appointments_of_vehicle(work.tx, System(), vehicle.vin, work.now - CLOSED_STAY)
    own = tuple(one for one in known if one.subject.customer_id in related)
    pushed = await destinations.destinations_of(
        work.tx, System(), vehicle.vin, now=work.now, since=vehicle.owned_since
    )
    dealer = _preferred(people)
    involved = {one.subject.dealer_id for one in own} | ({dealer} if dealer else set())
    workshops = {}
    for dealer_id in involved:
        place = await workshop_of(work, System(), dealer_id)
        workshops[dealer_id] = Workshop(place.card, market(place))
    facts = Facts(
        vin=vehicle.vin,
        vehicle=VehicleFacts(
            model=vehicle.model,
            plate=vehicle.plate,
            reminder_days=people[0].reminder_days if people else DEFAULT_DAYS,
            full_details=vehicle.full_details,
        ),
        now=work.now,
        dealer=dealer,
        workshops=workshops,
        appointments=own,
        destinations=tuple(_destination(one) for one in pushed),
        answered=await inbox.answered(work.tx, System(), vehicle.vin, ANSWERS),
    )
    return build_content(facts), _owners(own, pushed)


async def _people(work: Work, relations: tuple[Relation, ...]) -> list[Customer]:
    """Return everybody related, once: the primary driver first, then drivers, then owners."""
    ranked = sorted(relations, key=lambda one: (not one.primary, one.relation is RelationKind.OWNS))
    people = []
    for customer_id in dict.fromkeys(one.customer_id for one in ranked):
        person = await customers.customer_exists(work.tx, System(), customer_id)
        people += [] if person is None else [person]
    return people


def _preferred(people: list[Customer]) -> UUID | None:
    return next((one.preferred_dealer_id for one in people if one.preferred_dealer_id), None)


def _destination(one: Destination) -> PushedDestination:
    return PushedDestination(
        one.id, one.name, one.address, one.position, Window(one.show_from, one.show_until)
    )


def _owners(own: tuple[Appointment, ...], pushed: list[Destination]) -> Owners:
    owners: Owners = {id_of(one, kind): (one.subject.dealer_id, one.id) for one in own for kind in ItemKind}
    kind = ItemKind.NAVIGATION_DESTINATION.value
    return owners | {item_id(str(one.id), kind): (one.dealer_id, None) for one in pushed}


def _pushed(vin: str, content: Content, owners: Owners, revision: Revision) -> list[Pushed]:
    return [
        Pushed(
            vin=vin,
            item=item.id,
            ver=item.ver,
            kind=item.kind,
            dealer_id=owners[item.id][0],
            appointment_id=owners[item.id][1],
            announce=item.announce,
            show_from=item.show_from,
            show_until=item.show_until,
            first=revision,
        )
        for item in content.items
    ]
