"""A car and its events as JSON, so that a journal can keep them and give back exactly the same."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, TypeAdapter

from vehicle_sim.state import Car, Event

_CAR: Final[TypeAdapter[Car]] = TypeAdapter(Car)
_EVENT: Final[TypeAdapter[Event]] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


def encode_car(car: Car) -> str:
    """Return a car as one line of JSON."""
    return _CAR.dump_json(car, by_alias=True).decode()


def decode_car(line: bytes | str) -> Car:
    """Read a car again.

    Raises:
        ValidationError: the line is none; a ValueError that names the place and the fault.
    """
    return _CAR.validate_json(line)


def encode_event(event: Event) -> str:
    """Return an event as one line of JSON, tagged by its ``kind``."""
    return _EVENT.dump_json(event, by_alias=True).decode()


def decode_event(line: bytes | str) -> Event:
    """Read an event again.

    Raises:
        ValidationError: the line is none; a ValueError that names the place and the fault.
    """
    return _EVENT.validate_json(line)
