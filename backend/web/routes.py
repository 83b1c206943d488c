"""The site map: every address there is, and what answers there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from backend.web import appointments, feed, login, mailbox, operations, pages, register, simulation
from backend.web.desk import create, lists, live, manage
from backend.web.endpoint import Endpoint
from backend.web.my import asking, booking, car, mine, settings
from backend.web.people import customers, owners, relations, vehicles
from backend.web.people import manage as people


@dataclass(frozen=True, slots=True)
class Route:
    """One method at one address."""

    method: str
    path: str
    endpoint: Endpoint
    tag: str

    @property
    def name(self) -> str:
        """Return the operation's name, unique among all: the module of its handler, and the handler."""
        room = self.endpoint.handler.__module__.rpartition(".")[2]
        return f"{room}_{self.endpoint.handler.__name__}"


TAGS: Final = {
    "Appointments": "The dealer's appointments: create, list, manage, look back",
    "Register": "Customers, vehicles, and what they have to do with each other",
    "Delivery": "What has come of it in the car",
    "My Volvo": "What an owner sees and says, with the token or cookie of an owner's session",
    "Operations": "For whoever keeps this running",
    "Simulation": "The handle on simulated time; only in a simulation",
}

API: Final = (
    Route("GET", "/v1/appointments", appointments.page, "Appointments"),
    Route("POST", "/v1/appointments", appointments.create, "Appointments"),
    Route("GET", "/v1/appointments/{number}", appointments.show, "Appointments"),
    Route("POST", "/v1/appointments/{number}/actions", appointments.act, "Appointments"),
    Route("GET", "/v1/appointments/{number}/history", appointments.history, "Appointments"),
    Route("GET", "/v1/appointments/{number}/history/{seq}", appointments.as_it_looked, "Appointments"),
    Route("GET", "/v1/appointments/{number}/delivery", appointments.delivered, "Delivery"),
    Route("GET", "/v1/dealer", register.dealer, "Register"),
    Route("GET", "/v1/customers", register.customers, "Register"),
    Route("POST", "/v1/customers", register.add_customer, "Register"),
    Route("GET", "/v1/customers/{customer_id}", register.customer, "Register"),
    Route("PATCH", "/v1/customers/{customer_id}", register.edit_customer, "Register"),
    Route("GET", "/v1/search", register.search, "Register"),
    Route("POST", "/v1/vehicles", register.add_vehicle, "Register"),
    Route("GET", "/v1/vehicles/{vin}", register.vehicle, "Register"),
    Route("PATCH", "/v1/vehicles/{vin}", register.edit_vehicle, "Register"),
    Route("PUT", "/v1/vehicles/{vin}/relations/{customer_id}", register.relate, "Register"),
    Route("DELETE", "/v1/vehicles/{vin}/relations/{customer_id}", register.unrelate, "Register"),
    Route("POST", "/v1/vehicles/{vin}/owner", register.change_owner, "Register"),
    Route("POST", "/v1/vehicles/{vin}/destinations", register.push_destination, "Delivery"),
    Route("GET", "/v1/vehicles/{vin}/appointments", appointments.overview, "Appointments"),
    Route("GET", "/v1/vehicles/{vin}/delivery", register.delivered, "Delivery"),
    Route("GET", "/v1/events", feed.events, "Delivery"),
    Route("POST", "/v1/my/codes", mine.ask_code, "My Volvo"),
    Route("POST", "/v1/my/sessions", mine.open_session, "My Volvo"),
    Route("DELETE", "/v1/my/session", mine.end_session, "My Volvo"),
    Route("GET", "/v1/my", mine.show, "My Volvo"),
    Route("PATCH", "/v1/my", mine.change, "My Volvo"),
    Route("GET", "/v1/my/dealers", mine.dealers, "My Volvo"),
    Route("GET", "/v1/my/appointments", mine.bookings, "My Volvo"),
    Route("POST", "/v1/my/appointments", mine.ask, "My Volvo"),
    Route("GET", "/v1/my/appointments/{appointment_id}", mine.booking, "My Volvo"),
    Route("POST", "/v1/my/appointments/{appointment_id}/answers", mine.say, "My Volvo"),
    Route("GET", "/v1/my/appointments/{appointment_id}/calendar.ics", mine.calendar, "My Volvo"),
    Route("GET", "/v1/my/vehicles/{vin}/shown", mine.shown, "My Volvo"),
    Route("GET", "/healthz/live", operations.live, "Operations"),
    Route("GET", "/healthz/ready", operations.ready, "Operations"),
    Route("GET", "/metrics", operations.metrics, "Operations"),
)

