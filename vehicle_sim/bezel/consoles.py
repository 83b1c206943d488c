"""The two consoles: keys, knob and wheel below a landscape glass; one home button below a touch screen."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from vehicle_sim.bezel import metal
from vehicle_sim.bezel.controls import Bezel, Control, Deed, Position, Press, StartStop, ToPosition, Turn
from vehicle_sim.screens.elements import Disc, Piece, Rect
from vehicle_sim.state import Button
from vehicle_sim.theme import Profile, Token

SIDE: Final = 52
TOP: Final = 30
_SOURCES: Final = (Button.RADIO, Button.MEDIA, Button.TEL, Button.MY_CAR, Button.NAV)
_POSITIONS: Final[Mapping[Position, tuple[str, str]]] = {
    "off": ("0", "Key position 0"),
    "acc": ("I", "Key position I"),
    "on": ("II", "Key position II"),
    "running": ("ENGINE", "Engine running"),
}
_COLOURS: Final[Mapping[Position, Token]] = {
    "off": "secondary",
    "acc": "amber",
    "on": "amber",
    "running": "green",
}


@lru_cache
def bezel_of(profile: Profile) -> Bezel:
    """Return the frame of a display."""
    glass = Rect(SIDE, TOP, profile.width, profile.height)
    return _touch(glass) if profile.touch else _keys(glass)


def _keys(glass: Rect) -> Bezel:
    width, height = glass.right + SIDE, glass.bottom + 214
    strip = Rect(glass.x, glass.bottom + 24, glass.width, 46)
    middle = strip.bottom + 70
    labels = tuple(button.value.replace("_", " ") for button in _SOURCES)
    sources = tuple(
        Control(button.value.lower(), label, cell, Press(button))
        for button, label, cell in zip(_SOURCES, labels, metal.across(strip, len(labels)), strict=True)
    )
    ignition = _ignition(
        Rect(glass.x, middle - 50, 100, 100), Rect(glass.x + 120, middle - 52, 96, 26), down=True
    )
    wheel = _wheel(Rect(glass.centre - 120, middle - 54, 214, 108))
    menu = _menu(Rect(glass.right - 262, middle - 54, 128, 48))
    tune = _tune(glass.right - 54, middle, 54)
    parts = (ignition, wheel, menu, tune)
    return Bezel(
        round(width),
        round(height),
        glass,
        (*sources, *(control for controls, _ in parts for control in controls)),
        (
            *metal.body(width, height, glass),
            *metal.strip(strip, labels),
            *(piece for _, pieces in parts for piece in pieces),
        ),
        _lamps(ignition[0]),
    )


def _touch(glass: Rect) -> Bezel:
    width, height = glass.right + SIDE, glass.bottom + 112
    middle = glass.bottom + 62
    home = Rect(glass.centre - 56, middle - 24, 112, 48)
    controls, pieces = _ignition(
        Rect(glass.x, middle - 34, 68, 68), Rect(glass.x + 82, middle - 20, 46, 40), down=False
    )
    return Bezel(
        round(width),
        round(height),
        glass,
        (Control("home", "Home", home, Press(Button.MY_CAR), Press(Button.EXIT, long=True)), *controls),
        (
            *metal.body(width, height, glass),
            *metal.key(home),
            *metal.house(home.centre, home.middle),
            *pieces,
        ),
        _lamps(controls),
    )


_Part = tuple[tuple[Control, ...], tuple[Piece, ...]]


def _ignition(button: Rect, first: Rect, *, down: bool) -> _Part:
    """START/STOP, and the four positions beside it: under one another, or in a row."""
    size = metal.PRINT if down else metal.SMALL_PRINT
    line = size * 1.15
    start = Control(
        "start_stop", "START/STOP ENGINE", button, StartStop(), StartStop(held=True), shape="disc"
    )
    upper = Rect(button.x, button.middle - line, button.width, line)
    lower = Rect(button.x, button.middle, button.width, line)
    positions: list[Control] = []
    pieces: list[Piece] = [
        *metal.button(button.centre, button.middle, button.width / 2),
        metal.printed("START", upper, size=size),
        metal.printed("STOP", lower, size=size),
    ]
    x, y = first.x, first.y
    for to, (label, said) in _POSITIONS.items():
        wide = first.width if down or to != "running" else first.width + 38
        rect = Rect(x, y, wide, first.height)
        positions.append(Control(f"key_{to}", said, rect, ToPosition(to)))
        pieces.append(_unlit(rect))
        pieces.append(_named(label, rect, "secondary"))
        x, y = (x, y + first.height) if down else (x + wide, y)
    return (start, *positions), tuple(pieces)


def _named(label: str, rect: Rect, colour: Token) -> Piece:
    """A position's label, right of its lamp."""
    room = Rect(rect.x + 28, rect.y, rect.width - 28, rect.height)
    return metal.printed(label, room, size=metal.SMALL_PRINT, colour=colour, align="left")


