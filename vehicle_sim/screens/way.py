"""How far it is to a place, in words."""

from __future__ import annotations

import math

from protocol.values import GeoPoint
from vehicle_sim import wording
from vehicle_sim.screens.look import Look


def how_far(look: Look, there: GeoPoint) -> str:
    """2.4 km, from where the car is."""
    return wording.distance(straight(look.car.drive.position, there), look.language)


def straight(here: GeoPoint, there: GeoPoint) -> float:
    """Metres as the crow flies, on a round earth."""
    lat, lat2 = math.radians(here.latitude), math.radians(there.latitude)
    half = math.sin((lat2 - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(lat2) * math.sin(math.radians(there.longitude - here.longitude) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(half))
