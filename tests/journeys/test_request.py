"""The car asks its driver whether to book service, and the workshop has the request with the car's health."""

from __future__ import annotations

import pytest

from protocol.messages import ServiceRequested
from tests.journeys import evidence
from tests.journeys.chain import Street
from vehicle_sim.witness import Json

pytestmark = pytest.mark.timeout(180)  # processes start slowly where others keep the machine busy


async def parks_with_service_due(street: Street) -> Json:
    """Drive, learn on the way that service is due, and switch off."""
    await street.drives_off()
    await street.driver.signals(Service__IsServiceDue=True, TraveledDistance=60_012_700.0)
    return await street.driver.turns_key("off")


async def actions(street: Street) -> list[str]:
    """Return the Appointment IDs of this car in the dealer's Actions."""
    rows = (await street.dealer.asks("GET", "/v1/appointments?list=actions"))["appointments"]
    return [row["appointment"]["number"] for row in rows if row["appointment"]["vin"] == street.vin]


def requests(street: Street) -> int:
    """Return how many requests this car has ever made."""
    return sum(isinstance(told.event, ServiceRequested) for told in evidence.recorded(street.journal))


async def test_a_parked_car_asks_and_the_request_comes_back_as_a_receipt_on_every_way(street: Street) -> None:
    parked = await parks_with_service_due(street)
    assert (parked["pop_up"], parked["lit"]) == ("service_need", True)
    assert (await street.driver.chooses("Yes"))["pop_up"] == "data_consent"
    assert await actions(street) == []
    await street.driver.chooses("OK")

    # In the car: the workshop's receipt takes the place of the request, while the driver still looks.
    await street.sees("request_receipt")
    assert "Request received" in evidence.words(await street.driver.tree())
    await street.driver.chooses("OK")
    assert not (await street.driver.looks())["lit"]

    # At the dealer's: Requested, in Actions, with the state of health.
    [number] = await actions(street)
    made = await street.dealer.asks("GET", f"/v1/appointments/{number}")
    assert (made["status"], made["origin"]) == ("requested", "car")
    assert made["health"] == {"odometer_km": 60_012, "service_due": True, "warnings": []}
    [heard] = await street.hears("service_requested")
    assert heard["number"] == number

    # By e-mail and on the web.
    [letter] = await street.letters(1)
    assert letter
    page = await street.owner.follows_link(street.owner.letters()[0])
    assert number in page.replace(" ", "")

    await evidence.assert_in_step(street)
    await evidence.assert_told_once(street)
    assert evidence.showings(street.journal) == ["request_receipt"]
    why = await street.driver.asks_why()
    assert [reason["code"] for reason in why["own"][0]["reasons"]] == [
        "already_answered",
        "already_shown",
    ]


async def test_a_request_made_out_of_reach_says_so_and_arrives_once(street: Street) -> None:
    await street.driver.network("off")
    await parks_with_service_due(street)
    await street.driver.chooses("Yes")
    waiting = await street.driver.chooses("OK")
    assert waiting["pop_up"] == "request_sent"
    assert "Request not sent yet" in evidence.words(await street.driver.tree())
    await street.driver.chooses("OK")
    await street.restarts(street.car)
    await street.driver.network("on")
    await street.hears("service_requested")
    await street.rests()
    assert requests(street) == 1
    assert len(await actions(street)) == 1
    assert (await street.drives_off())["pop_up"] == "request_receipt"


async def test_no_and_cancel_send_nothing(street: Street) -> None:
    await parks_with_service_due(street)
    await street.driver.chooses("Yes")
    assert (await street.driver.chooses("Cancel"))["pop_up"] == "service_need"
    await street.driver.chooses("No")
    await street.drives_off()
    assert (await street.driver.turns_key("off"))["pop_up"] is None
    await street.rests()
    assert await actions(street) == []
    assert requests(street) == 0
