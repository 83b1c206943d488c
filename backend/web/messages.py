"""Reads the AsyncAPI document for people: who says what where, each field in words, each name a link.

It reads the finished document and not the models, so the page shows what integrators are given.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_FORMATS = {"uuid": "UUID", "date-time": "instant (RFC 3339)"}
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
}


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a sentence; ``schema`` is what it links to, if anything."""

    text: str
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One field, in words."""

    name: str
    words: tuple[Word, ...]
    about: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One schema: its fields, or the values that it can take."""

    name: str
    about: str
    rows: tuple[Row, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a channel, with what examples show of it as indented JSON."""

    title: str
    about: str
    shape: Shape | None
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """One channel: who speaks to whom, what, and what the broker makes of it."""

    name: str
    address: str
    backend_speaks: bool
    qos: int
    retained: bool
    summary: str
    about: str
    messages: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Wire:
    """The document as a page shows it."""

    title: str
    version: str
    about: tuple[str, ...]
    talks: tuple[Talk, ...]
    shapes: tuple[Shape, ...]


def read(document: Mapping[str, Any]) -> Wire:
    """Return what the page shows of an AsyncAPI document of ours."""
    schemas: Mapping[str, Any] = document["components"]["schemas"]
    told = {name_of(one["payload"]) for one in document["components"]["messages"].values()}
    return Wire(
        title=document["info"]["title"],
        version=document["info"]["version"],
        about=tuple(document["info"]["description"].strip().split("\n\n")),
        talks=tuple(_talk(document, one) for one in document["operations"].values()),
        shapes=tuple(_shape(name, schemas[name]) for name in sorted(schemas.keys() - told)),
    )


def in_words(schema: Mapping[str, Any]) -> tuple[Word, ...]:
    """Say what a value can be: ``text, at most 200 characters``, ``list of Slot, 1 to 2``."""
    return tuple(_words(schema))


def name_of(schema: Mapping[str, Any]) -> str | None:
    """Return the name of the definition that a schema refers to; None where it stands for itself."""
    return schema["$ref"].rpartition("/")[2] if "$ref" in schema else None


def _talk(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Talk:
    name = operation["channel"]["$ref"].rpartition("/")[2]
    channel, components = document["channels"][name], document["components"]
    mqtt = operation["bindings"]["mqtt"]
    return Talk(
        name=name,
        address=channel["address"],
        backend_speaks=operation["action"] == "send",
        qos=mqtt["qos"],
        retained=mqtt["retain"],
        summary=channel["summary"],
        about=channel["description"],
        messages=tuple(
            _said(components["messages"][one], components["schemas"]) for one in channel["messages"]
        ),
    )


def _said(message: Mapping[str, Any], schemas: Mapping[str, Any]) -> Said:
    name = name_of(message["payload"])
    examples = [
        (one["name"], json.dumps(one["payload"], indent=2, ensure_ascii=False))
        for one in message["examples"]
        if one["payload"]
    ]
    shape = _shape(name, schemas[name]) if name is not None else None
    return Said(message["title"], message["summary"], shape, tuple(examples))


def _shape(name: str, schema: Mapping[str, Any]) -> Shape:
    rows = (
        Row(field, in_words(part), part.get("description", ""))
        for field, part in schema.get("properties", {}).items()
    )
    return Shape(name, schema.get("description", ""), tuple(rows), tuple(map(str, schema.get("enum", ()))))


def _words(schema: Mapping[str, Any]) -> Iterator[Word]:
    members = schema.get("anyOf") or schema.get("oneOf")
    name = name_of(schema)
    if name is not None:
        yield Word(name, name)
    elif members:
        yield from _joined((in_words(one) for one in members), " or ")
    elif "const" in schema:
        yield Word(f"always {json.dumps(schema['const'])}")
    elif "enum" in schema:
        yield Word(f"one of {', '.join(map(str, schema['enum']))}")
    elif schema["type"] == "array":
        yield Word("list of ")
        yield from _words(schema["items"])
        yield from _bounds(_span(schema.get("minItems"), schema.get("maxItems")))
    else:
        yield Word(_FORMATS.get(schema.get("format", ""), _TYPES[schema["type"]]))
        if "pattern" in schema:
            yield Word(f" like {schema['pattern']}")
        characters = _span(schema.get("minLength"), schema.get("maxLength"))
        yield from _bounds(f"{characters} characters" if characters else "")
        yield from _bounds(_span(schema.get("minimum"), schema.get("maximum")))


def _span(least: float | None, most: float | None) -> str:
    match least, most:
        case None, None:
            return ""
        case _, None:
            return f"from {least:,}"
        case None, _:
            return f"at most {most:,}"
        case _:
            return f"{least:,} to {most:,}"


def _bounds(text: str) -> Iterator[Word]:
    if text:
        yield Word(f", {text}")


def _joined(parts: Iterable[tuple[Word, ...]], between: str) -> Iterator[Word]:
    for place, part in enumerate(parts):
        if place:
            yield Word(between)
        yield from part
