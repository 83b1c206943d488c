"""Holds the lists to their order in every column, page by page, on both kinds of database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from backend.appointment import Appointment, Listing
from backend.service import desk, owner, ownership, register
from backend.service.desk import Order, Row, Sort
from backend.service.owner import Wish
from backend.service.register import CustomerEdit, NewCustomer, NewVehicle, VehicleEdit
from backend.store.customers import RelationKind
from backend.store.paging import BadCursor, cursor
from backend.store.scope import Owner
from protocol.messages import HalfDay, Slot
from tests.backend.world import START, VIN, World

CARS = {"YV1AA0000A0000001": ("XC60 D5", 2015, 112_080), "YV1AA0000A0000002": ("v40 T3", None, None)}
KEYS: dict[Sort, Callable[[Row], Any]] = {
    Sort.DUE: lambda row: row.due_at,
    Sort.NUMBER: lambda row: row.appointment.number,
    Sort.CUSTOMER: lambda row: row.customer.name.lower(),
    Sort.VIN: lambda row: row.vehicle.vin,
    Sort.MODEL: lambda row: row.vehicle.model.lower(),
    Sort.YEAR: lambda row: row.vehicle.model_year or 0,
    Sort.MILEAGE: lambda row: -1 if row.appointment.subject.odometer_km is None else 1,
    Sort.STATUS: lambda row: row.appointment.status,
    Sort.USER: lambda row: row.appointment.last_edited_by.lower(),
}


async def fills(world: World) -> None:
    """Give Maria's workshop three customers with requests, and overdue proposals among them."""
    for vin, (model, year, mileage) in CARS.items():
        async with world.office.work() as work:
            person = await register.add_customer(
                work, world.dealer, NewCustomer(name=f"anna {model}", email="anna@example.com")
            )
            await register.add_vehicle(
                work, world.dealer, NewVehicle(vin=vin, model=model, model_year=year, odometer_km=mileage)
            )
            await ownership.relate(work, world.dealer, vin, person.id, RelationKind.DRIVES, None)
        await world.creates(vin=vin, customer=person.id)
        await world.creates()
    await world.proposes()
    world.passes(days=9)
    await world.creates()


async def pages(world: World, order: Order, limit: int) -> list[Row]:
    rows: list[Row] = []
    after = None
    while True:
        async with world.office.look() as work:
            page = await desk.listed(work, world.dealer, Listing.ACTIONS, after, limit, order)
        assert 0 < len(page.items) <= limit
        rows += page.items
        if page.after is None:
            return rows
        after = page.after


async def test_a_list_in_any_columns_order_has_every_line_once(world: World) -> None:
    await fills(world)
    for by in Sort:
        for descending in (False, True):
            rows = await pages(world, Order(by, descending), 2)
            numbers = [row.appointment.number for row in rows]
            assert len(numbers) == len(set(numbers)) == 6, by
            keys = [KEYS[by](row) for row in rows]
            assert keys == sorted(keys, reverse=descending), by


async def test_the_order_follows_a_renamed_customer_and_a_corrected_vehicle(world: World) -> None:
    await fills(world)
    async with world.office.work() as work:
        await register.edit_customer(
            work, world.dealer, world.maria.id, None, CustomerEdit(name="Aada Aalto")
        )
        await register.edit_vehicle(
            work, world.dealer, "YV1AA0000A0000002", None, VehicleEdit(model="A", model_year=1999)
        )
    assert (await pages(world, Order(Sort.CUSTOMER), 9))[0].customer.name == "Aada Aalto"
    assert (await pages(world, Order(Sort.MODEL), 9))[0].vehicle.model == "A"
    years = [row.vehicle.model_year for row in await pages(world, Order(Sort.YEAR, descending=True), 9)]
    assert years[:2] == [2015, 1999]


@pytest.mark.parametrize("order", [Order(Sort.YEAR), Order(Sort.CUSTOMER), Order(Sort.DUE, descending=True)])
async def test_a_cursor_belongs_to_its_order(lite: World, order: Order) -> None:
    await fills(lite)
    async with lite.office.look() as work:
        first = await desk.listed(work, lite.dealer, Listing.ACTIONS, None, 2, Order(Sort.MILEAGE))
        with pytest.raises(BadCursor):
            await desk.listed(work, lite.dealer, Listing.ACTIONS, first.after, 2, order)


async def test_a_cursor_with_a_word_for_a_number_is_refused(lite: World) -> None:
    async with lite.office.look() as work:
        with pytest.raises(BadCursor):
            await desk.listed(
                work, lite.dealer, Listing.ACTIONS, cursor("year+", "x", "1"), 2, Order(Sort.YEAR)
            )


async def test_another_dealer_sees_none_of_it(lite: World) -> None:
    await fills(lite)
    async with lite.office.look() as work:
        assert (await desk.listed(work, lite.other, Listing.ACTIONS, None, 9)).items == ()
        assert sum((await desk.counts(work, lite.other)).values()) == 0


async def test_nobody_counts_for_ever(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await fills(lite)
    monkeypatch.setattr("backend.store.lists.COUNTED", 4)
    async with lite.office.look() as work:
        counted = await desk.counts(work, lite.dealer)
    assert counted == {
        Listing.ACTIONS: 4,
        Listing.ESCALATED: 4,
        Listing.PENDING: 1,
        Listing.PLANNED: 0,
    }


async def test_an_owner_reads_every_appointment_once_the_latest_first(world: World) -> None:
    me = Owner(world.maria.id)
    for days in (3, 1, 2, 1):
        await world.creates(starts_at=START + timedelta(days=days))
    wish = Wish(
        id=uuid4(),
        vin=VIN,
        dealer_id=world.dealer.id,
        text="It squeaks",
        slots=(Slot(day="2026-12-01", half=HalfDay.MORNING),),
        odometer_km=81_234,
    )
    async with world.office.work() as work:
        await owner.request(work, me, wish)
    seen: list[Appointment] = []
    after = None
    async with world.office.look() as work:
        while True:
            page = await owner.bookings(work, me, after, 1)
            seen += [one.appointment for one in page.items]
            if (after := page.after) is None:
                break
    assert [one.terms.starts_at for one in seen] == [
        None,
        *(START + timedelta(days=days) for days in (3, 2, 1, 1)),
    ]
    assert len({one.id for one in seen}) == 5
