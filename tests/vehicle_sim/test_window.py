"""Keys and mouse do in the window what the knob and the buttons do in the car."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pygame
import pytest

from protocol.clock import until
from tests.vehicle_sim.desk import Desk
from vehicle_sim import samples, window
from vehicle_sim.bezel import bezel_of
from vehicle_sim.face import Screens, spoken
from vehicle_sim.screens import Scene, view
from vehicle_sim.state import (
    Button,
    Car,
    Chime,
    Ignition,
    IgnitionTurned,
    Pressed,
    Priority,
    SettingsChanged,
    Turned,
    View,
)
from vehicle_sim.theme import NIGHT, SENSUS_7, SENSUS_9
from vehicle_sim.window import LONG, Hand, Loudspeaker, NoDisplay
from vehicle_sim.window import hand as hands

BEZEL = bezel_of(SENSUS_7)
MENUS = samples.at(samples.car(samples.booking(announce=False)), View.SERVICE_AND_REPAIR, 1)


@pytest.fixture(autouse=True)
def without_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    monkeypatch.setattr(pygame.display, "get_desktop_sizes", lambda: [(2560, 1600)])


def look(car: Car) -> Scene:
    return view(car, spoken(car), SENSUS_7)


def key(code: int, *, up: bool = False, mod: int = 0) -> pygame.event.Event:
    return pygame.event.Event(pygame.KEYUP if up else pygame.KEYDOWN, key=code, mod=mod)


def mouse(button: int, place: tuple[float, float] = (0, 0), *, up: bool = False) -> pygame.event.Event:
    kind = pygame.MOUSEBUTTONUP if up else pygame.MOUSEBUTTONDOWN
    return pygame.event.Event(kind, button=button, pos=(round(place[0]), round(place[1])))


def does(event: pygame.event.Event, car: Car = MENUS) -> list[object]:
    return list(Hand().does(event, car, look(car), BEZEL, 0.0))


def on_glass(x: float, y: float) -> tuple[float, float]:
    """Where a pixel of the display is in the window."""
    return BEZEL.glass.x + x, BEZEL.glass.y + y


def middle(name: str) -> tuple[float, float]:
    """Where a control of the bezel is."""
    rect = next(control.rect for control in BEZEL.controls if control.name == name)
    return rect.centre, rect.middle


@asynccontextmanager
async def shown(desk: Desk, pictures: Path | None = None) -> AsyncIterator[asyncio.Task[None]]:
    running = asyncio.create_task(window.run(desk, Screens(), pictures=pictures))
    try:
        await until(lambda: pygame.display.get_init() and bool(pygame.display.get_surface()), what="a window")
        yield running
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def seen(x: float, y: float) -> tuple[int, int, int]:
    """A pixel of the display, seen in the window."""
    across, down = on_glass(x, y)
    red, green, blue, _ = tuple(pygame.display.get_surface().get_at((round(across), round(down))))
    return red, green, blue


def pictures_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.png"))


@pytest.mark.parametrize(
    ("code", "button"),
    [
        (pygame.K_RETURN, Button.OK),
        (pygame.K_SPACE, Button.OK),
        (pygame.K_m, Button.MY_CAR),
        (pygame.K_n, Button.NAV),
        (pygame.K_r, Button.RADIO),
        (pygame.K_d, Button.MEDIA),
        (pygame.K_t, Button.TEL),
    ],
)
def test_keys_are_buttons(code: int, button: Button) -> None:
    assert does(key(code)) == [Pressed(MENUS.now, button)]


@pytest.mark.parametrize(
    ("event", "steps"),
    [
        (key(pygame.K_DOWN), 1),
        (key(pygame.K_RIGHT), 1),
        (key(pygame.K_UP), -1),
        (key(pygame.K_LEFT), -1),
        (pygame.event.Event(pygame.MOUSEWHEEL, y=2), -2),
        (pygame.event.Event(pygame.MOUSEWHEEL, y=-1), 1),
    ],
)
def test_arrows_and_wheel_turn_the_knob(event: pygame.event.Event, steps: int) -> None:
    assert does(event) == [Turned(MENUS.now, steps)]


@pytest.mark.parametrize(
    "event",
    [
        key(pygame.K_x),
        key(pygame.K_RETURN, up=True),
        mouse(1, on_glass(790, 470)),
        mouse(2),
        mouse(1, up=True),
        pygame.event.Event(pygame.MOUSEWHEEL, y=0),
        pygame.event.Event(pygame.MOUSEMOTION, pos=(1, 1)),
    ],
)
def test_anything_else_does_nothing(event: pygame.event.Event) -> None:
    assert does(event) == []


@pytest.mark.parametrize(
    ("down", "up"),
    [(key(pygame.K_ESCAPE), key(pygame.K_ESCAPE, up=True)), (mouse(3), mouse(3, up=True))],
    ids=["Esc", "right button"],
)
def test_exit_is_short_or_long(down: pygame.event.Event, up: pygame.event.Event) -> None:
    scene, hand = look(MENUS), Hand()
    assert hand.does(down, MENUS, scene, BEZEL, 10.0) == ()
    assert hand.holds(MENUS, 10.0 + LONG / 2) == ()
    assert hand.does(up, MENUS, scene, BEZEL, 10.0 + LONG / 2) == (Pressed(MENUS.now, Button.EXIT),)
    assert hand.does(down, MENUS, scene, BEZEL, 20.0) == ()
    assert hand.holds(MENUS, 20.0 + LONG) == (Pressed(MENUS.now, Button.EXIT, long=True),)
    assert hand.holds(MENUS, 30.0) == ()
    assert hand.does(up, MENUS, scene, BEZEL, 30.0) == ()


def test_a_click_on_a_row_goes_there_and_presses() -> None:
    scene = look(MENUS)
    row = scene.find("display_notifications").rect
    assert does(mouse(1, on_glass(row.centre, row.middle))) == [
        Turned(MENUS.now, 1),
        Pressed(MENUS.now, Button.OK),
    ]
    row = scene.find("appointments").rect
    assert does(mouse(1, on_glass(row.centre, row.middle))) == [Pressed(MENUS.now, Button.OK)]


def test_a_click_does_not_reach_under_a_pop_up() -> None:
    item = samples.items()["booking"]
    car = samples.popped(MENUS, item)
    under = look(MENUS).find("dealer_information").rect
    assert does(mouse(1, on_glass(8, under.middle)), car) == []


def test_the_key_goes_round() -> None:
    desk = Desk(replace(MENUS, drive=replace(MENUS.drive, ignition=Ignition.OFF, running=False)))

    async def turn(event: pygame.event.Event) -> tuple[Ignition, bool]:
        hand, up = Hand(), key(event.key, up=True)
        for one in (event, up):
            await desk.happen(*hand.does(one, desk.car, look(desk.car), BEZEL, 0.0))
        return desk.car.drive.ignition, desk.car.drive.running

    async def all_round() -> None:
        assert await turn(key(pygame.K_i)) == (Ignition.ACC, False)
        assert await turn(key(pygame.K_i)) == (Ignition.ON, False)
        assert await turn(key(pygame.K_i)) == (Ignition.ON, True)
        assert await turn(key(pygame.K_i)) == (Ignition.OFF, False)
        assert await turn(key(pygame.K_i)) == (Ignition.ACC, False)
        assert await turn(key(pygame.K_i, mod=pygame.KMOD_LSHIFT)) == (Ignition.OFF, False)

    asyncio.run(all_round())


def test_the_bezel_is_pressed_with_the_mouse() -> None:
    assert does(mouse(1, middle("nav"))) == [Pressed(MENUS.now, Button.NAV)]
    assert does(mouse(1, middle("tune_right"))) == [Turned(MENUS.now, 1)]
    assert does(mouse(1, (2, 2))) == []
    scene, hand = look(MENUS), Hand()
    assert hand.does(mouse(1, middle("exit")), MENUS, scene, BEZEL, 0.0) == ()
    assert hand.control is not None
    assert hand.control.name == "exit"
    assert hand.does(mouse(1, middle("exit"), up=True), MENUS, scene, BEZEL, 0.2) == (
        Pressed(MENUS.now, Button.EXIT),
    )
    assert hand.control is None


def test_start_stop_held_goes_to_ii_and_only_once() -> None:
    car = replace(MENUS, drive=replace(MENUS.drive, ignition=Ignition.OFF, running=False))
    scene, hand = look(car), Hand()
    assert hand.does(mouse(1, middle("start_stop")), car, scene, BEZEL, 0.0) == ()
    assert hand.holds(car, LONG) == (IgnitionTurned(car.now, Ignition.ON),)
    assert hand.holds(car, 2 * LONG) == ()
    assert hand.does(mouse(1, middle("start_stop"), up=True), car, scene, BEZEL, 3.0) == ()


def test_chimes_are_muted_and_heard_again() -> None:
    (changed,) = does(key(pygame.K_s))
    assert isinstance(changed, SettingsChanged)
    assert changed.settings.muted


def test_language_and_brightness_go_round() -> None:
    tags = []
    car = MENUS
    for _ in range(4):
        (changed,) = does(key(pygame.K_l), car)
        assert isinstance(changed, SettingsChanged)
        car = replace(car, settings=changed.settings)
        tags.append(look(car).language)
    assert tags == ["de", "sv", "en-XA", "en"]
    brightness = []
    car = MENUS
    for _ in range(3):
        (changed,) = does(key(pygame.K_b), car)
        assert isinstance(changed, SettingsChanged)
        car = replace(car, settings=changed.settings)
        brightness.append(car.settings.night)
    assert brightness == [False, None, True]


async def test_the_window_draws_what_happens_and_closes() -> None:
    desk = Desk(MENUS)
    async with shown(desk) as running:
        pygame.event.post(key(pygame.K_DOWN))
        await until(lambda: desk.car.page.focus == 2, what="the knob")
        row = look(desk.car).find("display_notifications").rect
        await until(lambda: seen(2, row.middle) == NIGHT["accent"], what="the focus bar")
        pygame.event.post(pygame.event.Event(pygame.QUIT))
        await until(running.done, what="closing")
    assert not pygame.display.get_init()


async def test_the_window_follows_what_others_do() -> None:
    desk = Desk(MENUS)
    async with shown(desk):
        await until(lambda: seen(10, 470) != (0, 0, 0), what="a first frame")
        desk.becomes(replace(MENUS, drive=replace(MENUS.drive, ignition=Ignition.LOCK, running=False)))
        await until(lambda: seen(10, 470) == (0, 0, 0), what="the dark")


async def test_exit_held_long_enough_is_long_while_it_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hands, "LONG", 0.0)
    desk = Desk(MENUS)
    async with shown(desk):
        pygame.event.post(key(pygame.K_ESCAPE))
        await until(lambda: Pressed(MENUS.now, Button.EXIT, long=True) in desk.happened, what="EXIT long")


async def test_f12_keeps_a_picture(tmp_path: Path) -> None:
    desk = Desk(MENUS)
    async with shown(desk, tmp_path):
        pygame.event.post(key(pygame.K_F12))
        await until(lambda: len(pictures_in(tmp_path)) == 1, what="a picture")
        pygame.event.post(key(pygame.K_F12))
        await until(lambda: len(pictures_in(tmp_path)) == 2, what="another one")
    (first, _) = pictures_in(tmp_path)
    assert first.name.startswith(f"{samples.VIN}-20261127T061200")
    assert (await asyncio.to_thread(first.read_bytes)).startswith(b"\x89PNG")


async def test_a_window_that_was_covered_is_drawn_again() -> None:
    desk = Desk(MENUS)
    async with shown(desk):
        await until(lambda: seen(10, 470) != (0, 0, 0), what="a first frame")
        pygame.display.get_surface().fill((255, 0, 255))
        pygame.event.post(pygame.event.Event(pygame.WINDOWEXPOSED))
        await until(lambda: seen(400, 470) != (255, 0, 255), what="a fresh frame")


async def test_without_a_display_it_says_what_to_do_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "nothing-of-that-name")
    with pytest.raises(NoDisplay, match="run the head unit headless"):
        await window.run(Desk(MENUS), Screens())


async def test_a_full_disk_does_not_close_the_window() -> None:
    desk = Desk(MENUS)
    desk.disk_is_full = True
    async with shown(desk) as running:
        pygame.event.post(key(pygame.K_DOWN))
        await until(lambda: desk.car.page.focus == 2, what="the knob")
        pygame.event.post(key(pygame.K_UP))
        await until(lambda: desk.car.page.focus == 1, what="the knob again")
        assert not running.done()


@pytest.mark.parametrize(
    ("name", "inside", "beside"),
    [
        ("media", (-40, 14), None),
        ("start_stop", (0, 30), (48, 48)),
        ("tune_left", (0, 25), (-25, 50)),
        ("tune_right", (0, 25), (25, 50)),
    ],
)
async def test_the_bezel_shows_what_is_pressed(
    name: str, inside: tuple[int, int], beside: tuple[int, int] | None
) -> None:
    desk = Desk(MENUS)
    x, y = middle(name)

    def at(offset: tuple[int, int]) -> pygame.Color:
        return pygame.display.get_surface().get_at((round(x) + offset[0], round(y) + offset[1]))

    async with shown(desk):
        await until(lambda: seen(10, 470) != (0, 0, 0), what="a first frame")
        before, corner = at(inside), at(beside or inside)
        pygame.event.post(mouse(1, (x, y)))
        await until(lambda: at(inside) != before, what="a pressed control")
        assert beside is None or at(beside) == corner
        pygame.event.post(mouse(1, (x, y), up=True))
        await until(lambda: at(inside) == before, what="a control at rest")


async def test_another_display_takes_another_window() -> None:
    desk = Desk(MENUS)
    async with shown(desk):
        assert pygame.display.get_surface().get_width() == BEZEL.width
        desk.becomes(replace(MENUS, settings=replace(MENUS.settings, profile=SENSUS_9.name)))
        high = bezel_of(SENSUS_9)
        await until(
            lambda: pygame.display.get_surface().get_height() > pygame.display.get_surface().get_width(),
            what="a high window",
        )
        width, height = pygame.display.get_surface().get_size()
        assert abs(width / height - high.width / high.height) < 0.01
        assert height == high.height


async def test_a_click_is_where_it_is_seen_in_a_window_that_had_to_be_smaller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pygame.display, "get_desktop_sizes", lambda: [(640, 480)])
    desk = Desk(MENUS)
    async with shown(desk):
        width, height = pygame.display.get_surface().get_size()
        assert (width, height) < (640, 480)
        x, y = middle("radio")
        scale = width / BEZEL.width
        pygame.event.post(mouse(1, (x * scale, y * scale)))
        await until(lambda: desk.car.page.view is View.RADIO, what="RADIO")


async def test_a_pop_up_chimes_through_a_dummy_device() -> None:
    parked = samples.car(samples.booking())
    desk = Desk(replace(parked, drive=replace(parked.drive, ignition=Ignition.OFF, running=False)))
    async with shown(desk):
        assert pygame.mixer.get_init() is None, "opened before there is anything to hear"
        await until(lambda: seen(10, 470) == (0, 0, 0), what="a first frame")
        pygame.event.post(mouse(1, middle("key_running")))
        await until(lambda: pygame.mixer.get_init() is not None, what="a chime")
    assert pygame.mixer.get_init() is None


async def test_a_machine_without_sound_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SDL_AUDIODRIVER", "nothing-of-that-name")
    loudspeaker = Loudspeaker()
    chime = Chime(MENUS.now, "booking", Priority.URGENT)
    found = []
    for sounded in (replace(chime, muted=True), chime, chime):
        loudspeaker.play(sounded)
        found.append(loudspeaker.works)
    loudspeaker.close()
    assert found == [None, False, False]
    assert caplog.text.count("chimes are not heard here") == 1
