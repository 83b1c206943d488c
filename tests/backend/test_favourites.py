"""Each user's own customers, and the lines of *Workshop Customers*, on both databases."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from backend.service import favourites, households, ownership, register, searching
from backend.service.errors import NotFound, StaleRecord
from backend.service.favourites import Regular
from backend.service.register import CustomerEdit, NewCustomer
from backend.store import users
from backend.store.customers import RelationKind
from backend.store.scope import Dealer
from backend.store.users import Role, User
from protocol.language import Language
from tests.backend.world import VIN, World


async def sits(world: World, dealer: Dealer, login: str) -> UUID:
    """Give a dealer a user."""
    user = User(
        uuid4(), dealer.id, login, login, Role.ADVISOR, Language.ENGLISH, "-", world.office.clock.now()
    )
    async with world.office.work() as work:
        await users.add_user(work.tx, dealer, user)
    return user.id


async def lines(world: World, dealer: Dealer, user: UUID, *, mine: bool = False) -> list[Regular]:
    """Read the whole list, two lines at a time."""
    found: list[Regular] = []
    after: str | None = None
    async with world.office.look() as work:
        while True:
            page = await favourites.regulars(work, dealer, user, after, 2, mine=mine)
            found += page.items
            after = page.after
            if after is None:
                return found


async def adds(world: World, name: str, *kinds: RelationKind) -> UUID:
    """Add a customer with these relations to Maria's car."""
    async with world.office.work() as work:
        email = f"{name.split(maxsplit=1)[0].lower()}@example.com"
        made = await register.add_customer(work, world.dealer, NewCustomer(name=name, email=email))
        for kind in kinds:
            await ownership.relate(work, world.dealer, VIN, made.id, kind, None)
    return made.id


async def test_a_line_holds_all_that_ties_person_and_vehicle(world: World) -> None:
    user = await sits(world, world.dealer, "aino")
    await adds(world, "Kalle Uusi", RelationKind.DRIVES, RelationKind.OWNS)
    await adds(world, "Zoe Uusi", RelationKind.OWNS)
    found = await lines(world, world.dealer, user)
    assert [(one.customer.name, one.drives, one.owns, one.primary, one.favourite) for one in found] == [
        ("Kalle Uusi", True, True, False, False),
        ("Maria Lindholm", True, False, True, False),
        ("Zoe Uusi", False, True, False, False),
    ]
    assert await lines(world, world.other, user) == []


async def test_each_user_has_favourites_of_the_own(world: World) -> None:
    aino, mikko = await sits(world, world.dealer, "aino"), await sits(world, world.dealer, "mikko")
    async with world.office.work() as work:
        for _ in range(2):
            await favourites.set_mine(work, world.dealer, aino, world.maria.id, mine=True)
        assert await favourites.is_mine(work, world.dealer, aino, world.maria.id)
        assert not await favourites.is_mine(work, world.dealer, mikko, world.maria.id)
    assert [one.favourite for one in await lines(world, world.dealer, aino, mine=True)] == [True]
    assert await lines(world, world.dealer, mikko, mine=True) == []
    async with world.office.work() as work:
        for _ in range(2):
            await favourites.set_mine(work, world.dealer, aino, world.maria.id, mine=False)
    assert await lines(world, world.dealer, aino, mine=True) == []


async def test_nobody_marks_whom_the_dealer_does_not_know(world: World) -> None:
    stranger = await sits(world, world.other, "anke")
    async with world.office.work() as work:
        with pytest.raises(NotFound):
            await favourites.set_mine(work, world.other, stranger, world.maria.id, mine=True)


@pytest.mark.parametrize("written", ["åström", "ÅSTRÖM", "Öhman-å", "hman-Å"])
async def test_a_part_of_a_name_finds_it_whatever_the_capitals(world: World, written: str) -> None:
    await adds(world, "Öhman-Åström Åke")
    async with world.office.look() as work:
        found = await searching.search_own(work, world.dealer, written)
        assert [one.customer.name for one in found if one.customer] == ["Öhman-Åström Åke"]
        assert await searching.search_own(work, world.other, written) == ()
        assert await searching.search_own(work, world.dealer, "%") == ()


async def test_a_household_is_read_as_far_as_the_dealer_may(world: World) -> None:
    await world.creates()
    kalle = await adds(world, "Kalle Uusi", RelationKind.OWNS)
    async with world.office.look() as work:
        (driven,) = await households.vehicles_of(work, world.dealer, kalle)
        assert (driven.vehicle.vin, driven.tie.owns, driven.tie.drives) == (VIN, True, False)
        assert await households.vehicles_of(work, world.other, kalle) == ()
        ours = await households.people_of(work, world.dealer, VIN)
        assert {one.customer.name for one in ours if one.customer} == {"Maria Lindholm", "Kalle Uusi"}
        theirs = await households.people_of(work, world.other, VIN)
        assert [one.customer for one in theirs] == [None, None]
        assert len(await households.appointments_of(work, world.dealer, world.maria.id)) == 1
        assert await households.appointments_of(work, world.other, world.maria.id) == ()


async def test_a_vehicle_changed_meanwhile_is_not_handed_over(world: World) -> None:
    kalle = await adds(world, "Kalle Uusi")
    known = await world.vehicle()
    async with world.office.work() as work:
        await register.edit_vehicle(work, world.dealer, VIN, None, register.VehicleEdit(plate="NEW-1"))
    with pytest.raises(StaleRecord):
        async with world.office.work() as work:
            await ownership.change_owner(
                work, world.dealer, "Aino", VIN, kalle, keep_appointments=True, version=known.version
            )
    async with world.office.work() as work:
        changed = await ownership.change_owner(
            work, world.dealer, "Aino", VIN, kalle, keep_appointments=True, version=known.version + 1
        )
    assert changed.version == known.version + 2


async def test_a_customer_edited_meanwhile_is_not_overwritten(world: World) -> None:
    async with world.office.work() as work:
        await register.edit_customer(work, world.dealer, world.maria.id, 1, CustomerEdit(name="Maria Berg"))
    with pytest.raises(StaleRecord):
        async with world.office.work() as work:
            await register.edit_customer(work, world.dealer, world.maria.id, 1, CustomerEdit(name="M."))
