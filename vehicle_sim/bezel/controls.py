"""What a driver's hand finds around the glass: each control with its place, its name and its deed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from vehicle_sim.screens.elements import Piece, Rect
from vehicle_sim.signals import ignition
from vehicle_sim.state import Button, Car, Event, Pressed, Turned

Position = Literal["off", "acc", "on", "running"]
"""Key position 0, I, II, and the engine running."""
Shape = Literal["key", "disc", "left half", "right half"]
_NEXT: Final[Mapping[Position, Position]] = {
    "off": "acc",
    "acc": "on",
    "on": "running",
    "running": "off",
}


@dataclass(frozen=True, slots=True)
class Press:
    """Presses a key; ``long`` is a second or more."""

    button: Button
    long: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """Turns TUNE or the thumbwheel by so many notches, clockwise (or down) positive."""

    steps: int


@dataclass(frozen=True, slots=True)
class ToPosition:
    """Brings the key to a position at once."""

    to: Position


@dataclass(frozen=True, slots=True)
class StartStop:
    """Presses START/STOP: one position on, and off again from the running engine.

    Held, it goes to II; that is how the real one switches everything on without an engine.
    """

    held: bool = False


Deed = Press | Turn | ToPosition | StartStop


@dataclass(frozen=True, slots=True)
class Control:
    """One thing to press.

    Attributes:
        name: unique on its bezel, stable.
        label: what is printed on it, or what a screen reader says.
        rect: where, in pixels of the bezel.
        deed: what a press does; ``held`` is what one of a second or more does, if that is something else.
        shape: what of its rectangle a finger finds: all of it, a disc in it, or half of a disc.
    """

    name: str
    label: str
    rect: Rect
    deed: Deed
    held: Deed | None = None
    shape: Shape = "key"


@dataclass(frozen=True, slots=True)
class Bezel:
    """The frame around one display: size, where the glass is, controls, and how all of it looks.

    Attributes:
        elements: everything but the glass and the lamps, the undermost first.
        lamps: what is lit in which position of the key.
    """

    width: int
    height: int
    glass: Rect
    controls: tuple[Control, ...]
    elements: tuple[Piece, ...] = field(repr=False, default=())
    lamps: Mapping[Position, tuple[Piece, ...]] = field(repr=False, default_factory=dict)

    def at(self, x: float, y: float) -> Control | None:
        """Return the control under a point; None beside all of them."""
        for control in self.controls:
            rect = control.rect
            if rect.x <= x < rect.right and rect.y <= y < rect.bottom:
                return control
        return None

    def on_glass(self, x: float, y: float) -> tuple[float, float] | None:
        """Return a point in pixels of the display; None beside the glass."""
        across, down = x - self.glass.x, y - self.glass.y
        inside = 0 <= across < self.glass.width and 0 <= down < self.glass.height
        return (across, down) if inside else None


def position(car: Car) -> Position:
    """Return where the key is, as its lamps show it."""
    if car.drive.running:
        return "running"
    if car.drive.ignition.turned:
        return "on"
    return "acc" if car.drive.ignition.lit else "off"


def events(deed: Deed, car: Car, at: datetime) -> tuple[Event, ...]:
    """Return what happens to ``car`` when a hand does this."""
    match deed:
        case Press():
            return (Pressed(at, deed.button, long=deed.long),)
        case Turn():
            return (Turned(at, deed.steps),)
        case ToPosition():
            return ignition(car, deed.to, at)
        case _:
            here = position(car)
            return ignition(car, "on" if deed.held and here != "running" else _NEXT[here], at)
