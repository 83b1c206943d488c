"""From a scene to pixels: the one place, with the window, that knows pygame.

Classic pygame has no antialiased circle, no thick antialiased line and even letters only at large sizes.
So every element is drawn ``FINE`` times larger on a small surface of its own, scaled down, and kept: an
element is frozen, so an equal one has an equal picture. A frame is then a handful of blits.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from threading import Lock
from typing import Final

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame

from protocol.language import Language
from vehicle_sim import samples
from vehicle_sim.locales import phrases
from vehicle_sim.screens import view
from vehicle_sim.screens.elements import Arc, Box, Disc, Icon, Layer, Path, Piece, Rect, Shadow, Text, Window
from vehicle_sim.screens.metrics import FILES
from vehicle_sim.screens.scene import Scene
from vehicle_sim.theme import DAY, NIGHT, Profile, Rgb, Token, Weight

FINE: Final = 4
"""How much larger shapes are drawn than shown."""
LETTERS: Final = 3
"""How much larger letters are drawn than shown."""
_MOST_KEPT: Final = 512
_ONE_AT_A_TIME: Final = Lock()
"""Letters are drawn by a library that knows no threads, and the bench paints in one beside the window."""
Placed = tuple[pygame.Surface, tuple[int, int]]
"""A picture and where its top left corner goes."""


def paint(scene: Scene, profile: Profile) -> pygame.Surface:
    """Draw a frame of the profile's size; any thread may, one at a time."""
    with _ONE_AT_A_TIME:
        return _paint(scene, profile)


def _paint(scene: Scene, profile: Profile) -> pygame.Surface:
    pygame.font.init()
    frame = pygame.Surface((profile.width, profile.height), depth=32)
    for element in scene.elements:
        picture, place = (
            _window(element, scene.night) if isinstance(element, Window) else _piece(element, scene.night)
        )
        frame.blit(picture, place)
    return frame


def put(surface: pygame.Surface, pieces: Iterable[Piece]) -> None:
    """Draw pieces over what is on a surface, in the colours of the night."""
    with _ONE_AT_A_TIME:
        pygame.font.init()
        for piece in pieces:
            picture, place = _piece(piece, night=True)
            surface.blit(picture, place)


def png(scene: Scene, profile: Profile) -> bytes:
    """The frame as PNG: equal scenes give equal bytes on the same machine."""
    return encode(paint(scene, profile))


def warm_up(profile: Profile) -> None:
    """Draw a first pop-up that nobody sees, so that the first one that matters comes at once."""
    for night in (True, False):
        for name in ("pop-up-day-reminder", "home"):
            shown = samples.dressed(samples.situations()[name], Language.ENGLISH, night=night)
            paint(view(shown, phrases(Language.ENGLISH), profile), profile)


def encode(frame: pygame.Surface) -> bytes:
    """A surface as PNG without an alpha channel."""
    target = io.BytesIO()
    pygame.image.save(frame, target, "frame.png")
    return target.getvalue()


def _palette(night: bool) -> Mapping[Token, Rgb]:  # noqa: FBT001  # private, and the only argument
    return NIGHT if night else DAY


@lru_cache(maxsize=_MOST_KEPT)
def _piece(element: Piece, night: bool) -> Placed:  # noqa: FBT001  # the key of a cache has no keywords
    colours = _palette(night)
    match element:
        case Box():
            return _box(element, colours)
        case Shadow():
            return _shadow(element)
        case Text():
            return _text(element, colours)
        case Icon():
            return _icon(element, colours)
        case Path():
            return _path(element, colours)
        case Disc():
            return _disc(element, colours)
        case _:
            return _arc(element, colours)


def _window(window: Window, night: bool) -> Placed:  # noqa: FBT001  # as its neighbours
    rect = window.rect
    whole = _layer(window.layer, night)
    area = pygame.Rect(round(window.x), round(window.y), round(rect.width), round(rect.height))
    return whole.subsurface(area.clip(whole.get_rect())), (round(rect.x), round(rect.y))


@lru_cache(maxsize=8)
def _layer(layer: Layer, night: bool) -> pygame.Surface:  # noqa: FBT001  # the key of a cache has no keywords
    colours = _palette(night)
    fine = 2
    rect = layer.rect
    canvas = pygame.Surface((round(rect.width * fine), round(rect.height * fine)), depth=32)
    for element in layer.elements:
        match element:
            case Box():
                box = element.rect
                area = ((box.x - rect.x) * fine, (box.y - rect.y) * fine, box.width * fine, box.height * fine)
                canvas.fill(colours[element.fill], area)
            case Path():
                points = [((x - rect.x) * fine, (y - rect.y) * fine) for x, y in element.points]
                if element.width:
                    _stroke(
                        canvas, colours[element.colour], points, element.width * fine, closed=element.closed
                    )
                else:
                    pygame.draw.polygon(canvas, colours[element.colour], points)
            case _:
                centre = ((element.x - rect.x) * fine, (element.y - rect.y) * fine)
                pygame.draw.circle(canvas, colours[element.colour], centre, element.radius * fine)
    return pygame.transform.smoothscale(canvas, (round(rect.width), round(rect.height)))


# --- boxes ----------------------------------------------------------------------------------------


