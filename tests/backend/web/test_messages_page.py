"""The page about the messages says what the AsyncAPI document says, and every name on it leads somewhere."""

from __future__ import annotations

import re
from typing import Any

import pytest

from backend.web.messages import in_words, read
from protocol.asyncapi import document
from tests.backend.web.desk import Desk
from tests.backend.web.test_pages import page


async def test_the_document_is_served(desk: Desk) -> None:
    heard = await desk.ask("GET", "/asyncapi.json", documented=False)
    assert heard.json == document()


async def test_the_page_shows_every_channel_and_every_schema(desk: Desk) -> None:
    text = (await page(desk, "/docs/messages")).text
    said = document()
    for name, channel in said["channels"].items():
        assert f'id="{name}"' in text
        assert channel["address"] in text
    for operation in said["operations"].values():
        assert operation["summary"] in text
    for schema in said["components"]["schemas"].values():
        for field in schema.get("properties", {}):
            assert f"<code>{field}</code>" in text
        for value in schema.get("enum", ()):
            assert f"<code>{value}</code>" in text
    assert "<script" not in text


async def test_every_name_leads_somewhere(desk: Desk) -> None:
    text = (await page(desk, "/docs/messages")).text
    anchors = re.findall(r'id="([^"]+)"', text)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(anchors)


def test_who_speaks_and_what_the_broker_keeps_is_read_from_the_document() -> None:
    told = {talk.name: (talk.backend_speaks, talk.qos, talk.retained) for talk in read(document()).talks}
    assert told == {
        "desired": (True, 1, True),
        "eventsAck": (True, 1, False),
        "hello": (False, 1, False),
        "events": (False, 1, False),
        "presence": (False, 1, True),
        "marker": (True, 1, True),
    }


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string", "maxLength": 4000}, "text, at most 4,000 characters"),
        ({"type": "string", "pattern": "^[0-9]$"}, "text like ^[0-9]$"),
        ({"type": "string", "format": "uuid"}, "UUID"),
        ({"type": "number", "minimum": -90, "maximum": 90}, "number, -90 to 90"),
        ({"type": "integer", "minimum": 0}, "whole number, from 0"),
        ({"type": "boolean"}, "true or false"),
        ({"const": 1, "type": "integer"}, "always 1"),
        ({"const": "booking"}, 'always "booking"'),
        ({"enum": ["planned", "pre_booked"], "type": "string"}, "one of planned, pre_booked"),
        ({"anyOf": [{"$ref": "#/components/schemas/Money"}, {"type": "null"}]}, "Money or null"),
        (
            {"type": "array", "items": {"$ref": "#/components/schemas/Slot"}, "minItems": 1, "maxItems": 2},
            "list of Slot, 1 to 2",
        ),
    ],
)
def test_a_schema_is_said_in_words(schema: dict[str, Any], words: str) -> None:
    assert "".join(word.text for word in in_words(schema)) == words
