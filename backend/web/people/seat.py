"""Seats whoever signed in before a page about people: one transaction, one reader, one way to answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiohttp import hdrs, web

from backend.service.errors import NotFound
from backend.service.office import Work
from backend.store.scope import Dealer
from backend.web import session
from backend.web.keys import OFFICE
from backend.web.people import forms
from backend.web.reader import Reader, desk_reader
from backend.web.rendering import render
from backend.web.session import Advisor
from protocol.values import check_vin


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody at the desk with one request, within one transaction."""

    request: web.Request
    work: Work
    me: Advisor
    reader: Reader
    form: Mapping[str, str]
    """What the request's form has, as it was written; empty where there is none."""

    @property
    def dealer(self) -> Dealer:
        """Return whose desk it is."""
        return self.me.dealer

    @property
    def customer_id(self) -> UUID:
        """Return the person that the address names.

        Raises:
            NotFound: that is no id.
        """
        written = self.request.match_info["customer_id"]
        try:
            return UUID(written)
        except ValueError as wrong:
            raise NotFound("customer", written) from wrong

    @property
    def vin(self) -> str:
        """Return the vehicle that the address names.

        Raises:
            NotFound: that is no VIN.
        """
        written = self.request.match_info["vin"]
        try:
            return check_vin(written)
        except ValueError as wrong:
            raise NotFound("vehicle", written) from wrong

    @property
    def sends_form(self) -> bool:
        """Tell whether a form has been sent."""
        return self.request.method == hdrs.METH_POST

    def asked(self, name: str) -> str:
        """Return a part of the address's query, empty if it is not there."""
        return self.request.query.get(name, "")

    def page(self, template: str, *, tab: str, status: int = 200, **facts: Any) -> web.Response:
        """Return a page; ``done`` is what the form before it has done, where it says so."""
        done = f"register.done.{self.asked('done')}"
        said = self.reader.say(done) if done in self.reader.say.fallback and not self.sends_form else ""
        return render(
            self.request,
            f"register/{template}.html",
            reader=self.reader,
            status=status,
            tab=tab,
            done=said,
            **facts,
        )


Sitting = Callable[[Seat], Awaitable[web.StreamResponse]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def seated(*, writes: bool = False) -> Callable[[Sitting], Handler]:
    """Make a page's function answer requests; a form is always answered within a writing transaction.

    A page that is refused by an answer, not an exception, has changed nothing: its function sees to that.
    """

    def wrap(sitting: Sitting) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            me = await session.advisor(request)
            office = request.app[OFFICE]
            sent = request.method == hdrs.METH_POST
            # Before the transaction is opened: a browser may take its time, and others wait to write.
            form = await forms.receive(request) if sent else {}
            async with office.work() if writes or sent else office.look() as work:
                return await sitting(Seat(request, work, me, await desk_reader(work, me), form))

        return answer

    return wrap


def go(where: str) -> web.Response:
    """Send the browser on, so that reloading does nothing twice."""
    return web.Response(status=303, headers={hdrs.LOCATION: where})
