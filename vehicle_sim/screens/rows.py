"""Choices as rows: the focused one has a bar and a gradient, the TUNE dial tells where it stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from vehicle_sim.screens.elements import Arc, Box, Disc, Element, Icon, Path, Rect, Text
from vehicle_sim.screens.lettering import centred, measure, said, text
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.scene import TAP, Part, Role, Tap
from vehicle_sim.state import Choice, Verb
from vehicle_sim.theme import Token, Type

ICON: Final = 28.0
_CHECK_BOXES: Final = {Verb.TOGGLE_NOTIFICATIONS, Verb.TOGGLE_SLOT}
_VALUE_COLOURS: Final[dict[str, Token]] = {"status.planned": "green", "status.proposal": "amber"}


@dataclass(frozen=True, slots=True)
class RowShape:
    """The measures of one kind of row, in pixels from its left edge."""

    height: float
    icon_x: float
    text_x: float
    end: float
    """Where values end, from the right edge."""
    icons: bool = True


def page_shape(look: Look, height: float | None = None) -> RowShape:
    """Rows of a page."""
    margin = float(look.profile.margin)
    return RowShape(height or look.profile.row, margin, margin + ICON + 18, 24)


def pop_up_shape(look: Look) -> RowShape:
    """Rows of a pop-up: their words stand under its title."""
    return RowShape(look.profile.pop_up_row, 24, 68, 28, icons=False)


def listing(
    look: Look,
    choices: Sequence[Choice],
    focus: int,
    area: Rect,
    shape: RowShape,
    *,
    last_rounded: float = 0.0,
) -> Part:
    """As many rows as ``area`` has room for, the focused one among them."""
    visible = max(1, int(area.height // shape.height))
    first = first_visible(len(choices), focus, visible)
    shown = range(first, min(len(choices), first + visible))
    return Part(
        "choices",
        Role.LIST,
        area,
        value=f"{focus + 1}/{len(choices)}" if choices else "",
        children=tuple(
            row(
                look,
                choices[place],
                Rect(area.x, area.y + (place - first) * shape.height, area.width, shape.height),
                shape,
                steps=place - focus,
                ruled=place != shown[-1],
                radius=last_rounded if place == shown[-1] else 0.0,
            )
            for place in shown
        ),
    )


def first_visible(count: int, focus: int, visible: int) -> int:
    """The first row on screen: the focus stays off the edges as long as there is more beyond them."""
    return max(0, min(count - visible, focus - (visible - 1) // 2))


def row(
    look: Look,
    choice: Choice,
    rect: Rect,
    shape: RowShape,
    *,
    steps: int,
    ruled: bool = True,
    radius: float = 0.0,
) -> Part:
    """One choice, ``steps`` notches of TUNE away from the focused one; fingers see no focus."""
    touch = look.profile.touch
    focused = not steps and not touch
    label = look.label(choice)
    value = look.worded(choice.value) if choice.value else ""
    check_box = choice.verb in _CHECK_BOXES
    elements: list[Element] = []
    if ruled:
        rule_x = rect.x + (look.profile.margin if shape.icons else 0)
        elements.append(Box(Rect(rule_x, rect.bottom - 1, rect.right - rule_x, 1), "line", alpha=0.55))
    if focused:
        elements += focus_marks(look, rect, radius)
    if shape.icons and choice.icon:
        box = Rect(rect.x + shape.icon_x, rect.middle - ICON / 2, ICON, ICON)
        elements.append(Icon(box, choice.icon, "text" if focused else "secondary"))
    room = rect.width - shape.text_x - shape.end
    if check_box:
        state = choice.value in {"choice.on", "choice.chosen"}
        elements += check_mark(rect.right - shape.end - 26, rect.middle, ticked=state)
        room -= 26 + 16
    if value and choice.verb is not Verb.TOGGLE_SLOT:
        tone: Token = _VALUE_COLOURS.get(choice.value, "text" if focused else "secondary")
        written = text(value, 0, centred(rect.middle, Type.VALUE), room / 2, Type.VALUE, colour=tone)
        wide = math.ceil(measure(written))
        x = rect.x + shape.text_x + room - wide
        elements.append(replace(written, x=x, width=wide + 1.0))
        room -= wide + 20
    elements += _words(label, look.worded(choice.detail) if choice.detail else "", rect, shape, room)
    return Part(
        name_of(choice),
        Role.CHECK_BOX if check_box else Role.ROW,
        rect,
        said(label),
        said(value),
        None if touch else focused,
        ((TAP if touch else "OK", choice.verb.value),),
        tuple(elements),
        tap=Tap(steps),
    )


def name_of(choice: Choice) -> str:
    """The name of a choice's row: its key, and what it is about where several have that key."""
    about = choice.facts.get("number") or choice.facts.get("day") or ""
    if choice.verb is Verb.OPEN_STOP:
        about = str(choice.subject)
    key = choice.key.removeprefix("choice.")
    return f"{key}:{about}" if about else key


