"""What the head unit says to the backend, and what it believes of what it hears."""

from __future__ import annotations

from datetime import timedelta

import pytest

from protocol.messages import Item, Rejected, Revision, item_id
from tests.vehicle_sim.motorist import (
    BOOKING,
    FRESH,
    MINUTE,
    MONDAY,
    SECOND,
    STORE,
    Motorist,
    booking,
    destination,
    in_car,
    snapshot,
)
from vehicle_sim import wire
from vehicle_sim.reducer import next_due
from vehicle_sim.state import (
    Button,
    SayHello,
    SendEvents,
    SnapshotArrived,
    SnapshotRejected,
    WaitedInVain,
)


def test_after_the_suback_it_waits_two_seconds_for_its_snapshot_and_then_says_hello() -> None:
    driver = Motorist()
    assert driver.connects() == ()
    assert next_due(driver.car) == MONDAY + 2 * SECOND
    assert driver.waits(SECOND) == ()
    assert driver.waits(SECOND) == (SayHello(),)
    assert driver.car.wire.hellos == 1
    assert driver.waits(MINUTE) == ()


def test_the_snapshot_is_answered_by_hello_and_receipt() -> None:
    driver = Motorist()
    driver.connects()
    assert driver.receives() == (SayHello(), SendEvents())
    assert driver.car.wire.applied == Revision(1, 1)
    assert driver.receives() == (SendEvents(),)


def test_a_snapshot_again_is_confirmed_again() -> None:
    driver = in_car(booking())
    car = driver.car
    assert driver.receives(booking(), rev=1) == (SendEvents(),)
    assert driver.car == car


def test_a_snapshot_again_may_name_the_store() -> None:
    driver = Motorist()
    driver.connects()
    driver.receives(for_store=None)
    assert driver.car.wire.new_store
    driver.receives(rev=1)
    assert not driver.car.wire.new_store


@pytest.mark.parametrize("items", [(), (destination(),)], ids=["older", "another of the same revision"])
def test_an_unusable_snapshot_is_answered_by_hello_at_most_every_five_seconds(
    items: tuple[Item, ...],
) -> None:
    driver = in_car(booking())
    driver.receives(booking())
    rev = 2 if items else 1
    held = driver.car.desired
    assert driver.receives(*items, rev=rev) == ()
    assert driver.receives(*items, rev=rev) == ()
    assert next_due(driver.car) == MONDAY + 5 * SECOND
    assert driver.waits(5 * SECOND) == (SayHello(),)
    driver.waits(5 * SECOND)
    assert driver.receives(*items, rev=rev) == (SayHello(),)
    assert driver.car.desired == held
    assert driver.car.wire.applied == Revision(1, 2)


def test_an_unusable_snapshot_on_connecting_is_answered_by_one_hello() -> None:
    driver = in_car()
    driver.receives()
    driver.loses_connection()
    driver.connects()
    assert driver.receives(rev=1, for_store=None) == (SayHello(),)
    assert driver.waits(MINUTE) == ()


def test_it_says_the_highest_revision_that_it_saw() -> None:
    driver = in_car()
    driver.receives(rev=9)
    driver.receives(rev=3)
    assert driver.car.wire.saw == driver.car.wire.applied == Revision(1, 9)


def test_bytes_that_are_no_snapshot_are_reported_once_and_change_nothing() -> None:
    driver = in_car(booking())
    held = driver.car.desired
    wrong = "v is 2,\nthis end reads 1\ud800" + "x" * 300
    assert driver.happens(SnapshotRejected(driver.now, wrong)) == (SendEvents(),)
    driver.happens(SnapshotRejected(driver.now, wrong))
    rejected = [event for event in driver.heard if isinstance(event, Rejected)]
    assert len(rejected) == 1
    assert rejected[0].why.startswith("v is 2, this end reads 1 x")
    assert len(rejected[0].why) == 200
    assert driver.car.desired == held
    driver.is_acknowledged(driver.car.wire.seq)
    driver.happens(SnapshotRejected(driver.now, wrong))
    assert driver.car.wire.outbox != ()


def test_events_are_kept_until_acknowledged_and_resent_on_connecting() -> None:
    driver = in_car(booking())
    driver.loses_connection()
    assert SendEvents() not in driver.starts()
    driver.chooses("choice.close")
    kept = [event.seq for event in driver.car.wire.outbox]
    assert kept == [1, 2, 3]
    assert driver.connects() == (SendEvents(),)
    driver.is_acknowledged(2)
    assert [event.seq for event in driver.car.wire.outbox] == [3]
    driver.is_acknowledged(1)
    assert driver.car.wire.acknowledged == 2
    driver.is_acknowledged(3, store=FRESH)
    assert driver.car.wire.outbox != ()
    assert driver.car.unsent(BOOKING)
    driver.is_acknowledged(3)
    assert driver.car.wire.outbox == ()
    assert not driver.car.unsent(BOOKING)


