"""Which piece of the earth a piece of the screen shows, and where on it a place is.

A town is small enough to be flat: degrees become pixels by one scale, with longitude shrunk by the cosine of
the latitude. A frame moves by whole pixels of the sheet, so that the town under it is drawn once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from protocol.values import GeoPoint
from vehicle_sim.screens.elements import Point, Rect

METRES: Final = 111_195.0
"""Of one degree of latitude."""
NEAR: Final = 1.3
"""Metres a pixel around the car; nearer than this the streets would look like rivers."""
PADDING: Final = 24.0
"""Pixels between what has to be seen and the edge of the picture."""
FOOT: Final = 36.0
"""Kept free at the bottom around the car: there stand the attribution and the name of the street."""
CREDIT: Final = 24.0
"""Kept free at the bottom of an overview for the attribution."""
_ZOOM: Final = 2 ** (1 / 8)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The piece of the earth that a map covers, in degrees."""

    south: float
    west: float
    north: float
    east: float

    @property
    def shrink(self) -> float:
        """How much shorter a degree of longitude is on it than one of latitude."""
        return math.cos(math.radians((self.south + self.north) / 2))

    def covers(self, place: GeoPoint) -> bool:
        """Tell whether a place is on it."""
        return self.south <= place.latitude <= self.north and self.west <= place.longitude <= self.east


@dataclass(frozen=True, slots=True)
class Frame:
    """A piece of the screen, the place in its middle, and its scale."""

    room: Rect
    latitude: float
    longitude: float
    scale: float
    """Metres a pixel."""
    shrink: float
    """How much shorter a degree of longitude is drawn than one of latitude."""

    def place(self, point: GeoPoint) -> Point:
        """Where a place is on the screen."""
        return self.pixel(point.latitude, point.longitude)

    def pixel(self, latitude: float, longitude: float) -> Point:
        """Where degrees are on the screen."""
        return (
            self.room.centre + (longitude - self.longitude) * METRES * self.shrink / self.scale,
            self.room.middle - (latitude - self.latitude) * METRES / self.scale,
        )

    def box(self, sheet: Sheet) -> Rect:
        """Where a sheet is on the screen."""
        left, top = self.pixel(sheet.north, sheet.west)
        right, bottom = self.pixel(sheet.south, sheet.east)
        return Rect(left, top, right - left, bottom - top)


def around(room: Rect, car: GeoPoint, sheet: Sheet) -> Frame:
    """The frame around a car: at the border of the sheet moved aside, to where there is more to see."""
    latitude, longitude, shrink = car.latitude, car.longitude, _shrink(car, sheet)
    if sheet.covers(car):
        up, aside = NEAR / METRES, NEAR / METRES / shrink
        south, north = sheet.south - (PADDING + FOOT) * up, sheet.north + PADDING * up
        west, east = sheet.west - PADDING * aside, sheet.east + PADDING * aside
        latitude = _held(latitude, south, north, room.height / 2 * up)
        longitude = _held(longitude, west, east, room.width / 2 * aside)
    return _stepped(Frame(room, latitude, longitude, NEAR, shrink), sheet)


def over(room: Rect, points: Sequence[GeoPoint], sheet: Sheet) -> Frame:
    """The frame that shows all ``points``, at least one, with some air around them."""
    south, north = (pick(point.latitude for point in points) for pick in (min, max))
    west, east = (pick(point.longitude for point in points) for pick in (min, max))
    latitude, longitude = (south + north) / 2, (west + east) / 2
    shrink = _shrink(GeoPoint(latitude=latitude, longitude=longitude), sheet)
    needed = max(
        (north - south) * METRES / (room.height - 2 * PADDING - CREDIT),
        (east - west) * METRES * shrink / (room.width - 2 * PADDING),
        NEAR,
    )
    scale = NEAR * _ZOOM ** math.ceil(math.log(needed / NEAR, _ZOOM) - 1e-9)
    return _stepped(Frame(room, latitude - CREDIT / 2 * scale / METRES, longitude, scale, shrink), sheet)


def _shrink(middle: GeoPoint, sheet: Sheet) -> float:
    """Over the sheet always the same, or its streets would have to be drawn anew for each frame."""
    return sheet.shrink if sheet.covers(middle) else math.cos(math.radians(middle.latitude))


def _held(wanted: float, low: float, high: float, half: float) -> float:
    """``wanted``, moved so that ``half`` to both sides stays between ``low`` and ``high`` where it can."""
    if high - low <= 2 * half:
        return (low + high) / 2
    return min(max(wanted, low + half), high - half)


def _stepped(frame: Frame, sheet: Sheet) -> Frame:
    """The same frame moved by less than a pixel, so that the sheet lies on whole ones."""
    box = frame.box(sheet)
    aside = (box.x - round(box.x)) * frame.scale / METRES / frame.shrink
    up = (round(box.y) - box.y) * frame.scale / METRES
    return replace(frame, latitude=frame.latitude + up, longitude=frame.longitude + aside)
