"""A dealer's system as the tests drive it: verbs over real HTTP, each answer held to the OpenAPI document."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from aiohttp.test_utils import TestClient
from jsonschema import Draft202012Validator
from multidict import CIMultiDictProxy

from backend.app import Loops
from backend.web.openapi import document
from backend.web.routes import routes
from protocol.clock import VirtualClock, until

MARIA = "YV1FW7050E1234567"
CHECKLIST = {"slot_confirmed": True, "plan_secured": True, "work_order_finished": True, "parts_ready": True}
PRICE = {"amount": "389.00", "currency": "EUR"}


@dataclass(frozen=True, slots=True)
class Heard:
    """One HTTP answer, read."""

    status: int
    headers: CIMultiDictProxy[str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def etag(self) -> str:
        return self.headers["ETag"]

    @property
    def wrong(self) -> dict[str, str]:
        """The places that a problem names, and what is wrong there."""
        return {one.get("pointer") or one.get("parameter"): one["detail"] for one in self.json["errors"]}


@dataclass(slots=True)
class Desk:
    """One dealer's system."""

    client: TestClient[Any, Any]
    token: str
    customers: dict[str, str]
    clock: VirtualClock
    loops: Loops
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        documented: bool = True,
        **headers: str,
    ) -> Heard:
        """Send a request; ``headers`` are written with underscores, an empty one is left out."""
        sent = {"Authorization": f"Bearer {self.token}", **self.headers}
        data = raw
        if body is not None:
            data = json.dumps(body).encode()
        if data is not None:
            sent["Content-Type"] = "application/json"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in sent.items() if value}
        async with self.client.request(
            method, path, data=data, headers=sent, skip_auto_headers=["Content-Type"]
        ) as response:
            heard = Heard(response.status, response.headers, await response.text())
        if documented:
            hold_to_document(method, path, heard)
        return heard

    async def books(self, vin: Any = MARIA, **changes: Any) -> Heard:
        """Create a request for an appointment."""
        body = {
            "action": "create_request",
            "vin": vin,
            "customer_id": self.customers.get(vin, self.customers[MARIA]),
            "date": "2026-11-30",
            "time": "08:00",
            "price": PRICE,
            "work": "Annual service\nBrake fluid change",
        }
        whole = {name: value for name, value in (body | changes).items() if value is not None}
        return await self.ask("POST", "/v1/appointments", whole)

    async def does(self, number: str, version: str, action: str, **facts: Any) -> Heard:
        """Do one action of *Manage appointment*."""
        path = f"/v1/appointments/{number}/actions"
        return await self.ask("POST", path, {"action": action, **facts}, If_Match=version)

    async def schedules(self, **changes: Any) -> str:
        """Book and schedule; return the number."""
        booked = await self.books(**changes)
        number: str = booked.json["number"]
        heard = await self.does(number, booked.etag, "schedule_appointment", checklist=CHECKLIST)
        assert heard.status == 200, heard.text
        return number

    async def settles(self) -> None:
        """Wait until the loops have nothing left to do."""

        async def idle() -> bool:
            return await self.loops.busy() is None

        await until(idle, what="the backend has nothing left to do")


@cache
def openapi() -> dict[str, Any]:
    """The document of a backend in a simulation."""
    return document(routes(simulated=True))


def hold_to_document(method: str, path: str, heard: Heard) -> None:
    """Fail if the document does not foresee this answer."""
    plain = path.partition("?")[0]
    for pattern, item in openapi()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), plain) and method.lower() in item:
            responses = item[method.lower()]["responses"]
            break
    else:
        raise AssertionError(f"{method} {plain} is not in the document")
    assert str(heard.status) in responses, f"{method} {plain} -> {heard.status}, undocumented: {heard.text}"
    content = responses[str(heard.status)].get("content", {})
    if heard.status in {204, 304}:
        assert heard.text == ""
        return
    kind = heard.headers["Content-Type"].partition(";")[0]
    assert kind in content, f"{method} {plain} -> {heard.status} as {kind} is not in the document"
    if kind.endswith("json"):
        schema = content[kind]["schema"] | {"components": openapi()["components"]}
        Draft202012Validator(schema).validate(heard.json)
