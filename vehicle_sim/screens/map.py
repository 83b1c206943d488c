"""NAV: the map with the route, and beside it the next turn and the itinerary."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from protocol.values import GeoPoint
from vehicle_sim import guidance
from vehicle_sim.route import Leg, Plan
from vehicle_sim.screens import frames, lines
from vehicle_sim.screens.elements import Box, Disc, Element, Icon, Path, Point, Rect
from vehicle_sim.screens.lettering import centred, measure, plain, text
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.map_panel import badge, panel, rooms
from vehicle_sim.screens.scene import Part, Role
from vehicle_sim.screens.town import attribution, ground, sheet
from vehicle_sim.state import Page
from vehicle_sim.streets import bearing
from vehicle_sim.theme import Type

ROUTE: Final = 8.0
_PIECE: Final = 90.0
_DASH: Final = 13.0
_GAP: Final = 10.0
_WIDE: Final = 400.0
"""A picture narrower than this stands beside words, which then say that the line is straight."""
_CREDIT: Final = 28.0
"""At the foot of the map: no stop lies on who made it."""
_FOOT: Final = 46.0
"""The same, where the name of the street stands there too."""


def map_page(look: Look, page: Page) -> Part:
    """The page."""
    planned = guidance.ahead(look.car, look.language)
    frame = frames.around(rooms(look)[0], look.car.drive.position, sheet())
    return Part(
        "map",
        Role.PAGE,
        look.content,
        look.say("title.map"),
        children=(drawn(look, planned, frame), panel(look, page, planned)),
    )


def drawn(look: Look, planned: Plan, frame: frames.Frame) -> Part:
    """The map in a frame: the town, the way, its stops, the car, and who made it."""
    room = frame.room
    credit = text(
        attribution(),
        room.x + 12,
        room.bottom - 12,
        240,
        Type.ATTRIBUTION,
        weight="regular",
        colour="secondary",
    )
    straight: tuple[Part, ...] = ()
    if planned.straight and room.width > _WIDE:
        straight = (_straight(look, room),)
    return Part(
        "town",
        Role.MAP,
        room,
        look.say("map.name"),
        elements=(*ground(frame), *_route(frame, planned, bright=look.car.itinerary.guiding)),
        children=(
            *_marks(look, frame),
            _arrow(look, frame, planned),
            *straight,
            *_street(look, room),
            Part(
                "attribution",
                Role.TEXT,
                credit.rect,
                credit.said,
                elements=(
                    Box(
                        Rect(room.x + 4, room.bottom - 28, measure(credit) + 16, 24),
                        "map_ground",
                        alpha=0.78,
                        radius=6,
                    ),
                    credit,
                ),
            ),
        ),
    )


def _route(frame: frames.Frame, planned: Plan, *, bright: bool) -> Iterator[Element]:
    """The way as far as it is in sight: all of its dark outline first, lest it cut into a crossing way."""
    room = frame.room
    seen = Rect(room.x - ROUTE, room.y - ROUTE, room.width + 2 * ROUTE, room.height + 2 * ROUTE)
    drawn: list[tuple[Point, ...]] = []
    for leg in planned.legs:
        for run in lines.inside([frame.place(point) for point in leg.points], seen):
            drawn += lines.dashes(run, _DASH, _GAP) if leg.straight else lines.pieces(run, _PIECE)
    yield from (Path(piece, "casing", ROUTE + 4) for piece in drawn)
    yield from (Path(piece, "accent" if bright else "secondary", ROUTE) for piece in drawn)


def _marks(look: Look, frame: frames.Frame) -> Iterator[Part]:
    stops, room = look.car.itinerary.stops, frame.room
    free = replace(room, height=room.height - (_FOOT if room.width > _WIDE else _CREDIT))
    for number, stop in enumerate(stops, start=1):
        x, y = frame.place(stop.position)
        last = number == len(stops)
        around = Rect(x - 14, y - 14, 28, 28)
        if not around.within(free):
            continue
        yield Part(
            f"mark:{number}",
            Role.IMAGE,
            around,
            stop.name,
            look.say("stop.destination" if last else "stop.waypoint"),
            elements=_flag(x, y) if last else badge(x, y, number),
        )


def _flag(x: float, y: float) -> tuple[Element, ...]:
    return (Disc(x, y, 13, "amber", "casing", 2.5), Icon(Rect(x - 9, y - 9, 18, 18), "sports_score", "badge"))


def _arrow(look: Look, frame: frames.Frame, planned: Plan) -> Part:
    x, y = frame.place(look.car.drive.position)
    turn = math.radians(_heading(planned.legs))

    def at(ahead: float, aside: float) -> Point:
        return (
            x + ahead * math.sin(turn) + aside * math.cos(turn),
            y - ahead * math.cos(turn) + aside * math.sin(turn),
        )

    shape = (at(17, 0), at(-12, 11), at(-6, 0), at(-12, -11))
    return Part(
        "car",
        Role.IMAGE,
        Rect(x - 18, y - 18, 36, 36),
        look.say("map.car"),
        elements=(
            Path(shape, "casing", 6, closed=True),
            Path(shape, "text", 0),
            Path(shape, "text", 1.5, closed=True),
        ),
    )


def _heading(legs: Sequence[Leg]) -> float:
    points: Sequence[GeoPoint] = legs[0].points if legs else ()
    for here, there in pairwise(points):
        if here != there:
            return bearing(here, there)
    return 0.0


def _street(look: Look, room: Rect) -> tuple[Part, ...]:
    """The name of the street that the car is in, on a plate at the lower right."""
    name = guidance.street(look.car, look.language)
    if not name or room.width <= _WIDE:
        return ()
    words = text(plain(name), 0, 0, room.width / 2 - 40, Type.SMALL)
    wide = math.ceil(measure(words)) + 1.0
    plate = Rect(room.right - 10 - wide - 28, room.bottom - 42, wide + 28, 34)
    placed = replace(words, x=plate.x + 14, width=wide, baseline=centred(plate.middle, Type.SMALL))
    box = Box(plate, "panel", alpha=0.9, radius=8, edge="line")
    return (Part("street", Role.TEXT, plate, placed.said, elements=(box, placed)),)


def _straight(look: Look, room: Rect) -> Part:
    words = text(look.say("map.straight"), 0, centred(room.y + 34, Type.SMALL), room.width - 80, Type.SMALL)
    wide = measure(words)
    pill = Rect(room.centre - (wide + 62) / 2, room.y + 14, wide + 62, 40)
    placed = text(
        look.say("map.straight"), pill.x + 44, centred(pill.middle, Type.SMALL), wide + 2, Type.SMALL
    )
    icon = Icon(Rect(pill.x + 14, pill.middle - 11, 22, 22), "info", "amber")
    return Part(
        "straight",
        Role.TEXT,
        pill,
        placed.said,
        elements=(Box(pill, "panel", radius=20, edge="line"), icon, placed),
    )
