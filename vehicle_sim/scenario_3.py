"""Scenario 3, from the phone call to the finished repair, as eleven acts of the people around it.

Every act says what is done and what is expected; what is seen is written down while it is played.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from protocol.clock import until
from vehicle_sim.cast import VIN, Cast
from vehicle_sim.people import TICKED
from vehicle_sim.witness import Exhibit, Refusal

CALL: Final = "2026-11-26T15:58:00+02:00"
"""Maria Lindholm phones the workshop, a Thursday afternoon in Helsinki."""
DAY: Final = "2026-11-30"
KAMPPI: Final = {"latitude": 60.16899, "longitude": 24.93615}
WORK: Final = "Service 90,000 km\nBrake fluid change\nReplace wiper blades"


@dataclass(frozen=True, slots=True)
class Act:
    """One row of the story before it is played."""

    title: str
    done: str
    expected: str
    play: Callable[[Cast], Awaitable[None]]


def _act(title: str, *, done: str, expected: str) -> Callable[[Callable[[Cast], Awaitable[None]]], Act]:
    return lambda play: Act(title, done, expected, play)


async def _popped_up(cast: Cast, kind: str) -> bool:
    return bool((await cast.driver.looks())["pop_up"] == kind)


def _first(words: str, most: int = 5) -> str:
    return " · ".join(words.splitlines()[:most])


@_act(
    "The dealer picks the customer",
    done="Workshop Customers, then an exact search by VIN; a new customer is added too.",
    expected="Maria Lindholm is found both ways; the new customer exists.",
)
async def _pick_the_customer(cast: Cast) -> None:
    plain = await cast.dealer.asks("GET", "/v1/customers?mine=true")
    mine = {line["customer"]["name"]: line for line in plain["customers"]}
    cast.expect("Maria Lindholm" in mine, f"Workshop Customers (mine) lists {', '.join(mine)}.")
    cast.customer = mine["Maria Lindholm"]["customer"]["id"]
    page = await cast.advisor.opens("/desk/customers", "Workshop Customers")
    cast.expect("Maria Lindholm" in page, "The desk lists her, too.")
    found = await cast.dealer.asks("GET", f"/v1/search?vin={VIN}")
    names = {find["customer"]["name"] for find in found["found"] if find["customer"]}
    cast.expect(names == {"Maria Lindholm"}, f"An exact search for the VIN finds {', '.join(names)}.")
    added = await cast.dealer.asks(
        "POST",
        "/v1/customers",
        {"name": "Oskar Ekberg", "email": "oskar.ekberg@example.com", "language": "sv"},
    )
    cast.expect(bool(added["id"]), f"{added['name']} was added as a new customer.")


@_act(
    "Create request for appointment",
    done="Date, time, price, work and a comment are entered; first without the price.",
    expected=(
        "Without a mandatory field the submission is refused and the field named; with all it gets an ID."
    ),
)
async def _enter_the_request(cast: Cast) -> None:
    facts = {"vin": VIN, "customer_id": cast.customer, "date": DAY, "time": "08:00", "work": WORK}
    try:
        await cast.dealer.requests(**facts)
    except Refusal as refusal:
        cast.expect(
            "#/price" in refusal.fields, f"Without a price: {refusal.status}, naming {refusal.fields}."
        )
    else:
        cast.expect(False, "Submitting without a price was accepted.")
    made = await cast.dealer.requests(
        "call-of-26-november",
        **facts,
        price={"amount": "389.00", "currency": "EUR"},
        comments="Waits for the car",
        intended_next="schedule_appointment",
    )
    cast.number = made["number"]
    cast.expect(len(cast.number) == 6, f"With all mandatory fields: Appointment ID {cast.number}.")


@_act(
    "Submitted",
    done="SUBMIT, with Schedule appointment as the intended next step.",
    expected="Status Requested, listed in Actions; the customer hears nothing.",
)
async def _submitted(cast: Cast) -> None:
    seen = await cast.dealer.asks("GET", f"/v1/appointments/{cast.number}")
    cast.expect(seen["status"] == "requested", f"Status {seen['status']}.")
    listed = await cast.dealer.lists("actions")
    page = await cast.advisor.opens("/desk/appointments?list=actions", "Appointments, Actions")
    cast.expect(cast.number in page, "The desk shows it in Actions.")
    cast.expect(cast.number in listed, f"Actions lists {', '.join(listed)}.")
    cast.expect(
        seen["intended_next"] == "schedule_appointment", f"Kept as the next step: {seen['intended_next']}."
    )


@_act(
    "Schedule appointment",
    done="The appointment is opened by its ID and scheduled; first with one point of the warning open.",
    expected=(
        "Each point must be acknowledged; then it moves from Actions to Planned, and the car gets "
        "it silently."
    ),
)
async def _schedule(cast: Cast) -> None:
    try:
        await cast.dealer.acts(
            cast.number, "schedule_appointment", checklist={**TICKED, "parts_ready": False}
        )
    except Refusal as refusal:
        cast.expect(bool(refusal.fields), f"With the parts not ticked: {refusal.status}, {refusal.fields}.")
    else:
        cast.expect(False, "Scheduling with an open point on the checklist was accepted.")
    heard = len(cast.tap.heard)
    made = await cast.dealer.schedules(cast.number)
    cast.expect(made["status"] == "confirmed", f"All four ticked: {made['status']}.")
    planned, actions = await cast.dealer.lists("planned"), await cast.dealer.lists("actions")
    cast.expect(
        cast.number in planned and cast.number not in actions,
        f"Planned lists {', '.join(planned)}; Actions no longer does.",
    )
    await cast.settle()
    for delivery in cast.tap.heard[heard:]:
        cast.show(Exhibit("message", delivery.topic, json.loads(delivery.payload)))
    car = await cast.driver.looks()
    cast.expect(
        car["applied"]["rev"] > 0 and car["online"],
        f"The parked car has applied revision {car['applied']['rev']} and stays dark.",
    )
    await cast.driver.photographs("parked, engine off")
    await cast.advisor.opens(f"/desk/appointments/{cast.number}", "Manage appointment, in the car")
    why = await cast.driver.asks_why()
    held = {item["kind"]: [reason["code"] for reason in item["reasons"]] for item in why["items"]}
    cast.expect("engine_not_running" in held["booking"], f"Why no pop-up: {', '.join(held['booking'])}.")


@_act(
    "Booking confirmation",
    done="The customer reads the e-mail, follows its link, and starts the engine at 17:21.",
    expected="One letter with a link to the booking data; the booking pops up once, OK opens its details.",
)
async def _confirmation(cast: Cast) -> None:
    await until(lambda: len(cast.owner.letters()) == 1, what="the booking confirmation")
    letter = cast.owner.letters()[0]
    cast.owner.shows(letter)
    cast.expect(cast.number in str(letter), f"One letter: “{letter['Subject']}”, to {letter['To']}.")
    page = await cast.owner.follows_link(letter)
    cast.expect(
        "Brake fluid change" in page and "389" in page,
        "Its link opens the booking data on My Volvo, with the full list of work and the price.",
    )
    await cast.skip_to("2026-11-26T17:21:00+02:00")
    await cast.driver.signals(Exterior__AirTemperature=4)
    await cast.driver.turns_key("running")
    words = await cast.driver.reads("booking pop-up at the next engine start")
    cast.expect(await _popped_up(cast, "booking"), f"Engine start at 17:21: {_first(words)}")
    await cast.driver.chooses(cast.label("choice.details"))
    await cast.driver.reads("its details")
    await cast.skip_to("2026-11-26T17:40:00+02:00")
    await cast.driver.turns_key("off")


@_act(
    "Reminder, three days before",
    done="Time passes to Friday; the engine is started at 08:12.",
    expected="At 08:00 in Helsinki a reminder goes out by e-mail, and pops up in the car.",
)
async def _reminder(cast: Cast) -> None:
    await cast.skip_to("2026-11-27T07:59:00+02:00")
    before = len(cast.owner.letters())
    cast.expect(before == 1, "At 07:59 on Friday, three days before, no reminder yet.")
    await cast.skip_to("2026-11-27T08:12:00+02:00")
    await until(lambda: len(cast.owner.letters()) == 2, what="the reminder letter")
    letter = cast.owner.letters()[1]
    cast.owner.shows(letter)
    cast.expect(cast.number in str(letter), f"At 08:00 the letter “{letter['Subject']}” went out.")
    await cast.owner.follows_link(letter)
    await cast.driver.turns_key("running")
    words = await cast.driver.reads("reminder pop-up, three days before")
    cast.expect(await _popped_up(cast, "reminder"), f"Engine start at 08:12: {_first(words)}")


@_act(
    "Appointment details in the car",
    done="OK on the reminder; then by MY CAR → Service & repair → My appointments.",
    expected="Both ways lead to the details; the car shows the price, not the list of work.",
)
async def _details(cast: Cast) -> None:
    await cast.driver.chooses(cast.label("choice.details"))
    words = await cast.driver.reads("details from the pop-up")
    cast.expect("389" in words and "Brake fluid" not in words, f"The price, not the work: {_first(words, 8)}")
    await cast.driver.presses("MY_CAR")
    await cast.driver.presses("OK")
    await cast.driver.chooses(cast.label("choice.service_and_repair"))
    await cast.driver.reads("MY CAR → Service & repair")
    await cast.driver.chooses(cast.label("choice.appointments"))
    await cast.driver.reads("My appointments")
    await cast.driver.presses("OK")
    words = await cast.driver.reads("the same details by the menu")
    cast.expect("389" in words, "MY CAR → Service & repair → My appointments leads to the same details.")
    await cast.skip_to("2026-11-27T08:40:00+02:00")
    await cast.driver.turns_key("off")


@_act(
    "Day of service",
    done=(
        "The engine is started twice; Kamppi was pushed as a destination before. The driver chooses waypoint."
    ),
    expected=(
        "A reminder at each engine start; the workshop becomes a waypoint before Kamppi, and the "
        "dealer hears it."
    ),
)
async def _day_of_service(cast: Cast) -> None:
    await cast.skip_to("2026-11-30T07:20:00+02:00")
    await cast.dealer.asks(
        "POST",
        f"/v1/vehicles/{VIN}/destinations",
        {
            "name": "Kamppi",
            "address": "Simonkatu, Helsinki",
            "position": KAMPPI,
            "show_until": "2026-11-30T20:00:00+02:00",
        },
    )
    await cast.settle()
    await cast.driver.turns_key("running")
    words = await cast.driver.reads("day of service, first engine start")
    cast.expect(await _popped_up(cast, "day_reminder"), f"Engine start at 07:20: {_first(words)}")
    await cast.driver.presses("EXIT")
    await cast.driver.reads("the pushed destination")
    cast.expect(await _popped_up(cast, "navigation_destination"), "Then the pushed destination, Kamppi.")
    await cast.driver.chooses(cast.label("choice.as_destination"))
    await cast.driver.presses("NAV")
    await cast.driver.reads("guidance to Kamppi")
    await cast.skip_to("2026-11-30T07:25:00+02:00")
    await cast.driver.turns_key("off")
    await cast.skip_to("2026-11-30T07:41:00+02:00")
    await cast.driver.turns_key("running")
    words = await cast.driver.reads("day of service, second engine start")
    cast.expect(await _popped_up(cast, "day_reminder"), f"Engine start at 07:41, again: {_first(words)}")
    await cast.driver.chooses(cast.label("choice.guide"))
    await cast.driver.reads("destination or waypoint?")
    await cast.driver.chooses(cast.label("choice.as_waypoint_before", before="Kamppi"))
    await cast.driver.presses("NAV")
    words = await cast.driver.reads("the workshop is a waypoint before Kamppi")
    cast.expect("Nordvik Helsinki" in words and "Kamppi" in words, f"The map: {_first(words, 10)}")
    await cast.settle()
    told = await cast.dealer.has_heard("navigated", VIN)
    cast.show(Exhibit("answer", "GET /v1/events: navigated", {"events": told}))
    ways = [event["facts"].get("as", event["facts"].get("how")) for event in told]
    cast.expect("waypoint" in ways, f"The dealer's feed says navigated as {' and '.join(map(str, ways))}.")


@_act(
    "The technician does the work",
    done="The car is driven to the workshop and parked; time passes to the afternoon.",
    expected="The appointment stays Planned; its delivery line tells everything the car did.",
)
async def _work_is_done(cast: Cast) -> None:
    await cast.driver.signals(CurrentLocation__Latitude=60.1642, CurrentLocation__Longitude=24.93666)
    await cast.skip_to("2026-11-30T07:58:00+02:00")
    await cast.driver.reads("arrived")
    await cast.driver.turns_key("off")
    await cast.skip_to("2026-11-30T15:30:00+02:00")
    seen = await cast.dealer.asks("GET", f"/v1/appointments/{cast.number}")
    cast.expect(
        seen["status"] == "confirmed" and seen["lists"] == ["planned"],
        f"While the technician works, the appointment is {seen['status']}, in {', '.join(seen['lists'])}.",
    )
    delivery = await cast.dealer.asks("GET", f"/v1/appointments/{cast.number}/delivery")
    cast.expect(bool(delivery), "Its delivery line tells what the car received, showed and did.")
    await cast.advisor.opens(f"/desk/appointments/{cast.number}", "Manage appointment, the afternoon")


@_act(
    "Finalize appointment",
    done="After the pick-up the dealer finalizes; the customer starts the engine.",
    expected="It leaves Planned, the customer stays in Workshop Customers, and no pop-up comes any more.",
)
async def _finalize(cast: Cast) -> None:
    made = await cast.dealer.acts(cast.number, "finalize_appointment")
    cast.expect(made["status"] == "closed", f"Finalize appointment: {made['status']}.")
    planned = await cast.dealer.lists("planned")
    cast.expect(cast.number not in planned, f"Planned lists {', '.join(planned) or 'nothing'}.")
    page = await cast.advisor.opens("/desk/appointments?list=planned", "Appointments, Planned")
    cast.expect(cast.number not in page, "It has left the desk's Planned.")
    plain = await cast.dealer.asks("GET", "/v1/customers")
    names = {line["customer"]["name"] for line in plain["customers"]}
    cast.expect(
        "Maria Lindholm" in names,
        "Maria Lindholm stays in Workshop Customers: she drives the car and prefers this dealer.",
    )
    await cast.settle()
    await cast.driver.turns_key("running")
    await cast.driver.reads("picked up, engine started")
    cast.expect(
        not await _popped_up(cast, "day_reminder"), "The engine starts, and no pop-up comes any more."
    )
    await cast.driver.turns_key("off")
    letters = [str(letter["Subject"]) for letter in cast.owner.letters()]
    cast.expect(len(letters) == 2, f"No letter beyond the two: {'; '.join(letters)}.")


@_act(
    "History, as it looked",
    done="The dealer opens the earlier entries of the appointment.",
    expected="Every event is there with the appointment as it looked at that time.",
)
async def _history(cast: Cast) -> None:
    plain = await cast.dealer.asks("GET", f"/v1/appointments/{cast.number}/history")
    told = [(entry["seq"], entry["action"], entry["appointment"]["status"]) for entry in plain["entries"]]
    looked = {status for _, _, status in told}
    cast.expect(
        {"requested", "confirmed", "closed"} <= looked,
        "; ".join(f"{seq}. {action}: {status}" for seq, action, status in told),
    )
    first = await cast.dealer.asks("GET", f"/v1/appointments/{cast.number}/history/{told[0][0]}")
    as_it_looked: dict[str, Any] = first["appointment"]
    cast.expect(
        as_it_looked["status"] == "requested" and as_it_looked["price"]["amount"] == "389.00",
        f"Entry {told[0][0]} as it looked: {as_it_looked['status']}, {as_it_looked['date']} "
        f"{as_it_looked['time']}, {as_it_looked['price']['amount']} {as_it_looked['price']['currency']}.",
    )
    page = await cast.advisor.opens(
        f"/desk/appointments/{cast.number}/history/{told[0][0]}", "the page as it looked at the request"
    )
    cast.expect(cast.number in page, "The desk opens the page as it looked then.")


SCENARIO_3: Final = (
    _pick_the_customer,
    _enter_the_request,
    _submitted,
    _schedule,
    _confirmation,
    _reminder,
    _details,
    _day_of_service,
    _work_is_done,
    _finalize,
    _history,
)
"""Rows 1 to 11 of the scenario."""
