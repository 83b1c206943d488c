"""A car under guidance drives along its way as time passes, and believes whoever says where it is."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.values import GeoPoint
from tests.vehicle_sim.motorist import HOUR, MINUTE, SECOND, WORKSHOP, Motorist, destination, in_car
from vehicle_sim import driving, guidance, itineraries
from vehicle_sim.codec import decode_car, encode_car
from vehicle_sim.reducer import next_due
from vehicle_sim.route import Manoeuvre
from vehicle_sim.state import Car, Chime, Ignition, Moved, Notice, Page, Priority, Stop, TimePassed, View
from vehicle_sim.streets import distance

HAKANIEMI = GeoPoint(latitude=60.17832, longitude=24.95057)
TURKU = GeoPoint(latitude=60.4518, longitude=22.2666)
KAMPPI = Stop("Kamppi", destination().position)
DEALER = Stop(WORKSHOP.name, WORKSHOP.position, WORKSHOP.address)
WEEK = timedelta(days=7)


def guided(*stops: Stop, start: GeoPoint = HAKANIEMI, speed: float = 0.0) -> Motorist:
    """A driver at ``start`` with the engine running and guidance on."""
    driver = in_car()
    driver.starts()
    driver.happens(Moved(driver.now, position=start))
    itinerary = itineraries.as_destination(driver.car.itinerary, stops[-1]).itinerary
    for stop in stops[:-1]:
        itinerary = itineraries.as_waypoint(itinerary, stop).itinerary
    driver.car = replace(driver.car, itinerary=itinerary)
    driver.happens(Moved(driver.now, speed=speed))
    return driver


def left(driver: Motorist) -> float:
    return guidance.ahead(driver.car).metres


def notice(driver: Motorist) -> Notice:
    assert driver.car.notice is not None
    return driver.car.notice


def wakes(driver: Motorist, until: timedelta) -> list[timedelta]:
    """Let time pass as the head unit does, from one thing due to the next, and return when these were."""
    begun, woken = driver.now, []
    while (due := next_due(driver.car)) is not None and due <= begun + until:
        driver.now = due
        driver.happens(TimePassed(due))
        assert next_due(driver.car) != due
        woken.append(due - begun)
    driver.now = begun + until
    driver.happens(TimePassed(driver.now))
    return woken


def beside(place: GeoPoint, metres: float) -> GeoPoint:
    """A place so far to the north."""
    return GeoPoint(latitude=place.latitude + metres / 111_195, longitude=place.longitude)


# --- the car drives on its own ----------------------------------------------------------------------


def test_a_car_with_a_speed_drives_along_its_way() -> None:
    driver = guided(KAMPPI, speed=36)
    whole, kilometres = left(driver), driver.car.drive.odometer_km
    driver.waits(MINUTE)
    assert left(driver) == pytest.approx(whole - 600)
    assert driver.car.drive.odometer_km == pytest.approx(kilometres + 0.6)
    assert distance(driver.car.drive.position, HAKANIEMI) == pytest.approx(540, abs=10)
    assert guidance.ahead(driver.car).legs[0].points[0] == driver.car.drive.position


def test_the_next_turn_comes_nearer_and_is_passed() -> None:
    driver = guided(KAMPPI, speed=36)
    first, second = guidance.ahead(driver.car).legs[0].turns[:2]
    driver.waits(SECOND)
    turn = guidance.ahead(driver.car).next_turn
    assert turn is not None
    assert turn.onto == first.onto
    assert turn.metres == pytest.approx(first.metres - 10)
    driver.waits(5 * SECOND)
    turn = guidance.ahead(driver.car).next_turn
    assert turn is not None
    assert turn.onto == second.onto
    assert turn.metres == pytest.approx(second.metres - 60)


def test_the_time_left_shrinks_with_the_way() -> None:
    driver = guided(KAMPPI, speed=36)
    whole = guidance.ahead(driver.car)
    driver.waits(2 * MINUTE)
    rest = guidance.ahead(driver.car)
    assert rest.seconds < whole.seconds
    assert rest.seconds / rest.metres == pytest.approx(whole.seconds / whole.metres, rel=0.3)


@pytest.mark.parametrize(
    "what", ["guidance is off", "the engine rests", "the car stands", "the car rolls back", "no stops"]
)
def test_without_guidance_engine_or_speed_it_stays_where_it_is(what: str) -> None:
    driver = guided(KAMPPI, speed=-4 if what == "the car rolls back" else 50)
    match what:
        case "guidance is off":
            driver.car = replace(driver.car, itinerary=itineraries.cancel(driver.car.itinerary))
        case "the engine rests":
            driver.runs(running=False)
        case "the car stands":
            driver.happens(Moved(driver.now, speed=0.0))
        case "no stops":
            driver.car = replace(driver.car, itinerary=itineraries.clear())
        case _:
            pass
    before = driver.car.drive
    driver.waits(HOUR)
    assert driver.car.drive == before
    assert next_due(driver.car) is None


def test_a_waypoint_is_passed_and_said() -> None:
    driver = guided(DEALER, KAMPPI, speed=50)
    first = guidance.ahead(driver.car).legs[0].metres
    driver.waits(timedelta(seconds=first / 50 * 3.6 + 1))
    assert driver.car.itinerary.stops == (KAMPPI,)
    assert driver.car.itinerary.guiding
    assert notice(driver) == Notice("notice.waypoint_reached", {"name": DEALER.name})
    assert driver.car.itinerary.driven == pytest.approx(50 / 3.6, abs=0.1)
    assert driver.car.drive.speed == 50


def test_at_the_destination_guidance_ends_and_the_car_stands() -> None:
    driver = guided(DEALER, KAMPPI, speed=50)
    whole, kilometres = left(driver), driver.car.drive.odometer_km
    driver.waits(WEEK)
    assert driver.car.itinerary == itineraries.clear()
    assert notice(driver) == Notice("notice.arrived", {"name": KAMPPI.name})
    drive = driver.car.drive
    assert (drive.position, drive.speed) == (KAMPPI.position, 0.0)
    assert drive.odometer_km == pytest.approx(kilometres + whole / 1000)


def test_the_arrival_does_not_lie_over_what_pops_up_when_the_car_is_parked() -> None:
    driver = guided(KAMPPI, speed=50)
    driver.happens(Moved(driver.now, service_due=True))
    driver.waits(HOUR)
    assert notice(driver).key == "notice.arrived"
    driver.switches_off()
    assert driver.car.notice is None
    assert driver.sees == "popup.service_need.title"


def test_what_is_reached_is_heard_once() -> None:
    driver = guided(DEALER, KAMPPI, speed=50)
    heard = [effect for effect in driver.waits(WEEK) if isinstance(effect, Chime)]
    assert heard == [Chime(driver.now, "arrived", Priority.INFORMATION)]
    assert [effect for effect in driver.waits(MINUTE) if isinstance(effect, Chime)] == []


def test_it_asks_to_be_woken_at_each_turn_and_stop_and_at_nothing_else() -> None:
    driver = guided(DEALER, KAMPPI, speed=36)
    turns = [turn.metres for leg in guidance.ahead(driver.car).legs for turn in leg.turns]
    woken = wakes(driver, WEEK)
    assert [one.total_seconds() for one in woken] == pytest.approx(
        [metres / 10 for metres in turns], abs=0.01
    )
    assert driver.car.itinerary == itineraries.clear()


@given(
    st.lists(st.floats(0.0, 200.0), max_size=8), st.floats(1.0, 180.0), st.lists(st.booleans(), max_size=3)
)
@settings(max_examples=30, deadline=None)
def test_it_does_not_matter_in_how_many_steps_time_passes(
    steps: list[float], speed: float, where: list[bool]
) -> None:
    stops = [DEALER if dealer else KAMPPI for dealer in where] or [KAMPPI]
    jumping, stepping = guided(*stops, speed=speed), guided(*stops, speed=speed)
    for seconds in steps:
        wakes(stepping, timedelta(seconds=seconds))
    jumping.waits(sum((timedelta(seconds=seconds) for seconds in steps), timedelta()))
    one, other = jumping.car, stepping.car
    assert one.itinerary.stops == other.itinerary.stops
    assert one.drive.speed == other.drive.speed
    assert distance(one.drive.position, other.drive.position) < 0.1
    assert one.drive.odometer_km == pytest.approx(other.drive.odometer_km, abs=1e-4)


def test_a_car_that_crawls_is_not_waited_for() -> None:
    driver = guided(KAMPPI, speed=1e-9)
    assert next_due(driver.car) is None


@pytest.mark.parametrize("place", [HAKANIEMI, TURKU], ids=["beside a street", "off the map"])
def test_at_its_destination_already_a_car_has_arrived_when_it_sets_off(place: GeoPoint) -> None:
    driver = guided(Stop("Here", place), start=place)
    assert next_due(driver.car) is None
    driver.happens(Moved(driver.now, speed=20))
    if place == TURKU:
        assert notice(driver).key == "notice.arrived"
    assert next_due(driver.car) != driver.now
    driver.waits(HOUR)
    assert driver.car.itinerary == itineraries.clear()


def test_where_there_are_no_streets_it_drives_along_the_straight_line() -> None:
    driver = guided(KAMPPI, start=TURKU, speed=100)
    assert guidance.ahead(driver.car).straight
    driver.waits(HOUR)
    assert left(driver) == pytest.approx(150_700 - 100_000, rel=0.02)
    assert guidance.ahead(driver.car).straight


def test_a_new_waypoint_on_the_way_begins_the_way_where_the_car_is() -> None:
    driver = guided(KAMPPI, speed=36)
    driver.waits(MINUTE)
    here = driver.car.drive.position
    driver.car = replace(
        driver.car, itinerary=itineraries.as_waypoint(driver.car.itinerary, DEALER).itinerary
    )
    way = guidance.ahead(driver.car)
    assert (way.legs[0].points[0], way.legs[0].points[-1]) == (here, DEALER.position)
    driver.waits(SECOND)
    assert driver.car.itinerary.begun == here


def test_pages_about_stops_go_with_them() -> None:
    driver = guided(DEALER, KAMPPI, speed=50)
    pages = (Page(View.HOME), Page(View.ITINERARY, focus=1), Page(View.STOP, subject=1))
    driver.car = replace(driver.car, pages=pages)
    driver.waits(4 * MINUTE)
    assert driver.car.itinerary.stops == ()
    reached = guided(DEALER, KAMPPI, speed=50)
    reached.car = replace(reached.car, pages=pages)
    reached.waits(3 * MINUTE)
    assert reached.car.pages == (Page(View.HOME), Page(View.ITINERARY, focus=0), Page(View.STOP, subject=0))
    gone = guided(DEALER, KAMPPI, speed=50)
    gone.car = replace(gone.car, pages=(Page(View.HOME), Page(View.STOP, subject=0)))
    gone.waits(3 * MINUTE)
    assert gone.car.pages == (Page(View.HOME),)


def test_the_screen_shows_a_driving_car_each_second_and_a_standing_one_each_minute() -> None:
    driver = guided(KAMPPI, speed=50)
    driver.waits(10 * SECOND)
    assert driving.next_sight(driver.car) == driver.now + SECOND
    driver.happens(Moved(driver.now, speed=0.0))
    assert driving.next_sight(driver.car) == driver.now + 50 * SECOND


# --- somebody reports where it is -------------------------------------------------------------------


def test_a_reported_position_on_the_way_wins_over_its_own_motion() -> None:
    driver = guided(KAMPPI, speed=36)
    place = guidance.ahead(driver.car).legs[0].points[24]
    driver.waits(SECOND)
    whole = left(driver)
    driver.happens(Moved(driver.now, position=place))
    assert driver.car.drive.position == place
    assert driver.car.itinerary.begun == HAKANIEMI
    assert left(driver) < whole - 100
    at_once = driver.car
    driver.happens(TimePassed(driver.now))
    assert driver.car == at_once
    rest = left(driver)
    driver.waits(10 * SECOND)
    assert left(driver) == pytest.approx(rest - 100)


def test_beside_the_way_by_less_than_a_street_is_still_on_it() -> None:
    driver = guided(KAMPPI)
    place = guidance.ahead(driver.car).legs[0].points[24]
    driver.happens(Moved(driver.now, position=beside(place, 15)))
    assert driver.car.itinerary.begun == HAKANIEMI
    assert driver.car.itinerary.driven > 100
    assert driver.car.drive.position == beside(place, 15)


def test_off_the_way_a_new_one_begins() -> None:
    driver = guided(DEALER, KAMPPI)
    lost = GeoPoint(latitude=60.1752, longitude=24.9420)
    driver.happens(Moved(driver.now, position=lost))
    assert (driver.car.itinerary.begun, driver.car.itinerary.driven) == (lost, 0.0)
    assert driver.car.itinerary.stops == (DEALER, KAMPPI)
    assert guidance.ahead(driver.car).legs[0].points[0] == lost


def test_a_way_that_meets_itself_is_not_mistaken_for_its_own_beginning() -> None:
    driver = guided(KAMPPI)
    itinerary = driver.car.itinerary
    points = guidance.ahead(driver.car).legs[0].points
    driver.car = replace(driver.car, itinerary=replace(itinerary, begun=HAKANIEMI, driven=1500.0))
    driver.happens(Moved(driver.now, position=points[3]))
    assert driver.car.itinerary.begun == points[3]


def test_reports_pass_the_waypoint_and_reach_the_destination() -> None:
    driver = guided(DEALER, KAMPPI)
    driver.happens(Moved(driver.now, position=beside(DEALER.position, 5)))
    assert driver.car.itinerary.stops == (KAMPPI,)
    assert driver.car.itinerary.begun == DEALER.position
    assert notice(driver).key == "notice.waypoint_reached"
    driver.happens(Moved(driver.now, position=beside(KAMPPI.position, 5), speed=12))
    assert driver.car.itinerary == itineraries.clear()
    assert notice(driver) == Notice("notice.arrived", {"name": KAMPPI.name})
    assert (driver.car.drive.position, driver.car.drive.speed) == (beside(KAMPPI.position, 5), 12)


def test_a_stop_off_the_street_is_reached_where_the_street_is_left() -> None:
    yard = Stop("Yard", beside(GeoPoint(latitude=60.17832, longitude=24.95057), 70))
    driver = guided(yard, start=GeoPoint(latitude=60.1703, longitude=24.9487))
    leg = guidance.ahead(driver.car).legs[0]
    assert leg.metres - leg.reached[-2][0] > guidance.THERE
    driver.happens(Moved(driver.now, position=leg.points[-2]))
    assert notice(driver).key == "notice.arrived"


def test_without_guidance_a_report_is_only_a_place() -> None:
    driver = guided(KAMPPI)
    driver.car = replace(driver.car, itinerary=itineraries.cancel(driver.car.itinerary))
    driver.happens(Moved(driver.now, position=KAMPPI.position))
    assert driver.car.itinerary.stops == (KAMPPI,)
    assert driver.car.notice is None


# --- whatever happens -------------------------------------------------------------------------------

_PLACES = st.builds(GeoPoint, latitude=st.floats(60.16, 60.18), longitude=st.floats(24.93, 24.96))
_EVENTS = st.one_of(
    st.fixed_dictionaries({"position": _PLACES}),
    st.fixed_dictionaries({"speed": st.floats(allow_nan=True)}),
    st.fixed_dictionaries({"seconds": st.floats(0, 1e6)}),
    st.just({"cancel": True}),
    st.just({"start": True}),
)


@given(st.lists(_EVENTS, max_size=10))
@settings(max_examples=60, deadline=None)
def test_any_drive_is_sane_and_comes_back_from_its_journal(happenings: list[dict[str, Any]]) -> None:
    driver = guided(DEALER, KAMPPI)
    for happening in happenings:
        match happening:
            case {"seconds": seconds}:
                wakes(driver, timedelta(seconds=seconds))
            case {"cancel": _}:
                driver.car = replace(driver.car, itinerary=itineraries.cancel(driver.car.itinerary))
            case {"start": _}:
                driver.car = replace(driver.car, itinerary=itineraries.start(driver.car.itinerary))
            case facts:
                driver.happens(Moved(driver.now, **facts))
        assert _is_sane(driver.car)


def _is_sane(car: Car) -> bool:
    assert decode_car(encode_car(car)) == car
    way = guidance.ahead(car)
    assert len(way.legs) == len(car.itinerary.stops)
    assert math.isfinite(car.drive.odometer_km)
    assert all(leg.turns[-1].manoeuvre is Manoeuvre.ARRIVE for leg in way.legs)
    metres = [turn.metres for leg in way.legs for turn in leg.turns]
    assert metres == sorted(metres)
    return car.drive.ignition is Ignition.ON
