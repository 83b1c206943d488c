"""Draws the JSON Schema of scenario files from the verbs and models, for editors to complete by."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final, Literal

from vehicle_sim.scenario import vocabulary
from vehicle_sim.scenario.grammar import CAST, ROLES, Arguments, Role, Verb, verbs
from vehicle_sim.scenario.script import PARTS

NAME: Final = "scenario.schema.json"
_Schema = dict[str, Any]
_KINDS: Final[tuple[Literal["deed", "fact"], ...]] = ("deed", "fact")
_ABOUT: Final[dict[Role, str]] = {
    "dealer": "A dealer at the desk",
    "owner": "An owner with letters and My Volvo",
    "car": "A car and its driver",
    "clock": "The one time of everybody",
    "network": "The reach of the cars",
    "broker": "The MQTT broker",
    "backend": "The backend",
}


def schema() -> _Schema:
    """Return the schema of a scenario file (JSON Schema 2020-12)."""
    vocabulary.learn()
    definitions: dict[str, _Schema] = {}
    for role in ROLES:
        for kind in _KINDS:
            definitions[f"{role} {kind}"] = _sentence(list(verbs(role, kind)), role, kind, definitions)
    definitions["anybody deed"] = _one_of([_ref(f"{role} deed") for role in CAST])
    definitions["anybody fact"] = _one_of([_ref(f"{role} fact") for role in CAST])
    definitions["facts"] = _facts()
    definitions["step"] = _step()
    definitions["steps"] = {"type": "array", "items": _ref("step"), "minItems": 1}
    for role, part in PARTS.items():
        definitions[f"{role} part"] = _plain_or(_hoisted(part.model_json_schema(by_alias=True), definitions))
    text = {"type": "string"}
    values = {"type": "object", "additionalProperties": text}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of sensus-bench",
        "type": "object",
        "required": ["title", "steps"],
        "additionalProperties": False,
        "properties": {
            "title": {**text, "description": "What the story is called"},
            "about": {**text, "description": "What it shows, in a sentence or two"},
            "tags": {"type": "array", "items": text, "description": "Words to choose scenarios by"},
            "start_at": {
                **text,
                "description": "When virtual time begins, a day and a wall time",
                "examples": ["2026-11-23 09:00"],
            },
            "zone": {
                **text,
                "description": "IANA zone in which wall times are read; Europe/Helsinki, if left out",
            },
            "seed": {"type": ["integer", "string"], "description": "Seed of every random choice"},
            "parameters": {
                **values,
                "description": "Values that `--parameter name=value` replaces; `${name}` stands for one",
            },
            "variables": {
                **values,
                "description": "Values that may use parameters; `${name}` stands for one",
            },
            "cast": {
                "type": "object",
                "description": "Who plays. Whoever is not named is there in the ordinary way.",
                "properties": {role: _ref(f"{role} part") for role in CAST},
                "additionalProperties": {
                    **_one_of([_ref(f"{role} part") for role in CAST]),
                    "required": ["is"],
                },
            },
            "steps": _ref("steps"),
        },
        "$defs": definitions,
    }


def text() -> str:
    """Return the schema as the file that is published."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _sentence(known: Sequence[Verb], role: Role, kind: str, definitions: dict[str, _Schema]) -> _Schema:
    """Return what somebody of a role may do: a phrase, or a mapping of one verb to what it takes."""
    words = "|".join(re.escape(verb.words) for verb in sorted(known, key=lambda verb: -len(verb.words)))
    phrase = {
        "type": "string",
        "pattern": f"^({words})( .*)?$" if known else "^$",
        "description": f"{_ABOUT[role]}: " + "; ".join(verb.words for verb in known),
    }
    mapping = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": {verb.words: _argument(verb, definitions) for verb in known},
    }
    return {"description": f"{_ABOUT[role]}: a {kind}", "anyOf": [phrase, mapping]}


def _argument(verb: Verb, definitions: dict[str, _Schema]) -> _Schema:
    if verb.takes is None:
        return {"description": verb.about, "enum": ["", None]}
    drawn = _hoisted(verb.takes.json_schema(by_alias=True), definitions)
    kind = verb.takes._type  # noqa: SLF001 - pydantic keeps the type there and gives it out nowhere else
    if isinstance(kind, type) and issubclass(kind, Arguments) and kind.short:
        forms = ", or ".join(f"`{form}`" for form in kind.short)
        plain = {"type": "string", "description": f"In plain words: {forms}"}
        several = [{"type": "array", "items": {"type": "string"}}] if kind.short[0].count("{") == 1 else []
        return {"description": f"{verb.about} In plain words: {forms}", "anyOf": [plain, *several, drawn]}
    return {**drawn, "description": verb.about}


def _facts() -> _Schema:
    def many(name: str) -> _Schema:
        return {"anyOf": [_ref(name), {"type": "array", "items": _ref(name), "minItems": 1}]}

    return {
        "type": "object",
        "minProperties": 1,
        "description": "Who, and what is so; a list where several things are",
        "properties": {role: many(f"{role} fact") for role in ROLES},
        "additionalProperties": many("anybody fact"),
    }


def _step() -> _Schema:
    refusal = {"type": "string", "description": "It shall be refused, with these words or this field"}
    special = {
        "expect": {**_ref("facts"), "description": "This is so, once everybody has come to rest"},
        "wait until": {**_ref("facts"), "description": "Wait until this is so"},
        "within": {"type": "string", "description": "How long to wait, in real time", "examples": ["10 s"]},
        "chapter": {"type": "string", "description": "A heading for the steps that follow"},
        "repeat": {"type": ["integer", "string"], "description": "Play the steps so many times"},
        "steps": _ref("steps"),
        "include": {"type": "string", "description": "Steps of another file, beside this one"},
        "with": {"type": "object", "description": "Values for the parameters of the other file"},
        "is refused": refusal,
    }
    return {
        "type": "object",
        "description": "Somebody does something, or something is so",
        "minProperties": 1,
        "properties": {role: _ref(f"{role} deed") for role in ROLES} | special,
        "additionalProperties": _ref("anybody deed"),
    }


def _hoisted(drawn: _Schema, definitions: dict[str, _Schema]) -> _Schema:
    """Return a schema whose own definitions have become the document's."""
    for name, one in drawn.pop("$defs", {}).items():
        definitions[name] = _lenient(one)
    found: _Schema = _lenient(drawn)
    return found


def _plain_or(drawn: _Schema) -> _Schema:
    return {"anyOf": [{"type": "string"}, drawn]}


def _lenient(drawn: Any) -> Any:
    """Let numbers and flags be written as YAML has them, or as words."""
    if isinstance(drawn, list):
        return [_lenient(one) for one in drawn]
    if not isinstance(drawn, dict):
        return drawn
    found = {
        name: {key: _lenient(one) for key, one in value.items()} if name == "properties" else _lenient(value)
        for name, value in drawn.items()
        if name not in {"title", "default"} or not isinstance(value, str | int | float | bool | None)
    }
    if found.get("type") in {"integer", "number", "boolean"}:
        found["type"] = [found["type"], "string"]
    return found


def _ref(name: str) -> _Schema:
    return {"$ref": f"#/$defs/{name.replace(' ', '%20')}"}


def _one_of(schemas: list[_Schema]) -> _Schema:
    return {"anyOf": schemas}
