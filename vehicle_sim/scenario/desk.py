"""What a dealer does at the desk: the deeds of the role ``dealer``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal
from zoneinfo import ZoneInfo

import aiohttp
from pydantic import Field

from protocol.values import Money
from vehicle_sim.people import TICKED, Advisor
from vehicle_sim.scenario.grammar import Arguments, deed
from vehicle_sim.scenario.play import Play, Visit, Workshop
from vehicle_sim.scenario.words import At, Line, Place, Price, Words

USUAL: Final = Money.model_validate({"amount": "389.00", "currency": "EUR"})


class Named(Arguments):
    """An appointment by the name that a step gave it."""

    short: ClassVar[tuple[str, ...]] = ("{visit}",)
    visit: Line = "visit"


class NewRequest(Arguments):
    """What is entered on the page *Create appointment*."""

    as_: Line = Field(default="visit", alias="as")
    """The name under which later steps speak of it."""
    on: At
    """Date and time of the visit."""
    for_: Line | None = Field(default=None, alias="for")
    """The car; the first, if left out."""
    price: Price | None = None
    work: Line = "Service 90,000 km"
    comments: str = ""
    next: Literal["provide proposal", "schedule appointment"] = "schedule appointment"
    """The step that is meant to come next."""


class Booking(NewRequest):
    """A request that is scheduled at once."""

    short: ClassVar[tuple[str, ...]] = ("{as} on {on}", "{as}")
    price: Price | None = USUAL


class Offer(Named):
    """A proposal; what is left out is as in the request."""

    on: At | None = None
    price: Price | None = None
    text: Line = "We can do it at this time."


class Question(Named):
    """A question that the customer answers on My Volvo."""

    short: ClassVar[tuple[str, ...]] = ("{visit}",)
    text: Line = "Which warning lamps are lit?"


class Scheduling(Named):
    """An appointment, and points of the warning that are left open."""

    leaving_open: Words = ()


class Change(Named):
    """What becomes different about an appointment; the customer is not told."""

    on: At | None = None
    price: Price | None = None
    work: Line | None = None
    comments: str | None = None


class Cancelling(Named):
    """An appointment, and why it is cancelled."""

    short: ClassVar[tuple[str, ...]] = ("{visit} because {reason}", "{visit}")
    reason: Line = "The customer phoned"
    no_show: bool = False


class Push(Arguments):
    """A place that the car will offer to drive to."""

    short: ClassVar[tuple[str, ...]] = ("{place}",)
    place: Place
    name: Line = ""
    """How it is called; as the place, if left out."""
    address: str = "Helsinki"
    to: Line | None = None
    """The car; the first, if left out."""
    until: At | None = None
    """When the car stops offering it; in a week, if left out."""


class NewOwner(Arguments):
    """Who owns a car from now on."""

    short: ClassVar[tuple[str, ...]] = ("{car} to {owner}",)
    car: Line
    owner: Line
    keep_appointments: bool = False


class Days(Arguments):
    """How many days before a visit its owner is reminded."""

    short: ClassVar[tuple[str, ...]] = ("{days} for {owner}", "{days}")
    days: int = Field(ge=1, le=4)
    owner: Line | None = None


# -- what a dealer does ------------------------------------------------------------------------------------


@deed("dealer", "creates request")
async def creates_request(play: Play, who: Workshop, what: NewRequest) -> None:
    """Submit *Create request for appointment* for a customer who phoned or wrote."""
    await _enter(play, who, what, "create_request", intended_next=what.next.replace(" ", "_"))


@deed("dealer", "pre-books")
async def pre_books(play: Play, who: Workshop, what: NewRequest) -> None:
    """Submit *Perform pre-booking*: a provisional date far ahead."""
    await _enter(play, who, what, "perform_pre_booking")


@deed("dealer", "books")
async def books(play: Play, who: Workshop, what: Booking) -> None:
    """Create a request and schedule it at once, as on the phone."""
    await _enter(play, who, what, "create_request")
    await schedules(play, who, Scheduling(visit=what.as_))


@deed("dealer", "schedules")
async def schedules(play: Play, who: Workshop, what: Scheduling) -> None:
    """Submit *Schedule appointment*, every line of the warning acknowledged but those left open."""
    ticked = TICKED | {point.replace(" ", "_"): False for point in what.leaving_open}
    await _act(play, who, what.visit, "schedule_appointment", checklist=ticked)


@deed("dealer", "confirms")
async def confirms(play: Play, who: Workshop, what: Named) -> None:
    """Submit *Confirm appointment* for what the customer has accepted."""
    await _act(play, who, what.visit, "confirm_appointment", checklist=TICKED)


@deed("dealer", "proposes")
async def proposes(play: Play, who: Workshop, what: Offer) -> None:
    """Submit *Provide proposal*: to car, web and e-mail."""
    facts = await _terms(play, who, what)
    await _act(play, who, what.visit, "provide_proposal", text=what.text, **facts)


@deed("dealer", "asks about")
async def asks_about(play: Play, who: Workshop, what: Question) -> None:
    """Submit *Request additional information*."""
    await _act(play, who, what.visit, "request_information", text=what.text)


@deed("dealer", "updates")
async def updates(play: Play, who: Workshop, what: Change) -> None:
    """Submit *Update appointment*: what is given changes, without a notification."""
    facts = await _terms(play, who, what)
    facts |= {name: value for name in ("work", "comments") if (value := getattr(what, name)) is not None}
    await _act(play, who, what.visit, "update_appointment", **facts)


@deed("dealer", "acknowledges")
async def acknowledges(play: Play, who: Workshop, what: Named) -> None:
    """Acknowledge the customer's cancellation, so that it leaves the lists."""
    await _act(play, who, what.visit, "acknowledge_cancellation")


