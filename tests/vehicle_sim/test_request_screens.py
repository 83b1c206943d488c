"""What the car's own question and a request say: the workshop by name, and where the request is by now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from protocol.language import Language
from tests.vehicle_sim.test_screens import words
from vehicle_sim import samples
from vehicle_sim.locales import phrases
from vehicle_sim.popups import AWAKE
from vehicle_sim.samples import car, parked, requested
from vehicle_sim.screens import Role, Scene, view
from vehicle_sim.state import Car, Ignition, Step
from vehicle_sim.theme import SENSUS_7

SITUATIONS = samples.situations()


def shown(a_car: Car) -> Scene:
    return view(a_car, phrases(Language.ENGLISH), SENSUS_7)


@pytest.mark.parametrize(
    ("name", "pop_up", "said"),
    [
        ("service-need", "service_need", ["Time to book service", "Shall Nordvik Helsinki contact you"]),
        ("service-need-no-workshop", "service_need", ["No preferred dealer is set"]),
        ("data-consent", "data_consent", ["Service · Nordvik Helsinki", "about 500 kB", "OK", "Cancel"]),
        ("request-sending", "request_sent", ["Sending the request"]),
        ("request-waiting", "request_sent", ["Request not sent yet", "no connection"]),
        ("request-sent", "request_sent", ["Request sent", "2 working days"]),
    ],
)
def test_a_request_says_where_it_stands(name: str, pop_up: str, said: list[str]) -> None:
    scene = shown(SITUATIONS[f"pop-up-{name}"])
    assert scene.pop_up == pop_up
    told = words(scene)
    for part in said:
        assert part in told


def test_a_request_whose_workshop_has_gone_meanwhile_names_none() -> None:
    told = words(shown(requested(parked(car(dealer=None)), Step.REQUEST_SENT)))
    assert "Nordvik" not in told
    assert "Request sent" in told
    assert "2 working days" not in told
    assert "No preferred dealer is set any more" in told


def test_the_lamp_is_on_until_service_is_requested() -> None:
    due = SITUATIONS["home-empty"]
    assert "Time for service" in words(shown(due))
    asked = replace(due, service=replace(due.service, answer="requested"))
    assert "Service is requested" in words(shown(asked))


def test_while_driving_a_pop_up_says_less_and_offers_two_choices() -> None:
    scene = shown(SITUATIONS["pop-up-proposal-moving"])
    assert [row.label for row in scene.rows] == ["Accept", "Details"]
    told = words(scene)
    assert "389.00" in told
    assert "courtesy car" not in told
    standing = words(shown(SITUATIONS["pop-up-proposal"]))
    assert "courtesy car" in standing


def test_while_driving_no_times_are_chosen() -> None:
    scene = shown(SITUATIONS["pop-up-slots-moving"])
    assert [row.label for row in scene.rows] == ["Back"]
    assert "while the car stands still" in words(scene)
    assert all(row.role is Role.ROW for row in scene.rows)


def test_a_parked_car_in_position_0_is_not_dark_while_it_asks() -> None:
    asking = SITUATIONS["pop-up-service-need"]
    off = replace(asking.drive, ignition=Ignition.OFF)
    awake = replace(asking, drive=off, awake_until=asking.now + AWAKE)
    assert shown(awake).pop_up == "service_need"
    assert shown(replace(awake, now=asking.now + AWAKE)).dark
