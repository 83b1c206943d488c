"""My Volvo for programs: the same as its pages, as JSON."""

from __future__ import annotations

from functools import partial
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from aiohttp import web

from backend import appointment as nouns
from backend import events
from backend.lifecycle import allowed
from backend.service import codes, delivery, owner, post, register, signing
from backend.service.codes import WrongCode
from backend.service.errors import StaleRecord
from backend.service.happenings import MakeEvent
from backend.service.office import Work
from backend.service.owner import Booked, Wish
from backend.service.register import UNSET, CustomerEdit
from backend.service.throttle import TooSoon
from backend.store.dealers import Workshop
from backend.store.scope import Owner
from backend.store.vehicles import Vehicle
from backend.web import answers, etags, telling
from backend.web.appointments import next_link, stale
from backend.web.endpoint import Answer, endpoint
from backend.web.errors import Conflict, Forbidden, Invalid, NotFound, Stale, TooMany, Wrong
from backend.web.keys import OFFICE, TECHNICAL
from backend.web.my import models
from backend.web.my.booking import calendar_response
from backend.web.my.caller import secret_of
from protocol.values import Vin

_WORDS: Final = {
    nouns.Action.CUSTOMER_ACCEPTS: ("accept", "decline"),
    nouns.Action.CUSTOMER_COUNTER_PROPOSES: ("send_new_proposal",),
    nouns.Action.CUSTOMER_ANSWERS: ("answer_inquiry",),
    nouns.Action.CUSTOMER_CANCELS: ("cancel",),
}


@endpoint(
    answers=models.Asked, status=202, refuses=(Forbidden,), example={"email": "maria.lindholm@example.com"}
)
async def ask_code(request: web.Request, body: models.AskCode) -> Answer:
    """Ask for a one-time code by e-mail.

    The answer does not tell whether anybody has the address.
    """
    asked = codes.Ask(body.email, request.remote or "")
    try:
        ask = await codes.ask(request.app[OFFICE], request.app[TECHNICAL].now(), asked)
    except TooSoon as wait:
        raise _wait(wait) from wait
    return Answer(models.Asked(ask=ask, minutes=codes.MINUTES))


@endpoint(
    answers=models.Session,
    status=200,
    refuses=(Forbidden,),
    example={"ask": "b3Blbi1zZXNhbWU", "code": "1234 5678"},
)
async def open_session(request: web.Request, body: models.OpenSession) -> Answer:
    """Open a session with the code that came.

    Its token is what every other call carries. It is the same kind of session as a browser's.
    """
    office, now = request.app[OFFICE], request.app[TECHNICAL].now()
    attempt = codes.Attempt(body.ask, body.code, request.remote or "")
    try:
        me = await codes.enter(office, now, attempt)
    except TooSoon as wait:
        raise _wait(wait) from wait
    except WrongCode as wrong:
        raise Invalid(str(wrong), errors=[Wrong(detail=str(wrong), pointer="#/code")]) from wrong
    async with office.work() as work:
        secret = await signing.open_owner(work, me, now)
        await work.note(me, "owner", "sign_in", me.id)
    return Answer(models.Session(token=secret))


@endpoint(status=204)
async def end_session(request: web.Request, work: Work, me: Owner) -> Answer:
    """End the session that this call belongs to."""
    await signing.end(work, secret_of(request))
    await work.note(me, "owner", "sign_out", me.id)
    return Answer(None, status=204)


@endpoint(answers=models.Me)
async def show(work: Work, me: Owner) -> Answer:
    """Show the owner, with settings and vehicles."""
    told = await _me(work, me)
    return Answer(told, version=str(told.version))


@endpoint(answers=models.Me, refuses=(Conflict, Stale), example={"reminder_days": 2, "language": "de"})
async def change(work: Work, me: Owner, version: str, body: models.Settings) -> Answer:
    """Change the settings.

    Another number of reminder days moves the reminders that have not come yet.
    """
    given = {"preferred_dealer_id": UNSET, **body.given()}
    try:
        await register.edit_customer(work, me, me.id, etags.version_of(version), CustomerEdit(**given))
    except StaleRecord as old:
        raise stale(await _me(work, me)) from old
    told = await _me(work, me)
    return Answer(told, version=str(told.version))


@endpoint(answers=models.Places)
async def dealers(work: Work, me: Owner) -> Answer:  # noqa: ARG001 - any owner may, but nobody else
    """List the workshops that can be asked, or preferred."""
    return Answer(models.Places(dealers=[_place(one) for one in await owner.workshops(work)]))


@endpoint(answers=models.Visits)
async def bookings(request: web.Request, work: Work, me: Owner, query: models.VisitsQuery) -> Answer:
    """List the owner's appointments, the latest first.

    The `Link` header with `rel="next"` leads to the page of earlier ones.
    """
    found = await owner.bookings(work, me, query.after, query.limit)
    body = models.Visits(appointments=[_visit(one) for one in found.items], after=found.after)
    return Answer(body, headers=next_link(request, found.after))


@endpoint(
    answers=models.Visit,
    status=201,
    refuses=(Conflict,),
    example={
        "id": "0b0ea2a9-52a3-4a0c-9d5d-9f6c7a1f2b3c",
        "vin": "YV1FW7050E1234567",
        "dealer_id": "5c0f4f2e-6c0b-5b52-8a59-6f3b1a3d9a10",
        "text": "Annual service, and the brakes squeak",
        "slots": [{"day": "2026-12-01", "half": "morning"}, {"day": "2026-12-03", "half": "afternoon"}],
        "odometer_km": 81234,
    },
)
async def ask(work: Work, me: Owner, body: models.Request) -> Answer:
    """Ask a workshop for an appointment.

    Asked again with the same `id` it is the same appointment.
    """
    wish = Wish(
        id=body.id,
        vin=body.vin,
        dealer_id=body.dealer_id,
        text=body.text,
        slots=body.slots,
        odometer_km=body.odometer_km,
    )
    made = await owner.request(work, me, wish)
    told = _visit(await owner.booking(work, me, made.id))
    return Answer(told, version=str(told.version), headers={"Location": f"/v1/my/appointments/{made.id}"})


