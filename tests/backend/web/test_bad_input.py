"""What bad input gets: an error that names what is wrong and where, and nothing half-done."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.web.endpoint import MOST_BYTES
from tests.backend.web.desk import CHECKLIST, MARIA, PRICE, Desk


async def nothing_was_made(desk: Desk) -> bool:
    heard = await desk.ask("GET", "/v1/appointments")
    return not heard.json["appointments"]


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"vin": "YV1FW7050E123456"}, "#/vin", "17 characters, this has 16"),
        ({"vin": "YV1FW7050E1234567" * 20}, "#/vin", "17 characters, this has 340"),
        ({"vin": "YV1FW7050E123456I"}, "#/vin", "'I'"),
        ({"vin": "YV1FW7050E1234568"}, "#/vin", "no vehicle"),
        ({"vin": 17}, "#/vin", "string"),
        ({"customer_id": "5c0f4f2e-6c0b-5b52-8a59-6f3b1a3d9a10"}, "#/customer_id", "no customer"),
        ({"customer_id": "Maria"}, "#/customer_id", "UUID"),
        ({"price": {"amount": "389.00", "currency": "EUX"}}, "#/price/currency", "'EUX' is no currency"),
        ({"price": {"amount": "389.001", "currency": "EUR"}}, "#/price", "EUR has 2 decimal places"),
        ({"price": {"amount": "-1.00", "currency": "EUR"}}, "#/price/amount", "greater than or equal to 0"),
        ({"price": {"amount": "many", "currency": "EUR"}}, "#/price/amount", "'many' is no amount"),
        ({"price": {"amount": 389.1, "currency": "EUR"}}, "#/price/amount", 'as text: "389.00"'),
        ({"price": {"amount": "NaN", "currency": "EUR"}}, "#/price/amount", "finite"),
        ({"date": "2026-11-20"}, "#/date", "not after the present"),
        ({"date": "0001-01-01"}, "#/date", ""),
        ({"date": "9999-12-31"}, "#/date", ""),
        ({"date": "2026-02-30"}, "#/date", "day is out of range"),
        ({"date": "30.11.2026"}, "#/date", "one looks like 2026-11-30"),
        ({"date": 1795996800}, "#/date", "date"),
        ({"time": "8 o'clock"}, "#/time", "one looks like 08:00"),
        ({"time": "24:00"}, "#/time", "one looks like 08:00"),
        ({"time": "08:00Z"}, "#/time", "one looks like 08:00"),
        ({"time": 28800}, "#/time", "time"),
        ({"fold": 2}, "#/fold", "0 or 1"),
        ({"work": "   "}, "#/work", "may not be blank"),
        ({"work": "x" * 4001}, "#/work", "at most 4000"),
        ({"work": "bell\u0007"}, "#/work", "U+0007"),
        ({"comments": 5}, "#/comments", "string"),
        ({"intended_next": "finalize_appointment"}, "#/intended_next", "provide_proposal"),
        ({"action": "schedule"}, "#/action", "'schedule' is none of 'create_request'"),
        ({"action": None}, "#/action", "mandatory"),
        ({"work": None}, "#/work", "this field is mandatory"),
        ({"price": None}, "#/price", "this field is mandatory"),
        ({"date": None, "time": None}, "#/time", "this field is mandatory"),
        ({"wrok": "Tyres"}, "#/wrok", "did you mean 'work'?"),
        ({"a/b~c": 1}, "#/a~1b~0c", "there is no field 'a/b~c' here"),
    ],
)
async def test_a_field_that_cannot_be_is_named(
    desk: Desk, changes: dict[str, Any], place: str, words: str
) -> None:
    heard = await desk.books(**changes)
    assert heard.status == 422, heard.text
    assert heard.headers["Content-Type"].startswith("application/problem+json")
    assert words in heard.wrong[place]
    assert place in heard.json["detail"]
    assert await nothing_was_made(desk)


async def test_the_first_hour_of_all_calendars_is_refused(desk: Desk) -> None:
    heard = await desk.books(date="0001-01-01", time="00:00")
    assert heard.status == 422
    assert "beyond" in heard.wrong["#/date"]


async def test_what_the_lifecycle_misses_is_named_like_a_field(desk: Desk) -> None:
    made = await desk.books(action="perform_pre_booking", price=None)
    heard = await desk.does("100001", made.etag, "schedule_appointment", checklist=CHECKLIST)
    assert heard.status == 422
    assert heard.wrong == {"#/price": "this field is mandatory"}


async def test_every_missing_field_is_named_at_once(desk: Desk) -> None:
    heard = await desk.ask("POST", "/v1/appointments", {"action": "create_request"})
    assert set(heard.wrong) == {"#/vin", "#/customer_id", "#/date", "#/time", "#/price", "#/work"}


async def test_a_wall_time_that_the_clocks_skip_is_refused_with_the_next_one(desk: Desk) -> None:
    # 2027-03-28: the clocks of Helsinki go forward from 03:00 to 04:00.
    heard = await desk.books(date="2027-03-28", time="03:30")
    assert heard.status == 422
    assert "the next wall time is 04:30" in heard.wrong["#/time"]
    assert await nothing_was_made(desk)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"a": 1}}',
        b'{"a": 1, "a": 2}',
        b"\xff\xfe",
        b'{"a": NaN}',
        b"[" * 30000,
        b'{"a": "\xff"}',
    ],
    ids=["empty", "cut off", "too much", "twice", "not UTF-8", "NaN", "too deep", "text not UTF-8"],
)
async def test_what_is_not_json_is_refused(desk: Desk, raw: bytes) -> None:
    heard = await desk.ask("POST", "/v1/appointments", raw=raw)
    assert heard.status == 400, heard.text
    assert "JSON" in heard.json["detail"]


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"text"', b"7"])
async def test_json_that_is_no_object_is_refused(desk: Desk, raw: bytes) -> None:
    heard = await desk.ask("POST", "/v1/customers", raw=raw)
    assert heard.status == 422
    assert "object" in heard.wrong["#"]


async def test_a_huge_body_is_refused(desk: Desk) -> None:
    heard = await desk.books(comments="x" * MOST_BYTES)
    assert heard.status == 413
    assert str(MOST_BYTES) in heard.json["detail"]


async def test_a_huge_body_of_unsaid_length_is_refused(desk: Desk) -> None:
    async def pieces() -> Any:
        for _ in range(40):
            yield b"x" * 4096

    async with desk.client.post(
        "/v1/appointments",
        data=pieces(),
        headers={"Authorization": f"Bearer {desk.token}", "Content-Type": "application/json"},
    ) as response:
        assert response.status == 413
        assert (await response.json(content_type=None))["type"] == "/problems#too-large"


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
async def test_a_body_of_another_type_is_refused(desk: Desk, kind: str) -> None:
    heard = await desk.ask("POST", "/v1/customers", {"name": "x"}, Content_Type=kind)
    assert heard.status == 415
    assert heard.headers["Accept"] == "application/json"


async def test_json_with_a_character_set_is_json(desk: Desk) -> None:
    heard = await desk.ask("POST", "/v1/customers", {}, Content_Type="application/json; charset=utf-8")
    assert heard.status == 422


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic dXNlcjpwdw==", "Bearer " + "x" * 4000]
)
async def test_without_a_good_token_nobody_is_let_in(desk: Desk, header: str) -> None:
    heard = await desk.ask("GET", "/v1/dealer", Authorization=header)
    assert heard.status == 401
    assert heard.headers["WWW-Authenticate"].startswith("Bearer")
    assert "token" in heard.json["detail"]


@pytest.mark.parametrize("header", ["x" * 201, "two\tlines"])
async def test_a_user_that_cannot_be_is_refused(desk: Desk, header: str) -> None:
    heard = await desk.ask("GET", "/v1/dealer", Sensus_User=header)
    assert heard.status == 400
    assert heard.json["errors"][0]["parameter"] == "Sensus-User"


async def test_a_path_that_leads_nowhere_is_a_problem_too(desk: Desk) -> None:
    heard = await desk.ask("GET", "/v1/nothing", documented=False)
    assert heard.status == 404
    assert heard.headers["Content-Type"].startswith("application/problem+json")
    assert heard.json["instance"] == "/v1/nothing"


async def test_a_wrong_method_is_told_the_right_ones(desk: Desk) -> None:
    heard = await desk.ask("DELETE", "/v1/appointments", documented=False)
    assert heard.status == 405
    assert heard.headers["Allow"] == "GET, POST"
    assert "GET, POST" in heard.json["detail"]


@pytest.mark.parametrize("number", ["1", "000001", "1000000", "abcdef", "%20"])
async def test_a_number_that_cannot_be_is_named(desk: Desk, number: str) -> None:
    heard = await desk.ask("GET", f"/v1/appointments/{number}")
    assert heard.status == 422
    assert "number" in heard.wrong


async def test_a_vin_in_the_path_is_checked(desk: Desk) -> None:
    heard = await desk.ask("GET", "/v1/vehicles/TOOSHORT")
    assert heard.status == 422
    assert "17 characters" in heard.wrong["vin"]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("list=everything", "list"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=1&limit=2", "limit"),
        ("lits=actions", "lits"),
        ("after=nonsense", "after"),
        ("list=actions&after=bm90aGluZw", "after"),
    ],
)
async def test_a_query_that_cannot_be_is_named(desk: Desk, query: str, place: str) -> None:
    heard = await desk.ask("GET", f"/v1/appointments?{query}")
    assert heard.status == 422, heard.text
    assert place in heard.wrong


async def test_an_unknown_query_parameter_is_told_the_nearest(desk: Desk) -> None:
    heard = await desk.ask("GET", "/v1/appointments?lits=actions")
    assert "did you mean 'list'?" in heard.wrong["lits"]


@pytest.mark.parametrize(
    ("action", "facts", "place", "words"),
    [
        ("schedule_appointment", {}, "#/checklist", "mandatory"),
        ("schedule_appointment", {"checklist": {}}, "#/checklist/parts_ready", "mandatory"),
        (
            "schedule_appointment",
            {"checklist": CHECKLIST | {"plan_secured": False}},
            "#/checklist/plan_secured",
            "it must be true",
        ),
        ("provide_proposal", {"price": PRICE}, "#/text", "mandatory"),
        ("provide_proposal", {"text": "x", "date": "2026-12-01"}, "#", "date and time belong together"),
        ("provide_proposal", {"text": "x", "date": "2026-11-01", "time": "08:00"}, "#/date", "the present"),
        ("update_appointment", {}, "#", "name what changes"),
        ("update_appointment", {"time": "08:00"}, "#", "date and time belong together"),
        ("update_appointment", {"date": "2027-03-28", "time": "03:30"}, "#/time", "04:30"),
        ("cancel_on_behalf", {"reason": ""}, "#/reason", ""),
        ("cancel_on_behalf", {"reason": "x", "no_show": "yes"}, "#/no_show", "boolean"),
        ("finalize", {}, "#/action", "'finalize' is none of"),
    ],
)
async def test_an_action_names_what_is_wrong_with_it(
    desk: Desk, action: str, facts: dict[str, Any], place: str, words: str
) -> None:
    made = await desk.books()
    heard = await desk.does("100001", made.etag, action, **facts)
    assert heard.status == 422, heard.text
    assert words in heard.wrong[place]
    assert (await desk.ask("GET", "/v1/appointments/100001")).etag == made.etag


async def test_a_customer_of_nobodys_vehicle_is_refused(desk: Desk) -> None:
    other = next(key for vin, key in desk.customers.items() if vin != MARIA)
    heard = await desk.books(customer_id=other)
    assert heard.status == 422
    assert "neither drives nor owns" in heard.wrong["#/customer_id"]


async def test_a_problem_says_no_more_than_it_should(desk: Desk) -> None:
    heard = await desk.books(vin="<script>" + "A" * 5000)
    assert len(json.dumps(heard.json)) < 1500
