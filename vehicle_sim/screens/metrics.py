"""How wide a text is, read from the fonts themselves, so that a pure screen can wrap it.

Advance widths come from ``hmtx`` through ``cmap``; kerning from the pair adjustments of ``GPOS``, as the
painter's shaper applies them. Only what the vendored fonts contain is read (OpenType 1.9: cmap formats 4
and 12, PairPos formats 1 and 2, horizontal advance of the first glyph).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import Final

from vehicle_sim.theme import Weight

FILES: Final[Mapping[Weight, str]] = {
    "regular": "SensusBenchSans-Regular.ttf",
    "medium": "SensusBenchSans-Medium.ttf",
    "semibold": "SensusBenchSans-SemiBold.ttf",
}
CAP_HEIGHT: Final = 0.70
"""Of the em, for optical centring."""
X_HEIGHT: Final = 0.51


@dataclass(frozen=True, slots=True)
class FontMetrics:
    """Advances and kerning of one font, in parts of the em."""

    advances: Mapping[str, float]
    kerning: Mapping[tuple[str, str], float]
    missing: float

    def width(self, text: str) -> float:
        """The width of ``text`` at a size of 1."""
        total = sum(self.advances.get(char, self.missing) for char in text)
        return total + sum(self.kerning.get(pair, 0.0) for pair in pairwise(text))


@lru_cache(maxsize=4096)
def width(text: str, size: float, weight: Weight = "medium", tracking: float = 0.0) -> float:
    """The width of one line in pixels; ``tracking`` is added after every letter, in parts of the em."""
    return (FONTS[weight].width(text) + tracking * len(text)) * size


def read(data: bytes) -> FontMetrics:
    """Read one TrueType font."""
    tables = _tables(data)
    em: int = _u16(tables["head"], 18)
    wide: int = _u16(tables["hhea"], 34)
    advance = [_u16(tables["hmtx"], 4 * glyph) for glyph in range(wide)]
    glyphs = {char: glyph for char, glyph in _cmap(tables["cmap"]) if glyph and _is_wanted(char)}
    letters: dict[int, list[str]] = {}
    for char, glyph in glyphs.items():
        letters.setdefault(glyph, []).append(char)
    pairs: dict[tuple[str, str], float] = {}
    for first, second, units in _kerning(tables["GPOS"], frozenset(letters)):
        for one in letters[first]:
            for two in letters[second]:
                pairs.setdefault((one, two), units / em)
    return FontMetrics(
        {char: advance[min(glyph, wide - 1)] / em for char, glyph in glyphs.items()},
        pairs,
        advance[0] / em,
    )


def _is_wanted(char: str) -> bool:
    """Latin letters, punctuation, currencies, arrows and minus: what catalogues and names are made of."""
    return char < "\u0180" or "\u2000" <= char < "\u2300"


def _u16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


def _i16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big", signed=True)


def _u32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


def _u16s(data: bytes, at: int, count: int) -> tuple[int, ...]:
    return struct.unpack_from(f">{count}H", data, at)


def _tables(data: bytes) -> dict[str, bytes]:
    found = {}
    for record in range(_u16(data, 4)):
        at = 12 + 16 * record
        offset, length = _u32(data, at + 8), _u32(data, at + 12)
        found[data[at : at + 4].decode("ascii")] = data[offset : offset + length]
    return found


def _cmap(table: bytes) -> Iterator[tuple[str, int]]:
    subtables = {
        (_u16(table, 4 + 8 * record), _u16(table, 6 + 8 * record)): _u32(table, 8 + 8 * record)
        for record in range(_u16(table, 2))
    }
    data = table[subtables[3, 1] :]  # Windows, Unicode BMP: format 4
    segments = _u16(data, 6) // 2
    ends = _u16s(data, 14, segments)
    starts = _u16s(data, 16 + 2 * segments, segments)
    deltas = _u16s(data, 16 + 4 * segments, segments)
    offsets_at = 16 + 6 * segments
    for segment, (start, end, delta) in enumerate(zip(starts, ends, deltas, strict=True)):
        offset = _u16(data, offsets_at + 2 * segment)
        for code in range(start, min(end, 0xFFFE) + 1):
            if offset:
                raw = _u16(data, offsets_at + 2 * segment + offset + 2 * (code - start))
                glyph = (raw + delta) % 0x10000 if raw else 0
            else:
                glyph = (code + delta) % 0x10000
            yield chr(code), glyph


def _kerning(table: bytes, known: frozenset[int]) -> Iterator[tuple[int, int, int]]:
    features, lookups = table[_u16(table, 6) :], table[_u16(table, 8) :]
    used: set[int] = set()
    for record in range(_u16(features, 0)):
        at = 2 + 6 * record
        if features[at : at + 4] == b"kern":
            feature = features[_u16(features, at + 4) :]
            used |= set(_u16s(feature, 4, _u16(feature, 2)))
    for index in sorted(used):
        lookup = lookups[_u16(lookups, 2 + 2 * index) :]
        firsts = set(known)
        for number in range(_u16(lookup, 4)):
            subtable = _unwrapped(lookup, _u16(lookup, 6 + 2 * number))
            covered = _coverage(subtable[_u16(subtable, 2) :])
            if _u16(subtable, 0) == 1:
                yield from _listed_pairs(subtable, covered, firsts, known)
            else:
                yield from _class_pairs(subtable, firsts.intersection(covered), known)
                firsts -= set(covered)  # a table of classes has a word for every second glyph, if only 0


def _unwrapped(lookup: bytes, offset: int) -> bytes:
    subtable = lookup[offset:]
    return subtable[_u32(subtable, 4) :] if _u16(lookup, 0) == 9 else subtable  # 9: an extension


def _listed_pairs(
    subtable: bytes, covered: Sequence[int], firsts: AbstractSet[int], known: AbstractSet[int]
) -> Iterator[tuple[int, int, int]]:
    size, advance_at = _value_record(subtable)
    for index, first in enumerate(covered):
        if first not in firsts:
            continue
        pair_set = subtable[_u16(subtable, 10 + 2 * index) :]
        for number in range(_u16(pair_set, 0)):
            at = 2 + (2 + size) * number
            second = _u16(pair_set, at)
            if second in known:
                yield first, second, _i16(pair_set, at + 2 + advance_at)


def _class_pairs(
    subtable: bytes, firsts: AbstractSet[int], known: AbstractSet[int]
) -> Iterator[tuple[int, int, int]]:
    size, advance_at = _value_record(subtable)
    of_first = dict(_classes(subtable[_u16(subtable, 8) :]))
    of_second = dict(_classes(subtable[_u16(subtable, 10) :]))
    seconds = _u16(subtable, 14)
    members: dict[int, list[int]] = {}
    for second in known:
        members.setdefault(of_second.get(second, 0), []).append(second)
    for first in firsts:
        row = 16 + of_first.get(first, 0) * seconds * size
        for number, glyphs in members.items():
            units = _i16(subtable, row + number * size + advance_at)
            if units:
                yield from ((first, second, units) for second in glyphs)


def _value_record(subtable: bytes) -> tuple[int, int]:
    """How long a pair's adjustments are, and where among them the first glyph's advance is, in bytes."""
    first, second = _u16s(subtable, 4, 2)
    return 2 * (first.bit_count() + second.bit_count()), 2 * (first & 3).bit_count()


def _coverage(data: bytes) -> Sequence[int]:
    count = _u16(data, 2)
    if _u16(data, 0) == 1:
        return _u16s(data, 4, count)
    ranges = (_u16s(data, 4 + 6 * record, 2) for record in range(count))
    return [glyph for start, end in ranges for glyph in range(start, end + 1)]


def _classes(data: bytes) -> Iterator[tuple[int, int]]:
    if _u16(data, 0) == 1:
        start, count = _u16s(data, 2, 2)
        yield from zip(range(start, start + count), _u16s(data, 6, count), strict=True)
        return
    for record in range(_u16(data, 2)):
        start, end, number = _u16s(data, 4 + 6 * record, 3)
        yield from ((glyph, number) for glyph in range(start, end + 1))


FONTS: Final[Mapping[Weight, FontMetrics]] = {
    weight: read(resources.files("vehicle_sim").joinpath("fonts", name).read_bytes())
    for weight, name in FILES.items()
}
