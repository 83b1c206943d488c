"""*What my car shows*: everything the car was told about the owner's visits, and what it did with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from aiohttp import web

from backend.appointment import Appointment
from backend.receipts import Progress, Stuck, Why
from backend.service import delivery, owner
from backend.service.delivery import ItemDelivery
from backend.service.errors import NotFound
from backend.web.my.guest import Guest, owners
from backend.web.reader import Reader
from protocol.reasons import Reason
from protocol.values import check_vin

MOST_EARLIER: Final = 20
"""How many things that the car need not show any more are listed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, and when."""

    words: str
    at: str
    iso: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing for the car to show: what, about which visit, how far it came, and what it waits for."""

    kind: str
    number: str
    address: str
    steps: tuple[Step, ...]
    waits: str
    reasons: tuple[str, ...]


@owners
async def shows(guest: Guest) -> web.StreamResponse:
    """Show what a car of the owner's shows."""
    vin = guest.request.match_info["vin"]
    try:
        check_vin(vin)
    except ValueError as wrong:
        raise NotFound("vehicle", vin[:40]) from wrong
    car = await delivery.of_owner(guest.work, guest.me, vin)
    places = await owner.workshops(guest.work)
    reader = guest.reader(next((one for one in places if one.id == guest.customer.preferred_dealer_id), None))
    state = car.vehicle.car
    return guest.page(
        "car",
        reader=reader,
        tab="car",
        vehicle=car.vehicle,
        online=state.online,
        heard=reader.moment(state.received_at) if state.received_at else "",
        current=[shown(one, car.appointments, reader) for one in car.items if one.current],
        earlier=[shown(one, car.appointments, reader) for one in car.items if not one.current][:MOST_EARLIER],
    )


def shown(one: ItemDelivery, appointments: Mapping[UUID, Appointment], reader: Reader) -> Shown:
    """Word one item."""
    about = appointments.get(one.appointment_id) if one.appointment_id else None
    return Shown(
        kind=reader.say(f"item.{one.kind}"),
        number=about.number if about else "",
        address=f"/my/appointments/{about.id}" if about else "",
        steps=tuple(_steps(one, reader)),
        waits=reader.say(f"waits.{one.why.waits_for.value}", due=reader.moment(one.show_from))
        if one.why
        else "",
        reasons=tuple(reader.say(f"held.{reason.value}") for reason in _worth_telling(one.why)),
    )


def _worth_telling(why: Why | None) -> tuple[Reason, ...]:
    """Return the car's reasons, unless the words for what it waits for say them all."""
    return why.reasons if why and why.waits_for is Stuck.HELD_BACK else ()


def _steps(one: ItemDelivery, reader: Reader) -> Iterator[Step]:
    for key, at in _reached(one.progress):
        if at is not None:
            yield Step(reader.say(f"step.{key}"), reader.moment(at), reader.iso(at))
    if one.progress.refused:
        yield Step(reader.say("step.refused"), "", "", "bad")
    for kind, at in zip(one.late, one.late_at, strict=True):
        words = reader.say("step.late", answer=reader.say(f"step.{kind}"))
        yield Step(words, reader.moment(at), reader.iso(at), "bad")


def _reached(progress: Progress) -> tuple[tuple[str, datetime | None], ...]:
    return (
        ("published", progress.published_at),
        ("received", progress.received_at),
        ("shown", progress.shown_at),
        ("opened", progress.opened_at),
        (progress.answer or "answered", progress.answered_at),
    )
