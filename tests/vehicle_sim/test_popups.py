"""A pop-up opens if and only if no reason holds it back."""

from __future__ import annotations

from uuid import UUID

import pytest

from protocol.messages import Item
from protocol.reasons import Reason
from tests.house import ROOT
from tests.vehicle_sim.motorist import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY,
    SECOND,
    VISIT,
    Motorist,
    booking,
    cancellation,
    day_reminder,
    destination,
    in_car,
    inquiry,
    proposal,
    receipt,
    reminder,
)
from vehicle_sim import popups
from vehicle_sim.reducer import next_due
from vehicle_sim.state import Button, Chime, Ignition, Priority

EVERY_KIND = (
    day_reminder(),
    cancellation(),
    proposal(),
    inquiry(),
    reminder(),
    booking(),
    receipt(),
    destination(),
)


@pytest.mark.parametrize("item", EVERY_KIND, ids=lambda item: item.kind)
def test_a_pushed_item_waits_for_the_engine_and_then_opens_with_a_chime(item: Item) -> None:
    driver = in_car(item)
    assert driver.why(item) == ["engine_not_running"]
    assert driver.car.pop_up is None
    assert Chime(MONDAY, item.kind, popups.RISING[item.kind]) in driver.starts()
    assert driver.sees == f"popup.{item.kind}.title"
    assert driver.why(item) == ["already_shown"]
    assert driver.said() == ["shown"]


def test_a_chime_tells_how_much_it_matters() -> None:
    assert {kind for kind, priority in popups.RISING.items() if priority is Priority.URGENT} == {
        "cancellation",
        "day_reminder",
    }
    assert popups.RISING["proposal"] is Priority.QUESTION
    assert popups.RISING["booking"] is Priority.INFORMATION


def test_the_documents_list_every_pop_up_in_its_order_with_its_chime() -> None:
    section = (ROOT / "docs" / "head-unit.md").read_text(encoding="utf-8").split("### Pop-ups")[1]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]
    names = {"request received": "request_receipt", "destination received": "navigation_destination"}
    told = {names.get(name, name.replace(" ", "_")): chime for name, *_, chime in rows}
    assert list(told.items()) == [(kind, sound.value) for kind, sound in popups.RISING.items()][::-1]


def test_a_muted_chime_is_told_but_does_not_sound() -> None:
    driver = in_car(booking(), muted=True)
    assert Chime(MONDAY, "booking", Priority.INFORMATION, muted=True) in driver.starts()


def test_what_arrives_while_driving_waits_for_the_next_start_unless_it_was_meant_before() -> None:
    driver = in_car()
    driver.starts()
    driver.waits(MINUTE)
    late = booking(show_from=MONDAY)
    driver.receives(late)
    assert driver.sees == "popup.booking.title"

    driver = in_car()
    driver.starts()
    driver.waits(MINUTE)
    fresh = booking(show_from=MONDAY + MINUTE)
    driver.receives(fresh)
    assert driver.why(fresh) == ["no_engine_start_since"]
    driver.drives_again()
    assert driver.sees == "popup.booking.title"


def test_the_receipt_for_a_request_opens_at_once() -> None:
    driver = in_car()
    driver.starts()
    driver.waits(MINUTE)
    driver.receives(receipt(show_from=MONDAY + MINUTE))
    assert driver.sees == "popup.request_receipt.title"


def test_windows_begin_and_end_by_time_alone() -> None:
    item = reminder(show_from=MONDAY + HOUR, show_until=MONDAY + 2 * HOUR)
    driver = in_car(item)
    driver.starts()
    assert driver.why(item) == ["not_yet"]
    assert next_due(driver.car) == MONDAY + HOUR
    driver.waits(HOUR)
    assert driver.why(item) == ["no_engine_start_since"]
    assert next_due(driver.car) == MONDAY + 2 * HOUR
    driver.drives_again()
    assert driver.sees == "popup.reminder.title"
    driver.waits(HOUR)
    assert driver.car.pop_ups == ()
    assert next_due(driver.car) is None
    assert driver.why(item) == ["already_shown", "expired"]
    driver.parks()
    assert driver.why(item) == ["expired", "engine_not_running"]


def test_what_is_not_announced_never_opens() -> None:
    item = booking(announce=False)
    driver = in_car(item)
    driver.starts()
    assert driver.car.pop_up is None
    assert driver.why(item) == ["not_announced"]


def test_notifications_off_means_none_until_they_are_on_again() -> None:
    item = booking()
    driver = in_car(item, notifications_on=False)
    driver.starts()
    assert driver.why(item) == ["notifications_off"]
    driver.chooses("choice.menu", "choice.service_and_repair", "choice.display_notifications")
    assert driver.sees == "popup.booking.title"


def test_a_new_head_unit_first_hears_what_was_answered_before_it() -> None:
    item = booking()
    driver = Motorist()
    driver.starts()
    driver.receives(item, for_store=None)
    assert driver.why(item) == ["waiting_for_backend"]
    driver.receives(booking(answered=True))
    assert driver.why(booking(answered=True)) == ["already_answered"]
    assert driver.car.pop_up is None


