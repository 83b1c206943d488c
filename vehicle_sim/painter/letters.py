"""Text as pictures: every line is set three times larger and scaled down, as only large letters are even."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Final

import pygame

from vehicle_sim.painter.strokes import Placed
from vehicle_sim.screens.elements import Text
from vehicle_sim.screens.metrics import FILES
from vehicle_sim.theme import Rgb, Token, Weight

LETTERS: Final = 3
"""How much larger letters are drawn than shown."""


@lru_cache(maxsize=64)
def _font(weight: Weight, size: int) -> pygame.font.Font:
    data = resources.files("vehicle_sim").joinpath("fonts", FILES[weight]).read_bytes()
    return pygame.font.Font(io.BytesIO(data), size)


def text_picture(text: Text, colours: Mapping[Token, Rgb]) -> Placed:
    """Lines of text."""
    size = round(text.size * LETTERS)
    above, below = round(text.size * 1.05), round(text.size * 0.35)
    extra = 2  # letters may lean out of their advance
    left, top = math.floor(text.x) - extra, math.floor(text.baseline) - above
    width = math.ceil(text.x + text.width) - left + extra
    height = above + below + math.ceil(text.leading * (len(text.lines) - 1))
    big = pygame.Surface((width * LETTERS, height * LETTERS), pygame.SRCALPHA)
    if text.lines[0]:
        big.fill((*colours[text.lines[0][0].colour], 0))
    for number, line in enumerate(text.lines):
        pictures = [
            _run(run.text, run.weight, colours[run.colour], size, text.tracking * size) for run in line
        ]
        total = sum(advance for _, advance, _ in pictures)
        room = text.width * LETTERS
        shift = {"left": 0.0, "right": room - total, "centre": (room - total) / 2}[text.align]
        x = (text.x - left) * LETTERS + shift
        y = (text.baseline - top + number * text.leading) * LETTERS
        for picture, advance, ascent in pictures:
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
