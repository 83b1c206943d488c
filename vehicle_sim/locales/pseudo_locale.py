"""A made-up language that shows on the screen what translators and designers forgot.

Every phrase is bracketed, accented and about 40 % longer than in English: a text without brackets is
hard-coded, one without its last bracket is cut, and a screen that holds it holds any language of Europe.
"""

from __future__ import annotations

import math
from string import Formatter
from typing import Final

TAG: Final = "en-XA"
"""BCP 47: English in the private region that CLDR keeps for accented pseudo-locales."""
LONGER: Final = 0.4
_ACCENTED: Final = str.maketrans(
    "acdeghijklnorstuwyzACDEGHIJKLNORSTUWYZ",
    "åçđéğĥîĵķļñöŕšţûŵýžÅÇĐÉĞĤÎĴĶĻÑÖŔŠŢÛŴÝŽ",
)
_VOWELS: Final = frozenset("aeiouyAEIOUY")


def pseudo(text: str) -> str:
    """The phrase in that language; ``{places}`` and the ``*`` of strong words stay what they are."""
    parts = [(words, place) for words, place, _, _ in Formatter().parse(text)]
    plain = "".join(words for words, _ in parts)
    vowels = sum(char in _VOWELS for char in plain)
    more = math.ceil(len(plain) * LONGER) if vowels else 0
    written, seen = "", 0
    for words, place in parts:
        for char in words:
            longer = 0
            if char in _VOWELS:  # so many more after each vowel that the last one has brought them all
                longer = more * (seen + 1) // vowels - more * seen // vowels
                seen += 1
            written += (char + char.lower() * longer).translate(_ACCENTED)
        written += f"{{{place}}}" if place is not None else ""
    return f"[{written}]"
