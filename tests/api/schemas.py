"""Tells what differs between two JSON schemas, and whom that breaks: what an API promised has to stay true.

A schema is in one of three uses. What is *taken* (a request) must go on taking all that it took. What is
*given* (an answer) must stay readable: readers are told to pass over fields and values that they do not know,
but not to do without one. What is *exchanged* (a message that both ends check to the letter, in versions that
differ) may not change at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final

Schema = Mapping[str, Any]


class Use(Enum):
    """Who has to get along with it."""

    TAKEN = auto()
    GIVEN = auto()
    EXCHANGED = auto()


class Kind(Enum):
    """What can differ."""

    FIELD_REMOVED = auto()
    FIELD_ADDED = auto()
    FIELD_DEMANDED = auto()
    FIELD_FREED = auto()
    VALUE_REMOVED = auto()
    VALUE_ADDED = auto()
    NARROWED = auto()
    WIDENED = auto()
    REPLACED = auto()
    DEFAULT = auto()


_ANYTHING: Final = "anything"
_EVERYBODY: Final = frozenset(Use)
BREAKS: Final[Mapping[Kind, frozenset[Use]]] = {
    Kind.FIELD_REMOVED: _EVERYBODY,
    Kind.FIELD_ADDED: frozenset({Use.EXCHANGED}),
    Kind.FIELD_DEMANDED: frozenset({Use.TAKEN, Use.EXCHANGED}),
    Kind.FIELD_FREED: frozenset({Use.GIVEN, Use.EXCHANGED}),
    Kind.VALUE_REMOVED: _EVERYBODY,
    Kind.VALUE_ADDED: frozenset({Use.EXCHANGED}),
    Kind.NARROWED: frozenset({Use.TAKEN, Use.EXCHANGED}),
    Kind.WIDENED: frozenset({Use.GIVEN, Use.EXCHANGED}),
    Kind.REPLACED: _EVERYBODY,
    Kind.DEFAULT: frozenset({Use.TAKEN}),
}
"""Which difference breaks which use."""

_LEAST: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_MOST: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "max_digits")
_RULES: Final = (
    "pattern",
    "format",
    "multipleOf",
    "uniqueItems",
    "propertyNames",
    "patternProperties",
    "not",
)
_WORDS: Final = frozenset(
    {"title", "description", "example", "examples", "deprecated", "discriminator", "default"}
)
_READ: Final = frozenset(
    {*_LEAST, *_MOST, *_RULES, *_WORDS, "type", "enum", "const", "properties", "required"}
    | {"additionalProperties", "items", "anyOf", "oneOf", "$ref"}
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One place, and what is different there."""

    where: str
    kind: Kind
    words: str

    def breaks(self, use: Use) -> bool:
        """Tell whether whoever uses it so is broken by this."""
        return use in BREAKS[self.kind]

    def __str__(self) -> str:
        return f"{self.where}: {self.words}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Compares schemas of an older document with those of a newer one; each resolves its own references."""

    old: Schema
    new: Schema
    _under_way: set[tuple[str, str]] = field(default_factory=set)

    def differences(self, old: Schema, new: Schema, where: str) -> Iterator[Difference]:
        """Yield what differs between the two at ``where``; recursive definitions are followed once."""
        names = (str(old.get("$ref")), str(new.get("$ref")))
        if "$ref" in old and names in self._under_way:
            return
        self._under_way.add(names)
        try:
            yield from self._compared(old, new, where)
        finally:
            self._under_way.discard(names)

    def _compared(self, old: Schema, new: Schema, where: str) -> Iterator[Difference]:
        before, after = resolved(self.old, old), resolved(self.new, new)
        if before.get("default") != after.get("default"):
            told = f"{before.get('default')!r} was the default, {after.get('default')!r} is"
            yield Difference(where, Kind.DEFAULT, told)
        olds, news = self._alternatives(self.old, before), self._alternatives(self.new, after)
        if _ANYTHING in (set(olds) ^ set(news)):
            kind, now = (Kind.NARROWED, "no longer") if _ANYTHING in olds else (Kind.WIDENED, "now")
            yield Difference(where, kind, f"can {now} be anything")
            return
        if set(olds) == {"integer"} and set(news) == {"number"}:
            olds = {"number": olds["integer"]}
            yield Difference(where, Kind.WIDENED, "whole numbers only before, now any number")
        if set(olds) == {"number"} and set(news) == {"integer"}:
            olds = {"integer": olds["number"]}
            yield Difference(where, Kind.NARROWED, "any number before, now whole numbers only")
        for name in olds.keys() - news.keys():
            kind = Kind.VALUE_REMOVED if name.startswith("=") else Kind.NARROWED
            yield Difference(where, kind, f"can no longer be {name.lstrip('=')}")
        for name in news.keys() - olds.keys():
            kind = Kind.VALUE_ADDED if name.startswith("=") else Kind.WIDENED
            yield Difference(where, kind, f"can now be {name.lstrip('=')}")
        for name in sorted(olds.keys() & news.keys()):
            inside = f"{where} ({name.lstrip('=')})" if name.startswith("=") else where
            yield from self._one(olds[name], news[name], inside)

    def _alternatives(self, document: Schema, schema: Schema) -> dict[str, Schema]:
        """Return what a value can be: JSON types, and ``=tag`` for each member of a tagged union."""
        members = [resolved(document, one) for one in schema.get("anyOf", ()) or schema.get("oneOf", ())]
        if members:
            found: dict[str, Schema] = {}
            for member in members:
                tag = _tag(member) if len(members) > 1 else None
                for name, one in self._alternatives(document, member).items():
                    found[_fresh(found, name if tag is None else f"={tag}")] = one
            return found
        types = schema.get("type", _ANYTHING)
        return dict.fromkeys([types] if isinstance(types, str) else types, schema)

    def _one(self, old: Schema, new: Schema, where: str) -> Iterator[Difference]:
        yield from _values(old, new, where)
        yield from _limits(old, new, where)
        yield from self._fields(old, new, where)
        if "items" in old and "items" in new:
            yield from self.differences(old["items"], new["items"], f"{where}[]")
        elif "items" in old or "items" in new:
            kind = Kind.WIDENED if "items" in old else Kind.NARROWED
            yield Difference(where, kind, "what the list can hold has changed")
        for key in sorted((old.keys() | new.keys()) - _READ):
            if old.get(key) != new.get(key):
                yield Difference(where, Kind.REPLACED, f"{key} was {old.get(key)}, is {new.get(key)}")

    def _fields(self, old: Schema, new: Schema, where: str) -> Iterator[Difference]:
        yield from _presence(old, new, where)
        olds, news = old.get("properties", {}), new.get("properties", {})
        for name in sorted(olds.keys() & news.keys()):
            yield from self.differences(olds[name], news[name], f"{where}.{name}")
        unnamed = _others(old)
        for name in sorted(news.keys() - olds.keys()) if unnamed is not None else ():
            # It could be there before, as one without a name.
            yield from self.differences(unnamed or {}, news[name], f"{where}.{name}")
        before, after = _others(old), _others(new)
        if before and after:
            yield from self.differences(before, after, f"{where}.*")
        elif before is None and after is not None:
            yield Difference(where, Kind.WIDENED, "now takes fields that have no name here")
        elif after is None and before is not None:
            yield Difference(where, Kind.NARROWED, "no longer takes fields that have no name here")