MY: Final = {
    "/my/request": asking.ask,
    "/my/settings": settings.change,
    "/my/appointments/{id}": booking.show,
    "/my/appointments/{id}/proposal": booking.propose,
    "/my/appointments/{id}/cancel": booking.cancel,
}
"""My Volvo's forms: each shows itself, and takes what is written into it."""

SIMULATION: Final = (
    Route("GET", "/sim/clock", simulation.look, "Simulation"),
    Route("PUT", "/sim/clock", simulation.move, "Simulation"),
)


def add_mailbox(app: web.Application) -> None:
    """Put the letters of a simulation into ``app``, for whoever plays with it."""
    app.router.add_get("/mailbox", mailbox.index)
    app.router.add_get("/mailbox/{name}", mailbox.letter)
    app.router.add_get("/mailbox/{name}/html", mailbox.framed)
    app.router.add_get("/mailbox/{name}/calendar.ics", mailbox.calendar)


def routes(*, simulated: bool) -> tuple[Route, ...]:
    """Return the API's routes; the handle on time is there only in a simulation."""
    return API + (SIMULATION if simulated else ())


def add_routes(app: web.Application, api: Iterable[Route]) -> None:
    """Put every address into ``app``: the API, and the pages for people."""
    for route in api:
        app.router.add_route(route.method, route.path, route.endpoint.__call__, name=route.name)
    app.router.add_get("/", pages.home)
    app.router.add_get("/openapi.json", pages.openapi)
    app.router.add_get("/docs", pages.docs)
    app.router.add_get("/asyncapi.json", pages.asyncapi)
    app.router.add_get("/docs/messages", pages.messages)
    app.router.add_get("/problems", pages.problems)
    app.router.add_get("/desk/login", login.desk_door)
    app.router.add_post("/desk/login", login.desk_enter)
    app.router.add_post("/desk/logout", login.desk_leave)
    app.router.add_get("/desk/live", live.stream)
    app.router.add_get("/desk/appointments", lists.page)
    app.router.add_get("/desk/appointments/new", create.window)
    app.router.add_post("/desk/appointments/new", create.submit)
    app.router.add_get("/desk/appointments/{number}", manage.window)
    app.router.add_post("/desk/appointments/{number}", manage.submit)
    app.router.add_get("/desk/appointments/{number}/history/{seq}", manage.as_it_looked)
    app.router.add_get("/desk/customers", customers.listed)
    app.router.add_post("/desk/customers/{customer_id}/mine", customers.favour)
    app.router.add_get("/desk/manage", people.search)
    for path, page in (
        ("/desk/manage/new", people.add),
        ("/desk/manage/{customer_id}", people.show),
        ("/desk/manage/{customer_id}/vehicle", relations.add),
        ("/desk/vehicles/{vin}", vehicles.show),
        ("/desk/vehicles/{vin}/owner", owners.change),
    ):
        app.router.add_get(path, page)
        app.router.add_post(path, page)
    app.router.add_post("/desk/manage/{customer_id}/relations", relations.change)
    app.router.add_get("/desk/vehicles", vehicles.search)
    app.router.add_get("/my/login", login.my_door)
    app.router.add_post("/my/login", login.my_ask)
    app.router.add_get("/my/login/code", login.code_door)
    app.router.add_post("/my/login/code", login.code_enter)
    app.router.add_post("/my/logout", login.my_leave)
    app.router.add_get("/my", booking.home)
    app.router.add_get("/my/{token}", booking.by_link)
    for path, page in MY.items():
        app.router.add_get(path, page)
        app.router.add_post(path, page)
    app.router.add_get("/my/cars/{vin}", car.shows)
    app.router.add_get("/my/appointments/{id}/calendar.ics", booking.calendar)
    app.router.add_get("/static/{path:.+}", pages.static)
