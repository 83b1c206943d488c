"""What the driver's hand does at the window: keys, mouse and wheel become events of the car."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from protocol.language import Language
from vehicle_sim import bezel
from vehicle_sim.bezel import Bezel, Control, Deed, Press, StartStop, ToPosition, Turn
from vehicle_sim.painter.toolkit import pygame
from vehicle_sim.screens import Scene, hit
from vehicle_sim.state import Button, Car, Event, Settings, SettingsChanged

LONG: Final = 1.0
"""Seconds that make a press a long one."""
_EXIT: Final = (Press(Button.EXIT), Press(Button.EXIT, long=True))
_KEYS: Final[Mapping[int, tuple[Deed, Deed | None]]] = {
    **dict.fromkeys((pygame.K_RETURN, pygame.K_KP_ENTER, pygame.K_SPACE), (Press(Button.OK), None)),
    **dict.fromkeys((pygame.K_UP, pygame.K_LEFT), (Turn(-1), None)),
    **dict.fromkeys((pygame.K_DOWN, pygame.K_RIGHT), (Turn(1), None)),
    pygame.K_m: (Press(Button.MY_CAR), None),
    pygame.K_n: (Press(Button.NAV), None),
    pygame.K_r: (Press(Button.RADIO), None),
    pygame.K_d: (Press(Button.MEDIA), None),
    pygame.K_t: (Press(Button.TEL), None),
    pygame.K_i: (StartStop(), StartStop(held=True)),
    pygame.K_ESCAPE: _EXIT,
}
"""What a key does, and what it does when it is held, if that is something else."""
_LEFT, _RIGHT = 1, 3
_BRIGHTNESS: Final[Mapping[bool | None, bool | None]] = {None: True, True: False, False: None}


@dataclass(frozen=True, slots=True)
class _Grip:
    """Something that is held down: by which key or mouse button, since when, and what becomes of it."""

    by: int
    since: float
    deed: Deed | None
    held: Deed | None = None


@dataclass(slots=True)
class Hand:
    """The driver's hand at one window.

    Attributes:
        control: what it holds down on the bezel, to be drawn pressed.
    """

    control: Control | None = None
    _grip: _Grip | None = None

    def does(
        self, event: pygame.event.Event, car: Car, scene: Scene, around: Bezel, now: float
    ) -> Sequence[Event]:
        """Return what an event of the window means to the car; places are pixels of the bezel."""
        match event.type:
            case pygame.KEYDOWN if event.key == pygame.K_i and event.mod & pygame.KMOD_SHIFT:
                return bezel.events(ToPosition("off"), car, car.now)
            case pygame.KEYDOWN if event.key in _KEYS:
                return self._grasps(event.key, *_KEYS[event.key], car, now)
            case pygame.KEYDOWN:
                return _set(event.key, car)
            case pygame.MOUSEBUTTONDOWN if event.button == _RIGHT:
                return self._grasps(event.button, *_EXIT, car, now)
            case pygame.MOUSEBUTTONDOWN if event.button == _LEFT:
                return self._presses(event.pos, car, scene, around, now)
            case pygame.KEYUP:
                return self._lets_go(event.key, car)
            case pygame.MOUSEBUTTONUP:
                return self._lets_go(event.button, car)
            case pygame.MOUSEWHEEL if event.y:
                return bezel.events(Turn(-event.y), car, car.now)
        return ()

    def holds(self, car: Car, now: float) -> Sequence[Event]:
        """Return a long press once something has been held long enough."""
        grip = self._grip
        if grip is None or grip.held is None or now - grip.since < LONG:
            return ()
        self._grip = replace(grip, deed=None, held=None)  # the hand is still on it, but it is done
        return bezel.events(grip.held, car, car.now)

    def _presses(
        self, place: tuple[float, float], car: Car, scene: Scene, around: Bezel, now: float
    ) -> Sequence[Event]:
        """Press the control under the pointer, or tap the glass."""
        on_glass = around.on_glass(*place)
        if on_glass is not None:
            return hit(scene, *on_glass, car.now)
        self.control = around.at(*place)
        if self.control is None:
            return ()
        return self._grasps(_LEFT, self.control.deed, self.control.held, car, now)

    def _grasps(self, by: int, deed: Deed, held: Deed | None, car: Car, now: float) -> Sequence[Event]:
        """Act at once, unless holding on could mean something else: then letting go or time will tell."""
        if held is None:
            self._grip = _Grip(by, now, None)
            return bezel.events(deed, car, car.now)
        self._grip = _Grip(by, now, deed, held)
        return ()

    def _lets_go(self, by: int, car: Car) -> Sequence[Event]:
        grip = self._grip
        if grip is None or grip.by != by:
            return ()
        self._grip = self.control = None
        return bezel.events(grip.deed, car, car.now) if grip.deed is not None else ()


def _next_language(settings: Settings) -> Settings:
    """English, German, Swedish, and the pseudo-locale at the end."""
    languages = list(Language)
    following = languages.index(settings.language) + 1
    if settings.pseudo_locale or following < len(languages):
        language = languages[0] if settings.pseudo_locale else languages[following]
        return replace(settings, language=language, pseudo_locale=False)
    return replace(settings, language=Language.ENGLISH, pseudo_locale=True)


def _set(key: int, car: Car) -> Sequence[Event]:
    """Return what a key changes that no such car has a key for."""
    settings = car.settings
    match key:
        case pygame.K_l:
            settings = _next_language(settings)
        case pygame.K_b:
            settings = replace(settings, night=_BRIGHTNESS[settings.night])
        case pygame.K_s:
            settings = replace(settings, muted=not settings.muted)
        case _:
            return ()
    return (SettingsChanged(car.now, settings),)
