"""Make the head unit's fonts from Barlow with figures of equal width: pygame cannot ask a font for them.

    python -m vehicle_sim.fonts.build DIRECTORY_WITH_BARLOW vehicle_sim/fonts

The directory is an unpacked npm package `@expo-google-fonts/barlow`. Three things change: the figures, the
arrows that Barlow lacks, and a few spaces and hyphens that locale data uses. A changed font must not pass for
the original, so it has its own name. `fontTools` is needed here and in the tests, not in the car.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

FAMILY = "Sensus Bench Sans"
WEIGHTS = {
    "Regular": "400Regular/Barlow_400Regular.ttf",
    "Medium": "500Medium/Barlow_500Medium.ttf",
    "SemiBold": "600SemiBold/Barlow_600SemiBold.ttf",
}
FIGURES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
# What Unicode has in several widths and Barlow in one.
STAND_INS = {0x2009: 0x20, 0x202F: 0xA0, 0x2011: 0x2D}
# Of an arrow, in thousandths of the size; MIDDLE is half a capital's height.
WIDE, MIDDLE, REACH, MARGIN = 760, 350, 200, 70

Contour = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow: drawn pointing right, then given so many quarter turns counter-clockwise."""

    name: str
    code: int
    turns: int


ARROWS = (
    Arrow("arrowright", 0x2192, 0),
    Arrow("arrowup", 0x2191, 1),
    Arrow("arrowleft", 0x2190, 2),
    Arrow("arrowdown", 0x2193, 3),
)


def main(arguments: Sequence[str]) -> int:
    """Build the three weights; the answer is the exit code."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m vehicle_sim.fonts.build DIRECTORY_WITH_BARLOW OUTPUT_DIRECTORY\n")
        return 2
    source, target = map(Path, arguments)
    for weight, path in WEIGHTS.items():
        font = changed(source / path, weight)
        font.save(target / f"{FAMILY.replace(' ', '')}-{weight}.ttf")
    return 0


def changed(original: Path, weight: str) -> TTFont:
    """One weight of Barlow, made ours."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - a tool of the workbench, not of the car

    font = TTFont(original, recalcTimestamp=False)
    for arrow in ARROWS:
        add_glyph(font, arrow.name, arrow_outline(arrow, stem=bar_thickness(font)))
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap |= {ord("0") + value: f"{name}.tf" for value, name in enumerate(FIGURES)}
            table.cmap |= {wanted: table.cmap[present] for wanted, present in STAND_INS.items()}
            table.cmap |= {arrow.code: arrow.name for arrow in ARROWS}
    rename(font, weight)
    return font


def bar_thickness(font: TTFont) -> int:
    """The hyphen's height is the thickness of a horizontal stroke in this weight."""
    hyphen = font["glyf"]["hyphen"]
    return int(hyphen.yMax - hyphen.yMin)


def arrow_outline(arrow: Arrow, stem: int) -> list[Contour]:
    """A shaft and a head of two strokes meeting in a mitre, as one outline."""
    half, slant = stem / 2, stem * 2**0.5
    tip, tail = WIDE - MARGIN, MARGIN
    upper: list[tuple[float, float]] = [
        (tip, 0),
        (tip - REACH - half, REACH + half),
        (tip - REACH - half - slant / 2, REACH + half - slant / 2),
        (tip - half - slant, half),
        (tail, half),
    ]
    lower = [(x, -y) for x, y in reversed(upper[1:])]
    outline = list(turned([*upper, *lower], arrow.turns))
    return [outline[::-1]]  # TrueType fills what runs clockwise


def turned(points: Sequence[tuple[float, float]], quarters: int) -> Iterator[tuple[int, int]]:
    """Points round the x axis, turned about the middle of the glyph and lifted to the middle of a capital."""
    centre = WIDE / 2
    for x, y in points:
        dx, dy = x - centre, y
        for _ in range(quarters):
            dx, dy = -dy, dx
        yield round(centre + dx), round(MIDDLE + dy)


def add_glyph(font: TTFont, name: str, contours: Sequence[Contour]) -> None:
    """Put one more glyph, made of straight lines, into the font."""
    from fontTools.pens.ttGlyphPen import TTGlyphPen  # noqa: PLC0415 - as in `changed`

    pen = TTGlyphPen(None)
    for first, *others in contours:
        pen.moveTo(first)
        for point in others:
            pen.lineTo(point)
        pen.closePath()
    glyph: Any = pen.glyph()
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = glyph
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (WIDE, glyph.xMin)
    classes = font["GDEF"].table.GlyphClassDef if "GDEF" in font else None
    if classes is not None:
        classes.classDefs[name] = 1


def rename(font: TTFont, weight: str) -> None:
    """Give the font our family name wherever it says its name; the copyright and the licence stay."""
    plain = weight == "Regular"
    words = {
        1: FAMILY if plain else f"{FAMILY} {weight}",
        2: "Regular",
        3: f"{FAMILY} {weight}, from Barlow 1.408",
        4: f"{FAMILY} {weight}",
        6: f"{FAMILY.replace(' ', '')}-{weight}",
        16: None if plain else FAMILY,
        17: None if plain else weight,
    }
    for record in list(font["name"].names):
        if record.nameID in words:
            font["name"].removeNames(record.nameID, record.platformID, record.platEncID, record.langID)
    for number, text in words.items():
        if text is not None:
            font["name"].setName(text, number, 3, 1, 0x409)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
