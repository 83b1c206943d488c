"""A car and its events come back from JSON as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from protocol.language import Language
from tests.vehicle_sim.motorist import MONDAY, booking, destination, in_car
from vehicle_sim import menu
from vehicle_sim.codec import decode_car, decode_event, encode_car, encode_event
from vehicle_sim.reducer import advance
from vehicle_sim.replay import replay
from vehicle_sim.state import Button, Pressed, ServiceNeed, Settings, SettingsChanged, TimePassed, Units, View


def test_a_car_in_the_middle_of_everything_survives() -> None:
    driver = in_car(booking(), destination())
    driver.starts()
    driver.chooses("choice.details", "choice.as_destination", "choice.start_guidance")
    driver.chooses("choice.itinerary", "choice.stop")
    driver.needs_service()
    driver.switches_off()
    driver.chooses("choice.yes")
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


def test_the_settings_of_an_older_journal_are_those_of_a_new_car_where_it_knew_none() -> None:
    older = (
        '{"at":"2026-11-23T07:00:00Z","kind":"settings_changed","settings":{"language":"de","profile":"sensus-7",'
        '"navigation":true,"notifications_on":false,"night":null,"zone":"Europe/Helsinki"}}'
    )
    event = decode_event(older)
    assert event == SettingsChanged(MONDAY, Settings(language=Language.GERMAN, notifications_on=False))
    british = SettingsChanged(MONDAY, Settings(units=Units.MILES, clock_24h=False, muted=True))
    assert decode_event(encode_event(british)) == british


@pytest.mark.parametrize("name", ["earlier", "earlier-checkpoint"])
def test_the_journal_of_an_earlier_version_is_taken_over(name: str) -> None:
    """Both were written before a head unit knew units, its own question, or parking; one is a checkpoint."""
    car = replay(Path(__file__).parent / "journals" / f"{name}.journal")
    assert car is not None
    assert car.drive.run == 2
    assert car.drive.odometer_km == 48_007.2
    assert car.settings == Settings(language=Language.GERMAN, night=True)
    assert [event.kind for event in car.wire.outbox if event.kind != "held_back"][:3] == [
        "shown",
        "accepted",
        "shown",
    ]
    assert car.service == ServiceNeed()
    settled = advance(car, TimePassed(car.now)).car
    assert menu.choices(settled)


def test_a_page_that_is_no_more_leads_to_my_car() -> None:
    assert View("consent") is View.HOME
