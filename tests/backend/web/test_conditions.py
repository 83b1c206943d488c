"""Versions and keys: nobody overwrites what they have not seen, and a repeated request is done once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from tests.backend.web.conftest import Backend
from tests.backend.web.desk import CHECKLIST, MARIA, Desk

PEOPLE = {"name": "Ville Aaltonen", "email": "ville.aaltonen@example.com"}


async def test_a_change_without_a_version_is_asked_for_one(desk: Desk) -> None:
    await desk.books()
    for method, path, body in (
        ("POST", "/v1/appointments/100001/actions", {"action": "finalize_appointment"}),
        ("PATCH", f"/v1/vehicles/{MARIA}", {"plate": "X-1"}),
        ("PATCH", f"/v1/customers/{desk.customers[MARIA]}", {"reminder_days": 1}),
    ):
        heard = await desk.ask(method, path, body)
        assert heard.status == 428, heard.text
        assert "If-Match" in heard.json["detail"]


@pytest.mark.parametrize("header", ['"1', "1", 'W/"1"', '"1", "2"', '""1""'])
async def test_a_version_that_cannot_be_read_is_refused(desk: Desk, header: str) -> None:
    await desk.books()
    heard = await desk.does("100001", header, "finalize_appointment")
    assert heard.status == 400
    assert heard.json["errors"][0]["parameter"] == "If-Match"


@pytest.mark.parametrize("header", ['"0"', '"7"', '"abc"', '""', '"99999999999999999999"'])
async def test_a_stale_version_gets_the_present_state(desk: Desk, header: str) -> None:
    made = await desk.books()
    heard = await desk.does("100001", header, "schedule_appointment", checklist=CHECKLIST)
    assert heard.status == 412
    assert heard.etag == made.etag
    assert heard.json["current"] == made.json
    assert heard.json["version"] == 1


async def test_of_two_who_saw_the_same_one_is_first(desk: Desk) -> None:
    made = await desk.books()
    answers = await asyncio.gather(
        *(desk.does("100001", made.etag, "schedule_appointment", checklist=CHECKLIST) for _ in range(2))
    )
    assert sorted(answer.status for answer in answers) == [200, 412]


async def test_customers_and_vehicles_have_versions_too(desk: Desk) -> None:
    path = f"/v1/customers/{desk.customers[MARIA]}"
    seen = await desk.ask("GET", path)
    changed = await desk.ask("PATCH", path, {"reminder_days": 1}, If_Match=seen.etag)
    assert changed.status == 200
    assert changed.etag != seen.etag
    stale = await desk.ask("PATCH", path, {"reminder_days": 2}, If_Match=seen.etag)
    assert stale.status == 412
    assert stale.json["current"]["reminder_days"] == 1
    path = f"/v1/vehicles/{MARIA}"
    seen = await desk.ask("GET", path)
    changed = await desk.ask("PATCH", path, {"plate": "XYZ-1", "year": 2015}, If_Match=seen.etag)
    assert (changed.json["plate"], changed.json["year"]) == ("XYZ-1", 2015)
    stale = await desk.ask("PATCH", path, {"plate": "XYZ-2"}, If_Match=seen.etag)
    assert stale.status == 412
    assert stale.json["current"]["plate"] == "XYZ-1"


async def test_who_has_the_version_is_told_so_and_nothing_more(desk: Desk) -> None:
    made = await desk.books()
    same = await desk.ask("GET", "/v1/appointments/100001", If_None_Match=made.etag)
    assert same.status == 304
    assert same.etag == made.etag
    assert (await desk.ask("GET", "/v1/appointments/100001", If_None_Match="*")).status == 304
    assert (await desk.ask("GET", "/v1/appointments/100001", If_None_Match='"0"')).status == 200


async def test_time_alone_outdates_no_version_but_shows(desk: Desk) -> None:
    made = await desk.books(date="2026-12-10")
    desk.clock.set(desk.clock.now() + timedelta(days=4))
    await desk.settles()
    late = await desk.ask("GET", "/v1/appointments/100001", If_None_Match=made.etag)
    assert (late.status, late.json["lists"]) == (200, ["actions", "escalated"])
    assert late.json["version"] == made.json["version"]
    assert late.etag != made.etag
    done = await desk.does("100001", made.etag, "schedule_appointment", checklist=CHECKLIST)
    assert (done.status, done.json["version"]) == (200, 2)
    plain = await desk.does("100001", '"2"', "cancel_on_behalf", reason="Sold the car")
    assert (plain.status, plain.json["version"]) == (200, 3)


async def test_a_repeated_request_is_done_once_and_answered_alike(desk: Desk) -> None:
    first = await desk.ask("POST", "/v1/customers", PEOPLE, Idempotency_Key="k-1")
    again = await desk.ask("POST", "/v1/customers", PEOPLE, Idempotency_Key="k-1")
    assert (again.status, again.text, again.etag) == (first.status, first.text, first.etag)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    found = await desk.ask("GET", f"/v1/search?email={PEOPLE['email']}")
    assert len(found.json["found"]) == 1


async def test_without_a_key_or_with_another_it_is_a_request_of_its_own(desk: Desk) -> None:
    ids = {
        (await desk.ask("POST", "/v1/customers", PEOPLE, Idempotency_Key=key)).json["id"]
        for key in ("", "k-1", "k-2")
    }
    assert len(ids) == 3


async def test_a_key_with_another_body_or_path_is_refused(desk: Desk) -> None:
    await desk.ask("POST", "/v1/customers", PEOPLE, Idempotency_Key="k-1")
    other = await desk.ask("POST", "/v1/customers", PEOPLE | {"name": "Pia"}, Idempotency_Key="k-1")
    assert other.status == 422
    assert other.json["type"] == "/problems#key-used"
    elsewhere = await desk.ask(
        "POST",
        "/v1/vehicles",
        {"vin": "YV1FW7050E1234999", "model": "V60", "year": 2014, "plate": "A-1"},
        Idempotency_Key="k-1",
    )
    assert elsewhere.json["type"] == "/problems#key-used"


async def test_keys_of_two_dealers_are_strangers(desk: Desk, other_desk: Desk) -> None:
    mine = await desk.ask("POST", "/v1/customers", PEOPLE, Idempotency_Key="k-1")
    theirs = await other_desk.ask("POST", "/v1/customers", PEOPLE, Idempotency_Key="k-1")
    assert theirs.status == 201
    assert theirs.json["id"] != mine.json["id"]


async def test_a_refused_request_leaves_its_key_free(desk: Desk) -> None:
    wrong = await desk.ask("POST", "/v1/customers", PEOPLE | {"email": "no"}, Idempotency_Key="k-1")
    assert wrong.status == 422
    made = await desk.books()
    refused = await desk.ask(
        "POST",
        "/v1/appointments/100001/actions",
        {"action": "finalize_appointment"},
        If_Match=made.etag,
        Idempotency_Key="k-1",
    )
    assert refused.status == 409
    right = await desk.ask("POST", "/v1/customers", PEOPLE, Idempotency_Key="k-1")
    assert right.status == 201


@pytest.mark.parametrize("key", ["two words", "x" * 201, "ключ"])
async def test_a_key_that_cannot_be_is_refused(desk: Desk, key: str) -> None:
    heard = await desk.ask("POST", "/v1/customers", PEOPLE, Idempotency_Key=key)
    assert heard.status == 400
    assert heard.json["errors"][0]["parameter"] == "Idempotency-Key"


async def test_the_same_key_at_the_same_time_makes_one(desk: Desk, backend: Backend) -> None:
    heard = await asyncio.gather(
        *(desk.ask("POST", "/v1/customers", PEOPLE, Idempotency_Key="k-1") for _ in range(5))
    )
    assert {answer.status for answer in heard} == {201}
    assert len({UUID(answer.json["id"]) for answer in heard}) == 1
