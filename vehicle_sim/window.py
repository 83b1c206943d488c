"""The head unit on a desk: a window with keys and mouse for a car that somebody else keeps running.

pygame lives on the main thread beside asyncio: its events are polled 20 times a second, 60 times for two
seconds after an input, and a frame is drawn only when the scene has changed.

| key | what it is |
|---|---|
| arrows, mouse wheel | TUNE |
| Enter, space, click on a row | OK/MENU |
| Esc, right click; held for a second | EXIT; EXIT long |
| M, N, R, D, T | MY CAR, NAV, RADIO, MEDIA, TEL |
| I, shift + I | key to the next position: 0, I, II, engine running; key out |
| L, B | next language; brightness by the clock, night, day |
| F12 | save a picture of the screen |
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame

from protocol.clock import monotonic, pause
from protocol.language import Language
from vehicle_sim import painter
from vehicle_sim.face import profile_of
from vehicle_sim.journal import JournalUnwritable
from vehicle_sim.locales import phrases
from vehicle_sim.screens import Scene, hit, view
from vehicle_sim.signals import IgnitionWish, ignition
from vehicle_sim.state import Button, Car, Event, Pressed, SettingsChanged, Turned

IDLE: Final = 1 / 20
LIVELY: Final = 1 / 60
LIVELY_FOR: Final = 2.0
"""Seconds after an input."""
LONG: Final = 1.0
"""Seconds that make a press a long one."""
HINT: Final = "arrows: TUNE · Enter: OK · Esc: EXIT · M N R D T · I: ignition · F12: picture"

BUTTONS: Final[Mapping[int, Button]] = {
    pygame.K_RETURN: Button.OK,
    pygame.K_KP_ENTER: Button.OK,
    pygame.K_SPACE: Button.OK,
    pygame.K_m: Button.MY_CAR,
    pygame.K_n: Button.NAV,
    pygame.K_r: Button.RADIO,
    pygame.K_d: Button.MEDIA,
    pygame.K_t: Button.TEL,
}
STEPS: Final[Mapping[int, int]] = {
    pygame.K_UP: -1,
    pygame.K_LEFT: -1,
    pygame.K_DOWN: 1,
    pygame.K_RIGHT: 1,
}
_LEFT, _RIGHT = 1, 3
_BRIGHTNESS: Final[Mapping[bool | None, bool | None]] = {None: True, True: False, False: None}


class Seen(Protocol):
    """A glimpse of a car."""

    @property
    def car(self) -> Car:
        """The car now."""
        ...


class Unit(Protocol):
    """What a window needs of a head unit; ``vehicle_sim.car.HeadUnit`` is one."""

    car: Car

    def now(self) -> datetime:
        """Return the instant for what happens now."""
        ...

    async def happen(self, *events: Event) -> Car:
        """Let these happen."""
        ...

    def watch(self) -> AsyncIterator[Seen]:
        """Yield the car now and after every change."""
        ...


@dataclass(slots=True)
class Hand:
    """What the driver's hand is doing: turns keys and clicks into events of the car."""

    held: int | None = None
    """The key or mouse button that may become a long press, since ``since``."""
    since: float = 0.0

    def does(self, event: pygame.event.Event, car: Car, scene: Scene, now: float) -> Sequence[Event]:
        """Return what an event of the window means to the car."""
        match event.type:
            case pygame.KEYDOWN if event.key == pygame.K_ESCAPE:
                self.held, self.since = event.key, now
            case pygame.MOUSEBUTTONDOWN if event.button == _RIGHT:
                self.held, self.since = event.button, now
            case pygame.KEYUP if self.held == event.key:
                return self.lets_go(car)
            case pygame.MOUSEBUTTONUP if self.held == event.button:
                return self.lets_go(car)
            case pygame.KEYDOWN:
                return _key(event.key, event.mod, car)
            case pygame.MOUSEBUTTONDOWN if event.button == _LEFT:
                x, y = event.pos
                return hit(scene, x, y, car.now)
            case pygame.MOUSEWHEEL if event.y:
                return (Turned(car.now, -event.y),)
        return ()

    def holds(self, car: Car, now: float) -> Sequence[Event]:
        """Return a long press once EXIT has been held long enough."""
        if self.held is None or now - self.since < LONG:
            return ()
        self.held = None
        return (Pressed(car.now, Button.EXIT, long=True),)

    def lets_go(self, car: Car) -> Sequence[Event]:
        """Return the short press."""
        self.held = None
        return (Pressed(car.now, Button.EXIT),)


