"""The drawing vocabulary as SVG, for pages: the same pieces that the painter puts into a window.

Colours are attributes, not styles, so that a page under a strict content policy may hold it. The letters
need the page's own font of the family :data:`FAMILY`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from typing import Final

from vehicle_sim.screens.elements import Arc, Box, Disc, Path, Piece, Point, Text
from vehicle_sim.theme import NIGHT, Token

FAMILY: Final = "Sensus Bench Sans"
_WEIGHTS: Final = {"regular": 400, "medium": 500, "semibold": 600}
_ANCHORS: Final = {"left": "start", "centre": "middle", "right": "end"}


def svg(width: float, height: float, pieces: Iterable[Piece]) -> str:
    """Return a document of that size in the colours of the night.

    Raises:
        TypeError: it holds a piece that the bezel does not use: a shadow or an icon.
    """
    slopes: dict[str, str] = {}
    drawn = "".join(_drawn(piece, slopes) for piece in pieces)
    defs = f"<defs>{''.join(slopes.values())}</defs>" if slopes else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" '
        f'font-family="{FAMILY}">{defs}{drawn}</svg>'
    )


def _drawn(piece: Piece, slopes: dict[str, str]) -> str:
    match piece:
        case Box():
            return _box(piece, slopes)
        case Disc():
            return _disc(piece)
        case Path():
            return _line(piece.points, piece.colour, piece.width, piece.alpha)
        case Arc():
            return _arc(piece)
        case Text():
            return _text(piece)
        case _:
            raise TypeError(f"a bezel has no {type(piece).__name__}")


def _box(box: Box, slopes: dict[str, str]) -> str:
    rect = box.rect
    fill = _colour(box.fill)
    if box.to is not None:
        name = f"{box.fill}-{box.to}"
        stops = _tag("stop", stop_color=fill) + _tag("stop", offset=1, stop_color=_colour(box.to))
        slopes[name] = f'<linearGradient id="{name}" x2="0" y2="1">{stops}</linearGradient>'
        fill = f"url(#{name})"
    inset = 0.5 if box.edge is not None else 0.0  # a hairline lies inside the box, as the painter's does
    return _tag(
        "rect",
        x=rect.x + inset,
        y=rect.y + inset,
        width=rect.width - 2 * inset,
        height=rect.height - 2 * inset,
        rx=box.radius,
        fill=fill,
        stroke=None if box.edge is None else _colour(box.edge),
        opacity=box.alpha,
    )


def _disc(disc: Disc) -> str:
    face = _tag("circle", cx=disc.x, cy=disc.y, r=disc.radius, fill=_colour(disc.colour), opacity=disc.alpha)
    if disc.ring is None:
        return face
    reach = disc.radius + disc.ring_width
    return _tag("circle", cx=disc.x, cy=disc.y, r=reach, fill=_colour(disc.ring)) + face


def _arc(arc: Arc) -> str:
    steps = max(8, math.ceil(abs(arc.end - arc.begin) / 6))
    turns = [math.radians(arc.begin + (arc.end - arc.begin) * step / steps) for step in range(steps + 1)]
    points = [(arc.x + arc.radius * math.cos(turn), arc.y - arc.radius * math.sin(turn)) for turn in turns]
    return _line(points, arc.colour, arc.width, arc.alpha)


def _line(points: Iterable[Point], colour: Token, width: float, alpha: float) -> str:
    return _tag(
        "polyline",
        points=" ".join(f"{_n(x)},{_n(y)}" for x, y in points),
        fill="none",
        stroke=_colour(colour),
        stroke_width=width,
        stroke_linecap="round",
        stroke_linejoin="round",
        opacity=alpha,
    )


def _text(text: Text) -> str:
    ((run,),) = text.lines  # what is printed on a key is one line of one weight
    return _tag(
        "text",
        escape(run.text),
        x={"left": text.x, "centre": text.x + text.width / 2, "right": text.x + text.width}[text.align],
        y=text.baseline,
        text_anchor=_ANCHORS[text.align],
        font_size=text.size,
        font_weight=_WEIGHTS[run.weight],
        letter_spacing=text.tracking * text.size,
        fill=_colour(run.colour),
    )


def _tag(name: str, content: str = "", **attributes: float | str | None) -> str:
    """One element; an attribute that is None, and an opacity that changes nothing, are left out."""
    told = "".join(
        f' {key.replace("_", "-")}="{value if isinstance(value, str) else _n(value)}"'
        for key, value in attributes.items()
        if value is not None and (key, value) != ("opacity", 1)
    )
    return f"<{name}{told}>{content}</{name}>" if content else f"<{name}{told}/>"


def _colour(token: Token) -> str:
    red, green, blue = NIGHT[token]
    return f"#{red:02x}{green:02x}{blue:02x}"


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
