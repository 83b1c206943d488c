"""Somebody at the desk's counter as the tests drive them: reads pages, fills in forms, over real HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from aiohttp.test_utils import TestClient

from tests.backend.web.advisor import session_cookie

OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


@dataclass(slots=True)
class Form:
    """One form of a page: where it goes, and what it sends as it stands."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """One answer, read as a person and a browser read it."""

    status: int
    path: str
    goes_to: str
    html: str
    text: str = ""
    title: str = ""
    links: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    invalid: set[str] = field(default_factory=set)

    def form(self, name: str) -> Form:
        """Return the first form that has this field (or sends it by a button)."""
        return next(form for form in self.forms if name in form.fields or name in form.buttons)

    def acts(self, what: str) -> Form:
        """Return the small form of one button that does this."""
        return next(form for form in self.forms if f"do={what}" in form.buttons)


class _Reader(HTMLParser):
    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self.sheet = sheet
        self.select = self.tag = ""
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self.tag = tag
        if known.get("aria-invalid") == "true":
            self.sheet.invalid.add(known["name"])
        match tag:
            case "form":
                self.sheet.forms.append(
                    Form(known.get("action") or self.sheet.path, known.get("method", "get"))
                )
            case "a" if "href" in known:
                self.sheet.links.append(known["href"])
            case "input":
                if known.get("type") not in {"checkbox", "radio"} or "checked" in known:
                    self.sheet.forms[-1].fields[known["name"]] = known.get("value", "on")
            case "button" if "name" in known:
                self.sheet.forms[-1].buttons.append(f"{known['name']}={known['value']}")
            case "select":
                self.select = known["name"]
            case "option":
                fields = self.sheet.forms[-1].fields
                if "selected" in known or self.select not in fields:
                    fields[self.select] = known["value"]

    def handle_data(self, data: str) -> None:
        if self.tag == "title" and data.strip():
            self.sheet.title = data.strip()
        elif data.strip():
            self.words.append(" ".join(data.split()))

    def close(self) -> None:
        super().close()
        self.sheet.text = " ".join(self.words)


@dataclass(slots=True)
class Clerk:
    """A user at a dealer's desk, with a browser."""

    client: TestClient[Any, Any]
    cookie: str

    async def ask(self, method: str, path: str, form: Any = None, **headers: str) -> Sheet:
        sent = {**OURS, "Cookie": self.cookie, **headers}
        async with self.client.request(
            method, path, data=form, headers=sent, allow_redirects=False
        ) as response:
            html = await response.text()
            sheet = Sheet(response.status, path, response.headers.get("Location", ""), html)
        reader = _Reader(sheet)
        reader.feed(html)
        reader.close()
        return sheet

    async def opens(self, path: str) -> Sheet:
        return await self.ask("GET", path)

    async def sends(self, form: Form, **entries: str) -> Sheet:
        """Send a form with these entries over what stands in it."""
        return await self.ask(form.method.upper(), form.action, form.fields | entries)

    async def lands(self, form: Form, **entries: str) -> Sheet:
        """Send a form that is taken, and go on to where it leads."""
        sent = await self.sends(form, **entries)
        assert sent.status == 303, sent.text
        return await self.opens(sent.goes_to.partition("#")[0])


async def sits_down(client: TestClient[Any, Any], login: str) -> Clerk:
    """Let a seeded user be signed in."""
    return Clerk(client, await session_cookie(client, login))
