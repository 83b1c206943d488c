"""The doors of the desk and of My Volvo, as whoever stands before them sees and uses them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.bench import HELSINKI, Bench, Place
from tests.e2e.conftest import Sit
from tests.e2e.desk import Desk
from tests.e2e.looking import NARROW, faults


def test_a_wrong_password_is_told_and_the_name_kept(sit: Sit, place: Place) -> None:
    page = sit(place).new_page()
    page.goto("/desk/login")
    page.get_by_label(place.say("login.desk.login")).fill("nobody")
    page.get_by_label(place.say("login.desk.password")).fill("not the password")
    page.get_by_role("button", name=place.say("login.desk.enter")).click()
    expect(page.get_by_text(place.say("login.desk.wrong"))).to_be_visible()
    expect(page.get_by_label(place.say("login.desk.login"))).to_have_value("nobody")
    assert faults(page, "a refused login") == []


def test_who_signs_in_is_where_they_wanted_to_be(desk: Desk) -> None:
    expect(desk.page).to_have_url("/desk/appointments")


@pytest.mark.parametrize("address", ["/desk/login", "/my/login", "/my/login/code?ask=none"])
def test_everybody_can_use_the_doors(address: str, sit: Sit, place: Place, bench: Bench) -> None:
    page = sit(place).new_page()
    page.goto(address)
    assert faults(page, address) == []


def test_what_nobody_could_bear_would_be_noticed(sit: Sit) -> None:
    page = sit(HELSINKI).new_page()
    page.set_content(
        "<html lang=en><title>x</title><style>@media (prefers-color-scheme:dark) { p { color:#ddd } }</style>"
        '<main style="width:3000px"><h1>a</h1><p>pale by night alone</p><img src="x">'
    )
    found = {(one.where, one.what.partition(" (")[0]) for one in faults(page, "a bad page", NARROW)}
    assert found == {
        ("a bad page at 1440 px", "scrolls sideways"),
        ("a bad page at 360 px", "scrolls sideways"),
        ("a bad page at 360 px", "axe: image-alt"),
        ("a bad page at 360 px in the dark", "axe: color-contrast"),
    }
