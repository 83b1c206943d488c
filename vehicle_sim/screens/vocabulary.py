"""The words on a screen that no catalogue brings: facts of the car, dates, units and streets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import Final

from pydantic import BaseModel

from protocol.language import Language
from vehicle_sim.screens.faults import words_in
from vehicle_sim.state import Car
from vehicle_sim.streets import helsinki
from vehicle_sim.wording import LOCALES

_FACTS: Final = frozenset({"name", "phone", "address", "text", "reason", "work", "model", "plate"})
"""Members of messages that people have written."""
_SIGNS: Final = "km mi yd am pm TUNE OpenStreetMap contributors"
"""Units and halves of the day, as CLDR has them; a key's name; an attribution that must not be translated."""


def words_of(car: Car) -> frozenset[str]:
    """The words, in lower case, that may stand on this car's screens without a catalogue."""
    return words_in(car.vin, *_written(car.desired), *_places(car)) | _always()


def _written(message: BaseModel | None) -> Iterator[str]:
    """Every text that somebody wrote in a message, or in what it holds."""
    for name, value in message or ():
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, BaseModel):
                yield from _written(one)
            elif name in _FACTS and one is not None:
                yield str(one)


def _places(car: Car) -> Iterator[str]:
    yield from chain.from_iterable((stop.name, stop.address) for stop in car.itinerary.stops)


@cache
def _always() -> frozenset[str]:
    names = LOCALES[Language.ENGLISH]
    dates = chain.from_iterable(
        shapes[width].values()
        for kind in (names.days, names.months)
        for shapes in kind.values()
        for width in ("wide", "abbreviated")
    )
    return words_in(_SIGNS, *dates, *helsinki().names)
