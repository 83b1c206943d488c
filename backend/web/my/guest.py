"""Shows an owner in: one request, one transaction, one language, and one way to answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiohttp import hdrs, web

from backend.appointment import Market
from backend.service import dealers, owner
from backend.service.errors import NotFound
from backend.service.office import Work
from backend.service.register import customer
from backend.store.customers import Customer
from backend.store.dealers import Workshop
from backend.store.scope import Owner
from backend.web import session
from backend.web.errors import Unreadable
from backend.web.keys import OFFICE
from backend.web.reader import Reader, phrases
from backend.web.rendering import render
from backend.web.wording import accepted_language
from protocol.language import Language

Handler = Callable[["Guest"], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Guest:
    """An owner with one request, within one transaction."""

    request: web.Request
    work: Work
    me: Owner
    customer: Customer
    form: Mapping[str, str]
    """What the request's form has, as it was written; empty where there is none."""

    @property
    def sends_form(self) -> bool:
        """Tell whether this wants something changed."""
        return self.request.method == hdrs.METH_POST

    @property
    def appointment_id(self) -> UUID:
        """Return which appointment the address names.

        Raises:
            NotFound: it names none.
        """
        text = self.request.match_info["id"]
        try:
            return UUID(text)
        except ValueError as wrong:
            raise NotFound("appointment", text[:40]) from wrong

    async def booking(self) -> owner.Booked:
        """Return the owner's appointment that the address names.

        Raises:
            NotFound: there is none, or it is not this owner's.
        """
        return await owner.booking(self.work, self.me, self.appointment_id)

    def reader(self, place: Workshop | None) -> Reader:
        """Return the owner as a reader at the clock of a workshop; without one, at that of UTC."""
        habits = Market(zone="UTC") if place is None else dealers.market(place)
        return Reader(phrases("owner", self.customer.language), habits, self.work.now)

    def page(
        self, template: str, *, reader: Reader, status: int = 200, tab: str = "", **facts: Any
    ) -> web.Response:
        """Return a page of My Volvo."""
        return render(
            self.request,
            f"my/{template}.html",
            reader=reader,
            status=status,
            tab=tab,
            me=self.customer,
            told=told(self.request, reader),
            **facts,
        )


def owners(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Turn a handler of guests into one of requests; who is no owner is asked for a code first."""

    async def page(request: web.Request) -> web.StreamResponse:
        me = await session.owner(request)
        form = await read_form(request) if request.method == hdrs.METH_POST else {}
        office, language = request.app[OFFICE], None
        try:
            async with office.work() if request.method == hdrs.METH_POST else office.look() as work:
                known = await customer(work, me, me.id)
                language = known.language
                return await handler(Guest(request, work, me, known, form))
        except NotFound:
            return sorry(request, "missing", 404, language)

    return page


def go(where: str, told: str = "") -> web.Response:
    """Lead on after a form was taken; ``told`` says there what has happened."""
    return web.Response(status=303, headers={hdrs.LOCATION: f"{where}?told={told}" if told else where})


def told(request: web.Request, reader: Reader) -> tuple[str, str]:
    """Return what has just happened, in words, and its tone; empty if nothing has."""
    what = request.query.get("told", "")
    if what not in _TOLD:
        return "", ""
    return reader.say(f"told.{what}"), _TOLD[what]


def sorry(request: web.Request, what: str, status: int, language: Language | None = None) -> web.Response:
    """Say that there is nothing here (``missing``), or not any more (``gone``)."""
    language = language or accepted_language(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))
    reader = Reader(phrases("owner", language), Market(zone="UTC"), request.app[OFFICE].clock.now())
    return render(request, "my/sorry.html", reader=reader, status=status, what=what)


async def read_form(request: web.Request) -> dict[str, str]:
    """Return the fields of a form: lines end as everywhere here, files are left out.

    Raises:
        Unreadable: it is no form, or not in an encoding that can be read.
    """
    try:
        sent = await request.post()
    except (UnicodeError, LookupError, ValueError) as wrong:
        raise Unreadable("the form cannot be read; send it as UTF-8") from wrong
    return {
        name: value.replace("\r\n", "\n").replace("\r", "\n")
        for name, value in sent.items()
        if isinstance(value, str)
    }


_TOLD = {
    "accepted": "good",
    "proposed": "good",
    "answered": "good",
    "cancelled": "good",
    "asked": "good",
    "saved": "good",
    "late": "warn",
}
"""What can be said after a form, and how it looks."""
