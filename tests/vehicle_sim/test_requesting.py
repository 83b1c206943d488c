"""The car's own question, the consent, the request: asked when it should be, sent when it may be."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from protocol.messages import ServiceRequested, ServiceType
from tests.vehicle_sim.motorist import (
    DAY,
    FRESH,
    MINUTE,
    MONDAY,
    SECOND,
    Motorist,
    booking,
    day_reminder,
    in_car,
    proposal,
    receipt,
)
from vehicle_sim import popups
from vehicle_sim.popups import AWAKE
from vehicle_sim.reducer import next_due
from vehicle_sim.state import FLICKER, Button, Chime, Ignition, PopUp, Priority, Settings, Step, View

NEED = "popup.service_need.title"
CONSENT = "popup.data_consent.title"
SENT = "popup.request_sent.title"


def about_to_park(**settings: object) -> Motorist:
    """Return somebody whose car drives and is due for service."""
    driver = in_car(**settings)
    driver.starts()
    driver.waits(MINUTE)
    driver.needs_service()
    return driver


def just_parked(to: Ignition = Ignition.OFF) -> Motorist:
    driver = about_to_park()
    driver.switches_off(to)
    return driver


def requests(driver: Motorist) -> list[ServiceRequested]:
    return [event for event in driver.heard if isinstance(event, ServiceRequested)]


# --- when it is asked ------------------------------------------------------------------------------


@pytest.mark.parametrize("to", [Ignition.ACC, Ignition.OFF])
def test_a_car_that_has_just_been_parked_asks_whether_to_book_service(to: Ignition) -> None:
    driver = about_to_park()
    assert driver.why_not_asked == ["not_just_parked"]
    driver.runs(running=False)
    assert driver.why_not_asked == ["not_just_parked"]  # a stop-start keeps its key in II
    driver.turns_key(to)
    assert driver.sees == NEED
    assert driver.offers == ["choice.yes", "choice.no", "choice.postpone"]
    assert driver.effects == (Chime(driver.now, "service_need", Priority.QUESTION),)
    assert driver.is_lit()
    assert driver.said() == []  # nobody is told what the car asks its own driver


def test_a_car_that_needs_no_service_is_dark_when_it_is_parked() -> None:
    driver = in_car()
    driver.starts()
    driver.switches_off()
    assert driver.why_not_asked == ["service_not_due"]
    assert not driver.is_lit()


def test_it_is_not_asked_in_a_car_that_has_not_been_driven() -> None:
    driver = in_car()
    driver.needs_service()
    driver.turns_key(Ignition.ACC)
    assert driver.why_not_asked == ["not_just_parked"]
    driver.turns_key(Ignition.OFF)
    assert not driver.is_lit()


def test_what_falls_due_minutes_after_parking_waits_for_the_next_time() -> None:
    driver = in_car()
    driver.starts()
    driver.switches_off(Ignition.ACC)
    driver.waits(AWAKE)
    driver.needs_service()
    assert driver.why_not_asked == ["not_just_parked"]
    driver.drives_again()
    driver.switches_off()
    assert driver.sees == NEED


def test_a_locked_car_asks_nobody() -> None:
    driver = just_parked()
    driver.turns_key(Ignition.LOCK)
    assert not driver.is_lit()
    assert driver.car.pop_ups == ()
    assert driver.why_not_asked == ["already_shown", "not_just_parked"]


def test_notifications_off_hold_it_back_and_close_it() -> None:
    driver = about_to_park(notifications_on=False)
    driver.switches_off(Ignition.ACC)
    assert driver.why_not_asked == ["notifications_off"]
    driver.sets(Settings())
    assert driver.sees == NEED
    driver.sets(Settings(notifications_on=False))
    assert driver.car.pop_ups == ()


def test_a_new_head_unit_that_knows_no_workshop_yet_waits_before_it_says_that_there_is_none() -> None:
    driver = Motorist()
    driver.needs_service()
    driver.starts()
    driver.switches_off()
    assert driver.why_not_asked == ["waiting_for_backend"]
    driver.waits(popups.PATIENCE)
    assert driver.sees == NEED
    assert driver.offers == ["choice.no", "choice.postpone"]
    assert driver.focused == "choice.postpone"


def test_pop_ups_of_the_drive_that_has_ended_do_not_stand_in_its_way() -> None:
    driver = in_car(day_reminder())
    driver.starts()
    driver.needs_service()
    driver.switches_off()
    assert driver.sees == NEED
    driver.waits(FLICKER)
    assert [pop_up.item for pop_up in driver.car.pop_ups] == [driver.car.service.id]


def test_a_choice_of_the_driver_s_own_is_finished_first_if_it_is_as_important() -> None:
    driver = about_to_park()
    driver.receives(proposal(announce=False))
    driver.chooses("choice.menu", "choice.service_and_repair", "choice.appointments", "choice.appointment")
    driver.chooses("choice.counter")
    driver.switches_off(Ignition.ACC)
    assert driver.sees == "popup.slots.title"
    assert driver.why_not_asked == ["another_is_open"]
    driver.presses(Button.EXIT)
    assert driver.sees == NEED


# --- how long the screen stays ---------------------------------------------------------------------


def test_in_position_0_the_screen_waits_a_minute_for_a_hand() -> None:
    driver = just_parked()
    driver.waits(FLICKER)
    assert next_due(driver.car) == driver.now - FLICKER + AWAKE
    driver.waits(AWAKE - FLICKER - SECOND)
    driver.turns(1)
    assert driver.focused == "choice.no"
    driver.waits(AWAKE - SECOND)
    assert driver.is_lit()
    driver.waits(SECOND)
    assert not driver.is_lit()
    assert driver.car.pop_ups == ()
    assert driver.car.awake_until is None
    assert driver.why_not_asked == ["already_shown", "not_just_parked"]


def test_a_press_that_comes_after_the_minute_meets_a_dark_screen() -> None:
    driver = just_parked()
    driver.now += AWAKE
    driver.presses(Button.OK)
    assert driver.car.pop_ups == ()
    assert driver.heard == []


def test_once_it_is_answered_the_car_is_dark() -> None:
    driver = just_parked()
    driver.chooses("choice.postpone")
    assert not driver.is_lit()
    assert driver.car.awake_until is None


def test_in_position_i_it_stays_and_moves_with_the_key() -> None:
    driver = just_parked(Ignition.ACC)
    driver.waits(10 * MINUTE)
    assert driver.sees == NEED
    driver.turns_key(Ignition.ON)
    assert driver.sees == NEED
    driver.turns_key(Ignition.OFF)
    assert driver.sees == NEED
    driver.waits(AWAKE)
    assert not driver.is_lit()


def test_left_unanswered_it_is_asked_at_the_next_parking() -> None:
    driver = just_parked()
    driver.waits(AWAKE)
    driver.starts()
    assert driver.car.pop_up is None
    driver.switches_off()
    assert driver.sees == NEED


def test_a_flicker_of_the_key_takes_it_away_and_the_real_parking_brings_it() -> None:
    driver = just_parked()
    driver.waits(SECOND)
    driver.starts()
    assert driver.car.drive.run == 1
    assert driver.car.pop_ups == ()
    driver.waits(MINUTE)
    driver.switches_off()
    assert driver.sees == NEED


# --- Yes, No, Postpone -----------------------------------------------------------------------------


def test_yes_asks_for_the_data_then_sends_the_request_and_puts_the_lamp_out() -> None:
    driver = just_parked()
    assert driver.focused == "choice.yes"
    assert driver.sees_lamp()
    driver.chooses("choice.yes")
    assert driver.sees == CONSENT
    assert driver.offers == ["choice.ok", "choice.cancel"]
    assert driver.focused == "choice.cancel"  # who presses twice by mistake has not consented
    assert driver.heard == []
    driver.chooses("choice.ok")
    assert driver.sees == SENT
    (request,) = requests(driver)
    assert (request.type, request.consent) == (ServiceType.SERVICE, True)
    assert (request.health.odometer_km, request.health.service_due) == (48_000, True)
    assert not driver.sees_lamp()
    driver.chooses("choice.ok")
    assert not driver.is_lit()
    driver.drives_again()
    driver.switches_off()
    assert driver.why_not_asked == ["already_answered"]


def test_without_consent_nothing_is_sent_and_the_question_is_there_again() -> None:
    driver = just_parked()
    driver.chooses("choice.yes", "choice.cancel")
    assert driver.sees == NEED
    driver.chooses("choice.yes")
    driver.presses(Button.EXIT)
    assert driver.sees == NEED
    assert driver.heard == []
    assert driver.sees_lamp()


def test_no_is_not_asked_again_until_the_next_service_and_the_lamp_stays() -> None:
    driver = just_parked()
    driver.chooses("choice.no")
    for _ in range(3):
        driver.drives_again()
        driver.switches_off()
        assert driver.why_not_asked == ["already_answered"]
    assert driver.sees_lamp()
    driver.needs_service(due=False)
    driver.starts()
    driver.needs_service()
    driver.switches_off()
    assert driver.sees == NEED


@pytest.mark.parametrize("how", ["choice", "EXIT", "EXIT held"])
def test_postponed_it_is_asked_in_the_next_driving_cycle(how: str) -> None:
    driver = just_parked()
    if how == "choice":
        driver.chooses("choice.postpone")
    else:
        driver.presses(Button.EXIT, long=how == "EXIT held")
    assert driver.why_not_asked == ["postponed", "already_shown"]
    driver.waits(SECOND)
    driver.starts()
    driver.switches_off()  # still the same driving cycle
    assert driver.why_not_asked == ["postponed"]
    driver.drives_again()
    driver.switches_off()
    assert driver.sees == NEED


def test_the_consent_holds_for_the_cycle_and_then_a_slip_of_the_thumb_must_not_send() -> None:
    driver = about_to_park()
    driver.chooses("choice.menu", "choice.service_and_repair", "choice.dealer_information", "choice.request")
    driver.chooses("choice.request.repair", "choice.ok", "choice.ok")
    driver.switches_off()
    assert driver.focused == "choice.postpone"
    driver.chooses("choice.yes")
    assert driver.sees == SENT
    assert [request.type for request in requests(driver)] == [ServiceType.REPAIR, ServiceType.SERVICE]


def test_a_service_that_is_done_ends_the_cycle_and_its_consent() -> None:
    driver = just_parked()
    driver.chooses("choice.yes", "choice.ok", "choice.ok")
    driver.needs_service(due=False)
    assert not driver.sees_lamp()
    driver.waits(MINUTE)
    driver.starts()
    driver.needs_service()
    assert driver.sees_lamp()
    driver.switches_off()
    driver.chooses("choice.yes")
    assert driver.sees == CONSENT


def test_a_service_done_while_it_is_asked_closes_the_question() -> None:
    driver = just_parked(Ignition.ACC)
    driver.needs_service(due=False)
    assert driver.car.pop_ups == ()
    assert driver.why_not_asked == ["service_not_due", "already_shown"]


def test_a_new_owner_is_asked_anew() -> None:
    driver = just_parked()
    driver.chooses("choice.yes", "choice.ok", "choice.ok")
    driver.receives(rev=1, epoch=2)
    assert not driver.car.service.consented
    driver.drives_again()
    driver.switches_off()
    assert driver.sees == NEED


# --- the request by hand ---------------------------------------------------------------------------


def at_the_types(*, dealer: bool = True) -> Motorist:
    driver = in_car()
    driver.starts()
    driver.chooses("choice.menu", "choice.service_and_repair", "choice.dealer_information", "choice.request")
    if not dealer:
        driver.receives(dealer=None)
    return driver


@pytest.mark.parametrize("kind", ServiceType)
def test_each_of_the_four_types_can_be_requested(kind: ServiceType) -> None:
    driver = at_the_types()
    assert driver.offers == [f"choice.request.{other.value}" for other in ServiceType]
    driver.chooses(f"choice.request.{kind.value}")
    assert driver.sees == CONSENT
    driver.chooses("choice.ok")
    assert [request.type for request in requests(driver)] == [kind]
    assert driver.sees == SENT
    driver.chooses("choice.ok")
    assert driver.sees == "title.dealer_information"


def test_cancelled_it_leads_back_to_the_types() -> None:
    driver = at_the_types()
    driver.chooses("choice.request.repair", "choice.cancel")
    assert driver.car.page.view is View.REQUEST
    driver.chooses("choice.request.other")
    driver.presses(Button.EXIT)
    assert driver.car.page.view is View.REQUEST
    assert driver.heard == []


def test_asked_for_service_by_hand_the_car_does_not_ask_for_it_itself() -> None:
    driver = at_the_types()
    driver.needs_service()
    driver.chooses("choice.request.service_and_repair", "choice.ok", "choice.ok")
    driver.switches_off()
    assert driver.why_not_asked == ["already_answered"]
    assert not driver.sees_lamp()


def test_a_service_requested_before_it_is_due_does_not_keep_the_car_from_asking_when_it_is() -> None:
    driver = at_the_types()
    driver.chooses("choice.request.service", "choice.ok", "choice.ok")
    driver.needs_service()
    assert driver.sees_lamp()
    driver.switches_off()
    assert driver.sees == NEED


def test_the_same_request_is_not_sent_twice_while_it_is_on_its_way() -> None:
    driver = at_the_types()
    driver.loses_connection()
    driver.chooses("choice.request.repair", "choice.ok", "choice.ok", "choice.request")
    driver.chooses("choice.request.repair")
    assert driver.sees == SENT
    assert len(requests(driver)) == 1
    driver.is_acknowledged(driver.car.wire.seq)
    assert not driver.car.unsent_request(ServiceType.REPAIR)
    driver.presses(Button.EXIT)
    driver.chooses("choice.request", "choice.request.repair")
    assert len(requests(driver)) == 2


def test_without_a_preferred_dealer_nothing_is_sent_and_it_says_so() -> None:
    driver = at_the_types(dealer=False)
    driver.chooses("choice.request.repair")
    assert driver.car.notice is not None
    assert driver.car.notice.key == "notice.no_workshop"
    driver = at_the_types()
    driver.chooses("choice.request.repair")
    driver.receives(dealer=None)
    driver.chooses("choice.ok")
    assert driver.car.notice is not None
    assert driver.car.notice.key == "notice.no_workshop"
    assert driver.car.pop_ups == ()
    assert driver.heard == []


def test_an_odometer_that_has_run_out_of_figures_is_sent_as_the_last_it_can_show() -> None:
    driver = at_the_types()
    driver.car = replace(driver.car, drive=replace(driver.car.drive, odometer_km=10_000_003.5))
    driver.chooses("choice.request.repair", "choice.ok")
    assert requests(driver)[0].health.odometer_km == 9_999_999


# --- what becomes of it ----------------------------------------------------------------------------


def test_the_receipt_takes_the_place_of_the_request_in_a_parked_car() -> None:
    driver = just_parked()
    driver.chooses("choice.yes", "choice.ok")
    driver.is_acknowledged(driver.car.wire.seq)
    assert popups.name_on_screen(driver.car) == "request_sent"
    driver.receives(receipt(show_from=driver.now))
    assert driver.sees == "popup.request_receipt.title"
    assert [pop_up.step for pop_up in driver.car.pop_ups] == [Step.ASKED]
    assert driver.is_lit()
    driver.chooses("choice.ok")
    assert not driver.is_lit()
    assert driver.said() == ["service_requested", "shown", "dismissed"]


def test_a_receipt_that_nobody_waits_for_comes_at_the_next_engine_start() -> None:
    driver = just_parked()
    driver.chooses("choice.yes", "choice.ok", "choice.ok")
    awaited = receipt(show_from=driver.now)
    driver.receives(awaited)
    assert driver.why(awaited) == ["engine_not_running"]
    assert not driver.is_lit()
    driver.waits(MINUTE)
    driver.starts()
    assert driver.sees == "popup.request_receipt.title"


def test_a_receipt_left_lit_goes_dark_and_comes_again_with_the_engine() -> None:
    driver = just_parked()
    driver.chooses("choice.yes", "choice.ok")
    driver.receives(receipt(show_from=driver.now))
    driver.waits(AWAKE)
    assert not driver.is_lit()
    driver.starts()
    assert driver.sees == "popup.request_receipt.title"
    assert driver.said("service_requested") == ["shown", "shown"]


def test_the_receipt_replaces_the_request_while_driving_too() -> None:
    driver = at_the_types()
    driver.chooses("choice.request.service", "choice.ok")
    driver.receives(receipt(show_from=driver.now))
    assert driver.sees == "popup.request_receipt.title"
    driver.chooses("choice.ok")
    assert driver.sees == "title.dealer_information"


def test_a_request_made_in_the_dark_goes_out_with_the_connection() -> None:
    driver = just_parked()
    driver.loses_connection()
    driver.chooses("choice.yes", "choice.ok")
    assert driver.car.unsent_request(ServiceType.SERVICE)
    driver.presses(Button.EXIT)
    driver.waits(DAY)
    driver.connects()
    assert [event.kind for event in driver.car.wire.outbox] == ["service_requested"]


def test_a_more_important_message_is_not_kept_waiting_by_a_consent_left_open() -> None:
    driver = at_the_types()
    driver.chooses("choice.request.repair")
    driver.receives(booking())
    assert driver.sees == CONSENT
    driver.receives(booking(), day_reminder())
    assert driver.sees == "popup.day_reminder.title"
    driver.presses(Button.EXIT)
    assert driver.sees == CONSENT
    driver.presses(Button.EXIT)
    assert driver.sees == "popup.booking.title"


def test_a_restored_copy_goes_on_with_the_request_that_was_not_acknowledged() -> None:
    driver = just_parked()
    driver.chooses("choice.yes", "choice.ok")
    driver.is_acknowledged(driver.car.wire.seq + 5)
    assert driver.car.wire.store_id == FRESH
    assert driver.car.unsent_request(ServiceType.SERVICE)
    assert driver.now > MONDAY


def test_a_pop_up_is_called_by_what_it_is_about_and_a_request_by_how_far_it_is() -> None:
    driver = just_parked()
    assert popups.name_on_screen(driver.car) == "service_need"
    driver.chooses("choice.yes")
    assert popups.name_on_screen(driver.car) == "data_consent"
    driver.chooses("choice.ok")
    assert popups.name_on_screen(driver.car) == "request_sent"
    driver.chooses("choice.ok")
    assert popups.name_on_screen(driver.car) is None
    nothing = PopUp(UUID(int=99), 1, driver.car.drive.run)
    lit = replace(driver.car, drive=replace(driver.car.drive, ignition=Ignition.ON), pop_ups=(nothing,))
    assert popups.name_on_screen(lit) == "asked"
