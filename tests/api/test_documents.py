"""A planted change of the real documents is told where it breaks somebody, and let pass where nobody."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import pytest

from tests.api.released import CONTRACTS

Change = Callable[[dict[str, Any]], object]


def at(document: dict[str, Any], where: str) -> Any:
    """Return what stands at a path such as ``schemas HalfDay enum``, short for ``components schemas ...``."""
    place: Any = document
    for part in where.replace("schemas ", "components schemas ").split():
        place = place[int(part) if isinstance(place, list) else part]
    return place


def drop(where: str, name: str | int) -> Change:
    """Take a field out of an object, or a value out of a list (by its place or itself)."""

    def change(document: dict[str, Any]) -> None:
        holder = at(document, where)
        if isinstance(holder, list) and isinstance(name, str):
            holder.remove(name)
        else:
            del holder[name]

    return change


def put(where: str, name: str, value: object) -> Change:
    return lambda document: at(document, where).update({name: value})


def add(where: str, value: object) -> Change:
    return lambda document: at(document, where).append(value)


LIST: Final = "paths /v1/appointments get"
CREATE: Final = "paths /v1/appointments post"
OWNER: Final = "paths /v1/vehicles/{vin}/owner post"
BOOK: Final = "schemas CreateRequest"
MONEY: Final = "schemas Money-Output"
TELLS: Final = "operations sendDesired"
TELLS_HOW: Final = f"{TELLS} bindings mqtt"
DIAL: Final = "servers cars bindings mqtt"
TEXT: Final = {"type": "string"}


def demands(model: str, field: str) -> Change:
    """Let a schema ask for one field more."""

    def change(document: dict[str, Any]) -> None:
        put(f"schemas {model} properties", field, TEXT)(document)
        add(f"schemas {model} required", field)(document)

    return change


def answers_202(document: dict[str, Any]) -> None:
    responses = at(document, f"{OWNER} responses")
    responses["202"] = responses.pop("200")


BREAKING: Final[dict[str, list[tuple[str, Change]]]] = {
    "openapi": [
        ("/v1/events: is gone", drop("paths", "/v1/events")),
        ("PATCH /v1/customers/{customer_id}: is gone", drop("paths /v1/customers/{customer_id}", "patch")),
        ("GET /v1/appointments: was called", put(LIST, "operationId", "list")),
        ("GET /v1/appointments: whom it lets in", put(LIST, "security", [{"owner": []}])),
        ("query list: is gone", drop(f"{LIST} parameters", 2)),
        ("query limit: was optional, is required", put(f"{LIST} parameters 1", "required", True)),
        ("query limit: maximum was", put(f"{LIST} parameters 1 schema", "maximum", 50)),
        ("query limit: 50 was the default", put(f"{LIST} parameters 1 schema", "default", 20)),
        (
            "query dealer: is new and required",
            add(f"{LIST} parameters", {"in": "query", "name": "dealer", "required": True, "schema": TEXT}),
        ),
        ("body (create_request).mileage: is new and required", demands("CreateRequest", "mileage")),
        (".comments: was optional, is required", add(f"{BOOK} required", "comments")),
        (".comments: is gone", drop(f"{BOOK} properties", "comments")),
        (".vin: pattern was", put(f"{BOOK} properties vin", "pattern", "^YV1")),
        (".work: maxLength was", put(f"{BOOK} properties work", "maxLength", 100)),
        (".date: can no longer be string", put(f"{BOOK} properties date", "type", "integer")),
        (
            "body: can no longer be perform_pre_booking",
            drop(f"{CREATE} requestBody content application/json schema oneOf", 1),
        ),
        ("body application/json: is gone", drop(f"{CREATE} requestBody content", "application/json")),
        ("POST /v1/vehicles/{vin}/owner 200: is gone", answers_202),
        ("201 ETag: is gone", drop(f"{CREATE} responses 201 headers", "ETag")),
        (".amount: is gone", drop(f"{MONEY} properties", "amount")),
        (".amount: was always there, is optional", drop(f"{MONEY} required", "amount")),
        (".amount: can now be number", put(f"{MONEY} properties amount", "type", ["string", "number"])),
        ("can no longer be 'confirmed'", drop("schemas Status enum", "confirmed")),
    ],
    "asyncapi": [
        ("server cars: is gone", drop("servers", "cars")),
        ("server cars: cleanSession was True, is False", put(DIAL, "cleanSession", False)),
        ("server cars will: retain was True, is False", put(f"{DIAL} lastWill", "retain", False)),
        ("channel hello: is gone", drop("channels", "hello")),
        ("channel hello: address was", put("channels hello", "address", "sensus/v1/{vin}/greeting")),
        ("channel desired wipe: is gone", drop("channels desired messages", "wipe")),
        ("operation sendDesired: is gone", drop("operations", "sendDesired")),
        ("operation sendDesired: action was", put(TELLS, "action", "receive")),
        ("operation sendDesired: channel was", put(TELLS, "channel", {"$ref": "#/channels/marker"})),
        ("operation sendDesired: qos was 1, is 0", put(TELLS_HOW, "qos", 0)),
        ("operation sendDesired: retain was True, is False", put(TELLS_HOW, "retain", False)),
        ("channel hello Hello: contentType was", put("components messages Hello", "contentType", "text")),
        (".node: is gone", drop("schemas Marker properties", "node")),
        (".speed: is new", put("schemas Hello properties", "speed", {"type": "number"})),
        (".plate: was always there, is optional", drop("schemas VehicleFacts required", "plate")),
        (".name: maxLength was", put("schemas DealerCard properties name", "maxLength", 300)),
        (".half: can now be 'night'", add("schemas HalfDay enum", "night")),
        (".items[]: can no longer be proposal", drop("schemas Desired properties items items oneOf", 1)),
        (".v: can no longer be 1", put("schemas Hello properties v", "const", 2)),
        (".upto: whole numbers only before", put("schemas EventsAck properties upto", "type", "number")),
        ("Marker: now takes fields that have no name", put("schemas Marker", "additionalProperties", True)),
    ],
}

HARMLESS: Final[dict[str, list[Change]]] = {
    "openapi": [
        put("info", "description", "New words"),
        put("paths", "/v1/new", {"get": {}}),
        put(LIST, "summary", "Look at them"),
        put(LIST, "security", [{"bearer": []}, {"owner": []}]),
        add(f"{LIST} parameters", {"in": "query", "name": "dealer", "schema": TEXT}),
        put(f"{LIST} parameters 1 schema", "maximum", 500),
        put(f"{BOOK} properties", "mileage", TEXT),
        drop(f"{BOOK} required", "work"),
        put(f"{BOOK} properties work", "maxLength", 9000),
        add(
            f"{CREATE} requestBody content application/json schema oneOf",
            {"$ref": "#/components/schemas/Alive"},
        ),
        demands("Money-Output", "words"),
        add("schemas Status enum", "asleep"),
        drop(f"{CREATE} responses", "400"),
    ],
    "asyncapi": [
        put("info", "description", "New words"),
        put("channels", "more", {}),
        put("operations", "sendMore", {}),
        put("schemas Hello properties n", "description", "A count"),
        put("channels hello messages", "Hello2", {}),
        put("components messages Hello", "examples", []),
    ],
}


def planted(name: str, change: Change) -> list[str]:
    """Return what a change of today's document would break."""
    today, later = json.loads(drawn(name)), json.loads(drawn(name))
    change(later)
    assert later != today
    return CONTRACTS[name].breaks(today, later)


@cache
def drawn(name: str) -> str:
    """Return today's document as text, so that whoever changes it changes a copy."""
    return json.dumps(CONTRACTS[name].draw())


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_document_breaks_nothing_of_itself(name: str) -> None:
    assert CONTRACTS[name].breaks(json.loads(drawn(name)), json.loads(drawn(name))) == []


@pytest.mark.parametrize(
    ("name", "words", "change"),
    [(name, words, change) for name, plants in BREAKING.items() for words, change in plants],
)
def test_a_breaking_change_is_told_with_its_place(name: str, words: str, change: Change) -> None:
    told = planted(name, change)
    assert [fault for fault in told if words in fault], told


@pytest.mark.parametrize(
    ("name", "change"), [(name, change) for name, plants in HARMLESS.items() for change in plants]
)
def test_what_breaks_nobody_is_let_pass(name: str, change: Change) -> None:
    assert planted(name, change) == []
