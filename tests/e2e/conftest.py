"""One bench and one Chromium for all tests of the pages; each test takes a fresh browser profile."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.e2e.bench import HELSINKI, KOELN, Bench, Car, Place, standing_bench
from tests.e2e.browser import FLAGS, sitting
from tests.e2e.desk import Desk
from tests.e2e.my_volvo import MyVolvo

Sit = Callable[..., BrowserContext]
expect.set_options(timeout=20_000)  # what comes by itself may take its time on a busy machine


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, which the Makefile installs; the library brings no browser of its own."""
    chromium = shutil.which("chromium")
    assert chromium is not None, "no chromium: apt-get install --no-install-recommends chromium"
    return {**browser_type_launch_args, "executable_path": chromium, "args": list(FLAGS)}


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with standing_bench(tmp_path_factory.mktemp("bench")) as standing:
        yield standing


@pytest.fixture
def sit(browser: Browser, bench: Bench) -> Iterator[Sit]:
    """Sit down at a browser of a language, with scripts or without; who rises loses what it remembered."""
    contexts: list[BrowserContext] = []

    def sits(place: Place, **options: Any) -> BrowserContext:
        contexts.append(sitting(browser, bench.url, place.language, **options))
        return contexts[-1]

    yield sits
    for context in contexts:
        context.close()


@pytest.fixture(params=[HELSINKI, KOELN], ids=["English", "German"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.param
    return found


@pytest.fixture
def car(bench: Bench, place: Place) -> Iterator[Car]:
    """The car of the place's customer, parked; what a test leaves open is cancelled, and it is told."""
    car = bench.car(place)
    car.turns_key("off")
    yield car
    car.turns_key("off")
    bench.clears(place)
    car.has_its_say()


@pytest.fixture
def desk(sit: Sit, place: Place, bench: Bench) -> Desk:
    """A service advisor who has signed in at the place's desk."""
    desk = Desk(sit(place).new_page(), place)
    desk.signs_in()
    return desk


@pytest.fixture
def my_volvo(sit: Sit, place: Place, bench: Bench) -> MyVolvo:
    """The place's customer, at a browser of their own."""
    return MyVolvo(sit(place).new_page(), place, bench)
