"""Whatever happens: what is on the glass is current, one pop-up at most, and on the road it is never dark."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vehicle_sim.histories import histories, lives
from vehicle_sim import menu, moving
from vehicle_sim.codec import decode_car, encode_car
from vehicle_sim.face import Screens
from vehicle_sim.reducer import advance
from vehicle_sim.screens import Role, Scene
from vehicle_sim.state import Car, Event, ServiceNeed

FACE = Screens()


def seen(car: Car) -> Scene:
    return FACE.scene(car)


def changes(cars: list[Car]) -> Iterator[Car]:
    """Yield the cars that may look unlike the one before."""
    yield cars[0]
    for before, after in pairwise(cars):
        if looks(before) != looks(after):
            yield after


def looks(car: Car) -> tuple[object, ...]:
    return car.pop_ups, car.notice, car.pages, car.drive, car.settings, car.desired


@settings(max_examples=90)
@given(histories(upheavals=True))
def test_what_is_on_the_glass_is_current(history: list[Event]) -> None:
    for car in changes(lives(history)):
        scene = seen(car)
        assert scene.dark is not car.screen_on
        if car.drive.running and car.drive.in_run:
            assert not scene.dark
        dialogs = [part for part in scene.root.walk() if part.role is Role.DIALOG]
        assert len(dialogs) <= 1
        assert bool(dialogs) is (car.screen_on and (car.pop_up is not None or car.notice is not None))
        if not dialogs or car.pop_up is None or car.notice is not None:
            continue
        told = car.subject(car.pop_up.item)
        assert told is not None  # not cancelled
        assert told.ver == car.pop_up.ver  # not changed
        assert isinstance(told, ServiceNeed) or car.pop_up.by_driver or car.now < told.show_until
        offered = menu.choices(car)
        assert 1 <= len(offered) <= (moving.CHOICES if moving.is_moving(car) else len(offered))
        assert len([row for row in scene.rows if row.focused]) == 1


@settings(max_examples=60)
@given(histories(upheavals=True), st.data())
def test_a_journal_goes_on_from_any_checkpoint_as_if_there_had_been_none(
    history: list[Event], data: st.DataObject
) -> None:
    cars = lives(history)
    cut = data.draw(st.integers(0, len(cars) - 1))
    car = decode_car(encode_car(cars[cut]))
    for event, expected in zip(history[cut + 1 :], cars[cut + 1 :], strict=True):
        car = advance(car, event).car
        assert car == expected
