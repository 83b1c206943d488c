"""Beside or under the map: the next turn, the itinerary with its times, and where a press leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from vehicle_sim import menu
from vehicle_sim.route import Plan
from vehicle_sim.screens.elements import Box, Disc, Element, Icon, Rect
from vehicle_sim.screens.lettering import centred, plain, text
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.rows import RowShape, row
from vehicle_sim.screens.scene import Part, Role
from vehicle_sim.state import Page
from vehicle_sim.theme import Type

_CHOICE: Final = 60.0
_HEAD: Final = 92.0


@dataclass(frozen=True, slots=True)
class _Panel:
    """Where the panel's parts stand, and the hairlines between them."""

    room: Rect
    head: Rect
    stops: Rect
    choice: Rect
    rules: tuple[Rect, ...]
    shape: RowShape


def rooms(look: Look) -> tuple[Rect, Rect]:
    """The map and the panel: beside it on a wide display, under it on a high one."""
    content, panel = look.content, float(look.profile.map_panel)
    if look.profile.portrait:
        return (
            replace(content, height=content.height - panel),
            replace(content, y=content.bottom - panel, height=panel),
        )
    return replace(content, width=content.width - panel), replace(
        content, x=content.right - panel, width=panel
    )


def panel(look: Look, page: Page, planned: Plan) -> Part:
    """The next turn, the stops with their arrival, and the choices."""
    plan = _arranged(look)
    rows = tuple(
        row(look, choice, plan.choice, plan.shape, steps=place - page.focus, ruled=False)
        for place, choice in enumerate(menu.page_choices(look.car, page))
    )
    return Part(
        "panel",
        Role.LIST,
        plan.room,
        elements=(
            Box(plan.room, "ground_top", to="ground_bottom"),
            *(Box(rule, "line", alpha=0.8) for rule in plan.rules),
        ),
        children=(_next(look, plan.head, planned), *_stops(look, plan.stops, planned), *rows),
    )


def badge(x: float, y: float, number: int) -> tuple[Element, ...]:
    """A numbered waypoint."""
    figure = text(
        str(number), x - 12, centred(y, 17), 24, 17, weight="semibold", colour="badge", align="centre"
    )
    return (Disc(x, y, 12, "text", "casing", 2.5), figure)


def _arranged(look: Look) -> _Panel:
    _, room = rooms(look)
    if not look.profile.portrait:
        head = replace(room, height=_HEAD)
        choice = replace(room, y=room.bottom - _CHOICE, height=_CHOICE)
        stops = replace(room, y=head.bottom, height=choice.y - head.bottom)
        lines = (
            replace(room, width=1),
            replace(head, y=head.bottom - 1, height=1),
            replace(choice, y=choice.y - 1, height=1),
        )
        return _Panel(room, head, stops, choice, lines, RowShape(_CHOICE, 22, 62, 16))
    left = round(room.width * 0.46)
    head = Rect(room.x + 16, room.y + 12, left - 16, 104)
    stops = Rect(room.x + left, room.y + 14, room.width - left - look.profile.margin + 12, room.height - 28)
    choice = Rect(room.x, room.bottom - 100, left, look.profile.pop_up_row)
    rules = (replace(room, height=1), Rect(stops.x, stops.y + 6, 1, stops.height - 12))
    return _Panel(room, head, stops, choice, rules, RowShape(choice.height, 44, 92, 44, buttons=True))


def _next(look: Look, head: Rect, planned: Plan) -> Part:
    turn = planned.next_turn if look.car.itinerary.guiding else None
    if turn is None:
        key = "map.not_guiding" if look.car.itinerary.stops else "map.no_destination"
        room = head.width - 38
        words = text(look.say(key), head.x + 22, 0, room, Type.VALUE, colour="secondary", lines=2)
        baseline = centred(head.middle, Type.VALUE) - words.leading / 2 * (len(words.lines) - 1)
        words = replace(words, baseline=baseline)
        return Part("next", Role.TEXT, head, words.said, elements=(words,))
    left, room = head.x + 78, head.width - 78 - 12
    far = text(look.distance(turn.metres), left, head.y + 44, room, Type.HEADING, weight="semibold")
    onto = text(
        plain(turn.onto), left, head.y + 74, room, Type.SECONDARY, weight="regular", colour="secondary"
    )
    icon = Icon(Rect(head.x + 16, head.middle - 24, 48, 48), turn.manoeuvre.value, "text")
    return Part(
        "next",
        Role.TEXT,
        head,
        look.say(f"turn.{turn.manoeuvre.value}"),
        f"{far.said} · {onto.said}",
        elements=(icon, far, onto),
    )


def _stops(look: Look, area: Rect, planned: Plan) -> Iterator[Part]:
    stops = look.car.itinerary.stops
    pitch = min(66.0, area.height / max(1, len(stops)))
    metres = seconds = 0.0
    for number, (stop, leg) in enumerate(zip(stops, planned.legs, strict=True), start=1):
        metres, seconds = metres + leg.metres, seconds + leg.seconds
        rect = Rect(area.x, area.y + (number - 1) * pitch, area.width, pitch)
        last = number == len(stops)
        clock = look.clock(look.car.now + timedelta(seconds=seconds))
        under = look.say("map.arrive", clock=clock, far=look.distance(metres))
        left, room = rect.x + 62, rect.width - 62 - 12
        name = text(plain(stop.name), left, rect.middle - 4, room, Type.SECONDARY)
        detail = text(under, left, rect.middle + 21, room, Type.SMALL, weight="regular", colour="secondary")
        x = rect.x + 35
        mark: tuple[Element, ...] = (
            (Icon(Rect(x - 14, rect.middle - 14, 28, 28), "sports_score", "amber"),)
            if last
            else badge(x, rect.middle, number)
        )
        rule = () if last else (Box(Rect(left, rect.bottom - 1, rect.right - left, 1), "line", alpha=0.5),)
        yield Part(
            f"stop:{number}", Role.TEXT, rect, name.said, detail.said, elements=(*rule, *mark, name, detail)
        )
