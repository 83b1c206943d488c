"""The panel of a pop-up: an icon and a title, the facts, then the choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from vehicle_sim.screens.elements import Box, Element, Icon, Rect, Shadow, Text
from vehicle_sim.screens.lettering import said, text
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.rows import LOWEST, PAGER, RowShape, listing, pop_up_shape, row
from vehicle_sim.screens.scene import TAP, Part, Role, Tap
from vehicle_sim.state import Button, Choice, Verb
from vehicle_sim.theme import Token, Type

ICON: Final = 30.0
DIMMED: Final = 0.65
"""How much of the rest a pop-up takes away."""
_TEXT_X: Final = 68.0
_LEADING: Final = 30.0
_CORNER: Final = 72.0
"""A target as large as a finger, for EXIT."""
_FOOT: Final = 14.0
"""Under the last button."""
_TIGHT: Final = 60.0
"""Rows of a pop-up whose choices would not all fit."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a pop-up says. ``facts`` are paragraphs with their most lines each."""

    name: str
    icon: str
    tone: Token
    title: str
    facts: tuple[tuple[str, int], ...]


def dialog(look: Look, message: Message, choices: Sequence[Choice], focus: int) -> Part:
    """The pop-up over whatever lies beneath, with the rest dimmed."""
    profile, content = look.profile, look.beneath
    width = float(profile.pop_up_width)
    left = (profile.width - width) / 2
    room = width - _TEXT_X - 28
    corner = _CORNER if profile.touch else 0.0
    title = text(message.title, 0, 0, room - corner, Type.TITLE, weight="semibold", lines=2, leading=36)
    facts = [
        text(fact, 0, 0, room, Type.FACT, weight="regular", colour="secondary", lines=lines, leading=_LEADING)
        for fact, lines in message.facts
    ]
    title_height = 36.0 * len(title.lines)
    head = 22 + title_height + 6 + sum(_LEADING * len(fact.lines) for fact in facts) + 14
    room_below = content.height - 2 * profile.edge - head
    shape = pop_up_shape(look)
    if len(choices) * shape.height + (_FOOT if profile.touch else 0) > room_below:
        shape = replace(shape, height=min(shape.height, LOWEST if profile.touch else _TIGHT))
    rows_height = _rows_height(len(choices), shape, room_below)
    height = head + rows_height
    top = round(content.y + (content.height - height) / 2)
    panel = Rect(left, top, width, height)
    baseline = panel.y + 22 + 28
    heading = replace(title, x=left + _TEXT_X, baseline=baseline)
    baseline += title_height
    placed: list[Text] = []
    for fact in facts:
        placed.append(replace(fact, x=left + _TEXT_X, baseline=baseline))
        baseline += _LEADING * len(fact.lines)
    rule = Box(Rect(panel.x, panel.y + head - 1, panel.width, 1), "line", alpha=0.9)
    icon = Icon(Rect(left + 24, panel.y + 22 + 17 - ICON / 2, ICON, ICON), message.icon, message.tone)
    rows = Rect(panel.x, panel.y + head, panel.width, rows_height)
    return Part(
        message.name,
        Role.DIALOG,
        panel,
        said(message.title),
        elements=(
            Box(look.glass, "black", alpha=DIMMED),
            Shadow(panel, profile.radius),
            Box(panel, "panel_top", to="panel", radius=profile.radius, edge="line"),
            icon,
            rule,
        ),
        children=(
            Part("title", Role.TITLE, heading.rect, heading.said, elements=(heading,)),
            *(
                Part(f"fact:{number}", Role.TEXT, fact.rect, fact.said, elements=(fact,))
                for number, fact in enumerate(placed)
            ),
            *_choices(look, choices, focus, rows, shape),
            *((_way_out(look, panel),) if profile.touch else ()),
        ),
    )


def _rows_height(count: int, shape: RowShape, room: float) -> float:
    """As many rows as fit; under a finger, with a foot, and with the line that turns pages if they do not."""
    if not shape.buttons:
        return shape.height * min(count, max(1, room // shape.height))
    room -= _FOOT
    if count * shape.height <= room:
        return count * shape.height + _FOOT
    return PAGER + shape.height * max(1, (room - PAGER) // shape.height) + _FOOT


def _choices(
    look: Look, choices: Sequence[Choice], focus: int, area: Rect, shape: RowShape
) -> tuple[Part, ...]:
    if shape.buttons:
        return _buttons(look, choices, focus, replace(area, height=area.height - _FOOT), shape)
    listed = listing(look, choices, focus, area, shape, last_rounded=look.profile.radius)
    most = int(area.height // shape.height)
    if len(choices) <= most:
        return (listed,)
    track = Rect(area.right - 9, area.y + 8, 3, area.height - 16)
    thumb = _scroll(track, len(choices), most, focus)
    return (listed, Part("scroll", Role.INDICATOR, area, elements=thumb))


def _buttons(
    look: Look, choices: Sequence[Choice], focus: int, area: Rect, shape: RowShape
) -> tuple[Part, ...]:
    """The choices; what sends a selection stays under the pages of what is selected."""
    pages = len(choices) * shape.height > area.height
    if not pages or choices[0].verb is not Verb.SEND_SLOTS:
        return (listing(look, choices, focus, area, shape),)
    above = replace(area, height=area.height - shape.height)
    below = Rect(area.x, above.bottom, area.width, shape.height)
    return (
        listing(look, choices[1:], focus - 1, above, shape),
        row(look, choices[0], below, shape, steps=-focus),
    )


def _way_out(look: Look, panel: Rect) -> Part:
    """The cross, or the arrow, that does what EXIT does."""
    pop_up = look.car.pop_up
    back = look.car.notice is None and pop_up is not None and pop_up.step.goes_back
    rect = Rect(panel.right - _CORNER, panel.y, _CORNER, _CORNER)
    icon = Rect(rect.centre - 16, rect.middle - 16, 32, 32)
    return Part(
        "exit",
        Role.BUTTON,
        rect,
        look.say("choice.back" if back else "choice.close"),
        actions=((TAP, "back" if back else "close"),),
        elements=(Icon(icon, "arrow_back" if back else "close", "secondary"),),
        tap=Tap(button=Button.EXIT),
    )


def _scroll(track: Rect, count: int, visible: int, focus: int) -> tuple[Element, ...]:
    thumb = max(18.0, track.height * visible / count)
    top = track.y + (track.height - thumb) * focus / (count - 1)
    return (
        Box(track, "line", radius=1.5),
        Box(Rect(track.x, top, track.width, thumb), "accent", radius=1.5),
    )
