"""A finger or a mouse pointer does what the knob and the keys do: every choice is a target."""

from __future__ import annotations

from dataclasses import replace

import pytest

from protocol.language import Language
from vehicle_sim import menu, samples
from vehicle_sim.browsing import show
from vehicle_sim.locales import phrases
from vehicle_sim.samples import at, car, popped
from vehicle_sim.screens import Role, Scene, Tap, hit, target, tree, view
from vehicle_sim.screens.lettering import said
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.scene import overflows, truncated
from vehicle_sim.state import Button, Car, Pressed, Step, Turned, View
from vehicle_sim.theme import PROFILES, SENSUS_7, SENSUS_9, Profile

SITUATIONS = samples.situations()
MENUS = at(car(samples.items()["booking"]), View.SERVICE_AND_REPAIR, 1)


def shown(a_car: Car, profile: Profile = SENSUS_9) -> Scene:
    return view(a_car, phrases(Language.ENGLISH), profile)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("name", SITUATIONS)
def test_a_tap_on_a_choice_does_what_turning_there_and_ok_do(name: str, profile: Profile) -> None:
    a_car = SITUATIONS[name]
    scene = shown(a_car, profile)
    offered = menu.choices(a_car) if a_car.screen_on else ()
    for row in scene.rows:
        events = hit(scene, row.rect.centre, row.rect.middle, a_car.now)
        steps = sum(event.steps for event in events if isinstance(event, Turned))
        choice = offered[menu.focus(a_car) + steps]
        assert events[-1] == Pressed(a_car.now, Button.OK)
        assert row.label == said(Look(a_car, phrases(Language.ENGLISH), profile).label(choice))
        assert row.actions == (("tap" if profile.touch else "OK", choice.verb.value),)


def test_a_tap_says_its_events() -> None:
    assert Tap(-2).events(samples.NOW) == (Turned(samples.NOW, -2), Pressed(samples.NOW, Button.OK))
    assert Tap().events(samples.NOW) == (Pressed(samples.NOW, Button.OK),)
    assert Tap(3, None).events(samples.NOW) == (Turned(samples.NOW, 3),)


def test_a_tap_beside_everything_does_nothing() -> None:
    scene = shown(MENUS, SENSUS_7)
    assert hit(scene, 799, 479, samples.NOW) == ()
    assert target(scene, -1, 5000) is None


def test_a_tap_does_not_reach_under_a_pop_up() -> None:
    item = samples.items()["booking"]
    under = shown(MENUS).find("dealer_information").rect
    scene = shown(popped(MENUS, item))
    assert hit(scene, 1, under.middle, samples.NOW) == ()
    (details, _) = scene.rows
    assert target(scene, details.rect.centre, details.rect.middle) == details


def test_the_tree_says_where_to_tap() -> None:
    def actions(node: dict[str, object]) -> list[object]:
        below = node["children"]
        assert isinstance(node["actions"], list)
        assert isinstance(below, list)
        return [*node["actions"], *(action for child in below for action in actions(child))]

    told = actions(tree(shown(MENUS)))
    row = shown(MENUS).find("appointments").rect
    assert {"tap": [round(row.centre), round(row.middle)], "does": "open"} in told
    assert {"press": "OK", "does": "open"} in actions(tree(shown(MENUS, SENSUS_7)))


# --- what a touch display has instead of knob and keys -----------------------------------------------


def test_under_a_finger_nothing_has_the_focus_and_there_is_no_dial() -> None:
    parts = list(shown(MENUS).root.walk())
    assert [part.name for part in parts if part.focused is not None or part.role is Role.DIAL] == []
    assert [row.name for row in shown(MENUS).rows] == [
        "dealer_information",
        "appointments",
        "display_notifications",
    ]


@pytest.mark.parametrize("name", SITUATIONS)
def test_targets_are_as_large_as_a_finger_and_do_not_overlap(name: str) -> None:
    targets = shown(SITUATIONS[name]).targets
    assert [part.name for part in targets if min(part.rect.width, part.rect.height) < 64] == []
    for part in targets:
        middle = (part.rect.centre, part.rect.middle)
        assert target(shown(SITUATIONS[name]), *middle) == part


