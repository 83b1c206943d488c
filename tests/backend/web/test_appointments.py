"""The dealer's appointments over HTTP, from the request to the look back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.backend.web.desk import CHECKLIST, MARIA, PRICE, Desk


async def numbers(desk: Desk, listing: str) -> list[str]:
    heard = await desk.ask("GET", f"/v1/appointments?list={listing}")
    return [row["appointment"]["number"] for row in heard.json["appointments"]]


async def test_a_request_is_listed_in_actions(desk: Desk) -> None:
    desk.headers["Sensus-User"] = "Aino Väre"
    made = await desk.books(comments="Waits for the car")
    assert made.status == 201
    assert made.headers["Location"] == "/v1/appointments/100001"
    assert made.etag.startswith('"1-')
    told = made.json
    assert told["status"] == "requested"
    assert told["lists"] == ["actions"]
    assert told["starts_at"] == "2026-11-30T08:00:00+02:00"
    assert (told["date"], told["time"], told["zone"]) == ("2026-11-30", "08:00", "Europe/Helsinki")
    assert told["price"] == PRICE
    assert told["intended_next"] == "schedule_appointment"
    assert told["odometer_km"] == 87412
    assert told["last_edited_by"] == "Aino Väre"
    assert "schedule_appointment" in told["actions"]
    heard = await desk.ask("GET", "/v1/appointments?list=actions")
    (row,) = heard.json["appointments"]
    assert row["customer"]["name"] == "Maria Lindholm"
    assert row["vehicle"] == {"vin": MARIA, "model": "V60 D4", "year": 2014, "plate": "ABC-123"}
    assert row["due_at"] is not None
    assert not row["overdue"]
    assert heard.json["counts"] == {"actions": 1, "escalated": 0, "pending": 0, "planned": 0}


async def test_scheduling_moves_it_to_planned_and_finalizing_out_of_it(desk: Desk) -> None:
    number = await desk.schedules()
    assert await numbers(desk, "actions") == []
    assert await numbers(desk, "planned") == [number]
    done = await desk.does(number, "*", "finalize_appointment")
    assert done.json["status"] == "closed"
    assert await numbers(desk, "planned") == []
    everything = await desk.ask("GET", "/v1/appointments")
    assert [row["appointment"]["number"] for row in everything.json["appointments"]] == [number]


async def test_the_history_shows_it_as_it_looked(desk: Desk) -> None:
    number = await desk.schedules()
    await desk.does(number, "*", "update_appointment", date="2026-12-01", time="10:30", work="Tyres")
    history = (await desk.ask("GET", f"/v1/appointments/{number}/history")).json["entries"]
    assert [entry["action"] for entry in history] == [
        "create_request",
        "schedule_appointment",
        "update_appointment",
    ]
    assert [entry["appointment"]["status"] for entry in history] == ["requested", "confirmed", "confirmed"]
    second = (await desk.ask("GET", f"/v1/appointments/{number}/history/2")).json
    assert second == history[1]
    assert second["appointment"]["date"] == "2026-11-30"
    assert second["appointment"]["work"] == "Annual service\nBrake fluid change"
    assert second["appointment"]["lists"] is None
    missing = await desk.ask("GET", f"/v1/appointments/{number}/history/9")
    assert missing.status == 404
    overview = (await desk.ask("GET", f"/v1/vehicles/{MARIA}/appointments")).json["appointments"]
    assert [one["number"] for one in overview] == [number]


async def test_a_proposal_is_pending_and_can_be_given_again(desk: Desk) -> None:
    number = (await desk.books()).json["number"]
    first = await desk.does(
        number, "*", "provide_proposal", date="2026-12-02", time="09:00", price=PRICE, text="Wednesday?"
    )
    assert first.json["status"] == "proposed"
    assert await numbers(desk, "pending") == [number]
    again = await desk.does(number, first.etag, "provide_proposal", text="The same, with a loan car")
    assert again.json["date"] == "2026-12-02"
    assert again.json["proposal_text"] == "The same, with a loan car"


async def test_a_question_is_pending_and_a_cancellation_leaves_all_lists(desk: Desk) -> None:
    number = (await desk.books()).json["number"]
    asked = await desk.does(number, "*", "request_information", text="Winter tyres too?")
    assert asked.json["status"] == "inquiry"
    assert asked.json["question"] == "Winter tyres too?"
    gone = await desk.does(number, asked.etag, "cancel_on_behalf", reason="Sold the car")
    assert gone.json["status"] == "cancelled"
    assert gone.json["lists"] == []
    assert gone.json["cancel_reason"] == "Sold the car"


async def test_a_pre_booking_far_ahead_is_planned(desk: Desk) -> None:
    made = await desk.books(action="perform_pre_booking", date="2027-05-03", price=None)
    assert made.json["status"] == "pre_booked"
    assert made.json["price"] is None
    assert await numbers(desk, "planned") == [made.json["number"]]


@pytest.mark.parametrize(
    ("action", "facts"),
    [
        ("finalize_appointment", {}),
        ("acknowledge_cancellation", {}),
        ("confirm_appointment", {"checklist": CHECKLIST}),
        ("update_appointment", {"comments": ""}),
    ],
)
async def test_what_the_status_does_not_allow_is_a_conflict(
    desk: Desk, action: str, facts: dict[str, Any]
) -> None:
    made = await desk.books()
    heard = await desk.does(made.json["number"], made.etag, action, **facts)
    assert heard.status == 409
    assert heard.json["present_status"] == "requested"
    assert "schedule_appointment" in heard.json["allowed"]
    after = await desk.ask("GET", "/v1/appointments/100001")
    assert after.json == made.json


async def test_a_no_show_before_the_time_is_a_conflict(desk: Desk) -> None:
    number = await desk.schedules()
    heard = await desk.does(number, "*", "cancel_on_behalf", reason="Nobody came", no_show=True)
    assert heard.status == 409
    assert "no-show" in heard.json["detail"]


async def test_another_dealers_appointment_does_not_exist(desk: Desk, other_desk: Desk) -> None:
    number = await desk.schedules()
    for path in ("", "/history", "/history/1", "/delivery"):
        heard = await other_desk.ask("GET", f"/v1/appointments/{number}{path}")
        assert heard.status == 404
        assert heard.json["type"] == "/problems#not-found"
    acted = await other_desk.does(number, "*", "finalize_appointment")
    assert acted.status == 404
    assert (await other_desk.ask("GET", "/v1/appointments")).json["appointments"] == []


async def test_the_second_of_two_equal_wall_times_can_be_meant(desk: Desk) -> None:
    # 2027-10-31: the clocks of Helsinki go back from 04:00 to 03:00.
    first = await desk.books(date="2027-10-31", time="03:30")
    second = await desk.books(date="2027-10-31", time="03:30", fold=1)
    assert datetime.fromisoformat(first.json["starts_at"]) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert datetime.fromisoformat(second.json["starts_at"]) == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


async def test_delivery_tells_how_far_it_came(desk: Desk) -> None:
    number = await desk.schedules()
    await desk.settles()
    told = (await desk.ask("GET", f"/v1/appointments/{number}/delivery")).json
    booking = next(item for item in told["items"] if item["kind"] == "booking")
    assert booking["stage"] == "published"
    assert booking["why"] == "car_offline"
    assert booking["announce"]
    (letter,) = [letter for letter in told["letters"] if letter["kind"] == "booking"]
    assert letter["sent_at"] is not None
    car = (await desk.ask("GET", f"/v1/vehicles/{MARIA}/delivery")).json
    assert car["published"]
    assert not car["in_step"]
    assert not car["online"]
    assert car["wanted"]["rev"] > 0
