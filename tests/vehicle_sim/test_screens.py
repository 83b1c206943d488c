"""What is on the glass: the right facts, in the right zone, nothing cut, nothing on top of anything else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.language import Language
from protocol.messages import DealerCard, NavigationDestination
from protocol.values import GeoPoint, Money
from vehicle_sim import menu, samples
from vehicle_sim.locales import phrases
from vehicle_sim.reducer import advance
from vehicle_sim.samples import at, beyond_map, car, guided, popped
from vehicle_sim.screens import Part, Rect, Role, Scene, tree, view
from vehicle_sim.screens.elements import Text
from vehicle_sim.screens.faults import letters
from vehicle_sim.screens.lettering import said
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.rows import first_visible
from vehicle_sim.screens.scene import overflows, truncated
from vehicle_sim.state import (
    Button,
    Car,
    Drive,
    Ignition,
    Itinerary,
    Notice,
    Past,
    Pressed,
    Step,
    Turned,
    Units,
    View,
    mark,
)
from vehicle_sim.theme import PROFILES, SENSUS_7, Profile

SITUATIONS = samples.situations()
KINDS = samples.items()
BOOKED = KINDS["booking"]
LONG_NAME = "Autohaus Donaudampfschifffahrtsgesellschaft Nordvik Helsinki und Söhne"


def shown(a_car: Car, language: Language = Language.ENGLISH, profile: Profile = SENSUS_7) -> Scene:
    return view(a_car, phrases(language), profile)


def words(scene: Scene) -> str:
    """Everything said by what can be reached now."""
    parts = [part for part in scene.root.walk() if not part.covered]
    return "\n".join(f"{part.label} {part.value}" for part in parts).replace("\u00a0", " ")


def texts(scene: Scene) -> Iterator[tuple[Part, Rect]]:
    """Parts and the boxes of their letters, as far as they can be reached now."""
    return ((part, box) for part, _, box in letters(scene))


def overlap(one: Rect, other: Rect) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


def assert_tidy(scene: Scene) -> None:
    boxes = list(texts(scene))
    edge, whole = SENSUS_7.edge, scene.root.rect
    glass = Rect(edge, edge, whole.width - 2 * edge, whole.height - 2 * edge)
    assert [part.name for part, box in boxes if not box.within(glass)] == []
    assert [part.name for part in scene.root.walk() if overflows(part)] == []
    assert [
        (part.name, other.name)
        for (part, box), (other, beside) in combinations(boxes, 2)
        if overlap(box, beside) and not part.role is other.role is Role.IMAGE  # places may be neighbours
    ] == []


# --- every situation ------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", SITUATIONS)
def test_nothing_is_cut_nor_covered(name: str, language: Language, profile: Profile) -> None:
    scene = shown(SITUATIONS[name], language, profile)
    assert [part.label for part in scene.root.walk() if truncated(part)] == []
    assert_tidy(scene)


@pytest.mark.parametrize("name", SITUATIONS)
def test_rows_are_the_choices_of_the_menu(name: str) -> None:
    a_car = SITUATIONS[name]
    scene = shown(a_car)
    look = Look(a_car, phrases(Language.ENGLISH), SENSUS_7)
    offered = [said(look.label(choice)) for choice in menu.choices(a_car)] if a_car.screen_on else []
    rows = scene.rows
    assert [row.label for row in rows] == [label for label in offered if label in {row.label for row in rows}]
    if offered:
        (focused,) = (row for row in rows if row.focused)
        assert focused.label == offered[menu.focus(a_car)]
        assert focused.actions == (("OK", menu.choices(a_car)[menu.focus(a_car)].verb.value),)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("name", SITUATIONS)
def test_siblings_have_names_of_their_own(name: str, profile: Profile) -> None:
    for part in shown(SITUATIONS[name], profile=profile).root.walk():
        names = [child.name for child in part.children]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_same_car_gives_the_same_scene_and_a_tree_that_json_takes(name: str) -> None:
    one, other = shown(SITUATIONS[name]), shown(SITUATIONS[name])
    assert one == other
    assert json.loads(json.dumps(tree(one))) == tree(other)


presses = st.builds(Pressed, st.just(samples.NOW), st.sampled_from(Button), long=st.booleans())
turns = st.builds(Turned, st.just(samples.NOW), st.integers(-3, 6))
oks = st.just(Pressed(samples.NOW, Button.OK))


@given(
    st.sampled_from(sorted(SITUATIONS)),
    st.lists(st.one_of(oks, presses, turns), max_size=12),
    st.sampled_from(Language),
    st.sampled_from(tuple(PROFILES.values())),
)
def test_wherever_the_driver_goes_the_screen_is_tidy(
    name: str, way: list[Pressed | Turned], language: Language, profile: Profile
) -> None:
    a_car = SITUATIONS[name]
    for event in way:
        a_car = advance(a_car, event).car
    assert_tidy(shown(a_car, language, profile))


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", SITUATIONS)
def test_names_of_any_length_leave_the_screen_tidy(name: str, language: Language, profile: Profile) -> None:
    a_car = SITUATIONS[name]
    assert a_car.desired is not None
    dealer = DealerCard.model_validate(
        {
            **samples.DEALER.model_dump(),
            "name": LONG_NAME * 2,
            "address": LONG_NAME * 2,
            "phone": "+358 " * 20,
        }
    )
    long = LONG_NAME * 6
    items = []
    for item in a_car.items:
        facts: dict[str, Any] = {
            "text": long,
            "reason": long,
            "work": long,
            "name": LONG_NAME,
            "address": LONG_NAME,
        }
        known = {key: fact for key, fact in facts.items() if key in type(item).model_fields}
        items.append(item.model_copy(update=known))
    vehicle = a_car.desired.vehicle.model_copy(update={"model": LONG_NAME})
    desired = a_car.desired.model_copy(
        update={"dealer": dealer if a_car.desired.dealer else None, "items": tuple(items), "vehicle": vehicle}
    )
    stops = tuple(replace(stop, name=LONG_NAME, address=LONG_NAME) for stop in a_car.itinerary.stops)
    drive = replace(a_car.drive, odometer_km=9_999_999)
    grown = replace(a_car, desired=desired, itinerary=replace(a_car.itinerary, stops=stops), drive=drive)
    assert_tidy(shown(grown, language, profile))


# --- the chrome -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "drive", [Drive(ignition=Ignition.LOCK), Drive(ignition=Ignition.OFF)], ids=["locked", "off"]
)
def test_the_screen_is_dark_without_the_key(drive: Drive) -> None:
    scene = shown(replace(popped(car(BOOKED), BOOKED), drive=drive))
    assert scene.dark
    assert scene.root.label == "Screen off"
    assert scene.rows == ()
    assert tree(scene)["children"] == []


def test_the_status_bar_tells_source_signal_temperature_and_time() -> None:
    scene = shown(at(car(BOOKED), View.SERVICE_AND_REPAIR))
    assert scene.find("source").label == "Service & repair"
    assert scene.find("signal").value == "online"
    assert scene.find("outside").value == "4°"
    assert scene.find("clock").value == "08:12"


def test_a_car_out_of_reach_says_so_and_an_unknown_temperature_is_not_invented() -> None:
    a_car = car(BOOKED)
    scene = shown(
        replace(
            a_car,
            wire=replace(a_car.wire, online=False),
            drive=replace(a_car.drive, outside_celsius=None),
            settings=replace(a_car.settings, zone="Europe/Berlin"),
        )
    )
    assert scene.find("signal").value == "offline"
    assert scene.find("clock").value == "07:12"
    with pytest.raises(LookupError, match="no part is called 'outside'"):
        scene.find("outside")


def test_colours_follow_the_sun_where_the_car_is_or_the_setting() -> None:
    a_car = car(BOOKED)
    by_sun = replace(a_car, settings=replace(a_car.settings, night=None))
    assert shown(by_sun).night
    singapore = GeoPoint(latitude=1.3521, longitude=103.8198)
    assert not shown(replace(by_sun, drive=replace(by_sun.drive, position=singapore))).night
    noon = replace(by_sun, now=samples.NOW + timedelta(hours=4))
    assert not shown(noon).night
    assert shown(replace(noon, settings=replace(a_car.settings, night=True))).night


# --- pages ----------------------------------------------------------------------------------------


def test_my_car_tells_what_is_coming() -> None:
    told = words(shown(car(BOOKED)))
    for fact in ("V60 D4 · ABC-123", "87,412 km", "Workshop Mon 30 Nov, 08:00", "No service due"):
        assert fact in told


def test_miles_and_twelve_hours_are_told_where_the_car_is_set_so() -> None:
    a_car = SITUATIONS["map-waypoint"]
    british = replace(a_car, settings=replace(a_car.settings, units=Units.MILES, clock_24h=False))
    told = words(shown(british))
    for fact in ("8:15 am · 1.4 mi", "8:12 am", "8:17 am", "40 yd"):
        assert fact in told
    assert "54,315 mi" in words(shown(replace(british, pages=car().pages)))


def test_my_car_without_a_snapshot_names_the_vin() -> None:
    told = words(shown(replace(car(), desired=None)))
    assert samples.VIN in told
    assert "No appointment booked" in told


def test_my_car_forgets_what_lies_behind_and_tells_what_matters() -> None:
    a_car = replace(
        SITUATIONS["home-offline"],
        now=samples.STARTS_AT + timedelta(minutes=1),
        settings=replace(car().settings, notifications_on=False),
    )
    told = words(shown(replace(a_car, drive=replace(a_car.drive, service_due=True))))
    for fact in (
        "No appointment booked",
        "Time for service",
        "Notifications are off",
        "Your answer will be sent",
    ):
        assert fact in told


def test_details_show_the_price_and_no_work() -> None:
    told = words(shown(at(car(BOOKED), View.DETAILS, subject=BOOKED.id), Language.GERMAN))
    for fact in ("Termin 104 217", "Montag, 30. November, 08:00", "Nordvik Helsinki", "389,00 €", "Geplant"):
        assert fact in told
    assert "Arbeiten" not in told


def test_one_switch_shows_the_work() -> None:
    assert "Work Service 90,000 km" in words(shown(SITUATIONS["details-full"]))


def test_an_appointment_is_told_in_its_dealers_time() -> None:
    dealer = DealerCard.model_validate({**samples.DEALER.model_dump(), "zone": "Europe/Berlin"})
    item = samples.booking(dealer=dealer)
    assert "07:00" in words(shown(at(car(item), View.DETAILS, subject=item.id)))


def test_a_long_address_has_a_line_of_its_own() -> None:
    dealer = samples.DEALER.model_copy(update={"address": "Bulevardi 21, 00180 Helsinki"})
    item = samples.booking(dealer=dealer)
    scene = shown(at(car(item), View.DETAILS, subject=item.id))
    lines = [element.said for element in scene.find("fact:workshop").elements if isinstance(element, Text)]
    assert lines[2:] == [
        "Bulevardi 21, 00180 Helsinki",
        "+358\u00a09\u00a0555\u00a00137 · 2.3\u00a0km · about 4 min",
    ]


def test_details_of_what_is_gone_say_so() -> None:
    scene = shown(at(car(), View.DETAILS, subject=BOOKED.id))
    assert "no longer current" in words(scene)
    assert scene.find("source").label == "My appointments"


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_details_without_dealer_and_price_have_neither(profile: Profile) -> None:
    item = samples.booking(price=None)
    told = words(shown(at(car(item, dealer=None), View.DETAILS, subject=item.id), profile=profile))
    assert "Price" not in told
    assert "Workshop" not in told


def test_an_inquiry_has_no_price_and_a_decision_is_told_until_it_is_sent() -> None:
    inquiry, proposal = KINDS["inquiry"], KINDS["proposal"]
    assert "Price" not in words(shown(at(car(inquiry), View.DETAILS, subject=inquiry.id)))
    offered = at(car(proposal), View.DETAILS, subject=proposal.id)
    accepted = advance(offered, Pressed(samples.NOW, Button.OK)).car
    told = words(shown(replace(accepted, notice=None)))
    assert "Accepted · will be sent" in told
    past = {mark(proposal.id, proposal.ver): Past(decided="declined")}
    declined = replace(offered, memory=replace(offered.memory, past=past))
    assert "Status Declined" in words(shown(declined))


def test_a_stop_that_is_not_there_says_so() -> None:
    for subject in (4, None, "x"):
        assert "no longer in the itinerary" in words(shown(at(car(), View.STOP, subject=subject)))


def test_a_stop_without_address_and_the_last_one() -> None:
    a_car = replace(car(), itinerary=Itinerary(samples.stops("Nowhere")))
    told = words(shown(at(a_car, View.STOP, subject=0)))
    assert "Destination Nowhere" in told
    assert "Address" not in told


@pytest.mark.parametrize(
    ("place", "fact"),
    [
        (View.RADIO, "has no radio"),
        (View.MEDIA, "plays no media"),
        (View.TEL, "has no telephone"),
        (View.APPOINTMENTS, "You have no appointments"),
        (View.DEALER_INFORMATION, "No preferred dealer"),
        (View.ITINERARY, "The itinerary is empty"),
    ],
)
def test_a_page_with_nothing_to_show_says_why(place: View, fact: str) -> None:
    scene = shown(at(car(dealer=None), place))
    assert fact in words(scene)
    assert scene.rows == ()


def test_a_long_list_scrolls_with_its_focus() -> None:
    many = [
        samples.booking(str(day), str(100000 + day), starts_at=samples.STARTS_AT + timedelta(days=day))
        for day in range(12)
    ]
    scene = shown(at(car(*many), View.APPOINTMENTS, focus=11))
    assert [row.name for row in scene.rows] == [f"appointment:{100000 + day}" for day in range(6, 12)]
    assert scene.find("tune").value == "12/12"
    assert first_visible(12, 0, 6) == 0


# --- pop-ups --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (
            "booking",
            [
                "Workshop appointment booked",
                "Monday 30 November, 08:00",
                "Nordvik Helsinki, Bulevardi 21, 00180 Helsinki",
            ],
        ),
        ("reminder", ["Workshop appointment in 3 days", "Monday 30 November, 08:00"]),
        ("day_reminder", ["Workshop appointment today", "08:00 at Nordvik Helsinki", "2.3 km · about"]),
        ("proposal", ["Proposal from your workshop", "Mon 30 Nov, 08:00 · € 389.00", "front brake pads"]),
        ("inquiry", ["Your workshop has a question", "Does the noise", "Please answer on My Volvo."]),
        ("cancellation", ["Appointment cancelled", "Monday 30 November, 08:00", "water damage"]),
        ("request_receipt", ["Request received", "Service and repair", "within 2 working days"]),
        ("navigation_destination", ["Destination received", "Kamppi", "Simonkatu · 2.4 km"]),
    ],
)
def test_a_pop_up_tells_its_facts(kind: str, facts: list[str]) -> None:
    scene = shown(popped(car(*KINDS.values()), KINDS[kind]))
    told = words(scene)
    assert scene.pop_up == kind
    assert [fact for fact in facts if fact not in told] == []


def test_without_a_dealer_a_pop_up_tells_what_it_knows() -> None:
    for kind in ("booking", "day_reminder", "request_receipt", "cancellation"):
        told = words(shown(popped(car(*KINDS.values(), dealer=None), KINDS[kind])))
        assert "Nordvik" not in told
    assert "Your workshop answers" in words(
        shown(popped(car(*KINDS.values(), dealer=None), KINDS["request_receipt"]))
    )
    bare = KINDS["cancellation"].model_copy(update={"reason": ""})
    assert "water" not in words(shown(popped(car(bare), bare)))
    guidance = popped(car(*KINDS.values(), dealer=None), KINDS["day_reminder"], step=Step.GUIDANCE)
    assert "How shall" in words(shown(guidance))


@pytest.mark.parametrize(("days", "title"), [(0, "today"), (1, "tomorrow"), (4, "in 4 days")])
def test_a_reminder_counts_the_days_that_are_left(days: int, title: str) -> None:
    a_car = replace(
        popped(car(*KINDS.values()), KINDS["reminder"]), now=samples.STARTS_AT - timedelta(days=days)
    )
    assert f"Workshop appointment {title}" in words(shown(a_car))


def test_a_pop_up_lies_over_a_page_that_is_out_of_reach() -> None:
    scene = shown(popped(at(car(BOOKED), View.SERVICE_AND_REPAIR), BOOKED))
    beneath = scene.find("service_and_repair")
    assert beneath.covered
    assert all(part.covered and part.focused is None and not part.actions for part in beneath.walk())
    assert [part.role for part in scene.root.children] == [Role.PAGE, Role.DIALOG, Role.STATUS_BAR]


def test_guidance_asks_about_what_is_planned_already() -> None:
    asked = popped(car(*KINDS.values()), KINDS["day_reminder"], step=Step.GUIDANCE)
    assert "Guidance" not in words(shown(asked)).replace("Guidance to", "")
    assert "Guidance to Kamppi is running." in words(shown(guided(asked, "Kamppi")))
    waiting = replace(asked, itinerary=Itinerary(samples.stops("Kamppi")))
    assert "The itinerary ends at Kamppi." in words(shown(waiting))


def test_a_full_itinerary_says_why_it_refuses() -> None:
    refused = popped(car(*KINDS.values()), KINDS["day_reminder"], step=Step.REFUSED)
    told = words(shown(refused))
    assert "four waypoints" in told
    assert [row.label for row in shown(refused).rows] == ["OK"]


def test_half_days_are_ticked() -> None:
    proposal = KINDS["proposal"]
    asked = popped(car(proposal), proposal, focus=1, step=Step.SLOTS)
    chosen = advance(asked, Pressed(samples.NOW, Button.OK)).car
    scene = shown(chosen)
    assert "1 of 2" in words(scene)
    (ticked,) = (row for row in scene.rows if row.value == "Chosen")
    assert ticked.label == "Mon 30 Nov, morning"
    assert ticked.role is Role.CHECK_BOX


def test_a_pop_up_whose_item_is_gone_does_not_break_the_screen() -> None:
    orphan = replace(car(), pop_ups=popped(car(BOOKED), BOOKED).pop_ups)
    assert "no longer current" in words(shown(orphan))


def test_a_notice_goes_over_a_pop_up() -> None:
    a_car = replace(
        popped(car(BOOKED), BOOKED), notice=Notice("notice.no_phone", {"name": "A*B", "phone": "+1 2"})
    )
    scene = shown(a_car)
    assert scene.pop_up == "notice"
    assert "No telephone is connected. A*B: +1 2" in words(scene)


def test_the_switch_for_notifications_is_a_check_box() -> None:
    scene = shown(at(car(BOOKED), View.SERVICE_AND_REPAIR, focus=2))
    assert scene.find("display_notifications").value == "On"
    off = advance(at(car(BOOKED), View.SERVICE_AND_REPAIR, focus=2), Pressed(samples.NOW, Button.OK)).car
    assert shown(off).find("display_notifications").value == "Off"


def test_prices_of_other_currencies_are_told_too() -> None:
    item = samples.booking(price=Money(amount=Decimal("4189.50"), currency="SEK"))
    told = words(shown(at(car(item), View.DETAILS, subject=item.id), Language.SWEDISH))
    assert "4 189,50 kr" in told.replace("\u202f", " ")


# --- the map --------------------------------------------------------------------------------------


def test_the_map_names_the_next_turn_the_stops_and_who_made_it() -> None:
    scene = shown(SITUATIONS["map-waypoint"])
    told = words(scene)
    for fact in (
        "© OpenStreetMap contributors",
        "Nordvik Helsinki 08:15 · 2.3 km",
        "Kamppi 08:17 · 3.1 km",
        "Itinerary",
    ):
        assert fact in told
    assert scene.find("next").label.startswith(("Turn", "Bear", "Go", "Sharp"))
    assert not [part for part in scene.root.walk() if part.name.startswith("mark:")]


@pytest.mark.parametrize(("latitude", "marks"), [(60.1660, ["Waypoint"]), (60.1690, ["Destination"])])
def test_stops_in_sight_are_marked_on_the_map(latitude: float, marks: list[str]) -> None:
    a_car = car()
    near = GeoPoint(latitude=latitude, longitude=24.9371)
    there = replace(a_car, drive=replace(a_car.drive, position=near))
    scene = shown(at(guided(there, samples.DEALER.name, "Kamppi"), View.MAP))
    assert [part.value for part in scene.root.walk() if part.name.startswith("mark:")] == marks
    assert_tidy(scene)


def test_the_map_of_a_driving_car_says_what_is_left() -> None:
    a_car = guided(car(), samples.DEALER.name, "Kamppi")
    driven = replace(a_car.itinerary, begun=samples.START, driven=1500.0)
    scene = shown(at(replace(a_car, itinerary=driven), View.MAP))
    assert scene.find("stop:1").value.endswith("820\u00a0m")
    assert scene.find("next").value.startswith("500\u00a0m · Annankatu")


def test_a_map_without_a_way_says_so() -> None:
    assert "No destination" in words(shown(at(car(), View.MAP)))
    waiting = replace(at(car(), View.MAP), itinerary=Itinerary(samples.stops("Kamppi")))
    assert "Guidance is off" in words(shown(waiting))


def test_the_map_names_the_street_that_the_car_is_in() -> None:
    assert shown(SITUATIONS["map-driving"]).find("street").label == "Pohjoisesplanadi"
    swedish = shown(SITUATIONS["map-driving"], Language.SWEDISH)
    assert swedish.find("street").label == "Norra Esplanaden"
    assert shown(SITUATIONS["map-idle"]).find("street").label == "Hakaniemenranta"
    lost = at(
        replace(car(), drive=replace(car().drive, position=GeoPoint(latitude=0, longitude=0))), View.MAP
    )
    assert "street" not in [part.name for part in shown(lost).root.walk()]


def test_a_route_names_its_only_waypoint_counts_more_and_mentions_none() -> None:
    for names, told in (((), None), (("One",), "via One"), (("One", "Two"), "via 2 waypoints")):
        scene = shown(beyond_map(guided(car(), *names, "Kamppi"), View.ROUTE_PROPOSAL))
        value = scene.find("fact:destination").value
        assert value == ("Kamppi" if told is None else f"Kamppi · {told}")
        marks = [part.name for part in scene.root.walk() if part.name.startswith("mark:")]
        assert len(marks) == len(names) + 1
        assert scene.find("fact:via").value


def test_a_stop_tells_how_far_it_is_over_those_before_it_and_when_the_car_will_be_there() -> None:
    a_car = guided(car(), samples.DEALER.name, "Kamppi")
    told = [("2.3 km · about 4 min", "08:15"), ("3.1 km · about 6 min", "08:17")]
    for number, (far, arrival) in enumerate(told):
        scene = shown(at(a_car, View.STOP, subject=number))
        assert scene.find("fact:way").value.replace("\u00a0", " ") == far
        assert scene.find("fact:arrival").value == arrival


def test_where_there_are_no_streets_the_line_is_straight_and_says_so() -> None:
    far = replace(samples.stops("Turku")[0], position=GeoPoint(latitude=60.45, longitude=22.27))
    scene = shown(replace(at(car(), View.MAP), itinerary=Itinerary((far,), guiding=True)))
    assert "Straight line: the road is not known" in words(scene)
    assert_tidy(scene)
    there = NavigationDestination.model_validate(
        {**KINDS["navigation_destination"].model_dump(), "position": far.position}
    )
    assert "as the crow flies" in words(shown(popped(car(there), there)))


@pytest.mark.parametrize("place", [(60.1783, 24.9505), (60.171, 24.943), (0.0, 0.0), (-33.9, 151.2)])
def test_the_map_is_around_the_car_wherever_it_is(place: tuple[float, float]) -> None:
    a_car = car()
    position = GeoPoint(latitude=place[0], longitude=place[1])
    scene = shown(at(replace(a_car, drive=replace(a_car.drive, position=position)), View.MAP))
    arrow, room = scene.find("car").rect, scene.find("town").rect
    assert arrow.within(room)


def test_a_car_at_its_destination_has_an_arrow_all_the_same() -> None:
    a_car = car()
    there = replace(a_car, drive=replace(a_car.drive, position=samples.KAMPPI))
    assert shown(at(guided(there, "Kamppi"), View.MAP)).find("car").elements


def test_five_stops_fit_beside_the_map() -> None:
    names = ("One", "Two", "Three", "Four", "Kamppi")
    scene = shown(at(guided(car(), *names), View.MAP))
    assert [scene.find(f"stop:{number}").label for number in range(1, 6)] == list(names)
    assert_tidy(scene)