def _unlit(rect: Rect) -> Disc:
    return Disc(rect.x + 14, rect.middle, 3.5, "black", ring="trim_edge", ring_width=1.2)


def _lamps(controls: tuple[Control, ...]) -> Mapping[Position, tuple[Piece, ...]]:
    return {
        control.deed.to: _lit(control.deed.to, control.rect)
        for control in controls
        if isinstance(control.deed, ToPosition)
    }


def _lit(to: Position, rect: Rect) -> tuple[Piece, ...]:
    colour: Token = _COLOURS[to]
    return (
        Disc(rect.x + 14, rect.middle, 7.5, colour, alpha=0.22),
        Disc(rect.x + 14, rect.middle, 3.8, colour),
        _named(_POSITIONS[to][0], rect, "text"),
    )


def _wheel(pod: Rect) -> _Part:
    """The keypad of the steering wheel: a thumbwheel to roll and press, and a back key."""
    roller = Rect(pod.x + 74, pod.y + 9, 62, pod.height - 18)
    third = roller.height / 3
    away = Rect(pod.right - 70, pod.middle - 28, 58, 56)
    deeds: tuple[tuple[str, Deed], ...] = (("up", Turn(-1)), ("press", Press(Button.OK)), ("down", Turn(1)))
    controls = [
        Control(
            f"wheel_{name}",
            f"Thumbwheel {name}",
            Rect(roller.x, roller.y + third * place, roller.width, third),
            deed,
        )
        for place, (name, deed) in enumerate(deeds)
    ]
    back = Control("wheel_back", "Back", away, Press(Button.EXIT), Press(Button.EXIT, long=True))
    return (*controls, back), (
        *metal.key(pod),
        *metal.steering_wheel(pod.x + 38, pod.middle, 22),
        *metal.thumbwheel(roller),
        metal.chevron(roller.centre, roller.y + 14, 9, 90),
        metal.chevron(roller.centre, roller.bottom - 14, 9, 270),
        *metal.back(away.centre, away.middle),
    )


def _menu(above: Rect) -> _Part:
    below = Rect(above.x, above.bottom + 12, above.width, above.height)
    return (
        Control("ok", "OK/MENU", above, Press(Button.OK)),
        Control("exit", "EXIT", below, Press(Button.EXIT), Press(Button.EXIT, long=True)),
    ), (*metal.key(above, "OK/MENU"), *metal.key(below, "EXIT"))


def _tune(x: float, y: float, radius: float) -> _Part:
    left = Rect(x - radius, y - radius, radius, 2 * radius)
    right = Rect(x, y - radius, radius, 2 * radius)
    return (
        Control("tune_left", "TUNE anticlockwise", left, Turn(-1), shape="left half"),
        Control("tune_right", "TUNE clockwise", right, Turn(1), shape="right half"),
    ), (
        *metal.knob(x, y, radius),
        metal.chevron(x - radius + 19, y, 8, 180),
        metal.chevron(x + radius - 19, y, 8, 0),
        metal.printed("TUNE", Rect(x - 40, y - 14, 80, 28), size=metal.SMALL_PRINT),
    )
