"""What a screen is: parts that are drawn and mean something, so that picture and tree cannot disagree.

A screen returns :class:`Part` trees. A part has what is drawn (elements) and what it means: role, label,
value, focus, actions. :func:`tree` is the same description read aloud.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from vehicle_sim.screens.elements import Element, Rect, Text


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
