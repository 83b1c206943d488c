"""Text into its room: strong words, at most so many lines, and an ellipsis that admits the cut.

In phrases a pair of ``*`` makes the words between them strong. Facts are fenced first (:func:`plain`), so
that an asterisk in a dealer's name is only an asterisk.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Final

from vehicle_sim.screens.elements import Align, Run, Text
from vehicle_sim.screens.metrics import CAP_HEIGHT, width
from vehicle_sim.theme import Token, Weight

_STAR: Final = "\ue000"  # stands for an asterisk of a fact while marks are read
ELLIPSIS: Final = "…"
_STRONGER: Final[dict[Weight, Weight]] = {
    "regular": "semibold",
    "medium": "semibold",
    "semibold": "semibold",
}
_Letter = tuple[str, bool]  # one character, and whether it is strong
_Line = list[_Letter]
_Wide = Callable[[_Line], float]


def plain(fact: str) -> str:
    """A fact that may stand in a phrase without its asterisks meaning anything."""
    return fact.replace("*", _STAR)


def said(phrase: str) -> str:
    """The phrase as it is read aloud: without marks."""
    return phrase.replace("*", "").replace(_STAR, "*")


def text(
    phrase: str,
    x: float,
    baseline: float,
    room: float,
    size: float,
    *,
    weight: Weight = "medium",
    colour: Token = "text",
    strong: Token = "text",
    align: Align = "left",
    lines: int = 1,
    leading: float = 0.0,
    tracking: float = 0.0,
) -> Text:
    """Set ``phrase`` into at most ``lines`` lines of ``room`` pixels."""
    letters = _letters(phrase)

    def wide(line: _Line) -> float:
        return sum(
            width(run, size, _STRONGER[weight] if mark else weight, tracking) for run, mark in _runs(line)
        )

    rows, cut = _wrapped(letters, lines, room, wide)
    return Text(
        x,
        baseline,
        room,
        tuple(
            tuple(
                Run(run, _STRONGER[weight] if mark else weight, strong if mark else colour)
                for run, mark in _runs(row)
            )
            for row in rows
        ),
        size,
        said(phrase),
        leading or round(size * 1.24),
        align,
        tracking,
        cut,
    )


def measure(element: Text) -> float:
    """The width of the widest line, in pixels."""
    return max(
        sum(width(run.text, element.size, run.weight, element.tracking) for run in line)
        for line in element.lines
    )


def centred(middle: float, size: float) -> float:
    """The baseline that puts capitals and figures in the optical middle."""
    return middle + size * CAP_HEIGHT / 2


def _letters(phrase: str) -> _Line:
    letters: _Line = []
    strong = False
    for char in phrase:
        if char == "*":
            strong = not strong
        else:
            letters.append(("*" if char == _STAR else " " if char in "\n\t" else char, strong))
    return letters


def _runs(line: _Line) -> list[tuple[str, bool]]:
    return [
        ("".join(char for char, _ in group), mark)
        for mark, group in groupby(line, key=lambda letter: letter[1])
    ]


def _wrapped(letters: _Line, most: int, room: float, wide: _Wide) -> tuple[list[_Line], bool]:
    rows: list[_Line] = []
    rest = _stripped(letters)
    while rest:
        if wide(rest) <= room:
            return [*rows, rest], False
        if len(rows) == most - 1:
            return [*rows, _shortened(rest, room, wide)], True
        end = _break(rest, room, wide)
        rows.append(_stripped(rest[:end]))
        rest = _stripped(rest[end:])
    return rows or [[]], False


def _break(letters: _Line, room: float, wide: _Wide) -> int:
    """Where the line ends: behind the last space or hyphen that fits, in the middle of a word if need be."""
    fits = max((end for end in range(1, len(letters)) if wide(letters[:end]) <= room), default=1)
    for end in range(fits, 0, -1):
        if letters[end][0] == " " or letters[end - 1][0] in " -":
            return end
    return fits


def _shortened(letters: _Line, room: float, wide: _Wide) -> _Line:
    for end in range(len(letters) - 1, 0, -1):
        candidate = [*_stripped(letters[:end]), (ELLIPSIS, letters[end - 1][1])]
        if wide(candidate) <= room:
            return candidate
    return [(ELLIPSIS, False)]


def _stripped(letters: _Line) -> _Line:
    start, end = 0, len(letters)
    while start < end and letters[start][0] == " ":
        start += 1
    while end > start and letters[end - 1][0] == " ":
        end -= 1
    return letters[start:end]
