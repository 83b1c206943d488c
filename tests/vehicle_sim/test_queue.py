"""Many messages for one driver: one at a time, the more important one first, and none lost."""

from __future__ import annotations

from uuid import UUID

from protocol.language import Language
from protocol.messages import Item, Shown
from tests.vehicle_sim.motorist import (
    HOUR,
    MINUTE,
    MONDAY,
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
from vehicle_sim.locales import phrases
from vehicle_sim.screens import Role, view
from vehicle_sim.state import Button, Chime, Settings, Step
from vehicle_sim.theme import SENSUS_7

MAKERS = (booking, proposal, inquiry, reminder, day_reminder, cancellation, receipt)


def twenty() -> tuple[Item, ...]:
    """Twenty messages that all may open now: two or three of every kind."""
    made = [MAKERS[number % len(MAKERS)](id=UUID(int=100 + number)) for number in range(16)]
    return (*made, *(destination(name) for name in ("Kamppi", "Töölö", "Kallio", "Pasila")))


def kinds_shown(driver: Motorist) -> list[str]:
    items = {item.id: item.kind for item in twenty()}
    return [items[event.item] for event in driver.heard if isinstance(event, Shown)]


def dialogs(driver: Motorist) -> int:
    scene = view(driver.car, phrases(Language.ENGLISH), SENSUS_7)
    return sum(part.role is Role.DIALOG for part in scene.root.walk())


# --- twenty at once --------------------------------------------------------------------------------


def test_twenty_that_wait_come_one_by_one_the_most_important_first_and_none_is_lost() -> None:
    driver = in_car(*twenty())
    chimes = [effect for effect in driver.starts() if isinstance(effect, Chime)]
    while driver.car.pop_up is not None:
        assert dialogs(driver) == 1
        assert len(driver.car.pop_ups) == 1
        driver.presses(Button.EXIT)
        chimes += [effect for effect in driver.effects if isinstance(effect, Chime)]
    shown = kinds_shown(driver)
    assert len(shown) == 20
    assert len({event.item for event in driver.heard if isinstance(event, Shown)}) == 20
    assert [list(popups.RISING).index(kind) for kind in shown] == sorted(
        (list(popups.RISING).index(kind) for kind in shown), reverse=True
    )
    assert [chime.pop_up for chime in chimes] == shown
    driver.drives_again()
    assert driver.sees == "popup.day_reminder.title"  # for it, an answer holds for its drive only


def test_twenty_that_nobody_answers_are_all_there_again_at_the_next_start() -> None:
    driver = in_car(*twenty())
    for _ in range(3):
        driver.starts()
        assert kinds_shown(driver)[-1] == "day_reminder"
        waiting = [item for item in twenty() if driver.why(item) == ["another_is_open"]]
        assert len(waiting) == 19
        driver.parks()
        assert driver.car.pop_ups == ()


def test_twenty_that_arrive_the_least_important_first_cover_one_another_and_come_back() -> None:
    driver = in_car()
    driver.starts()
    told: list[Item] = []
    ranked = sorted(twenty(), key=popups.rank)
    for item in ranked:
        told.append(item)
        driver.receives(*told)
        assert dialogs(driver) == 1
        assert driver.car.pop_up is not None
        on_top = driver.car.subject(driver.car.pop_up.item)
        assert on_top is not None
        assert popups.rank(on_top) == popups.rank(item)  # nothing undismissed blocks the more important one
    while driver.car.pop_up is not None:
        driver.presses(Button.EXIT)
    assert sorted(kinds_shown(driver)) == sorted(item.kind for item in twenty())


# --- while one is open -----------------------------------------------------------------------------


def opened(*items: Item) -> Motorist:
    driver = in_car(*items)
    driver.starts()
    driver.waits(MINUTE)
    return driver


def test_a_change_closes_it_and_the_new_version_waits_for_its_own_start() -> None:
    driver = opened(proposal())
    driver.chooses("choice.counter")
    driver.receives(proposal(ver=2, show_from=MONDAY + MINUTE))
    assert driver.car.pop_ups == ()
    assert driver.why(proposal(ver=2, show_from=MONDAY + MINUTE)) == ["no_engine_start_since"]
    driver.drives_again()
    assert driver.sees == "popup.proposal.title"
    assert driver.car.pop_up is not None
    assert (driver.car.pop_up.ver, driver.car.pop_up.step) == (2, Step.ASKED)


def test_a_cancellation_takes_the_booking_away_and_comes_itself() -> None:
    driver = opened(booking(), reminder())
    assert driver.sees == "popup.reminder.title"
    driver.receives(cancellation())
    assert driver.sees == "popup.cancellation.title"
    driver.presses(Button.OK)
    assert driver.car.pop_ups == ()


def test_what_is_cancelled_beneath_another_does_not_come_back() -> None:
    driver = opened(booking())
    driver.receives(booking(), day_reminder())
    assert [pop_up.item for pop_up in driver.car.pop_ups] == [booking().id, day_reminder().id]
    driver.receives(day_reminder())
    driver.presses(Button.EXIT)
    assert driver.car.pop_up is None


def test_what_expires_beneath_another_does_not_come_back() -> None:
    soon = booking(show_until=MONDAY + HOUR)
    driver = opened(soon)
    driver.receives(soon, day_reminder())
    driver.waits(HOUR)
    assert [pop_up.item for pop_up in driver.car.pop_ups] == [day_reminder().id]
    driver.presses(Button.EXIT)
    assert driver.car.pop_ups == ()


def test_what_expires_makes_room_for_what_waited() -> None:
    driver = opened(day_reminder(show_until=MONDAY + HOUR), booking())
    driver.waits(HOUR)
    assert driver.sees == "popup.booking.title"


def test_the_end_of_the_drive_closes_all_and_the_next_brings_them_again() -> None:
    driver = opened(booking())
    driver.receives(booking(), cancellation())
    driver.parks()
    assert driver.car.pop_ups == ()
    assert driver.why(booking()) == ["engine_not_running"]
    driver.starts()
    assert driver.sees == "popup.cancellation.title"
    driver.presses(Button.EXIT)
    assert driver.sees == "popup.booking.title"


def test_another_language_leaves_it_open_and_rings_no_second_time() -> None:
    driver = opened(proposal())
    driver.chooses("choice.counter")
    driver.turns(3)
    before = driver.car.pop_up
    effects = driver.sets(Settings(language=Language.SWEDISH))
    assert driver.car.pop_up == before
    assert not any(isinstance(effect, Chime) for effect in effects)
    assert driver.said() == ["shown"]
    scene = view(driver.car, phrases(driver.car.settings.language), SENSUS_7)
    assert scene.language == "sv"
    assert "När passar det dig?" in {part.label for part in scene.root.walk()}


def test_notifications_off_closes_all_that_was_not_asked_for_and_on_brings_it_with_the_next_drive() -> None:
    driver = opened(booking())
    driver.receives(booking(), cancellation())
    driver.sets(Settings(notifications_on=False))
    assert driver.car.pop_ups == ()
    assert driver.why(cancellation()) == ["already_shown", "notifications_off"]
    driver.sets(Settings())
    assert driver.car.pop_ups == ()
    driver.drives_again()
    assert driver.sees == "popup.cancellation.title"
    assert "dismissed" not in driver.said()


def test_notifications_off_leaves_the_driver_what_the_driver_opened() -> None:
    driver = opened(booking())
    driver.chooses("choice.details", "choice.guide")
    driver.sets(Settings(notifications_on=False))
    assert driver.sees == "popup.guidance.title"


def test_one_covered_in_the_middle_of_a_step_comes_back_as_it_was() -> None:
    driver = opened(proposal())
    driver.chooses("choice.counter")
    driver.presses(Button.OK)
    before = driver.car.pop_up
    driver.receives(proposal(), day_reminder())
    assert driver.sees == "popup.day_reminder.title"
    driver.presses(Button.EXIT)
    assert driver.car.pop_up == before
    assert driver.sees == "popup.slots.title"


def test_equals_wait_for_one_another() -> None:
    driver = opened(day_reminder())
    other = day_reminder(id=UUID(int=7))
    driver.receives(day_reminder(), other)
    assert driver.why(other) == ["another_is_open"]
    driver.presses(Button.EXIT)
    assert driver.car.pop_up is not None
    assert driver.car.pop_up.item == other.id


def test_a_notice_over_a_pop_up_is_closed_before_it() -> None:
    driver = opened(proposal())
    driver.chooses("choice.counter", "choice.send_slots")
    assert driver.sees == "title.notice"
    driver.presses(Button.EXIT)
    assert driver.sees == "popup.slots.title"
    assert dialogs(driver) == 1


def test_of_two_that_are_open_only_the_upper_one_answers_to_the_keys() -> None:
    driver = opened(booking())
    driver.receives(booking(), cancellation())
    beneath = driver.car.pop_ups[0]
    driver.turns(5)
    assert driver.car.pop_ups[0] == beneath
    driver.presses(Button.OK)
    assert driver.car.pop_up == beneath
