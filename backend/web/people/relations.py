"""Says who drives and who owns which vehicle, from a customer's page; a vehicle not yet known is added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from aiohttp import web

from backend.service import households, ownership, register
from backend.service.errors import Conflict, NotFound
from backend.service.register import NewVehicle
from backend.store.customers import Customer, RelationKind
from backend.web.people import forms, looking, words
from backend.web.people.customers import TAB
from backend.web.people.manage import PATH
from backend.web.people.seat import Seat, go, seated
from protocol.values import check_vin, has_good_check_digit

VEHICLE_FIELDS: Final = ("model", "plate", "year", "mileage")
YEARS: Final = (1927, 2100)
_KINDS: Final[Mapping[str, tuple[RelationKind, ...]]] = {
    "both": (RelationKind.DRIVES, RelationKind.OWNS),
    "drives": (RelationKind.DRIVES,),
    "owns": (RelationKind.OWNS,),
}
_NOTHING: Final = dict.fromkeys((*VEHICLE_FIELDS, "vin", "relation", "connected", "primary"), "")


@seated(writes=True)  # a VIN looked for is written down
async def add(seat: Seat) -> web.StreamResponse:
    """Give a customer a vehicle: first its VIN, then how they are related, and the vehicle if it is new."""
    customer = await register.customer(seat.work, seat.dealer, seat.customer_id)
    asked = {"vin": seat.asked("vin")}
    if not asked["vin"].strip():
        return _page(seat, customer, _NOTHING | asked, None)
    reading = forms.Reading(asked, seat.reader)
    vin = reading.vin()
    if reading.wrong:
        return _page(seat, customer, _NOTHING | asked, None, wrong=reading.wrong)
    hits = words.hits(await register.search(seat.work, seat.dealer, seat.me.login, vin=vin))
    if not seat.sends_form:
        blank = _NOTHING | {"vin": vin, "relation": "both", "connected": "1"}
        return _page(seat, customer, blank, vin, hits=hits)
    entered = forms.pick(seat.form, *VEHICLE_FIELDS, "relation", "connected", "primary") | {"vin": vin}
    reading = forms.Reading(entered, seat.reader)
    kinds = reading.among("relation", _KINDS) or ()
    new = None if hits else _new(reading, vin)
    primary = bool(entered["primary"])
    if primary and RelationKind.DRIVES not in kinds:
        reading.refuse("primary", "primary")
    if reading.wrong:
        return _page(seat, customer, entered, vin, hits=hits, wrong=reading.wrong)
    if new is not None:
        await register.add_vehicle(seat.work, seat.dealer, new)
    for kind in kinds:
        lead = primary and kind is RelationKind.DRIVES
        await ownership.relate(seat.work, seat.dealer, vin, customer.id, kind, lead or None)
    return go(words.address(f"{PATH}/{customer.id}", done="related"))


@seated()
async def change(seat: Seat) -> web.StreamResponse:
    """Add or remove one relation of a customer, or make the customer the primary driver."""
    customer = await register.customer(seat.work, seat.dealer, seat.customer_id)
    try:
        vin = check_vin(seat.form.get("vin", ""))
    except ValueError as wrong:
        raise NotFound("vehicle", "that is named") from wrong
    await register.vehicle(seat.work, seat.dealer, vin)
    done = await _change(seat, customer.id, vin, seat.form.get("do", ""))
    return go(words.address(f"{PATH}/{customer.id}", done=done))


async def _change(seat: Seat, customer_id: UUID, vin: str, wanted: str) -> str:
    """Return what was done, as the page says it; two users who do the same are both told that it is so."""
    related = await households.people_of(seat.work, seat.dealer, vin)
    if customer_id not in {one.tie.customer_id for one in related}:
        return "gone"
    match wanted:
        case "primary":
            await ownership.relate(
                seat.work, seat.dealer, vin, customer_id, RelationKind.DRIVES, primary=True
            )
        case "add-drives" | "add-owns":
            kind = RelationKind(wanted.removeprefix("add-"))
            await ownership.relate(seat.work, seat.dealer, vin, customer_id, kind, None)
        case "end-drives" | "end-owns":
            kind = RelationKind(wanted.removeprefix("end-"))
            try:
                await ownership.unrelate(seat.work, seat.dealer, vin, customer_id, kind)
            except NotFound:
                return "gone"
        case _:
            raise Conflict("the form does not say what to do; open the page again")
    return "related"


def _new(reading: forms.Reading, vin: str) -> NewVehicle:
    return NewVehicle(
        vin=vin,
        model=reading.name("model"),
        plate=reading.plate(),
        model_year=reading.number("year", *YEARS),
        odometer_km=reading.mileage(),
        connected=bool(reading.entered["connected"]),
    )


def _page(
    seat: Seat,
    customer: Customer,
    entered: Mapping[str, str],
    vin: str | None,
    *,
    hits: tuple[words.Hit, ...] = (),
    wrong: Mapping[str, str] | None = None,
) -> web.Response:
    return seat.page(
        "add_vehicle",
        tab=TAB,
        known=customer,
        vin=vin,
        odd=vin is not None and not has_good_check_digit(vin),
        hits=hits,
        entered=entered,
        wrong=wrong or {},
        relations=[(kind, seat.reader.say(f"register.relation.{kind}")) for kind in _KINDS],
        unit=seat.reader.market.distance,
        status=422 if wrong else 200,
        words=words,
        looking=looking,
    )