def test_an_acknowledgement_beyond_its_own_events_makes_it_a_new_store() -> None:
    driver = in_car(booking())
    driver.waits(MINUTE)
    driver.starts()
    driver.is_acknowledged(1)
    assert driver.is_acknowledged(80) == (SayHello(), SendEvents())
    unit = driver.car.wire
    assert (unit.store_id, unit.new_store, unit.hellos, unit.acknowledged) == (FRESH, True, 1, 0)
    assert [(event.seq, event.kind) for event in unit.outbox] == [(1, "shown")]
    assert unit.seq == 1
    assert driver.car.born == driver.now


def test_technical_time_brings_the_pending_hello_and_another_try() -> None:
    driver = Motorist()
    driver.connects()
    assert driver.happens(WaitedInVain(driver.now)) == (SayHello(),)
    assert driver.happens(WaitedInVain(driver.now)) == ()
    driver.receives(booking())
    assert driver.happens(WaitedInVain(driver.now)) == (SendEvents(),)
    driver.loses_connection()
    assert driver.happens(WaitedInVain(driver.now)) == ()


def test_a_wipe_forgets_everything_that_came_from_the_backend() -> None:
    driver = in_car(booking(), destination())
    driver.starts()
    driver.chooses("choice.details", "choice.as_destination")
    assert driver.car.itinerary.stops != ()
    driver.parks()
    driver.starts()
    assert driver.is_wiped() == (SendEvents(),)
    assert driver.car.desired is None
    assert driver.car.memory.held == {}
    assert driver.car.itinerary.stops == ()
    assert driver.car.memory.past == {}


def test_after_a_wipe_the_old_snapshot_is_not_taken_back_but_a_new_epoch_is() -> None:
    driver = in_car(booking())
    driver.is_wiped()
    driver.receives(booking(), rev=1)
    assert driver.car.desired is None
    driver.receives(booking(), rev=1, epoch=2)
    assert driver.car.item(BOOKING) == booking()


def test_what_was_shown_in_this_run_is_not_shown_twice_even_after_a_wipe() -> None:
    driver = in_car(booking())
    driver.starts()
    driver.is_wiped()
    driver.receives(booking(), rev=1, epoch=2)
    assert driver.car.pop_up is None
    assert driver.said() == ["shown"]


def test_a_change_of_owner_drops_what_was_the_former_one_s() -> None:
    driver = in_car(booking(), destination())
    driver.starts()
    driver.chooses("choice.close", "choice.as_destination")
    own = driver.car.itinerary.stops[0]
    assert own.item == item_id("Kamppi", "place")
    driver.parks()
    driver.waits(MINUTE)
    driver.starts()
    driver.receives(epoch=2, rev=1)
    assert driver.car.itinerary.stops == ()
    assert driver.car.memory.past == {}


def test_a_backend_restored_asks_nothing_again() -> None:
    driver = in_car(booking())
    driver.starts()
    driver.chooses("choice.close")
    driver.receives(booking(), epoch=2, rev=1)
    driver.drives_again()
    assert driver.car.pop_up is None


def test_a_change_of_owner_keeps_what_is_still_there_and_the_driver_s_own_stops() -> None:
    driver = in_car(booking(), destination())
    driver.starts()
    driver.chooses("choice.close", "choice.as_destination")
    driver.presses(Button.MY_CAR)
    driver.chooses("choice.menu", "choice.service_and_repair", "choice.dealer_information")
    driver.chooses("choice.as_waypoint_before")
    both = driver.car.itinerary.stops
    assert [stop.item is None for stop in both] == [True, False]
    driver.receives(destination(), epoch=2, rev=1)
    assert driver.car.itinerary.stops == both
    driver.receives(epoch=3, rev=1)
    assert list(driver.car.itinerary.stops) == list(both[:1])


def test_what_vanishes_and_comes_back_is_remembered_within_an_epoch() -> None:
    driver = in_car(booking(), destination())
    driver.starts()
    driver.chooses("choice.close", "choice.as_destination")
    driver.drives_again()
    driver.receives()
    assert len(driver.car.itinerary.stops) == 1
    driver.receives(booking())
    assert driver.why(booking()) == ["already_answered"]


def test_the_memory_of_what_has_gone_is_bounded() -> None:
    driver = in_car()
    driver.starts()
    for number in range(wire.MOST_PAST + 5):
        driver.receives(destination(f"Place {number}"))
    driver.receives()
    assert len(driver.car.memory.past) == wire.MOST_PAST
    assert driver.car.past(destination("Place 0")).shown is None
    assert driver.car.past(destination(f"Place {wire.MOST_PAST + 4}")).shown == 1


def test_settings_that_the_backend_is_told_are_told_again() -> None:
    driver = in_car()
    driver.waits(timedelta(seconds=5))
    driver.starts()
    driver.chooses("choice.menu", "choice.service_and_repair", "choice.display_notifications")
    assert list(driver.effects) == [SayHello()]
    driver.loses_connection()
    driver.chooses("choice.display_notifications")
    assert list(driver.effects) == []


def test_a_snapshot_without_a_connection_is_applied_in_silence() -> None:
    driver = Motorist()
    assert driver.happens(SnapshotArrived(driver.now, snapshot((), rev=1))) == ()
    assert driver.car.wire.applied == Revision(1, 1)
    assert driver.car.wire.store_id == STORE
