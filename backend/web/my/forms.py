"""Reads what owners write, and says of each field what is wrong with it, by the key of a phrase.

What was written is kept as it was written, so that a refused form shows it again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from backend.lifecycle import FARTHEST
from protocol.messages import HalfDay, Slot

MOST_CHARACTERS: Final = 4000
MOST_KM: Final = 9_999_999
_KM_PER_MILE: Final = 1.609344
_MOST_DIGITS: Final = 7


@dataclass(slots=True)
class Reading:
    """A form under the eyes of somebody who notes what is wrong: field -> key of a phrase."""

    entered: Mapping[str, str]
    wrong: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, *, required: bool = True) -> str:
        """Return what was written in a field of several lines."""
        written = self.entered.get(name, "").strip()
        if required and not written:
            self.wrong[name] = "wrong.empty"
        elif len(written) > MOST_CHARACTERS:
            self.wrong[name] = "wrong.too_long"
        elif any(_is_control(char) for char in written):
            self.wrong[name] = "wrong.characters"
        return written

    def among(self, name: str, known: Collection[str]) -> str:
        """Return which of the offered values was chosen."""
        chosen = self.entered.get(name, "")
        if chosen not in known:
            self.wrong[name] = "wrong.choose"
        return chosen

    def slots(self, today: date) -> tuple[Slot, ...]:
        """Return the preferred days, ``day1`` with ``half1`` and so on; the second may be left out."""
        found = []
        for number in (1, 2):
            name = f"day{number}"
            written = self.entered.get(name, "").strip()
            if not written:
                if number == 1:
                    self.wrong[name] = "wrong.empty"
                continue
            half = self.among(f"half{number}", [one.value for one in HalfDay])
            try:
                day = date.fromisoformat(written)
            except ValueError:
                self.wrong[name] = "wrong.day"
                continue
            if day <= today:
                self.wrong[name] = "wrong.past"
            elif day > today + timedelta(days=FARTHEST.days):
                self.wrong[name] = "wrong.far"
            if not self.wrong.keys() & {name, f"half{number}"}:
                found.append(Slot(day=day.isoformat(), half=HalfDay(half)))
        if len(found) == 2 and found[0] == found[1]:
            self.wrong["day2"] = "wrong.same"
        return tuple(found)

    def mileage(self, name: str, distance: str) -> int | None:
        """Return a mileage in kilometres; it was written in the market's unit, with or without its signs."""
        written = "".join(char for char in self.entered.get(name, "") if char not in " .,'\u00a0\u202f\u2009")
        if not written:
            self.wrong[name] = "wrong.empty"
            return None
        if not (written.isascii() and written.isdecimal() and len(written) <= _MOST_DIGITS):
            self.wrong[name] = "wrong.mileage"
            return None
        figure = int(written)
        return min(MOST_KM, round(figure * _KM_PER_MILE)) if distance == "mi" else figure

    def number(self, name: str) -> int | None:
        """Return a version that a hidden field carries, None if it has none."""
        written = self.entered.get(name, "")
        good = written.isascii() and written.isdecimal() and len(written) <= 9
        return int(written) if good else None

    def id(self, name: str) -> UUID | None:
        """Return an id that a field carries, None if it has none."""
        try:
            return UUID(self.entered.get(name, ""))
        except ValueError:
            return None


def _is_control(char: str) -> bool:
    # What a letter cannot carry: the controls, and the two separators that Unicode calls a line's end.
    number = ord(char)
    return (number < 32 and char not in "\n\t") or 127 <= number < 160 or char in "\u2028\u2029"