def _box(box: Box, colours: Mapping[Token, Rgb]) -> Placed:
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
    surface = pygame.Surface((width, height), pygame.SRCALPHA)
    first = (*colours[box.fill], round(255 * box.alpha))
    if box.to is None:
        surface.fill(first)
        return surface
    last = (*colours[box.to], round(255 * box.alpha_to))
    steps = width if box.way == "right" else height
    for step in range(steps):
        part = step / max(1, steps - 1)
        eased = part * part * (3 - 2 * part) if box.way == "right" else part
        colour = tuple(round(a + (b - a) * eased) for a, b in zip(first, last, strict=True))
        area = (step, 0, 1, height) if box.way == "right" else (0, step, width, 1)
        surface.fill(colour, area)
    return surface


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


def _shadow(shadow: Shadow) -> Placed:
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


# --- letters --------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _font(weight: Weight, size: int) -> pygame.font.Font:
    data = resources.files("vehicle_sim").joinpath("fonts", FILES[weight]).read_bytes()
    return pygame.font.Font(io.BytesIO(data), size)


def _text(text: Text, colours: Mapping[Token, Rgb]) -> Placed:
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


# --- symbols and lines ----------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _symbol(name: str, size: int, colour: Rgb) -> pygame.Surface:
    """An icon, tinted. SVGs are drawn at the size that they name, in black: name another size and colour."""
    source = resources.files("vehicle_sim").joinpath("icons", f"{name}.svg").read_text("utf-8")
    red, green, blue = colour
    wanted = source.replace(
        'width="48" height="48"', f'width="{size}" height="{size}" fill="#{red:02x}{green:02x}{blue:02x}"', 1
    )
    return pygame.image.load(io.BytesIO(wanted.encode()), f"{name}.svg")


def _icon(icon: Icon, colours: Mapping[Token, Rgb]) -> Placed:
    size = round(icon.rect.width)
    big = _symbol(icon.name, size * 2, colours[icon.colour])
    picture = pygame.transform.smoothscale(big, (size, size))
    if icon.alpha < 1:
        picture.fill((255, 255, 255, round(255 * icon.alpha)), special_flags=pygame.BLEND_RGBA_MULT)
    return picture, (round(icon.rect.x), round(icon.rect.y))


def _path(path: Path, colours: Mapping[Token, Rgb]) -> Placed:
    def draw(canvas: pygame.Surface, left: float, top: float) -> None:
        points = [((x - left) * FINE, (y - top) * FINE) for x, y in path.points]
        if path.width:
            _stroke(canvas, colours[path.colour], points, path.width * FINE, closed=path.closed)
        else:
            pygame.draw.polygon(canvas, colours[path.colour], points)

    across = [x for x, _ in path.points]
    down = [y for _, y in path.points]
    half = path.width / 2
    bounds = Rect(
        min(across) - half,
        min(down) - half,
        max(across) - min(across) + 2 * half,
        max(down) - min(down) + 2 * half,
    )
    return _fine(bounds, colours[path.colour], path.alpha, draw)


def _disc(disc: Disc, colours: Mapping[Token, Rgb]) -> Placed:
    reach = disc.radius + disc.ring_width

    def draw(canvas: pygame.Surface, left: float, top: float) -> None:
        centre = ((disc.x - left) * FINE, (disc.y - top) * FINE)
        if disc.ring is not None:
            pygame.draw.circle(canvas, colours[disc.ring], centre, reach * FINE)
        pygame.draw.circle(canvas, colours[disc.colour], centre, disc.radius * FINE)

    bounds = Rect(disc.x - reach, disc.y - reach, 2 * reach, 2 * reach)
    return _fine(bounds, colours[disc.ring or disc.colour], disc.alpha, draw)


def _arc(arc: Arc, colours: Mapping[Token, Rgb]) -> Placed:
    steps = max(2, math.ceil(abs(arc.end - arc.begin) * arc.radius / 120))
    angles = [math.radians(arc.begin + (arc.end - arc.begin) * step / steps) for step in range(steps + 1)]
    points = tuple(
        (arc.x + arc.radius * math.cos(turn), arc.y - arc.radius * math.sin(turn)) for turn in angles
    )
    return _path(Path(points, arc.colour, arc.width, alpha=arc.alpha), colours)


def _fine(
    bounds: Rect, colour: Rgb, alpha: float, draw: Callable[[pygame.Surface, float, float], None]
) -> Placed:
    left, top = math.floor(bounds.x) - 1, math.floor(bounds.y) - 1
    width, height = math.ceil(bounds.right) + 1 - left, math.ceil(bounds.bottom) + 1 - top
    big = pygame.Surface((width * FINE, height * FINE), pygame.SRCALPHA)
    big.fill((*colour, 0))
    draw(big, left, top)
    picture = pygame.transform.smoothscale(big, (width, height))
    if alpha < 1:
        picture.fill((255, 255, 255, round(255 * alpha)), special_flags=pygame.BLEND_RGBA_MULT)
    return picture, (left, top)


def _stroke(
    canvas: pygame.Surface, colour: Rgb, points: list[tuple[float, float]], width: float, *, closed: bool
) -> None:
    """A thick line with round joints and ends: a quadrangle a piece, a circle a point."""
    half = width / 2
    ring = [*points, points[0]] if closed else points
    for (x, y), (x2, y2) in pairwise(ring):
        length = math.hypot(x2 - x, y2 - y)
        if not length:
            continue
        side_x, side_y = (y - y2) / length * half, (x2 - x) / length * half
        corners = [
            (x + side_x, y + side_y),
            (x2 + side_x, y2 + side_y),
            (x2 - side_x, y2 - side_y),
            (x - side_x, y - side_y),
        ]
        pygame.draw.polygon(canvas, colour, corners)
    for point in ring:
        pygame.draw.circle(canvas, colour, point, half)
