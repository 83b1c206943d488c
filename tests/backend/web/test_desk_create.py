"""The window *Create appointment*: for whom, what is mandatory and refused, and that nothing comes twice."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.backend.web.advisor import Advisor, Page
from tests.backend.web.conftest import Backend
from tests.backend.web.desk import MARIA, Desk

NEW = "/desk/appointments/new"
GOOD = {"date": "2026-11-30", "time": "08:00", "price": "389,00", "work": "Service 90 000 km\r\nBrake fluid"}


async def opens(advisor: Advisor, desk: Desk, vin: str = MARIA) -> Page:
    return await advisor.opens(f"{NEW}?vin={vin}&customer={desk.customers[vin]}")


async def numbers(desk: Desk) -> list[str]:
    heard = await desk.ask("GET", "/v1/appointments")
    return [row["appointment"]["number"] for row in heard.json["appointments"]]


async def test_the_workshop_customers_are_offered_first(advisor: Advisor, desk: Desk) -> None:
    page = await advisor.opens(NEW)
    assert "For whom?" in page.text
    assert "Maria Lindholm" in page.text
    assert f"{NEW}?vin={MARIA}&customer={desk.customers[MARIA]}" in page.links


@pytest.mark.parametrize("key", [MARIA, "abc 123", "MARIA.LINDHOLM@example.com"])
async def test_somebody_is_found_by_vin_plate_or_address(advisor: Advisor, key: str) -> None:
    page = await advisor.opens(f"{NEW}?find={key}")
    assert page.text.count("Maria Lindholm") == 2  # the name, and the link's words for who cannot see
    assert "Jukka Saarinen" not in page.text


async def test_nobody_is_found_by_a_part(advisor: Advisor) -> None:
    assert "Nobody found" in (await advisor.opens(f"{NEW}?find=ABC")).text


async def test_the_form_says_for_whom_it_is_and_what_is_mandatory(advisor: Advisor, desk: Desk) -> None:
    page = await opens(advisor, desk)
    for words in ("Maria Lindholm", MARIA, "ABC-123", "87,412 km", "SUBMIT", "Fields with * are mandatory."):
        assert words in page.text
    assert page.actions == ["create_request", "perform_pre_booking"]
    assert page.fields["intended_next"] == "schedule_appointment"
    assert page.fields["currency"] == "EUR"


async def test_submit_creates_a_request_and_opens_it(advisor: Advisor, desk: Desk) -> None:
    page = await advisor.submits(await opens(advisor, desk), NEW, **GOOD)
    assert page.status == 303
    (number,) = await numbers(desk)
    assert page.goes_to == f"/desk/appointments/{number}?done=create_request"
    made = (await desk.ask("GET", f"/v1/appointments/{number}")).json
    assert (made["status"], made["lists"], made["date"], made["time"]) == (
        "requested",
        ["actions"],
        "2026-11-30",
        "08:00",
    )
    assert made["price"] == {"amount": "389.00", "currency": "EUR"}
    assert made["work"] == "Service 90 000 km\nBrake fluid"
    assert (made["intended_next"], made["last_edited_by"]) == ("schedule_appointment", "Aino Virtanen")
    opened = await advisor.opens(page.goes_to)
    assert "The request is created and stands in Actions." in opened.text


async def test_a_form_that_is_sent_twice_creates_one_appointment(advisor: Advisor, desk: Desk) -> None:
    form = await opens(advisor, desk)
    first, second = [await advisor.submits(form, NEW, **GOOD) for _ in range(2)]
    assert first.goes_to == second.goes_to
    assert len(await numbers(desk)) == 1
    third = await advisor.submits(await opens(advisor, desk), NEW, **GOOD)
    assert third.goes_to != first.goes_to


async def test_a_pre_booking_needs_no_price(advisor: Advisor, desk: Desk) -> None:
    entries = GOOD | {"action": "perform_pre_booking", "date": "2027-03-01", "price": ""}
    page = await advisor.submits(await opens(advisor, desk), NEW, **entries)
    assert page.status == 303
    planned = await advisor.opens("/desk/appointments?list=planned")
    assert "Pre-booked" in planned.text


@pytest.mark.parametrize(
    ("entries", "where", "words"),
    [
        ({"date": ""}, "date", "this field is mandatory"),
        ({"date": "30.11.2026"}, "date", "this is no date"),
        ({"date": "2026-02-30"}, "date", "this is no date"),
        ({"date": "2026-11-25"}, "date", "this lies in the past"),
        ({"date": "2196-11-25"}, "date", "this lies too far ahead"),
        ({"date": "9999-12-31", "time": "23:59"}, "date", "this lies too far ahead"),
        ({"date": "2027-03-28", "time": "03:30"}, "time", "the clocks go forward"),
        ({"time": ""}, "time", "this field is mandatory"),
        ({"time": "8 o'clock"}, "time", "this is no time of day"),
        ({"price": ""}, "price", "this field is mandatory"),
        ({"price": "a lot"}, "price", "this is no price"),
        ({"price": "-5"}, "price", "this is no price"),
        ({"price": "1.234.5.6.789"}, "price", "this is no price"),
        ({"price": "389.001"}, "price", "this is no price"),
        ({"price": "9" * 400}, "price", "this is no price"),
        ({"price": "٣٨٩"}, "price", "this is no price"),
        ({"work": "  \r\n "}, "work", "this field is mandatory"),
        ({"work": "x" * 10_000}, "work", "10000 characters are too many; at most 4000 fit"),
        ({"work": "nul\x00"}, "work", "a character that cannot be shown"),
        ({"comments": "bell\x07"}, "comments", "a character that cannot be shown"),
    ],
)
async def test_the_field_is_named_and_the_entries_are_kept(
    advisor: Advisor, desk: Desk, entries: dict[str, str], where: str, words: str
) -> None:
    whole = GOOD | {"comments": "<script>alert(1)</script> & more"} | entries
    page = await advisor.submits(await opens(advisor, desk), NEW, **whole)
    assert page.status == 422
    assert page.invalid == {where}
    assert words in page.text
    assert "Not saved. Nothing has been changed" in page.text
    for name, written in whole.items():
        assert page.fields[name] == written.replace("\r\n", "\n")
    assert "<script>alert" not in page.html
    assert await numbers(desk) == []


@pytest.mark.parametrize(
    ("name", "written"), [("action", "erase"), ("intended_next", "erase"), ("currency", "XXX")]
)
async def test_a_choice_that_is_none_is_refused(
    advisor: Advisor, desk: Desk, name: str, written: str
) -> None:
    page = await advisor.submits(await opens(advisor, desk), NEW, **GOOD | {name: written})
    assert page.status == 422
    assert "please choose" in page.text or "no currency" in page.text
    assert await numbers(desk) == []


@pytest.mark.parametrize(
    ("written", "amount"),
    [("389", "389"), ("1 389,50", "1389.50"), ("1,389.50", "1389.50"), ("1,389", "1389"), (",50", "0.50")],
)
async def test_prices_are_read_as_people_write_them(
    advisor: Advisor, desk: Desk, written: str, amount: str
) -> None:
    page = await advisor.submits(await opens(advisor, desk), NEW, **GOOD | {"price": written})
    assert page.status == 303, page.text
    (number,) = await numbers(desk)
    assert (await desk.ask("GET", f"/v1/appointments/{number}")).json["price"]["amount"] == amount


async def test_a_german_reads_and_writes_german(berater: Advisor, other_desk: Desk) -> None:
    vin = next(iter(other_desk.customers))
    form = await opens(berater, other_desk, vin)
    page = await berater.submits(form, NEW, **GOOD | {"date": "", "price": "1.389,50"})
    assert "dieses Feld ist ein Pflichtfeld" in page.text
    page = await berater.submits(page, NEW, date="2026-11-30")
    assert page.status == 303
    opened = await berater.opens(page.goes_to)
    assert (opened.fields["price"], opened.fields["currency"]) == ("1389,50", "EUR")


async def test_strangers_are_not_there(advisor: Advisor, desk: Desk, other_desk: Desk) -> None:
    foreign = next(iter(other_desk.customers))
    for vin, customer in (
        (foreign, desk.customers[MARIA]),
        (MARIA, other_desk.customers[foreign]),
        (MARIA, str(uuid4())),
        ("' OR 1=1", desk.customers[MARIA]),
    ):
        page = await advisor.opens(f"{NEW}?vin={vin}&customer={customer}")
        assert page.status == 404
        assert "There is no such thing here" in page.text
        page = await advisor.ask(
            "POST", NEW, GOOD | {"vin": vin, "customer": customer, "action": "create_request"}
        )
        assert page.status in {404, 422}
    assert (await advisor.ask("POST", NEW, GOOD | {"vin": MARIA, "customer": "x"})).status == 404
    assert await numbers(desk) == await numbers(other_desk) == []


async def test_somebody_elses_customer_is_found_by_the_whole_vin(
    advisor: Advisor, desk: Desk, other_desk: Desk, backend: Backend
) -> None:
    vin = next(iter(other_desk.customers))
    form = await advisor.opens(f"{NEW}?vin={vin}&customer={other_desk.customers[vin]}")
    assert form.status == 200
    assert (await advisor.submits(form, NEW, **GOOD)).status == 303
    assert len(await numbers(desk)) == 1


async def test_what_is_no_form_is_refused(advisor: Advisor) -> None:
    for data, kind in ((b"\xff\xfe=1", "application/x-www-form-urlencoded; charset=nonsense"),):
        page = await advisor.ask("POST", NEW, data, **{"Content-Type": kind})
        assert page.status == 400
        assert "That did not work" in page.text


async def test_a_mountain_of_text_is_refused_as_a_page(advisor: Advisor, desk: Desk) -> None:
    form: Any = (await opens(advisor, desk)).fields
    page = await advisor.ask("POST", NEW, form | {"work": "x" * 100_000})
    assert page.status == 413
    assert "That was too much text" in page.text
