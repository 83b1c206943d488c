"""How well one colour can be read on another, by WCAG 2.2."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from vehicle_sim.theme import Rgb

LEAST: Final = 4.5
"""Level AA for text of any size: at arm's length nothing is large."""


def contrast(one: Rgb, other: Rgb) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=4096)
def luminance(colour: Rgb) -> float:
    """Relative luminance, 0 to 1."""
    parts = [channel / 255 for channel in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
