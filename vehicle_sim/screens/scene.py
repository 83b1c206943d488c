"""What a screen is: parts that are drawn and mean something, so that picture and tree cannot disagree.

A screen returns :class:`Part` trees. A part has what is drawn (elements) and what it means: role, label,
value, focus, actions. :func:`tree` is the same description read aloud.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from vehicle_sim.screens.elements import Element, Rect, Text
from vehicle_sim.state import Button, Pressed, Turned

TAP: Final = "tap"
"""Stands in a part's actions for a finger on it."""


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
    BUTTON = "button"


@dataclass(frozen=True, slots=True)
class Tap:
    """What a finger on a part stands for: notches of TUNE, then a key; where a list only scrolls, no key."""

    steps: int = 0
    button: Button | None = Button.OK

    def events(self, at: datetime) -> tuple[Turned | Pressed, ...]:
        """The car's own events of a tap at an instant."""
        turned = (Turned(at, self.steps),) if self.steps else ()
        pressed = (Pressed(at, self.button),) if self.button is not None else ()
        return (*turned, *pressed)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a screen: drawn, named, and said.

    Attributes:
        name: unique among its siblings, stable across languages.
        label: what it says, in the driver's language, whole even where the picture cuts it.
        value: its state: a count, On, a price.
        focused: None where it cannot have the focus.
        actions: what a press, a turn or a tap does to it: (key, verb).
        tap: what a finger or a mouse pointer on it stands for; None where it is no target.
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
    tap: Tap | None = None

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
        """What can be chosen now, in the order in which TUNE moves through it."""
        return tuple(part for part in self.targets if part.role in {Role.ROW, Role.CHECK_BOX})

    @property
    def targets(self) -> tuple[Part, ...]:
        """What a finger or a mouse pointer does something to."""
        return tuple(part for part in self.root.walk() if part.tap is not None)


def target(scene: Scene, x: float, y: float) -> Part | None:
    """The uppermost part at a place, in pixels, that a tap does something to."""
    return next((part for part in reversed(scene.targets) if part.rect.holds(x, y)), None)


def hit(scene: Scene, x: float, y: float, at: datetime) -> tuple[Turned | Pressed, ...]:
    """What a tap at a place, in pixels, does to the car: its own events; none where no target is."""
    part = target(scene, x, y)
    return part.tap.events(at) if part is not None and part.tap is not None else ()


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
        "actions": [_action(part, key, verb) for key, verb in part.actions],
        "children": [_node(child) for child in part.children],
    }


def _action(part: Part, key: str, verb: str) -> dict[str, object]:
    if key == TAP:
        return {"tap": [round(part.rect.centre), round(part.rect.middle)], "does": verb}
    return {"press": key, "does": verb}
