"""The backend hears why a pop-up has not come: when it is news, and not more often."""

from __future__ import annotations

from protocol.messages import HeldBack, Item
from tests.vehicle_sim.motorist import HOUR, MINUTE, MONDAY, SECOND, Motorist, booking, in_car, reminder
from vehicle_sim.reducer import next_due


def told(driver: Motorist, item: Item) -> list[list[str]]:
    return [
        [reason.value for reason in event.reasons]
        for event in driver.heard
        if isinstance(event, HeldBack) and event.item == item.id
    ]


def test_a_parked_car_says_what_it_waits_for_and_nothing_more_once_it_was_shown() -> None:
    driver = in_car(booking())
    assert told(driver, booking()) == [["engine_not_running"]]
    for _ in range(3):
        driver.starts()
        driver.parks()
    assert told(driver, booking()) == [["engine_not_running"]]


def test_what_is_not_announced_is_not_reported() -> None:
    driver = in_car(booking(announce=False))
    assert driver.heard == []
    assert driver.car.memory.held[booking().id].since == MONDAY
    assert next_due(driver.car) == booking().show_until


def test_a_reminder_for_later_is_reported_once_however_often_one_drives() -> None:
    later = reminder(show_from=MONDAY + 24 * HOUR)
    driver = in_car(later)
    for _ in range(5):
        driver.starts()
        driver.waits(HOUR)
        driver.parks()
    assert told(driver, later) == [["not_yet", "engine_not_running"]]


def test_since_is_when_the_reasons_began() -> None:
    later = reminder(show_from=MONDAY + HOUR)
    driver = in_car(later)
    driver.waits(MINUTE)
    assert driver.car.memory.held[later.id].since == MONDAY
    driver.waits(HOUR)
    assert driver.car.memory.held[later.id].since == MONDAY + HOUR + MINUTE


def test_changes_in_quick_succession_are_reported_once_a_minute_with_the_last_one() -> None:
    driver = in_car(booking())
    driver.waits(SECOND)
    settings = driver.car.settings
    for on in (False, True, False):
        driver.sets(type(settings)(notifications_on=on))
    assert told(driver, booking()) == [["engine_not_running"]]
    assert next_due(driver.car) == MONDAY + SECOND * 5
    driver.waits(5 * SECOND)
    assert next_due(driver.car) == MONDAY + MINUTE
    driver.waits(MONDAY + MINUTE - driver.now)
    assert told(driver, booking()) == [["engine_not_running"], ["notifications_off", "engine_not_running"]]
    assert driver.car.memory.held[booking().id].told_at == driver.now


def test_a_new_version_is_a_new_story() -> None:
    driver = in_car(booking())
    driver.receives(booking(ver=2))
    assert told(driver, booking()) == [["engine_not_running"]] * 2
