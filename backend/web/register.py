"""Customers, vehicles and what they have to do with each other, over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aiohttp import web

from backend.service import dealers, delivery, ownership, register
from backend.service.errors import StaleRecord
from backend.service.office import Work
from backend.store.customers import RelationKind
from backend.web import answers, etags, telling
from backend.web import requests as req
from backend.web.appointments import next_link, stale
from backend.web.caller import Caller
from backend.web.endpoint import Answer, endpoint
from backend.web.errors import Conflict, NotFound, Stale
from protocol.values import Vin


@endpoint(answers=answers.Workshop)
async def dealer(work: Work, caller: Caller) -> Answer:
    """Show the dealer whose token this is."""
    return Answer(telling.workshop(await dealers.workshop(work, caller.dealer)))


@endpoint(answers=answers.WorkshopCustomers)
async def customers(request: web.Request, work: Work, caller: Caller, query: req.CustomersQuery) -> Answer:
    """List the workshop customers.

    By name: everybody with an open appointment here, and everybody whose vehicle's primary driver has this
    dealer as preferred dealer.
    """
    found = await register.workshop_customers(work, caller.dealer, query.after, query.limit, mine=query.mine)
    lines = [telling.workshop_customer(line, caller.dealer) for line in found.items]
    return Answer(
        answers.WorkshopCustomers(customers=lines, after=found.after), headers=next_link(request, found.after)
    )


@endpoint(
    answers=answers.Customer,
    status=201,
    refuses=(Conflict,),
    example={
        "name": "Maria Lindholm",
        "email": "maria.lindholm@example.com",
        "phone": "+358 40 555 0123",
        "language": "sv",
        "reminder_days": 3,
    },
)
async def add_customer(work: Work, caller: Caller, body: req.NewCustomer) -> Answer:
    """Add a customer."""
    facts = body.model_dump(exclude={"preferred"})
    made = await register.add_customer(
        work,
        caller.dealer,
        register.NewCustomer(**facts, preferred_dealer_id=caller.dealer.id if body.preferred else None),
    )
    return Answer(
        telling.customer(made, caller.dealer),
        version=str(made.version),
        headers={"Location": f"/v1/customers/{made.id}"},
    )


@endpoint(answers=answers.Customer, refuses=(NotFound,))
async def customer(work: Work, caller: Caller, customer_id: UUID) -> Answer:
    """Show a customer."""
    known = await register.customer(work, caller.dealer, customer_id)
    return Answer(telling.customer(known, caller.dealer), version=str(known.version))


@endpoint(
    answers=answers.Customer,
    refuses=(NotFound, Conflict, Stale),
    example={"reminder_days": 2, "language": "de"},
)
async def edit_customer(
    work: Work, caller: Caller, customer_id: UUID, version: str, body: req.CustomerPatch
) -> Answer:
    """Change a customer.

    Another number of reminder days moves the reminders that have not come yet.
    """
    given = body.given()
    if "preferred" in given:
        given["preferred_dealer_id"] = caller.dealer.id if given.pop("preferred") else None
    try:
        changed = await register.edit_customer(
            work, caller.dealer, customer_id, etags.version_of(version), register.CustomerEdit(**given)
        )
    except StaleRecord as old:
        known = await register.customer(work, caller.dealer, customer_id)
        raise stale(telling.customer(known, caller.dealer)) from old
    return Answer(telling.customer(changed, caller.dealer), version=str(changed.version))


@endpoint(answers=answers.Finds, writes=True)
async def search(work: Work, caller: Caller, query: req.SearchQuery) -> Answer:
    """Search the register by exactly one VIN, number plate or e-mail address.

    The search is exact and written down, because it finds other dealers' customers too.
    """
    facts: dict[str, Any] = query.model_dump(exclude_unset=True)
    found = await register.search(work, caller.dealer, caller.who, **facts)
    return Answer(
        answers.Finds(
            found=[
                answers.Found(
                    customer=None if one.customer is None else telling.customer(one.customer, caller.dealer),
                    vehicle=None if one.vehicle is None else telling.vehicle_card(one.vehicle),
                    relation=None if one.relation is None else one.relation.relation,
                )
                for one in found
            ]
        )
    )


@endpoint(
    answers=answers.Vehicle,
    status=201,
    refuses=(Conflict,),
    example={
        "vin": "YV1FW7050E1234567",
        "model": "V60 D4",
        "year": 2014,
        "plate": "ABC-123",
        "odometer_km": 87412,
    },
)
async def add_vehicle(work: Work, caller: Caller, body: req.NewVehicle) -> Answer:
    """Add a vehicle."""
    facts = body.model_dump(exclude={"year"})
    made = await register.add_vehicle(work, caller.dealer, register.NewVehicle(**facts, model_year=body.year))
    return Answer(
        telling.vehicle(made, ()), version=str(made.version), headers={"Location": f"/v1/vehicles/{made.vin}"}
    )


@endpoint(answers=answers.Vehicle, refuses=(NotFound,))
async def vehicle(work: Work, caller: Caller, vin: Vin) -> Answer:
    """Show a vehicle, who drives and owns it, and what its head unit told of itself."""
    known = await register.vehicle(work, caller.dealer, vin)
    related = await register.relations(work, caller.dealer, vin)
    return Answer(telling.vehicle(known, related), version=str(known.version))


@endpoint(answers=answers.Vehicle, refuses=(NotFound, Conflict, Stale), example={"odometer_km": 88020})
async def edit_vehicle(work: Work, caller: Caller, vin: Vin, version: str, body: req.VehiclePatch) -> Answer:
    """Change a vehicle.

    `full_details` has the car show the list of work too, not only the price.
    """
    given = body.given()
    if "year" in given:
        given["model_year"] = given.pop("year")
    related = await register.relations(work, caller.dealer, vin)
    try:
        changed = await register.edit_vehicle(
            work, caller.dealer, vin, etags.version_of(version), register.VehicleEdit(**given)
        )
    except StaleRecord as old:
        known = await register.vehicle(work, caller.dealer, vin)
        raise stale(telling.vehicle(known, related)) from old
    return Answer(telling.vehicle(changed, related), version=str(changed.version))


@endpoint(
    answers=answers.Relations,
    refuses=(NotFound, Conflict),
    example={"relation": "drives", "primary": True},
)
async def relate(work: Work, caller: Caller, vin: Vin, customer_id: UUID, body: req.Relate) -> Answer:
    """Say that a customer drives or owns a vehicle.

    The first who drives it becomes its primary driver.
    """
    related = await ownership.relate(
        work, caller.dealer, vin, customer_id, RelationKind(body.relation), body.primary or None
    )
    return Answer(answers.Relations(relations=telling.relations(related)))


@endpoint(answers=answers.Relations, refuses=(NotFound, Conflict))
async def unrelate(work: Work, caller: Caller, vin: Vin, customer_id: UUID, query: req.EraseQuery) -> Answer:
    """Say that a customer no longer drives or owns a vehicle."""
    kind = None if query.relation is None else RelationKind(query.relation)
    related = await ownership.unrelate(work, caller.dealer, vin, customer_id, kind)
    return Answer(answers.Relations(relations=telling.relations(related)))


@endpoint(
    answers=answers.Vehicle,
    refuses=(NotFound, Conflict),
    example={"new_owner": "5c0f4f2e-6c0b-5b52-8a59-6f3b1a3d9a10", "keep_appointments": False},
)
async def change_owner(work: Work, caller: Caller, vin: Vin, body: req.ChangeOwner) -> Answer:
    """Hand a vehicle to a new owner.

    The new owner sees nothing of what was before; the car forgets it. The old owner's open appointments are
    kept or cancelled, as the dealer says.
    """
    changed = await ownership.change_owner(
        work, caller.dealer, caller.who, vin, body.new_owner, keep_appointments=body.keep_appointments
    )
    related = await register.relations(work, caller.dealer, vin)
    return Answer(telling.vehicle(changed, related), version=str(changed.version))


@endpoint(
    answers=answers.Destination,
    status=201,
    refuses=(NotFound, Conflict),
    example={
        "name": "Kamppi",
        "address": "Simonkatu, Helsinki",
        "position": {"latitude": 60.16899, "longitude": 24.93615},
        "show_until": "2026-12-01T00:00:00+02:00",
    },
)
async def push_destination(work: Work, caller: Caller, vin: Vin, body: req.NewDestination) -> Answer:
    """Push a navigation destination.

    The car offers it at the next engine start within its window, as destination or as waypoint.
    """
    pushed = await delivery.push_destination(
        work,
        caller.dealer,
        caller.who,
        vin,
        name=body.name,
        address=body.address,
        position=body.position,
        show_from=body.show_from or work.now,
        show_until=body.show_until,
    )
    return Answer(
        answers.Destination(
            id=pushed.id,
            name=pushed.name,
            address=pushed.address,
            position=pushed.position,
            show_from=pushed.show_from,
            show_until=pushed.show_until,
        ),
        headers={"Location": f"/v1/vehicles/{vin}/delivery"},
    )


@endpoint(answers=answers.VehicleDelivery, refuses=(NotFound,))
async def delivered(work: Work, caller: Caller, vin: Vin) -> Answer:
    """Read what a car shall stand on, and what it has said it stands on."""
    return Answer(telling.vehicle_delivery(await delivery.of_vehicle(work, caller.dealer, vin)))