@deed("dealer", "cancels")
async def cancels(play: Play, who: Workshop, what: Cancelling) -> None:
    """Cancel on the customer's behalf, or for no-show."""
    await _act(play, who, what.visit, "cancel_on_behalf", reason=what.reason, no_show=what.no_show)


@deed("dealer", "finalizes")
async def finalizes(play: Play, who: Workshop, what: Named) -> None:
    """Submit *Finalize appointment* after the pick-up."""
    await _act(play, who, what.visit, "finalize_appointment")


@deed("dealer", "sends destination")
async def sends_destination(play: Play, who: Workshop, what: Push) -> None:
    """Push a place to a car, shown at its next engine start."""
    until = await play.when(what.until) if what.until is not None else None
    place = what.place.model_dump()
    name = what.name or "Destination"
    body: dict[str, Any] = {"name": name, "address": what.address, "position": place}
    body["show_until"] = (until or await _in_a_week(play)).isoformat()
    await who.dealer.asks("POST", f"/v1/vehicles/{play.car(what.to).vin}/destinations", body)


@deed("dealer", "changes owner of")
async def changes_owner_of(play: Play, who: Workshop, what: NewOwner) -> None:
    """Make somebody else of the cast the owner; open appointments are cancelled unless they are kept."""
    body = {"new_owner": play.owner(what.owner).id, "keep_appointments": what.keep_appointments}
    car = play.car(what.car)
    await who.dealer.asks("POST", f"/v1/vehicles/{car.vin}/owner", body)
    car.owner = what.owner


@deed("dealer", "sets reminder days to")
async def sets_reminder_days_to(play: Play, who: Workshop, what: Days) -> None:
    """Set on the customer's behalf how many days before a visit the reminder comes."""
    path = f"/v1/customers/{play.owner(what.owner).id}"
    known = await who.dealer.asks("GET", path)
    await who.dealer.asks("PATCH", path, {"reminder_days": what.days}, {"If-Match": f'"{known["version"]}"'})


@deed("dealer", "shows page")
async def shows_page(play: Play, who: Workshop, what: Line) -> None:
    """Open a page of the desk, such as /desk/appointments?list=planned, for the report to keep."""
    # A browser of its own, so that no cookie of the desk goes anywhere else; unsafe: for an IP address.
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        advisor = Advisor(browser, play.world.backend, play.show)
        await advisor.signs_in(who.desk.login, who.desk.password)
        await advisor.opens(what, what)


# -- what these have in common


async def _enter(play: Play, who: Workshop, what: NewRequest, action: str, **more: object) -> None:
    car = play.car(what.for_)
    owner = play.owner(car.owner)
    wall = await play.wall(what.on, who.desk.zone)
    facts: dict[str, Any] = {
        "action": action,
        "vin": car.vin,
        "customer_id": owner.id,
        "work": what.work,
        **wall,
    }
    if what.price is not None:
        facts["price"] = what.price.model_dump(mode="json")
    made = await who.dealer.asks("POST", "/v1/appointments", {**facts, "comments": what.comments, **more})
    play.visits[what.as_] = Visit(what.as_, who, owner, made["number"], made["id"], _start(made))


async def _act(play: Play, who: Workshop, name: str, action: str, **facts: object) -> None:
    visit = play.visit(name)
    made = await who.dealer.acts(visit.number, action, **facts)
    visit.starts_at = _start(made) or visit.starts_at


async def _terms(play: Play, who: Workshop, what: Offer | Change) -> dict[str, Any]:
    facts = await play.wall(what.on, who.desk.zone) if what.on is not None else {}
    return facts | ({"price": what.price.model_dump(mode="json")} if what.price is not None else {})


def _start(made: dict[str, Any]) -> datetime | None:
    return datetime.fromisoformat(made["starts_at"]) if made["starts_at"] else None


async def _in_a_week(play: Play) -> datetime:
    return (await play.world.time.now()).astimezone(ZoneInfo(play.script.zone)) + timedelta(days=7)
