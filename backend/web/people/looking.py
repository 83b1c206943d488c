"""Looks for people and vehicles by one line of writing, and sees what it is: address, VIN, plate or name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final, Literal
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from backend.contacts import Email, Plate
from backend.service import households, register, searching
from backend.web.people import forms, words
from backend.web.people.seat import Seat
from protocol.values import Line, Vin

Key = Literal["name", "email", "vin", "plate"]
EVERY_KEY: Final[Collection[Key]] = ("name", "email", "vin", "plate")
OF_A_VEHICLE: Final[Collection[Key]] = ("vin", "plate")
OF_A_PERSON: Final[Collection[Key]] = ("name", "email")
_KINDS: Final[dict[Key, TypeAdapter[str]]] = {
    "email": TypeAdapter(Email),
    "vin": TypeAdapter(Vin),
    "plate": TypeAdapter(Plate),
    "name": TypeAdapter(Line),
}
_VIN_LENGTH: Final = 17
_SHORTEST_NAME: Final = 2
_LONGEST_PLATE: Final = 16


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked for, as what, and what came of it. Without ``key`` nothing was."""

    written: str = ""
    key: Key | None = None
    value: str = ""
    hits: tuple[words.Hit, ...] = ()
    own_people: frozenset[UUID] = frozenset()
    own_vehicles: frozenset[str] = frozenset()
    more: bool = False
    """There are more than are shown."""
    wrong: dict[str, str] = field(default_factory=dict)


async def look(seat: Seat, keys: Collection[Key]) -> Looked:
    """Look for what stands in the address's ``q``, by one of ``keys``; the audit keeps it but for names."""
    written = seat.asked("q").strip()
    if not written:
        return Looked()
    key, value = _recognised(written, keys)
    try:
        value = _KINDS[key].validate_python(value)
        if key == "name" and len(value) < _SHORTEST_NAME:
            raise ValueError(value)
    except (ValidationError, ValueError):
        return Looked(written, wrong={"q": seat.reader.say(f"register.wrong.q.{key}")})
    if key == "name":
        found = await searching.search_own(seat.work, seat.dealer, value)
        if not found and "plate" in keys and len(value) <= _LONGEST_PLATE:
            found = await register.search(seat.work, seat.dealer, seat.me.login, plate=value)
    else:
        found = await register.search(seat.work, seat.dealer, seat.me.login, **{key: value})
    hits = words.hits(found)
    people = {hit.customer.id for hit in hits if hit.customer is not None}
    vins = {hit.vehicle.vin for hit in hits if hit.vehicle is not None}
    return Looked(
        written,
        key,
        value,
        hits,
        frozenset([one for one in people if await households.may_see(seat.work, seat.dealer, one)]),
        frozenset([one for one in vins if await households.knows_vehicle(seat.work, seat.dealer, one)]),
        more=key == "name" and len(people) >= searching.MOST,
    )


def _recognised(written: str, keys: Collection[Key]) -> tuple[Key, str]:
    tidy = forms.tidy_vin(written)
    if "email" in keys and "@" in written:
        return "email", written
    if "vin" in keys and (len(tidy) == _VIN_LENGTH and _has_digits(tidy)):
        return "vin", tidy
    if "plate" in keys and ("name" not in keys or (len(written) <= _LONGEST_PLATE and _has_digits(written))):
        # Where people are not looked for, what is too long for a plate was meant to be a VIN.
        return ("vin", tidy) if len(written) > _LONGEST_PLATE else ("plate", written)
    return "name", written


def _has_digits(written: str) -> bool:
    return any(char.isdigit() for char in written)
