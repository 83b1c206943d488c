"""Turns a scenario file into a script, and tells everything that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from protocol.values import check_zone
from vehicle_sim.scenario import vocabulary
from vehicle_sim.scenario.grammar import CAST, ROLES, Role, nearest
from vehicle_sim.scenario.moments import Moment, NoMoment, moment
from vehicle_sim.scenario.notes import Notes
from vehicle_sim.scenario.places import BadScenario, Placed, Spot, filled, read
from vehicle_sim.scenario.script import (
    PARTS,
    CarPart,
    OwnerPart,
    Part,
    Script,
)
from vehicle_sim.scenario.steps import Steps

HEAD: Final = (
    "title",
    "about",
    "tags",
    "start_at",
    "zone",
    "seed",
    "parameters",
    "variables",
    "cast",
    "steps",
)
STARTS: Final = "2026-11-23 09:00"
"""When a scenario begins that does not say so: a Monday morning."""
ZONE: Final = "Europe/Helsinki"
"""Where wall times are read unless the scenario names its zone."""
DEEPEST: Final = 8
"""Files may include files, but not for ever."""
_EXPECTS: Final = ("expect", "wait until")


def load(path: Path, parameters: Mapping[str, str] | None = None, *, name: str | None = None) -> Script:
    """Read a scenario; ``parameters`` replace the values that the file gives its own.

    Raises:
        BadScenario: it cannot be understood; every fault is told.
        OSError: the file cannot be read.
    """
    vocabulary.learn()
    return _Reader(path, name or str(path)).script(dict(parameters or {}))


class _Reader:
    """Reads the head of one file, and has its steps read."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = name
        self.notes = Notes()
        self._roles: dict[str, Role] = {role: role for role in ROLES}

    def script(self, said: dict[str, str]) -> Script:
        top = read(self._path, self._name)
        head = self.notes.mapping(top)
        self.notes.only(top, HEAD, "a scenario")
        parameters = self.notes.values(head.get("parameters"))
        for name in said.keys() - parameters.keys():
            self.notes.fault(
                top.spot, f"there is no parameter {name!r}; there is {', '.join(parameters) or 'none'}"
            )
        values = parameters | said
        values |= {
            name: self.notes.text(filled(one, values))
            for name, one in self.notes.mapping(head.get("variables")).items()
        }
        head = self.notes.mapping(
            filled(Placed({n: p for n, p in head.items() if n != "steps"}, top.spot), values)
        )
        cast = self._cast(head.get("cast"))
        steps = Steps(self.notes, self._roles).read(
            self.notes.mapping(top).get("steps"), values, (self._path,)
        )
        if not steps and not self.notes.faults:
            self.notes.fault(top.spot, "there are no steps")
        title = self.notes.text(head["title"]) if "title" in head else ""
        if not title:
            self.notes.fault(top.spot, "a scenario has a title")
        start_at = self._start(head.get("start_at"), top.spot)
        script = Script(
            title=title,
            about=self.notes.text(head.get("about")).strip(),
            tags=tuple(self.notes.texts(head.get("tags"))),
            start_at=start_at,
            zone=self._zone(head.get("zone")),
            seed=self.notes.whole(head.get("seed"), 0),
            parameters=parameters | said,
            cast=cast,
            steps=steps,
            file=self._name,
            folder=self._path.parent,
            spots=dict(top.keys),
        )
        if self.notes.faults:
            raise BadScenario(
                sorted(self.notes.faults, key=lambda one: (one.spot.file, one.spot.line, one.spot.column))
            )
        return script

    def _start(self, given: Placed | None, spot: Spot) -> Moment:
        words = self.notes.text(given) or STARTS
        try:
            found = moment(words)
        except NoMoment as wrong:
            self.notes.fault(given.spot if given else spot, str(wrong))
            return moment(STARTS)
        if found.instant is None and found.day is None:
            self.notes.fault(
                given.spot if given else spot, f"start_at is a day and a time such as {STARTS}, not {words!r}"
            )
        return found

    def _zone(self, given: Placed | None) -> str:
        if given is None:
            return ZONE
        try:
            return check_zone(self.notes.text(given))
        except ValueError as unknown:
            self.notes.fault(given.spot, str(unknown))
            return ZONE

    def _cast(self, given: Placed | None) -> dict[str, Part]:
        members: dict[str, Part] = {}
        for name, placed in self.notes.mapping(given).items():
            plain = placed.plain()
            role = str(plain.get("is", name)) if isinstance(plain, dict) else name
            if role not in CAST:
                what = f"{name!r} needs `is:` with one of {', '.join(CAST)}"
                self.notes.fault(
                    placed.spot, what if role == name else f"{role!r} is none of {', '.join(CAST)}"
                )
                continue
            if name in ROLES and name != role:
                self.notes.fault(placed.spot, f"{name!r} cannot be the name of a {role}")
                continue
            self._roles[name] = _role(role)
            try:
                members[name] = PARTS[_role(role)].model_validate(plain)
            except ValidationError as wrong:
                self.notes.refused(placed, wrong)
        for role in CAST:  # who is not named is there in the ordinary way
            if not any(self._roles[name] == role for name in members):
                members[role] = PARTS[role]()
        return self._with_owners(members, given)

    def _with_owners(self, members: dict[str, Part], given: Placed | None) -> dict[str, Part]:
        """Return the cast with every car's owner: the first, where a car does not name its own."""
        owners = [name for name, part in members.items() if isinstance(part, OwnerPart)]
        for name, part in members.items():
            if not isinstance(part, CarPart) or part.of in owners:
                continue
            if "of" not in part.model_fields_set:
                members[name] = part.model_copy(update={"of": owners[0]})
            elif given is not None:
                self.notes.fault(
                    given.find((name, "of")), f"{part.of!r} is no owner; {nearest(part.of, owners)}"
                )
        return members


def _role(word: str) -> Role:
    return next(role for role in ROLES if role == word)
