"""Hands a vehicle to a new owner: who that is, what happens to the open appointments, and the yes to it."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from backend.service import desk, households, ownership, register
from backend.service.errors import NotFound, StaleRecord
from backend.service.households import Related
from backend.store.customers import Customer
from backend.store.vehicles import Vehicle
from backend.web.people import forms, looking, words
from backend.web.people.seat import Seat, go, seated
from backend.web.people.vehicles import PATH, TAB
from backend.web.reader import phrases

_CHOICES: Final = {"keep": True, "cancel": False}


@seated(writes=True)  # a search is written down
async def change(seat: Seat) -> web.StreamResponse:
    """Find the new owner, say what will happen, and do it once somebody has said yes to it."""
    known = await register.vehicle(seat.work, seat.dealer, seat.vin)
    people = await households.people_of(seat.work, seat.dealer, known.vin)
    looked = await looking.look(seat, looking.OF_A_PERSON)
    new = await _chosen(seat, looked)
    if new is None:
        return _search_page(seat, known, people, looked)
    if _is_that_already(new, people):
        return _search_page(seat, known, people, looked, same=new)
    if not seat.sends_form:
        return await _confirm_page(seat, known, people, new)
    entered = forms.pick(seat.form, "appointments", "version")
    reading = forms.Reading(entered, seat.reader)
    if not await _open(seat, known):
        entered["appointments"] = "keep"
    keep = reading.among("appointments", _CHOICES)
    if keep is None:
        return await _confirm_page(seat, known, people, new, wrong=reading.wrong)
    try:
        await ownership.change_owner(
            seat.work,
            seat.dealer,
            seat.me.name,
            known.vin,
            new.id,
            keep_appointments=keep,
            version=forms.version(entered),
            reason=lambda language: phrases("desk", language)("register.owner.reason"),
        )
    except StaleRecord:
        return await _confirm_page(seat, known, people, new, changed=True, chosen=entered["appointments"])
    return go(words.address(f"{PATH}/{known.vin}", done="handed_over"))


async def _chosen(seat: Seat, looked: looking.Looked) -> Customer | None:
    """Return who was chosen: one of the dealer's own customers, or one whom the search has found.

    Raises:
        NotFound: it is neither; an id alone opens nobody's data.
    """
    written = seat.asked("new")
    if not written:
        return None
    wanted = forms.identity(written)
    for hit in looked.hits:
        if hit.customer is not None and hit.customer.id == wanted:
            return hit.customer
    if wanted is None:
        raise NotFound("customer", "that is named")
    return await register.customer(seat.work, seat.dealer, wanted)


def _is_that_already(new: Customer, people: tuple[Related, ...]) -> bool:
    return [one.tie.customer_id for one in people if one.tie.owns or one.tie.drives] == [new.id] and any(
        one.tie.owns for one in people
    )


async def _open(seat: Seat, known: Vehicle) -> tuple[words.Visit, ...]:
    every = await desk.earlier(seat.work, seat.dealer, known.vin)
    return words.visits((one for one in every if one.ended_at is None), seat.reader)


def _search_page(
    seat: Seat,
    known: Vehicle,
    people: tuple[Related, ...],
    looked: looking.Looked,
    *,
    same: Customer | None = None,
) -> web.Response:
    return seat.page(
        "owner",
        tab=TAB,
        known=known,
        people=people,
        looked=looked,
        same=same,
        status=422 if looked.wrong else 409 if same else 200,
        words=words,
    )


async def _confirm_page(
    seat: Seat,
    known: Vehicle,
    people: tuple[Related, ...],
    new: Customer,
    *,
    wrong: dict[str, str] | None = None,
    changed: bool = False,
    chosen: str = "",
) -> web.Response:
    return seat.page(
        "change_owner",
        tab=TAB,
        known=known,
        people=people,
        new=new,
        visits=await _open(seat, known),
        wrong=wrong or {},
        changed=changed,
        chosen=chosen,
        status=422 if wrong else 409 if changed else 200,
        words=words,
    )
