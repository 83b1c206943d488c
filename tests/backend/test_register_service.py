"""The common register: whose customers people are, who drives what, and what a change of it moves."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.appointment import Action, Status
from backend.events import FinalizeAppointment, UpdateAppointment
from backend.reminders import due_at
from backend.service import dealers, delivery, desk, owner, register
from backend.service.errors import Conflict, Invalid, NotFound, StaleRecord
from backend.service.register import CustomerEdit, NewCustomer, NewVehicle, VehicleEdit
from backend.store import appointments, customers, destinations, items, letters, vehicles
from backend.store.customers import Customer, Relation, RelationKind
from backend.store.paging import BadCursor, cursor
from backend.store.scope import Dealer, Owner, System
from backend.tables import audit, timers
from protocol.language import Language
from protocol.values import GeoPoint
from tests.backend.world import ANNA, OTHER_VIN, START, VIN, World

DRIVES, OWNS = RelationKind.DRIVES, RelationKind.OWNS


# --- workshop customers, and the preferred-dealer rule


async def test_a_customer_is_listed_while_the_primary_driver_prefers_this_dealer(world: World) -> None:
    assert await workshop_customers(world, world.dealer) == [("Maria Lindholm", VIN, "drives")]
    assert await workshop_customers(world, world.other) == []
    await edits(world, preferred_dealer_id=world.other.id)
    assert await workshop_customers(world, world.dealer) == []
    assert await workshop_customers(world, world.other) == [("Maria Lindholm", VIN, "drives")]


async def test_a_customer_is_listed_while_an_appointment_is_open_and_stays_only_if_preferred(
    world: World,
) -> None:
    await edits(world, preferred_dealer_id=None)
    assert await workshop_customers(world, world.dealer) == []
    booked = await world.schedules()
    assert await workshop_customers(world, world.dealer) == [("Maria Lindholm", VIN, "drives")]
    await world.acts(booked.number, FinalizeAppointment)
    assert await workshop_customers(world, world.dealer) == []
    await edits(world, preferred_dealer_id=world.dealer.id)
    assert await workshop_customers(world, world.dealer) == [("Maria Lindholm", VIN, "drives")]


async def test_the_owner_is_listed_by_what_the_primary_driver_prefers(world: World) -> None:
    otto = await adds(world, name="Otto Berg", preferred_dealer_id=world.other.id)
    await relates(world, otto.id, OWNS)
    assert await workshop_customers(world, world.dealer) == [
        ("Maria Lindholm", VIN, "drives"),
        ("Otto Berg", VIN, "owns"),
    ]
    await relates(world, otto.id, DRIVES, primary=True)
    assert await workshop_customers(world, world.dealer) == []
    assert len(await workshop_customers(world, world.other)) == 3


async def test_my_customers_are_those_that_this_dealer_added(world: World) -> None:
    async with world.office.work() as work:
        theirs = await register.add_customer(
            work, world.other, NewCustomer(name="Aino Salo", email="aino@example.com")
        )
        await register.relate(work, world.dealer, VIN, theirs.id, OWNS, None)
    assert len(await workshop_customers(world, world.dealer)) == 2
    assert await workshop_customers(world, world.dealer, mine=True) == [("Maria Lindholm", VIN, "drives")]


async def test_pages_of_customers_hold_every_line_once(world: World) -> None:
    for number in range(5):
        person = await adds(world, name=f"Person {number // 2}", preferred_dealer_id=world.dealer.id)
        await relates(world, person.id, OWNS)
    seen, after = [], None
    while True:
        async with world.office.look() as work:
            page = await register.workshop_customers(work, world.dealer, after, 2)
        seen += [line.customer.id for line in page.items]
        if (after := page.after) is None:
            break
    assert len(seen) == len(set(seen)) == 6
    async with world.office.look() as work:
        with pytest.raises(BadCursor):
            await register.workshop_customers(work, world.dealer, cursor("a", "b", "c", "d"), 2)


# --- who may see and change whom


async def test_a_dealer_sees_its_own_customers_and_finds_others_only_by_an_exact_key(world: World) -> None:
    async with world.office.look() as work:
        for ask in (
            register.customer(work, world.other, world.maria.id),
            register.vehicle(work, world.other, VIN),
            register.relations(work, world.other, VIN),
            delivery.of_vehicle(work, world.other, VIN),
            register.customer(work, world.other, uuid4()),
        ):
            with pytest.raises(NotFound):
                await ask
        assert await register.customer(work, world.dealer, world.maria.id) == world.maria
        assert await register.customer(work, Owner(world.maria.id), world.maria.id) == world.maria
        assert (await register.vehicle(work, Owner(world.maria.id), VIN)).vin == VIN
        assert (await register.vehicle(work, System(), VIN)).vin == VIN
        assert len(await customers.relations_of(work.tx, Owner(uuid4()), VIN)) == 0
    async with world.office.work() as work:
        [by_vin] = await register.search(work, world.other, ANNA, vin=VIN.lower())
        [by_plate] = await register.search(work, world.other, ANNA, plate="abc 123")
        [by_mail] = await register.search(work, world.other, ANNA, email="Maria.Lindholm@example.com ")
        assert await register.search(work, world.other, ANNA, vin=VIN[:-1]) == ()
        assert await register.search(work, world.other, ANNA, plate="ABC-12") == ()
    assert by_vin == by_plate == by_mail
    assert by_vin.customer == world.maria
    async with world.office.look() as work:
        rows = await work.tx.rows(audit.select().where(audit.c.action.like("search%")))
    assert [(row["action"], row["actor"], row["detail"]) for row in rows] == [
        ("search_vin", ANNA, "1 found"),
        ("search_plate", ANNA, "1 found"),
        ("search_email", ANNA, "1 found"),
        ("search_vin", ANNA, "0 found"),
        ("search_plate", ANNA, "0 found"),
    ]
    assert "maria" not in repr(rows).lower()


@pytest.mark.parametrize("keys", [{}, {"vin": VIN, "plate": "ABC-123"}, {"email": ""}])
async def test_a_search_takes_exactly_one_key(lite: World, keys: dict[str, str]) -> None:
    async with lite.office.work() as work:
        with pytest.raises(Invalid, match="exactly one"):
            await register.search(work, lite.dealer, ANNA, **keys)


async def test_a_search_finds_people_without_cars_and_cars_without_people(world: World) -> None:
    otto = await adds(world, name="Otto Berg")
    async with world.office.work() as work:
        await register.add_vehicle(work, world.dealer, NewVehicle(vin=OTHER_VIN, model="XC60"))
        [person] = await register.search(work, world.dealer, ANNA, email=otto.email)
        [car] = await register.search(work, world.dealer, ANNA, vin=OTHER_VIN)
    assert (person.customer, person.vehicle, person.relation) == (otto, None, None)
    assert (car.customer, car.vehicle and car.vehicle.vin, car.relation) == (None, OTHER_VIN, None)


async def test_edits_keep_what_is_not_named_and_are_checked_for_their_version(world: World) -> None:
    edited = await edits(
        world, phone="+358 9 555 0100", language=Language.SWEDISH, name="Maria L.", email="m@example.com"
    )
    assert (edited.name, edited.reminder_days, edited.version) == ("Maria L.", 3, 2)
    assert edited.preferred_dealer_id == world.dealer.id
    assert await edits(world) == edited
    async with world.office.work() as work:
        with pytest.raises(StaleRecord, match="version 1, the record is at version 2"):
            await register.edit_customer(work, world.dealer, world.maria.id, 1, CustomerEdit(name="X"))
        with pytest.raises(NotFound):
            await register.edit_customer(work, world.other, world.maria.id, None, CustomerEdit(name="X"))
        with pytest.raises(Invalid, match="there is no dealer"):
            await register.edit_customer(
                work, world.dealer, world.maria.id, None, CustomerEdit(preferred_dealer_id=uuid4())
            )
        own = await register.edit_customer(
            work, Owner(world.maria.id), world.maria.id, 2, CustomerEdit(reminder_days=1)
        )
    assert own.reminder_days == 1


async def test_two_who_edit_the_same_version_do_not_both_win(world: World) -> None:
    async def edit(name: str) -> Customer:
        async with world.office.work() as work:
            return await register.edit_customer(
                work, world.dealer, world.maria.id, 1, CustomerEdit(name=name)
            )

    results = await asyncio.gather(*(edit(name) for name in "ABC"), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Customer", "StaleRecord", "StaleRecord"]


async def test_a_vehicle_is_edited_and_its_car_told(world: World) -> None:
    async with world.office.work() as work:
        with pytest.raises(Conflict, match="in the register already"):
            await register.add_vehicle(work, world.other, NewVehicle(vin=VIN, model="V60"))
        with pytest.raises(NotFound):
            await register.edit_vehicle(work, world.other, VIN, None, VehicleEdit(plate="X"))
        with pytest.raises(StaleRecord):
            await register.edit_vehicle(work, world.dealer, VIN, 7, VehicleEdit(plate="X"))
        before = await register.vehicle(work, world.dealer, VIN)
        assert await register.edit_vehicle(work, world.dealer, VIN, 1, VehicleEdit()) == before
        edited = await register.edit_vehicle(
            work,
            world.dealer,
            VIN,
            1,
            VehicleEdit(model="V60 D4 AWD", plate="XYZ-9", model_year=2014, odometer_km=9, full_details=True),
        )
    assert (edited.version, edited.plate, edited.model_year, edited.connected) == (2, "XYZ-9", 2014, True)
    facts = (await world.content()).vehicle
    assert (facts.model, facts.plate, facts.full_details) == ("V60 D4 AWD", "XYZ-9", True)


async def test_an_unconnected_vehicle_is_told_nothing_and_gets_its_letters(world: World) -> None:
    async with world.office.work() as work:
        vehicle = NewVehicle(vin=OTHER_VIN, model="240", connected=False)
        await register.add_vehicle(work, world.dealer, vehicle)
        await register.relate(work, world.dealer, OTHER_VIN, world.maria.id, OWNS, None)
    booked = await world.schedules(vin=OTHER_VIN)
    assert (await world.vehicle(OTHER_VIN)).wanted.content is None
    async with world.office.look() as work:
        told = await delivery.of_appointment(work, world.dealer, booked.number)
    assert (told.items, len(told.letters)) == ((), 1)
    async with world.office.work() as work:
        with pytest.raises(Invalid, match="no connection"):
            await pushes(work, world, vin=OTHER_VIN)


# --- relations


async def test_the_first_driver_is_primary_by_itself_and_an_owner_never(world: World) -> None:
    otto = await adds(world, name="Otto Berg")
    assert primary(await relates(world, otto.id, OWNS)) == world.maria.id
    assert primary(await relates(world, otto.id, DRIVES)) == world.maria.id
    assert primary(await relates(world, otto.id, DRIVES, primary=True)) == otto.id
    with pytest.raises(Invalid, match="only a person who drives"):
        await relates(world, world.maria.id, OWNS, primary=True)
    with pytest.raises(Conflict, match="needs a primary driver"):
        await relates(world, otto.id, DRIVES, primary=False)
    left = await leaves(world, otto.id, DRIVES)
    assert primary(left) == world.maria.id
    assert {(one.customer_id, one.relation) for one in left} == {(otto.id, OWNS), (world.maria.id, DRIVES)}
    assert await leaves(world, otto.id) == await leaves_nothing(world, otto.id)
    assert await leaves(world, world.maria.id) == ()


async def test_relations_need_something_of_ones_own(world: World) -> None:
    async with world.office.work() as work:
        for ask in (
            register.relate(work, world.other, VIN, world.maria.id, OWNS, None),
            register.relate(work, world.dealer, OTHER_VIN, world.maria.id, OWNS, None),
            register.relate(work, world.dealer, VIN, uuid4(), OWNS, None),
            register.unrelate(work, world.dealer, VIN, world.maria.id, OWNS),
        ):
            with pytest.raises(NotFound):
                await ask


async def test_the_car_obeys_the_primary_drivers_reminder_days_and_preferred_dealer(world: World) -> None:
    otto = await adds(world, name="Otto Berg", reminder_days=1, preferred_dealer_id=world.other.id)
    await relates(world, otto.id, DRIVES, primary=True)
    content = await world.content()
    assert content.vehicle.reminder_days == 1
    assert content.dealer is not None
    assert content.dealer.name == "Autohaus Rheintal"


# --- what a change moves


async def test_another_number_of_days_moves_what_has_not_fired(world: World) -> None:
    booked = await world.schedules()
    assert await timer(world, booked.id, Action.REMINDER_DUE) == due_at(START, "Europe/Helsinki", 3)
    await edits(world, reminder_days=1)
    assert await timer(world, booked.id, Action.REMINDER_DUE) == due_at(START, "Europe/Helsinki", 1)
    [reminder] = await world.items("reminder")
    assert reminder.show_from == due_at(START, "Europe/Helsinki", 1)


async def test_a_new_owner_sees_nothing_of_what_was_before(world: World) -> None:
    kept = await world.schedules()
    async with world.office.work() as work:
        await pushes(work, world)
    world.passes(days=1)
    before = (await world.vehicle()).wanted.revision
    otto = await adds(world, name="Otto Berg")
    async with world.office.work() as work:
        changed = await register.change_owner(work, world.dealer, ANNA, VIN, otto.id, keep_appointments=True)
    assert changed.owned_since == world.clock.now()
    assert (await world.vehicle()).wanted.revision == (before.epoch + 1, 1)
    assert (await world.content()).items == ()
    assert (await world.appointment(kept.number)).status is Status.CONFIRMED
    async with world.office.look() as work:
        with pytest.raises(NotFound):
            await owner.booking(work, Owner(world.maria.id), kept.id)
        with pytest.raises(NotFound):
            await owner.booking(work, Owner(otto.id), kept.id)
        [letter] = await letters.letters_about(work.tx, Owner(world.maria.id), kept.id)
        assert letter.superseded_at == world.clock.now()
        related = await register.relations(work, world.dealer, VIN)
    assert {(one.customer_id, one.relation) for one in related} == {(otto.id, OWNS), (otto.id, DRIVES)}
    later = await world.schedules(customer=otto.id)
    assert {item.appointment for item in await world.items("booking") if item.kind == "booking"} == {
        later.number
    }


async def test_a_change_of_owner_cancels_the_dealers_appointments_if_it_says_so(world: World) -> None:
    booked, closed = await world.schedules(), await world.schedules()
    await world.acts(closed.number, FinalizeAppointment)
    otto = await adds(world, name="Otto Berg")
    async with world.office.work() as work:
        await register.change_owner(work, world.dealer, ANNA, VIN, otto.id, keep_appointments=False)
    assert (await world.appointment(booked.number)).status is Status.CANCELLED
    assert (await world.appointment(closed.number)).status is Status.CLOSED
    assert (await world.content()).items == ()


async def test_a_pushed_destination_is_in_the_car_for_its_window(world: World) -> None:
    async with world.office.work() as work:
        pushed = await pushes(work, world)
        with pytest.raises(Invalid, match="has to end"):
            await pushes(work, world, show_until=work.now)
        with pytest.raises(NotFound):
            await pushes(work, world, vin=OTHER_VIN)
    [item] = await world.items("navigation_destination")
    assert (item.show_from, item.show_until) == (pushed.show_from, pushed.show_until)
    async with world.office.look() as work:
        [told] = (await delivery.of_vehicle(work, world.dealer, VIN)).items
        assert (told.kind, told.appointment_id) == ("navigation_destination", None)
        assert await items.items_of_vehicle(work.tx, Owner(world.maria.id), VIN) == []
        found = partial(destinations.destinations_of, work.tx, vin=VIN, now=work.now, since=work.now)
        assert [one.id for one in await found(scope=world.dealer)] == [pushed.id]
        assert await found(scope=world.other) == []
    world.passes(days=3)
    await edits(world, phone="1", reminder_days=2)
    assert (await world.content()).items == ()


# --- dealers and their tokens


async def test_a_token_speaks_for_its_dealer_until_it_is_revoked(world: World) -> None:
    async with world.office.work() as work:
        token = await dealers.new_token(work, world.dealer, "DMS")
    async with world.office.look() as work:
        assert await dealers.who_is(work, token) == world.dealer
        assert await dealers.who_is(work, token + "x") is None
        [row] = await dealers.tokens(work, world.dealer)
        assert await dealers.tokens(work, world.other) == []
    assert token not in repr(row)
    async with world.office.work() as work:
        with pytest.raises(NotFound):
            await dealers.revoke_token(work, world.other, row.id)
        await dealers.revoke_token(work, world.dealer, row.id)
        assert await dealers.who_is(work, token) is None


async def test_a_dealer_sees_itself_only(world: World) -> None:
    async with world.office.look() as work:
        mine = await dealers.workshop(work, world.dealer)
        assert [one.name for one in await dealers.workshops(work)] == [
            "Autohaus Rheintal",
            "Nordvik Helsinki",
        ]
        with pytest.raises(NotFound):
            await dealers.workshop_of(work, world.dealer, world.other.id)
        with pytest.raises(NotFound):
            await dealers.workshop(work, Dealer(uuid4()))
    async with world.office.work() as work:
        await dealers.save_workshop(work, mine)
        assert await dealers.workshop(work, world.dealer) == mine
    assert dealers.market(mine).currency == "EUR"


async def test_scopes_narrow_what_rows_are_found(world: World) -> None:
    booked = await world.schedules()
    async with world.office.look() as work:
        for scope, seen in (
            (world.dealer, 1),
            (world.other, 0),
            (Owner(world.maria.id), 1),
            (Owner(uuid4()), 0),
        ):
            assert len(await appointments.appointments_of_vehicle(work.tx, scope, VIN)) == seen
            assert len(await letters.letters_about(work.tx, scope, booked.id)) == seen
            assert len(await items.items_of_vehicle(work.tx, scope, VIN)) == seen * 4
            found = await vehicles.find_vehicle(work.tx, scope, VIN)
            assert (found is not None) == (seen == 1)
    await world.acts(booked.number, partial(UpdateAppointment, starts_at=START + timedelta(days=2)))
    async with world.office.look() as work:
        assert len(await desk.history(work, world.dealer, booked.number)) == 3


# --- shorthands


async def adds(world: World, *, name: str, **facts: Any) -> Customer:
    email = f"{name.replace(' ', '.').lower()}@example.com"
    async with world.office.work() as work:
        return await register.add_customer(work, world.dealer, NewCustomer(name=name, email=email, **facts))


async def edits(world: World, **facts: Any) -> Customer:
    async with world.office.work() as work:
        return await register.edit_customer(work, System(), world.maria.id, None, CustomerEdit(**facts))


async def relates(
    world: World, customer_id: UUID, relation: RelationKind, *, primary: bool | None = None
) -> tuple[Relation, ...]:
    async with world.office.work() as work:
        return await register.relate(work, world.dealer, VIN, customer_id, relation, primary)


async def leaves(
    world: World, customer_id: UUID, relation: RelationKind | None = None
) -> tuple[Relation, ...]:
    async with world.office.work() as work:
        return await register.unrelate(work, world.dealer, VIN, customer_id, relation)


async def leaves_nothing(world: World, customer_id: UUID) -> tuple[Relation, ...]:
    with pytest.raises(NotFound):
        await leaves(world, customer_id)
    async with world.office.look() as work:
        return await register.relations(work, world.dealer, VIN)


def primary(relations: tuple[Relation, ...]) -> UUID:
    [only] = [one.customer_id for one in relations if one.primary]
    return only


async def pushes(work: Any, world: World, **facts: Any) -> destinations.Destination:
    place: dict[str, Any] = {
        "vin": VIN,
        "name": "Winter wheels",
        "address": "Satamakatu 3",
        "position": GeoPoint(latitude=60.16, longitude=24.97),
        "show_from": work.now,
        "show_until": work.now + timedelta(days=2),
    } | facts
    return await delivery.push_destination(work, world.dealer, ANNA, place.pop("vin"), **place)


async def workshop_customers(
    world: World, dealer: Dealer, *, mine: bool = False
) -> list[tuple[str, str, str]]:
    async with world.office.look() as work:
        page = await register.workshop_customers(work, dealer, None, 50, mine=mine)
    return [(line.customer.name, line.vehicle.vin, line.relation.value) for line in page.items]


async def timer(world: World, appointment_id: UUID, action: Action) -> object:
    async with world.office.look() as work:
        return await work.tx.value(
            timers.select()
            .with_only_columns(timers.c.due_at)
            .where(timers.c.appointment_id == appointment_id, timers.c.action == action.value)
        )
