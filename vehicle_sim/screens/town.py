"""The drawn map: the vendored streets, projected into a part of the screen.

A town is small enough to be flat: degrees become pixels by one scale, with longitude shrunk by the cosine of
the latitude. Frames move and zoom in steps, so that a moving car does not redraw the town with every metre.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

from protocol.values import GeoPoint
from vehicle_sim.screens.elements import Box, Layer, Path, Point, Rect
from vehicle_sim.theme import Token

METRES: Final = 111_195.0
"""Of one degree of latitude."""
CLOSEST: Final = 1.6
"""Metres a pixel; nearer than this the streets would look like rivers."""
IDLE: Final = 2.2
"""Metres a pixel around a car that is going nowhere."""
PADDING: Final = 36.0
CREDIT: Final = 24.0
"""Kept free at the bottom for the attribution."""
FADE: Final = 30.0
"""Pixels over which the town dissolves where its data end."""
GRID: Final = 250.0
"""Metres between the lines of the grid, so that ground without data is not a void."""
_ZOOM: Final = 2 ** (1 / 8)
_STEP: Final = 16.0
_MOST_LINES: Final = 16
_STREETS: Final[Mapping[str, tuple[float, Token]]] = {
    "primary": (8.5, "road"),
    "secondary": (7.0, "road"),
    "tertiary": (6.0, "road_minor"),
    "residential": (4.6, "road_minor"),
    "service": (2.4, "road_path"),
    "pedestrian": (2.0, "road_path"),
    "rail": (1.2, "road_path"),
}
"""Width in pixels at 2.2 metres a pixel, and colour."""
_AREAS: Final[tuple[tuple[str, Token], ...]] = (("water", "water"), ("parks", "park"))


@dataclass(frozen=True, slots=True)
class Frame:
    """Which piece of the earth a piece of the screen shows: its middle and its scale."""

    room: Rect
    latitude: float
    longitude: float
    scale: float
    """Metres a pixel."""

    @property
    def shrink(self) -> float:
        """How much shorter a degree of longitude is than one of latitude."""
        return math.cos(math.radians(self.latitude))

    def place(self, point: GeoPoint) -> Point:
        """Where a place is on the screen."""
        return self.pixel(point.latitude, point.longitude)

    def pixel(self, latitude: float, longitude: float) -> Point:
        """Where degrees are on the screen."""
        return (
            self.room.centre + (longitude - self.longitude) * METRES * self.shrink / self.scale,
            self.room.middle - (latitude - self.latitude) * METRES / self.scale,
        )


def framed(room: Rect, points: Sequence[GeoPoint]) -> Frame:
    """The frame that shows all ``points``, at least one, with some air around them."""
    if len(points) == 1:
        return _around(room, points[0])
    south, north = (pick(point.latitude for point in points) for pick in (min, max))
    west, east = (pick(point.longitude for point in points) for pick in (min, max))
    latitude, longitude = (south + north) / 2, (west + east) / 2
    needed = max(
        (north - south) * METRES / (room.height - 2 * PADDING - CREDIT),
        (east - west) * METRES * math.cos(math.radians(latitude)) / (room.width - 2 * PADDING),
        CLOSEST,
    )
    scale = CLOSEST * _ZOOM ** math.ceil(math.log(needed / CLOSEST, _ZOOM) - 1e-9)
    return _stepped(room, latitude - CREDIT / 2 * scale / METRES, longitude, scale)


@lru_cache(maxsize=8)
def town(frame: Frame) -> Layer:
    """Water, parks and streets, the minor ones undermost; beyond the data a faint grid."""
    plain = _plain()
    drawn: list[Box | Path] = [Box(frame.room, "map_ground")]
    for name, colour in _AREAS:
        rings = (tuple(frame.pixel(*point) for point in ring) for ring in plain[name])
        drawn += [Path(ring, colour, 0.0) for ring in rings if _is_seen(ring, frame.room)]
    thickness = (IDLE / frame.scale) ** 0.75
    for kind, _, line in plain["lines"]:
        width, colour = _STREETS[plain["classes"][kind]]
        points = tuple(frame.pixel(*point) for point in line)
        if _is_seen(points, frame.room):
            drawn.append(Path(points, colour, max(1.0, width * thickness)))
    for margin in _margins(frame):
        drawn += [Box(margin, "map_ground"), *_grid(frame, margin)]
    return Layer("town", frame.room, tuple(drawn))


def edges(frame: Frame) -> tuple[Box, ...]:
    """The slopes over which the town dissolves at the edges of its data."""
    box, room = _data_box(frame), frame.room
    left, right = max(box.x, room.x), min(box.right, room.right)
    top, bottom = max(box.y, room.y), min(box.bottom, room.bottom)
    if right - left < FADE or bottom - top < FADE:
        return ()
    across = [
        (left - 2, box.x >= room.x, 1.0, 0.0),
        (right - FADE + 2, box.right <= room.right, 0.0, 1.0),
    ]
    down = [
        (top - 2, box.y >= room.y, 1.0, 0.0),
        (bottom - FADE + 2, box.bottom <= room.bottom, 0.0, 1.0),
    ]
    return (
        *(
            Box(Rect(x, top, FADE, bottom - top), "map_ground", "map_ground", "right", begin, end)
            for x, ends_here, begin, end in across
            if ends_here
        ),
        *(
            Box(Rect(left, y, right - left, FADE), "map_ground", "map_ground", "down", begin, end)
            for y, ends_here, begin, end in down
            if ends_here
        ),
    )


@cache
def attribution() -> str:
    """Who made the map: shown wherever it is."""
    return str(_plain()["attribution"])


@cache
def _plain() -> dict[str, Any]:
    source = resources.files("vehicle_sim").joinpath("roads/helsinki.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(source)
    return loaded


def _around(room: Rect, car: GeoPoint) -> Frame:
    """The frame around a car: moved aside at the border of the data, where there is more to see."""
    south, west, north, east = _plain()["box"]
    if not (south <= car.latitude <= north and west <= car.longitude <= east):
        return _stepped(room, car.latitude, car.longitude, IDLE)
    high = room.height / 2 * IDLE / METRES
    wide = room.width / 2 * IDLE / METRES / math.cos(math.radians(car.latitude))
    return _stepped(
        room, _held(car.latitude, south, north, high), _held(car.longitude, west, east, wide), IDLE
    )


def _held(wanted: float, low: float, high: float, half: float) -> float:
    """``wanted``, moved so that ``half`` to both sides stays between ``low`` and ``high`` where it can."""
    if high - low <= 2 * half:
        return (low + high) / 2
    return min(max(wanted, low + half), high - half)


def _stepped(room: Rect, latitude: float, longitude: float, scale: float) -> Frame:
    step = _STEP * scale / METRES
    aside = step / math.cos(math.radians(round(latitude)))
    return Frame(room, round(latitude / step) * step, round(longitude / aside) * aside, scale)


def _data_box(frame: Frame) -> Rect:
    south, west, north, east = _plain()["box"]
    left, top = frame.pixel(north, west)
    right, bottom = frame.pixel(south, east)
    return Rect(left, top, right - left, bottom - top)


def _margins(frame: Frame) -> Iterator[Rect]:
    """What lies outside the data: lines run on there a little, which would look like dead ends."""
    box, room = _data_box(frame), frame.room
    left, right = (min(max(side, room.x), room.right) for side in (box.x, box.right))
    top, bottom = (min(max(side, room.y), room.bottom) for side in (box.y, box.bottom))
    around = (
        Rect(room.x, room.y, left - room.x, room.height),
        Rect(right, room.y, room.right - right, room.height),
        Rect(left, room.y, right - left, top - room.y),
        Rect(left, bottom, right - left, room.bottom - bottom),
    )
    return (rect for rect in around if rect.width > 0 and rect.height > 0)


def _grid(frame: Frame, rect: Rect) -> Iterator[Path]:
    pitch = GRID / frame.scale
    if frame.room.width / pitch > _MOST_LINES:
        return
    x0, y0 = frame.pixel(math.floor(frame.latitude), math.floor(frame.longitude))
    for number in range(math.ceil((rect.x - x0) / pitch), math.floor((rect.right - x0) / pitch) + 1):
        x = x0 + number * pitch
        yield Path(((x, rect.y), (x, rect.bottom)), "grid", 1.0)
    for number in range(math.ceil((rect.y - y0) / pitch), math.floor((rect.bottom - y0) / pitch) + 1):
        y = y0 + number * pitch
        yield Path(((rect.x, y), (rect.right, y)), "grid", 1.0)


def _is_seen(points: Sequence[Point], room: Rect) -> bool:
    across, down = [x for x, _ in points], [y for _, y in points]
    return (
        max(across) >= room.x
        and min(across) <= room.right
        and max(down) >= room.y
        and min(down) <= room.bottom
    )