class NoDisplay(RuntimeError):
    """There is no display for a window here: run the head unit headless and look at its bench page."""


async def run(unit: Unit, *, pictures: Path | None = None) -> None:
    """Show ``unit`` until its window is closed; F12 saves into ``pictures`` (the working directory).

    Raises:
        NoDisplay: no window can be opened on this machine.
    """
    try:
        pygame.display.init()
    except pygame.error as none:
        raise NoDisplay(f"{NoDisplay.__doc__} ({none})") from none
    try:
        await _Window(unit, pictures or Path()).shown()
    finally:
        pygame.display.quit()


class _Window:
    def __init__(self, unit: Unit, pictures: Path) -> None:
        self.unit = unit
        self.pictures = pictures
        self.hand = Hand()
        self.profile = profile_of(unit.car)
        self.glass = pygame.display.set_mode((self.profile.width, self.profile.height))
        self.scene = self._look()
        self.painted: Scene | None = None
        self.changed = True
        self.lively_until = 0.0
        self.saved = 0

    async def shown(self) -> None:
        painter.warm_up(self.profile)
        pygame.display.set_caption(f"{self.unit.car.vin} · {HINT}")
        watching = asyncio.create_task(self._watch())
        try:
            while await self._turn():
                await pause(LIVELY if monotonic() < self.lively_until else IDLE)
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching

    async def _watch(self) -> None:
        async for _ in self.unit.watch():
            self.changed = True

    async def _turn(self) -> bool:
        """Hear, then draw; False once the window is closed."""
        now = monotonic()
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                return False
            if event.type == pygame.KEYDOWN and event.key == pygame.K_F12:
                await self._save()
            if event.type in {pygame.WINDOWEXPOSED, pygame.WINDOWRESTORED}:
                self.painted = None
            await self._happen(self.hand.does(event, self.unit.car, self.scene, now))
        await self._happen(self.hand.holds(self.unit.car, now))
        if self.changed:
            self.changed, self.scene = False, self._look()
        if self.scene != self.painted:
            self.glass.blit(painter.paint(self.scene, self.profile), (0, 0))
            pygame.display.flip()
            self.painted = self.scene
        return True

    async def _happen(self, events: Sequence[Event]) -> None:
        if not events:
            return
        self.lively_until = monotonic() + LIVELY_FOR
        at = self.unit.now()
        with contextlib.suppress(JournalUnwritable):  # it did happen; the unit keeps trying to write it
            await self.unit.happen(*(replace(event, at=at) for event in events))
        self.changed, self.scene = False, self._look()

    async def _save(self) -> None:
        picture = painter.png(self.scene, self.profile)
        self.saved += 1
        path = self.pictures / f"{self.unit.car.vin}-{self.unit.car.now:%Y%m%dT%H%M%S}-{self.saved}.png"
        await asyncio.to_thread(path.write_bytes, picture)
        pygame.display.set_caption(f"{self.unit.car.vin} · {path} saved")

    def _look(self) -> Scene:
        car = self.unit.car
        return view(car, phrases(car.settings.language), self.profile)


def _key(key: int, modifiers: int, car: Car) -> Sequence[Event]:
    if key in BUTTONS:
        return (Pressed(car.now, BUTTONS[key]),)
    if key in STEPS:
        return (Turned(car.now, STEPS[key]),)
    settings = car.settings
    match key:
        case pygame.K_i:
            return ignition(car, "off" if modifiers & pygame.KMOD_SHIFT else _next_position(car), car.now)
        case pygame.K_l:
            languages = list(Language)
            following = languages[(languages.index(settings.language) + 1) % len(languages)]
            return (SettingsChanged(car.now, replace(settings, language=following)),)
        case pygame.K_b:
            return (SettingsChanged(car.now, replace(settings, night=_BRIGHTNESS[settings.night])),)
    return ()


def _next_position(car: Car) -> IgnitionWish:
    if car.drive.running:
        return "off"
    if car.drive.ignition.turned:
        return "running"
    return "on" if car.drive.ignition.lit else "acc"
