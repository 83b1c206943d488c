"""Frames as plain bytes, for whoever compares them and must not know what they were drawn with."""

from __future__ import annotations

import io
from dataclasses import dataclass

from vehicle_sim.painter.toolkit import pygame


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture: three bytes a pixel, red, green and blue, row by row from the top left corner."""

    width: int
    height: int
    rgb: bytes

    def row(self, y: int) -> bytes:
        """The bytes of one row."""
        return self.rgb[3 * self.width * y : 3 * self.width * (y + 1)]


def pixels_of(frame: pygame.Surface) -> Pixels:
    """The pixels of a surface."""
    return Pixels(*frame.get_size(), pygame.image.tobytes(frame, "RGB"))


def from_png(data: bytes) -> Pixels:
    """The pixels of a PNG.

    Raises:
        ValueError: the bytes are none.
    """
    try:
        return pixels_of(pygame.image.load(io.BytesIO(data), "picture.png"))
    except pygame.error as unreadable:
        raise ValueError(f"no picture: {unreadable}") from unreadable


def to_png(pixels: Pixels) -> bytes:
    """The pixels as PNG."""
    return encode(pygame.image.frombytes(pixels.rgb, (pixels.width, pixels.height), "RGB"))


def encode(frame: pygame.Surface) -> bytes:
    """A surface as PNG without an alpha channel."""
    target = io.BytesIO()
    pygame.image.save(frame, target, "frame.png")
    return target.getvalue()
