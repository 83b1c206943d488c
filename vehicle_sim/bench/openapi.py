"""The OpenAPI 3.1 document of a bench, drawn from its operations so that it cannot say anything else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from vehicle_sim.bench.operations import Operation

VERSION: Final = "1.0.0"
Json = dict[str, Any]
_REF: Final = "#/components/schemas/{model}"
_ABOUT: Final = """\
Simulated cars on a bench: turn their keys, press what is on their screens, read why something pops up or not,
and follow everything that happens.

Every answer is given after what was asked for is journalled. A refusal is a problem document (RFC 9457) that
says what would do. There are no passwords: a bench listens on this machine alone unless it is told otherwise.
"""
_PROBLEM: Final[Json] = {
    "type": "object",
    "description": "Why it was refused (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, and what would do, in words."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
_PARAMETERS: Final[Mapping[str, Json]] = {
    "vin": {"type": "string", "pattern": "^[A-HJ-NPR-Z0-9]{17}$", "examples": ["YV1FW7050E1234567"]},
    "priority": {"enum": ["information", "question", "urgent"]},
}


def document(operations: Iterable[Operation]) -> Json:
    """Return the document as plain JSON data."""
    listed = [operation for operation in operations if operation.listed]
    references, definitions = _schemas(listed)
    paths: dict[str, Json] = {}
    for operation in listed:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sensus bench", "version": VERSION, "description": _ABOUT},
        "tags": [{"name": name} for name in dict.fromkeys(operation.group for operation in listed)],
        "paths": paths,
        "components": {"schemas": {**definitions, "Problem": _PROBLEM}},
    }


_References = Mapping[tuple[type[BaseModel], JsonSchemaMode], Json]


def _schemas(operations: Iterable[Operation]) -> tuple[_References, Json]:
    used: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
    for operation in operations:
        if operation.takes is not None:
            used[operation.takes, "validation"] = None
        if operation.answers is not None:
            used[operation.answers, "serialization"] = None
    references, found = models_json_schema(list(used), ref_template=_REF)
    definitions: Json = found["$defs"]
    return {(model, mode): references[model, mode] for model, mode in used}, definitions


def _operation(operation: Operation, references: _References) -> Json:
    told: Json = {
        "operationId": operation.handler.__name__,
        "tags": [operation.group],
        "summary": operation.summary,
        "parameters": [*_in_path(operation), *_in_query(operation)],
        "responses": {
            str(operation.status): _answer(operation, references),
            "default": _refusal(),
        },
    }
    if operation.description:
        told["description"] = operation.description
    if operation.takes is not None:
        schema = references[operation.takes, "validation"]
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return told


def _in_path(operation: Operation) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _PARAMETERS[name]}
        for name in re.findall(r"\{(\w+)\}", operation.path)
    ]


def _in_query(operation: Operation) -> list[Json]:
    if operation.asks is None:
        return []
    schema = operation.asks.model_json_schema()
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": field.pop("description", ""),
            "schema": field,
        }
        for name, field in schema["properties"].items()
    ]


def _answer(operation: Operation, references: _References) -> Json:
    told: Json = {"description": HTTPStatus(operation.status).phrase}
    if operation.answers is not None:
        schema = references[operation.answers, "serialization"]
        told["content"] = {"application/json": {"schema": schema}}
    elif operation.media != "websocket" and operation.status != HTTPStatus.NO_CONTENT:
        told["content"] = {operation.media: {}}
    return told


def _refusal() -> Json:
    schema = {"$ref": _REF.format(model="Problem")}
    return {"description": "Refused", "content": {"application/problem+json": {"schema": schema}}}
