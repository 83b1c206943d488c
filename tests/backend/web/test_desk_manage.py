"""*Manage customer information* as an advisor uses it: search, add, edit, and who drives what."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from backend.service import searching
from backend.tables import audit, customers, relations, vehicles
from backend.web import keys
from tests.backend.web.clerk import Clerk, Sheet, sits_down
from tests.backend.web.conftest import Backend
from tests.backend.web.desk import MARIA, Desk

PATH = "/desk/manage"
NEW_VIN = "YV1FS8180F1234567"
JUKKA = "YV1DZ8256E2430187"
JONAS = "YV1DZ7350F2701946"
HOSTILE = '<script>alert("1")</script>'
NOBODY = f"{PATH}/new?q=kalle.uusi@example.com"


@pytest.fixture
async def aino(backend: Backend) -> Clerk:
    return await sits_down(backend.client, "avirtanen")


@pytest.fixture
async def anke(backend: Backend) -> Clerk:
    return await sits_down(backend.client, "ahoffmann")


async def rows(backend: Backend, statement: Any) -> list[dict[str, Any]]:
    async with backend.app[keys.OFFICE].look() as work:
        return await work.tx.rows(statement)


async def maria(aino: Clerk, desk: Desk) -> Sheet:
    return await aino.opens(f"{PATH}/{desk.customers[MARIA]}")


# --- search


async def test_a_part_of_the_name_finds_own_customers_only(aino: Clerk, desk: Desk) -> None:
    page = await aino.opens(f"{PATH}?q=LINDH")
    assert "Name: LINDH" in page.text
    assert f"{PATH}/{desk.customers[MARIA]}" in page.links
    assert f"/desk/appointments/new?vin={MARIA}&customer={desk.customers[MARIA]}" in page.links
    assert "Nobody found" in (await aino.opens(f"{PATH}?q=Brinkmann")).text


@pytest.mark.parametrize("written", ["björk", "BJÖRK", "Björkman"])
async def test_capital_umlauts_find_the_same_as_small_ones(aino: Clerk, written: str) -> None:
    assert "Anna Björkman" in (await aino.opens(f"{PATH}?q={written}")).text


@pytest.mark.parametrize("written", ["50%", "a_n", "%", "__"])
async def test_wildcards_are_letters_like_others(aino: Clerk, written: str) -> None:
    page = await aino.ask("GET", f"{PATH}?q={written.replace('%', '%25')}")
    assert "@example.com" not in page.text.partition("Search")[2]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("jonas.brinkmann@example.com", "E-mail: jonas.brinkmann@example.com"),
        (" yv1-dz7350 f2701946", f"VIN: {JONAS}"),
        ("kjb2015", "Plate: kjb2015"),
    ],
)
async def test_an_exact_key_finds_anybody_and_is_written_down(
    aino: Clerk, backend: Backend, written: str, told: str
) -> None:
    page = await aino.opens(f"{PATH}?q={written}")
    assert told in page.text
    assert "Jonas Brinkmann" in page.text
    # Another dealer's customer is named, but the pages of person and vehicle stay closed.
    assert not [link for link in page.links if link.startswith(("/desk/manage/0", f"/desk/vehicles/{JONAS}"))]
    customer = backend.desks[1].customers[JONAS]
    assert f"{PATH}/{customer}" not in page.links
    assert f"/desk/appointments/new?vin={JONAS}&customer={customer}" in page.links
    noted = await rows(backend, sa.select(audit).where(audit.c.actor == "avirtanen"))
    assert len([note for note in noted if note["action"].startswith("search_")]) == 1


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("a@b", "This is no e-mail address"),
        ("YV1FW7050E12345O7", "A VIN has 17 digits"),
        ("x", "At least two letters"),
        ("x" * 250, "At least two letters"),
        ("Ma%0Aria", "At least two letters"),
    ],
)
async def test_what_cannot_be_looked_for_is_said_at_the_field(aino: Clerk, written: str, told: str) -> None:
    page = await aino.opens(f"{PATH}?q={written}")
    assert page.status == 422
    assert page.invalid == {"q"}
    assert told in page.text
    assert page.form("q").fields["q"] == written.replace("%0A", "\n")
    assert "Add a customer" not in page.text


async def test_a_plate_without_digits_is_found_where_no_name_is(aino: Clerk, backend: Backend) -> None:
    async with backend.app[keys.OFFICE].work() as work:
        change = sa.update(vehicles).where(vehicles.c.vin == MARIA).values(plate="RUTH", plate_key="RUTH")
        await work.tx.run(change)
    assert "Maria Lindholm" in (await aino.opens(f"{PATH}?q=ruth")).text


async def test_more_than_can_be_shown_is_said(aino: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "There are more" not in (await aino.opens(f"{PATH}?q=an")).text
    monkeypatch.setattr(searching, "MOST", 2)
    assert "There are more" in (await aino.opens(f"{PATH}?q=an")).text


async def test_the_search_shows_itself_without_anything_asked(aino: Clerk) -> None:
    page = await aino.opens(PATH)
    assert page.status == 200
    assert "Add a customer" not in page.text


# --- add


async def test_a_customer_is_added_only_after_a_search(aino: Clerk) -> None:
    for path in (f"{PATH}/new", f"{PATH}/new?q=", f"{PATH}/new?q=a@b"):
        assert (await aino.opens(path)).goes_to == f"{PATH}?first=search"
    assert (await aino.ask("POST", f"{PATH}/new", {"name": "X"})).goes_to == f"{PATH}?first=search"
    assert "Search first" in (await aino.opens(f"{PATH}?first=search")).text
    found = await aino.opens(f"{PATH}?q=kalle.uusi@example.com")
    assert "Nobody found" in found.text
    assert NOBODY.replace("@", "%40") in found.links


async def test_a_new_customer_has_what_was_written(aino: Clerk, backend: Backend) -> None:
    blank = await aino.opens(NOBODY)
    assert blank.form("email").fields["email"] == "kalle.uusi@example.com"
    page = await aino.lands(
        blank.form("email"), name=" Kalle Uusi ", phone="040 555 0199", language="sv", reminder_days="1"
    )
    assert "The customer has been added." in page.text
    (kept,) = await rows(backend, sa.select(customers).where(customers.c.name == "Kalle Uusi"))
    assert (kept["phone"], kept["language"], kept["reminder_days"]) == ("+358 40 5550199", "sv", 1)
    assert kept["preferred_dealer_id"] == kept["created_by"]
    assert "No vehicle yet" in page.text


async def test_a_name_that_was_looked_for_stands_in_the_form(aino: Clerk) -> None:
    blank = await aino.opens(f"{PATH}/new?q=Kalle Lindholm")
    assert blank.form("email").fields["name"] == "Kalle Lindholm"
    assert "has found somebody" in (await aino.opens(f"{PATH}/new?q=Lindholm")).text


async def test_a_vin_that_was_looked_for_comes_next(aino: Clerk, backend: Backend) -> None:
    blank = await aino.opens(f"{PATH}/new?q={NEW_VIN}")
    assert f"Next comes the vehicle {NEW_VIN}" in blank.text
    page = await aino.lands(
        blank.form("email"), name="Kalle Uusi", email="kalle@example.com", preferred="none"
    )
    assert "New in the register" in page.text
    assert NEW_VIN in page.text
    (kept,) = await rows(backend, sa.select(customers).where(customers.c.name == "Kalle Uusi"))
    assert kept["preferred_dealer_id"] is None


async def test_an_address_that_is_known_is_asked_about_once(aino: Clerk, backend: Backend) -> None:
    blank = await aino.opens(f"{PATH}/new?q=Matti Lindholm")
    page = await aino.sends(blank.form("email"), email="maria.lindholm@example.com")
    assert page.status == 409
    assert "maria.lindholm@example.com is known already." in page.text
    assert "Maria Lindholm , V60 D4, 2014" in page.text
    assert page.form("email").fields["name"] == "Matti Lindholm"
    assert not await rows(backend, sa.select(customers).where(customers.c.name == "Matti Lindholm"))
    added = await aino.lands(page.form("email"))
    assert "The customer has been added." in added.text


WRONG = {
    "name": ("", "Ma\rria", "a" * 201, "  "),
    "email": ("", "nobody", "a@b", f"{'a' * 300}@example.com", "a@example.com\r\nBcc: x@example.com"),
    "phone": ("call me", "1", "+358\n40", "9" * 300),
    "language": ("xx", ""),
    "reminder_days": ("0", "5", "3.5", ""),
    "preferred": ("there", "other"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_field_is_named_and_kept_and_nothing_saved(
    aino: Clerk, backend: Backend, name: str
) -> None:
    good = {"name": "Kalle Uusi", "email": "kalle@example.com", "phone": "", "language": "en"}
    before = await rows(backend, sa.select(customers))
    blank = await aino.opens(NOBODY)
    for text in WRONG[name]:
        page = await aino.sends(blank.form("email"), **good | {name: text})
        assert page.status == 422
        assert page.invalid == {name}
        assert "Nothing has been changed" in page.text
        if name in {"name", "email", "phone"}:
            assert page.form("email").fields[name] == text
    assert await rows(backend, sa.select(customers)) == before


async def test_hostile_writing_is_shown_as_it_is(aino: Clerk) -> None:
    blank = await aino.opens(NOBODY)
    page = await aino.lands(blank.form("email"), name=HOSTILE)
    assert page.form("email").fields["name"] == HOSTILE
    assert HOSTILE not in page.html
    assert HOSTILE not in (await aino.opens("/desk/manage?q=script")).html


async def test_what_is_no_form_is_refused(aino: Clerk, desk: Desk) -> None:
    path = f"{PATH}/{desk.customers[MARIA]}"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await aino.ask("POST", path, b"name=%ff%fe&email=\xff", **kind)).status in {400, 422}
    multipart = {"Content-Type": "multipart/form-data"}
    assert (await aino.ask("POST", path, b"nothing", **multipart)).status == 400
    assert (await maria(aino, desk)).form("email").fields["name"] == "Maria Lindholm"


# --- edit


async def test_an_edit_is_kept_and_moves_the_reminder(aino: Clerk, backend: Backend, desk: Desk) -> None:
    await desk.schedules(date="2026-12-10")
    page = await maria(aino, desk)
    assert page.form("email").fields["reminder_days"] == "3"
    saved = await aino.lands(page.form("email"), reminder_days="1", language="de", phone="")
    assert "Saved." in saved.text
    assert saved.form("email").fields | {"version": ""} == page.form("email").fields | {
        "reminder_days": "1",
        "was.reminder_days": "1",
        "language": "de",
        "was.language": "de",
        "phone": "",
        "was.phone": "",
        "version": "",
    }
    assert saved.text.count("Annual service") == 1
    assert "Confirmed" in saved.text


async def test_saving_what_is_there_changes_nothing(aino: Clerk, desk: Desk) -> None:
    page = await maria(aino, desk)
    again = await aino.lands(page.form("email"))
    assert again.form("email").fields == page.form("email").fields


async def test_no_preferred_dealer_empties_the_list_unless_an_appointment_is_open(
    aino: Clerk, desk: Desk
) -> None:
    await desk.books(JUKKA)
    for vin in (MARIA, JUKKA):
        page = await aino.opens(f"{PATH}/{desk.customers[vin]}")
        await aino.lands(page.form("email"), preferred="none")
    listed = await aino.opens("/desk/customers")
    assert "Maria Lindholm" not in listed.text
    assert "Jukka Saarinen" in listed.text


async def test_another_preferred_dealer_is_told_but_not_named(
    aino: Clerk, anke: Clerk, backend: Backend
) -> None:
    desk, other = backend.desks
    booked = await other.ask(
        "POST",
        "/v1/appointments",
        {
            "action": "perform_pre_booking",
            "vin": MARIA,
            "customer_id": desk.customers[MARIA],
            "date": "2027-02-01",
            "time": "08:00",
            "work": "Service",
        },
    )
    assert booked.status == 201, booked.text
    page = await anke.opens(f"{PATH}/{desk.customers[MARIA]}")
    assert page.form("email").fields["preferred"] == "other"
    assert "Ein anderer Händler" in page.text
    assert "Nordvik" not in page.text
    kept = await anke.lands(page.form("email"), reminder_days="4")
    assert kept.form("email").fields["preferred"] == "other"
    ours = await anke.lands(kept.form("email"), preferred="here")
    assert ours.form("email").fields["preferred"] == "here"
    assert "Maria Lindholm" in (await anke.opens("/desk/customers")).text


async def test_a_wrong_edit_keeps_the_entry_and_saves_nothing(aino: Clerk, desk: Desk) -> None:
    page = await maria(aino, desk)
    refused = await aino.sends(page.form("email"), email="nonsense", name="Maria L.")
    assert refused.status == 422
    assert refused.invalid == {"email"}
    assert refused.form("email").fields["name"] == "Maria L."
    assert (await maria(aino, desk)).form("email").fields["name"] == "Maria Lindholm"


async def test_two_who_edit_at_once_see_each_others_change(aino: Clerk, backend: Backend, desk: Desk) -> None:
    mikko = await sits_down(backend.client, "mlaine")
    hers, his = await maria(aino, desk), await maria(mikko, desk)
    await mikko.lands(
        his.form("email"),
        name="Maria Lindholm-Berg",
        phone="",
        language="sv",
        preferred="none",
        reminder_days="4",
    )
    page = await aino.sends(hers.form("email"), name="Maria L.", reminder_days="2")
    assert page.status == 409
    assert "Somebody was faster." in page.text
    assert "Name : now Maria Lindholm-Berg ; the form still has your entry." in page.text
    assert "Reminder : now 4 days before ; the form still has your entry." in page.text
    assert "Phone : now – ; the form has taken it over." in page.text
    assert "Language : now Swedish ; the form has taken it over." in page.text
    assert "Preferred dealer : now None ; the form has taken it over." in page.text
    form = page.form("email")
    assert [form.fields[name] for name in ("name", "phone", "language", "reminder_days")] == [
        "Maria L.",
        "",
        "sv",
        "2",
    ]
    saved = await aino.lands(form)
    assert "Saved." in saved.text
    assert (saved.form("email").fields["name"], saved.form("email").fields["phone"]) == ("Maria L.", "")


async def test_a_form_without_a_version_is_not_saved(aino: Clerk, desk: Desk) -> None:
    page = await maria(aino, desk)
    for version in ("", "one", "9" * 30):
        assert (await aino.sends(page.form("email"), name="X", version=version)).status == 409


async def test_another_dealers_customer_is_not_there(anke: Clerk, desk: Desk) -> None:
    customer = desk.customers[MARIA]
    for method, path in (
        ("GET", f"{PATH}/{customer}"),
        ("POST", f"{PATH}/{customer}"),
        ("GET", f"{PATH}/{customer}/vehicle?vin={MARIA}"),
        ("POST", f"{PATH}/{customer}/relations"),
        ("GET", f"{PATH}/not-an-id"),
    ):
        assert (await anke.ask(method, path, {"vin": MARIA} if method == "POST" else None)).status == 404


# --- who drives what


async def ties(backend: Backend, vin: str) -> set[tuple[str, str, bool]]:
    query = sa.select(customers.c.name, relations.c.relation, relations.c.primary_driver).join_from(
        relations, customers, relations.c.customer_id == customers.c.id
    )
    found = await rows(backend, query.where(relations.c.vin == vin))
    return {(row["name"], row["relation"], row["primary_driver"]) for row in found}


async def test_a_vehicle_not_yet_known_is_added_and_related(
    aino: Clerk, backend: Backend, desk: Desk
) -> None:
    page = await maria(aino, desk)
    form = await aino.sends(page.form("vin"), vin=" yv1fs8180f1234567")
    form = await aino.opens(f"{PATH}/{desk.customers[MARIA]}/vehicle?vin=yv1fs8180 f1234567")
    assert "New in the register" in form.text
    assert "not the check digit of North America" in form.text
    page = await aino.lands(
        form.form("model"), model="S60 D4", plate="xyz-99", year="2015", mileage="12 345", connected=""
    )
    assert "Saved: who drives and owns the vehicle." in page.text
    assert "S60 D4, 2015" in page.text
    assert await ties(backend, NEW_VIN) == {
        ("Maria Lindholm", "drives", True),
        ("Maria Lindholm", "owns", False),
    }
    (kept,) = await rows(backend, sa.select(vehicles).where(vehicles.c.vin == NEW_VIN))
    assert (kept["plate"], kept["odometer_km"], kept["connected"]) == ("xyz-99", 12345, False)


async def test_a_known_vehicle_is_shown_and_only_related(aino: Clerk, backend: Backend, desk: Desk) -> None:
    form = await aino.opens(f"{PATH}/{desk.customers[MARIA]}/vehicle?vin={JUKKA}")
    assert "This vehicle is in the register" in form.text
    assert "Jukka Saarinen: Drives · Owns" in form.text
    await aino.lands(form.form("relation"), relation="drives", primary="1")
    assert await ties(backend, JUKKA) == {
        ("Jukka Saarinen", "drives", False),
        ("Jukka Saarinen", "owns", False),
        ("Maria Lindholm", "drives", True),
    }


async def test_a_wrong_vehicle_is_not_added(aino: Clerk, backend: Backend, desk: Desk) -> None:
    form = await aino.opens(f"{PATH}/{desk.customers[MARIA]}/vehicle?vin={NEW_VIN}")
    good = {"model": "S60", "plate": "A-1", "year": "2015", "mileage": ""}
    for name, text in (
        ("model", ""),
        ("plate", "x" * 17),
        ("year", "1900"),
        ("year", "MMXV"),
        ("mileage", "-1"),
        ("mileage", "99999999"),
        ("relation", "borrows"),
    ):
        page = await aino.sends(form.form("model"), **good | {name: text})
        assert page.status == 422
        assert page.invalid == {name}
        assert (
            page.form("model").fields["model" if name != "model" else "plate"]
            == good["model" if name != "model" else "plate"]
        )
    assert not await rows(backend, sa.select(vehicles).where(vehicles.c.vin == NEW_VIN))


async def test_an_owner_who_does_not_drive_is_no_primary_driver(
    aino: Clerk, backend: Backend, desk: Desk
) -> None:
    form = await aino.opens(f"{PATH}/{desk.customers[MARIA]}/vehicle?vin={JUKKA}")
    page = await aino.sends(form.form("relation"), relation="owns", primary="1")
    assert page.status == 422
    assert "Only a person who drives the vehicle" in page.text
    assert ("Jukka Saarinen", "drives", True) in await ties(backend, JUKKA)


@pytest.mark.parametrize("vin", ["YV1", "YV1FW7050E12345O7", "'; drop table vehicles; --"])
async def test_a_wrong_vin_is_said_at_its_field(aino: Clerk, desk: Desk, vin: str) -> None:
    page = await aino.opens(f"{PATH}/{desk.customers[MARIA]}/vehicle?vin={vin}")
    assert page.status == 422
    assert page.invalid == {"vin"}
    assert page.form("vin").fields["vin"] == vin
    assert (await aino.opens(f"{PATH}/{desk.customers[MARIA]}/vehicle")).status == 200


async def test_relations_are_added_and_ended_one_by_one(aino: Clerk, backend: Backend, desk: Desk) -> None:
    form = await aino.opens(f"{PATH}/{desk.customers[MARIA]}/vehicle?vin={JUKKA}")
    await aino.lands(form.form("relation"), relation="owns")
    page = await maria(aino, desk)
    path = f"{PATH}/{desk.customers[MARIA]}/relations"
    page = await aino.lands(page.acts("add-drives"), vin=JUKKA, do="add-drives")
    assert ("Maria Lindholm", "drives", False) in await ties(backend, JUKKA)
    page = await aino.lands(page.acts("primary"), vin=JUKKA, do="primary")
    assert ("Maria Lindholm", "drives", True) in await ties(backend, JUKKA)
    page = await aino.lands(page.acts("end-drives"), vin=JUKKA, do="end-drives")
    assert ("Jukka Saarinen", "drives", True) in await ties(backend, JUKKA)
    again = await aino.ask("POST", path, {"vin": JUKKA, "do": "end-drives"})
    assert again.goes_to.endswith("done=gone")
    await aino.lands(page.acts("end-owns"), vin=JUKKA, do="end-owns")
    again = await aino.ask("POST", path, {"vin": JUKKA, "do": "add-owns"})
    assert again.goes_to.endswith("done=gone")
    assert {name for name, _, _ in await ties(backend, JUKKA)} == {"Jukka Saarinen"}


@pytest.mark.parametrize(
    ("form", "status"),
    [({}, 404), ({"vin": "YV1"}, 404), ({"vin": JONAS, "do": "primary"}, 404), ({"vin": MARIA}, 409)],
)
async def test_a_relation_form_that_makes_no_sense_is_refused(
    aino: Clerk, desk: Desk, form: dict[str, str], status: int
) -> None:
    assert (await aino.ask("POST", f"{PATH}/{desk.customers[MARIA]}/relations", form)).status == status
