"""Whatever happens, in whatever order, the car stays sane and shows nothing twice."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings

from protocol.messages import Dismissed, HeldBack, Opened, Rejected, ServiceRequested, Shown
from tests.vehicle_sim.histories import INSTALLED, histories, lives
from tests.vehicle_sim.motorist import (
    DAY,
    MINUTE,
    MONDAY,
    booking,
    day_reminder,
    in_car,
    proposal,
)
from vehicle_sim import menu, popups, pressing
from vehicle_sim.codec import decode_car, decode_event, encode_car, encode_event
from vehicle_sim.phrase_keys import KEYS
from vehicle_sim.reducer import NotInstalled, advance, next_due
from vehicle_sim.state import (
    Button,
    Car,
    Connected,
    Event,
    Ignition,
    IgnitionTurned,
    ServiceNeed,
    TimePassed,
)


def recorded(cars: list[Car]) -> list[tuple[str, UUID, int, int]]:
    """Return every showing and answer ever recorded: kind, item, version, run."""
    found: list[tuple[str, UUID, int, int]] = []
    for before, after in pairwise(cars):
        same = before.wire.store_id == after.wire.store_id
        for event in after.wire.outbox:
            fresh = event.seq > before.wire.seq if same else event.seq > len(before.wire.outbox)
            if fresh and not isinstance(event, HeldBack | ServiceRequested | Rejected):
                run = event.run if isinstance(event, Shown) else after.drive.run
                found.append((event.kind, event.item, event.ver, run))
    return found


@settings(max_examples=100)
@given(histories(upheavals=True))
def test_any_history_leaves_a_sane_car(history: list[Event]) -> None:
    latest = MONDAY
    for event, car in zip(history, lives(history), strict=True):
        latest = max(latest, event.at)
        assert car.now == latest
        assert car.pages
        offered = menu.choices(car)
        assert 0 <= menu.focus(car) <= max(0, len(offered) - 1)
        assert [old.seq for old in car.wire.outbox] == list(
            range(car.wire.seq - len(car.wire.outbox) + 1, car.wire.seq + 1)
        )
        assert car.wire.applied <= car.wire.saw
        for pop_up in car.pop_ups:
            subject = car.subject(pop_up.item)
            assert subject is not None
            assert subject.ver == pop_up.ver
            if not pop_up.by_driver and not isinstance(subject, ServiceNeed):
                assert car.now < subject.show_until
                assert not popups.is_answered(car, subject)
        assert len({pop_up.item for pop_up in car.pop_ups if not pop_up.by_driver}) == sum(
            not pop_up.by_driver for pop_up in car.pop_ups
        )
        assert len(car.itinerary.stops) <= 5
        assert popups.next_pop_up(car, car.now) is None
        due = next_due(car)
        assert due is None or due > car.now


@settings(max_examples=100)
@given(histories(upheavals=True))
def test_nothing_is_shown_twice_in_a_run_whatever_befalls_the_backend(history: list[Event]) -> None:
    showings = Counter(entry for entry in recorded(lives(history)) if entry[0] == "shown")
    assert all(count == 1 for count in showings.values())


@settings(max_examples=100)
@given(histories())
def test_nothing_is_shown_after_its_answer(history: list[Event]) -> None:
    cars = lives(history)
    day = day_reminder().id
    answered: set[tuple[UUID, int, int | None]] = set()
    for kind, item, ver, run in recorded(cars):
        scope = run if item == day else None
        if kind == "shown":
            assert (item, ver, scope) not in answered
        elif kind not in {"navigated", "navigation_refused"}:
            answered.add((item, ver, scope))


@settings(max_examples=100)
@given(histories(upheavals=True))
def test_the_journal_played_again_gives_the_same_car(history: list[Event]) -> None:
    cars = lives(history)
    assert lives([decode_event(encode_event(event)) for event in history]) == cars
    assert decode_car(encode_car(cars[-1])) == cars[-1]


def test_before_it_is_installed_nothing_can_happen() -> None:
    with pytest.raises(NotInstalled, match="connected cannot happen before"):
        advance(None, Connected(MONDAY))


def test_an_installed_unit_is_not_installed_again() -> None:
    driver = in_car(booking())
    before = driver.car
    driver.happens(INSTALLED)
    assert driver.car == before


def test_time_never_goes_back() -> None:
    driver = in_car()
    driver.waits(MINUTE)
    driver.happens(IgnitionTurned(MONDAY - DAY, Ignition.ON))
    assert driver.car.now == MONDAY + MINUTE


def test_a_restart_within_a_run_paints_the_pop_up_again_without_chime_or_showing() -> None:
    driver = in_car(booking())
    driver.starts()
    restarted = decode_car(encode_car(driver.car))
    outcome = advance(restarted, TimePassed(driver.now))
    assert outcome.effects == ()
    assert menu.title(outcome.car) == "popup.booking.title"


def test_nothing_to_do_wakes_nobody() -> None:
    driver = in_car()
    assert next_due(driver.car) is None
    driver.starts()
    driver.runs(running=False)
    assert next_due(driver.car) is None


def test_a_day_of_service_at_every_engine_start() -> None:
    """Row 8 of the scenario, as the driver lives it."""
    driver = in_car(booking(announce=False), day_reminder())
    driver.starts()
    driver.chooses("choice.details")
    driver.drives_again()
    driver.chooses("choice.guide", "choice.as_destination")
    driver.drives_again()
    driver.presses(Button.EXIT)
    assert driver.said() == ["shown", "opened", "shown", "navigated", "shown", "dismissed"]
    assert [event.run for event in driver.heard if isinstance(event, Shown)] == [1, 2, 3]
    assert {event.item for event in driver.heard if isinstance(event, Opened | Dismissed)} == {
        day_reminder().id
    }


def ever_offered(car: Car) -> set[str]:
    offered = menu.choices(car)
    texts = {text for choice in offered for text in (choice.key, choice.value) if "." in text}
    notice = {car.notice.key} if car.notice is not None else set()
    return texts | notice | {menu.title(car)}


@settings(max_examples=100)
@given(histories())
def test_no_key_is_emitted_that_the_list_of_keys_lacks(history: list[Event]) -> None:
    for car in lives(history):
        assert ever_offered(car) <= KEYS


def test_pressing_and_the_menu_agree_on_what_ok_does() -> None:
    driver = in_car(proposal())
    driver.starts()
    focused = menu.choices(driver.car)[menu.focus(driver.car)]
    by_hand = pressing.obey(driver.car, focused)
    driver.presses(Button.OK)
    assert driver.car.pages == by_hand.pages
