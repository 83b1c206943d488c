"""From a scene to pixels: the one place, with the window, that knows pygame.

Classic pygame has no antialiased circle, no thick antialiased line and even letters only at large sizes.
So every element is drawn several times larger on a small surface of its own, scaled down, and kept: an
element is frozen, so an equal one has an equal picture. A frame is then a handful of blits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from threading import Lock
from typing import Final

from protocol.language import Language
from vehicle_sim import samples
from vehicle_sim.locales import phrases
from vehicle_sim.painter.boxes import box_picture, shadow_picture
from vehicle_sim.painter.letters import text_picture
from vehicle_sim.painter.pixels import Pixels, encode, pixels_of
from vehicle_sim.painter.strokes import Placed, arc_picture, disc_picture, icon_picture, path_picture, stroke
from vehicle_sim.painter.toolkit import pygame
from vehicle_sim.screens import view
from vehicle_sim.screens.elements import (
    Box,
    Disc,
    Element,
    Icon,
    Layer,
    Path,
    Piece,
    Rect,
    Shadow,
    Text,
    Window,
)
from vehicle_sim.screens.scene import Scene
from vehicle_sim.theme import DAY, NIGHT, Profile, Rgb, Token

_MOST_KEPT: Final = 512
_MOST_LAYERS: Final = 96
_ONE_AT_A_TIME: Final = Lock()
"""Letters are drawn by a library that knows no threads, and the bench paints in one beside the window."""


def paint(scene: Scene, profile: Profile) -> pygame.Surface:
    """Draw a frame of the profile's size; any thread may, one at a time."""
    with _ONE_AT_A_TIME:
        return _paint(scene.elements, scene, profile)


def _paint(elements: Iterable[Element], scene: Scene, profile: Profile) -> pygame.Surface:
    pygame.font.init()
    frame = pygame.Surface((profile.width, profile.height), depth=32)
    for element in elements:
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


def pixels(scene: Scene, profile: Profile) -> Pixels:
    """The frame as plain bytes."""
    return pixels_of(paint(scene, profile))


def grounds(scene: Scene, profile: Profile, boxes: Sequence[Rect]) -> list[list[Rgb]]:
    """The colours under each box when no text is drawn, of every third pixel each way, cut at the glass."""
    with _ONE_AT_A_TIME:
        unlettered = [element for element in scene.elements if not isinstance(element, Text)]
        frame = _paint(unlettered, scene, profile)
    whole = frame.get_rect()
    found = []
    for box in boxes:
        left, top = math.floor(box.x), math.floor(box.y)
        area = pygame.Rect(left, top, math.ceil(box.right) - left, math.ceil(box.bottom) - top).clip(whole)
        few = pygame.transform.scale(frame.subsurface(area), (-(-area.width // 3), -(-area.height // 3)))
        data = pygame.image.tobytes(few, "RGB")
        found.append(list(zip(data[::3], data[1::3], data[2::3], strict=True)))
    return found


def png(scene: Scene, profile: Profile, size: float = 1.0) -> bytes:
    """The frame as PNG, ``size`` times as large: equal scenes give equal bytes on the same machine."""
    frame = paint(scene, profile)
    if size != 1:
        frame = pygame.transform.smoothscale(frame, (profile.width * size, profile.height * size))
    return encode(frame)


def warm_up(profile: Profile) -> None:
    """Draw a first pop-up that nobody sees, so that the first one that matters comes at once."""
    situations, words = samples.situations(), phrases(Language.ENGLISH)
    for night in (True, False):
        for name in ("pop-up-day-reminder", "home"):
            shown = samples.dressed(situations[name], Language.ENGLISH, night=night)
            paint(view(shown, words, profile), profile)
    view(situations["map"], words, profile)  # reads the streets


def _palette(night: bool) -> Mapping[Token, Rgb]:  # noqa: FBT001  # private, and the only argument
    return NIGHT if night else DAY


@lru_cache(maxsize=_MOST_KEPT)
def _piece(element: Piece, night: bool) -> Placed:  # noqa: FBT001  # the key of a cache has no keywords
    colours = _palette(night)
    match element:
        case Box():
            return box_picture(element, colours)
        case Shadow():
            return shadow_picture(element)
        case Text():
            return text_picture(element, colours)
        case Icon():
            return icon_picture(element, colours)
        case Path():
            return path_picture(element, colours)
        case Disc():
            return disc_picture(element, colours)
        case _:
            return arc_picture(element, colours)


def _window(window: Window, night: bool) -> Placed:  # noqa: FBT001  # as its neighbours
    rect = window.rect
    whole = _layer(window.layer, night)
    area = pygame.Rect(round(window.x), round(window.y), round(rect.width), round(rect.height))
    return whole.subsurface(area.clip(whole.get_rect())), (round(rect.x), round(rect.y))


@lru_cache(maxsize=_MOST_LAYERS)
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
                    stroke(
                        canvas, colours[element.colour], points, element.width * fine, closed=element.closed
                    )
                else:
                    pygame.draw.polygon(canvas, colours[element.colour], points)
            case _:
                centre = ((element.x - rect.x) * fine, (element.y - rect.y) * fine)
                pygame.draw.circle(canvas, colours[element.colour], centre, element.radius * fine)
    return pygame.transform.smoothscale(canvas, (round(rect.width), round(rect.height)))
