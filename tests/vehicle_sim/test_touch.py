"""A finger or a mouse pointer does what the knob and the keys do: every choice is a target."""

from __future__ import annotations

import pytest

from protocol.language import Language
from vehicle_sim import menu, samples
from vehicle_sim.locales import phrases
from vehicle_sim.samples import at, car, popped
from vehicle_sim.screens import Scene, Tap, hit, target, tree, view
from vehicle_sim.screens.lettering import said
from vehicle_sim.screens.look import Look
from vehicle_sim.state import Button, Car, Pressed, Turned, View
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
