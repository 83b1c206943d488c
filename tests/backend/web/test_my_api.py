"""The owner's API: the same words as the pages, by a session's token or a browser's cookie."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from typing import Any
from uuid import uuid4

import pytest

from tests.backend.web.conftest import Backend
from tests.backend.web.desk import MARIA, Desk, Heard
from tests.backend.web.my import MyVolvo, maria

SLOTS = [{"day": "2026-12-01", "half": "morning"}]


class Program:
    """A program of Maria's, signed in by a code."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.desk = backend.desks[0]
        self.token = ""

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Heard:
        sent: dict[str, Any] = {"Authorization": f"Bearer {self.token}" if self.token else "", **headers}
        return await Desk.ask(self.desk, method, path, body, **sent)

    async def code(self, email: str = "maria.lindholm@example.com") -> tuple[str, str]:
        asked = await self.ask("POST", "/v1/my/codes", {"email": email})
        assert asked.status == 202, asked.text
        await self.desk.settles()
        for path in sorted(self.backend.mailbox.folder.glob("*.eml"), reverse=True):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            if message["X-Sensus-Letter"] == "code":
                body = message.get_body(("plain",))
                assert body is not None
                found = re.search(r"\d{4} \d{4}", str(body.get_content()))
                assert found is not None
                return asked.json["ask"], found.group()
        raise AssertionError("no code came")

    async def signs_in(self) -> None:
        ask, code = await self.code()
        opened = await self.ask("POST", "/v1/my/sessions", {"ask": ask, "code": code})
        assert opened.status == 200, opened.text
        self.token = opened.json["token"]


@pytest.fixture
async def program(backend: Backend) -> Program:
    made = Program(backend)
    await made.signs_in()
    return made


async def wish(program: Program) -> dict[str, Any]:
    """Return what Maria would ask her workshop for."""
    dealers = (await program.ask("GET", "/v1/my/dealers")).json["dealers"]
    return {
        "id": str(uuid4()),
        "vin": MARIA,
        "dealer_id": next(one["id"] for one in dealers if "Nordvik" in one["name"]),
        "text": "It squeaks",
        "slots": SLOTS,
        "odometer_km": 81234,
    }


async def test_a_code_opens_a_session_that_can_be_ended(program: Program) -> None:
    assert (await program.ask("GET", "/v1/my")).json["name"] == "Maria Lindholm"
    assert (await program.ask("DELETE", "/v1/my/session")).status == 204
    assert (await program.ask("GET", "/v1/my")).status == 401
    program.token = ""
    wrong = await program.ask("POST", "/v1/my/sessions", {"ask": "x", "code": "0000 0000"})
    assert wrong.status == 422
    assert "#/code" in wrong.wrong
    nobody = await program.ask("GET", "/v1/my", Authorization="Basic x")
    assert nobody.status == 401
    assert "my-volvo" in nobody.headers["WWW-Authenticate"]


async def test_who_asks_too_often_has_to_wait(program: Program) -> None:
    program.token = ""
    answers = [
        (await program.ask("POST", "/v1/my/codes", {"email": "maria.lindholm@example.com"})).status
        for _ in range(12)
    ]
    assert answers[-1] == 429
    tries = [
        (await program.ask("POST", "/v1/my/sessions", {"ask": "x", "code": "1"})).status for _ in range(40)
    ]
    assert tries[-1] == 429


async def test_settings_have_a_version(program: Program) -> None:
    known = await program.ask("GET", "/v1/my")
    assert [car["vin"] for car in known.json["vehicles"]] == [MARIA]
    other = (await program.ask("GET", "/v1/my/dealers")).json["dealers"][0]["id"]
    change = {"reminder_days": 1, "language": "sv", "preferred_dealer_id": other}
    changed = await program.ask("PATCH", "/v1/my", change, If_Match=known.etag)
    assert {name: changed.json[name] for name in change} == change
    stale = await program.ask("PATCH", "/v1/my", {"reminder_days": 2}, If_Match=known.etag)
    assert stale.status == 412
    assert stale.json["current"]["reminder_days"] == 1
    none = await program.ask("PATCH", "/v1/my", {"preferred_dealer_id": None}, If_Match=changed.etag)
    assert none.json["preferred_dealer_id"] is None
    assert none.json["reminder_days"] == 1
    assert (await program.ask("PATCH", "/v1/my", {"reminder_days": 5}, If_Match="*")).status == 422
    assert (await program.ask("PATCH", "/v1/my", {}, If_Match="*")).status == 422
    assert (await program.ask("PATCH", "/v1/my", {"reminder_days": 2})).status == 428
    unknown = {"preferred_dealer_id": str(uuid4())}
    assert (await program.ask("PATCH", "/v1/my", unknown, If_Match="*")).status == 422


async def test_a_request_with_the_same_id_is_the_same_appointment(program: Program) -> None:
    body = await wish(program)
    first = await program.ask("POST", "/v1/my/appointments", body)
    again = await program.ask("POST", "/v1/my/appointments", body)
    assert (first.status, again.json["number"]) == (201, first.json["number"])
    assert first.json["actions"] == ["cancel"]
    assert (await program.ask("GET", first.headers["Location"])).json["wanted"]["text"] == "It squeaks"
    assert len((await program.ask("GET", "/v1/my/appointments")).json["appointments"]) == 1
    for change, place in (
        ({"vin": next(one for one in program.desk.customers if one != MARIA)}, "#/vin"),
        ({"dealer_id": str(uuid4())}, "#/dealer_id"),
        ({"slots": [{"day": "2026-02-31", "half": "morning"}]}, "#/slots/0/day"),
        ({"slots": [*SLOTS, {"day": "2026-11-01", "half": "morning"}]}, "#/slots/1/day"),
        ({"slots": []}, "#/slots"),
        ({"text": " "}, "#/text"),
    ):
        wrong = await program.ask("POST", "/v1/my/appointments", body | {"id": str(uuid4())} | change)
        assert wrong.status == 422
        assert place in wrong.wrong
    vin = next(one for one in program.desk.customers if one != MARIA)
    taken = (await program.desk.books(vin=vin)).json["id"]
    assert (await program.ask("POST", "/v1/my/appointments", body | {"id": taken})).status == 409