def focus_marks(look: Look, rect: Rect, radius: float = 0.0) -> list[Element]:
    """The bar and the gradient of the focused row."""
    return [
        Box(
            rect, "accent_deep", to="accent_deep", way="right", alpha_to=0.0, radius=radius, corners="bottom"
        ),
        Box(rect, "accent", radius=radius, corners="bottom", shown=look.profile.focus_bar),
    ]


def check_mark(x: float, middle: float, *, ticked: bool) -> list[Element]:
    """A square box, with a tick in it or empty."""
    box = Rect(x, middle - 13, 26, 26)
    if not ticked:
        return [Box(box, "black", alpha=0.25, radius=6, edge="secondary")]
    tick = ((x + 6.5, middle + 0.5), (x + 11.2, middle + 5.5), (x + 19.5, middle - 5))
    return [Box(box, "accent", radius=6), Path(tick, "black", 3.2)]


def dial(look: Look, count: int, focus: int) -> Part:
    """The TUNE dial at the right edge: one tick a choice, a bright knob at the focused one."""
    area = Rect(look.profile.width - look.profile.dial + 8, 120, look.profile.dial - 16, 296)
    centre, middle, radius, spread = look.profile.width + 58.0, area.middle, 104.0, 44.0
    span = 2 * spread
    place = 0.5 if count < 2 else focus / (count - 1)
    angle = 180 - spread + span * place
    steps = count if 2 <= count <= 24 else 2
    ticks = tuple(
        Path(
            tuple(
                (centre + reach * math.cos(turn), middle - reach * math.sin(turn))
                for reach in (radius + 7, radius + 13)
            ),
            "secondary",
            1.6,
            alpha=0.55,
        )
        for turn in (math.radians(180 - spread + span * step / (steps - 1)) for step in range(steps))
    )
    knob = math.radians(angle)
    x, y = centre + radius * math.cos(knob), middle - radius * math.sin(knob)
    return Part(
        "tune",
        Role.DIAL,
        area,
        "TUNE",
        f"{focus + 1}/{count}",
        actions=(("TUNE", "move_focus"),),
        elements=(
            *ticks,
            Arc(centre, middle, radius, 180 - spread, 180 + spread, "line", 3.0),
            Arc(
                centre,
                middle,
                radius,
                max(180 - spread, angle - 9),
                min(180 + spread, angle + 9),
                "accent",
                3.0,
            ),
            Disc(x, y, 6.5, "accent", "ground_bottom", 2.5),
        ),
    )


def _words(label: str, detail: str, rect: Rect, shape: RowShape, room: float) -> list[Element]:
    x = rect.x + shape.text_x
    if detail:
        return [
            text(label, x, rect.middle - 5, room, 27),
            text(detail, x, rect.middle + 23, room, Type.SMALL, weight="regular", colour="secondary"),
        ]
    one = text(label, x, centred(rect.middle, Type.ROW), room, Type.ROW)
    if not one.truncated:
        return [one]
    leading = 27.0
    two: Text = text(label, x, centred(rect.middle, 23) - leading / 2, room, 23, lines=2, leading=leading)
    return [two]
