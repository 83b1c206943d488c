"""What a dealer sees in lists, histories, the register and the feed: the facts of the role ``dealer``."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from vehicle_sim.scenario.desk import Named
from vehicle_sim.scenario.grammar import Arguments, Seen, fact
from vehicle_sim.scenario.play import Customer, Play, Workshop
from vehicle_sim.scenario.words import Line, Words
from vehicle_sim.witness import Json

ListName = Literal["actions", "escalated", "pending", "planned"]


class Listed(Named):
    """An appointment and one of the four lists."""

    short: ClassVar[tuple[str, ...]] = ("{visit} in {list}",)
    list: ListName


class Standing(Named):
    """An appointment and its status."""

    short: ClassVar[tuple[str, ...]] = ("{visit} as {status}",)
    status: Line


class Lived(Named):
    """An appointment and what happened to it, in order; other entries may stand between."""

    short: ClassVar[tuple[str, ...]] = ("{visit} as {actions}",)
    actions: Words


class News(Arguments):
    """Something that a car or a customer did, as the dealer's feed tells it."""

    short: ClassVar[tuple[str, ...]] = (
        "{type} as {as} {times} times",
        "{type} {times} times",
        "{type} as {as}",
        "{type}",
    )
    type: Line
    as_: Line | None = Field(default=None, alias="as")
    """How a place was taken: destination or waypoint."""
    kind: Line | None = None
    """Of which item: booking, reminder, day_reminder, proposal ..."""
    visit: Line | None = None
    car: Line | None = None
    times: int | None = Field(default=None, ge=0)
    """Exactly so often; at least once, if left out."""


class Finding(Arguments):
    """An owner or a car, looked for in the register."""

    short: ClassVar[tuple[str, ...]] = ("{who}",)
    who: Line


@fact("dealer", "lists")
async def lists(play: Play, who: Workshop, what: Listed) -> Seen:
    """The appointment is in that list."""
    there = await _lists_of(play, who, what.visit)
    return Seen(what.list in there, f"{what.visit} is in {', '.join(there) or 'no list'}")


@fact("dealer", "does not list")
async def does_not_list(play: Play, who: Workshop, what: Listed) -> Seen:
    """The appointment is not in that list."""
    there = await _lists_of(play, who, what.visit)
    return Seen(what.list not in there, f"{what.visit} is in {', '.join(there) or 'no list'}")


@fact("dealer", "sees")
async def sees(play: Play, who: Workshop, what: Standing) -> Seen:
    """The appointment has that status."""
    found = await who.dealer.asks("GET", f"/v1/appointments/{play.visit(what.visit).number}")
    return Seen(found["status"] == what.status.replace(" ", "_"), f"{what.visit} is {found['status']}")


@fact("dealer", "has history of")
async def has_history_of(play: Play, who: Workshop, what: Lived) -> Seen:
    """These events stand in the appointment's history in this order, each with the page as it looked."""
    told = await who.dealer.asks("GET", f"/v1/appointments/{play.visit(what.visit).number}/history")
    happened = [f"{entry['action']}" for entry in told["entries"]]
    rest = iter(happened)
    holds = all(wanted.replace(" ", "_") in rest for wanted in what.actions)
    looked = "; ".join(f"{one['action']}: {one['appointment']['status']}" for one in told["entries"])
    return Seen(holds, looked or "nothing")


@fact("dealer", "heard")
async def heard(play: Play, who: Workshop, what: News) -> Seen:
    """The feed tells that a car or a customer did this."""
    vin = play.car(what.car).vin
    events = await who.dealer.has_heard(what.type.replace(" ", "_"), vin)
    if what.visit is not None:
        events = [one for one in events if one["number"] == play.visit(what.visit).number]
    for name, wanted in (("kind", what.kind), ("as", what.as_)):
        if wanted is not None:
            events = [one for one in events if one["facts"].get(name) == wanted.replace(" ", "_")]
    holds = bool(events) if what.times is None else len(events) == what.times
    told = [_told(one["facts"]) for one in events]
    return Seen(holds, f"{what.type} {len(events)} times" + (f": {'; '.join(told)}" if told else ""))


def _told(facts: Json) -> str:
    """Return what an event says, without the ids that nobody reads."""
    return ", ".join(f"{name} {value}" for name, value in facts.items() if name not in {"item", "at"})


@fact("dealer", "has as customer")
async def has_as_customer(play: Play, who: Workshop, what: Finding) -> Seen:
    """*Workshop Customers* lists this owner."""
    names = await _customers(who)
    told = ", ".join(names.values()) or "nobody"
    return Seen(play.owner(what.who).id in names, f"Workshop Customers: {told}")


@fact("dealer", "finds")
async def finds(play: Play, who: Workshop, what: Finding) -> Seen:
    """An exact search by the VIN of a car, or by the e-mail address of an owner, finds somebody."""
    somebody = play.cast.get(what.who)
    by = "email" if isinstance(somebody, Customer) else "vin"
    value = somebody.owner.address if isinstance(somebody, Customer) else play.car(what.who).vin
    found = (await who.dealer.asks("GET", f"/v1/search?{by}={value}"))["found"]
    names = sorted({one["customer"]["name"] for one in found if one["customer"]})
    return Seen(bool(names), f"the search by {by} finds {', '.join(names) or 'nobody'}")


async def _lists_of(play: Play, who: Workshop, name: str) -> list[str]:
    number = play.visit(name).number
    return list((await who.dealer.asks("GET", f"/v1/appointments/{number}"))["lists"] or [])


async def _customers(who: Workshop) -> dict[str, str]:
    names: dict[str, str] = {}
    after = ""
    while True:
        plain = await who.dealer.asks("GET", f"/v1/customers?limit=100{after}")
        names |= {line["customer"]["id"]: line["customer"]["name"] for line in plain["customers"]}
        if plain["after"] is None:
            return names
        after = f"&after={plain['after']}"
