"""A place is chosen by name, a route is proposed, and guidance follows what the driver says to it."""

from __future__ import annotations

import pytest

from protocol.language import Language
from protocol.messages import DealerCard
from protocol.values import GeoPoint
from tests.vehicle_sim.motorist import (
    HOUR,
    WORKSHOP,
    Motorist,
    booking,
    destination,
    in_car,
)
from vehicle_sim import navigation, places, steering
from vehicle_sim.state import Button, Choice, Itinerary, Moved, Page, Verb, View

GARAGE = DealerCard(
    name="Oulunkylän Auto",
    phone="+358 9 555 0188",
    address="Käskynhaltijantie 5",
    position=GeoPoint(latitude=60.229, longitude=24.966),
    zone="Europe/Helsinki",
)


def at_the_map(*items: object, **settings: object) -> Motorist:
    driver = in_car(*items, **settings)  # type: ignore[arg-type]  # whatever a car may receive
    driver.starts()
    driver.presses(Button.NAV)
    return driver


def names(driver: Motorist) -> list[str]:
    return [stop.name for stop in driver.car.itinerary.stops]


def kinds(driver: Motorist) -> dict[str, str]:
    return {place.stop.name: place.kind for place in places.known(driver.car)}


def goes_to(driver: Motorist, name: str) -> None:
    """Choose a place by its name from the list."""
    listed = [place.stop.name for place in places.known(driver.car)]
    driver.turns(listed.index(name) - driver.car.page.focus)
    driver.presses(Button.OK)


# --- places -----------------------------------------------------------------------------------------


def test_a_car_knows_its_workshop_what_it_was_sent_and_the_sights_of_its_map() -> None:
    driver = at_the_map(booking(announce=False), destination("Kamppi", announce=False))
    known = list(kinds(driver).items())
    assert known[:2] == [(WORKSHOP.name, "workshop"), ("Kamppi", "received")]
    sights = [name for name, _ in known[2:]]
    assert "Central Railway Station" in sights
    assert sights == sorted(sights, key=str.casefold)


def test_another_dealer_s_booking_makes_its_workshop_known_and_no_name_stands_twice() -> None:
    driver = at_the_map(booking(announce=False, dealer=GARAGE), destination(WORKSHOP.name, announce=False))
    assert list(kinds(driver).items())[:2] == [(WORKSHOP.name, "workshop"), (GARAGE.name, "workshop")]
    driver.receives(dealer=None)
    assert "workshop" not in kinds(driver).values()


@pytest.mark.parametrize(
    ("language", "station"),
    [
        (Language.ENGLISH, "Central Railway Station"),
        (Language.GERMAN, "Rautatientori"),
        (Language.SWEDISH, "Järnvägstorget"),
    ],
)
def test_sights_are_named_in_the_driver_s_language(language: Language, station: str) -> None:
    assert kinds(at_the_map(language=language))[station] == "station"


# --- the route is proposed --------------------------------------------------------------------------


def test_a_place_chosen_from_the_map_is_proposed_and_ok_starts() -> None:
    driver = at_the_map()
    driver.chooses("choice.add_destination")
    assert driver.sees == "title.places"
    goes_to(driver, "Central Railway Station")
    assert driver.sees == "title.route_proposal"
    assert driver.offers == ["choice.start_guidance", "choice.add_waypoint", "choice.cancel_guidance"]
    driver.presses(Button.OK)
    assert driver.sees == "title.map"
    assert (names(driver), driver.car.itinerary.guiding) == (["Central Railway Station"], True)
    assert driver.heard == []


def test_who_drives_off_has_accepted_the_proposal() -> None:
    driver = at_the_map()
    driver.chooses("choice.add_destination")
    goes_to(driver, "Central Railway Station")
    driver.happens(Moved(driver.now, speed=40))
    driver.waits(HOUR)
    assert driver.car.notice is not None
    assert driver.car.notice.key == "notice.arrived"
    driver.presses(Button.OK)
    assert driver.sees == "title.map"


def test_who_cancels_the_proposal_keeps_the_stops_and_may_resume() -> None:
    driver = at_the_map()
    driver.chooses("choice.add_destination")
    goes_to(driver, "Central Railway Station")
    driver.chooses("choice.cancel_guidance")
    assert driver.sees == "title.map"
    assert (len(names(driver)), driver.car.itinerary.guiding) == (1, False)
    driver.chooses("choice.itinerary", "choice.route")
    assert driver.sees == "title.route"
    driver.chooses("choice.resume_guidance")
    assert driver.sees == "title.map"
    assert driver.car.itinerary.guiding


def test_the_whole_route_can_be_looked_at_and_guidance_cancelled_there() -> None:
    driver = at_the_map()
    driver.chooses("choice.add_destination")
    goes_to(driver, "Central Railway Station")
    driver.presses(Button.OK)
    driver.chooses("choice.itinerary", "choice.route")
    assert driver.offers == ["choice.cancel_guidance", "choice.add_waypoint"]
    driver.chooses("choice.cancel_guidance")
    assert driver.offers == ["choice.resume_guidance", "choice.add_waypoint"]
    driver.presses(Button.EXIT)
    assert driver.sees == "title.itinerary"


def test_waypoints_are_added_until_a_clear_word_says_that_no_more_fit() -> None:
    driver = at_the_map()
    sights = [place.stop.name for place in places.known(driver.car)][:6]
    driver.chooses("choice.add_destination")
    goes_to(driver, sights[0])
    for name in sights[1:5]:
        driver.chooses("choice.add_waypoint")
        goes_to(driver, name)
    assert names(driver) == [*sights[1:5], sights[0]]
    driver.chooses("choice.add_waypoint")
    assert driver.car.notice is not None
    assert driver.car.notice.key == "notice.itinerary_full"
    assert driver.car.page.view is View.ROUTE_PROPOSAL
    driver.presses(Button.OK)
    refused = steering.to_place(driver.car, Choice("choice.place", Verb.TO_PLACE, 5))
    assert refused.notice is not None
    assert refused.itinerary == driver.car.itinerary


def test_a_place_that_has_gone_is_not_driven_to() -> None:
    driver = at_the_map()
    for subject in (None, 999):
        choice = Choice("choice.place", Verb.TO_PLACE, subject)
        assert steering.to_place(driver.car, choice) == driver.car


def test_an_empty_itinerary_offers_nothing_to_do_with_it() -> None:
    driver = at_the_map()
    assert navigation.in_itinerary(driver.car, Page(View.ITINERARY)) == ()
    assert navigation.at_stop(driver.car, Page(View.STOP)) == ()
    assert driver.car.itinerary == Itinerary()
