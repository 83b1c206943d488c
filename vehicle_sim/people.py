"""The people around the chain, each with verbs, so that a story or a test reads like what happens.

They only use what is open to everybody: the dealer's HTTP API, a head unit's bench, a folder of letters,
a broker. Whatever they see they hand to ``witness``, so that a report can show it.

    dealer = Dealer(session, backend.url, token)
    made = await dealer.requests(vin=..., customer_id=..., date="2026-11-30", time="08:00", ...)
    await dealer.acts(made["number"], "schedule_appointment", checklist=TICKED)
    await driver.turns_key("running")
    await driver.chooses("Details")
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urljoin

import aiohttp

from broker.transport import Delivery, NotConnected, Transport
from vehicle_sim.witness import Exhibit, Json, Refusal, Witness, ask, nobody, saved

TICKED: Final[dict[str, bool]] = {
    "slot_confirmed": True,
    "plan_secured": True,
    "work_order_finished": True,
    "parts_ready": True,
}
"""The warning of *Schedule appointment*, every line acknowledged."""
_LINK: Final = re.compile(r"https?://\S+?/my/[\w.~-]+")


class Dealer:
    """A service advisor, or a dealer system, with a token of one dealer."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, token: str, witness: Witness = nobody
    ) -> None:
        self._session = session
        self._url = url
        self._authority = {"Authorization": f"Bearer {token}"}
        self._witness = witness

    async def asks(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Json:
        """Send any request and return the answer's JSON.

        Raises:
            Refusal: the API refused it.
        """
        asked = f"{method} {path}"
        try:
            status, plain, _ = await ask(
                self._session,
                method,
                urljoin(self._url, path),
                body=body,
                headers=self._authority | dict(headers or {}),
            )
        except Refusal as refusal:
            self._witness(Exhibit("answer", f"{asked} → {refusal.status}", refusal.problem))
            raise
        shown = plain if body is None else {"sent": body, "answered": plain}
        self._witness(Exhibit("answer", f"{asked} → {status}", shown))
        return plain

    async def requests(self, key: str | None = None, /, **facts: object) -> Json:
        """Submit *Create request for appointment*; ``key`` is an Idempotency-Key."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self.asks("POST", "/v1/appointments", {"action": "create_request", **facts}, headers)

    async def acts(self, number: str, action: str, **facts: object) -> Json:
        """Open an appointment by its ID, pick an action, and submit it with the version just read."""
        _, seen, _ = await ask(
            self._session, "GET", urljoin(self._url, f"/v1/appointments/{number}"), headers=self._authority
        )
        return await self.asks(
            "POST",
            f"/v1/appointments/{number}/actions",
            {"action": action, **facts},
            {"If-Match": f'"{seen["version"]}"'},
        )

    async def schedules(self, number: str) -> Json:
        """Submit *Schedule appointment* with the warning acknowledged."""
        return await self.acts(number, "schedule_appointment", checklist=TICKED)

    async def lists(self, name: str) -> list[str]:
        """Return the Appointment IDs of one of the four lists."""
        plain = await self.asks("GET", f"/v1/appointments?list={name}")
        return [row["appointment"]["number"] for row in plain["appointments"]]

    async def hears(self, after: str | None = None, wait: int = 0) -> Json:
        """Return what cars and customers did since the cursor ``after``, waiting up to ``wait`` seconds."""
        query = f"?wait={wait}" + (f"&after={after}" if after else "")
        _, plain, _ = await ask(
            self._session, "GET", urljoin(self._url, f"/v1/events{query}"), headers=self._authority
        )
        return plain

    async def has_heard(self, type_: str, vin: str | None = None) -> list[Json]:
        """Return all events of one type (of one vehicle) that the feed holds."""
        found: list[Json] = []
        cursor: str | None = None
        while True:
            plain = await self.hears(cursor)
            found += [e for e in plain["events"] if e["type"] == type_ and vin in (None, e["vin"])]
            if not plain["events"]:
                return found
            cursor = plain["cursor"]


class Advisor:
    """A service advisor at the desk, with a browser that runs no scripts; its session keeps the cookies."""

    def __init__(self, session: aiohttp.ClientSession, url: str, witness: Witness = nobody) -> None:
        self._session = session
        self._url = url
        self._witness = witness

    async def signs_in(self, login: str, password: str) -> None:
        """Sign in at the door of the desk.

        Raises:
            Refusal: the door stays shut.
        """
        entered = {"login": login, "password": password}
        headers = {"Origin": self._url.rstrip("/")}
        address = urljoin(self._url, "/desk/login")
        async with self._session.post(address, data=entered, headers=headers) as answer:
            if answer.status != 200 or answer.url.path == "/desk/login":
                raise Refusal(answer.status, {"title": f"{login} was not let in"})

    async def opens(self, path: str, caption: str) -> str:
        """Open a page of the desk and return it.

        Raises:
            Refusal: the page answered with an error.
        """
        address = urljoin(self._url, path)
        async with self._session.get(address) as answer:
            page = await answer.text()
            if answer.status != 200:
                raise Refusal(answer.status, {"title": answer.reason, "detail": page[:300]})
        self._witness(Exhibit("page", f"Desk: {caption}", await saved(self._session, address, page)))
        return page


class Driver:
    """Who sits in one car: turns the key, presses, looks. Everything goes through the car's bench."""

    def __init__(self, session: aiohttp.ClientSession, url: str, vin: str, witness: Witness = nobody) -> None:
        self.vin = vin
        self._session = session
        self.bench = url.rstrip("/")
        self._car = f"{self.bench}/v1/cars/{vin}"
        self._witness = witness

    async def looks(self) -> Json:
        """Return where the car stands: key, engine, connection, screen, pop-up."""
        return await self._get("")

    async def turns_key(self, to: str) -> Json:
        """Turn the key to off, acc, on, start, or until the engine is running."""
        return await self._post("/ignition", {"to": to})

    async def presses(self, button: str, *, long: bool = False) -> Json:
        """Press a key beside the screen."""
        return await self._post("/press", {"button": button, "long": long})

    async def chooses(self, label: str) -> Json:
        """Turn to the choice with this label and press OK.

        Raises:
            Refusal: there is no such choice now; the problem lists those there are.
        """
        return await self._post("/press", {"label": label})

    async def turns(self, steps: int) -> Json:
        """Turn the TUNE knob."""
        return await self._post("/turn", {"steps": steps})

    async def signals(self, **values: object) -> Json:
        """Set vehicle signals; ``__`` in a name stands for its dots behind ``Vehicle.``."""
        named = {f"Vehicle.{name.replace('__', '.')}": value for name, value in values.items()}
        _, plain, _ = await ask(self._session, "PUT", f"{self._car}/signals", body=named)
        return plain

    async def sets(self, **settings: object) -> Json:
        """Change settings of the head unit: language, notifications_on, night ..."""
        _, plain, _ = await ask(self._session, "PUT", f"{self._car}/settings", body=settings)
        return plain

    async def network(self, state: Literal["on", "off"]) -> Json:
        """Drive into a garage, or out of it."""
        _, plain, _ = await ask(self._session, "PUT", f"{self._car}/network", body={"state": state})
        return plain

    async def reads(self, caption: str = "") -> str:
        """Return the words on the screen in reading order, one a line; the picture goes to the witness."""
        tree = await self.tree()
        await self.photographs(caption or str(tree.get("label") or tree.get("name") or "screen"))
        return _read_aloud(tree)

    async def words(self) -> str:
        """Return the words on the screen in reading order, one a line, without a picture."""
        return _read_aloud(await self.tree())

    async def photographs(self, caption: str) -> bytes:
        """Return the screen as PNG."""
        async with self._session.get(f"{self._car}/screen.png") as answer:
            png = await answer.read()
            if answer.status != 200:
                raise Refusal(answer.status, json.loads(png))
        self._witness(Exhibit("screen", caption, png))
        return png

    async def tree(self) -> Json:
        """Return the semantic tree of what is on screen."""
        return await self._get("/tree")

    async def asks_why(self) -> Json:
        """Return, for each item, the rules that hold its pop-up back."""
        plain = await self._get("/why")
        self._witness(Exhibit("answer", "why no pop-up", plain))
        return plain

    async def journal(self) -> list[Json]:
        """Return what was journalled."""
        plain = await self._get("/journal")
        return list(plain["events"]) if isinstance(plain, dict) else plain

    async def _get(self, path: str) -> Json:
        _, plain, _ = await ask(self._session, "GET", self._car + path)
        return plain

    async def _post(self, path: str, body: object) -> Json:
        _, plain, _ = await ask(self._session, "POST", self._car + path, body=body)
        return plain


class Owner:
    """Who reads the letters and follows their link."""

    def __init__(
        self, session: aiohttp.ClientSession, folder: Path, address: str, witness: Witness = nobody
    ) -> None:
        self.address = address
        self._session = session
        self._folder = folder
        self._witness = witness
        self._read: dict[str, EmailMessage] = {}

    def letters(self) -> list[EmailMessage]:
        """Return the letters that arrived for this address, oldest first."""
        for path in sorted(self._folder.glob("*.eml")):
            if path.name not in self._read:  # a letter appears whole, and stays as it is
                self._read[path.name] = email.message_from_bytes(
                    path.read_bytes(), policy=email.policy.default
                )
        return [
            self._read[name] for name in sorted(self._read) if self.address in str(self._read[name]["To"])
        ]

    def shows(self, letter: EmailMessage) -> None:
        """Hand a letter to the witness."""
        self._witness(Exhibit("letter", str(letter["Subject"]), letter))

    async def follows_link(self, letter: EmailMessage) -> str:
        """Open the link to My Volvo in a letter and return the page.

        Raises:
            LookupError: the letter has no such link.
            Refusal: the page answered with an error.
        """
        body = letter.get_body(("plain",))
        link = _LINK.search("" if body is None else str(body.get_content()))
        if link is None:
            raise LookupError(f"no link to My Volvo in the letter {letter['Subject']!r}")
        async with self._session.get(link.group()) as answer:
            page = await answer.text()
            if answer.status != 200:
                raise Refusal(answer.status, {"title": answer.reason, "detail": page[:300]})
        kept = await saved(self._session, link.group(), page)
        self._witness(Exhibit("page", "My Volvo, opened from the letter", kept))
        return page


@dataclass
class Tap:
    """Somebody who listens at the broker and writes down what passes."""

    heard: list[Delivery] = field(default_factory=list)

    @asynccontextmanager
    async def listening(self, transport: Transport, *filters: str) -> AsyncIterator[Tap]:
        """Listen within the block."""

        async def listen() -> None:
            try:
                async for delivery in connection.deliveries():
                    delivery.ack()
                    self.heard.append(delivery)
            except NotConnected:
                return  # the broker was killed in the story: what was heard before stays

        async with transport.connect() as connection:
            await connection.subscribe(*filters)
            task = asyncio.create_task(listen())
            try:
                yield self
            finally:
                task.cancel()
                await asyncio.wait({task})


def _read_aloud(tree: Json) -> str:
    return "\n".join(dict.fromkeys(_words(tree)))


def _words(node: Json) -> list[str]:
    if node.get("covered"):
        return []  # under a pop-up: dimmed, and out of reach
    own = [str(node[part]) for part in ("label", "value") if node.get(part)]
    return own + [line for child in node.get("children", []) for line in _words(child)]
