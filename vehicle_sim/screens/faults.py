"""What is wrong with a frame, told from its description: nobody has to look at it to find a cut word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Final

from vehicle_sim.screens.elements import Rect, Text
from vehicle_sim.screens.lettering import measure
from vehicle_sim.screens.metrics import FONTS
from vehicle_sim.screens.scene import Part, Role, Scene, overflows, truncated
from vehicle_sim.theme import Profile

FINGER: Final = 64.0
"""The least width and height of a target, in pixels: about 11 mm on our displays."""
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_PHRASE: Final = re.compile(r"\[[^\[\]]*\]")


class Flaw(StrEnum):
    """Kinds of faults."""

    OVERFLOW = "overflow"
    CUT = "cut"
    OVERLAP = "overlap"
    GLYPH = "missing glyph"
    TARGET = "small target"
    FAINT = "low contrast"
    HARD_CODED = "hard-coded text"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where on the glass."""

    flaw: Flaw
    part: str
    what: str
    rect: Rect


def faults(scene: Scene, profile: Profile) -> Iterator[Fault]:
    """Everything wrong with a frame that its description tells; colours are another matter."""
    for part in scene.root.walk():
        if overflows(part):
            yield Fault(Flaw.OVERFLOW, part.name, part.label, part.rect)
        if truncated(part):
            yield Fault(Flaw.CUT, part.name, part.label, part.rect)
    for part, text, box in letters(scene):
        if not box.within(scene.root.rect):
            yield Fault(Flaw.OVERFLOW, part.name, text.said, box)
        if lacking := _lacking(text):
            yield Fault(Flaw.GLYPH, part.name, lacking, box)
    yield from _overlaps(scene)
    if profile.touch:
        for part in scene.targets:
            if min(part.rect.width, part.rect.height) < FINGER:
                yield Fault(Flaw.TARGET, part.name, part.label, part.rect)


def letters(scene: Scene) -> Iterator[tuple[Part, Text, Rect]]:
    """Every text that nothing covers, with its part and the box that its letters fill."""
    for part in scene.root.walk():
        for element in part.elements if not part.covered else ():
            if isinstance(element, Text) and element.said:
                wide = measure(element)
                shift = {"left": 0.0, "right": element.width - wide, "centre": (element.width - wide) / 2}
                top = element.baseline - 0.70 * element.size
                height = 0.90 * element.size + element.leading * (len(element.lines) - 1)
                yield part, element, Rect(element.x + shift[element.align], top, wide, height)


def hard_coded(scene: Scene, facts: AbstractSet[str]) -> Iterator[Fault]:
    """Words of a frame in the pseudo-locale that no catalogue brought: out of its brackets, and no facts.

    Args:
        facts: words, in lower case, that come from data, dates and units.
    """
    for part, text, box in letters(scene):
        if strange := sorted(set(_WORD.findall(_outside(text.said).lower())) - facts):
            yield Fault(Flaw.HARD_CODED, part.name, " ".join(strange), box)


def words_in(*texts: str) -> frozenset[str]:
    """The words of some texts, in lower case."""
    return frozenset(word for text in texts for word in _WORD.findall(text.lower()))


def _outside(said: str) -> str:
    """What is left of a text without its bracketed phrases, the innermost first."""
    while (shorter := _PHRASE.sub(" ", said)) != said:
        said = shorter
    return said


def _lacking(text: Text) -> str:
    return "".join(
        sorted(
            {
                char
                for line in text.lines
                for run in line
                for char in run.text
                if char not in FONTS[run.weight].advances
            }
        )
    )


def _overlaps(scene: Scene) -> Iterator[Fault]:
    placed = [(part, text, box) for part, text, box in letters(scene)]
    for (part, text, box), (other, beneath, beside) in combinations(placed, 2):
        if part.role is other.role is Role.IMAGE:
            continue  # two places on a map may be neighbours
        if box.meets(beside):
            yield Fault(Flaw.OVERLAP, part.name, f"{text.said} | {beneath.said}", box)
