"""The only strings with slashes: MQTT topics are built here and taken apart here, nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from protocol.values import check_vin

ROOT: Final = "sensus/v1"
MARKER: Final = f"{ROOT}/backend/marker"
"""The backend's retained counter, by which it notices a broker that forgot."""


class Channel(StrEnum):
    """What a car's topic is for; the value is its tail behind the VIN."""

    DESIRED = "desired"
    HELLO = "hello"
    EVENTS = "events"
    EVENTS_ACK = "events/ack"
    PRESENCE = "presence"


@dataclass(frozen=True, slots=True)
class CarTopic:
    """A topic of one car, taken apart."""

    vin: str
    channel: Channel

    def __str__(self) -> str:
        """Return the topic name."""
        return f"{ROOT}/{self.vin}/{self.channel.value}"


class UnknownTopic(ValueError):
    """A topic name that this protocol does not have."""


def parse(topic: str) -> CarTopic:
    """Take a topic name apart: the inverse of ``str(CarTopic(...))``.

    Raises:
        UnknownTopic: it is none of ours, or its VIN is malformed.
    """
    prefix = f"{ROOT}/"
    vin, _, tail = topic.removeprefix(prefix).partition("/")
    try:
        if not topic.startswith(prefix):
            raise ValueError(f"it does not begin with {prefix}")
        return CarTopic(check_vin(vin), Channel(tail))
    except ValueError as wrong:
        raise UnknownTopic(f"{topic[:120]!r} is no topic of this protocol: {wrong}") from wrong


def every_car(channel: Channel) -> str:
    """Return the filter that matches one channel of all cars."""
    return f"{ROOT}/+/{channel.value}"
