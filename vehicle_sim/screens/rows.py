"""Choices as rows: under the knob one has the focus; under a finger each is a target, and pages turn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from vehicle_sim.screens.elements import Box, Element, Icon, Path, Rect, Text
from vehicle_sim.screens.lettering import centred, measure, said, text
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.scene import TAP, Part, Role, Tap
from vehicle_sim.state import Choice, Verb
from vehicle_sim.theme import Token, Type

ICON: Final = 28.0
_CHECK_BOXES: Final = {Verb.TOGGLE_NOTIFICATIONS, Verb.TOGGLE_SLOT}
_LEADS_ON: Final = {Verb.OPEN, Verb.OPEN_DETAILS, Verb.OPEN_STOP, Verb.REQUEST, Verb.ADD_STOP}
"""Verbs that open another page: a finger sees an arrow there."""
_ARROW: Final = 30.0
_INSET: Final = 6.0
"""Between a button's edge and its row's, so that two buttons have air between them."""
LOWEST: Final = 72.0
"""The lowest row that a finger hits without aiming."""
PAGER: Final = 84.0
"""The height of the line that turns pages, under a list that does not fit."""
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
    buttons: bool = False
    """Each row has a box of its own, as wide as the words of the panel."""


def page_shape(look: Look, height: float | None = None) -> RowShape:
    """Rows of a page; under a finger they lie in a card."""
    margin = 24.0 if look.profile.touch else float(look.profile.margin)
    return RowShape(height or look.profile.row, margin, margin + ICON + 18, 24)


def pop_up_shape(look: Look) -> RowShape:
    """Rows of a pop-up: their words stand under its title."""
    if look.profile.touch:
        return RowShape(look.profile.pop_up_row, 24, 52, 52, icons=False, buttons=True)
    return RowShape(look.profile.pop_up_row, 24, 68, 28, icons=False)


def in_card(look: Look, choices: Sequence[Choice], focus: int, room: Rect) -> tuple[Part, Part]:
    """The choices of a touch page in a card at the top of ``room``, as high as they need."""
    usual = float(look.profile.row)
    shape = page_shape(look, min(usual, max(LOWEST, room.height // len(choices))))
    height = min(room.height, len(choices) * shape.height)
    area = Rect(room.x, room.y, room.width, height)
    return card(look, "card", area), listing(look, choices, focus, area, shape)


def card(look: Look, name: str, rect: Rect) -> Part:
    """The panel under what belongs together on a touch page."""
    panel = Box(rect, "panel_top", to="panel", radius=look.profile.radius, edge="line")
    return Part(name, Role.IMAGE, rect, elements=(panel,))


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
    pages = look.profile.touch and len(choices) * shape.height > area.height
    room = area.height - (PAGER if pages else 0)
    visible = max(1, int(room // shape.height))
    first = max(0, focus) // visible * visible if pages else first_visible(len(choices), focus, visible)
    shown = range(first, min(len(choices), first + visible))
    rows = tuple(
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
    )
    foot = Rect(area.x, area.bottom - PAGER, area.width, PAGER)
    turning = (_pager(look, foot, shown, most=visible, count=len(choices), focus=focus),) if pages else ()
    return Part(
        "choices",
        Role.LIST,
        area,
        value=f"{focus + 1}/{len(choices)}" if choices else "",
        children=(*rows, *turning),
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
    if shape.buttons:
        box = Rect(rect.x + 24, rect.y + _INSET, rect.width - 48, rect.height - 2 * _INSET)
        fill: Token = "accent_deep" if choice.verb is Verb.SEND_SLOTS else "line"
        elements.append(Box(box, fill, alpha=1.0 if fill == "accent_deep" else 0.4, radius=12))
    elif ruled:
        rule_x = rect.x + (shape.icon_x if shape.icons else 0)
        rule_end = rect.right - (shape.icon_x if touch else 0)
        elements.append(Box(Rect(rule_x, rect.bottom - 1, rule_end - rule_x, 1), "line", alpha=0.55))
    if focused:
        elements += focus_marks(look, rect, radius)
    if shape.icons and choice.icon:
        box = Rect(rect.x + shape.icon_x, rect.middle - ICON / 2, ICON, ICON)
        elements.append(Icon(box, choice.icon, "text" if focused else "secondary"))
    end = rect.right - shape.end
    if check_box:
        state = choice.value in {"choice.on", "choice.chosen"}
        elements += check_mark(end - 26, rect.middle, ticked=state)
        end -= 26 + 16
    if touch and shape.icons and choice.verb in _LEADS_ON:
        box = Rect(end - _ARROW + 6, rect.middle - _ARROW / 2, _ARROW, _ARROW)
        elements.append(Icon(box, "chevron_right", "secondary"))
        end -= _ARROW + 6
    if value and choice.verb is not Verb.TOGGLE_SLOT:
        tone: Token = _VALUE_COLOURS.get(choice.value, "text" if focused else "secondary")
        room = (end - rect.x - shape.text_x) / 2
        written = text(value, 0, centred(rect.middle, Type.VALUE), room, Type.VALUE, colour=tone)
        wide = math.ceil(measure(written))
        elements.append(replace(written, x=end - wide, width=wide + 1.0))
        end -= wide + 20
    room = end - rect.x - shape.text_x
    elements += _words(
        label, look.worded(choice.detail) if choice.detail else "", rect, shape, room, focused=focused
    )
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
    if choice.verb in {Verb.OPEN_STOP, Verb.TO_PLACE}:
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


def _pager(look: Look, foot: Rect, shown: range, *, most: int, count: int, focus: int) -> Part:
    """Which of the choices are on the page, and a target each way where there are more."""
    wide = 104.0
    down = Rect(foot.right - 24 - wide, foot.y + 8, wide, foot.height - 16)
    up = Rect(down.x - 16 - wide, down.y, wide, down.height)
    words = text(
        look.say("touch.page", first=shown.start + 1, last=shown.stop, count=count),
        foot.x + 24,
        centred(foot.middle, Type.SECONDARY),
        up.x - foot.x - 48,
        Type.SECONDARY,
        weight="regular",
        colour="secondary",
    )
    before = shown.start - most - focus if shown.start else None
    after = shown.stop - focus if shown.stop < count else None
    return Part(
        "pager",
        Role.LIST,
        foot,
        children=(
            Part("page", Role.TEXT, words.rect, words.said, elements=(words,)),
            _turn_page(look, up, "page_up", "keyboard_arrow_up", before),
            _turn_page(look, down, "page_down", "keyboard_arrow_down", after),
        ),
    )


def _turn_page(look: Look, rect: Rect, name: str, icon: str, steps: int | None) -> Part:
    symbol = Rect(rect.centre - 18, rect.middle - 18, 36, 36)
    faint = steps is None
    return Part(
        name,
        Role.BUTTON,
        rect,
        look.say(f"touch.{name}"),
        actions=() if steps is None else ((TAP, "scroll"),),
        elements=(
            Box(rect, "line", alpha=0.15 if faint else 0.4, radius=12),
            Icon(symbol, icon, "secondary" if faint else "text", 0.3 if faint else 1.0),
        ),
        tap=None if steps is None else Tap(steps, None),
    )


def _words(
    label: str, detail: str, rect: Rect, shape: RowShape, room: float, *, focused: bool
) -> list[Element]:
    x = rect.x + shape.text_x
    soft: Token = "text" if focused else "secondary"
    if detail:
        return [
            text(label, x, rect.middle - 5, room, 27),
            text(detail, x, rect.middle + 23, room, Type.SMALL, weight="regular", colour=soft),
        ]
    one = text(label, x, centred(rect.middle, Type.ROW), room, Type.ROW)
    if not one.truncated:
        return [one]
    leading = 27.0
    two: Text = text(label, x, centred(rect.middle, 23) - leading / 2, room, 23, lines=2, leading=leading)
    return [two]
