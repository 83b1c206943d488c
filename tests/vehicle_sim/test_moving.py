"""Who drives is given at most two choices, nothing to fill in, and two lines to read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from protocol.messages import Item
from tests.vehicle_sim.motorist import (
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
from vehicle_sim import moving
from vehicle_sim.state import Button, Choice, Verb

KINDS = (booking, cancellation, day_reminder, destination, inquiry, proposal, receipt, reminder)


def on_the_road(*items: Item, speed: float = 50.0) -> Motorist:
    driver = in_car(*items)
    driver.starts()
    driver.drives_at(speed)
    return driver


@pytest.mark.parametrize("verb", Verb)
def test_whatever_is_offered_two_at_most_are_left_and_never_none(verb: Verb) -> None:
    offered = tuple(Choice(f"choice.{number}", verb, number) for number in range(5))
    left = moving.brief(offered)
    assert 1 <= len(left) <= moving.CHOICES
    assert all(choice in offered for choice in left) or [choice.verb for choice in left] == [Verb.BACK]


def test_what_is_filled_in_step_by_step_waits_for_the_car_to_stand() -> None:
    step_by_step = {Verb.COUNTER, Verb.TOGGLE_SLOT, Verb.SEND_SLOTS}
    offered = tuple(Choice(f"choice.{verb.value}", verb) for verb in Verb)
    assert not step_by_step & {choice.verb for choice in moving.brief(offered)}
    (back,) = moving.brief(tuple(Choice("choice.slot.morning", verb) for verb in step_by_step))
    assert back.verb is Verb.BACK


@pytest.mark.parametrize(
    ("paragraphs", "left"),
    [
        ((), ()),
        ((("when", 1), ("where", 1), ("why", 2)), (("when", 1), ("where", 1))),
        ((("a question", 3), ("answer on My Volvo", 2)), (("answer on My Volvo", 2),)),
        ((("offer", 1), ("a long text", 2)), (("offer", 1),)),
    ],
)
def test_whole_paragraphs_are_left_out_and_none_is_cut(
    paragraphs: tuple[tuple[str, int], ...], left: tuple[tuple[str, int], ...]
) -> None:
    assert moving.short(paragraphs) == left


@pytest.mark.parametrize(("speed", "moves"), [(0, False), (8, False), (8.1, True), (-8.1, True), (-3, False)])
def test_a_car_that_creeps_counts_as_standing(speed: float, *, moves: bool) -> None:
    assert moving.is_moving(on_the_road(speed=speed).car) is moves


@pytest.mark.parametrize("make", KINDS)
def test_every_pop_up_keeps_the_rule(make: Callable[..., Item]) -> None:
    driver = on_the_road(make())
    assert driver.car.pop_up is not None
    assert 1 <= len(driver.offers) <= moving.CHOICES


def test_the_way_to_the_workshop_is_two_presses_for_somebody_who_drives() -> None:
    driver = on_the_road(day_reminder())
    assert driver.offers == ["choice.details", "choice.guide"]
    driver.chooses("choice.guide")
    assert driver.offers == ["choice.as_destination", "choice.as_waypoint"]
    driver.presses(Button.EXIT)
    driver.presses(Button.EXIT)
    assert driver.said() == ["shown", "dismissed"]


def test_the_thumb_stays_on_its_choice_when_the_others_go_and_come() -> None:
    driver = in_car(proposal())
    driver.starts()
    assert driver.focused == "choice.details"
    driver.drives_at(50)
    assert driver.offers == ["choice.accept", "choice.details"]
    assert driver.focused == "choice.details"
    driver.drives_at(0)
    assert driver.focused == "choice.details"


def test_a_choice_that_goes_leaves_the_focus_on_what_does_no_harm() -> None:
    driver = in_car(proposal())
    driver.starts()
    driver.turns(-1)
    assert driver.focused == "choice.decline"
    driver.drives_at(50)
    assert driver.focused == "choice.details"


def test_half_days_that_were_chosen_while_standing_are_still_chosen_at_the_next_light() -> None:
    driver = in_car(proposal())
    driver.starts()
    driver.chooses("choice.counter")
    driver.presses(Button.OK)
    driver.drives_at(50)
    assert driver.offers == ["choice.back"]
    driver.drives_at(0)
    assert driver.car.pop_up is not None
    assert len(driver.car.pop_up.slots) == 1
    driver.drives_at(50)
    driver.presses(Button.OK)
    assert driver.sees == "popup.proposal.title"
