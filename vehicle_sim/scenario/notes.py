"""Takes notes while a scenario is read: every fault with its place, so that all can be told at once."""

from __future__ import annotations

from datetime import timedelta

from pydantic import ValidationError

from vehicle_sim.scenario.grammar import nearest
from vehicle_sim.scenario.moments import NoMoment, span
from vehicle_sim.scenario.places import Fault, Placed, Spot


class Notes:
    """The faults found so far, and the plain values that can be had of what stands in a file."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, spot: Spot, what: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(spot, what))

    def refused(self, placed: Placed, wrong: ValidationError, what: str = "") -> None:
        """Note what a model refuses, each at the place of its value."""
        for error in wrong.errors(include_url=False, include_context=False):
            # Steps into a union name its member; those are not in the file.
            path = tuple(
                step for step in error["loc"] if isinstance(step, int) or " " in step or _in(placed, step)
            )
            name = ".".join(str(step) for step in path)
            words = error["msg"].removeprefix("Value error, ")
            shown = repr(str(error["input"])[:60])
            known = isinstance(error["input"], dict | list) or shown in words
            seen = "" if known else f", not {shown}"
            before = " ".join(part for part in (what, name) if part)
            if error["type"] == "missing":
                words, seen = f"`{error['loc'][-1]}` is missing", ""
            odd = error["type"] == "extra_forbidden"
            if odd:
                words, seen = f"there is no `{error['loc'][-1]}` here", ""
            self.fault(
                placed.find(tuple(error["loc"]), name=odd),
                f"{before}: {words}{seen}" if before else words + seen,
            )

    def only(self, placed: Placed, known: tuple[str, ...], what: str) -> None:
        """Note names of a mapping that are none of those known."""
        for name in self.mapping(placed):
            if name not in known:
                self.fault(placed.keys[name], f"{what} has no {name!r}; {nearest(name, list(known))}")

    def mapping(self, placed: Placed | None) -> dict[str, Placed]:
        """Return a mapping, an empty one if it is something else."""
        return placed.value if placed is not None and isinstance(placed.value, dict) else {}

    def values(self, placed: Placed | None) -> dict[str, str]:
        """Return a mapping of texts."""
        return {name: self.text(one) for name, one in self.mapping(placed).items()}

    def text(self, placed: Placed | None) -> str:
        """Return a text; empty if there is none."""
        if placed is None:
            return ""
        if isinstance(placed.value, str):
            return placed.value
        self.fault(placed.spot, f"text is expected, not {placed.kind}")
        return ""

    def texts(self, placed: Placed | None) -> list[str]:
        """Return one text or several."""
        if placed is None:
            return []
        return [self.text(one) for one in (placed.value if isinstance(placed.value, list) else [placed])]

    def whole(self, placed: Placed | None, otherwise: int) -> int:
        """Return a whole number."""
        if placed is None:
            return otherwise
        words = self.text(placed)
        if words.isascii() and words.isdecimal() and 0 < len(words) < 10:
            return int(words)
        self.fault(placed.spot, f"a whole number is expected, not {words!r}")
        return otherwise

    def within(self, placed: Placed | None, otherwise: timedelta) -> timedelta:
        """Return a length of time."""
        if placed is None:
            return otherwise
        try:
            return span(self.text(placed))
        except NoMoment as wrong:
            self.fault(placed.spot, str(wrong))
            return otherwise


def _in(placed: Placed, step: str) -> bool:
    return step in str(placed.plain())
