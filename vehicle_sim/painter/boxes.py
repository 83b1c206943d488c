"""Boxes and their shadows as pictures: slopes, round corners, hairlines."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from vehicle_sim.painter.strokes import FINE, Placed
from vehicle_sim.painter.toolkit import pygame
from vehicle_sim.screens.elements import Box, Shadow
from vehicle_sim.theme import Rgb, Token


def box_picture(box: Box, colours: Mapping[Token, Rgb]) -> Placed:
    """A rectangle, as its element says."""
    rect = box.rect
    left, top = round(rect.x), round(rect.y)
    width, height = max(1, round(rect.right) - left), max(1, round(rect.bottom) - top)
    surface = _slope(box, colours, width, height)
    if box.radius:
        _round_off(surface, box)
    if box.edge is not None:
        surface.blit(_outline(width, height, box.radius, colours[box.edge]), (0, 0))
    if box.shown is not None:
        surface = surface.subsurface((0, 0, min(width, round(box.shown)), height))
    return surface, (left, top)


def _slope(box: Box, colours: Mapping[Token, Rgb], width: int, height: int) -> pygame.Surface:
    first = (*colours[box.fill], round(255 * box.alpha))
    if box.to is None:
        surface = pygame.Surface((width, height), pygame.SRCALPHA)
        surface.fill(first)
        return surface
    last = (*colours[box.to], round(255 * box.alpha_to))
    strip = _strip(first, last, width) if box.way == "right" else _strip(first, last, height, down=True)
    return pygame.transform.scale(strip, (width, height))


@lru_cache(maxsize=128)
def _strip(
    first: tuple[int, ...], last: tuple[int, ...], steps: int, *, down: bool = False
) -> pygame.Surface:
    """One colour running over into another, a pixel wide: rows of one width share it."""
    strip = pygame.Surface((1, steps) if down else (steps, 1), pygame.SRCALPHA)
    for step in range(steps):
        part = step / max(1, steps - 1)
        eased = part if down else part * part * (3 - 2 * part)
        colour = tuple(round(a + (b - a) * eased) for a, b in zip(first, last, strict=True))
        strip.set_at((0, step) if down else (step, 0), colour)
    return strip


def _round_off(surface: pygame.Surface, box: Box) -> None:
    width, height = surface.get_size()
    radius = max(1, round(box.radius))
    corner = _corner(radius)
    flipped = {
        (0, 0): corner,
        (width - radius, 0): pygame.transform.flip(corner, flip_x=True, flip_y=False),
        (0, height - radius): pygame.transform.flip(corner, flip_x=False, flip_y=True),
        (width - radius, height - radius): pygame.transform.flip(corner, flip_x=True, flip_y=True),
    }
    for (x, y), mask in flipped.items():
        if box.corners == "all" or y:
            surface.blit(mask, (x, y), special_flags=pygame.BLEND_RGBA_MULT)


@lru_cache(maxsize=16)
def _corner(radius: int) -> pygame.Surface:
    """White where a top left corner is, clear outside it."""
    big = pygame.Surface((radius * FINE, radius * FINE), pygame.SRCALPHA)
    big.fill((255, 255, 255, 0))
    pygame.draw.circle(big, (255, 255, 255, 255), (radius * FINE, radius * FINE), radius * FINE)
    return pygame.transform.smoothscale(big, (radius, radius))


def _outline(width: int, height: int, radius: float, colour: Rgb) -> pygame.Surface:
    line = pygame.Surface((width, height), pygame.SRCALPHA)
    reach = max(1, round(radius))
    for x, y, wide, high in (
        (reach, 0, width - 2 * reach, 1),
        (reach, height - 1, width - 2 * reach, 1),
        (0, reach, 1, height - 2 * reach),
        (width - 1, reach, 1, height - 2 * reach),
    ):
        line.fill(colour, (x, y, wide, high))
    big = pygame.Surface((reach * FINE, reach * FINE), pygame.SRCALPHA)
    big.fill((*colour, 0))
    pygame.draw.circle(big, colour, (reach * FINE, reach * FINE), reach * FINE, FINE)
    corner = pygame.transform.smoothscale(big, (reach, reach))
    for right in (False, True):
        for low in (False, True):
            place = (width - reach if right else 0, height - reach if low else 0)
            line.blit(pygame.transform.flip(corner, flip_x=right, flip_y=low), place)
    return line


def shadow_picture(shadow: Shadow) -> Placed:
    """Drawn small, made smaller still, and blown up: the blur comes from the scaling."""
    reach, rect = shadow.blur, shadow.rect
    width, height = rect.width + 2 * reach, rect.height + 2 * reach
    small = pygame.Surface((round(width / 4), round(height / 4)), pygame.SRCALPHA)
    inner = pygame.Rect(round(reach / 4), round(reach / 4), round(rect.width / 4), round(rect.height / 4))
    radius = round(shadow.radius / 4)
    pygame.draw.rect(small, (0, 0, 0, round(255 * shadow.alpha)), inner, border_radius=radius)
    tiny = pygame.transform.smoothscale(small, (round(width / 16), round(height / 16)))
    big = pygame.transform.smoothscale(tiny, (round(width), round(height)))
    return big, (round(rect.x - reach), round(rect.y - reach + 6))
