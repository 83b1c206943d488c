"""What is an engine start, and what only looks like one."""

from __future__ import annotations

import math

import pytest

from protocol.values import GeoPoint
from tests.vehicle_sim.motorist import MINUTE, SECOND, Motorist, booking, day_reminder, in_car
from vehicle_sim.reducer import next_due
from vehicle_sim.state import Button, Ignition, Moved


def test_a_run_begins_when_the_engine_comes_to_life_with_the_key_turned() -> None:
    driver = Motorist()
    driver.turns_key(Ignition.ACC)
    driver.turns_key(Ignition.ON)
    assert driver.car.drive.run == 0
    driver.runs(running=True)
    assert (driver.car.drive.run, driver.car.drive.run_since) == (1, driver.now)


def test_a_stop_start_at_the_lights_continues_the_run() -> None:
    driver = in_car(day_reminder())
    driver.starts()
    driver.chooses("choice.close")
    driver.runs(running=False)
    driver.waits(MINUTE)
    driver.runs(running=True)
    assert driver.car.drive.run == 1
    assert driver.car.pop_up is None


def test_with_the_key_left_in_position_ii_only_the_first_start_is_a_run() -> None:
    driver = Motorist()
    driver.turns_key(Ignition.ON)
    for _ in range(3):
        driver.runs(running=True)
        driver.waits(MINUTE)
        driver.runs(running=False)
        driver.waits(MINUTE)
    assert driver.car.drive.run == 1


def test_a_stop_start_after_a_flicker_is_one_too() -> None:
    driver = Motorist()
    driver.starts()
    driver.turns_key(Ignition.OFF)
    driver.runs(running=False)
    driver.turns_key(Ignition.ON)
    driver.runs(running=True)
    assert driver.car.drive.running
    driver.runs(running=False)
    driver.waits(MINUTE)
    driver.runs(running=True)
    assert driver.car.drive.run == 1


def test_a_pop_up_stays_on_screen_while_the_engine_rests_at_the_lights() -> None:
    driver = in_car(day_reminder())
    driver.starts()
    driver.runs(running=False)
    driver.waits(MINUTE)
    assert driver.sees == "popup.day_reminder.title"


@pytest.mark.parametrize(("off_for", "runs"), [(2, 1), (3, 2)])
def test_a_flicker_of_less_than_three_seconds_starts_nothing(off_for: int, runs: int) -> None:
    driver = in_car(booking())
    driver.starts()
    driver.turns_key(Ignition.OFF)
    driver.runs(running=False)
    driver.waits(off_for * SECOND)
    driver.starts()
    assert driver.car.drive.run == runs
    assert driver.said() == ["shown"] * runs
    assert driver.sees == "popup.booking.title"


def test_a_remote_start_shows_nothing_and_ends_with_the_next_start_by_key() -> None:
    driver = in_car(booking())
    driver.runs(running=True)
    assert driver.car.drive.run == 0
    assert driver.why(booking()) == ["engine_not_running"]
    driver.turns_key(Ignition.ON)
    assert driver.car.drive.run == 0
    driver.runs(running=False)
    driver.turns_key(Ignition.OFF)
    driver.starts()
    assert driver.car.drive.run == 1
    assert driver.sees == "popup.booking.title"


def test_a_hidden_pop_up_asks_to_be_woken_when_the_flicker_would_be_over() -> None:
    driver = in_car(booking())
    driver.starts()
    driver.runs(running=False)
    driver.turns_key(Ignition.OFF)
    driver.waits(SECOND)
    assert next_due(driver.car) == driver.now + 2 * SECOND
    driver.waits(2 * SECOND)
    assert driver.car.pop_ups == ()


def test_a_remote_start_within_three_seconds_closes_the_pop_up_for_good() -> None:
    driver = in_car(booking())
    driver.starts()
    driver.runs(running=False)
    driver.turns_key(Ignition.LOCK)
    driver.waits(SECOND)
    driver.runs(running=True)
    assert driver.car.pop_ups == ()


def test_the_key_turned_off_and_on_while_the_engine_runs_arms_no_start() -> None:
    driver = Motorist()
    driver.starts()
    driver.turns_key(Ignition.OFF)
    driver.turns_key(Ignition.ON)
    driver.runs(running=False)
    driver.waits(MINUTE)
    driver.runs(running=True)
    assert driver.car.drive.run == 1


def test_switched_off_before_the_engine_says_so_the_pop_up_is_hidden_at_once() -> None:
    driver = in_car(booking())
    driver.starts()
    driver.turns_key(Ignition.OFF)
    assert driver.car.pop_up is None
    assert driver.car.pop_ups != ()
    driver.runs(running=False)
    driver.waits(3 * SECOND)
    assert driver.car.pop_ups == ()


def test_the_same_engine_report_twice_is_one() -> None:
    driver = Motorist()
    driver.starts()
    car = driver.car
    driver.runs(running=True)
    assert driver.car == car


def test_a_new_run_begins_on_the_first_page() -> None:
    driver = Motorist()
    driver.starts()
    driver.presses(Button.RADIO)
    driver.drives_again()
    assert driver.sees == "title.home"


def test_sensors_are_followed_and_nonsense_is_not_believed() -> None:
    driver = Motorist()
    here = GeoPoint(latitude=60.17, longitude=24.94)
    driver.happens(
        Moved(driver.now, here, speed=47.5, odometer_km=48_012.5, outside_celsius=-3.0, service_due=True)
    )
    driver.happens(Moved(driver.now, speed=math.nan, odometer_km=math.inf))
    driver.happens(Moved(driver.now, speed=401, odometer_km=1e28, outside_celsius=-273))
    driver.happens(Moved(driver.now, speed=-101, odometer_km=-1))
    drive = driver.car.drive
    assert (drive.position, drive.speed, drive.odometer_km) == (here, 47.5, 48_012.5)
    assert (drive.outside_celsius, drive.service_due) == (-3.0, True)
