"""*Change of owner* at the desk: what the page promises is what happens, and only after a yes."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from backend.tables import appointments, customers, relations, vehicles
from backend.web import keys
from tests.backend.web.clerk import Clerk, Sheet, sits_down
from tests.backend.web.conftest import Backend
from tests.backend.web.desk import MARIA, Desk

JUKKA = "YV1DZ8256E2430187"
JONAS = "YV1DZ7350F2701946"
PATH = f"/desk/vehicles/{MARIA}/owner"


@pytest.fixture
async def aino(backend: Backend) -> Clerk:
    return await sits_down(backend.client, "avirtanen")


async def rows(backend: Backend, statement: Any) -> list[dict[str, Any]]:
    async with backend.app[keys.OFFICE].look() as work:
        return await work.tx.rows(statement)


async def holders(backend: Backend) -> set[tuple[str, str]]:
    query = sa.select(customers.c.name, relations.c.relation).join_from(
        relations, customers, relations.c.customer_id == customers.c.id
    )
    found = await rows(backend, query.where(relations.c.vin == MARIA))
    return {(row["name"], row["relation"]) for row in found}


async def statuses(backend: Backend) -> list[str]:
    found = await rows(backend, sa.select(appointments.c.status).order_by(appointments.c.number))
    return [row["status"] for row in found]


async def confirmation(aino: Clerk, desk: Desk) -> Sheet:
    """The page that says what will happen, for Jukka as the new owner."""
    found = await aino.opens(f"{PATH}?q=saarinen")
    jukka = desk.customers[JUKKA]
    chosen = next(link for link in found.links if f"new={jukka}" in link)
    return await aino.opens(chosen)


async def test_the_new_owner_is_looked_for_first(aino: Clerk, desk: Desk) -> None:
    page = await aino.opens(PATH)
    assert "Now: Maria Lindholm (Drives · Owns)" in page.text
    assert "/desk/manage/new" not in str(page.links)
    found = await aino.opens(f"{PATH}?q=an")
    assert "Anna Björkman" in found.text
    assert "/desk/manage/new?q=an" in found.links
    nobody = await aino.opens(f"{PATH}?q=nobody@example.com")
    assert "Nobody found" in nobody.text
    wrong = await aino.opens(f"{PATH}?q=a@b")
    assert (wrong.status, wrong.invalid) == (422, {"q"})


async def test_the_page_says_what_will_happen_and_nothing_has(
    aino: Clerk, desk: Desk, backend: Backend
) -> None:
    number = await desk.schedules()
    page = await confirmation(aino, desk)
    for words in (
        "Hand over to Jukka Saarinen",
        "Jukka Saarinen becomes owner and primary driver.",
        "Maria Lindholm has nothing more to do with this vehicle.",
        "The car forgets the bookings",
        "sees nothing of what was before",
        f"{number[:3]} {number[3:]} Confirmed Mon 30 Nov 2026, 08:00 Annual service",
    ):
        assert words in page.text
    assert await holders(backend) == {("Maria Lindholm", "drives"), ("Maria Lindholm", "owns")}


@pytest.mark.parametrize(("choice", "after"), [("keep", "confirmed"), ("cancel", "cancelled")])
async def test_open_appointments_are_kept_or_cancelled_as_chosen(
    aino: Clerk, desk: Desk, backend: Backend, choice: str, after: str
) -> None:
    await desk.schedules()
    await desk.settles()
    epoch = (await rows(backend, sa.select(vehicles.c.epoch).where(vehicles.c.vin == MARIA)))[0]["epoch"]
    page = await aino.lands((await confirmation(aino, desk)).form("version"), appointments=choice)
    assert "The vehicle has a new owner." in page.text
    assert "Jukka Saarinen" in page.text
    assert await holders(backend) == {("Jukka Saarinen", "drives"), ("Jukka Saarinen", "owns")}
    assert await statuses(backend) == [after]
    (car,) = await rows(backend, sa.select(vehicles).where(vehicles.c.vin == MARIA))
    assert car["epoch"] == epoch + 1
    await desk.settles()
    kinds = sorted(
        line.removeprefix("X-Sensus-Letter: ")
        for path in backend.mailbox.folder.glob("*.eml")
        for line in path.read_text().splitlines()
        if line.startswith("X-Sensus-Letter: ")
    )
    assert kinds == (["booking", "cancellation"] if choice == "cancel" else ["booking"])


async def test_the_old_owner_reads_why_in_the_own_language(aino: Clerk, desk: Desk, backend: Backend) -> None:
    await desk.schedules()
    details = await aino.opens(f"/desk/manage/{desk.customers[MARIA]}")
    await aino.lands(details.form("email"), language="sv")
    await aino.lands((await confirmation(aino, desk)).form("version"), appointments="cancel")
    (kept,) = await rows(backend, sa.select(appointments.c.body))
    assert json.loads(kept["body"])["cancel_reason"] == "Fordonet har en ny ägare."


async def test_without_a_choice_nothing_happens(aino: Clerk, desk: Desk, backend: Backend) -> None:
    await desk.schedules()
    page = await confirmation(aino, desk)
    for choice in ("", "perhaps"):
        refused = await aino.sends(page.form("version"), appointments=choice)
        assert refused.status == 422
        assert "Choose one of what the list offers." in refused.text
    assert await statuses(backend) == ["confirmed"]
    assert ("Maria Lindholm", "owns") in await holders(backend)


async def test_without_open_appointments_there_is_nothing_to_choose(
    aino: Clerk, desk: Desk, backend: Backend
) -> None:
    page = await confirmation(aino, desk)
    assert "There are none with this workshop." in page.text
    await aino.lands(page.form("version"))
    assert ("Jukka Saarinen", "owns") in await holders(backend)


async def test_a_vehicle_that_was_changed_meanwhile_is_not_handed_over(
    aino: Clerk, desk: Desk, backend: Backend
) -> None:
    await desk.schedules()
    page = await confirmation(aino, desk)
    mikko = await sits_down(backend.client, "mlaine")
    details = await mikko.opens(f"/desk/vehicles/{MARIA}")
    await mikko.lands(details.form("model"), mileage="88000")
    late = await aino.sends(page.form("version"), appointments="cancel")
    assert late.status == 409
    assert "nothing has been done yet" in late.text
    assert late.form("version").fields["appointments"] == "cancel"
    assert ("Maria Lindholm", "owns") in await holders(backend)
    assert await statuses(backend) == ["confirmed"]
    await aino.lands(late.form("version"))
    assert await statuses(backend) == ["cancelled"]


async def test_a_form_sent_again_hands_over_once(aino: Clerk, desk: Desk, backend: Backend) -> None:
    page = await confirmation(aino, desk)
    await aino.lands(page.form("version"))
    again = await aino.sends(page.form("version"))
    assert again.status == 409
    assert "Jukka Saarinen owns this vehicle already" in again.text


async def test_anothers_customer_is_chosen_only_by_the_exact_address(aino: Clerk, backend: Backend) -> None:
    jonas = backend.desks[1].customers[JONAS]
    for asked in (f"new={jonas}", f"q=brinkmann&new={jonas}", "new=nobody"):
        page = await aino.opens(f"{PATH}?{asked}")
        assert page.status == 404
        assert "Brinkmann" not in page.text
    page = await aino.opens(f"{PATH}?q=jonas.brinkmann@example.com&new={jonas}")
    assert "Hand over to Jonas Brinkmann" in page.text
    done = await aino.lands(page.form("version"))
    assert done.status == 200
    assert ("Jonas Brinkmann", "drives") in await holders(backend)


async def test_an_own_customer_is_chosen_by_id_alone(aino: Clerk, desk: Desk) -> None:
    page = await aino.opens(f"{PATH}?new={desk.customers[JUKKA]}")
    assert "Hand over to Jukka Saarinen" in page.text