def test_a_new_head_unit_waits_no_longer_than_half_a_minute() -> None:
    driver = Motorist()
    driver.starts()
    driver.receives(booking(), for_store=None)
    driver.waits(29 * SECOND)
    assert driver.car.pop_up is None
    assert next_due(driver.car) == MONDAY + popups.PATIENCE
    driver.waits(SECOND)
    assert driver.sees == "popup.booking.title"


def test_an_answer_holds_for_ever_but_a_day_reminder_s_for_its_run() -> None:
    driver = in_car(booking())
    driver.starts()
    driver.chooses("choice.close")
    driver.drives_again()
    assert driver.why(booking()) == ["already_answered"]
    driver.receives(booking(ver=2))
    driver.drives_again()
    assert driver.sees == "popup.booking.title"

    driver = in_car(day_reminder(answered=True))
    for _ in range(3):
        driver.starts()
        assert driver.sees == "popup.day_reminder.title"
        driver.chooses("choice.close")
        assert driver.why(day_reminder(answered=True)) == ["already_answered", "already_shown"]
        driver.parks()


def test_closed_by_the_engine_it_comes_again_in_the_next_run() -> None:
    driver = in_car(booking())
    driver.starts()
    driver.parks()
    assert driver.car.pop_ups == ()
    driver.starts()
    assert driver.sees == "popup.booking.title"
    assert [event.run for event in driver.heard if event.kind == "shown"] == [1, 2]


def test_the_more_important_one_goes_first_and_the_others_follow_one_by_one() -> None:
    driver = in_car(*reversed(EVERY_KIND))
    driver.starts()
    assert driver.why(booking()) == ["another_is_open"]
    seen = []
    while driver.car.pop_up is not None:
        item = driver.car.item(driver.car.pop_up.item)
        assert item is not None
        seen.append(item.kind)
        driver.presses(Button.EXIT)
    assert seen == [item.kind for item in EVERY_KIND]


def test_among_equals_the_earlier_visit_goes_first() -> None:
    soon = booking(id=UUID(int=9), starts_at=VISIT - DAY)
    driver = in_car(booking(), soon)
    driver.starts()
    assert driver.car.pop_up is not None
    assert driver.car.pop_up.item == soon.id


def test_a_more_important_one_covers_and_the_covered_one_is_not_shown_again() -> None:
    driver = in_car(booking())
    driver.starts()
    driver.receives(booking(), cancellation())
    assert driver.sees == "popup.cancellation.title"
    driver.receives(booking(), cancellation(), reminder())
    assert driver.why(reminder()) == ["another_is_open"]
    driver.receives(booking(), cancellation())
    driver.chooses("choice.ok")
    assert driver.sees == "popup.booking.title"
    assert not any(isinstance(effect, Chime) for effect in driver.effects)
    assert driver.said() == ["shown", "shown", "dismissed"]


@pytest.mark.parametrize(
    "next_items",
    [(), (booking(ver=2, announce=False),), (booking(answered=True),), (booking(show_until=MONDAY),)],
    ids=["vanished", "changed", "answered elsewhere", "expired"],
)
def test_a_snapshot_closes_what_is_no_longer_so(next_items: tuple[Item, ...]) -> None:
    driver = in_car(booking())
    driver.starts()
    driver.receives(*next_items)
    assert driver.car.pop_ups == ()


def test_every_reason_but_those_of_the_car_s_own_question_is_given_by_a_rule() -> None:
    rules = set(Reason) - {Reason.POSTPONED, Reason.SERVICE_NOT_DUE, Reason.NOT_JUST_PARKED}
    driver = Motorist(notifications_on=False)
    odd = booking(announce=False, answered=True, show_from=MONDAY + HOUR, show_until=MONDAY)
    driver.receives(odd, for_store=None)
    given = set(popups.reasons(driver.car, odd, driver.car.now))
    elsewhere = {Reason.ALREADY_SHOWN, Reason.NO_ENGINE_START_SINCE, Reason.ANOTHER_IS_OPEN}
    assert given | elsewhere == rules


def test_a_driver_s_own_choice_is_as_important_as_what_it_is_about() -> None:
    driver = in_car(booking())
    driver.starts()
    driver.chooses("choice.details", "choice.guide")
    driver.receives(booking(), destination())
    assert driver.sees == "popup.guidance.title"
    assert driver.why(destination()) == ["another_is_open"]
    driver.receives(booking(), destination(), cancellation())
    assert driver.sees == "popup.cancellation.title"
    driver.chooses("choice.ok")
    assert driver.sees == "popup.guidance.title"
    driver.presses(Button.EXIT)
    assert driver.sees == "popup.navigation_destination.title"


def test_switching_notifications_off_closes_the_pop_up() -> None:
    driver = in_car(booking())
    driver.starts()
    driver.sets(type(driver.car.settings)(notifications_on=False))
    assert driver.car.pop_ups == ()
    assert driver.said() == ["shown"]


def test_in_the_dark_nothing_is_on_screen() -> None:
    driver = in_car(booking())
    driver.starts()
    driver.turns_key(Ignition.OFF)
    assert driver.car.pop_up is None
    driver.turns_key(Ignition.ON)
    assert driver.sees == "popup.booking.title"
    assert driver.said() == ["shown"]
