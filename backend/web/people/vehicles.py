"""The tab *Search Vehicle*: a vehicle by VIN or plate, all that is known of it, its appointments here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from babel import Locale, UnknownLocaleError

from backend import wording
from backend.service import delivery, desk, households, register
from backend.service.errors import StaleRecord
from backend.service.register import VehicleEdit
from backend.store.vehicles import Vehicle
from backend.web.people import forms, looking, words
from backend.web.people.relations import VEHICLE_FIELDS, YEARS
from backend.web.people.seat import Seat, go, seated
from protocol.values import has_good_check_digit

TAB: Final = "vehicles"
PATH: Final = "/desk/vehicles"
FIELDS: Final = (*VEHICLE_FIELDS, "connected", "full_details")


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that the head unit has told of itself, or that we know of what it has received."""

    label: str
    words: str
    bad: bool = False


@seated(writes=True)  # a search is written down
async def search(seat: Seat) -> web.StreamResponse:
    """Look for a vehicle; the only one found, if it is known here, is shown at once."""
    looked = await looking.look(seat, looking.OF_A_VEHICLE)
    vins = {hit.vehicle.vin for hit in looked.hits if hit.vehicle is not None}
    if len(vins) == 1 and vins <= looked.own_vehicles:
        return go(f"{PATH}/{vins.pop()}")
    return seat.page("vehicles", tab=TAB, looked=looked, status=422 if looked.wrong else 200, words=words)


@seated()
async def show(seat: Seat) -> web.StreamResponse:
    """Show a vehicle, and keep what has been written into the form."""
    known = await register.vehicle(seat.work, seat.dealer, seat.vin)
    if not seat.sends_form:
        return await _page(seat, known, _of_vehicle(known, seat))
    entered = forms.pick(seat.form, *FIELDS, *forms.based_on(FIELDS), "version")
    reading = forms.Reading(entered, seat.reader)
    edit = _edit(reading, known)
    if reading.wrong:
        return await _page(seat, known, entered, wrong=reading.wrong)
    try:
        await register.edit_vehicle(seat.work, seat.dealer, known.vin, forms.version(entered), edit)
    except StaleRecord:
        known = await register.vehicle(seat.work, seat.dealer, known.vin)
        theirs = _of_vehicle(known, seat)
        merged = forms.merge(entered, theirs, FIELDS)
        base = {f"{forms.BASE}{name}": theirs[name] for name in FIELDS}
        fresh = merged.entered | base | {"version": theirs["version"]}
        return await _page(seat, known, fresh, clashes=merged.clashes, status=409)
    return go(words.address(f"{PATH}/{known.vin}", done="saved"))


async def _page(
    seat: Seat,
    known: Vehicle,
    entered: Mapping[str, str],
    *,
    wrong: Mapping[str, str] | None = None,
    clashes: tuple[forms.Clash, ...] = (),
    status: int = 200,
) -> web.Response:
    state = await delivery.of_vehicle(seat.work, seat.dealer, known.vin)
    visits = await desk.earlier(seat.work, seat.dealer, known.vin)
    return seat.page(
        "vehicle",
        tab=TAB,
        known=known,
        odd=not has_good_check_digit(known.vin),
        entered=entered,
        based_on=forms.based_on(FIELDS),
        wrong=wrong or {},
        clashes=[(one, _shown(one, seat)) for one in clashes],
        people=await households.people_of(seat.work, seat.dealer, known.vin),
        told=_told(known, state, seat),
        visits=words.visits(visits, seat.reader),
        unit=seat.reader.market.distance,
        status=422 if wrong else status,
        words=words,
    )


def _of_vehicle(known: Vehicle, seat: Seat) -> dict[str, str]:
    mileage = forms.in_unit(known.odometer_km, seat.reader)
    entered = {
        "model": known.model,
        "plate": known.plate,
        "year": "" if known.model_year is None else str(known.model_year),
        "mileage": "" if mileage is None else str(mileage),
        "connected": "1" if known.connected else "",
        "full_details": "1" if known.full_details else "",
    }
    base = {f"{forms.BASE}{name}": text for name, text in entered.items()}
    return entered | base | {"version": str(known.version)}


def _edit(reading: forms.Reading, known: Vehicle) -> VehicleEdit:
    return VehicleEdit(
        model=reading.name("model"),
        plate=reading.plate(),
        model_year=reading.number("year", *YEARS, must=known.model_year is not None),
        odometer_km=reading.mileage(known.odometer_km),
        connected=bool(reading.entered["connected"]),
        full_details=bool(reading.entered["full_details"]),
    )


def _shown(clash: forms.Clash, seat: Seat) -> str:
    """Return what somebody else has saved, in words."""
    if clash.name in {"connected", "full_details"}:
        return seat.reader.say("register.yes" if clash.theirs else "register.no")
    return clash.theirs or "–"


def _told(known: Vehicle, state: delivery.VehicleDelivery, seat: Seat) -> list[Told]:
    """Return what the head unit has told, and how far it stands behind what it shall show."""
    say, reader, car = seat.reader.say, seat.reader, known.car
    if not known.connected or car.hello_at is None:
        return []
    told = [
        Told(
            say("register.car.online"),
            say("register.car.now" if state.online else "register.car.not_now")
            + ("" if car.presence_at is None else f" · {reader.moment(car.presence_at)}"),
        ),
        Told(say("register.car.heard"), reader.moment(car.hello_at)),
        Told(
            say("register.car.stands"),
            say("register.car.in_step" if state.in_step else "register.car.behind"),
            bad=not state.in_step,
        ),
        Told(say("register.car.language"), _language(car.language, seat)),
        Told(say("register.car.navigation"), _yes_no(seat, fact=car.navigation)),
        Told(say("register.car.pop_ups"), _yes_no(seat, fact=car.notifications_on)),
        Told(say("register.car.profile"), car.profile or "–"),
    ]
    if state.rejected:
        told.append(Told(say("register.car.rejected"), state.rejected, bad=True))
    return told


def _yes_no(seat: Seat, *, fact: bool | None) -> str:
    return "–" if fact is None else seat.reader.say("register.yes" if fact else "register.no")


def _language(tag: str | None, seat: Seat) -> str:
    """Return a language of the car, which may speak more of them than we do, by its name."""
    try:
        found = Locale.parse(tag or "", sep="-")
    except (ValueError, UnknownLocaleError):
        return tag or "–"
    return found.get_display_name(wording.locale_of(seat.reader.language)) or "–"
