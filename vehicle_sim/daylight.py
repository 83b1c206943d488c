"""Whether the sun is up where the car is, so that the screen is bright by day and dark by night.

The sun's place by the low-precision formula of the Astronomical Almanac: right within half a minute of time
between 1950 and 2050, which is less than a house on the horizon makes.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Final

from protocol.values import GeoPoint

J2000: Final = datetime(2000, 1, 1, 12, tzinfo=UTC)
"""The noon that astronomers count days from."""
RISE: Final = -0.833
"""Degrees of the sun's centre when its upper rim is seen on the horizon: half its disc, and refraction."""


def is_up(place: GeoPoint, now: datetime) -> bool:
    """Tell whether any of the sun stands above the horizon of ``place`` at an aware instant."""
    return elevation(place, now) >= RISE


def elevation(place: GeoPoint, now: datetime) -> float:
    """Return how high the middle of the sun stands, in degrees, without refraction; negative below."""
    days = (now - J2000).total_seconds() / 86_400
    anomaly = math.radians(357.529 + 0.985_600_28 * days)
    mean = 280.459 + 0.985_647_36 * days
    ecliptic = math.radians(mean + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly))
    tilt = math.radians(23.439 - 0.000_000_36 * days)
    ascension = math.atan2(math.cos(tilt) * math.sin(ecliptic), math.cos(ecliptic))
    declination = math.asin(math.sin(tilt) * math.sin(ecliptic))
    sidereal = math.radians(280.460_62 + 360.985_647_37 * days + place.longitude)
    latitude = math.radians(place.latitude)
    height = math.sin(latitude) * math.sin(declination) + math.cos(latitude) * math.cos(
        declination
    ) * math.cos(sidereal - ascension)
    return math.degrees(math.asin(max(-1.0, min(1.0, height))))
