"""The document is valid AsyncAPI 3, says all there is on the wire, and shows what is really sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from protocol.asyncapi import document
from protocol.examples import EVENTS, ITEMS, MESSAGES
from protocol.messages import (
    CarEvent,
    Desired,
    Events,
    EventsAck,
    Item,
    decode_ack,
    decode_desired,
    decode_from_car,
    decode_marker,
    digest_of,
    encode,
)
from protocol.topics import MARKER, Channel, parse
from protocol.values import Value
from protocol.ways import WAYS
from tests import house
from tests.protocol import official_parser

SCHEMAS = {"components": document()["components"]}


def test_the_official_parser_has_nothing_to_say() -> None:
    assert official_parser.diagnostics(document()) == []


def break_version(wrong: dict[str, Any]) -> None:
    wrong["asyncapi"] = "3.0.7"


def break_reference(wrong: dict[str, Any]) -> None:
    wrong["operations"]["receiveHello"]["channel"]["$ref"] = "#/channels/nowhere"


def break_schema(wrong: dict[str, Any]) -> None:
    wrong["components"]["schemas"]["EventsAck"]["properties"]["upto"]["type"] = "number of events"


def break_action(wrong: dict[str, Any]) -> None:
    wrong["operations"]["receiveHello"]["action"] = "shout"


def break_binding(wrong: dict[str, Any]) -> None:
    wrong["operations"]["receiveHello"]["bindings"]["mqtt"]["qos"] = 3


@pytest.mark.parametrize(
    "breaking", [break_version, break_reference, break_schema, break_action, break_binding]
)
def test_the_official_parser_would_notice(breaking: Callable[[dict[str, Any]], None]) -> None:
    wrong = json.loads(json.dumps(document()))
    breaking(wrong)
    assert official_parser.diagnostics(wrong)


def test_every_channel_has_its_way() -> None:
    cars = {way.address.partition("{vin}/")[2] for way in WAYS if "{vin}" in way.address}
    assert cars == set(Channel)
    assert [way.address for way in WAYS if "{vin}" not in way.address] == [MARKER]


def test_the_hardened_broker_lets_each_end_say_and_hear_just_this() -> None:
    rights = {
        ("%u" if kind == "pattern" else "+", right, topic)
        for kind, right, topic in (
            line.split()
            for line in (house.ROOT / "broker" / "acl").read_text().splitlines()
            if line.startswith(("pattern ", "topic "))
        )
    }
    wanted = set()
    for way in WAYS:
        if "{vin}" not in way.address:
            wanted.add(("+", "readwrite", way.address))
            continue
        backend, car = ("write", "read") if way.action == "send" else ("read", "write")
        wanted |= {
            (who, right, way.address.replace("{vin}", who)) for who, right in (("+", backend), ("%u", car))
        }
    assert rights == wanted


@pytest.mark.parametrize(
    ("model", "name"), [(model, name) for model, examples in MESSAGES.items() for name in examples]
)
def test_every_example_is_a_message(model: type[Value], name: str) -> None:
    example = MESSAGES[model][name]
    payload = encode(example)
    way = next(way for way in WAYS if way.message is model)
    topic = way.address.replace("{vin}", getattr(example, "vin", "YV1DZ8256C2271234"))
    decoders: dict[type[Value], Callable[[], Value]] = {
        Desired: lambda: decode_desired(parse(topic), payload),
        EventsAck: lambda: decode_ack(parse(topic), payload),
    }
    if topic == MARKER:
        decoders[model] = lambda: decode_marker(payload)
    assert decoders.get(model, lambda: decode_from_car(parse(topic), payload))() == example
    validator(model).validate(json.loads(payload))


@pytest.mark.parametrize("model", MESSAGES, ids=lambda model: model.__name__)
def test_the_schema_takes_neither_more_nor_less_than_what_is_sent(model: type[Value]) -> None:
    for example in MESSAGES[model].values():
        plain = json.loads(encode(example))
        assert not validator(model).is_valid(plain | {"more": 1})
        for name in plain:
            assert not validator(model).is_valid({k: v for k, v in plain.items() if k != name}), name


def test_every_kind_of_item_and_event_has_an_example() -> None:
    assert {type(item) for item in ITEMS} == set(get_args(get_args(Item)[0]))
    assert {type(event) for event in EVENTS} == set(get_args(get_args(CarEvent)[0]))
    sent = next(iter(MESSAGES[Desired].values()))
    assert isinstance(sent, Desired)
    assert sent.items == ITEMS
    assert sent.digest == digest_of(sent)
    assert EVENTS in [said.events for said in MESSAGES[Events].values() if isinstance(said, Events)]


def test_nothing_is_told_in_the_words_of_a_docstring() -> None:
    text = json.dumps(document())
    assert ":class:" not in text
    assert ":func:" not in text
    assert "``" not in text


def validator(model: type[Value]) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{model.__name__}"} | SCHEMAS)
