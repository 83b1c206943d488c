"""What the driver can do, key by key and choice by choice."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from protocol.messages import (
    CounterProposed,
    HalfDay,
    Item,
    Navigated,
    NavigationRefused,
    ServiceType,
    Slot,
)
from tests.vehicle_sim.motorist import (
    BOOKING,
    DAY,
    MONDAY,
    VISIT,
    WORKSHOP,
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
from vehicle_sim import menu, pressing
from vehicle_sim.state import Button, Choice, Ignition, Itinerary, Page, Settings, Stop, Verb, View

OTHERS = tuple(Stop(f"Stop {number}", WORKSHOP.position) for number in range(5))


def at_the_wheel(*items: Item, **settings: object) -> Motorist:
    driver = in_car(*items, **settings)
    driver.starts()
    return driver


def with_stops(driver: Motorist, count: int) -> Motorist:
    driver.car = replace(driver.car, itinerary=Itinerary(OTHERS[:count], guiding=True))
    return driver


# --- keys -----------------------------------------------------------------------------------------


def test_my_car_leads_to_service_and_repair_and_exit_back() -> None:
    driver = at_the_wheel()
    driver.presses(Button.MY_CAR)
    driver.chooses("choice.menu", "choice.service_and_repair", "choice.appointments")
    assert driver.sees == "title.appointments"
    for view in ("service_and_repair", "menu", "home", "home"):
        driver.presses(Button.EXIT)
        assert driver.sees == f"title.{view}"


def test_exit_held_leads_to_the_normal_view_and_then_to_the_sources() -> None:
    driver = at_the_wheel()
    driver.presses(Button.MEDIA)
    driver.presses(Button.EXIT, long=True)
    assert driver.sees == "title.home"
    driver.presses(Button.EXIT, long=True)
    assert driver.offers == ["choice.radio", "choice.media", "choice.tel", "choice.map"]
    driver.chooses("choice.radio")
    assert (driver.sees, driver.offers) == ("title.radio", [])
    driver.presses(Button.OK)
    driver.presses(Button.EXIT)
    assert driver.sees == "title.home"


@pytest.mark.parametrize(
    ("button", "view"),
    [
        (Button.RADIO, View.RADIO),
        (Button.MEDIA, View.MEDIA),
        (Button.TEL, View.TEL),
        (Button.NAV, View.MAP),
        (Button.MY_CAR, View.HOME),
    ],
)
def test_each_source_has_its_key(button: Button, view: View) -> None:
    driver = at_the_wheel()
    driver.presses(button)
    assert driver.car.page.view is view


def test_exit_held_dismisses_the_pop_up_too() -> None:
    driver = at_the_wheel(booking())
    driver.presses(Button.RADIO)
    assert driver.sees == "popup.booking.title"
    driver.presses(Button.EXIT, long=True)
    assert driver.sees == "title.home"
    assert driver.said() == ["shown", "dismissed"]


def test_in_the_dark_no_key_does_anything() -> None:
    driver = at_the_wheel(booking())
    driver.switches_off()
    car = driver.car
    driver.presses(Button.RADIO)
    driver.turns(1)
    assert driver.car == car


def test_the_knob_stops_at_the_first_and_the_last_choice() -> None:
    driver = at_the_wheel(booking())
    driver.turns(99)
    assert driver.focused == "choice.close"
    driver.turns(-99)
    assert driver.focused == "choice.details"


def test_over_a_notice_the_knob_does_nothing_and_exit_closes_it() -> None:
    driver = at_the_wheel(navigation=False)
    driver.presses(Button.NAV)
    driver.turns(1)
    assert (driver.sees, driver.offers) == ("title.notice", ["choice.ok"])
    driver.presses(Button.EXIT)
    assert driver.sees == "title.home"
    driver.presses(Button.NAV)
    driver.presses(Button.OK)
    assert driver.sees == "title.home"


# --- pop-ups --------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", [booking(), reminder(), day_reminder()], ids=lambda item: item.kind)
def test_ok_on_a_booking_or_reminder_opens_the_booking(item: Item) -> None:
    driver = at_the_wheel(booking(announce=item.kind == "booking"), *([item] if item != booking() else []))
    driver.presses(Button.OK)
    assert driver.car.page == Page(View.DETAILS, subject=BOOKING)
    assert driver.car.pop_up is None
    assert "opened" in driver.said()


def test_who_reads_the_booking_from_its_reminder_is_not_shown_it_again() -> None:
    driver = at_the_wheel(booking(), day_reminder())
    driver.presses(Button.OK)
    assert driver.sees == "title.details"
    assert driver.said() == ["shown", "opened", "opened"]


def test_a_reminder_whose_booking_is_missing_shows_what_it_knows() -> None:
    driver = at_the_wheel(reminder())
    driver.presses(Button.OK)
    assert driver.car.page == Page(View.DETAILS, subject=reminder().id)
    assert driver.offers == ["choice.guide", "choice.call"]


@pytest.mark.parametrize("item", [inquiry(), cancellation(), receipt()], ids=lambda item: item.kind)
def test_what_is_only_to_be_read_is_closed_by_ok(item: Item) -> None:
    driver = at_the_wheel(item)
    assert driver.offers == ["choice.ok"]
    driver.presses(Button.OK)
    assert driver.said() == ["shown", "dismissed"]


def test_details_that_vanish_lead_back() -> None:
    driver = at_the_wheel(booking())
    driver.presses(Button.OK)
    driver.receives()
    assert driver.sees == "title.home"


def test_opening_the_same_page_again_does_not_lengthen_the_way_back() -> None:
    driver = at_the_wheel(day_reminder(), booking(announce=False))
    for _ in range(3):
        driver.chooses("choice.details")
        driver.receives(day_reminder(ver=driver.rev + 1), booking(announce=False))
    assert [page.view for page in driver.car.pages] == [View.HOME, View.DETAILS]


# --- guidance -------------------------------------------------------------------------------------


def test_guidance_from_the_day_reminder_as_destination_replaces_the_route() -> None:
    driver = with_stops(at_the_wheel(day_reminder()), 2)
    driver.chooses("choice.guide")
    assert driver.sees == "popup.guidance.title"
    assert driver.focused == "choice.as_waypoint_before"
    driver.chooses("choice.as_destination_replacing")
    assert [stop.name for stop in driver.car.itinerary.stops] == ["Nordvik Helsinki"]
    assert driver.car.itinerary.guiding
    assert driver.car.page.view is View.ROUTE_PROPOSAL
    went = driver.heard[-1]
    assert isinstance(went, Navigated)
    assert (went.item, went.how) == (day_reminder().id, "destination")
    assert driver.why(day_reminder()) == ["already_answered", "already_shown"]


def test_guidance_as_waypoint_goes_before_the_destination() -> None:
    driver = with_stops(at_the_wheel(day_reminder()), 2)
    driver.chooses("choice.guide", "choice.as_waypoint_before")
    assert [stop.name for stop in driver.car.itinerary.stops] == ["Stop 0", "Nordvik Helsinki", "Stop 1"]
    assert driver.heard[-1].model_dump(by_alias=True)["as"] == "waypoint"


def test_without_a_destination_the_waypoint_becomes_it_and_says_so() -> None:
    driver = at_the_wheel(booking())
    driver.chooses("choice.details", "choice.guide")
    assert driver.focused == "choice.as_destination"
    driver.chooses("choice.as_waypoint")
    assert len(driver.car.itinerary.stops) == 1
    went = driver.heard[-1]
    assert isinstance(went, Navigated)
    assert (went.item, went.how) == (BOOKING, "destination")


def test_a_fifth_waypoint_is_refused_and_the_choice_comes_back() -> None:
    driver = with_stops(at_the_wheel(day_reminder()), 5)
    driver.chooses("choice.guide", "choice.as_waypoint_before")
    assert driver.sees == "popup.refused.title"
    refused = driver.heard[-1]
    assert isinstance(refused, NavigationRefused)
    assert refused.why == "itinerary_full"
    assert driver.car.itinerary.stops == OTHERS
    driver.chooses("choice.ok")
    assert driver.sees == "popup.guidance.title"
    driver.presses(Button.EXIT)
    assert driver.sees == "popup.day_reminder.title"


def test_going_back_from_one_s_own_guidance_is_no_answer() -> None:
    driver = at_the_wheel(booking(announce=False))
    driver.chooses("choice.menu", "choice.service_and_repair", "choice.appointments", "choice.appointment")
    driver.chooses("choice.guide", "choice.back")
    assert driver.sees == "title.details"
    assert driver.heard == []


def test_guidance_chosen_from_the_details_is_closed_when_the_screen_goes_dark() -> None:
    driver = at_the_wheel(booking())
    driver.chooses("choice.details", "choice.guide")
    driver.switches_off(Ignition.ACC)
    assert driver.sees == "popup.guidance.title"
    driver.turns_key(Ignition.OFF)
    assert driver.car.pop_ups == ()


def test_a_received_destination_offers_both_ways_at_once() -> None:
    driver = with_stops(at_the_wheel(destination()), 5)
    assert driver.sees == "popup.navigation_destination.title"
    assert driver.offers == ["choice.as_destination_replacing", "choice.as_waypoint_before", "choice.close"]
    driver.chooses("choice.as_waypoint_before")
    assert driver.sees == "popup.refused.title"
    driver.chooses("choice.ok")
    assert driver.sees == "popup.navigation_destination.title"
    driver.chooses("choice.as_destination_replacing")
    assert driver.car.itinerary.stops[0].item == destination().id
    assert driver.said() == ["shown", "navigation_refused", "navigated"]


def test_without_navigation_the_sender_learns_why_a_destination_is_not_driven_to() -> None:
    driver = at_the_wheel(destination(), navigation=False)
    assert driver.offers == ["choice.ok"]
    driver.presses(Button.OK)
    refused = driver.heard[-1]
    assert isinstance(refused, NavigationRefused)
    assert refused.why == "no_navigation"
    driver.drives_again()
    assert driver.car.pop_up is None


def test_without_navigation_nothing_offers_guidance() -> None:
    driver = at_the_wheel(day_reminder(), navigation=False)
    assert driver.offers == ["choice.details", "choice.close"]
    driver.presses(Button.EXIT)
    driver.presses(Button.EXIT, long=True)
    assert "choice.map" not in driver.offers


def test_without_a_workshop_nothing_offers_guidance_or_a_call() -> None:
    driver = in_car()
    driver.receives(day_reminder(), dealer=None)
    driver.starts()
    assert driver.offers == ["choice.details", "choice.close"]
    driver.presses(Button.OK)
    assert driver.offers == []


def test_navigation_taken_away_in_the_middle_leaves_a_sane_screen() -> None:
    driver = with_stops(at_the_wheel(day_reminder()), 2)
    driver.presses(Button.NAV)
    driver.chooses("choice.guide")
    driver.sets(Settings(navigation=False))
    assert driver.sees == "popup.day_reminder.title"
    driver.presses(Button.EXIT)
    assert driver.sees == "title.home"

    driver = at_the_wheel(booking())
    driver.chooses("choice.details", "choice.guide")
    driver.sets(Settings(navigation=False))
    assert driver.sees == "title.details"


# --- proposals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "fact"), [("choice.accept", "accepted"), ("choice.decline", "declined")])
def test_a_proposal_is_decided_from_its_pop_up(key: str, fact: str) -> None:
    driver = at_the_wheel(proposal())
    assert driver.focused == "choice.details"
    driver.chooses(key)
    assert driver.car.notice is not None
    assert driver.car.notice.key == f"notice.{fact}"
    assert driver.said() == ["shown", fact]
    assert driver.car.unsent(proposal().id)
    driver.drives_again()
    assert driver.car.pop_up is None


def test_a_proposal_read_first_is_decided_from_its_details_once() -> None:
    driver = at_the_wheel(proposal())
    driver.chooses("choice.details")
    assert driver.offers == [
        "choice.accept",
        "choice.counter",
        "choice.decline",
        "choice.guide",
        "choice.call",
    ]
    driver.chooses("choice.accept")
    driver.presses(Button.OK)
    assert driver.offers == ["choice.guide", "choice.call"]
    assert driver.said() == ["shown", "opened", "accepted"]


def test_another_date_is_proposed_by_one_or_two_half_days() -> None:
    driver = at_the_wheel(proposal())
    driver.chooses("choice.counter")
    assert driver.sees == "popup.slots.title"
    assert driver.offers.count("choice.slot.morning") == driver.offers.count("choice.slot.afternoon") == 14
    driver.chooses("choice.send_slots")
    assert driver.car.notice is not None
    assert driver.car.notice.key == "notice.choose_slot"
    driver.presses(Button.OK)
    driver.turns(1)
    for _ in range(3):
        driver.presses(Button.OK)
        driver.turns(1)
    driver.turns(-2)
    driver.presses(Button.OK)
    driver.presses(Button.OK)
    driver.chooses("choice.send_slots")
    sent = driver.heard[-1]
    assert isinstance(sent, CounterProposed)
    assert sent.slots == (
        Slot(day="2026-11-25", half=HalfDay.MORNING),
        Slot(day="2026-11-24", half=HalfDay.AFTERNOON),
    )
    assert driver.said() == ["shown", "counter_proposed"]


def test_going_back_from_the_half_days_returns_to_the_proposal() -> None:
    driver = at_the_wheel(proposal())
    driver.chooses("choice.counter")
    driver.presses(Button.EXIT)
    assert driver.sees == "popup.proposal.title"
    driver.chooses("choice.details", "choice.counter")
    driver.presses(Button.EXIT)
    assert driver.sees == "title.details"


def test_a_decision_that_comes_too_late_says_so_and_is_not_sent() -> None:
    driver = at_the_wheel(proposal(show_until=MONDAY + DAY))
    driver.chooses("choice.details", "choice.counter")
    driver.turns(1)
    driver.presses(Button.OK)
    driver.waits(2 * DAY)
    driver.chooses("choice.send_slots")
    assert driver.car.notice is not None
    assert driver.car.notice.key == "notice.too_late"
    assert driver.said() == ["shown", "opened"]


# --- menus ----------------------------------------------------------------------------------------


def test_my_appointments_lists_what_is_booked_proposed_or_asked_the_next_one_first() -> None:
    early = inquiry(starts_at=VISIT - DAY)
    driver = at_the_wheel(booking(announce=False), early, proposal(announce=False, starts_at=VISIT + DAY))
    driver.presses(Button.OK)
    driver.chooses("choice.menu", "choice.service_and_repair")
    assert driver.offers == [
        "choice.dealer_information",
        "choice.appointments",
        "choice.display_notifications",
    ]
    driver.chooses("choice.appointments")
    assert driver.offers == ["choice.appointment"] * 3
    driver.presses(Button.OK)
    assert driver.car.page.subject == early.id
    driver.chooses("choice.call")
    assert driver.car.notice is not None
    assert driver.car.notice.facts == {"name": WORKSHOP.name, "phone": WORKSHOP.phone}


def test_notifications_are_switched_in_the_menu() -> None:
    driver = at_the_wheel()
    driver.chooses("choice.menu", "choice.service_and_repair", "choice.display_notifications")
    assert not driver.car.settings.notifications_on
    driver.presses(Button.OK)
    assert driver.car.settings.notifications_on


def test_dealer_information_guides_calls_and_asks_for_an_appointment() -> None:
    driver = at_the_wheel()
    driver.chooses("choice.menu", "choice.service_and_repair", "choice.dealer_information")
    assert driver.offers == ["choice.as_destination", "choice.as_waypoint", "choice.call", "choice.request"]
    driver.chooses("choice.as_waypoint")
    assert driver.car.itinerary.stops == (Stop(WORKSHOP.name, WORKSHOP.position, WORKSHOP.address),)
    assert driver.heard == []


def test_dealer_information_refuses_a_fifth_waypoint_too() -> None:
    driver = with_stops(at_the_wheel(), 5)
    driver.chooses("choice.menu", "choice.service_and_repair", "choice.dealer_information")
    driver.chooses("choice.as_waypoint_before")
    assert driver.car.notice is not None
    assert driver.car.notice.key == "notice.itinerary_full"
    assert driver.car.itinerary.stops == OTHERS


def test_without_a_preferred_dealer_its_page_offers_nothing() -> None:
    driver = in_car()
    driver.receives(dealer=None)
    driver.starts()
    driver.chooses("choice.menu", "choice.service_and_repair", "choice.dealer_information")
    assert driver.offers == []


def test_the_itinerary_is_changed_stop_by_stop() -> None:
    driver = with_stops(at_the_wheel(), 3)
    driver.presses(Button.NAV)
    driver.chooses("choice.itinerary")
    under_stops = ["choice.cancel_guidance", "choice.route", "choice.add_waypoint", "choice.clear_itinerary"]
    assert driver.offers == ["choice.stop"] * 3 + under_stops
    driver.chooses("choice.cancel_guidance")
    assert driver.car.itinerary == Itinerary(OTHERS[:3], paused=True)
    driver.chooses("choice.resume_guidance")
    assert driver.car.itinerary == Itinerary(OTHERS[:3], guiding=True)
    driver.turns(-9)
    driver.presses(Button.OK)
    assert driver.offers == ["choice.move_down", "choice.delete_stop"]
    driver.presses(Button.OK)
    assert (driver.offers[0], driver.focused) == ("choice.move_up", "choice.move_down")
    driver.presses(Button.OK)
    assert driver.offers == ["choice.move_up", "choice.delete_stop"]
    assert [stop.name for stop in driver.car.itinerary.stops] == ["Stop 1", "Stop 2", "Stop 0"]
    driver.chooses("choice.move_up", "choice.delete_stop")
    assert driver.sees == "title.itinerary"
    assert [stop.name for stop in driver.car.itinerary.stops] == ["Stop 1", "Stop 2"]
    driver.chooses("choice.clear_itinerary")
    assert driver.car.itinerary == Itinerary()
    assert driver.offers == []


# --- whatever happens -----------------------------------------------------------------------------


@pytest.mark.parametrize("view", [View.DETAILS, View.STOP])
def test_a_page_about_what_has_gone_offers_nothing(view: View) -> None:
    assert menu.page_choices(Motorist().car, Page(view)) == ()


@pytest.mark.parametrize("verb", Verb)
def test_a_choice_whose_subject_has_gone_does_no_harm(verb: Verb) -> None:
    subject = {
        Verb.OPEN: View.RADIO.value,
        Verb.TOGGLE_SLOT: "2026-11-24/morning",
        Verb.REQUEST: ServiceType.OTHER.value,
        Verb.SEND_REQUEST: ServiceType.OTHER.value,
    }.get(verb, UUID(int=77))
    driver = Motorist()
    driver.turns_key(Ignition.ON)
    after = pressing.obey(driver.car, Choice("choice.gone", verb, subject))
    assert after.itinerary == Itinerary()
    assert after.pop_ups == ()
    assert after.pages[0] == Page(View.HOME)
    assert after.wire.outbox == ()


def test_every_verb_has_its_deed() -> None:
    assert set(pressing._DEEDS) == set(Verb)
