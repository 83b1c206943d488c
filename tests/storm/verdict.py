"""What a storm has to show for itself: how often it really hit, and what was lost. Nothing else counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Length = Literal["short", "long"]


@dataclass(frozen=True, slots=True)
class Storm:
    """What one storm is given: where it may write, its dice, how much of everything, and whom to tell."""

    directory: Path
    seed: int
    size: Mapping[str, int]
    say: Callable[[str], None]


@dataclass(slots=True)
class Verdict:
    """What one storm found.

    Attributes:
        hit: the faults that struck, by name: a kill counts when the process died of it.
        done: how much work went on meanwhile.
        wrong: every broken promise, in words; none means that the promise held.
        figures: what was measured beside, in the unit that the name says.
    """

    hit: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)

    def expect(self, kept: bool, otherwise: str) -> None:  # noqa: FBT001 - reads like an assertion
        """Note a broken promise."""
        if not kept:
            self.wrong.append(otherwise)

    def plain(self) -> dict[str, Any]:
        """Return it as JSON wants it."""
        return {
            "hit": dict(self.hit),
            "done": dict(self.done),
            "wrong": list(self.wrong),
            "figures": dict(self.figures),
        }


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: what is promised, how much of it is tried, and by what."""

    id: str
    promise: str
    run: Callable[[Storm], Coroutine[Any, Any, Verdict]]
    short: Mapping[str, int]
    long: Mapping[str, int]

    def size(self, length: Length) -> Mapping[str, int]:
        """Return how much of everything."""
        return self.short if length == "short" else self.long


def counted(counts: Mapping[str, float]) -> str:
    """Return counts in one line."""
    return ", ".join(f"{value:g} {name}" for name, value in counts.items()) or "–"