async def test_an_owner_answers_by_program_and_hears_what_was_too_late(program: Program) -> None:
    my = MyVolvo(program.backend, program.desk, program.desk.customers[MARIA])

    async def says(number: str, **body: Any) -> Heard:
        path = f"/v1/my/appointments/{await my.id_of(number)}/answers"
        return await program.ask("POST", path, body)

    offered = await my.is_offered()
    known = await program.ask("GET", f"/v1/my/appointments/{await my.id_of(offered)}")
    assert set(known.json["actions"]) == {"accept", "decline", "send_new_proposal", "cancel"}
    assert known.json["work"] == "Annual service\nBrake fluid change"
    assert (known.json["date"], known.json["time"]) == ("2026-11-30", "08:00")
    late = await says(offered, action="accept", proposal_version=7)
    assert (late.json["late"], late.json["appointment"]["status"]) == (True, "proposed")
    past = {"slots": [{"day": "2026-11-01", "half": "morning"}]}
    assert (await says(offered, action="send_new_proposal", proposal_version=1, **past)).status == 422
    new = await says(offered, action="send_new_proposal", proposal_version=1, slots=SLOTS, text="Later")
    assert (new.json["late"], new.json["appointment"]["status"]) == (False, "requested")
    accepted = await says(await my.is_offered(), action="accept", proposal_version=1)
    assert accepted.json["appointment"]["status"] == "accepted"
    declined = await says(await my.is_offered(), action="decline", proposal_version=1, reason="Too dear")
    assert declined.json["appointment"]["cancel_reason"] == "Too dear"
    asked = await my.is_asked()
    answered = await says(asked, action="answer_inquiry", inquiry_version=1, text="Yes")
    assert answered.json["appointment"]["answer"] == "Yes"
    gone = await says(asked, action="cancel")
    assert gone.json["appointment"]["status"] == "cancelled"
    unknown = f"/v1/my/appointments/{uuid4()}/answers"
    assert (await program.ask("POST", unknown, {"action": "cancel"})).status == 404


async def test_calendar_and_car_are_there_for_programs_too(program: Program) -> None:
    my = MyVolvo(program.backend, program.desk, program.desk.customers[MARIA])
    booked, offered = await program.desk.schedules(), await my.is_offered()
    there = await program.ask("GET", f"/v1/my/appointments/{await my.id_of(booked)}/calendar.ics")
    assert there.text.startswith("BEGIN:VCALENDAR")
    none = await program.ask("GET", f"/v1/my/appointments/{await my.id_of(offered)}/calendar.ics")
    assert none.status == 404
    shown = await program.ask("GET", f"/v1/my/vehicles/{MARIA}/shown")
    assert {one["kind"] for one in shown.json["items"]} >= {"booking", "reminder", "proposal"}
    other = next(one for one in program.desk.customers if one != MARIA)
    assert (await program.ask("GET", f"/v1/my/vehicles/{other}/shown")).status == 404


async def test_a_browsers_cookie_works_for_our_own_pages_alone(backend: Backend) -> None:
    my = maria(backend)
    await my.follows(await my.desk.schedules())
    assert (await my.desk.ask("GET", "/v1/my", Authorization="")).status == 200
    change = {"reminder_days": 2}
    foreigners: list[dict[str, Any]] = [
        {},
        {"Sec_Fetch_Site": "cross-site"},
        {"Origin": "http://evil.example"},
    ]
    for foreign in foreigners:
        heard = await my.desk.ask("PATCH", "/v1/my", change, Authorization="", If_Match="*", **foreign)
        assert heard.status == 403
    heard = await my.desk.ask(
        "PATCH", "/v1/my", change, Authorization="", If_Match="*", Sec_Fetch_Site="same-origin"
    )
    assert heard.json["reminder_days"] == 2
    # A token beside the cookie is judged alone: a dealer's is none of an owner's.
    assert (await my.desk.ask("GET", "/v1/my")).status == 401


async def test_a_program_reads_all_appointments_page_by_page(program: Program) -> None:
    dated = [await program.desk.schedules() for _ in range(3)]
    asked = [await program.ask("POST", "/v1/my/appointments", await wish(program)) for _ in range(2)]
    seen: list[str] = []
    path = "/v1/my/appointments?limit=1"
    while path:
        heard = await program.ask("GET", path)
        [only] = heard.json["appointments"]
        seen.append(only["number"])
        after = heard.json["after"]
        path = f"/v1/my/appointments?limit=1&after={after}" if after else ""
        assert (f'after={after}>; rel="next"' in heard.headers.get("Link", "")) is bool(after)
    # What has no date yet comes first.
    assert sorted(seen[:2]) == sorted(heard.json["number"] for heard in asked)
    assert sorted(seen[2:]) == sorted(dated)
    withdrawn = asked[0].json["number"]
    await program.ask("POST", f"/v1/my/appointments/{asked[0].json['id']}/answers", {"action": "cancel"})
    heard = await program.ask("GET", "/v1/my/appointments")
    assert [one["number"] for one in heard.json["appointments"]][-1] == withdrawn
    assert (await program.ask("GET", "/v1/my/appointments?after=nonsense")).status == 422
