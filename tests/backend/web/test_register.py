"""Customers, vehicles, relations, destinations and pages of them over HTTP."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.backend.web.desk import MARIA, Desk

NEW = {"vin": "YV1FW4850G1310999", "model": "V60 T4", "year": 2016, "plate": "ZZZ-1", "odometer_km": 10}
KAMPPI = {
    "name": "Kamppi",
    "position": {"latitude": 60.16899, "longitude": 24.93615},
    "show_until": "2026-12-01T00:00:00+02:00",
}


async def test_a_dealer_knows_itself(desk: Desk) -> None:
    told = (await desk.ask("GET", "/v1/dealer")).json
    assert told["name"] == "Nordvik Helsinki"
    assert told["zone"] == "Europe/Helsinki"
    assert told["position"] == {"latitude": 60.1642, "longitude": 24.93666}


async def test_a_customer_is_added_seen_and_changed(desk: Desk) -> None:
    made = await desk.ask(
        "POST",
        "/v1/customers",
        {
            "name": "  Ville Aaltonen ",
            "email": "Ville.Aaltonen@EXAMPLE.com",
            "phone": "+358405550199",
            "language": "sv",
        },
    )
    assert made.status == 201
    told = made.json
    assert told["name"] == "Ville Aaltonen"
    assert told["email"] == "Ville.Aaltonen@example.com"
    assert told["phone"] == "+358 40 5550199"
    assert (told["language"], told["reminder_days"], told["preferred"]) == ("sv", 3, True)
    path = made.headers["Location"]
    changed = await desk.ask(
        "PATCH", path, {"reminder_days": 4, "preferred": False, "language": "de"}, If_Match=made.etag
    )
    assert changed.status == 200, changed.text
    assert not changed.json["preferred"]
    seen = await desk.ask("GET", path)
    assert (seen.json["reminder_days"], seen.json["language"]) == (4, "de")
    back = await desk.ask("PATCH", path, {"preferred": True}, If_Match="*")
    assert back.json["preferred"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"email": "nobody"}, "#/email"),
        ({"email": "a@b\r\nBcc: x@example.com"}, "#/email"),
        ({"phone": "call me"}, "#/phone"),
        ({"phone": "+35812345678901234567"}, "#/phone"),
        ({"language": "fi"}, "#/language"),
        ({"reminder_days": 5}, "#/reminder_days"),
        ({"reminder_days": "3"}, "#/reminder_days"),
        ({"reminder_days": None}, "#/reminder_days"),
        ({"name": "two\nlines"}, "#/name"),
        ({}, "#"),
    ],
)
async def test_a_customer_that_cannot_be_is_refused(desk: Desk, change: dict[str, Any], place: str) -> None:
    path = f"/v1/customers/{desk.customers[MARIA]}"
    before = await desk.ask("GET", path)
    heard = await desk.ask("PATCH", path, change, If_Match=before.etag)
    assert heard.status == 422, heard.text
    assert place in heard.wrong
    assert (await desk.ask("GET", path)).text == before.text


async def test_a_vehicle_is_added_once(desk: Desk) -> None:
    made = await desk.ask("POST", "/v1/vehicles", NEW)
    assert made.status == 201
    assert made.json["connected"]
    assert made.json["warnings"] == ["the VIN's check digit is not the North American one"]
    again = await desk.ask("POST", "/v1/vehicles", NEW)
    assert again.status == 409
    assert NEW["vin"] in again.json["detail"]
    seen = await desk.ask("GET", made.headers["Location"])
    assert seen.json["car"] == {
        "online": False,
        "seen_at": None,
        "language": None,
        "profile": None,
        "navigation": None,
        "notifications_on": None,
    }


async def test_a_vin_with_a_good_check_digit_is_not_warned_about(desk: Desk) -> None:
    made = await desk.ask("POST", "/v1/vehicles", NEW | {"vin": "1M8GDM9AXKP042788"})
    assert made.json["warnings"] == []


async def test_relations_come_and_go(desk: Desk) -> None:
    await desk.ask("POST", "/v1/vehicles", NEW)
    maria = desk.customers[MARIA]
    path = f"/v1/vehicles/{NEW['vin']}/relations/{maria}"
    owns = await desk.ask("PUT", path, {"relation": "owns"})
    assert [one["primary"] for one in owns.json["relations"]] == [False]
    drives = await desk.ask("PUT", path, {"relation": "drives", "primary": True})
    assert {(one["relation"], one["primary"]) for one in drives.json["relations"]} == {
        ("owns", False),
        ("drives", True),
    }
    left = await desk.ask("DELETE", f"{path}?relation=drives")
    assert [one["relation"] for one in left.json["relations"]] == ["owns"]
    assert (await desk.ask("DELETE", path)).json["relations"] == []
    assert (await desk.ask("DELETE", f"{path}?relation=steals")).status == 422


async def test_only_who_drives_is_primary_driver(desk: Desk) -> None:
    path = f"/v1/vehicles/{MARIA}/relations/{desk.customers[MARIA]}"
    heard = await desk.ask("PUT", path, {"relation": "owns", "primary": True})
    assert heard.status == 422
    assert "drives" in heard.wrong["#"]


async def test_a_vehicle_changes_hands(desk: Desk) -> None:
    number = await desk.schedules()
    new = next(key for vin, key in desk.customers.items() if vin != MARIA)
    heard = await desk.ask(
        "POST", f"/v1/vehicles/{MARIA}/owner", {"new_owner": new, "keep_appointments": False}
    )
    assert heard.status == 200, heard.text
    assert {one["customer_id"] for one in heard.json["relations"]} == {new}
    assert (await desk.ask("GET", f"/v1/appointments/{number}")).json["status"] == "cancelled"


async def test_workshop_customers_are_those_with_business_here(desk: Desk, other_desk: Desk) -> None:
    heard = await desk.ask("GET", "/v1/customers")
    names = {line["customer"]["name"] for line in heard.json["customers"]}
    assert "Maria Lindholm" in names
    assert "Jonas Brinkmann" not in names
    theirs = await other_desk.ask("GET", "/v1/customers?mine=true")
    assert "Jonas Brinkmann" in {line["customer"]["name"] for line in theirs.json["customers"]}
    stranger = await other_desk.ask("GET", f"/v1/customers/{desk.customers[MARIA]}")
    assert stranger.status == 404


async def test_my_customers_are_those_who_prefer_this_dealer(desk: Desk) -> None:
    async def names(query: str) -> set[str]:
        heard = await desk.ask("GET", f"/v1/customers{query}")
        return {line["customer"]["name"] for line in heard.json["customers"]}

    await desk.schedules()  # with an open appointment she stays a workshop customer, whomever she prefers
    assert "Maria Lindholm" in await names("?mine=true")
    path = f"/v1/customers/{desk.customers[MARIA]}"
    known = await desk.ask("GET", path)
    assert (await desk.ask("PATCH", path, {"preferred": False}, If_Match=known.etag)).status == 200
    assert "Maria Lindholm" in await names("")
    assert "Maria Lindholm" not in await names("?mine=true")
    assert await names("?mine=true")


async def test_an_exact_search_finds_everybody(other_desk: Desk) -> None:
    for query in (f"vin={MARIA}", "plate=abc%20123", "email=maria.lindholm@example.com"):
        found = (await other_desk.ask("GET", f"/v1/search?{query}")).json["found"]
        assert {line["customer"]["name"] for line in found} == {"Maria Lindholm"}, query
        assert {line["vehicle"]["vin"] for line in found} == {MARIA}
    assert (await other_desk.ask("GET", "/v1/search?plate=NO-1")).json["found"] == []
    for query in ("", "vin=YV1FW7050E1234567&plate=ABC-123"):
        heard = await other_desk.ask("GET", f"/v1/search?{query}")
        assert heard.status == 422
        assert "exactly one" in heard.json["detail"]


async def test_a_destination_is_pushed_to_the_car(desk: Desk) -> None:
    heard = await desk.ask("POST", f"/v1/vehicles/{MARIA}/destinations", KAMPPI)
    assert heard.status == 201
    assert heard.json["show_from"] == "2026-11-26T07:00:00Z"
    told = (await desk.ask("GET", heard.headers["Location"])).json
    (item,) = told["items"]
    assert item["kind"] == "navigation_destination"
    assert item["current"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"show_until": "2026-11-01T00:00:00Z"}, "#/show_until"),
        ({"show_from": "2026-12-02T00:00:00Z"}, "#"),
        ({"show_until": "2026-12-01T00:00:00"}, "#/show_until"),
        ({"show_until": 0}, "#/show_until"),
        ({"position": {"latitude": 91, "longitude": 0}}, "#/position/latitude"),
        ({"position": {"latitude": 1}}, "#/position/longitude"),
        ({"name": ""}, "#/name"),
    ],
)
async def test_a_destination_that_cannot_be_is_refused(
    desk: Desk, change: dict[str, Any], place: str
) -> None:
    heard = await desk.ask("POST", f"/v1/vehicles/{MARIA}/destinations", KAMPPI | change)
    assert heard.status == 422, heard.text
    assert place in heard.wrong


async def test_nothing_is_pushed_to_another_dealers_car(other_desk: Desk) -> None:
    heard = await other_desk.ask("POST", f"/v1/vehicles/{MARIA}/destinations", KAMPPI)
    assert heard.status == 404


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("/v1/customers", "customers"),
        ("/v1/appointments", "appointments"),
        ("/v1/appointments?list=actions", "appointments"),
    ],
)
async def test_pages_lead_on_and_miss_nothing(desk: Desk, path: str, rows: str) -> None:
    for vin in list(desk.customers)[:5]:
        await desk.books(vin)
    whole = (await desk.ask("GET", path)).json[rows]
    assert len(whole) >= 5
    paged: list[Any] = []
    heard = await desk.ask("GET", f"{path}{'&' if '?' in path else '?'}limit=2")
    while True:
        paged += heard.json[rows]
        if heard.json["after"] is None:
            assert "Link" not in heard.headers
            break
        link = re.fullmatch(r'<(/v1/.*)>; rel="next"', heard.headers["Link"])
        assert link is not None
        heard = await desk.ask("GET", link[1])
    assert paged == whole
