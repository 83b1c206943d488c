"""MY CAR, the normal view: the car, its kilometres, and what is coming."""

from __future__ import annotations

from typing import Final

from vehicle_sim import menu, wording
from vehicle_sim.screens import car_outline
from vehicle_sim.screens.elements import Box, Element, Icon, Path, Rect
from vehicle_sim.screens.lettering import centred, measure, said, text
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.scene import TAP, Part, Role, Tap
from vehicle_sim.theme import Token, Type

LEFT: Final = 48.0
_CAR_WIDTH: Final = 404.0


def home(look: Look) -> Part:
    """The page."""
    facts = look.car.desired.vehicle if look.car.desired is not None else None
    name = f"{facts.model} · {facts.plate}" if facts is not None else look.car.vin
    model = text(name, LEFT, 114, 640, Type.FACT, colour="secondary")
    figure = text(
        wording.odometer(look.car.drive.odometer_km, look.language),
        LEFT,
        168,
        420,
        Type.FIGURE,
        weight="semibold",
    )
    return Part(
        "home",
        Role.PAGE,
        look.content,
        look.say("title.home"),
        children=(
            _car(look),
            Part("model", Role.TEXT, model.rect, model.said, elements=(model,)),
            Part(
                "odometer", Role.TEXT, figure.rect, look.say("home.odometer"), figure.said, elements=(figure,)
            ),
            *(_line(number, *line) for number, line in enumerate(_lines(look))),
            _hint(look),
        ),
    )


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
    if car.drive.service_due:
        lines.append(("home_repair_service", "amber", look.say("home.service_due"), "text"))
    else:
        lines.append(("check_circle", "green", look.say("home.no_service_due"), "secondary"))
    if not car.settings.notifications_on:
        lines.append(("notifications_off", "amber", look.say("home.notifications_off"), "secondary"))
    if any(car.unsent(item.id) for item in car.items):
        lines.append(("sync", "amber", look.say("home.will_be_sent"), "secondary"))
    return lines


def _line(number: int, icon: str, tone: Token, words: str, colour: Token) -> Part:
    middle = 216.0 + 40 * number
    rect = Rect(LEFT, middle - 16, 420, 32)
    line = text(words, LEFT + 42, centred(middle, Type.VALUE), 378, Type.VALUE, colour=colour)
    return Part(
        f"line:{number}",
        Role.TEXT,
        rect,
        line.said,
        elements=(Icon(Rect(LEFT, middle - 14, 28, 28), icon, tone), line),
    )


def _hint(look: Look) -> Part:
    (choice,) = menu.page_choices(look.car, look.car.pages[-1])
    middle, key_words = 430.0, look.say("home.key")
    key = text(
        key_words,
        LEFT + 12,
        centred(middle, 16),
        200,
        16,
        weight="semibold",
        colour="secondary",
        tracking=0.05,
    )
    cap = Rect(LEFT, middle - 14, round(measure(key)) + 24, 28)
    label = look.label(choice)
    words = text(
        label,
        cap.right + 14,
        centred(middle, Type.SMALL),
        400,
        Type.SMALL,
        weight="regular",
        colour="secondary",
    )
    return Part(
        "menu",
        Role.ROW,
        Rect(LEFT, middle - 16, 560, 32),
        said(label),
        focused=None if look.profile.touch else True,
        actions=((TAP if look.profile.touch else "OK", choice.verb.value),),
        tap=Tap(),
        elements=(Box(cap, "panel", radius=6, edge="line"), key, words),
    )


def _car(look: Look) -> Part:
    height = _CAR_WIDTH / car_outline.ASPECT
    rect = Rect(look.profile.width - 36 - _CAR_WIDTH, 394 - height, _CAR_WIDTH, height)
    scale = _CAR_WIDTH / 400
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