@endpoint(answers=models.Visit, refuses=(NotFound,))
async def booking(work: Work, me: Owner, appointment_id: UUID) -> Answer:
    """Show an appointment with the full list of work and the price."""
    told = _visit(await owner.booking(work, me, appointment_id))
    return Answer(told, version=str(told.version))


@endpoint(
    answers=models.Said,
    refuses=(NotFound, Conflict),
    example={"action": "accept", "proposal_version": 1},
)
async def say(work: Work, me: Owner, appointment_id: UUID, body: models.Say) -> Answer:
    """Answer the workshop: accept, decline, send a new proposal, answer its inquiry, or cancel.

    An answer names the version of the proposal or the inquiry that it is for. One that comes too late is
    kept for the workshop to see and changes nothing: `late` says so.
    """
    if isinstance(body, models.SendNewProposal):
        seen = await owner.booking(work, me, appointment_id)
        owner.check_slots(work, seen.workshop, body.slots)
    outcome = await owner.answer(work, me, appointment_id, _event(body))
    told = _visit(await owner.booking(work, me, appointment_id))
    return Answer(models.Said(late=outcome.late is not None, appointment=told))


@endpoint(media={"text/calendar": "The visit as an iCalendar file"}, refuses=(NotFound,))
async def calendar(work: Work, me: Owner, appointment_id: UUID) -> web.StreamResponse:
    """Get the visit as a calendar file.

    The same entry as in the letters: its UID stays, its SEQUENCE rises.
    """
    booked = await owner.booking(work, me, appointment_id)
    text = await post.calendar_file(work, booked.workshop, booked.customer, booked.appointment)
    if text is None:
        raise NotFound("nothing is agreed that could be put into a calendar")
    return calendar_response(text, booked)


@endpoint(answers=models.CarShows, refuses=(NotFound,))
async def shown(work: Work, me: Owner, vin: Vin) -> Answer:
    """Read what a car shows: what it was told about the owner's appointments, and what it did with it."""
    car = await delivery.of_owner(work, me, vin)
    state = car.vehicle.car
    return Answer(
        models.CarShows(
            vehicle=_car(car.vehicle),
            online=state.online,
            received_at=state.received_at,
            items=[telling.item(one) for one in car.items],
        )
    )


def _event(body: models.Say) -> MakeEvent:
    match body:
        case models.Accept():
            return partial(events.CustomerAccepts, ver=body.proposal_version)
        case models.Decline():
            return partial(events.CustomerCancels, ver=body.proposal_version, reason=body.reason)
        case models.SendNewProposal():
            return partial(
                events.CustomerCounterProposes,
                ver=body.proposal_version,
                slots=body.slots,
                text=body.text,
            )
        case models.AnswerInquiry():
            return partial(events.CustomerAnswers, ver=body.inquiry_version, text=body.text)
        case models.Cancel():
            return partial(events.CustomerCancels, reason=body.reason)


async def _me(work: Work, me: Owner) -> models.Me:
    known = await register.customer(work, me, me.id)
    return models.Me(
        id=known.id,
        name=known.name,
        email=known.email,
        language=known.language,
        reminder_days=known.reminder_days,
        preferred_dealer_id=known.preferred_dealer_id,
        vehicles=[_car(one) for one in await owner.cars(work, me)],
        version=known.version,
    )


def _car(known: Vehicle) -> models.Car:
    return models.Car(
        vin=known.vin,
        model=known.model,
        year=known.model_year,
        plate=known.plate,
        connected=known.connected,
    )


def _place(known: Workshop) -> models.Place:
    return models.Place(
        id=known.id,
        name=known.name,
        address=known.address,
        phone=known.phone,
        zone=known.zone,
        opening_hours=known.opening_hours,
    )


def _visit(booked: Booked) -> models.Visit:
    known, terms = booked.appointment, booked.appointment.terms
    wall = terms.starts_at.astimezone(ZoneInfo(booked.workshop.zone)) if terms.starts_at else None
    can: list[Any] = [
        word for action in allowed(known, nouns.Actor.CUSTOMER) for word in _WORDS.get(action, ())
    ]
    return models.Visit(
        id=known.id,
        number=known.number,
        status=known.status,
        version=known.version,
        dealer=_place(booked.workshop),
        vehicle=_car(booked.vehicle),
        starts_at=wall,
        date=wall.date().isoformat() if wall else None,
        time=f"{wall:%H:%M}" if wall else None,
        price=terms.price,
        work=terms.work,
        proposal_text=known.proposal_text,
        proposal_version=known.proposal_ver,
        question=known.question,
        inquiry_version=known.inquiry_ver,
        answer=known.answer,
        wanted=answers.Wanted(
            text=known.wanted.text, slots=known.wanted.slots, service_type=known.wanted.service_type
        ),
        odometer_km=known.subject.odometer_km,
        cancel_reason=known.cancel_reason,
        actions=can,
    )


def _wait(wait: TooSoon) -> TooMany:
    return TooMany(str(wait), headers={"Retry-After": str(wait.seconds)})
