"""Gives a workshop very many appointments, so that it can be measured whether its lists still open at once.

The service makes one appointment of each kind; here they are copied in bulk, each with a customer, a vehicle,
a number and times of its own. Their histories and timers are left out: no list reads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import Connection, RowMapping, Table, create_engine, func, insert, select, text

from backend.appointment import Listing
from backend.tables import appointments, customers, dealers, regulars, relations, vehicles

_NAMES: Final = UUID("6f2d7a58-5c0e-5f7d-9a11-8f0c5b3a7e21")
_PER_CUSTOMER: Final = 10
_CHUNK: Final = 5000
_FIRST_NUMBER: Final = 200_001
_FALLS_DUE: Final = {Listing.ACTIONS, Listing.PENDING}
_SURNAMES: Final = (
    "Aalto",
    "Bergman",
    "Carlsson",
    "Dahl",
    "Ekberg",
    "Forsman",
    "Granlund",
    "Heino",
    "Ikonen",
)


@dataclass(frozen=True, slots=True)
class Person:
    """A customer and a vehicle that were made for the crowd."""

    customer: UUID
    vin: str
    name: str


def fill(url: str, dealer: str, count: int, now: datetime) -> None:
    """Copy the dealer's appointments until there are ``count``, evenly of each kind, over two months.

    What has fallen due by ``now`` stands where the ticker would have moved it.
    """
    engine = create_engine(url.replace("+aiosqlite", ""))
    try:
        with engine.begin() as connection:
            _fill(connection, UUID(dealer), count, now)
        if engine.dialect.name == "postgresql":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))  # as autovacuum would within the minute
    finally:
        engine.dispose()


def _fill(connection: Connection, dealer: UUID, count: int, now: datetime) -> None:
    kinds = (
        connection.execute(select(appointments).where(appointments.c.dealer_id == dealer)).mappings().all()
    )
    missing = count - len(kinds)
    people = _people(connection, kinds[0], max(1, missing // _PER_CUSTOMER))
    for first in range(0, missing, _CHUNK):
        places = range(first, min(missing, first + _CHUNK))
        connection.execute(
            insert(appointments),
            [_copy(kinds[place % len(kinds)], place, people[place % len(people)], now) for place in places],
        )
    connection.execute(dealers.update().values(next_number=_FIRST_NUMBER + missing))
    found = connection.execute(select(func.count()).where(appointments.c.dealer_id == dealer)).scalar()
    if found != count:
        raise AssertionError(f"there are {found} appointments, not {count}")


def _copy(kind: RowMapping, place: int, person: Person, now: datetime) -> dict[str, Any]:
    key, number = uuid5(_NAMES, str(place)), str(_FIRST_NUMBER + place)
    body: str = kind["body"]
    for old, new in (
        (str(kind["id"]), str(key)),
        (f'"{kind["number"]}"', f'"{number}"'),
        (kind["vin"], person.vin),
        (str(kind["customer_id"]), str(person.customer)),
    ):
        body = body.replace(old, new)
    # A month back and a month ahead, a minute or so apart: late ones and those of time to come.
    away = timedelta(minutes=(place * 7919) % 86_400 - 43_200)
    return {
        **kind,
        "id": key,
        "number": number,
        "vin": person.vin,
        "by_customer": person.name.lower(),
        "customer_id": person.customer,
        "body": body,
        "starts_at": kind["starts_at"] and kind["starts_at"] + away,
        "sort_at": kind["sort_at"] + away,
        "past_due": kind["listed"] in _FALLS_DUE and kind["sort_at"] + away <= now,
    }


def _people(connection: Connection, kind: RowMapping, count: int) -> Sequence[Person]:
    people = [
        Person(uuid5(_NAMES, f"person {place}"), f"YV1ZZ0000Z{place:07d}", f"{name} {place:05d}")
        for place, name in zip(range(count), _names(), strict=False)
    ]
    [mother] = _rows(connection, customers, "id", kind["customer_id"])
    [car] = _rows(connection, vehicles, "vin", kind["vin"])
    ties = _rows(connection, relations, "vin", kind["vin"])
    [regular] = _rows(connection, regulars, "vin", kind["vin"])
    # Long ago: else the next start of the backend would tell every car again, while its lists are measured.
    told = {"published_rev": car["rev"], "published_marker": 0, "dirty": False}
    for first in range(0, count, _CHUNK):
        some = people[first : first + _CHUNK]
        connection.execute(
            insert(customers),
            [
                mother | {"id": one.customer, "name": one.name, "email_key": f"{one.customer}@example.com"}
                for one in some
            ],
        )
        connection.execute(
            insert(vehicles), [car | told | {"vin": one.vin, "plate_key": one.vin} for one in some]
        )
        connection.execute(
            insert(relations),
            [tie | {"vin": one.vin, "customer_id": one.customer} for one in some for tie in ties],
        )
        connection.execute(
            insert(regulars),
            [regular | {"customer_id": one.customer, "vin": one.vin, "name": one.name} for one in some],
        )
    return people


def _rows(connection: Connection, table: Table, column: str, key: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(select(table).where(table.c[column] == key)).mappings()]


def _names() -> Iterator[str]:
    while True:
        yield from _SURNAMES
