"""The window *Create appointment*: for whom, then what; the customer hears nothing of it yet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

from aiohttp import web

from backend import events
from backend.appointment import Action
from backend.outcomes import Refused
from backend.service import desk, keys, register
from backend.service.errors import Invalid, NotFound
from backend.service.office import Work
from backend.store.customers import Customer
from backend.store.vehicles import Vehicle
from backend.web import session
from backend.web.desk import entries, words
from backend.web.desk.entries import Entered, Reading
from backend.web.keys import OFFICE
from backend.web.reader import Reader, desk_reader
from backend.web.rendering import render
from backend.web.session import Advisor

OPENINGS: Final = (Action.CREATE_REQUEST, Action.PERFORM_PRE_BOOKING)
STEPS: Final = (Action.SCHEDULE_APPOINTMENT, Action.PROVIDE_PROPOSAL)
"""What can be meant to come next; it fires nothing by itself."""
_SHOWN: Final = 100


async def window(request: web.Request) -> web.StreamResponse:
    """Show the empty form, or, as long as nobody is chosen, whom it can be for."""
    me = await session.advisor(request)
    vin, customer_id = request.query.get("vin", ""), _uuid(request.query.get("customer", ""))
    if not vin or customer_id is None:
        return await _pick(request, me)
    async with request.app[OFFICE].work() as work:
        reader = await desk_reader(work, me)
        customer, vehicle = await _whom(work, me, vin, customer_id)
    entered = dict.fromkeys(entries.FIELDS, "") | {
        "action": _wanted(request.query.get("action", "")),
        "intended_next": Action.SCHEDULE_APPOINTMENT.value,
        "currency": reader.market.currency,
        "form": uuid4().hex,
        "vin": vin,
        "customer": str(customer_id),
    }
    return _page(request, reader, customer, vehicle, entered)


async def submit(request: web.Request) -> web.StreamResponse:
    """Create what was entered, once however often it is sent, and go on to *Manage appointment*."""
    me = await session.advisor(request)
    entered = await entries.read(request)
    customer_id = _uuid(entered["customer"])
    if customer_id is None:
        raise NotFound("customer", entered["customer"][:40])
    async with request.app[OFFICE].look() as work:
        reader = await desk_reader(work, me)
    reading = Reading(entered, reader)
    opening = _opening(reading)
    if not reading.wrong:
        try:
            return await _create(request, me, entered, customer_id, opening)
        except Refused as refused:
            reading.refused(refused)
        except Invalid as wrong:
            raise NotFound(wrong.field, "of this form") from wrong
    async with request.app[OFFICE].work() as work:
        customer, vehicle = await _whom(work, me, entered["vin"], customer_id)
    return _page(request, reader, customer, vehicle, entered, reading.wrong)


async def _create(
    request: web.Request, me: Advisor, entered: Entered, customer_id: UUID, opening: Callable[..., Any]
) -> web.Response:
    content = entries.digest(entered)
    key = f"desk/{me.user_id}/{content}"
    async with request.app[OFFICE].work() as work:
        known = await keys.recall(work, me.dealer, key, content)
        if known is None:
            made = await desk.create(work, me.dealer, me.name, entered["vin"], customer_id, opening)
            where = {"Location": f"/desk/appointments/{made.number}?done={entered['action']}"}
            known = keys.Answer(303, where, "")
            await keys.remember(work, me.dealer, key, content, known)
    return web.Response(status=known.status, headers=known.headers)


def _opening(reading: Reading) -> Callable[..., events.Opening]:
    entered = reading.entered
    pre_booking = entered["action"] == Action.PERFORM_PRE_BOOKING
    facts: dict[str, Any] = {
        "starts_at": reading.instant(),
        "price": reading.money(must=not pre_booking),
        "work": reading.text("work", must=True),
        "comments": reading.text("comments"),
    }
    if pre_booking:
        return partial(events.PerformPreBooking, **facts)
    if entered["action"] != Action.CREATE_REQUEST:
        reading.complain("action", reading.reader.say("wrong.choose"))
    steps = {step.value: step for step in STEPS}
    if entered["intended_next"] not in steps:
        reading.complain("intended_next", reading.reader.say("wrong.choose"))
    return partial(events.CreateRequest, **facts, intended_next=steps.get(entered["intended_next"]))


def _page(  # noqa: PLR0917 - a page for a reader about two, as entered: read in this order
    request: web.Request,
    reader: Reader,
    customer: Customer,
    vehicle: Vehicle,
    entered: Entered,
    wrong: dict[str, str] | None = None,
) -> web.Response:
    return render(
        request,
        "desk/create.html",
        reader=reader,
        status=422 if wrong else 200,
        customer=customer,
        vehicle=vehicle,
        entered=entered,
        wrong=wrong or {},
        actions=[(one.value, words.action(one, None, reader)) for one in OPENINGS],
        steps=[(one.value, words.action(one, None, reader)) for one in STEPS],
        currencies=entries.currencies(entered, reader),
        today=reader.now.astimezone(reader.zone).date().isoformat(),
    )


async def _pick(request: web.Request, me: Advisor) -> web.Response:
    find = request.query.get("find", "").strip()[:100]
    async with request.app[OFFICE].work() as work:
        reader = await desk_reader(work, me)
        if find:
            kind = "email" if "@" in find else "vin" if len(find) == 17 else "plate"
            found = await register.search(work, me.dealer, me.name, **{kind: find})
            pairs = [(one.customer, one.vehicle) for one in found if one.customer and one.vehicle]
        else:
            page = await register.workshop_customers(work, me.dealer, None, _SHOWN)
            pairs = [(one.customer, one.vehicle) for one in page.items]
    once = {(customer.id, vehicle.vin): (customer, vehicle) for customer, vehicle in pairs}
    return render(
        request,
        "desk/pick.html",
        reader=reader,
        pairs=list(once.values()),
        find=find,
    )


async def _whom(work: Work, me: Advisor, vin: str, customer_id: UUID) -> tuple[Customer, Vehicle]:
    """Return the customer and the vehicle, if one has to do with the other.

    For somebody else's customers a VIN is an exact search like any other, and kept in the audit.

    Raises:
        NotFound: there are no such two.
    """
    try:
        customer = await register.customer(work, me.dealer, customer_id)
        vehicle = await register.vehicle(work, me.dealer, vin)
        related = await register.relations(work, me.dealer, vin)
    except NotFound:
        found = await register.search(work, me.dealer, me.name, vin=vin[:17])
        for one in found:
            if one.customer is not None and one.vehicle is not None and one.customer.id == customer_id:
                return one.customer, one.vehicle
        raise
    if customer_id not in {one.customer_id for one in related}:
        raise NotFound("vehicle", vin[:17])
    return customer, vehicle


def _wanted(action: str) -> str:
    return action if action in {one.value for one in OPENINGS} else Action.CREATE_REQUEST.value


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
