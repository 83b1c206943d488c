"""The bench's page: another browser window shows the same car, turns its key, and hears what happens."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from protocol.language import Language
from tests.e2e.bench import HELSINKI, Bench, Car, Place
from tests.e2e.browser import sitting
from tests.e2e.looking import faults
from vehicle_sim import vins

ENGINE = "Engine running"


@pytest.fixture
def place() -> Place:
    return HELSINKI


@pytest.fixture
def window(browser: Browser, bench: Bench, car: Car) -> Iterator[Page]:
    """The car's page in a browser of its own."""
    context = sitting(browser, car.url, Language.ENGLISH)
    page = context.new_page()
    page.goto("/")
    expect(key(page, ENGINE)).to_be_visible()
    yield page
    context.close()


def key(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def glass(page: Page) -> Locator:
    return page.get_by_role("img", name=re.compile("^Screen of"))


def sees(page: Page, words: str) -> None:
    expect(glass(page)).to_have_attribute("alt", re.compile(re.escape(words)))


def is_at(page: Page, position: str) -> None:
    expect(key(page, position)).to_have_attribute("aria-pressed", "true")


def test_two_windows_show_one_car(window: Page, car: Car) -> None:
    other = window.context.new_page()
    other.goto("/")
    sees(other, "The screen is dark")
    key(window, ENGINE).click()
    is_at(other, ENGINE)
    key(window, "MY CAR").click()
    sees(other, "My car")
    key(other, "RADIO").click()
    sees(window, "Radio")
    expect(window.get_by_label("What happens")).to_contain_text("pressed · RADIO")
    car.turns_key("off")
    for page in (window, other):
        sees(page, "The screen is dark")
        is_at(page, "Key position 0")


def test_the_keyboard_is_enough(window: Page) -> None:
    stage = window.get_by_role("group", name=re.compile("^Head unit of"))
    stage.focus()
    for position in ("Key position I", "Key position II"):
        stage.press("i")
        is_at(window, position)
    stage.press("m")
    stage.press("Enter")
    sees(window, "Service & repair")
    stage.press("Enter")
    stage.press("ArrowDown")
    stage.press("ArrowDown")
    focused = window.get_by_label("On screen, as a tree").locator(".focused")
    expect(focused).to_contain_text("Display notifications")
    stage.press("Shift+Escape")
    sees(window, "My car")
    key(window, "MEDIA").focus()
    window.keyboard.press("Enter")
    sees(window, "Media")


def test_a_long_press_and_the_wheel_are_what_they_are_in_the_car(window: Page) -> None:
    start = key(window, "START/STOP ENGINE")
    start.hover()
    window.mouse.down()
    is_at(window, "Key position II")  # while it is still held
    window.mouse.up()
    key(window, "MY CAR").click()
    key(window, "OK/MENU").click()
    key(window, "Thumbwheel press").click()
    focused = window.get_by_label("On screen, as a tree").locator(".focused")
    expect(focused).to_contain_text("Dealer information")
    window.mouse.wheel(0, 100)
    expect(focused).to_contain_text("My appointments")
    key(window, "TUNE clockwise").click()
    expect(focused).to_contain_text("Display notifications")
    is_at(window, "Key position II")


def test_a_tap_on_the_glass_chooses(window: Page) -> None:
    key(window, "Key position II").click()
    key(window, "MY CAR").click()
    key(window, "OK/MENU").click()
    sees(window, "Service & repair")
    box = glass(window).bounding_box()
    assert box is not None
    glass(window).click(position={"x": box["width"] * 0.3, "y": box["height"] * 0.175})
    sees(window, "Dealer information")


def test_signals_and_settings_are_set(window: Page) -> None:
    key(window, ENGINE).click()
    key(window, "MY CAR").click()
    window.get_by_label("Outside, °C").fill("-4")
    window.get_by_label("Outside, °C").press("Enter")
    sees(window, "Outside")
    window.get_by_label("Language").select_option("de")
    sees(window, "Mein Fahrzeug")
    window.get_by_label("Language").select_option("en")
    window.get_by_label("Network").select_option("off")
    expect(window.get_by_label("On screen, as a tree")).to_contain_text("offline")
    window.get_by_label("Network").select_option("on")
    window.get_by_text("All signals").click()
    expect(window.get_by_text("Vehicle.Speed")).to_be_visible()
    window.get_by_label("Speed, km/h").fill("900")
    window.get_by_label("Speed, km/h").press("Enter")
    expect(window.get_by_role("alert")).to_be_hidden()  # the field itself refuses
    window.get_by_label("Speed, km/h").fill("0")


@pytest.fixture
def row(browser: Browser, bench: Bench) -> Iterator[Page]:
    """The page of a bench with several cars."""
    context = sitting(browser, bench.row(), Language.ENGLISH)
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_role("article")).to_have_count(3)
    yield page
    context.close()


def test_cars_come_and_go_by_the_page(row: Page) -> None:
    vin = vins.invented(0)
    car = row.get_by_role("article").filter(has_text=vin)
    car.get_by_role("button", name="Engine").click()
    expect(car.get_by_role("button", name="Engine")).to_have_attribute("aria-pressed", "true")
    expect(car.get_by_role("list")).to_contain_text("engine reported · running")
    row.get_by_label("VIN").fill("YV1FW7050E7654321")
    row.get_by_label("Display").select_option("sensus-9")
    row.get_by_role("button", name="Add").click()
    expect(row.get_by_role("article")).to_have_count(4)
    row.get_by_label("VIN").fill("YV1FW7050E7654321")
    row.get_by_role("button", name="Add").click()
    expect(row.get_by_role("alert")).to_contain_text("stands on this bench already")

    row.get_by_role("link", name=vin).click()
    is_at(row, ENGINE)
    row.get_by_role("button", name="Make it new").click()
    is_at(row, "Key position 0")
    expect(row.get_by_label("What happens")).to_contain_text("made new")
    row.get_by_role("link", name="Bench").click()
    row.get_by_role("link", name="YV1FW7050E7654321").click()
    key(row, "Home").wait_for()
    row.get_by_role("button", name="Take it away").click()
    expect(row.get_by_role("article")).to_have_count(3)


def test_everybody_can_look_after_many(row: Page) -> None:
    found = faults(row, "cars on a bench")
    assert not found, "\n".join(f"{one.where}: {one.what}: {one.example}" for one in found)


def test_everybody_can_use_it(window: Page) -> None:
    key(window, ENGINE).click()
    key(window, "MY CAR").click()
    sees(window, "My car")
    found = faults(window, "the bench")
    window.goto("/docs")
    found += faults(window, "the bench's documentation")
    assert not found, "\n".join(f"{one.where}: {one.what}: {one.example}" for one in found)
