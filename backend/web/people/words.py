"""Names people, vehicles and what ties them as the desk does, for every page that shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from backend.appointment import Appointment
from backend.service.households import Tie
from backend.service.searching import Found
from backend.store.customers import Customer, RelationKind
from backend.store.vehicles import Vehicle
from backend.web.desk.words import Chip, chip
from backend.web.reader import Reader
from protocol.language import Language


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a search: a person with a vehicle, or one without the other."""

    customer: Customer | None
    vehicle: Vehicle | None
    tie: Tie | None


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment in a list of a person's or a vehicle's."""

    number: str
    when: str
    chip: Chip
    work: str
    vin: str


def hits(found: Iterable[Found]) -> tuple[Hit, ...]:
    """Return what a search found, one line for each person and vehicle."""
    lines: dict[tuple[UUID | None, str], Hit] = {}
    for one in found:
        person, vin = one.customer, "" if one.vehicle is None else one.vehicle.vin
        key = (None if person is None else person.id, vin)
        line = lines.get(key) or Hit(person, one.vehicle, None)
        if person is not None and one.relation is not None:
            before = line.tie or Tie(vin, person.id, drives=False, owns=False, primary=False)
            line = replace(
                line,
                tie=replace(
                    before,
                    drives=before.drives or one.relation.relation is RelationKind.DRIVES,
                    owns=before.owns or one.relation.relation is RelationKind.OWNS,
                    primary=before.primary or one.relation.primary,
                ),
            )
        lines[key] = line
    return tuple(lines.values())


def people(found: Iterable[Hit]) -> tuple[Customer, ...]:
    """Return whom a search found, each once, in its order."""
    return tuple({hit.customer.id: hit.customer for hit in found if hit.customer is not None}.values())


def languages(reader: Reader) -> list[tuple[str, str]]:
    """Return what the drop-down of languages offers."""
    return [(one.value, reader.say(f"register.language.{one.value}")) for one in Language]


def tie_words(tie: Tie, reader: Reader) -> str:
    """Return what a person has to do with a vehicle: *Drives*, *Owns*, or both."""
    told = [name for name, is_so in (("drives", tie.drives), ("owns", tie.owns)) if is_so]
    return " · ".join(reader.say(f"register.relation.{name}") for name in told)


def visits(known: Iterable[Appointment], reader: Reader) -> tuple[Visit, ...]:
    """Return appointments as a list shows them."""
    return tuple(
        Visit(
            one.number,
            "–" if one.terms.starts_at is None else reader.full(one.terms.starts_at),
            chip(one, reader),
            next(iter(one.terms.work.splitlines()), ""),
            one.subject.vin,
        )
        for one in known
    )


def address(path: str, **facts: object) -> str:
    """Return an address with its query; what is empty is left out."""
    query = urlencode({name: str(fact) for name, fact in facts.items() if fact not in {None, ""}})
    return f"{path}?{query}" if query else path


def booking(customer_id: UUID, vin: str) -> str:
    """Return the address of *Create New Appointment* for a person and a vehicle."""
    return address("/desk/appointments/new", vin=vin, customer=customer_id)
