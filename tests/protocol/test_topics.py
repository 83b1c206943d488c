"""Topics are built and parsed by each other's inverse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.topics import CarTopic, Channel, UnknownTopic, every_car, parse

VIN = "YV1FW7050E1234567"
vins = st.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=17, max_size=17)


@given(vins, st.sampled_from(Channel))
def test_parse_undoes_str(vin: str, channel: Channel) -> None:
    topic = CarTopic(vin, channel)
    assert parse(str(topic)) == topic


@given(st.text(max_size=80))
def test_parse_refuses_everything_else_in_words(text: str) -> None:
    with pytest.raises(UnknownTopic, match="is no topic of this protocol"):
        parse(text)


@pytest.mark.parametrize(
    "text", [f"other/{VIN}/hello", f"sensus/v1/{VIN}", f"sensus/v1/{VIN}/events/ack/x", "sensus/v1/+/hello"]
)
def test_neighbours_of_a_topic_are_no_topics(text: str) -> None:
    with pytest.raises(UnknownTopic):
        parse(text)


def test_one_filter_takes_in_every_car() -> None:
    assert every_car(Channel.EVENTS) == "sensus/v1/+/events"
