"""Pages that tell something before they ask: appointment details, dealer information, a stop."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from protocol.messages import Booking, Inquiry, Proposal
from vehicle_sim import guidance, menu, wording
from vehicle_sim.route import Plan
from vehicle_sim.screens.dial import dial
from vehicle_sim.screens.elements import Box, Rect, Text
from vehicle_sim.screens.lettering import plain, said, text
from vehicle_sim.screens.lists import empty_page
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.metrics import width
from vehicle_sim.screens.rows import card, in_card, listing, page_shape
from vehicle_sim.screens.scene import Part, Role
from vehicle_sim.screens.way import how_far, in_words
from vehicle_sim.state import Choice, Page
from vehicle_sim.theme import Token, Type

LABEL: Final = 21.0
LABEL_ROOM: Final = 132.0


@dataclass(frozen=True, slots=True)
class Fact:
    """A label, what it says, and smaller facts under it: on one line, or the first by itself."""

    name: str
    label: str
    value: str
    under: tuple[str, ...] = ()
    colour: Token = "text"
    size: float = Type.VALUE
    lines: int = 1
    """With a knob; a touch page has room for one more."""
    strong: bool = False
    """What is told on one line is strong anyway."""


def details(look: Look, page: Page) -> Part:
    """One appointment: the price, and the work only where the vehicle's switch says so."""
    item = look.car.item(page.subject)
    if not isinstance(item, Booking | Proposal | Inquiry):
        return empty_page(look, page.view)
    zone = look.zone_of(item)
    facts = [
        Fact("date", look.say("details.date"), look.moment(item.starts_at, zone), size=27.0),
        *_workshop(look, item),
        *_price(look, item),
    ]
    if isinstance(item, Booking) and item.work is not None:
        facts.append(Fact("work", look.say("details.work"), item.work, lines=2, size=Type.FACT))
    if not isinstance(item, Booking):
        facts.append(Fact("text", look.say("details.text"), item.text, lines=2, size=Type.FACT))
    facts.append(_status(look, item))
    return fact_page(look, page, look.say("title.details", number=wording.spaced(item.appointment)), facts)


def dealer_information(look: Look, page: Page) -> Part:
    """The preferred workshop: where it is and how to reach it."""
    dealer = look.car.dealer_of(None)
    if dealer is None:
        return empty_page(look, page.view)
    far = how_far(look, dealer.position)
    facts = [
        Fact("name", look.say("details.workshop"), dealer.name, size=27.0),
        Fact("address", look.say("details.address"), dealer.address, (far,), lines=2),
        Fact("phone", look.say("details.phone"), wording.phone(dealer.phone)),
    ]
    return fact_page(look, page, look.say("title.dealer_information"), facts)


def stop(look: Look, page: Page) -> Part:
    """One stop of the itinerary."""
    stops = look.car.itinerary.stops
    if not isinstance(page.subject, int) or not 0 <= page.subject < len(stops):
        return empty_page(look, page.view)
    place = stops[page.subject]
    last = page.subject == len(stops) - 1
    way = Plan(guidance.ahead(look.car, look.language).legs[: page.subject + 1])
    facts = [
        Fact("name", look.say("stop.destination" if last else "stop.waypoint"), place.name, size=27.0),
        *([Fact("address", look.say("details.address"), place.address, lines=2)] if place.address else []),
        *way_facts(look, way),
        Fact("place", look.say("stop.place"), look.say("stop.of", place=page.subject + 1, count=len(stops))),
    ]
    return fact_page(look, page, look.say("title.stop"), facts)


def way_facts(look: Look, way: Plan) -> tuple[Fact, Fact]:
    """How far it is, how long that takes, and when the car will be there."""
    arrival = look.car.now + timedelta(seconds=way.seconds)
    return (
        Fact("way", look.say("route.way"), in_words(look, way), lines=2, strong=True),
        Fact("arrival", look.say("route.arrival"), look.clock(arrival)),
    )


def _workshop(look: Look, item: Booking | Proposal | Inquiry) -> list[Fact]:
    dealer = look.car.dealer_of(item)
    if dealer is None:
        return []
    far = how_far(look, dealer.position)
    under = tuple(part for part in (dealer.address, wording.phone(dealer.phone), far) if part)
    return [Fact("workshop", look.say("details.workshop"), dealer.name, under)]


def _price(look: Look, item: Booking | Proposal | Inquiry) -> list[Fact]:
    price = None if isinstance(item, Inquiry) else item.price
    return (
        []
        if price is None
        else [Fact("price", look.say("details.price"), wording.money(price, look.language))]
    )


def _status(look: Look, item: Booking | Proposal | Inquiry) -> Fact:
    key = f"status.{item.status}" if isinstance(item, Booking) else f"status.{item.kind}"
    decided = look.car.past(item).decided
    if decided is not None:
        key = f"status.{decided}"
    tone: Token = "green" if key in {"status.planned", "status.accepted"} else "amber"
    words = look.say(key)
    if look.car.unsent(item.id):
        words = f"{words} · {look.say('status.will_be_sent')}"
    return Fact("status", look.say("details.status"), words, colour=tone)


