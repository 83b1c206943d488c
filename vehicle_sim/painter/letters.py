"""Text as pictures: every line is set three times larger and scaled down, as only large letters are even."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Final

from vehicle_sim.painter.strokes import Placed
from vehicle_sim.painter.toolkit import pygame
from vehicle_sim.screens.elements import Text
from vehicle_sim.screens.metrics import FILES
from vehicle_sim.theme import Rgb, Token, Weight

LETTERS: Final = 3
"""How much larger letters are drawn than shown."""
_LEAN: Final = 2
"""Pixels that letters may lean out of their advance."""


@lru_cache(maxsize=64)
def _font(weight: Weight, size: int) -> pygame.font.Font:
    data = resources.files("vehicle_sim").joinpath("fonts", FILES[weight]).read_bytes()
    return pygame.font.Font(io.BytesIO(data), size)


def text_picture(text: Text, colours: Mapping[Token, Rgb]) -> Placed:
    """Lines of text, on no more canvas than their letters need."""
    size = round(text.size * LETTERS)
    above, below = round(text.size * 1.05), round(text.size * 0.35)
    lines = [
        [_run(run.text, run.weight, colours[run.colour], size, text.tracking * size) for run in line]
        for line in text.lines
    ]
    widths = [sum(advance for _, advance, _ in line) for line in lines]
    room = text.width * LETTERS
    part = {"left": 0.0, "centre": 0.5, "right": 1.0}[text.align]
    starts = [text.x * LETTERS + (room - width) * part for width in widths]
    left, top = math.floor(min(starts) / LETTERS) - _LEAN, math.floor(text.baseline) - above
    end = max(start + width for start, width in zip(starts, widths, strict=True))
    width = math.ceil(end / LETTERS) - left + _LEAN
    height = above + below + math.ceil(text.leading * (len(text.lines) - 1))
    big = pygame.Surface((width * LETTERS, height * LETTERS), pygame.SRCALPHA)
    if text.lines[0]:
        big.fill((*colours[text.lines[0][0].colour], 0))
    for number, (line, start) in enumerate(zip(lines, starts, strict=True)):
        x = start - left * LETTERS
        y = (text.baseline - top + number * text.leading) * LETTERS
        for picture, advance, ascent in line:
            big.blit(picture, (round(x), round(y - ascent)))
            x += advance
    return pygame.transform.smoothscale(big, (width, height)), (left, top)


def _run(
    words: str, weight: Weight, colour: Rgb, size: int, tracking: float
) -> tuple[pygame.Surface, float, int]:
    font = _font(weight, size)
    if not tracking:
        picture = font.render(words, True, colour)
        return picture, float(font.size(words)[0]), font.get_ascent()
    letters = [font.render(char, True, colour) for char in words]
    advances = [font.size(char)[0] + tracking for char in words]
    whole = pygame.Surface((math.ceil(sum(advances)) + size, font.get_height()), pygame.SRCALPHA)
    whole.fill((*colour, 0))
    x = 0.0
    for letter, advance in zip(letters, advances, strict=True):
        whole.blit(letter, (round(x), 0))
        x += advance
    return whole, x, font.get_ascent()
