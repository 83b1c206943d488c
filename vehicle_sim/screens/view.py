"""From a car to its picture: the one function that decides what is on the glass."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from protocol.language import Phrases
from vehicle_sim import wording
from vehicle_sim.screens.chrome import ground, status_bar
from vehicle_sim.screens.elements import Box
from vehicle_sim.screens.facts import dealer_information, details, stop
from vehicle_sim.screens.home import home
from vehicle_sim.screens.lists import empty_page, list_page
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.map import map_page
from vehicle_sim.screens.popups import notice_dialog, pop_up_dialog
from vehicle_sim.screens.route import route_page
from vehicle_sim.screens.scene import Part, Role, Scene
from vehicle_sim.screens.sources import source_bar
from vehicle_sim.state import Car, Page, View
from vehicle_sim.theme import Profile

ICONS: Final = {
    View.HOME: "directions_car",
    View.MENU: "directions_car",
    View.SERVICE_AND_REPAIR: "home_repair_service",
    View.DEALER_INFORMATION: "store",
    View.REQUEST: "build",
    View.APPOINTMENTS: "calendar_month",
    View.DETAILS: "event",
    View.MAP: "navigation",
    View.ITINERARY: "route",
    View.STOP: "location_on",
    View.PLACES: "location_on",
    View.ROUTE: "route",
    View.ROUTE_PROPOSAL: "route",
    View.SOURCES: "settings",
    View.RADIO: "radio",
    View.MEDIA: "music_note",
    View.TEL: "call",
}


def view(car: Car, phrases: Phrases, profile: Profile) -> Scene:
    """The picture of a car's display, and what it means."""
    look = Look(car, phrases, profile)
    if not car.screen_on:
        return _dark(look)
    beneath = (_page(look, car.page), *((source_bar(look),) if look.profile.touch else ()))
    over: tuple[Part, ...] = ()
    pop_up = ""
    if car.notice is not None:
        over, pop_up = (notice_dialog(look, car.notice),), "notice"
    elif car.pop_up is not None:
        over = (pop_up_dialog(look, car.pop_up),)
        pop_up = over[0].name
    root = Part(
        "screen",
        Role.SCREEN,
        look.glass,
        elements=ground(look),
        children=(
            *(covered(part) if over else part for part in beneath),
            *over,
            status_bar(look, ICONS[car.page.view], _title(look, car.page)),
        ),
    )
    return Scene(root, look.night, profile.name, look.tag, view=car.page.view.value, pop_up=pop_up)


def covered(part: Part) -> Part:
    """The same part under a pop-up: seen, but out of reach."""
    return replace(
        part,
        covered=True,
        focused=None,
        actions=(),
        tap=None,
        children=tuple(covered(child) for child in part.children),
    )


def _page(look: Look, page: Page) -> Part:
    match page.view:
        case View.HOME:
            return home(look)
        case View.DETAILS:
            return details(look, page)
        case View.DEALER_INFORMATION:
            return dealer_information(look, page)
        case View.STOP:
            return stop(look, page)
        case View.MAP:
            return map_page(look, page)
        case View.ROUTE | View.ROUTE_PROPOSAL:
            return route_page(look, page)
        case View.RADIO | View.MEDIA | View.TEL:
            return empty_page(look, page.view)
        case _:
            return list_page(look, page)


def _title(look: Look, page: Page) -> str:
    if page.view is View.DETAILS:
        number = getattr(look.car.item(page.subject), "appointment", None)
        if number is not None:
            return look.say("title.details", number=wording.spaced(number))
        return look.say("title.appointments")
    return look.say(f"title.{page.view.value}")


def _dark(look: Look) -> Scene:
    root = Part(
        "screen",
        Role.SCREEN,
        look.glass,
        look.say("title.screen_off"),
        elements=(Box(look.glass, "black"),),
    )
    return Scene(
        root,
        night=True,
        profile=look.profile.name,
        language=look.tag,
        dark=True,
        view="screen_off",
    )