def fact_page(
    look: Look, page: Page, title: str, facts: Sequence[Fact], *, picture: Part | None = None
) -> Part:
    """What is told, and then asked; beside a picture at the left, if there is one."""
    choices = menu.page_choices(look.car, page)
    arranged = _under_finger if look.profile.touch else _under_knob
    parts = arranged(look, facts, choices, page.focus, picture.rect if picture is not None else None)
    pictures = () if picture is None else (picture,)
    return Part(page.view.value, Role.PAGE, look.content, said(title), children=(*pictures, *parts))


def _under_knob(
    look: Look, facts: Sequence[Fact], choices: Sequence[Choice], focus: int, picture: Rect | None
) -> Iterator[Part]:
    """Facts at the top, as many choices as there is room for at the bottom."""
    content = look.content
    with_dial = len(choices) > 1
    left = picture.right if picture is not None else 0.0
    right = content.width - (look.profile.dial if with_dial else look.profile.margin)
    told, bottom = _facts(look, facts, content.y + 16, left + look.profile.margin, right - 8)
    yield from told
    room = content.bottom - bottom
    shape = page_shape(look, 64 if room >= 64 * min(3, len(choices)) else 56)
    count = min(len(choices), max(1, int(room // shape.height)))
    area = Rect(left, content.bottom - count * shape.height, right - left, count * shape.height)
    if choices:
        rule = Box(Rect(left, area.y - 1, area.width, 1), "line")
        yield Part("rule", Role.IMAGE, rule.rect, elements=(rule,))
        yield listing(look, choices, focus, area, shape)
    if with_dial:
        yield dial(look, len(choices), focus)


def _under_finger(
    look: Look, facts: Sequence[Fact], choices: Sequence[Choice], focus: int, picture: Rect | None
) -> Iterator[Part]:
    """Facts in a card; the choices in another one under it, or beside it on a wide display."""
    page = look.page
    left = page.x if picture is None else picture.right + 24
    beside = bool(choices) and not look.profile.portrait
    wide = (page.right - left) * (0.58 if beside else 1.0)
    told, bottom = _facts(look, facts, page.y + 20, left + 24, left + wide - 24)
    area = Rect(left, page.y, wide, min(bottom + 4, page.bottom) - page.y)
    yield card(look, "facts", area)
    yield from told
    if choices:
        below = max(area.bottom, picture.bottom if picture is not None else 0.0) + 24
        top, left = (page.y, area.right + 24) if beside else (below, page.x)
        yield from in_card(look, choices, focus, Rect(left, top, page.right - left, page.bottom - top))


def _facts(
    look: Look, facts: Sequence[Fact], top: float, left: float, right: float
) -> tuple[list[Part], float]:
    """The facts below one another, and where the last one ends."""
    parts: list[Part] = []
    column = _column(facts, right - left)
    gap = 46 if look.profile.touch else 37
    baseline = top + 26
    for fact in facts:
        part, below = _fact(fact, baseline, (left, left + column, right), more=look.profile.touch)
        parts.append(part)
        baseline = below + gap
    return parts, baseline - gap + 17


def _column(facts: Sequence[Fact], room: float) -> float:
    """The width of the labels and the air beside them: as usual, or wider for long words."""
    widest = max(width(fact.label, LABEL, "regular") for fact in facts)
    return min(max(LABEL_ROOM, math.ceil(widest) + 1.0), room * 0.65) + 14


def _fact(
    fact: Fact, baseline: float, columns: tuple[float, float, float], *, more: bool
) -> tuple[Part, float]:
    """The part, and the baseline of its last line; columns are the labels', the values', and the end."""
    left, x, right = columns
    label = text(fact.label, left, baseline, x - 14 - left, LABEL, weight="regular", colour="secondary")
    room = right - x
    value = text(
        plain(fact.value),
        x,
        baseline,
        room,
        fact.size,
        weight="semibold" if fact.strong or fact.lines == 1 else "medium",
        colour=fact.colour,
        lines=fact.lines + more,
        leading=29,
    )
    below = baseline + value.leading * (len(value.lines) - 1)
    texts: tuple[Text, ...] = (label, value)
    for line in _under(fact, room, 1 + more):
        below += 28 if len(texts) == 2 else 26
        texts = (*texts, replace(line, x=x, baseline=below))
        below += line.leading * (len(line.lines) - 1)
    said_value = " · ".join((value.said, *fact.under))
    rect = Rect(left, baseline - 26, right - left, below - baseline + 36)
    return Part(f"fact:{fact.name}", Role.TEXT, rect, fact.label, said_value, elements=texts), below


def _under(fact: Fact, room: float, lines: int) -> tuple[Text, ...]:
    """The smaller facts on one line; where that is too long, the first by itself."""
    if not fact.under:
        return ()
    first, *others = fact.under
    one = _small(" · ".join(fact.under), room, 1)
    if not one.truncated:
        return (one,)
    return tuple(_small(words, room, lines) for words in (first, " · ".join(others)) if words)


def _small(words: str, room: float, lines: int) -> Text:
    size = Type.SMALL
    return text(plain(words), 0, 0, room, size, weight="regular", colour="secondary", lines=lines, leading=26)
