"""Asks a workshop for an appointment: what is wrong with the car, two days that would suit, the mileage."""

from __future__ import annotations

from uuid import UUID, uuid4

from aiohttp import web

from backend.reminders import local_day
from backend.service import owner
from backend.service.errors import Conflict
from backend.service.owner import Wish
from backend.web.my import words
from backend.web.my.forms import Reading
from backend.web.my.guest import Guest, go, owners
from backend.web.reader import Reader


@owners
async def ask(guest: Guest) -> web.StreamResponse:
    """Show the form, and send what it says. The same form sent twice is one request."""
    cars = await owner.cars(guest.work, guest.me)
    places = {str(one.id): one for one in await owner.workshops(guest.work)}
    preferred = str(guest.customer.preferred_dealer_id or "")
    entered = guest.form or {
        "id": str(uuid4()),
        "vin": guest.request.query.get("vin", ""),
        "dealer": preferred,
        "half1": "morning",
        "half2": "morning",
    }
    reading = Reading(entered)
    place = places.get(entered.get("dealer", ""))
    reader = guest.reader(place)
    if guest.sends_form:
        wish = _wish(reading, reader, [one.vin for one in cars], set(places))
        if wish is not None:
            try:
                made = await owner.request(guest.work, guest.me, wish)
            except Conflict:
                reading.entered = {**entered, "id": str(uuid4())}
                reading.wrong["text"] = "wrong.again"
            else:
                return go(words.address(made), "asked")
    return guest.page(
        "ask",
        reader=reader,
        tab="ask",
        status=422 if reading.wrong else 200,
        cars=cars,
        places=places.values(),
        preferred=preferred,
        entered=reading.entered,
        wrong={name: reader.say(key) for name, key in reading.wrong.items()},
        distance=reader.market.distance,
    )


def _wish(reading: Reading, reader: Reader, vins: list[str], places: set[str]) -> Wish | None:
    """Return what the form asks for, None if something is wrong with it."""
    vin, dealer = reading.among("vin", vins), reading.among("dealer", places)
    text, odometer = reading.text("text"), reading.mileage("mileage", reader.market.distance)
    slots = reading.slots(local_day(reader.now, reader.market.zone))
    if reading.wrong:
        return None
    return Wish(
        id=reading.id("id") or uuid4(),
        vin=vin,
        dealer_id=UUID(dealer),
        text=text,
        slots=slots,
        odometer_km=odometer,
    )