def resolved(document: Schema, schema: Schema) -> Schema:
    """Return a schema with its reference followed; what stands beside the reference goes before it."""
    while "$ref" in schema:
        target: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema


def _tag(member: Schema) -> object:
    """Return the constant by which a member of a union is known, if it has one."""
    parts = member.get("properties", {}).values()
    return next((part["const"] for part in parts if isinstance(part.get("const"), str)), None)


def _fresh(found: Mapping[str, Schema], name: str) -> str:
    return name if name not in found else _fresh(found, f"{name}'")


def _others(schema: Schema) -> Schema | None:
    """Return what fields without a name may be; None where there may be none."""
    if schema.get("type") != "object":
        return {}
    others = schema.get("additionalProperties", True)
    if isinstance(others, bool):
        return {} if others else None
    found: Schema = others
    return found


def _presence(old: Schema, new: Schema, where: str) -> Iterator[Difference]:
    olds, news = old.get("properties", {}), new.get("properties", {})
    musts, must = set(old.get("required", ())), set(new.get("required", ()))
    gone = olds.keys() - news.keys()
    for name in sorted(gone):
        yield Difference(f"{where}.{name}", Kind.FIELD_REMOVED, "is gone")
    for name in sorted(must - musts):
        told = "was optional, is required" if name in olds else "is new and required"
        yield Difference(f"{where}.{name}", Kind.FIELD_DEMANDED, told)
    for name in sorted(musts - must - gone):
        yield Difference(f"{where}.{name}", Kind.FIELD_FREED, "was always there, is optional")
    for name in sorted(news.keys() - olds.keys() - must):
        yield Difference(f"{where}.{name}", Kind.FIELD_ADDED, "is new")


def _values(old: Schema, new: Schema, where: str) -> Iterator[Difference]:
    before, after = _enumerated(old), _enumerated(new)
    if before is None and after is not None:
        yield Difference(where, Kind.NARROWED, f"was free, is one of {list(after)}")
    elif after is None and before is not None:
        yield Difference(where, Kind.WIDENED, f"was one of {list(before)}, is free")
    elif before is not None and after is not None:
        for value in before:
            if value not in after:
                yield Difference(where, Kind.VALUE_REMOVED, f"can no longer be {value!r}")
        for value in after:
            if value not in before:
                yield Difference(where, Kind.VALUE_ADDED, f"can now be {value!r}")


def _enumerated(schema: Schema) -> Sequence[object] | None:
    if "const" in schema:
        return [schema["const"]]
    values: Sequence[object] | None = schema.get("enum")
    return values


def _limits(old: Schema, new: Schema, where: str) -> Iterator[Difference]:
    for keys, sign in ((_LEAST, 1), (_MOST, -1)):
        for key in keys:
            # Turned so that the larger is the stricter, and none at all is the largest freedom.
            before, after = (sign * one[key] if key in one else -math.inf for one in (old, new))
            if before != after:
                kind = Kind.NARROWED if after > before else Kind.WIDENED
                yield Difference(where, kind, f"{key} was {old.get(key)}, is {new.get(key)}")
    for key in _RULES:
        if old.get(key) != new.get(key):
            fresh, gone = key not in old, key not in new
            kind = Kind.NARROWED if fresh else Kind.WIDENED if gone else Kind.REPLACED
            yield Difference(where, kind, f"{key} was {old.get(key)}, is {new.get(key)}")
