"""What an owner sets and asks for on My Volvo, and what the car is told to show."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from backend.appointment import Market
from backend.receipts import Progress, Stuck, Why
from backend.service.delivery import ItemDelivery
from backend.web.my import car
from backend.web.my.forms import Reading
from backend.web.reader import Reader, phrases
from protocol.language import Language
from protocol.messages import Revision
from protocol.reasons import Reason
from tests.backend.web.conftest import Backend
from tests.backend.web.desk import MARIA
from tests.backend.web.my import MyVolvo, maria


@pytest.fixture
async def my(backend: Backend) -> MyVolvo:
    mine = maria(backend)
    await mine.follows(await mine.desk.schedules())
    return mine


def wish(page: Any, **changes: str) -> dict[str, str]:
    form = {
        "id": page.hidden("id"),
        "vin": MARIA,
        "dealer": re.findall(r'<option value="([0-9a-f-]{36})" selected', page.text)[0],
        "text": "Annual service, and the brakes squeak",
        "day1": "2026-12-01",
        "half1": "morning",
        "day2": "2026-12-03",
        "half2": "afternoon",
        "mileage": "81 234",
    }
    return form | changes


async def test_an_owner_asks_for_an_appointment_once_however_often_the_form_is_sent(my: MyVolvo) -> None:
    page = await my.reads("/my/request")
    form = wish(page)
    first, second = await my.sends("/my/request", **form), await my.sends("/my/request", **form)
    assert first.status == 303
    assert first.there == second.there
    assert "Your request is with the workshop" in (await my.reads(first.there)).words
    known = (await my.desk.ask("GET", "/v1/appointments?list=actions")).json["appointments"]
    [asked] = [one["appointment"] for one in known if one["appointment"]["origin"] == "customer"]
    assert asked["odometer_km"] == 81234
    assert asked["wanted"]["text"] == "Annual service, and the brakes squeak"
    assert [(slot["day"], slot["half"]) for slot in asked["wanted"]["slots"]] == [
        ("2026-12-01", "morning"),
        ("2026-12-03", "afternoon"),
    ]
    assert asked["health"] is None
    told = (await my.desk.ask("GET", f"/v1/appointments/{asked['number']}/delivery")).json["letters"]
    assert [one["kind"] for one in told] == ["request_received"]
    assert "Not agreed yet" in (await my.reads("/my")).words


async def test_every_field_of_a_request_is_checked_by_name_and_kept(my: MyVolvo) -> None:
    page = await my.reads("/my/request")
    bad = {"vin": "x", "dealer": "x", "text": " ", "day1": "", "day2": "soon", "mileage": "far", "half2": "x"}
    heard = await my.sends("/my/request", **wish(page, **bad))
    assert heard.status == 422
    for field in ("vin", "dealer", "text", "day1", "day2", "mileage"):
        assert f'id="{field}-wrong"' in heard.text
    assert 'value="far"' in heard.text
    assert (await my.sends("/my/request", **wish(page, mileage=""))).status == 422
    assert (await my.sends("/my/request", **wish(page, mileage="12345678"))).status == 422


async def test_an_id_of_somebody_elses_appointment_is_not_taken(my: MyVolvo) -> None:
    vin = next(one for one in my.desk.customers if one != MARIA)
    other = (await my.desk.books(vin=vin)).json["id"]
    page = await my.reads("/my/request")
    heard = await my.sends("/my/request", **wish(page, id=other))
    assert heard.status == 422
    assert "send it once more" in heard.words
    assert heard.hidden("id") != other


def test_miles_are_kept_as_kilometres() -> None:
    reading = Reading({"mileage": "50,000"})
    assert reading.mileage("mileage", "mi") == 80467
    assert not reading.wrong


async def test_settings_are_kept_and_a_change_elsewhere_is_shown(my: MyVolvo) -> None:
    page = await my.reads("/my/settings")
    version = page.hidden("version")
    other = re.findall(r'<option value="([0-9a-f-]{36})"', page.text)[-1]
    form = {"language": "de", "reminder_days": "1", "dealer": other}
    sent = await my.sends("/my/settings", version=version, **form)
    assert sent.there == "/my/settings?told=saved"
    saved = await my.reads(sent.there)
    assert "Gespeichert." in saved.words
    assert re.search(r'value="1" checked', saved.text)
    stale = await my.sends("/my/settings", version=version, **form | {"reminder_days": "4", "dealer": "none"})
    assert stale.status == 409
    assert "inzwischen anderswo" in stale.words
    assert re.search(r'value="4" checked', stale.text)
    assert "1 Tag vorher" in stale.words
    again = await my.sends(
        "/my/settings", version=stale.hidden("version"), **form | {"reminder_days": "4", "dealer": "none"}
    )
    assert again.status == 303
    bad = await my.sends("/my/settings", version="x", language="fi", reminder_days="5", dealer="mine")
    assert bad.status == 422
    assert bad.text.count("Bitte wählen Sie aus den Angeboten") == 6
    home = await my.reads("/my/request")
    assert "Bitte wählen" in home.words


async def test_another_number_of_days_moves_the_reminder(my: MyVolvo, backend: Backend) -> None:
    version = (await my.reads("/my/settings")).hidden("version")
    due = (await backend.client.get("/sim/clock")).json()
    before = (await due)["next_due"]
    await my.sends("/my/settings", version=version, language="en", reminder_days="1", dealer="none")
    await my.desk.settles()
    after = (await (await backend.client.get("/sim/clock")).json())["next_due"]
    assert before != after
    assert after.startswith("2026-11-29T06:00")


async def test_what_the_car_shows_is_told_with_what_it_waits_for(my: MyVolvo) -> None:
    await my.desk.settles()
    page = await my.reads(f"/my/cars/{MARIA}")
    for words in (
        "Booking",
        "Reminder",
        "Reminder on the day",
        "Sent to the car",
        "Waits until the car is connected",
    ):
        assert words in page.words
    assert "has not taken anything in yet" in page.words
    assert (await my.reads("/my/cars/nonsense")).status == 404
    unknown = next(one for one in my.desk.customers if one != MARIA)
    assert (await my.reads(f"/my/cars/{unknown}")).status == 404


@pytest.mark.parametrize("language", list(Language))
def test_every_reason_and_every_step_has_words(language: Language) -> None:
    say = phrases("owner", language)
    for stuck in Stuck:
        assert say(f"waits.{stuck.value}", due="then")
    for reason in Reason:
        assert say(f"held.{reason.value}")


async def test_a_broken_form_is_refused(my: MyVolvo) -> None:
    heard = await my._ask(
        "POST",
        "/my/settings",
        b"x",
        {"Sec-Fetch-Site": "same-origin", "Content-Type": "multipart/form-data"},
    )
    assert heard.status == 400


def test_late_answers_and_what_holds_an_item_back_are_told_as_such() -> None:
    at = datetime(2026, 11, 26, 7, tzinfo=UTC)
    progress = Progress(
        uuid4(), 1, Revision(1, 1), published_at=at, received_at=at, shown_at=at, refused="full"
    )
    told = ItemDelivery(
        kind="proposal",
        appointment_id=uuid4(),
        show_from=at,
        show_until=at,
        current=True,
        progress=progress,
        why=Why(Stuck.HELD_BACK, at, (Reason.NOTIFICATIONS_OFF,)),
        late=("accepted",),
        late_at=(at,),
    )
    reader = Reader(phrases("owner", Language.ENGLISH), Market(), at)
    shown = car.shown(told, {}, reader)
    assert [step.words for step in shown.steps] == [
        "Sent to the car",
        "Received by the car",
        "Shown",
        "The navigation did not take it",
        "Accepted, but too late to count",
    ]
    assert shown.waits == "Held back by the car"
    assert shown.reasons == ("Display notifications is switched off",)
    assert (shown.number, shown.address) == ("", "")
    parked = replace(told, why=Why(Stuck.HELD_BACK, at, (Reason.ENGINE_NOT_RUNNING,)))
    shown = car.shown(parked, {}, reader)
    assert (shown.waits, shown.reasons) == ("Waits for the next engine start", ())
    early = replace(told, why=Why(Stuck.HELD_BACK, at, (Reason.NOT_YET, Reason.ENGINE_NOT_RUNNING)))
    assert car.shown(early, {}, reader).waits == "Comes on Thu 26 Nov, 09:00"