@pytest.mark.parametrize(
    ("button", "view_shown"),
    [
        (Button.MY_CAR, View.HOME),
        (Button.NAV, View.MAP),
        (Button.RADIO, View.RADIO),
        (Button.MEDIA, View.MEDIA),
        (Button.TEL, View.TEL),
    ],
)
def test_the_bar_of_sources_has_the_keys_of_the_other_display(button: Button, view_shown: View) -> None:
    scene = shown(MENUS)
    part = scene.find(button.value.lower())
    assert hit(scene, part.rect.centre, part.rect.middle, samples.NOW) == (Pressed(samples.NOW, button),)
    assert part.actions == (("tap", "show"),)
    there = shown(replace(MENUS, pages=show(MENUS, view_shown).pages))
    assert [part.label for part in there.find("source_bar").children if part.value] == [part.label]


def test_a_car_without_navigation_has_no_target_for_it() -> None:
    bare = replace(MENUS, settings=replace(MENUS.settings, navigation=False))
    assert [part.name for part in shown(bare).find("source_bar").children] == [
        "my_car",
        "radio",
        "media",
        "tel",
    ]


def test_the_way_back_is_at_the_top_but_not_where_there_is_none() -> None:
    back = shown(MENUS).find("back")
    assert back.label == "Back"
    assert hit(shown(MENUS), 10, 10, samples.NOW) == (Pressed(samples.NOW, Button.EXIT),)
    for a_car in (car(), at(car(), View.MAP), popped(MENUS, samples.items()["booking"])):
        assert hit(shown(a_car), 10, 10, samples.NOW) == ()


@pytest.mark.parametrize(
    ("name", "label"), [("pop-up-booking", "Close"), ("pop-up-guidance", "Back"), ("notice", "Close")]
)
def test_a_pop_up_has_a_target_for_exit(name: str, label: str) -> None:
    scene = shown(SITUATIONS[name])
    way_out = scene.find("exit")
    assert way_out.label == label
    assert way_out.tap == Tap(button=Button.EXIT)
    with pytest.raises(LookupError):
        shown(SITUATIONS[name], SENSUS_7).find("exit")


def many(focus: int) -> Car:
    booked = [samples.booking(str(number), str(100_000 + number)) for number in range(20)]
    return at(car(*booked), View.APPOINTMENTS, focus)


def test_a_list_that_does_not_fit_has_pages() -> None:
    scene = shown(many(0))
    count = len(scene.rows)
    assert scene.find("page").label == f"1 to {count} of 20"
    assert scene.find("page_up").tap is None
    down = scene.find("page_down")
    assert down.tap == Tap(count, None)
    assert down.actions == (("tap", "scroll"),)
    following = shown(many(count))
    assert following.find("page").label.startswith(f"{count + 1} to")
    assert following.find("page_up").tap == Tap(-count, None)
    last = shown(many(19))
    assert last.find("page").label.endswith("to 20 of 20")
    assert last.find("page_down").tap is None


def test_what_sends_the_half_days_stays_on_every_page_of_them() -> None:
    proposal = samples.items()["proposal"]
    for focus in (0, 1, 28):
        asked = popped(car(proposal), proposal, focus=focus, step=Step.SLOTS)
        scene = shown(asked)
        assert scene.find("send_slots").tap == Tap(-focus)
        assert scene.rows[-1].name == "send_slots"


@pytest.mark.parametrize("portrait", [True, False])
@pytest.mark.parametrize("touch", [True, False])
@pytest.mark.parametrize("name", SITUATIONS)
def test_other_displays_are_tidy_too(name: str, *, touch: bool, portrait: bool) -> None:
    base = SENSUS_9 if touch else SENSUS_7
    width, height = (800, 1280) if portrait else (1280, 720)
    scene = shown(SITUATIONS[name], replace(base, name="other", width=width, height=height))
    assert [part.name for part in scene.root.walk() if truncated(part) or overflows(part)] == []
    glass = scene.root.rect
    assert [part.name for part in scene.root.walk() if not part.rect.within(glass)] == []
