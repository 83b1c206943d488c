"""The things that verbs take, each checked where the scenario is read, so that a wrong one has its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, GetPydanticSchema, WithJsonSchema
from pydantic_core import core_schema

from protocol.values import GeoPoint, Money
from vehicle_sim.scenario.moments import EXAMPLES, Moment, moment, span

_PRICE: Final = re.compile(r"(\d+(?:\.\d+)?) ?([A-Z]{3})")
_PLACE: Final = re.compile(r"(-?\d+(?:\.\d+)?), ?(-?\d+(?:\.\d+)?)")
_MOMENT_SCHEMA: Final[dict[str, Any]] = {
    "type": "string",
    "description": f"A point in time: {EXAMPLES}, in 2 hours, on the day of visit at 07:20, 2026-11-30 07:41 "
    "or 2026-11-30T07:41+02:00; a zone such as Europe/Berlin may follow, and `again` for the second of two "
    "equal wall times.",
    "examples": ["monday at 07:41", "in 3 days at 08:00", "2 days before visit at 08:00"],
}


def _by(parse: Callable[[object], object]) -> GetPydanticSchema:
    """Return what has values of a type read from words by ``parse``."""
    return GetPydanticSchema(lambda _source, _handler: core_schema.no_info_plain_validator_function(parse))


def _moment(words: object) -> Moment:
    return moment(_text(words))


def _text(words: object) -> str:
    if not isinstance(words, str) or not words.strip():
        raise ValueError("text is expected")
    return words.strip()


def _price(words: object) -> Money:
    found = _PRICE.fullmatch(_text(words))
    if found is None:
        raise ValueError("a price has an amount and a currency, such as 389 EUR")
    places = Decimal(found[1])
    amount = f"{places:.2f}" if "." not in found[1] else found[1]
    return Money.model_validate({"amount": amount, "currency": found[2]})


def _place(words: object) -> GeoPoint:
    text = _text(words)
    if text in PLACES:
        return PLACES[text]
    found = _PLACE.fullmatch(text)
    if found is None:
        raise ValueError(f"a place is {', '.join(PLACES)}, or degrees such as 60.1642, 24.9367")
    return GeoPoint(latitude=float(found[1]), longitude=float(found[2]))


def _list(given: object) -> object:
    return [given] if isinstance(given, str) else given


PLACES: Final = {
    "home": GeoPoint(latitude=60.17832, longitude=24.95057),
    "the workshop": GeoPoint(latitude=60.1642, longitude=24.93666),
    "Kamppi": GeoPoint(latitude=60.16899, longitude=24.93615),
    "Hakaniemi": GeoPoint(latitude=60.17925, longitude=24.95074),
    "Kallio": GeoPoint(latitude=60.18399, longitude=24.9497),
    "Töölö": GeoPoint(latitude=60.1807, longitude=24.9216),
    "Ullanlinna": GeoPoint(latitude=60.1583, longitude=24.9494),
}
"""Places of Helsinki by name."""

Line = Annotated[str, BeforeValidator(_text)]
Words = Annotated[
    tuple[Line, ...],
    BeforeValidator(_list),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    ),
]
"""One text, or a list of them."""
At = Annotated[Moment, _by(_moment), WithJsonSchema(_MOMENT_SCHEMA)]
Span = Annotated[
    timedelta,
    _by(lambda words: span(_text(words))),
    WithJsonSchema(
        {"type": "string", "description": "A length of time", "examples": ["3 days", "2 hours 30 minutes"]}
    ),
]
Price = Annotated[
    Money,
    _by(_price),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{_PRICE.pattern}$",
            "description": "Amount and currency (ISO 4217)",
            "examples": ["389 EUR"],
        }
    ),
]
Place = Annotated[
    GeoPoint,
    _by(_place),
    WithJsonSchema(
        {
            "type": "string",
            "description": f"{', '.join(PLACES)}, or latitude and longitude in degrees",
            "examples": ["the workshop", "60.1642, 24.9367"],
        }
    ),
]
