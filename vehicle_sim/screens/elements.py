"""The vocabulary of drawing: what a screen may put on the glass, and how the same description is read aloud.

A screen returns :class:`Part` trees. A part has what is drawn (elements) and what it means (role, label,
value, focus, actions), so that picture and semantic tree cannot disagree. Pixels are those of the profile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
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

    def within(self, outer: Rect, slack: float = 0.5) -> bool:
        """Tell whether it lies inside ``outer``."""
        return (
            self.x >= outer.x - slack
            and self.y >= outer.y - slack
            and self.right <= outer.right + slack
            and self.bottom <= outer.bottom + slack
        )


# --- what is drawn ------------------------------------------------------------------------------


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


Piece = Box | Shadow | Text | Icon | Path | Disc | Arc
Element = Piece | Layer


# --- what it means ------------------------------------------------------------------------------


class Role(StrEnum):
    """What a part is to somebody who cannot see it."""

    SCREEN = "screen"
    STATUS_BAR = "status bar"
    PAGE = "page"
    DIALOG = "dialog"
    LIST = "list"
    ROW = "row"
    CHECK_BOX = "check box"
    TEXT = "text"
    TITLE = "title"
    IMAGE = "image"
    INDICATOR = "indicator"
    MAP = "map"
    DIAL = "dial"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a screen: drawn, named, and said.

    Attributes:
        name: unique among its siblings, stable across languages.
        label: what it says, in the driver's language, whole even where the picture cuts it.
        value: its state: a count, On, a price.
        focused: None where it cannot have the focus.
        actions: what a press or a turn does to it: (key, verb).
        covered: something lies over it, so that it cannot be used now.
    """

    name: str
    role: Role
    rect: Rect
    label: str = ""
    value: str = ""
    focused: bool | None = None
    actions: tuple[tuple[str, str], ...] = ()
    elements: tuple[Element, ...] = ()
    children: tuple[Part, ...] = ()
    covered: bool = False

    def drawn(self) -> Iterator[Element]:
        """Every element, the undermost first."""
        yield from self.elements
        for child in self.children:
            yield from child.drawn()

    def walk(self) -> Iterator[Part]:
        """This part and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Scene:
    """One frame: what the glass shows now. Equal scenes are equal pictures."""

    root: Part
    night: bool
    profile: str
    language: str
    dark: bool = False
    """The display is off."""
    view: str = ""
    pop_up: str = ""
    elements: tuple[Element, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "elements", tuple(self.root.drawn()))

    def find(self, name: str) -> Part:
        """The first part of that name.

        Raises:
            LookupError: the scene has none.
        """
        for part in self.root.walk():
            if part.name == name:
                return part
        raise LookupError(f"no part is called {name!r}; there are {[part.name for part in self.root.walk()]}")

    @property
    def rows(self) -> tuple[Part, ...]:
        """What TUNE moves through now, in order."""
        return tuple(part for part in self.root.walk() if part.focused is not None)


def truncated(part: Part) -> bool:
    """Tell whether a text of the part itself is cut."""
    return any(isinstance(element, Text) and element.truncated for element in part.elements)


def overflows(part: Part) -> bool:
    """Tell whether a text of the part itself leaves the part's own room."""
    return any(
        isinstance(element, Text) and not element.rect.within(part.rect, slack=1.0)
        for element in part.elements
    )


def tree(scene: Scene) -> dict[str, object]:
    """The semantic tree as JSON: what a screen reader, a test, or a tester without eyes on the car needs."""
    return {
        "view": scene.view,
        "pop_up": scene.pop_up or None,
        "night": scene.night,
        "language": scene.language,
        "profile": scene.profile,
        **_node(scene.root),
    }


def _node(part: Part) -> dict[str, object]:
    box = part.rect
    return {
        "role": part.role.value,
        "name": part.name,
        "label": part.label,
        "value": part.value,
        "focused": part.focused,
        "covered": part.covered,
        "truncated": truncated(part),
        "overflow": overflows(part),
        "rect": [round(number) for number in (box.x, box.y, box.width, box.height)],
        "actions": [{"press": key, "does": verb} for key, verb in part.actions],
        "children": [_node(child) for child in part.children],
    }
