"""The drawn town: the vendored streets as large tiles for each scale, of which a frame shows some.

Beyond its data the town dissolves into bare ground with a faint grid.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import product
from typing import Final

from vehicle_sim import roads
from vehicle_sim.screens.elements import Box, Element, Layer, Path, Point, Rect, Window
from vehicle_sim.screens.frames import METRES, Frame, Sheet
from vehicle_sim.theme import Token

FADE: Final = 30.0
"""Pixels over which the town dissolves where its data end."""
TILE: Final = 256
"""Pixels of a tile's sides."""
GRID: Final = 250.0
"""Metres between the lines of the grid, so that ground without data is not a void."""
_SLIVER: Final = 0.5
"""Pixels of a tile that are none: its edge and that of the picture are the same up to the last bit."""
_SPECK: Final = 40.0
"""Pixels of the whole town below which it is not worth drawing."""
_PLAIN_SCALE: Final = 2.2
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
_FAR: Final = 3.0
"""Metres a pixel, beyond which alleys would be a tangle of hairs."""
_ALLEYS: Final = frozenset({"service", "pedestrian"})
_AREAS: Final[tuple[tuple[str, Token], ...]] = (("water", "water"), ("parks", "park"))


@cache
def sheet() -> Sheet:
    """The piece of the earth that the vendored streets cover."""
    return Sheet(*roads.helsinki()["box"])


@cache
def attribution() -> str:
    """Who made the map: shown wherever it is."""
    return str(roads.helsinki()["attribution"])


def ground(frame: Frame) -> tuple[Element, ...]:
    """Everything beneath the way: the town as far as it reaches, and beyond it a faint grid."""
    room = frame.room
    box = frame.box(sheet())
    seen = _common(box, room)
    if seen is None or box.width < _SPECK:
        return (Box(room, "map_ground"), *_grid(frame))
    beyond: tuple[Element, ...] = () if room.within(box) else (Box(room, "map_ground"), *_grid(frame))
    return (*beyond, *_town(frame.scale, box, seen), *_edges(box, room, seen))


@lru_cache(maxsize=128)
def tile(scale: float, column: int, row: int) -> Layer:
    """A square of the town at so many metres a pixel: small ones, so that no frame has to draw all of it."""
    square = Rect(column * TILE, row * TILE, TILE, TILE)
    near = _by_tile(scale).get((column, row), ())
    return Layer(f"town:{column}:{row}", square, (Box(square, "map_ground"), *near))


def _town(scale: float, box: Rect, seen: Rect) -> Iterator[Window]:
    left, top = seen.x - box.x, seen.y - box.y
    for row in range(int(top // TILE), math.ceil((top + seen.height) / TILE)):
        for column in range(int(left // TILE), math.ceil((left + seen.width) / TILE)):
            place = Rect(box.x + column * TILE, box.y + row * TILE, TILE, TILE)
            part = _common(place, seen)
            if part is not None and min(part.width, part.height) > _SLIVER:
                yield Window(tile(scale, column, row), part, part.x - place.x, part.y - place.y)


@lru_cache(maxsize=8)
def _by_tile(scale: float) -> Mapping[tuple[int, int], Sequence[Path]]:
    """What touches each tile: water, parks and streets, the minor ones undermost, in pixels of the town."""
    found: dict[tuple[int, int], list[Path]] = {}
    for path in _drawn(scale):
        half = path.width / 2 + 1
        across, down = [x for x, _ in path.points], [y for _, y in path.points]
        columns = range(int((min(across) - half) // TILE), int((max(across) + half) // TILE) + 1)
        rows = range(int((min(down) - half) // TILE), int((max(down) + half) // TILE) + 1)
        for place in product(columns, rows):
            found.setdefault(place, []).append(path)
    return found


def _drawn(scale: float) -> Iterator[Path]:
    plain, whole = roads.helsinki(), sheet()
    north, west = whole.north, whole.west
    up, aside = METRES / scale, METRES * whole.shrink / scale

    def placed(line: list[list[float]]) -> tuple[Point, ...]:
        return tuple(((longitude - west) * aside, (north - latitude) * up) for latitude, longitude in line)

    for area, colour in _AREAS:
        yield from (Path(placed(ring), colour, 0.0) for ring in plain[area])
    thickness = (_PLAIN_SCALE / scale) ** 0.75
    for kind, _, line in plain["lines"]:
        name = plain["classes"][kind]
        if scale > _FAR and name in _ALLEYS:
            continue
        width, colour = _STREETS[name]
        yield Path(placed(line), colour, max(1.0, width * thickness))


def _common(one: Rect, other: Rect) -> Rect | None:
    left, top = max(one.x, other.x), max(one.y, other.y)
    right, bottom = min(one.right, other.right), min(one.bottom, other.bottom)
    return Rect(left, top, right - left, bottom - top) if right > left and bottom > top else None


def _edges(box: Rect, room: Rect, seen: Rect) -> Iterator[Box]:
    """The slopes over which the town dissolves, at the sides where its data end in sight."""
    across = Box(replace(seen, width=FADE), "map_ground", "map_ground", "right", 1.0, 0.0)
    down = Box(replace(seen, height=FADE), "map_ground", "map_ground", "down", 1.0, 0.0)
    if box.x >= room.x:
        yield across
    if box.right <= room.right:
        yield replace(across, rect=replace(across.rect, x=seen.right - FADE), alpha=0.0, alpha_to=1.0)
    if box.y >= room.y:
        yield down
    if box.bottom <= room.bottom:
        yield replace(down, rect=replace(down.rect, y=seen.bottom - FADE), alpha=0.0, alpha_to=1.0)


def _grid(frame: Frame) -> Iterator[Path]:
    room, pitch = frame.room, GRID / frame.scale
    if room.width / pitch > _MOST_LINES:
        return
    x0, y0 = frame.pixel(math.floor(frame.latitude), math.floor(frame.longitude))
    for number in range(math.ceil((room.x - x0) / pitch), math.floor((room.right - x0) / pitch) + 1):
        x = x0 + number * pitch
        yield Path(((x, room.y), (x, room.bottom)), "grid", 1.0)
    for number in range(math.ceil((room.y - y0) / pitch), math.floor((room.bottom - y0) / pitch) + 1):
        y = y0 + number * pitch
        yield Path(((room.x, y), (room.right, y)), "grid", 1.0)
