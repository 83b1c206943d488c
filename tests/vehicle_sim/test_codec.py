"""A car and its events come back from JSON as they were."""

from __future__ import annotations

import pytest

from tests.vehicle_sim.motorist import MONDAY, booking, destination, in_car
from vehicle_sim.codec import decode_car, decode_event, encode_car, encode_event
from vehicle_sim.state import Button, Pressed


def test_a_car_in_the_middle_of_everything_survives() -> None:
    driver = in_car(booking(), destination())
    driver.starts()
    driver.chooses("choice.details", "choice.as_destination", "choice.itinerary", "choice.stop")
    assert decode_car(encode_car(driver.car)) == driver.car
    assert "\n" not in encode_car(driver.car)


@pytest.mark.parametrize("line", ["", "{}", '{"kind":"flown","at":"2026-11-23T07:00:00Z"}'])
def test_what_is_none_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        decode_event(line)
    with pytest.raises(ValueError, match="validation error"):
        decode_car(line)


def test_an_event_names_its_kind() -> None:
    event = Pressed(MONDAY, Button.OK, long=True)
    assert '"kind":"pressed"' in encode_event(event)
    assert decode_event(encode_event(event)) == event
