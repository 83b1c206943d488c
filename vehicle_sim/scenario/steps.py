"""Understands the steps of a scenario: who does what, what is expected, what is repeated or included."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import ValidationError

from vehicle_sim.scenario.grammar import Role, Verb, find, nearest, spoken, verbs
from vehicle_sim.scenario.notes import Notes
from vehicle_sim.scenario.places import BadScenario, Placed, Spot, filled, read
from vehicle_sim.scenario.script import WITHIN, Chapter, Do, Expect, Repeat, Sentence, Step

DEEPEST: Final = 8
"""Files may include files, but not for ever."""
_EXPECTS: Final = ("expect", "wait until")


class Steps:
    """Reads steps; ``roles`` says which role everybody in the cast has."""

    def __init__(self, notes: Notes, roles: Mapping[str, Role]) -> None:
        self.notes = notes
        self._roles = roles

    def read(
        self, given: Placed | None, values: Mapping[str, str], way: tuple[Path, ...]
    ) -> tuple[Step, ...]:
        """Read a list of steps; ``values`` fill its variables, ``way`` are the files that led here."""
        if given is None:
            return ()
        if not isinstance(given.value, list):
            self.notes.fault(
                given.spot, f"steps are a list, each beginning with a dash; this is {given.kind}"
            )
            return ()
        found: list[Step] = []
        for one in given.value:
            try:
                found += self._step(filled(one, values) if not _nests(one) else one, values, way)
            except BadScenario as bad:
                self.notes.faults += bad.faults
        return tuple(found)

    def _step(self, placed: Placed, values: Mapping[str, str], way: tuple[Path, ...]) -> list[Step]:
        step = self.notes.mapping(placed)
        if not step:
            self.notes.fault(
                placed.spot,
                f"a step says who does what, such as `car: turns key to running`; not {placed.kind}",
            )
            return []
        first = next(iter(step))
        if first == "include":
            self.notes.only(placed, ("include", "with"), "an include")
            return list(self._included(step, values, way))
        if first == "repeat":
            self.notes.only(placed, ("repeat", "steps"), "a repetition")
            times = self.notes.whole(filled(step["repeat"], values), 1)
            return [Repeat(times, self.read(step.get("steps"), values, way), placed.spot)]
        if first == "chapter":
            self.notes.only(placed, ("chapter",), "a chapter")
            return [Chapter(self.notes.text(step["chapter"]), placed.spot)]
        if first in _EXPECTS:
            self.notes.only(placed, (first, "within") if first == "wait until" else (first,), f"`{first}`")
            within = None if first == "expect" else self.notes.within(step.get("within"), WITHIN)
            sentences = self._facts(step[first])
            return [Expect(tuple(sentences), within, placed.spot)] if sentences else []
        if first not in self._roles:
            known = [*self._roles, *_EXPECTS, "chapter", "repeat", "include"]
            self.notes.fault(placed.keys[first], f"nobody here is called {first!r}; {nearest(first, known)}")
            return []
        self.notes.only(placed, (first, "is refused"), "a deed")
        refused = self.notes.text(step["is refused"]) if "is refused" in step else None
        sentence = self._sentence(first, "deed", step[first])
        return [Do(sentence, refused, placed.spot)] if sentence is not None else []

    def _included(
        self, step: Mapping[str, Placed], values: Mapping[str, str], way: tuple[Path, ...]
    ) -> tuple[Step, ...]:
        placed = filled(step["include"], values)
        path = way[-1].parent / self.notes.text(placed)
        if len(way) >= DEEPEST or path.resolve() in {one.resolve() for one in way}:
            self.notes.fault(placed.spot, f"{path.name} includes itself")
            return ()
        if not path.is_file():
            self.notes.fault(placed.spot, f"there is no file {path}")
            return ()
        part = read(path)
        self.notes.only(part, ("about", "parameters", "steps"), "an included file")
        inside = self.notes.mapping(part)
        own = self.notes.values(inside.get("parameters"))
        said = {
            name: self.notes.text(filled(one, values))
            for name, one in self.notes.mapping(step.get("with")).items()
        }
        for name in said.keys() - own.keys():
            self.notes.fault(
                step["with"].find((name,)),
                f"{path.name} has no parameter {name!r}; {nearest(name, list(own))}",
            )
        return self.read(inside.get("steps"), dict(values) | own | said, (*way, path))

    def _facts(self, given: Placed) -> list[Sentence]:
        found: list[Sentence] = []
        facts = self.notes.mapping(given)
        if not facts:
            self.notes.fault(
                given.spot, f"write who and what is so, such as `car: shows pop-up booking`; not {given.kind}"
            )
        for who, said in facts.items():
            if who not in self._roles:
                self.notes.fault(
                    given.keys[who], f"nobody here is called {who!r}; {nearest(who, list(self._roles))}"
                )
                continue
            several = said.value if isinstance(said.value, list) else [said]
            found += [one for each in several if (one := self._sentence(who, "fact", each)) is not None]
        return found

    def _sentence(self, who: str, kind: Literal["deed", "fact"], said: Placed) -> Sentence | None:
        """Understand ``turns key to running`` or ``{turns key to: running}``."""
        role = self._roles[who]
        if isinstance(said.value, str):
            split = spoken(role, kind, said.value)
            if split is None:
                self._unknown(role, kind, said.value, said.spot)
                return None
            verb, rest = split
            return self._said(who, verb, Placed(_unquoted(rest), said.spot) if rest else None, said.spot)
        if isinstance(said.value, dict) and len(said.value) == 1:
            words, argument = next(iter(said.value.items()))
            found = find(role, kind, words)
            if found is None:
                self._unknown(role, kind, words, said.keys[words])
                return None
            return self._said(who, found, argument, said.spot)
        self.notes.fault(
            said.spot, f"one {kind} at a time, such as {_example(role, kind)}; this is {said.kind}"
        )
        return None

    def _said(self, who: str, verb: Verb, argument: Placed | None, spot: Spot) -> Sentence | None:
        if verb.takes is None:
            if argument is not None and argument.value:
                self.notes.fault(argument.spot, f"`{verb.words}` takes nothing, not {argument.kind}")
                return None
            return Sentence(who, verb, None, f"{who} {verb.words}", spot)
        plain: Any = argument.plain() if argument is not None else ""
        try:
            what = verb.takes.validate_python(plain)
        except ValidationError as wrong:
            self.notes.refused(argument or Placed("", spot), wrong, f"`{verb.words}`")
            return None
        return Sentence(who, verb, what, f"{who} {verb.words} {_spelled(plain)}".rstrip(), spot)

    def _unknown(self, role: Role, kind: Literal["deed", "fact"], words: str, spot: Spot) -> None:
        known = [verb.words for verb in verbs(role, kind)]
        what = "does" if kind == "deed" else "can be expected of it"
        self.notes.fault(spot, f"{words[:60]!r} is nothing that {_a(role)} {what}; {nearest(words, known)}")


def _nests(placed: Placed) -> bool:
    """Tell whether a step has steps of its own: their variables are filled when they are read."""
    return isinstance(placed.value, dict) and ("steps" in placed.value or "include" in placed.value)


def _spelled(plain: Any) -> str:
    if isinstance(plain, dict):
        return ", ".join(f"{name} {_spelled(value)}" for name, value in plain.items())
    return ", ".join(map(_spelled, plain)) if isinstance(plain, list) else str(plain)


def _example(role: Role, kind: Literal["deed", "fact"]) -> str:
    return f"`{role}: {next(iter(verbs(role, kind))).words} …`"


def _unquoted(words: str) -> str:
    """Return words without the quotation marks around them: those are there for whoever reads the phrase."""
    quoted = len(words) > 1 and words[0] == words[-1] and words[0] in "\"'"
    return words[1:-1] if quoted else words


def _a(role: str) -> str:
    return f"an {role}" if role == "owner" else f"a {role}"
