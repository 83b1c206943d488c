"""Where a driver may want to go without typing: workshops, received destinations, sights of the map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from protocol.language import Language
from protocol.messages import Booking, DealerCard, Inquiry, NavigationDestination, Proposal
from protocol.values import GeoPoint
from vehicle_sim import roads
from vehicle_sim.state import Car, Stop

_COLUMNS: Final = {Language.SWEDISH: 2, Language.ENGLISH: 3, Language.GERMAN: 4}
"""Of a place in the vendored file: where its name in a language stands."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place with a name; ``kind`` is a word of the catalogues: workshop, received, museum ..."""

    stop: Stop
    kind: str


def known(car: Car) -> tuple[Place, ...]:
    """Return the places that a car knows by name: workshops, what was sent to it, then the map's own.

    No name stands twice: a workshop that was also sent as a destination is the workshop.
    """
    found: dict[str, Place] = {}
    for place in (*_workshops(car), *_received(car), *_sights(car.settings.language)):
        found.setdefault(place.stop.name, place)
    return tuple(found.values())


def _workshops(car: Car) -> Iterator[Place]:
    visits = [item for item in car.items if isinstance(item, Booking | Proposal | Inquiry)]
    dealers = [car.dealer_of(None), *(car.dealer_of(item) for item in visits)]
    yield from (Place(_at(dealer), "workshop") for dealer in dealers if dealer is not None)


def _at(dealer: DealerCard) -> Stop:
    return Stop(dealer.name, dealer.position, dealer.address)


def _received(car: Car) -> Iterator[Place]:
    for item in car.items:
        if isinstance(item, NavigationDestination):
            yield Place(Stop(item.name, item.position, item.address, item.id), "received")


def _sights(language: Language) -> Iterator[Place]:
    column = _COLUMNS[language]
    for sight in sorted(roads.helsinki()["places"], key=lambda sight: str(sight[column]).casefold()):
        latitude, longitude = sight[5:]
        yield Place(Stop(sight[column], GeoPoint(latitude=latitude, longitude=longitude)), sight[0])
