"""The tab *Workshop Customers* as users at the desk read it, each with customers of one's own."""

from __future__ import annotations

import pytest

from backend.web.people import customers
from tests.backend.web.clerk import Clerk, sits_down
from tests.backend.web.conftest import Backend
from tests.backend.web.desk import MARIA, Desk

PATH = "/desk/customers"


@pytest.fixture
async def aino(backend: Backend) -> Clerk:
    return await sits_down(backend.client, "avirtanen")


@pytest.fixture
async def mikko(backend: Backend) -> Clerk:
    return await sits_down(backend.client, "mlaine")


@pytest.fixture
async def anke(backend: Backend) -> Clerk:
    return await sits_down(backend.client, "ahoffmann")


async def test_every_customer_has_one_line_with_vehicle_and_relation(aino: Clerk, desk: Desk) -> None:
    page = await aino.opens(PATH)
    assert page.status == 200
    assert "Maria Lindholm +358 40 5550121 " + f"{MARIA} V60 D4 2014 ABC-123 Drives · Owns" in page.text
    assert page.text.count("Maria Lindholm +358") == 1
    assert f"/desk/manage/{desk.customers[MARIA]}" in page.links
    assert f"/desk/vehicles/{MARIA}" in page.links
    assert f"/desk/appointments/new?vin={MARIA}&customer={desk.customers[MARIA]}" in page.links


async def test_another_dealers_customers_are_not_listed(aino: Clerk, anke: Clerk) -> None:
    assert "Jonas Brinkmann" not in (await aino.opens(PATH)).text
    page = await anke.opens(PATH)
    assert "Jonas Brinkmann" in page.text
    assert "Maria Lindholm" not in page.text
    for words in ("Werkstattkunden", "Neuen Termin erstellen", "Hauptfahrer", "Meine Kunden"):
        assert words in page.text


async def test_a_star_is_kept_for_the_one_who_gave_it(aino: Clerk, mikko: Clerk, desk: Desk) -> None:
    page = await aino.opens(f"{PATH}?list=mine")
    assert "None of your own yet" in page.text
    sent = await aino.ask(
        "POST", f"{PATH}/{desk.customers[MARIA]}/mine", {"mine": "1", "back": "customers", "list": "mine"}
    )
    assert sent.goes_to == f"{PATH}?list=mine#c-{desk.customers[MARIA]}"
    mine = await aino.opens(f"{PATH}?list=mine")
    assert "Maria Lindholm +358" in mine.text
    assert "Jukka Saarinen" not in mine.text
    assert 'aria-pressed="true"' in mine.html
    assert "None of your own yet" in (await mikko.opens(f"{PATH}?list=mine")).text
    assert 'aria-pressed="true"' not in (await mikko.opens(PATH)).html


async def test_a_star_given_or_taken_twice_changes_nothing(aino: Clerk, desk: Desk) -> None:
    path = f"{PATH}/{desk.customers[MARIA]}/mine"
    for mine in ("1", "1", "0", "0"):
        sent = await aino.ask("POST", path, {"mine": mine})
        assert sent.goes_to == f"/desk/manage/{desk.customers[MARIA]}"
    assert "None of your own yet" in (await aino.opens(f"{PATH}?list=mine")).text


async def test_a_strangers_customer_gets_no_star(anke: Clerk, desk: Desk) -> None:
    for customer in (desk.customers[MARIA], "nobody"):
        assert (await anke.ask("POST", f"{PATH}/{customer}/mine", {"mine": "1"})).status == 404


async def test_a_long_list_comes_in_pages(aino: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customers, "_ROWS", 3)
    seen, path = [], PATH
    while True:
        page = await aino.opens(path)
        seen += [link for link in page.links if link.startswith("/desk/manage/")]
        onward = [link for link in page.links if "after=" in link]
        if not onward:
            break
        path = onward[0]
    assert len(seen) == len(set(seen)) == 7
    assert PATH in page.links  # back to the first page
    star = page.form("mine")
    assert "after=" in (await aino.sends(star)).goes_to


async def test_a_cursor_of_nowhere_leads_to_the_first_page(aino: Clerk) -> None:
    for cursor in ("nonsense", "WyJhIiwgImIiLCAiYyJd"):
        assert (await aino.opens(f"{PATH}?list=mine&after={cursor}")).goes_to == f"{PATH}?list=mine"


async def test_who_has_not_signed_in_is_led_to_the_door_and_back(backend: Backend) -> None:
    nobody = Clerk(backend.client, "")
    page = await nobody.opens(f"{PATH}?list=mine")
    assert page.goes_to == "/desk/login?next=/desk/customers?list%3Dmine"


async def test_another_sites_page_cannot_give_a_star(aino: Clerk, desk: Desk) -> None:
    path = f"{PATH}/{desk.customers[MARIA]}/mine"
    page = await aino.ask("POST", path, {"mine": "1"}, **{"Sec-Fetch-Site": "cross-site"})
    assert page.status == 403
    assert "None of your own yet" in (await aino.opens(f"{PATH}?list=mine")).text
