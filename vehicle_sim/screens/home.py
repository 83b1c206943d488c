"""MY CAR, the normal view: the car, its kilometres, and what is coming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vehicle_sim import menu
from vehicle_sim.screens import car_outline
from vehicle_sim.screens.elements import Box, Element, Icon, Path, Rect
from vehicle_sim.screens.lettering import centred, measure, plain, said, text
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.scene import TAP, Part, Role, Tap
from vehicle_sim.theme import Token, Type

_NOMINAL: Final = (800, 480)
_CAR: Final = 404.0
"""Its length on the nominal display."""
_TILE: Final = 96.0


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where things stand: beside one another on a wide display, below one another on a high one."""

    left: float
    title: float
    """Baseline of the model; the kilometres stand 54 below."""
    car: Rect
    lines: Rect
    """Room of what is to be known; each line is ``pitch`` high."""
    pitch: float
    inset: float
    """From the left of that room to the icons of the lines."""
    menu: Rect


def home(look: Look) -> Part:
    """The page."""
    plan = _plan(look)
    facts = look.car.desired.vehicle if look.car.desired is not None else None
    name = f"{facts.model} · {facts.plate}" if facts is not None else look.car.vin
    room = look.profile.width - 2 * plan.left
    model = text(plain(name), plan.left, plan.title, room, Type.FACT, colour="secondary")
    kilometres = look.odometer(look.car.drive.odometer_km)
    figure = text(kilometres, plan.left, plan.title + 54, room, Type.FIGURE, weight="semibold")
    lines = _lines(look)
    card: tuple[Element, ...] = ()
    if look.profile.portrait:
        area = Rect(plan.lines.x, plan.lines.y, plan.lines.width, plan.pitch * len(lines))
        card = (Box(area, "panel_top", to="panel", radius=look.profile.radius, edge="line"),)
    return Part(
        "home",
        Role.PAGE,
        look.content,
        look.say("title.home"),
        elements=card,
        children=(
            _car(look, plan.car),
            Part("model", Role.TEXT, model.rect, model.said, elements=(model,)),
            Part(
                "odometer", Role.TEXT, figure.rect, look.say("home.odometer"), figure.said, elements=(figure,)
            ),
            *(_line(plan, number, line) for number, line in enumerate(lines)),
            (_tile if look.profile.touch else _hint)(look, plan.menu),
        ),
    )


def _plan(look: Look) -> _Plan:
    profile, content = look.profile, look.content
    tile = _TILE if profile.touch else 32.0
    if profile.portrait:
        left = float(profile.margin + 8)
        length = content.width * 0.78
        height = length / car_outline.ASPECT
        pitch = 72.0
        menu = Rect(profile.margin, content.bottom - 24 - tile, content.width - 2 * profile.margin, tile)
        lines = Rect(profile.margin, menu.y - 24 - 4 * pitch, menu.width, 4 * pitch)
        figure = content.y + 130
        car = Rect((content.width - length) / 2, (figure + lines.y - height) / 2 + 8, length, height)
        return _Plan(left, content.y + 76, car, lines, pitch, 24, menu)
    left = 2.0 * profile.margin
    scale = min(profile.width / _NOMINAL[0], profile.height / _NOMINAL[1])
    length = _CAR * scale
    height = length / car_outline.ASPECT
    above = content.bottom - 86 * scale - height
    car = Rect(profile.width - 36 - length, above, length, height)
    menu = Rect(left, content.bottom - 34 - tile, 540 if profile.touch else 560, tile)
    return _Plan(left, content.y + 66, car, Rect(left, content.y + 148, 420, 160), 40, 0, menu)


def _lines(look: Look) -> list[tuple[str, Token, str, Token]]:
    """Icon, its colour, words, theirs: the next appointment, service, what else is to be known."""
    car = look.car
    coming = [item for item in menu.appointments(car) if item.kind == "booking" and item.starts_at >= car.now]
    if coming:
        when = look.short_moment(coming[0].starts_at, look.zone_of(coming[0]))
        first: tuple[str, Token, str, Token] = (
            "event",
            "accent",
            look.say("home.workshop", when=when),
            "text",
        )
    else:
        first = ("event_available", "secondary", look.say("home.no_appointment"), "secondary")
    lines = [first]
    if car.service_lamp:
        lines.append(("home_repair_service", "amber", look.say("home.service_due"), "text"))
    else:
        key = "home.service_requested" if car.drive.service_due else "home.no_service_due"
        lines.append(("check_circle", "green", look.say(key), "secondary"))
    if not car.settings.notifications_on:
        lines.append(("notifications_off", "amber", look.say("home.notifications_off"), "secondary"))
    if any(car.unsent(item.id) for item in car.items):
        lines.append(("sync", "amber", look.say("home.will_be_sent"), "secondary"))
    return lines


