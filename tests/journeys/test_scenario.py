"""The thinnest real chain: a dealer schedules over HTTP, and the driver sets the dealer as a waypoint."""

from __future__ import annotations

import pytest

from protocol.messages import Booking
from tests.journeys import evidence
from tests.journeys.chain import Street

pytestmark = pytest.mark.timeout(180)  # processes start slowly where others keep the machine busy

PNG = b"\x89PNG\r\n\x1a\n"


async def test_a_booking_pops_up_at_the_next_engine_start_and_leads_to_its_details(street: Street) -> None:
    number = await street.books()
    snapshot = await evidence.assert_in_step(street)
    booking = next(item for item in snapshot.items if isinstance(item, Booking))
    assert (booking.appointment, booking.announce) == (number, True)
    parked = await street.driver.looks()
    assert (parked["lit"], parked["pop_up"]) == (False, None)
    dark = await street.driver.photographs("parked")

    assert (await street.driver.turns_key("running"))["pop_up"] == "booking"
    said = evidence.words(await street.driver.tree())
    assert "Workshop appointment booked" in said
    shown = await street.driver.photographs("the pop-up")
    assert shown.startswith(PNG)
    assert shown != dark

    await street.driver.chooses("Details")
    assert (await street.driver.looks())["screen"] == "details"
    said = evidence.words(await street.driver.tree())
    assert "389" in said
    assert "60,000" not in said  # the price, not the list of work

    letter_id, *more = await street.letters(1)
    assert letter_id
    assert more == []
    page = await street.owner.follows_link(street.owner.letters()[0])
    assert number in page.replace(" ", "")
    assert "60,000" in page

    opened = await street.hears("opened")
    assert [event["number"] for event in opened] == [number]
    await street.rests()
    await evidence.assert_told_once(street)
    assert evidence.showings(street.journal) == ["booking"]


async def test_on_the_day_the_driver_takes_the_workshop_as_a_waypoint_and_the_dealer_hears(
    street: Street,
) -> None:
    date = await street.day(6)
    number = await street.books(date=date)
    await street.rests()
    await street.drives_off()
    await street.driver.chooses("Details")
    await street.driver.turns_key("off")

    reminder = await street.at(await street.day(3), 8)
    await street.advances(reminder)
    assert len(await street.letters(2)) == 2
    assert (await street.drives_off())["pop_up"] == "reminder"
    await street.driver.presses("EXIT")

    await street.advances(await street.at(date, 7))
    await street.dealer.asks(
        "POST",
        f"/v1/vehicles/{street.vin}/destinations",
        {
            "name": "Kamppi",
            "position": {"latitude": 60.16899, "longitude": 24.93615},
            "show_until": (await street.at(date, 20)).isoformat(),
        },
    )
    await street.rests()
    assert (await street.drives_off())["pop_up"] == "day_reminder"
    await street.driver.presses("EXIT")
    assert (await street.driver.looks())["pop_up"] == "navigation_destination"
    await street.driver.chooses("As destination")

    assert (await street.drives_off())["pop_up"] == "day_reminder"  # at every engine start
    await street.driver.chooses("Guide me to the workshop")
    car = await street.driver.chooses("As waypoint (before Kamppi)")
    assert [stop["name"] for stop in car["itinerary"]["stops"]] == ["Nordvik Helsinki", "Kamppi"]
    assert car["itinerary"]["guiding"]

    heard = await street.hears("navigated", times=2)
    assert [(event["facts"]["as"], event["number"]) for event in heard] == [
        ("destination", None),
        ("waypoint", number),
    ]
    assert (await street.dealer.acts(number, "finalize_appointment"))["status"] == "closed"
    await street.rests()
    assert (await street.drives_off())["pop_up"] is None
    await street.rests()
    await evidence.assert_in_step(street)
    await evidence.assert_told_once(street)
    evidence.assert_no_duplicate(street.journal)
    assert len(await street.letters(2)) == 2
