"""The keys around the glass: nobody overlaps another, everything demanded is there, a press does its deed."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from vehicle_sim import samples
from vehicle_sim.bezel import (
    Bezel,
    Press,
    StartStop,
    ToPosition,
    Turn,
    bezel_of,
    events,
    position,
    svg,
)
from vehicle_sim.reducer import advance
from vehicle_sim.screens.elements import Arc, Box, Disc, Path, Rect, Shadow, Text
from vehicle_sim.screens.lettering import text
from vehicle_sim.state import Button, Car, Drive, Ignition, IgnitionTurned, Pressed, Turned
from vehicle_sim.theme import SENSUS_7, SENSUS_9

BEZELS = pytest.mark.parametrize("bezel", [bezel_of(SENSUS_7), bezel_of(SENSUS_9)], ids=["keys", "touch"])
PARKED = replace(samples.car(), drive=Drive(ignition=Ignition.OFF))
SVG = "{http://www.w3.org/2000/svg}"


def does(car: Car, *deeds: object) -> Car:
    for deed in deeds:
        assert isinstance(deed, Press | Turn | ToPosition | StartStop)
        for event in events(deed, car, car.now):
            car = advance(car, event).car
    return car


@BEZELS
def test_no_control_lies_on_another_or_on_the_glass_or_outside(bezel: Bezel) -> None:
    whole = Rect(0, 0, bezel.width, bezel.height)
    for control in bezel.controls:
        assert control.rect.within(whole), control
        assert not overlap(control.rect, bezel.glass), control
        assert min(control.rect.width, control.rect.height) >= 24, f"{control.name} is too small for a finger"
    for one, other in combinations(bezel.controls, 2):
        assert not overlap(one.rect, other.rect), (one.name, other.name)
    assert len({control.name for control in bezel.controls}) == len(bezel.controls)


def overlap(one: Rect, other: Rect) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


def test_a_keyed_bezel_has_all_that_such_a_car_has() -> None:
    controls = {control.name: control for control in bezel_of(SENSUS_7).controls}
    pressed = {control.deed.button for control in controls.values() if isinstance(control.deed, Press)}
    assert pressed == set(Button)
    assert (controls["tune_left"].deed, controls["tune_right"].deed) == (Turn(-1), Turn(1))
    assert (controls["wheel_up"].deed, controls["wheel_down"].deed) == (Turn(-1), Turn(1))
    assert controls["wheel_press"].deed == controls["ok"].deed == Press(Button.OK)
    assert controls["wheel_back"].held == controls["exit"].held == Press(Button.EXIT, long=True)
    assert controls["my_car"].label == "MY CAR"


def test_a_touch_screen_has_one_button_of_its_own() -> None:
    names = [control.name for control in bezel_of(SENSUS_9).controls]
    assert names == ["home", "start_stop", "key_off", "key_acc", "key_on", "key_running"]


@BEZELS
def test_a_point_belongs_to_a_control_or_to_the_glass_or_to_nobody(bezel: Bezel) -> None:
    for control in bezel.controls:
        assert bezel.at(control.rect.centre, control.rect.middle) is control
        assert bezel.on_glass(control.rect.centre, control.rect.middle) is None
    assert bezel.at(bezel.glass.centre, bezel.glass.middle) is None
    assert bezel.on_glass(bezel.glass.x, bezel.glass.y) == (0, 0)
    assert (bezel.at(1, 1), bezel.on_glass(1, 1)) == (None, None)


def test_deeds_are_what_the_hand_does() -> None:
    assert events(Press(Button.OK), PARKED, PARKED.now) == (Pressed(PARKED.now, Button.OK),)
    assert events(Turn(-2), PARKED, PARKED.now) == (Turned(PARKED.now, -2),)
    assert events(ToPosition("acc"), PARKED, PARKED.now)[-1] == IgnitionTurned(PARKED.now, Ignition.ACC)


def test_start_stop_goes_round_and_held_switches_everything_on() -> None:
    car, seen = PARKED, [position(PARKED)]
    for _ in range(4):
        car = does(car, StartStop())
        seen.append(position(car))
    assert seen == ["off", "acc", "on", "running", "off"]
    assert position(does(car, StartStop(held=True))) == "on"
    assert position(does(car, StartStop(), StartStop(held=True))) == "on"
    assert position(does(car, ToPosition("running"), StartStop(held=True))) == "off"


@BEZELS
def test_one_lamp_is_lit_in_each_position(bezel: Bezel) -> None:
    places = set()
    for to, pieces in bezel.lamps.items():
        (control,) = (one for one in bezel.controls if one.deed == ToPosition(to))
        lamp = next(piece for piece in pieces if isinstance(piece, Disc))
        assert bezel.at(lamp.x, lamp.y) is control
        places.add((lamp.x, lamp.y))
    assert len(places) == 4


@BEZELS
def test_the_drawing_for_pages_says_the_same_and_styles_nothing(bezel: Bezel) -> None:
    drawn = svg(bezel.width, bezel.height, (*bezel.elements, *bezel.lamps["on"]))
    root = ET.fromstring(drawn)  # noqa: S314 - our own words
    assert root.get("viewBox") == f"0 0 {bezel.width} {bezel.height}"
    printed = [piece for piece in bezel.elements if isinstance(piece, Text)]
    assert [one.text for one in root.iter(f"{SVG}text")][:-1] == [piece.said for piece in printed]
    assert not any(piece.truncated for piece in printed)
    assert "style" not in drawn
    slopes = {one.get("id") for one in root.iter(f"{SVG}linearGradient")}
    used = {fill[5:-1] for one in root.iter() if (fill := one.get("fill", "")).startswith("url")}
    assert used == slopes


def test_each_piece_becomes_its_own_shape() -> None:
    pieces = (
        Box(Rect(0, 0, 10, 10), "line"),
        Path(((0, 0), (1, 1)), "text", 2, alpha=0.5),
        Arc(5, 5, 3, 0, 90, "text", 1),
        Disc(5, 5, 2, "accent"),
        Disc(5, 5, 2, "accent", ring="black", ring_width=1),
        text("R & B", 0, 10, 50, 12, align="right"),
    )
    shapes = [one.tag.removeprefix(SVG) for one in ET.fromstring(svg(10, 10, pieces))]  # noqa: S314 - same
    assert shapes == ["rect", "polyline", "polyline", "circle", "circle", "circle", "text"]
    with pytest.raises(TypeError, match="a bezel has no Shadow"):
        svg(10, 10, (Shadow(Rect(0, 0, 1, 1), 1),))