def _line(plan: _Plan, number: int, line: tuple[str, Token, str, Token]) -> Part:
    icon, tone, words, colour = line
    rect = Rect(plan.lines.x, plan.lines.y + plan.pitch * number, plan.lines.width, plan.pitch)
    symbol = Rect(rect.x + plan.inset, rect.middle - 14, 28, 28)
    x = symbol.right + 14
    room = rect.right - x
    written = text(words, x, centred(rect.middle, Type.VALUE), room, Type.VALUE, colour=colour)
    if written.truncated:
        first = centred(rect.middle, Type.SMALL) - Type.SMALL / 2
        written = text(words, x, first, room, Type.SMALL, colour=colour, lines=2, leading=Type.SMALL)
    return Part(f"line:{number}", Role.TEXT, rect, written.said, elements=(Icon(symbol, icon, tone), written))


def _hint(look: Look, rect: Rect) -> Part:
    """The one choice, under a knob: which key leads on."""
    (choice,) = menu.page_choices(look.car, look.car.pages[-1])
    key = text(
        look.say("home.key"),
        rect.x + 12,
        centred(rect.middle, 16),
        200,
        16,
        weight="semibold",
        colour="secondary",
        tracking=0.05,
    )
    cap = Rect(rect.x, rect.middle - 14, round(measure(key)) + 24, 28)
    label = look.label(choice)
    x = cap.right + 14
    words = text(
        label,
        x,
        centred(rect.middle, Type.SMALL),
        rect.right - x,
        Type.SMALL,
        weight="regular",
        colour="secondary",
    )
    return Part(
        "menu",
        Role.ROW,
        rect,
        said(label),
        focused=True,
        actions=(("OK", choice.verb.value),),
        tap=Tap(),
        elements=(Box(cap, "panel", radius=6, edge="line"), key, words),
    )


def _tile(look: Look, rect: Rect) -> Part:
    """The one choice, under a finger."""
    (choice,) = menu.page_choices(look.car, look.car.pages[-1])
    label = look.label(choice)
    symbol = Rect(rect.x + 24, rect.middle - 17, 34, 34)
    arrow = Rect(rect.right - 54, rect.middle - 15, 30, 30)
    x = symbol.right + 20
    words = text(label, x, centred(rect.middle, Type.ROW), arrow.x - 12 - x, Type.ROW)
    return Part(
        "menu",
        Role.ROW,
        rect,
        said(label),
        actions=((TAP, choice.verb.value),),
        tap=Tap(),
        elements=(
            Box(rect, "panel_top", to="panel", radius=look.profile.radius, edge="line"),
            Icon(symbol, choice.icon, "accent"),
            words,
            Icon(arrow, "chevron_right", "secondary"),
        ),
    )


def _car(look: Look, rect: Rect) -> Part:
    scale = rect.width / 400
    strokes: tuple[Element, ...] = tuple(
        Path(
            tuple((rect.x + x * rect.width, rect.y + y * rect.height) for x, y in stroke.points),
            stroke.colour,
            stroke.width * scale,
            stroke.closed,
        )
        for stroke in car_outline.STROKES
    )
    half = rect.width / 2 + 20
    floor: tuple[Element, ...] = (
        Box(
            Rect(rect.centre - half, rect.bottom + 1, half, 1),
            "line",
            to="line",
            way="right",
            alpha=0.0,
            alpha_to=1.0,
        ),
        Box(
            Rect(rect.centre, rect.bottom + 1, half, 1),
            "line",
            to="line",
            way="right",
            alpha=1.0,
            alpha_to=0.0,
        ),
    )
    return Part("car", Role.IMAGE, rect, look.say("home.car"), elements=(*floor, *strokes))
