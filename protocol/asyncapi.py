"""Draws the AsyncAPI 3 document from the messages themselves: the contract for whoever builds another end.

It is written from the backend's side: it *sends* what a car subscribes to, and *receives* what a car says.
``docs/api/released/`` holds what has been promised; what a message's schema is, only the models say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from protocol.examples import MESSAGES, VIN
from protocol.messages import MOST_BYTES, Desired, Presence, encode
from protocol.topics import ROOT, Channel
from protocol.values import Value
from protocol.ways import QOS, WAYS, WIPE, Way

VERSION: Final = "1.0.0"
_ROLE: Final = re.compile(r":\w+:`~?([^`]+)`")
_ABOUT: Final = f"""\
How cars and the backend speak over MQTT. Any broker will do, and nothing depends on a feature of MQTT 5.

A car is told its whole desired state in one retained message, and answers with a receipt from its own
journal. It connects with a clean session, so no broker queues anything for it. What it did it tells in
numbered events, and sends them again until they are acknowledged.

Both ends refuse what the schemas do not allow: an unknown field, a payload above {MOST_BYTES // 1024} KiB.
A message of another version says so in `v`.
"""


def document() -> dict[str, Any]:
    """Return the document as plain JSON data."""
    return {
        "asyncapi": "3.1.0",
        "id": f"urn:{ROOT.replace('/', ':')}",
        "info": {
            "title": "Sensus bench: the wire between car and backend",
            "version": VERSION,
            "description": _ABOUT,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": _servers(),
        "channels": {way.name: _channel(way) for way in WAYS},
        "operations": {f"{way.action}{way.name[0].upper()}{way.name[1:]}": _operation(way) for way in WAYS},
        "components": {
            "schemas": _schemas(way.message for way in WAYS),
            "messages": {way.message.__name__: _message(way.message) for way in WAYS} | {WIPE: _WIPE_MESSAGE},
            "parameters": {
                "vin": {"description": "Vehicle identification number (ISO 3779)", "examples": [VIN]}
            },
            "securitySchemes": {
                "certificate": {
                    "type": "X509",
                    "description": "TLS 1.3 client certificate; common name = user name = client id = VIN",
                },
                "account": {
                    "type": "userPassword",
                    "description": "One account per backend node, whose name is its client id",
                },
            },
        },
    }


def _servers() -> dict[str, Any]:
    host = {"default": "localhost", "description": "The broker"}
    return {
        "cars": {
            "host": "{broker}:8883",
            "protocol": "secure-mqtt",
            "protocolVersion": "5",
            "description": "Where cars dial in. A car hears what is for itself, and nothing of others.",
            "variables": {"broker": host},
            "security": [{"$ref": "#/components/securitySchemes/certificate"}],
            "bindings": {
                "mqtt": {
                    "clientId": "the VIN",
                    "cleanSession": True,
                    "lastWill": {
                        "topic": f"{ROOT}/{VIN}/{Channel.PRESENCE}",
                        "qos": QOS,
                        "message": encode(MESSAGES[Presence]["will"]).decode(),
                        "retain": True,
                    },
                    "bindingVersion": "0.2.0",
                }
            },
        },
        "backends": {
            "host": "{broker}:8884",
            "protocol": "secure-mqtt",
            "protocolVersion": "5",
            "description": "Where backends dial in; not to be reachable from the road.",
            "variables": {"broker": host},
            "security": [{"$ref": "#/components/securitySchemes/account"}],
            "bindings": {"mqtt": {"cleanSession": True, "bindingVersion": "0.2.0"}},
        },
    }


def _channel(way: Way) -> dict[str, Any]:
    names = [way.message.__name__, *([WIPE] if way.message is Desired else [])]
    channel: dict[str, Any] = {
        "address": way.address,
        "summary": way.summary,
        "description": way.about,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
    }
    if "{vin}" in way.address:
        channel["parameters"] = {"vin": {"$ref": "#/components/parameters/vin"}}
    return channel


def _operation(way: Way) -> dict[str, Any]:
    return {
        "action": way.action,
        "channel": {"$ref": f"#/channels/{way.name}"},
        "summary": way.summary,
        "bindings": {"mqtt": {"qos": QOS, "retain": way.retain, "bindingVersion": "0.2.0"}},
    }


def _message(model: type[Value]) -> dict[str, Any]:
    return {
        "name": model.__name__,
        "title": re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.__name__),
        "summary": _plain(model.__doc__ or ""),
        "contentType": "application/json",
        "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
        "examples": [
            {"name": name, "payload": json.loads(encode(example))}
            for name, example in MESSAGES[model].items()
        ],
    }


_WIPE_MESSAGE: Final[Mapping[str, Any]] = {
    "name": WIPE,
    "title": "Wipe",
    "summary": "Nothing at all, retained: the vehicle forgets what it was told.",
    "contentType": "application/octet-stream",
    "payload": {"type": "string", "maxLength": 0},
    "examples": [{"name": "empty", "payload": ""}],
}


class _AsSent(GenerateJsonSchema):
    """Schemas of what the wire carries: every field is there, default or not, and needs no second name."""

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: FBT001 - pydantic's own signature
        return True

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _schemas(models: Iterable[type[Value]]) -> dict[str, Any]:
    _, whole = models_json_schema(
        [(model, "serialization") for model in models],
        ref_template="#/components/schemas/{model}",
        schema_generator=_AsSent,
    )
    schemas: dict[str, Any] = _tidied(whole["$defs"])
    return schemas


def _tidied(part: Any) -> Any:
    """Put a schema's words in the reader's form, and leave out what only pydantic or OpenAPI reads."""
    if isinstance(part, list):
        return [_tidied(one) for one in part]
    if not isinstance(part, dict):
        return part
    tidy = {key: _tidied(value) for key, value in part.items()}
    if isinstance(part.get("description"), str):
        tidy["description"] = _plain(part["description"])
    # AsyncAPI's discriminator is the bare name of the field; each member's `const` says which is which.
    if isinstance(part.get("discriminator"), dict):
        tidy["discriminator"] = part["discriminator"]["propertyName"]
    return tidy


def _plain(text: str) -> str:
    """Return a docstring's first paragraph without its markup."""
    first = " ".join(text.partition("\n\n")[0].split())
    return _ROLE.sub(r"`\1`", first).replace("``", "`")
