"""Pages that are a list and nothing else, and those that honestly have nothing to show."""

from __future__ import annotations

from typing import Final

from vehicle_sim import menu
from vehicle_sim.screens.dial import dial
from vehicle_sim.screens.elements import Icon, Rect
from vehicle_sim.screens.lettering import text
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.rows import in_card, listing, page_shape
from vehicle_sim.screens.scene import Part, Role
from vehicle_sim.state import Page, View
from vehicle_sim.theme import Type

EMPTY_ICONS: Final = {
    View.APPOINTMENTS: "event_available",
    View.ITINERARY: "route",
    View.DETAILS: "event_busy",
    View.DEALER_INFORMATION: "store",
    View.STOP: "location_on",
    View.RADIO: "radio",
    View.MEDIA: "music_note",
    View.TEL: "call",
}


def list_page(look: Look, page: Page) -> Part:
    """A page of rows with the TUNE dial; where there are none, a word about why."""
    choices = menu.page_choices(look.car, page)
    if not choices:
        return empty_page(look, page.view)
    content = look.content
    if look.profile.touch:
        parts = in_card(look, choices, page.focus, look.page)
    else:
        area = Rect(0, content.y, content.width - look.profile.dial, content.height)
        listed = listing(look, choices, page.focus, area, page_shape(look))
        parts = (listed, dial(look, len(choices), page.focus))
    return Part(page.view.value, Role.PAGE, content, look.say(f"title.{page.view.value}"), children=parts)


def empty_page(look: Look, view: View) -> Part:
    """A page without choices says what is not there."""
    content = look.content
    words = text(
        look.say(f"empty.{view.value}"),
        content.width * 0.15,
        content.middle + 46,
        content.width * 0.7,
        Type.VALUE,
        weight="regular",
        colour="secondary",
        align="centre",
        lines=3,
        leading=32,
    )
    icon = Icon(Rect(content.centre - 32, content.middle - 62, 64, 64), EMPTY_ICONS[view], "secondary", 0.7)
    return Part(
        view.value,
        Role.PAGE,
        content,
        look.say(f"title.{view.value}"),
        children=(Part("empty", Role.TEXT, words.rect, words.said, elements=(icon, words)),),
    )
