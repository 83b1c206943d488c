"""What a pop-up may ask of somebody who drives: at most two choices, one press each, and two lines to read.

One rule for the menu, and with it for the screens and the semantic tree. Nowhere in this car is text entered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vehicle_sim.state import Car, Choice, Verb

THRESHOLD: Final = 8.0
"""km/h, in either direction; up to here the car counts as standing, as in a queue or a parking space."""
CHOICES: Final = 2
LINES: Final = 2

_WANTED: Final = (
    Verb.GUIDE,
    Verb.AS_DESTINATION,
    Verb.AS_WAYPOINT,
    Verb.ACCEPT,
    Verb.OPEN_DETAILS,
    Verb.REQUEST,
    Verb.SEND_REQUEST,
    Verb.POSTPONE,
    Verb.DISMISS,
    Verb.BACK,
    Verb.DECLINE,
    Verb.DECLINE_SERVICE,
)
"""What one press settles, the most wanted first: EXIT does what Close and Back do. The rest waits."""
_BACK: Final = Choice("choice.back", Verb.BACK, icon="arrow_back")


def is_moving(car: Car) -> bool:
    """Tell whether the car moves too fast for its driver to read and choose at leisure."""
    return abs(car.drive.speed) > THRESHOLD


def brief(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """Return the choices of a pop-up for somebody who drives, in their order; at least a way back."""
    wanted = sorted(
        (choice for choice in choices if choice.verb in _WANTED), key=lambda one: _WANTED.index(one.verb)
    )[:CHOICES]
    return tuple(choice for choice in choices if choice in wanted) or (_BACK,)


def short(paragraphs: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Return the paragraphs, each with its most lines, that a glance can take in: whole ones, none cut."""
    kept: list[tuple[str, int]] = []
    for words, lines in paragraphs:
        if sum(taken for _, taken in kept) + lines <= LINES:
            kept.append((words, lines))
    return tuple(kept)
