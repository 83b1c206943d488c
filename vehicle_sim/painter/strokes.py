"""Symbols, lines, discs and arcs as pictures: drawn several times larger, scaled down."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import Final

from vehicle_sim.painter.toolkit import pygame
from vehicle_sim.screens.elements import Arc, Disc, Icon, Path, Rect
from vehicle_sim.theme import Rgb, Token

FINE: Final = 4
"""How much larger shapes are drawn than shown."""
Placed = tuple[pygame.Surface, tuple[int, int]]
"""A picture and where its top left corner goes."""


@lru_cache(maxsize=256)
def _symbol(name: str, size: int, colour: Rgb) -> pygame.Surface:
    """An icon, tinted. SVGs are drawn at the size that they name, in black: name another size and colour."""
    source = resources.files("vehicle_sim").joinpath("icons", f"{name}.svg").read_text("utf-8")
    red, green, blue = colour
    wanted = source.replace(
        'width="48" height="48"', f'width="{size}" height="{size}" fill="#{red:02x}{green:02x}{blue:02x}"', 1
    )
    return pygame.image.load(io.BytesIO(wanted.encode()), f"{name}.svg")


def icon_picture(icon: Icon, colours: Mapping[Token, Rgb]) -> Placed:
    """A symbol in its colour."""
    size = round(icon.rect.width)
    big = _symbol(icon.name, size * 2, colours[icon.colour])
    picture = pygame.transform.smoothscale(big, (size, size))
    if icon.alpha < 1:
        picture.fill((255, 255, 255, round(255 * icon.alpha)), special_flags=pygame.BLEND_RGBA_MULT)
    return picture, (round(icon.rect.x), round(icon.rect.y))


def path_picture(path: Path, colours: Mapping[Token, Rgb]) -> Placed:
    """A line, or a filled shape."""

    def draw(canvas: pygame.Surface, left: float, top: float) -> None:
        points = [((x - left) * FINE, (y - top) * FINE) for x, y in path.points]
        if path.width:
            stroke(canvas, colours[path.colour], points, path.width * FINE, closed=path.closed)
        else:
            pygame.draw.polygon(canvas, colours[path.colour], points)

    across = [x for x, _ in path.points]
    down = [y for _, y in path.points]
    half = path.width / 2
    bounds = Rect(
        min(across) - half,
        min(down) - half,
        max(across) - min(across) + 2 * half,
        max(down) - min(down) + 2 * half,
    )
    return _fine(bounds, colours[path.colour], path.alpha, draw)


def disc_picture(disc: Disc, colours: Mapping[Token, Rgb]) -> Placed:
    """A circle, with its ring."""
    reach = disc.radius + disc.ring_width

    def draw(canvas: pygame.Surface, left: float, top: float) -> None:
        centre = ((disc.x - left) * FINE, (disc.y - top) * FINE)
        if disc.ring is not None:
            pygame.draw.circle(canvas, colours[disc.ring], centre, reach * FINE)
        pygame.draw.circle(canvas, colours[disc.colour], centre, disc.radius * FINE)

    bounds = Rect(disc.x - reach, disc.y - reach, 2 * reach, 2 * reach)
    return _fine(bounds, colours[disc.ring or disc.colour], disc.alpha, draw)


def arc_picture(arc: Arc, colours: Mapping[Token, Rgb]) -> Placed:
    """Part of a circle: a line of short pieces."""
    steps = max(2, math.ceil(abs(arc.end - arc.begin) * arc.radius / 120))
    angles = [math.radians(arc.begin + (arc.end - arc.begin) * step / steps) for step in range(steps + 1)]
    points = tuple(
        (arc.x + arc.radius * math.cos(turn), arc.y - arc.radius * math.sin(turn)) for turn in angles
    )
    return path_picture(Path(points, arc.colour, arc.width, alpha=arc.alpha), colours)


def _fine(
    bounds: Rect, colour: Rgb, alpha: float, draw: Callable[[pygame.Surface, float, float], None]
) -> Placed:
    left, top = math.floor(bounds.x) - 1, math.floor(bounds.y) - 1
    width, height = math.ceil(bounds.right) + 1 - left, math.ceil(bounds.bottom) + 1 - top
    big = pygame.Surface((width * FINE, height * FINE), pygame.SRCALPHA)
    big.fill((*colour, 0))
    draw(big, left, top)
    picture = pygame.transform.smoothscale(big, (width, height))
    if alpha < 1:
        picture.fill((255, 255, 255, round(255 * alpha)), special_flags=pygame.BLEND_RGBA_MULT)
    return picture, (left, top)


def stroke(
    canvas: pygame.Surface, colour: Rgb, points: list[tuple[float, float]], width: float, *, closed: bool
) -> None:
    """A thick line with round joints and ends: a quadrangle a piece, a circle a point."""
    half = width / 2
    ring = [*points, points[0]] if closed else points
    for (x, y), (x2, y2) in pairwise(ring):
        length = math.hypot(x2 - x, y2 - y)
        if not length:
            continue
        side_x, side_y = (y - y2) / length * half, (x2 - x) / length * half
        corners = [
            (x + side_x, y + side_y),
            (x2 + side_x, y2 + side_y),
            (x2 - side_x, y2 - side_y),
            (x - side_x, y - side_y),
        ]
        pygame.draw.polygon(canvas, colour, corners)
    for point in ring:
        pygame.draw.circle(canvas, colour, point, half)
