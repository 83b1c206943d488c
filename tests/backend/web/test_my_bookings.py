"""An owner's appointments: read, accepted, declined, answered, cancelled; late answers are told as such."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from icalendar import Calendar

from tests.backend.web.conftest import Backend
from tests.backend.web.desk import MARIA
from tests.backend.web.my import MyVolvo, maria


@pytest.fixture
def my(backend: Backend) -> MyVolvo:
    return maria(backend)


async def test_the_link_of_a_letter_opens_all_pages(my: MyVolvo) -> None:
    assert (await my.reads("/my")).there.startswith("/my/login?next=")
    number = await my.desk.schedules()
    assert (await my.follows(number)).status == 200
    home = await my.reads("/my")
    for words in ("Hello Maria Lindholm", number, "Booked", "V60 D4", "ABC-123", "Simulated time"):
        assert words in home.words
    assert "No appointments" not in home.words
    page = await my.reads(await my.page_of(number))
    for words in (
        "Annual service",
        "Brake fluid change",
        "€389.00",
        "Bulevardi 21",
        "Cancel the appointment",
    ):
        assert words in page.words
    assert "Accept" not in page.words


async def test_an_owner_accepts_and_pressing_twice_is_no_late_answer(my: MyVolvo) -> None:
    number = await my.is_offered()
    path = await my.page_of(number)
    page = await my.reads(path)
    assert "Monday, with a loan car" in page.words
    for _ in range(2):
        sent = await my.sends(path, action="accept", ver=page.hidden("ver"))
        assert (sent.status, sent.there) == (303, f"{path}?told=accepted")
    assert await my.status_of(number) == "accepted"
    assert "You have accepted" in (await my.reads(f"{path}?told=accepted")).words
    history = (await my.desk.ask("GET", f"/v1/appointments/{number}/history")).json["entries"]
    assert [one["action"] for one in history].count("customer_accepts") == 1
    assert not any(one["late"] for one in history)


async def test_an_answer_to_an_older_proposal_is_told_as_late(my: MyVolvo) -> None:
    number = await my.is_offered()
    path = await my.page_of(number)
    old = (await my.reads(path)).hidden("ver")
    await my.desk.does(number, "*", "provide_proposal", date="2026-12-01", time="09:00", text="Or Tuesday")
    sent = await my.sends(path, action="accept", ver=old)
    assert sent.there == f"{path}?told=late"
    assert "came too late" in (await my.reads(sent.there)).words
    assert await my.status_of(number) == "proposed"
    history = (await my.desk.ask("GET", f"/v1/appointments/{number}/history")).json["entries"]
    assert history[-1]["late"]


async def test_an_owner_sends_a_new_proposal(my: MyVolvo) -> None:
    number = await my.is_offered()
    path = f"{await my.page_of(number)}/proposal"
    form = await my.reads(path)
    assert "Which days would suit you better?" in form.words
    ver = form.hidden("ver")
    bad = await my.sends(path, ver=ver, day1="2026-02-31", half1="noon", day2="2026-11-26", half2="morning")
    assert bad.status == 422
    assert "This is no day" in bad.words
    assert "Please choose one of those offered" in bad.words
    assert "Please choose a day after today" in bad.words
    assert 'value="2026-02-31"' in bad.text
    far = await my.sends(path, ver=ver, day1="2036-12-01", half1="morning", day2="", half2="morning")
    assert "too far ahead" in far.words
    same = {"day1": "2026-12-01", "half1": "morning", "day2": "2026-12-01", "half2": "morning"}
    assert "another day or time of day" in (await my.sends(path, ver=ver, **same)).words
    assert "Please fill this in" in (await my.sends(path, ver=ver)).words
    days = {"day1": "2026-12-01", "half1": "morning", "day2": "2026-12-02", "half2": "afternoon"}
    sent = await my.sends(path, ver=ver, text="After school, please", **days)
    assert sent.there.endswith("?told=proposed")
    known = (await my.desk.ask("GET", f"/v1/appointments/{number}")).json
    assert known["status"] == "requested"
    assert [slot["day"] for slot in known["wanted"]["slots"]] == ["2026-12-01", "2026-12-02"]
    assert known["wanted"]["text"] == "After school, please"
    page = await my.reads(await my.page_of(number))
    assert "Wednesday, 2 December 2026, afternoon" in page.words
    assert (await my.reads(path)).status == 303
    again = await my.sends(path, ver=ver, text="After school, please", **days)
    assert again.there.endswith("?told=proposed")


async def test_an_owner_declines_what_was_seen_and_nothing_newer(my: MyVolvo) -> None:
    number = await my.is_offered()
    path = f"{await my.page_of(number)}/cancel"
    form = await my.reads(path)
    assert "Decline this proposal?" in form.words
    ver = form.hidden("ver")
    await my.desk.does(number, "*", "provide_proposal", date="2026-12-01", time="09:00", text="Or Tuesday")
    assert (await my.sends(path, ver=ver, reason="")).there.endswith("?told=late")
    ver = (await my.reads(path)).hidden("ver")
    assert (await my.sends(path, ver=ver, reason="Too dear")).there.endswith("?told=cancelled")
    assert await my.status_of(number) == "cancelled"
    assert "Too dear" in (await my.reads(await my.page_of(number))).words


async def test_an_owner_answers_an_inquiry_and_the_entry_is_kept_if_it_is_wrong(my: MyVolvo) -> None:
    number = await my.is_asked()
    path = await my.page_of(number)
    page = await my.reads(path)
    assert "Winter tyres too?" in page.words
    ver = page.hidden("ver")
    for wrong, words in (("", "fill this in"), ("x" * 4001, "At most 4000"), ("a\x00b", "cannot be sent")):
        heard = await my.sends(path, action="answer", ver=ver, answer=wrong)
        assert heard.status == 422
        assert words in heard.words
        assert "Not saved." in heard.words
    kept = await my.sends(path, action="answer", ver=ver, answer="<script>alert(1)</script>\x07")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in kept.text
    for _ in range(2):
        sent = await my.sends(path, action="answer", ver=ver, answer="Yes\r\nplease")
        assert sent.there.endswith("?told=answered")
    assert (await my.desk.ask("GET", f"/v1/appointments/{number}")).json["answer"] == "Yes\nplease"
    assert (await my.sends(path, action="answer", ver=ver, answer="No")).there.endswith("?told=late")


async def test_an_owner_cancels_after_a_second_question(my: MyVolvo) -> None:
    number = await my.desk.schedules()
    await my.follows(number)
    path = f"{await my.page_of(number)}/cancel"
    form = await my.reads(path)
    assert "Cancel this appointment?" in form.words
    assert await my.status_of(number) == "confirmed"
    bad = await my.sends(path, ver="", reason="\x01")
    assert bad.status == 422
    for _ in range(2):
        sent = await my.sends(path, ver=form.hidden("ver"), reason="Ill")
        assert sent.there.endswith("?told=cancelled")
    assert await my.status_of(number) == "cancelled"
    assert (await my.reads(path)).status == 303
    home = await my.reads("/my")
    assert "Earlier" in home.words
    assert "No appointments" in home.words


async def test_the_calendar_file_keeps_its_uid_and_its_sequence_rises(my: MyVolvo) -> None:
    number = await my.desk.schedules()
    await my.follows(number)
    path = f"{await my.page_of(number)}/calendar.ics"
    first = await my.reads(path)
    assert first.headers["Content-Type"].startswith("text/calendar")
    assert f'filename="appointment-{number}.ics"' in first.headers["Content-Disposition"]
    await my.desk.does(number, "*", "update_appointment", date="2026-12-01", time="09:00")
    moved = await my.reads(path)
    before: Any = Calendar.from_ical(first.text).walk("VEVENT")[0]
    after: Any = Calendar.from_ical(moved.text).walk("VEVENT")[0]
    assert before["uid"] == after["uid"]
    assert before["sequence"] < after["sequence"]
    await my.desk.does(number, "*", "cancel_on_behalf", reason="Flood")
    gone = Calendar.from_ical((await my.reads(path)).text)
    assert gone["method"] == "CANCEL"
    offered = await my.is_offered()
    assert (await my.reads(f"{await my.page_of(offered)}/calendar.ics")).status == 404


async def test_nobody_elses_appointment_is_there(my: MyVolvo) -> None:
    number = await my.desk.schedules()
    await my.follows(number)
    vin = next(one for one in my.desk.customers if one != MARIA)
    other = (await my.desk.books(vin=vin)).json["id"]
    for path in (other, str(uuid4()), "nonsense"):
        for more in ("", "/cancel", "/proposal", "/calendar.ics"):
            heard = await my.reads(f"/my/appointments/{path}{more}")
            assert heard.status == 404
            assert "We cannot find this page" in heard.words
    assert (await my.sends(f"/my/appointments/{other}/cancel", ver="", reason="")).status == 404


async def test_after_the_sale_the_old_owner_sees_nothing_of_the_car(my: MyVolvo) -> None:
    number = await my.desk.schedules()
    await my.follows(number)
    path = await my.page_of(number)
    new = next(key for vin, key in my.desk.customers.items() if vin != MARIA)
    await my.desk.ask("POST", f"/v1/vehicles/{MARIA}/owner", {"new_owner": new, "keep_appointments": True})
    for gone in (path, f"{path}/cancel", f"{path}/calendar.ics", f"/my/cars/{MARIA}"):
        assert (await my.reads(gone)).status == 404
    assert (await my.follows(number)).status == 404
    home = await my.reads("/my")
    assert number not in home.words
    assert "ABC-123" not in home.words


async def test_another_sites_form_changes_nothing(my: MyVolvo) -> None:
    number = await my.desk.schedules()
    await my.follows(number)
    path = f"{await my.page_of(number)}/cancel"
    assert (await my.sends(path, {"Sec-Fetch-Site": "cross-site"}, ver="", reason="")).status == 403
    assert await my.status_of(number) == "confirmed"


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", ["Annehmen", "Ablehnen", "Vorschlag"]), ("sv", ["Acceptera", "Tacka nej", "Förslag"])],
)
async def test_the_pages_speak_the_owners_language(my: MyVolvo, language: str, words: list[str]) -> None:
    number = await my.is_offered()
    await my.desk.ask("PATCH", f"/v1/customers/{my.customer}", {"language": language}, If_Match="*")
    page = await my.reads(await my.page_of(number))
    assert f'<html lang="{language}">' in page.text
    for one in words:
        assert one in page.words
    for path in ("/my", "/my/request", "/my/settings", f"/my/cars/{MARIA}"):
        read = await my.reads(path)
        assert read.status == 200
        assert not re.search(r"[a-z]+\.[a-z]+_?[a-z]* <", read.words)


async def test_earlier_appointments_are_a_page_further(my: MyVolvo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.web.my.booking._VISITS", 2)
    numbers = [await my.desk.schedules() for _ in range(3)]
    await my.follows(numbers[0])
    await my.desk.does(numbers[2], "*", "cancel_on_behalf", reason="Sold")
    seen: list[str] = []
    path = "/my"
    while path:
        page = await my.reads(path)
        shown = [number for number in numbers if f"Appointment ID {number}" in page.words]
        assert 0 < len(shown) <= 2
        seen += shown
        assert ("Request an appointment" in page.words, "To the latest" in page.words) == (
            (True, False) if path == "/my" else (False, True)
        )
        onward = re.search(r'href="(/my\?after=[^"]+)"', page.text)
        path = unescape(onward.group(1)) if onward else ""
    assert sorted(seen) == numbers
    assert (await my.reads("/my?after=nonsense")).there == "/my"
