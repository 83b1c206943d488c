"""The window itself: bezel and glass on this machine's display, drawn when they change, and what it hears."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from protocol.clock import monotonic, pause
from vehicle_sim import bezel, painter
from vehicle_sim.bezel import Bezel, Control, Position
from vehicle_sim.face import Screens
from vehicle_sim.journal import JournalUnwritable
from vehicle_sim.locales import phrases
from vehicle_sim.painter.toolkit import pygame
from vehicle_sim.screens import Scene
from vehicle_sim.state import Car, Chime, Event
from vehicle_sim.theme import Profile
from vehicle_sim.window.hand import Hand
from vehicle_sim.window.loudspeaker import Loudspeaker

IDLE: Final = 1 / 20
LIVELY: Final = 1 / 60
LIVELY_FOR: Final = 2.0
"""Seconds after an input."""
_ROOM: Final = 0.9
"""How much of the desktop's height and width a window may take."""
_DESK: Final = (24, 28, 33)
"""What lies behind the bezel's round corners."""
_PRESSED: Final = 70
"""How much darker a control is that is held down, of 255."""


class Seen(Protocol):
    """A glimpse of a car."""

    @property
    def car(self) -> Car:
        """The car now."""
        ...

    @property
    def chimes(self) -> Sequence[Chime]:
        """What has sounded since the last glimpse."""
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


@dataclass(frozen=True, slots=True)
class _Picture:
    """All that decides what the window looks like."""

    scene: Scene
    profile: Profile
    position: Position
    pressed: Control | None


class Pane:
    """One window for one head unit."""

    def __init__(self, unit: Unit, face: Screens, loudspeaker: Loudspeaker, pictures: Path) -> None:
        self._unit = unit
        self._face = face
        self._loudspeaker = loudspeaker
        self._pictures = pictures
        self._hand = Hand()
        self._profile = face.profile(unit.car)
        self._fit()
        self._scene = self._look()
        self._painted: _Picture | None = None
        self._changed = True
        self._lively_until = 0.0
        self._saved = 0

    async def shown(self) -> None:
        """Show it until it is closed."""
        painter.warm_up(self._profile)
        self._titled("window.hint")
        await self._turn()
        duties = [asyncio.create_task(duty) for duty in (self._watch(), self._loudspeaker.warm_up())]
        try:
            while await self._turn():
                await pause(LIVELY if monotonic() < self._lively_until else IDLE)
        finally:
            for duty in duties:
                duty.cancel()
            await asyncio.gather(*duties, return_exceptions=True)

    async def _watch(self) -> None:
        async for glimpse in self._unit.watch():
            self._changed = True
            for chime in glimpse.chimes:
                self._loudspeaker.play(chime)

    async def _turn(self) -> bool:
        """Hear, then draw; False once the window is closed."""
        now = monotonic()
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                return False
            if event.type == pygame.KEYDOWN and event.key == pygame.K_F12:
                await self._save()
            if event.type in {pygame.WINDOWEXPOSED, pygame.WINDOWRESTORED}:
                self._painted = None
            if "pos" in event.dict:
                x, y = event.pos
                event.pos = (x / self._scale, y / self._scale)
            await self._happen(self._hand.does(event, self._unit.car, self._scene, self._around, now))
        await self._happen(self._hand.holds(self._unit.car, now))
        if self._changed:
            self._changed, self._scene = False, self._look()
        self._draw()
        return True

    async def _happen(self, events: Sequence[Event]) -> None:
        if not events:
            return
        self._lively_until = monotonic() + LIVELY_FOR
        at = self._unit.now()
        with contextlib.suppress(JournalUnwritable):  # it did happen; the unit keeps trying to write it
            await self._unit.happen(*(replace(event, at=at) for event in events))
        self._changed, self._scene = False, self._look()

    async def _save(self) -> None:
        picture = painter.png(self._scene, self._profile)
        self._saved += 1
        vin, now = self._unit.car.vin, self._unit.car.now
        path = self._pictures / f"{vin}-{now:%Y%m%dT%H%M%S}-{self._saved}.png"
        await asyncio.to_thread(path.write_bytes, picture)
        self._titled("window.saved", path=str(path))

    def _titled(self, key: str, **facts: object) -> None:
        """Say something in the window's title, in the language of the car."""
        car = self._unit.car
        pygame.display.set_caption(f"{car.vin} · {phrases(car.settings.language)(key, **facts)}")

    # -- what it looks like -------------------------------------------------------------------------

    def _look(self) -> Scene:
        car = self._unit.car
        profile = self._face.profile(car)
        if profile != self._profile:
            self._profile = profile
            self._fit()
        return self._face.scene(car)

    def _fit(self) -> None:
        """Make the window as large as the bezel, or as the desktop allows."""
        self._around: Bezel = bezel.bezel_of(self._profile)
        self._bodies: dict[Position, pygame.Surface] = {}
        self._scale = min(
            1.0,
            *(
                _ROOM * there / wanted
                for desktop in pygame.display.get_desktop_sizes()
                for there, wanted in zip(desktop, (self._around.width, self._around.height), strict=True)
            ),
        )
        wanted = (round(self._around.width * self._scale), round(self._around.height * self._scale))
        self._window = pygame.display.set_mode(wanted)
        self._painted = None

    def _draw(self) -> None:
        position = bezel.position(self._unit.car)
        picture = _Picture(self._scene, self._profile, position, self._hand.control)
        if picture == self._painted:
            return
        whole = self._body(position).copy()
        glass = self._around.glass
        whole.blit(painter.paint(self._scene, self._profile), (round(glass.x), round(glass.y)))
        if picture.pressed is not None:
            _darken(whole, picture.pressed)
        if self._scale < 1:
            whole = pygame.transform.smoothscale(whole, self._window.get_size())
        self._window.blit(whole, (0, 0))
        pygame.display.flip()
        self._painted = picture

    def _body(self, position: Position) -> pygame.Surface:
        """The bezel with its lamps, drawn once for each position of the key."""
        if position not in self._bodies:
            surface = pygame.Surface((self._around.width, self._around.height), depth=32)
            surface.fill(_DESK)
            painter.put(surface, (*self._around.elements, *self._around.lamps[position]))
            self._bodies[position] = surface
        return self._bodies[position]


def _darken(whole: pygame.Surface, control: Control) -> None:
    """Draw a control as it looks under a finger."""
    rect, shape = control.rect, control.shape
    shade = pygame.Surface((round(rect.width), round(rect.height)), pygame.SRCALPHA)
    dark, middle = (0, 0, 0, _PRESSED), rect.height / 2
    if shape == "key":
        pygame.draw.rect(shade, dark, shade.get_rect(), border_radius=10)
    elif shape == "disc":
        pygame.draw.circle(shade, dark, (middle, middle), middle)
    else:
        pygame.draw.circle(shade, dark, (0 if shape == "right half" else rect.width, middle), middle)
    whole.blit(shade, (round(rect.x), round(rect.y)))
