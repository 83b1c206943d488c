"""The whole route on one page: before it is driven as a proposal, later to look at it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from vehicle_sim import guidance, wording
from vehicle_sim.screens import frames
from vehicle_sim.screens.elements import Box, Rect
from vehicle_sim.screens.facts import Fact, fact_page, way_facts
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.map import drawn
from vehicle_sim.screens.scene import Part
from vehicle_sim.screens.town import sheet
from vehicle_sim.state import Page, Stop

_WIDTH: Final = 272.0
_SLENDER: Final = 1.6


def route_page(look: Look, page: Page) -> Part:
    """The map of the whole way; how far, how long, until when, over which streets; what to do with it."""
    planned = guidance.ahead(look.car, look.language)
    stops = look.car.itinerary.stops
    frame = frames.over(
        _room(look), [look.car.drive.position, *(stop.position for stop in stops), *planned.points], sheet()
    )
    over = _over(look, stops[:-1])
    facts = [
        Fact("destination", look.say("stop.destination"), stops[-1].name, over, size=27.0),
        *way_facts(look, planned),
    ]
    if via := planned.via(2):
        streets = ", ".join(street.replace(" ", wording.NO_BREAK) for street in via)
        facts.append(Fact("via", look.say("route.via"), streets, lines=2))
    picture = drawn(look, planned, frame)
    if look.profile.touch:
        rim = Box(picture.rect, "map_ground", alpha=0.0, edge="line")
        picture = replace(picture, elements=(*picture.elements, rim))
    return fact_page(look, page, look.say(f"title.{page.view.value}"), facts, picture=picture)


def _over(look: Look, waypoints: tuple[Stop, ...]) -> tuple[str, ...]:
    match waypoints:
        case ():
            return ()
        case (only,):
            return (look.say("route.waypoint", name=only.name),)
        case _:
            return (look.say("route.waypoints", count=len(waypoints)),)


def _room(look: Look) -> Rect:
    """At the left, about as high and narrow as the town is in its data."""
    if not look.profile.touch:
        return replace(look.content, width=float(look.profile.map_panel))
    page = look.page
    return Rect(page.x, page.y, _WIDTH, min(page.height, _WIDTH * _SLENDER))
