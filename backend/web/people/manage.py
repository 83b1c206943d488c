"""*Manage customer information*: find a customer, add one who was not found, keep what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from aiohttp import web

from backend.service import favourites, households, register
from backend.service.errors import StaleRecord
from backend.service.register import UNSET, CustomerEdit, NewCustomer, Unset
from backend.store.customers import Customer
from backend.web.people import forms, looking, words
from backend.web.people.customers import TAB
from backend.web.people.seat import Seat, go, seated
from protocol.language import Language

PATH: Final = "/desk/manage"
FIELDS: Final = ("name", "email", "phone", "language", "reminder_days", "preferred")
_DAYS: Final = {str(days): days for days in range(1, 5)}
_LANGUAGES: Final = {one.value: one for one in Language}
_HERE, _NONE, _OTHER = "here", "none", "other"


@seated(writes=True)  # a search is written down
async def search(seat: Seat) -> web.StreamResponse:
    """Look for a customer; only what was looked for and not found can be added."""
    looked = await looking.look(seat, looking.EVERY_KEY)
    return seat.page(
        "manage",
        tab=TAB,
        looked=looked,
        first=seat.asked("first") == "search",
        status=422 if looked.wrong else 200,
        words=words,
    )


@seated(writes=True)  # it looks once more before it offers to add somebody
async def add(seat: Seat) -> web.StreamResponse:
    """Add a customer who was looked for before; without a search there is no form."""
    looked = await looking.look(seat, looking.EVERY_KEY)
    if looked.key is None:
        return go(words.address(PATH, first="search"))
    if not seat.sends_form:
        return _new_page(seat, looked, _blank(looked, seat.me.language))
    entered = forms.pick(seat.form, *FIELDS, "twin")
    reading = forms.Reading(entered, seat.reader)
    new = _new(reading, seat)
    if reading.wrong:
        return _new_page(seat, looked, entered, wrong=reading.wrong)
    if entered["twin"] != new.email:
        twins = words.hits(await register.search(seat.work, seat.dealer, seat.me.login, email=new.email))
        if twins:
            return _new_page(seat, looked, entered | {"twin": new.email}, twins=twins)
    made = await register.add_customer(seat.work, seat.dealer, new)
    if looked.key == "vin":
        return go(words.address(f"{PATH}/{made.id}/vehicle", vin=looked.value, done="added"))
    return go(words.address(f"{PATH}/{made.id}", done="added"))


@seated()
async def show(seat: Seat) -> web.StreamResponse:
    """Show what is known of a customer, and keep what has been written into the form."""
    known = await register.customer(seat.work, seat.dealer, seat.customer_id)
    if not seat.sends_form:
        return await _page(seat, known, _of_customer(known, seat))
    entered = forms.pick(seat.form, *FIELDS, *forms.based_on(FIELDS), "version")
    reading = forms.Reading(entered, seat.reader)
    edit = _edit(reading, known, seat)
    if reading.wrong:
        return await _page(seat, known, entered, wrong=reading.wrong)
    try:
        await register.edit_customer(seat.work, seat.dealer, known.id, forms.version(entered), edit)
    except StaleRecord:
        known = await register.customer(seat.work, seat.dealer, known.id)
        theirs = _of_customer(known, seat)
        merged = forms.merge(entered, theirs, FIELDS)
        base = {f"{forms.BASE}{name}": theirs[name] for name in FIELDS}
        fresh = merged.entered | base | {"version": theirs["version"]}
        return await _page(seat, known, fresh, clashes=merged.clashes, status=409)
    return go(words.address(f"{PATH}/{known.id}", done="saved"))


def preferences(known: Customer | None, seat: Seat) -> list[tuple[str, str]]:
    """Return what the drop-down of preferred dealers offers."""
    workshop = seat.reader.workshop
    offered = [
        (_HERE, "" if workshop is None else workshop.name),
        (_NONE, seat.reader.say("register.preferred.none")),
    ]
    if known is not None and _preferred(known, seat) == _OTHER:
        offered.append((_OTHER, seat.reader.say("register.preferred.other")))
    return offered


async def _page(
    seat: Seat,
    known: Customer,
    entered: Mapping[str, str],
    *,
    wrong: Mapping[str, str] | None = None,
    clashes: tuple[forms.Clash, ...] = (),
    status: int = 200,
) -> web.Response:
    driven = await households.vehicles_of(seat.work, seat.dealer, known.id)
    visits = words.visits(await households.appointments_of(seat.work, seat.dealer, known.id), seat.reader)
    return seat.page(
        "customer",
        tab=TAB,
        known=known,
        entered=entered,
        based_on=forms.based_on(FIELDS),
        wrong=wrong or {},
        clashes=[(one, _shown(one, known, seat)) for one in clashes],
        driven=driven,
        visits=visits,
        favourite=await favourites.is_mine(seat.work, seat.dealer, seat.me.user_id, known.id),
        preferences=preferences(known, seat),
        languages=words.languages(seat.reader),
        status=422 if wrong else status,
        words=words,
    )


def _new_page(
    seat: Seat,
    looked: looking.Looked,
    entered: Mapping[str, str],
    *,
    wrong: Mapping[str, str] | None = None,
    twins: tuple[words.Hit, ...] = (),
) -> web.Response:
    return seat.page(
        "new_customer",
        tab=TAB,
        looked=looked,
        entered=entered,
        wrong=wrong or {},
        twins=twins,
        preferences=preferences(None, seat),
        languages=words.languages(seat.reader),
        status=422 if wrong else 409 if twins else 200,
        words=words,
    )


def _blank(looked: looking.Looked, language: Language) -> dict[str, str]:
    blank = dict.fromkeys((*FIELDS, "twin"), "")
    blank |= {"language": language.value, "reminder_days": "3", "preferred": _HERE}
    if looked.key in {"name", "email"}:
        blank[str(looked.key)] = looked.value
    return blank


def _of_customer(known: Customer, seat: Seat) -> dict[str, str]:
    entered = {
        "name": known.name,
        "email": known.email,
        "phone": known.phone,
        "language": known.language.value,
        "reminder_days": str(known.reminder_days),
        "preferred": _preferred(known, seat),
    }
    base = {f"{forms.BASE}{name}": text for name, text in entered.items()}
    return entered | base | {"version": str(known.version)}


def _preferred(known: Customer, seat: Seat) -> str:
    if known.preferred_dealer_id is None:
        return _NONE
    return _HERE if known.preferred_dealer_id == seat.dealer.id else _OTHER


def _dealer_of(chosen: str, seat: Seat) -> UUID | Unset | None:
    return {_HERE: seat.dealer.id, _NONE: None}.get(chosen, UNSET)


def _edit(reading: forms.Reading, known: Customer, seat: Seat) -> CustomerEdit:
    reading.among("preferred", dict(preferences(known, seat)))
    return CustomerEdit(
        name=reading.name(),
        email=reading.email(),
        phone=None if reading.entered["phone"] == known.phone else reading.phone(),
        language=reading.among("language", _LANGUAGES),
        reminder_days=reading.among("reminder_days", _DAYS),
        preferred_dealer_id=_dealer_of(reading.entered["preferred"], seat),
    )


def _new(reading: forms.Reading, seat: Seat) -> NewCustomer:
    preferred = reading.among("preferred", {_HERE: seat.dealer.id, _NONE: None})
    return NewCustomer(
        name=reading.name(),
        email=reading.email(),
        phone=reading.phone(),
        language=reading.among("language", _LANGUAGES) or seat.me.language,
        reminder_days=reading.among("reminder_days", _DAYS) or 3,
        preferred_dealer_id=preferred,
    )


def _shown(clash: forms.Clash, known: Customer, seat: Seat) -> str:
    """Return what somebody else has saved, as the form's drop-downs call it."""
    drop_downs = {
        "preferred": preferences(known, seat),
        "language": words.languages(seat.reader),
        "reminder_days": [(days, seat.reader.say(f"register.days.{days}")) for days in _DAYS],
    }
    return dict(drop_downs.get(clash.name, ())).get(clash.theirs, clash.theirs) or "–"
