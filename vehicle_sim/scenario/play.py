"""The people and cars of one run, and what they remember from step to step."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from random import Random
from typing import Any, Final, TypeVar
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from protocol.clock import until
from vehicle_sim.people import Dealer, Driver, Owner
from vehicle_sim.rounds import RoundFailed
from vehicle_sim.scenario.moments import Moment
from vehicle_sim.scenario.script import CarPart, OwnerPart, Script
from vehicle_sim.scenario.world import Desk, NotHere, World
from vehicle_sim.witness import Exhibit, Json, ask

KIND: Final = "X-Sensus-Letter"
_S = TypeVar("_S", "Workshop", "Customer", "Motorist")
_CODE: Final = re.compile(r"\b(\d{4} \d{4})\b")
_NAMES: Final = UUID("8a5f3c1e-2b8d-5d59-8c35-1f6f3c5f6b21")


class Unknown(LookupError):
    """A step speaks of something that has not come up: the message says what has."""


@dataclass
class Visit:
    """An appointment that the steps speak of by name."""

    name: str
    dealer: Workshop
    owner: Customer
    number: str
    id: str
    starts_at: datetime | None


@dataclass
class Workshop:
    """A dealer: somebody with a token, and how far the feed has been read."""

    name: str
    desk: Desk
    dealer: Dealer
    role: str = "dealer"


@dataclass
class Customer:
    """An owner: letters, the last page that was opened, a session of My Volvo once it is needed."""

    name: str
    part: OwnerPart
    id: str
    owner: Owner
    page: str = ""
    session: str = ""
    since: int = 0
    """How many letters there were before the story began."""
    role: str = "owner"

    def letters(self, kind: str | None = None) -> list[EmailMessage]:
        """Return the letters so far, oldest first; those with a code to sign in only if asked for."""
        return [
            letter
            for letter in self.owner.letters()[self.since :]
            if (letter[KIND] == kind if kind is not None else letter[KIND] != "code")
        ]


@dataclass
class Motorist:
    """A car, and whoever sits in it."""

    name: str
    part: CarPart
    vin: str
    url: str
    driver: Driver
    owner: str
    """Who owns it now."""
    role: str = "car"


Somebody = Workshop | Customer | Motorist


@dataclass
class Play:
    """One run of a scenario in a world."""

    script: Script
    world: World
    chance: Random
    show: Callable[[Exhibit], None]
    renew: bool = False
    """Golden pictures are made anew instead of being compared with."""
    cast: dict[str, Somebody] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)

    # -- who is there -----------------------------------------------------------------------------------

    def dealer(self, name: str | None = None) -> Workshop:
        """Return a dealer by name; the first, if none is named."""
        return self._one(Workshop, name)

    def owner(self, name: str | None = None) -> Customer:
        """Return an owner by name; the first, if none is named."""
        return self._one(Customer, name)

    def car(self, name: str | None = None) -> Motorist:
        """Return a car by name; the first, if none is named."""
        return self._one(Motorist, name)

    def visit(self, name: str) -> Visit:
        """Return an appointment by the name that a step gave it.

        Raises:
            Unknown: no step has.
        """
        if name not in self.visits:
            raise Unknown(
                f"there is no appointment {name!r} yet; there is {', '.join(self.visits) or 'none'}"
            )
        return self.visits[name]

    def _one(self, kind: type[_S], name: str | None) -> _S:
        found = {key: one for key, one in self.cast.items() if isinstance(one, kind)}
        if name is None:
            return next(iter(found.values()))
        if name not in found:
            raise Unknown(f"there is no {name!r} here; there is {', '.join(found)}")
        return found[name]

    # -- when -------------------------------------------------------------------------------------------

    async def when(self, moment: Moment) -> datetime:
        """Return the instant that a moment means now."""
        known = {name: visit.starts_at for name, visit in self.visits.items() if visit.starts_at is not None}
        return moment.at(await self.world.time.now(), self.script.zone, known)

    async def wall(self, moment: Moment, zone: str) -> dict[str, Any]:
        """Return a moment as date, wall time and fold in a zone, as the dealer's forms want it."""
        local = (await self.when(moment)).astimezone(ZoneInfo(zone))
        return {"date": local.date().isoformat(), "time": f"{local:%H:%M}", "fold": local.fold}

    # -- what everybody needs -----------------------------------------------------------------------------

    async def signed_in(self, who: Customer) -> Mapping[str, str]:
        """Return the authority of an owner on My Volvo, signing in by a code if need be."""
        if not who.session:
            asked = await self.my(None, "POST", "/v1/my/codes", {"email": who.owner.address})
            await until(lambda: bool(who.letters("code")), what=f"the letter with the code for {who.name}")
            body = who.letters("code")[-1].get_body(("plain",))
            code = _CODE.search("" if body is None else str(body.get_content()))
            if code is None:
                raise Unknown("the letter has no code to sign in")
            opened = await self.my(None, "POST", "/v1/my/sessions", {"ask": asked["ask"], "code": code[1]})
            who.session = str(opened["token"])
        return {"Authorization": f"Bearer {who.session}"}

    async def my(
        self, who: Customer | None, method: str, path: str, body: object = None, **headers: str
    ) -> Json:
        """Send a request to My Volvo and return its answer."""
        authority = dict(await self.signed_in(who)) if who is not None else {}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = self.world.backend.rstrip("/") + path
        _, plain, _ = await ask(self.world.session, method, url, body=body, headers=authority | named)
        if who is not None:
            shown = plain if body is None else {"sent": body, "answered": plain}
            self.show(Exhibit("answer", f"My Volvo: {method} {path}", shown))
        return plain

    def derived(self, name: str) -> str:
        """Return an id that is always the same for a name in a run."""
        return str(uuid5(_NAMES, f"{self.script.file}/{self.script.seed}/{name}/{self.chance.random()}"))


__all__ = [
    "Customer",
    "Motorist",
    "NotHere",
    "Play",
    "RoundFailed",
    "Somebody",
    "Unknown",
    "Visit",
    "Workshop",
]
