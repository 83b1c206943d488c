"""VSS names in, events out: in order, together where they belong together, refused before it happens."""

from __future__ import annotations

import pytest

from protocol.values import GeoPoint
from tests.vehicle_sim.motorist import MONDAY, Motorist, destination, in_car
from vehicle_sim import signals
from vehicle_sim.signals import SignalRefused
from vehicle_sim.state import Car, EngineReported, Ignition, IgnitionTurned, Moved, SettingsChanged


@pytest.fixture
def car() -> Car:
    return Motorist().car


def test_signals_become_events_in_the_order_given(car: Car) -> None:
    wanted = {signals.KEY: "START", signals.RUNNING: True, signals.SPEED: 50}
    assert signals.events(car, wanted, MONDAY) == (
        IgnitionTurned(MONDAY, Ignition.START),
        EngineReported(MONDAY, running=True),
        Moved(MONDAY, speed=50.0),
    )


def test_what_moves_together_is_one_event_and_metres_become_kilometres(car: Car) -> None:
    wanted = {
        signals.LATITUDE: 60.2,
        signals.LONGITUDE: 24.9,
        signals.DISTANCE: 48_123_400,
        signals.OUTSIDE: -3,
        signals.SERVICE: True,
        signals.RUNNING: False,
        signals.SPEED: 1.5,
    }
    first, engine, last = signals.events(car, wanted, MONDAY)
    assert first == Moved(
        MONDAY, GeoPoint(latitude=60.2, longitude=24.9), None, 48_123.4, -3.0, service_due=True
    )
    assert engine == EngineReported(MONDAY, running=False)
    assert last == Moved(MONDAY, speed=1.5)


def test_the_sun_decides_about_day_and_night_until_somebody_does(car: Car) -> None:
    assert signals.values(car)[signals.DAY_OR_NIGHT] is None
    (changed,) = signals.events(car, {signals.DAY_OR_NIGHT: "DAY"}, MONDAY)
    assert isinstance(changed, SettingsChanged)
    assert changed.settings.night is False


def test_half_a_position_keeps_the_other_half(car: Car) -> None:
    (moved,) = signals.events(car, {signals.LONGITUDE: 25}, MONDAY)
    assert isinstance(moved, Moved)
    assert moved.position == GeoPoint(latitude=car.drive.position.latitude, longitude=25)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("Vehicle.Sped", 3, "nearest is Vehicle.Speed"),
        ("", 3, "no such signal"),
        (signals.SPEED, "fast", "a number is expected, not 'fast'"),
        (signals.SPEED, True, "a number is expected, not True"),
        (signals.SPEED, None, "a number is expected"),
        (signals.SPEED, float("nan"), "outside"),
        (signals.SPEED, 401, "401 is outside -100 to 400"),
        (signals.LATITUDE, 90.1, "outside -90 to 90"),
        (signals.DISTANCE, -1, "outside 0 to"),
        (signals.RUNNING, 1, "true or false is expected, not 1"),
        (signals.KEY, "UNDEFINED", "none of LOCK, OFF, ACC, ON, START"),
        (signals.KEY, True, "True is none of"),
        (signals.LANGUAGE, "fi", "none of en, de, sv"),
        (signals.DAY_OR_NIGHT, None, "none of DAY, NIGHT"),
        (signals.CLOCK, 24, "none of HR_12, HR_24"),
        ("Vehicle.IsMoving", True, "can be read, not set"),
    ],
)
def test_a_wrong_signal_is_refused_in_words(car: Car, name: str, value: object, words: str) -> None:
    with pytest.raises(SignalRefused, match=words) as refused:
        signals.events(car, {signals.RUNNING: True, name: value}, MONDAY)
    assert refused.value.name == name


def test_the_macros_do_what_a_hand_does(car: Car) -> None:
    assert signals.ignition(car, "running", MONDAY) == (
        IgnitionTurned(MONDAY, Ignition.START),
        EngineReported(MONDAY, running=True),
        IgnitionTurned(MONDAY, Ignition.ON),
    )
    assert signals.ignition(car, "off", MONDAY)[-1] == IgnitionTurned(MONDAY, Ignition.OFF)
    assert signals.ignition(car, "acc", MONDAY)[0] == EngineReported(MONDAY, running=False)
    assert signals.ignition(car, "on", MONDAY) == (IgnitionTurned(MONDAY, Ignition.ON),)
    assert signals.ignition(car, "start", MONDAY) == (IgnitionTurned(MONDAY, Ignition.START),)


def test_every_signal_has_a_value_and_what_was_set_is_read_back() -> None:
    motorist = in_car(destination())
    wanted: dict[str, object] = {
        signals.KEY: "ON",
        signals.SPEED: 12.5,
        signals.LATITUDE: 60.1,
        signals.DISTANCE: 1500.0,
        signals.OUTSIDE: 4.0,
        signals.SERVICE: True,
        signals.LANGUAGE: "sv",
        signals.DAY_OR_NIGHT: "NIGHT",
        signals.UNIT: "MILES",
        signals.CLOCK: "HR_12",
    }
    for event in signals.events(motorist.car, wanted, motorist.now):
        motorist.happens(event)
    values = signals.values(motorist.car)
    assert set(values) == set(signals.SIGNALS)
    assert wanted.items() <= values.items()
    assert values["Vehicle.IsMoving"] is True
    assert values["Vehicle.Cabin.Infotainment.Navigation.DestinationSet.Latitude"] is None


def test_the_destination_of_the_navigation_can_be_read() -> None:
    motorist = in_car(destination())
    motorist.starts()
    motorist.chooses("choice.as_destination")
    values = signals.values(motorist.car)
    assert values["Vehicle.Cabin.Infotainment.Navigation.DestinationSet.Latitude"] == 60.16899
    assert values["Vehicle.Cabin.Infotainment.Navigation.DestinationSet.Longitude"] == 24.93615
