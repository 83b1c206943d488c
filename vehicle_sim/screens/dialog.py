"""The panel of a pop-up: an icon and a title, the facts, then the choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from vehicle_sim.screens.elements import Box, Element, Icon, Rect, Shadow, Text
from vehicle_sim.screens.lettering import said, text
from vehicle_sim.screens.look import Look
from vehicle_sim.screens.rows import listing, pop_up_shape
from vehicle_sim.screens.scene import Part, Role
from vehicle_sim.state import Choice
from vehicle_sim.theme import Token, Type

ICON: Final = 30.0
DIMMED: Final = 0.65
"""How much of the rest a pop-up takes away."""
_TEXT_X: Final = 68.0
_LEADING: Final = 30.0
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
    profile, content = look.profile, look.content
    width = float(profile.pop_up_width)
    left = (profile.width - width) / 2
    room = width - _TEXT_X - 28
    title = text(message.title, 0, 0, room, Type.TITLE, weight="semibold", lines=2, leading=36)
    facts = [
        text(fact, 0, 0, room, Type.FACT, weight="regular", colour="secondary", lines=lines, leading=_LEADING)
        for fact, lines in message.facts
    ]
    title_height = 36.0 * len(title.lines)
    head = 22 + title_height + 6 + sum(_LEADING * len(fact.lines) for fact in facts) + 14
    shape = pop_up_shape(look)
    if head + len(choices) * shape.height > content.height - 2 * profile.edge:
        shape = replace(shape, height=_TIGHT)
    most = max(1, int((content.height - 2 * profile.edge - head) // shape.height))
    height = head + shape.height * min(len(choices), most)
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
    rows = Rect(panel.x, panel.y + head, panel.width, height - head)
    listed = listing(look, choices, focus, rows, shape, last_rounded=profile.radius)
    more: tuple[Element, ...] = ()
    if len(choices) > most:
        more = _scroll(Rect(panel.right - 9, rows.y + 8, 3, rows.height - 16), len(choices), most, focus)
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
            listed,
            *((Part("scroll", Role.INDICATOR, rows, elements=more),) if more else ()),
        ),
    )


def _scroll(track: Rect, count: int, visible: int, focus: int) -> tuple[Element, ...]:
    thumb = max(18.0, track.height * visible / count)
    top = track.y + (track.height - thumb) * focus / (count - 1)
    return (
        Box(track, "line", radius=1.5),
        Box(Rect(track.x, top, track.width, thumb), "accent", radius=1.5),
    )
