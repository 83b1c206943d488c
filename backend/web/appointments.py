"""The dealer's appointments over HTTP: create, look, act, and how they looked before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from aiohttp import web
from pydantic import Field

from backend import appointment as nouns
from backend import events
from backend.service import dealers, delivery, desk
from backend.service.errors import StaleVersion
from backend.service.office import Work
from backend.web import answers, etags, telling
from backend.web import requests as req
from backend.web.caller import Caller
from backend.web.endpoint import Answer, endpoint
from backend.web.errors import Conflict, Invalid, NotFound, Stale, Wrong
from protocol.values import AppointmentNumber, Vin, WallTimeGap, to_instant

Seq = Annotated[int, Field(ge=1, le=2**31 - 1)]


@endpoint(answers=answers.Appointments)
async def page(request: web.Request, work: Work, caller: Caller, query: req.AppointmentsQuery) -> Answer:
    """List appointments.

    One of the four lists in its own order (Actions by time to due), or all appointments, newest first.
    The `Link` header with `rel="next"` leads to the next page.
    """
    market = await _market(work, caller)
    listing = None if query.list is None else nouns.Listing(query.list)
    found = await desk.listed(work, caller.dealer, listing, query.after, query.limit)
    counts = await desk.counts(work, caller.dealer)
    body = answers.Appointments(
        appointments=[telling.row(line, market, work.now) for line in found.items],
        after=found.after,
        counts={each: counts.get(each, 0) for each in nouns.Listing},
    )
    return Answer(body, headers=next_link(request, found.after))


@endpoint(
    answers=answers.Appointment,
    status=201,
    refuses=(NotFound, Conflict),
    example={
        "action": "create_request",
        "vin": "YV1FW7050E1234567",
        "customer_id": "5c0f4f2e-6c0b-5b52-8a59-6f3b1a3d9a10",
        "date": "2026-11-30",
        "time": "08:00",
        "price": {"amount": "389.00", "currency": "EUR"},
        "work": "Annual service\nBrake fluid change",
        "comments": "Waits for the car",
        "intended_next": "schedule_appointment",
    },
)
async def create(work: Work, caller: Caller, body: req.CreateAppointment) -> Answer:
    """Create an appointment.

    *Create request for appointment* for a customer who phoned or wrote, or *Perform pre-booking* for a
    provisional date. Date and time are wall time in the dealer's zone. A request becomes Requested, in the
    list Actions; the customer hears nothing.
    """
    market = await _market(work, caller)
    facts: dict[str, Any] = {
        "starts_at": _instant(body, market),
        "price": body.price,
        "work": body.work,
        "comments": body.comments,
    }
    opening: Callable[..., events.Opening]
    if isinstance(body, req.CreateRequest):
        opening = partial(events.CreateRequest, **facts, intended_next=nouns.Action(body.intended_next))
    else:
        opening = partial(events.PerformPreBooking, **facts)
    made = await desk.create(work, caller.dealer, caller.who, body.vin, body.customer_id, opening)
    return Answer(
        telling.appointment(made, market, work.now),
        version=str(made.version),
        headers={"Location": f"/v1/appointments/{made.number}"},
    )


@endpoint(answers=answers.Appointment, refuses=(NotFound,))
async def show(work: Work, caller: Caller, number: AppointmentNumber) -> Answer:
    """Show an appointment.

    The `ETag` is what a change names in `If-Match`; what time alone does to an appointment outdates none.
    """
    known = await desk.appointment(work, caller.dealer, number)
    return Answer(
        telling.appointment(known, await _market(work, caller), work.now), version=str(known.version)
    )


@endpoint(
    answers=answers.Appointment,
    refuses=(NotFound, Conflict, Stale),
    example={
        "action": "schedule_appointment",
        "checklist": {
            "slot_confirmed": True,
            "plan_secured": True,
            "work_order_finished": True,
            "parts_ready": True,
        },
    },
)
async def act(
    work: Work, caller: Caller, number: AppointmentNumber, version: str, body: req.Action
) -> Answer:
    """Manage an appointment.

    One action of the *Manage appointment* page. Which ones the status allows is in `actions` of the
    appointment. Scheduling sends the confirmation and books the visit in the car; updating and confirming
    notify nobody.
    """
    market = await _market(work, caller)
    try:
        changed = await desk.act(
            work, caller.dealer, caller.who, number, etags.version_of(version), _event(body, market)
        )
    except StaleVersion as old:
        raise stale(telling.appointment(old.current, market, work.now)) from old
    return Answer(telling.appointment(changed, market, work.now), version=str(changed.version))


@endpoint(answers=answers.History, refuses=(NotFound,))
async def history(work: Work, caller: Caller, number: AppointmentNumber) -> Answer:
    """Read everything that happened to an appointment.

    Oldest first, each event with the whole appointment as it looked after it.
    """
    market = await _market(work, caller)
    entries = await desk.history(work, caller.dealer, number)
    return Answer(answers.History(entries=[telling.entry(each, market) for each in entries]))


@endpoint(answers=answers.Overview, refuses=(NotFound,))
async def overview(work: Work, caller: Caller, vin: Vin) -> Answer:
    """List all appointments that a vehicle ever had with this dealer, newest first."""
    market = await _market(work, caller)
    known = await desk.earlier(work, caller.dealer, vin)
    return Answer(
        answers.Overview(appointments=[telling.appointment(each, market, work.now) for each in known])
    )


@endpoint(answers=answers.HistoryEntry, refuses=(NotFound,))
async def as_it_looked(work: Work, caller: Caller, number: AppointmentNumber, seq: Seq) -> Answer:
    """Read an appointment as it looked after one event."""
    entry = await desk.as_it_looked(work, caller.dealer, number, seq)
    return Answer(telling.entry(entry, await _market(work, caller)))


@endpoint(answers=answers.AppointmentDelivery, refuses=(NotFound,))
async def delivered(work: Work, caller: Caller, number: AppointmentNumber) -> Answer:
    """Read how far an appointment has come in the car and by e-mail.

    Published, received, shown, opened, navigated; and where the next step has not come, why.
    """
    return Answer(telling.appointment_delivery(await delivery.of_appointment(work, caller.dealer, number)))


def next_link(request: web.Request, after: str | None) -> dict[str, str]:
    """Return the `Link` header (RFC 8288) to the page behind this one."""
    if after is None:
        return {}
    query = urlencode({**request.query, "after": after})
    return {"Link": f'<{request.path}?{query}>; rel="next"'}


def stale(current: answers.Told) -> Stale:
    """Return the refusal of a change that is based on an older version, with the present one."""
    present = current.model_dump(mode="json")
    return Stale(
        f"the present version is {present['version']}; look at `current`, decide anew, and send its version",
        headers={"ETag": f'"{etags.make(str(present["version"]), etags.text_of(current))}"'},
        current=present,
        version=present["version"],
    )


async def _market(work: Work, caller: Caller) -> nouns.Market:
    return dealers.market(await dealers.workshop(work, caller.dealer))


def _event(body: req.Action, market: nouns.Market) -> Callable[..., events.Event]:
    match body:
        case req.ProvideProposal():
            return partial(
                events.ProvideProposal, text=body.text, price=body.price, starts_at=_instant(body, market)
            )
        case req.RequestInformation():
            return partial(events.RequestInformation, text=body.text)
        case req.ScheduleAppointment():
            return partial(events.ScheduleAppointment, checklist=_checklist(body.checklist))
        case req.ConfirmAppointment():
            return partial(events.ConfirmAppointment, checklist=_checklist(body.checklist))
        case req.UpdateAppointment():
            return partial(
                events.UpdateAppointment,
                starts_at=_instant(body, market),
                price=body.price,
                work=body.work,
                comments=body.comments,
            )
        case req.AcknowledgeCancellation():
            return events.AcknowledgeCancellation
        case req.CancelOnBehalf():
            return partial(events.DealerCancels, reason=body.reason, no_show=body.no_show)
        case req.FinalizeAppointment():
            return events.FinalizeAppointment


def _checklist(said: req.Checklist) -> nouns.Checklist:
    return nouns.Checklist(
        slot_confirmed=said.slot_confirmed,
        plan_secured=said.plan_secured,
        work_order_finished=said.work_order_finished,
        parts_ready=said.parts_ready,
    )


def _instant(said: req.Dated, market: nouns.Market) -> dt.datetime | None:
    if said.date is None or said.time is None:
        return None
    try:
        return to_instant(dt.datetime.combine(said.date, said.time).replace(fold=said.fold), market.zone)
    except WallTimeGap as gap:
        raise Invalid(str(gap), errors=[Wrong(detail=str(gap), pointer="#/time")]) from gap
    except OverflowError as far:
        detail = "this date is beyond what calendars here can hold"
        raise Invalid(detail, errors=[Wrong(detail=detail, pointer="#/date")]) from far
