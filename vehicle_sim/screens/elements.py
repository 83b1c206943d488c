"""The vocabulary of drawing: everything that a screen may put on the glass, in pixels of the profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vehicle_sim.theme import Token, Weight

Point = tuple[float, float]
Align = Literal["left", "right", "centre"]


@dataclass(frozen=True, slots=True)
class Rect:
    """A box in pixels, from its top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The first column to the right of it."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The first row below it."""
        return self.y + self.height

    @property
    def middle(self) -> float:
        """Half way down."""
        return self.y + self.height / 2

    @property
    def centre(self) -> float:
        """Half way across."""
        return self.x + self.width / 2

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a place lies in it."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def meets(self, other: Rect) -> bool:
        """Tell whether the two have a place in common."""
        across = self.x < other.right and other.x < self.right
        return across and self.y < other.bottom and other.y < self.bottom

    def within(self, outer: Rect, slack: float = 0.5) -> bool:
        """Tell whether it lies inside ``outer``."""
        return (
            self.x >= outer.x - slack
            and self.y >= outer.y - slack
            and self.right <= outer.right + slack
            and self.bottom <= outer.bottom + slack
        )


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, plain, rounded, or running over from one colour into another.

    Attributes:
        to: the colour at the far side; None for one colour.
        way: where the far side is.
        alpha, alpha_to: how opaque the two sides are, 0..1.
        edge: the colour of a hairline around it.
        corners: which corners are round: bottom or all.
        shown: only so many pixels from its left side are drawn; None for all.
    """

    rect: Rect
    fill: Token
    to: Token | None = None
    way: Literal["down", "right"] = "down"
    alpha: float = 1.0
    alpha_to: float = 1.0
    radius: float = 0.0
    edge: Token | None = None
    corners: Literal["all", "bottom"] = "all"
    shown: float | None = None


@dataclass(frozen=True, slots=True)
class Shadow:
    """A soft shadow under a rounded panel."""

    rect: Rect
    radius: float
    blur: float = 24.0
    alpha: float = 0.55


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one weight and colour within a line."""

    text: str
    weight: Weight
    colour: Token


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of text, wrapped already.

    Attributes:
        baseline: of the first line.
        x, width: the room it has; the lines stand left, right or centred in it.
        said: the whole text, also where it is cut on the screen.
        leading: from baseline to baseline, in pixels.
        tracking: added after every letter, in parts of the em.
    """

    x: float
    baseline: float
    width: float
    lines: tuple[tuple[Run, ...], ...]
    size: float
    said: str
    leading: float
    align: Align = "left"
    tracking: float = 0.0
    truncated: bool = False

    @property
    def rect(self) -> Rect:
        """The room of its lines, from the capitals' tops to below the descenders."""
        top = self.baseline - 0.76 * self.size
        return Rect(self.x, top, self.width, 0.98 * self.size + self.leading * (len(self.lines) - 1))


@dataclass(frozen=True, slots=True)
class Icon:
    """A symbol of ``vehicle_sim/icons`` in a square."""

    rect: Rect
    name: str
    colour: Token
    alpha: float = 1.0


@dataclass(frozen=True, slots=True)
class Path:
    """A line through points with round joints and ends; a width of 0 fills the shape instead."""

    points: tuple[Point, ...]
    colour: Token
    width: float
    closed: bool = False
    alpha: float = 1.0


@dataclass(frozen=True, slots=True)
class Disc:
    """A filled circle with an optional ring around it."""

    x: float
    y: float
    radius: float
    colour: Token
    ring: Token | None = None
    ring_width: float = 0.0
    alpha: float = 1.0


@dataclass(frozen=True, slots=True)
class Arc:
    """Part of a circle, in degrees: 0 is to the right, 90 is up."""

    x: float
    y: float
    radius: float
    begin: float
    end: float
    colour: Token
    width: float
    alpha: float = 1.0


@dataclass(frozen=True, eq=False, slots=True)
class Layer:
    """Many elements drawn once and kept, cut at ``rect``: the map.

    Compared by identity, not by its thousands of points: whoever makes one keeps it.
    """

    name: str
    rect: Rect
    elements: tuple[Box | Path | Disc, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """The piece of a layer that fills ``rect``; ``x, y`` is its top left corner within the layer."""

    layer: Layer
    rect: Rect
    x: float
    y: float


Piece = Box | Shadow | Text | Icon | Path | Disc | Arc
Element = Piece | Window
