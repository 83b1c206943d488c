"""Reads what somebody has written about a person or a vehicle, and says of each field what is wrong with it.

What was written is kept as it was written, so that a refused form shows it again. When somebody else was
faster, the two changes are put together: what only one of the two changed stands as that one wrote it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar
from uuid import UUID

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from backend import wording
from backend.contacts import Email, Name, Phone, Plate
from backend.web.errors import Unreadable
from backend.web.reader import Reader
from protocol.values import Vin

T = TypeVar("T")
Entered = Mapping[str, str]
BASE: Final = "was."
"""Before the name of a hidden field that says how the record stood when the form was opened."""
_NAME: Final = TypeAdapter[str](Name)
_EMAIL: Final = TypeAdapter[str](Email)
_PHONE: Final = TypeAdapter[str](Phone)
_PLATE: Final = TypeAdapter[str](Plate)
_VIN: Final = TypeAdapter[str](Vin)
_LINE: Final = 200
_PLATE_LENGTH: Final = 16
_MOST_DIGITS: Final = 9
_KM_PER_MILE: Final = 1.609344


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that somebody else has changed meanwhile; ``kept`` if the form keeps the reader's own entry."""

    name: str
    theirs: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """A refused form put together with what somebody else has saved meanwhile."""

    entered: dict[str, str]
    clashes: tuple[Clash, ...]


async def receive(request: web.Request) -> dict[str, str]:
    """Return the form of a request as it was written, without the fields that are no text.

    Raises:
        Unreadable: it is no form, or not in UTF-8.
    """
    try:
        form = await request.post()
        written = {name: text for name, text in form.items() if isinstance(text, str)}
        for text in written.values():
            text.encode()
    except (UnicodeError, LookupError, ValueError) as wrong:
        raise Unreadable("the form cannot be read; send it as UTF-8") from wrong
    return written


def pick(form: Entered, *names: str) -> dict[str, str]:
    """Return these fields of a form; one that is not there is empty."""
    return {name: form.get(name, "") for name in names}


def version(entered: Entered) -> int:
    """Return the version that the form was opened at; one that no record has, if it does not say."""
    written = entered["version"]
    return int(written) if _is_number(written) else -1


def identity(written: str) -> UUID | None:
    """Return the id that a hidden field holds, None if it holds none."""
    try:
        return UUID(written)
    except ValueError:
        return None


def based_on(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the hidden fields beside ``names``."""
    return tuple(f"{BASE}{name}" for name in names)


def merge(entered: Entered, theirs: Entered, names: Sequence[str]) -> Merged:
    """Put the reader's entries together with what somebody else has saved since the form was opened."""
    merged, clashes = {**entered}, []
    for name in names:
        base, mine, other = entered[f"{BASE}{name}"], entered[name].strip(), theirs[name]
        if other in {base, mine}:
            continue
        untouched = mine == base
        clashes.append(Clash(name, other, kept=not untouched))
        if untouched:
            merged[name] = other
    return Merged(merged, tuple(clashes))


@dataclass(slots=True)
class Reading:
    """Turns fields into values; ``wrong`` says, by field, what is wrong, in the reader's words."""

    entered: Entered
    reader: Reader
    wrong: dict[str, str] = field(default_factory=dict)

    def name(self, key: str = "name") -> str:
        """Return a line that has to be there."""
        return self._line(key, _NAME)

    def email(self) -> str:
        """Return an e-mail address."""
        return self._line("email", _EMAIL)

    def phone(self) -> str:
        """Return a phone number, empty for none; without a country's code it is one of the market."""
        written = self.entered["phone"].strip()
        if written.isprintable():
            written = wording.phone(written, self.reader.market.country)
        return self._check("phone", written, _PHONE, must=False)

    def plate(self) -> str:
        """Return a number plate."""
        return self._line("plate", _PLATE, most=_PLATE_LENGTH)

    def vin(self) -> str:
        """Return a VIN; spaces and small letters will do."""
        return self._check("vin", tidy_vin(self.entered["vin"]), _VIN)

    def among(self, key: str, options: Mapping[str, T]) -> T | None:
        """Return what a drop-down stands for."""
        if self.entered[key] not in options:
            self.refuse(key, "choice")
        return options.get(self.entered[key])

    def number(self, key: str, low: int, high: int, *, must: bool = True) -> int | None:
        """Return a whole number; spaces and dots between the thousands will do."""
        written = "".join(char for char in self.entered[key] if not char.isspace() and char not in ".,’'")
        if not written:
            if must:
                self.refuse(key, "missing")
            return None
        if not _is_number(written) or not low <= int(written) <= high:
            self.refuse(key, "number", low=low, high=high)
            return None
        return int(written)

    def mileage(self, known: int | None = None) -> int | None:
        """Return a mileage in kilometres, entered in the market's unit; left as it was, it stays exact."""
        figure = self.number("mileage", 0, 9_999_999, must=known is not None)
        if figure is None or self.reader.market.distance != "mi":
            return figure
        return known if figure == in_unit(known, self.reader) else round(figure * _KM_PER_MILE)

    def refuse(self, key: str, why: str, **facts: object) -> None:
        """Say what is wrong with a field."""
        self.wrong.setdefault(key, self.reader.say(f"register.wrong.{why}", **facts))

    def _line(self, key: str, kind: TypeAdapter[str], *, most: int = _LINE) -> str:
        return self._check(key, self.entered[key].strip(), kind, most=most)

    def _check(
        self, key: str, written: str, kind: TypeAdapter[str], *, must: bool = True, most: int = _LINE
    ) -> str:
        if not written:
            if must:
                self.refuse(key, "missing")
        elif len(written) > most:
            self.refuse(key, "too_long", most=most, has=len(written))
        elif any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in written):
            self.refuse(key, "control")
        else:
            try:
                return kind.validate_python(written)
            except ValidationError:
                self.refuse(key, key)
        return ""


def tidy_vin(written: str) -> str:
    """Return a VIN as it is kept: without the spaces and hyphens that people write into it."""
    return "".join(char for char in written.upper() if not char.isspace() and char != "-")


def in_unit(km: int | None, reader: Reader) -> int | None:
    """Return a mileage in the market's unit."""
    return round(km / _KM_PER_MILE) if km is not None and reader.market.distance == "mi" else km


def _is_number(written: str) -> bool:
    return written.isascii() and written.isdigit() and len(written) <= _MOST_DIGITS
