"""On real processes: the car drives to the workshop while time passes, and says that it has arrived."""

from __future__ import annotations

import pytest

from tests.journeys import evidence
from tests.journeys.chain import Street

pytestmark = pytest.mark.timeout(180)  # processes start slowly where others keep the machine busy


async def test_guided_to_the_workshop_the_car_arrives_by_itself(street: Street) -> None:
    await street.books(date=await street.day(0), time="23:00")
    await street.rests()
    assert (await street.drives_off())["pop_up"] == "day_reminder"
    await street.driver.chooses("Guide me to the workshop")
    car = await street.driver.chooses("As destination")
    assert car["screen"] == "route_proposal"
    (stop,) = car["itinerary"]["stops"]
    assert stop["metres"] > 1000
    await street.sees("booking")
    await street.driver.presses("EXIT")
    proposed = evidence.words(await street.driver.tree())
    assert "Nordvik Helsinki" in proposed
    assert "Via" in proposed
    await street.driver.chooses("Start guidance")

    await street.driver.signals(Speed=36)
    await street.later(seconds=60)
    (nearer,) = (await street.driver.looks())["itinerary"]["stops"]
    assert nearer["metres"] == pytest.approx(stop["metres"] - 600, abs=1)

    await street.later(minutes=30)
    car = await street.driver.looks()
    assert (car["notice"], car["itinerary"]["stops"]) == ("notice.arrived", [])
    arrived = [chime["at"] for chime in car["chimes"] if chime["pop_up"] == "arrived"]
    assert len(arrived) == 1
    assert "You have reached your destination" in evidence.words(await street.driver.tree())
