"""A service advisor as the tests drive them: signs in, reads pages, fills in forms, over real HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from aiohttp.test_utils import TestClient
from multidict import CIMultiDictProxy

from backend.service import signing
from backend.store import users
from backend.store.scope import System
from backend.web.keys import OFFICE, TECHNICAL

OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
TICKED = {"slot_confirmed": "1", "plan_secured": "1", "work_order_finished": "1", "parts_ready": "1"}


_BOXES = {"checkbox", "radio"}


class _Reader(HTMLParser):
    """Collects what a person sees, and what a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.options: dict[str, list[tuple[str, str]]] = {}
        self.invalid: set[str] = set()
        self.links: list[str] = []
        self.text: list[str] = []
        self.in_form = False
        self.select = self.area = self.option = ""
        self.disabled = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        match tag:
            case "form":
                self.in_form = "data-form" in known
            case "a" if "href" in known:
                self.links.append(known["href"])
            case "fieldset":
                self.disabled |= "disabled" in known
            case "input" if self.in_form and (known.get("type") not in _BOXES or "checked" in known):
                self.fields[known["name"]] = known.get("value", "on")
            case "textarea" if self.in_form:
                self.area = known["name"]
                self.fields[self.area] = ""
            case "select" if self.in_form:
                self.select = known["name"]
                self.options[self.select] = []
            case "option" if self.select:
                self._offer(known)
            case _:
                pass
        if known.get("aria-invalid") == "true":
            self.invalid.add(known["name"])

    def _offer(self, known: dict[str, str]) -> None:
        self.option = known["value"]
        if "selected" in known or not self.options[self.select]:
            self.fields[self.select] = self.option
        self.options[self.select].append((self.option, ""))

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "form":
                self.in_form = False
            case "textarea" if self.area:
                # As a browser: the line break behind the tag is not part of the text.
                self.fields[self.area] = self.fields[self.area].removeprefix("\n")
                self.area = ""
            case "select":
                self.select = ""
            case _:
                pass

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area] += data
        elif self.select and self.options[self.select] and data.strip():
            self.options[self.select][-1] = (self.option, data.strip())
        elif data.strip():
            self.text.append(" ".join(data.split()))


@dataclass(frozen=True, slots=True)
class Page:
    """One answer, read as a person and a browser read it."""

    status: int
    headers: CIMultiDictProxy[str]
    html: str
    fields: dict[str, str] = field(default_factory=dict)
    options: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    invalid: frozenset[str] = frozenset()
    links: tuple[str, ...] = ()
    text: str = ""
    disabled: bool = False

    @property
    def goes_to(self) -> str:
        return self.headers["Location"]

    @property
    def actions(self) -> list[str]:
        return [key for key, _ in self.options["action"] if key]

    @property
    def chosen(self) -> str:
        return self.fields["action"]


def read(status: int, headers: CIMultiDictProxy[str], html: str) -> Page:
    """Read a page."""
    found = _Reader()
    found.feed(html)
    return Page(
        status,
        headers,
        html,
        found.fields,
        found.options,
        frozenset(found.invalid),
        tuple(found.links),
        " ".join(found.text),
        disabled=found.disabled,
    )


@dataclass(slots=True)
class Advisor:
    """Somebody with a browser at a dealer's desk."""

    client: TestClient[Any, Any]
    cookie: str

    async def ask(self, method: str, path: str, form: Any = None, **headers: str) -> Page:
        sent = {**OURS, "Cookie": self.cookie, **headers}
        async with self.client.request(
            method, path, data=form, headers=sent, allow_redirects=False
        ) as response:
            return read(response.status, response.headers, await response.text())

    async def opens(self, path: str) -> Page:
        return await self.ask("GET", path)

    async def manages(self, number: str) -> Page:
        return await self.opens(f"/desk/appointments/{number}")

    async def submits(self, page: Page, path: str, **entries: str) -> Page:
        """Send a page's form with these entries."""
        return await self.ask("POST", path, page.fields | entries)

    async def acts(self, number: str, action: str, **entries: str) -> Page:
        """Open Manage appointment, choose an action, fill in, SUBMIT."""
        page = await self.manages(number)
        return await self.submits(page, f"/desk/appointments/{number}", action=action, **entries)


async def sits_down(client: TestClient[Any, Any], login: str) -> Advisor:
    """Let a seeded user be signed in."""
    return Advisor(client, await session_cookie(client, login))


async def session_cookie(client: TestClient[Any, Any], login: str) -> str:
    """Open a session as the door does, without its look at the password.

    That look is meant to be slow, and would be a third of most tests at the desk. The door has its own.
    """
    app = client.app
    assert app is not None
    async with app[OFFICE].work() as work:
        user = await users.user_by_login(work.tx, System(), login)
        assert user is not None
        return f"sensus-desk={await signing.open_desk(work, user, app[TECHNICAL].now())}"
