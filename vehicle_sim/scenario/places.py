"""Reads YAML so that every value keeps its place: a wrong one is told with file, line and column.

Scalars stay words (PyYAML's BaseLoader): plain YAML would turn ``on`` into true, 12:30:00 into 45000 and some
VINs into infinity. ``${name}`` stands for a parameter or variable, before anything is understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file; lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a file, and where."""

    spot: Spot
    what: str

    def __str__(self) -> str:
        return f"{self.spot}: {self.what}"


class BadScenario(Exception):
    """A scenario cannot be understood: one line for each fault, with file, line and column."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Placed:
    """A value and where it stands: text, a list of :class:`Placed`, or a mapping from names to them.

    Attributes:
        keys: where each name of a mapping stands.
    """

    value: str | list[Placed] | dict[str, Placed]
    spot: Spot
    keys: Mapping[str, Spot] = field(default_factory=dict)

    def plain(self) -> Any:
        """Return the value without places."""
        if isinstance(self.value, dict):
            return {name: one.plain() for name, one in self.value.items()}
        return [one.plain() for one in self.value] if isinstance(self.value, list) else self.value

    def find(self, path: tuple[int | str, ...], *, name: bool = False) -> Spot:
        """Return the place of what ``path`` leads to, or of the last thing on the way that is there.

        With ``name`` it is the place of its name in a mapping, not of its value.
        """
        here, spot = self, self.spot
        for step in path:
            if name and step == path[-1] and str(step) in here.keys:
                return here.keys[str(step)]
            value = here.value
            if isinstance(value, dict) and str(step) in value:
                here = value[str(step)]
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                here = value[step]
            else:
                return here.keys.get(str(step), spot)
            spot = here.spot
        return spot

    @property
    def kind(self) -> str:
        """What sort of value it is, in words."""
        if isinstance(self.value, str):
            return f"{self.value[:60]!r}" if self.value else "nothing"
        return "a list" if isinstance(self.value, list) else "a mapping"


def read(path: Path, name: str | None = None) -> Placed:
    """Read a YAML file; ``name`` is what to call it before people.

    Raises:
        BadScenario: it is no YAML, has more than one document, or says the same twice.
        OSError: it cannot be read.
    """
    called = name or str(path)
    text = path.read_text(encoding="utf-8")
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        spot = Spot(called, mark.line + 1, mark.column + 1) if mark else Spot(called, 1, 1)
        words = " ".join(part for part in (wrong.context, wrong.problem) if part)
        raise BadScenario([Fault(spot, f"this is no YAML: {words}")]) from wrong
    except yaml.YAMLError as wrong:
        raise BadScenario([Fault(Spot(called, 1, 1), f"this is no YAML: {wrong}")]) from wrong
    if node is None:
        raise BadScenario([Fault(Spot(called, 1, 1), "the file is empty")])
    return _placed(node, called)


def filled(placed: Placed, values: Mapping[str, str]) -> Placed:
    """Return the same with every ``${name}`` replaced.

    Raises:
        BadScenario: a name has no value.
    """
    if isinstance(placed.value, dict):
        mapping = {name: filled(one, values) for name, one in placed.value.items()}
        return Placed(mapping, placed.spot, placed.keys)
    if isinstance(placed.value, list):
        return Placed([filled(one, values) for one in placed.value], placed.spot)

    def replaced(found: re.Match[str]) -> str:
        if found[1] not in values:
            known = ", ".join(sorted(values)) or "none"
            raise BadScenario([Fault(placed.spot, f"${{{found[1]}}} has no value; there is {known}")])
        return values[found[1]]

    return Placed(_VARIABLE.sub(replaced, placed.value), placed.spot)


def _placed(node: yaml.Node, file: str) -> Placed:
    spot = Spot(file, node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Placed] = {}
        keys: dict[str, Spot] = {}
        for key, value in node.value:
            name = str(key.value)
            there = Spot(file, key.start_mark.line + 1, key.start_mark.column + 1)
            if name in mapping:
                raise BadScenario(
                    [Fault(there, f"{name!r} stands here twice; first at line {keys[name].line}")]
                )
            keys[name], mapping[name] = there, _placed(value, file)
        return Placed(mapping, spot, keys)
    if isinstance(node, yaml.SequenceNode):
        return Placed([_placed(one, file) for one in node.value], spot)
    return Placed(str(node.value), spot)
