"""Whatever is written into whichever form is answered as a form: no error of ours, no markup of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import pytest
from aiohttp.test_utils import TestClient

from tests.backend.web.advisor import OURS, sits_down
from tests.backend.web.conftest import Backend
from tests.backend.web.desk import MARIA, Desk
from tests.backend.web.my import maria

HOSTILE: Final = {
    "markup": "<script>alert(1)</script>",
    "attribute": '" autofocus onfocus="alert(1)',
    "header": "A\r\nBcc: thief@example.com",
    "mountain": "x" * 10_000,
    "nothing": "\x00",
    "backwards": "\u202egnp.exe",
    "query": "' OR 1=1 --",
    "figures": "9" * 50,
    "negative": "-1",
    "path": "../../etc/passwd",
    "template": "{{ 7 * 7 }}{% raise %}",
    "picture": "\N{AUTOMOBILE}" * 300,
}
_LEAVING: Final = {"/desk/logout", "/my/logout"}


@dataclass
class Form:
    """A form on a page: where it goes, and what a browser would send unless somebody writes into it."""

    goes_to: str
    fields: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)

    def filled(self, hostile: str) -> dict[str, str]:
        """Return it with the same in every field that can be written into."""
        return {name: value if name in self.hidden else hostile for name, value in self.fields.items()}


class Forms(HTMLParser):
    """Finds the forms of a page that change something."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[Form] = []
        self._form: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form" and known.get("method") == "post":
            self._form = Form(urljoin(self.address, known.get("action") or self.address))
            self.found.append(self._form)
        elif self._form is not None and "name" in known and tag in {"input", "select", "textarea", "button"}:
            self._form.fields[known["name"]] = known.get("value", "")
            if known.get("type") == "hidden":
                self._form.hidden.add(known["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


@dataclass
class Browser:
    """Somebody with a browser and a session, who means no good."""

    client: TestClient[Any, Any]
    cookie: Mapping[str, str]

    async def forms(self, address: str) -> list[Form]:
        """Return the forms of a page."""
        async with self.client.get(address, headers=self.cookie) as answer:
            assert answer.status == 200, address
            page = Forms(address)
            page.feed(await answer.text())
        return [one for one in page.found if urlsplit(one.goes_to).path not in _LEAVING]

    async def sends(self, form: Form, entries: Mapping[str, str]) -> None:
        """Send a form and hold the answer to what every answer has to be."""
        headers = {**OURS, **self.cookie}
        async with self.client.post(
            form.goes_to, data=entries, headers=headers, allow_redirects=False
        ) as answer:
            text = await answer.text()
            assert answer.status < 500, f"{form.goes_to}: {answer.status}"
            assert "Bcc" not in answer.headers
        assert "<script>alert" not in text, form.goes_to
        assert 'onfocus="alert' not in text, form.goes_to


async def everything(browser: Browser, addresses: tuple[str, ...], hostile: str) -> int:
    """Fill every form of these pages, then its hidden fields too; return how many there were."""
    count = 0
    for address in addresses:
        for form in await browser.forms(address):
            await browser.sends(form, form.filled(hostile))
            await browser.sends(form, dict.fromkeys(form.fields, hostile))
            count += 1
    return count


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
async def test_every_form_of_the_desk_bears_it(desk: Desk, backend: Backend, hostile: str) -> None:
    number = (await desk.books()).json["number"]
    advisor = await sits_down(backend.client, "avirtanen")
    browser = Browser(backend.client, {"Cookie": advisor.cookie})
    customer = desk.customers[MARIA]
    pages = (
        f"/desk/appointments/new?vin={MARIA}&customer={customer}",
        f"/desk/appointments/{number}",
        "/desk/customers",
        "/desk/manage/new?q=Nobody",
        f"/desk/manage/{customer}",
        f"/desk/vehicles/{MARIA}",
        f"/desk/vehicles/{MARIA}/owner",
    )
    assert await everything(browser, pages, hostile) >= len(pages)
    assert (await desk.ask("GET", f"/v1/appointments/{number}")).json["status"] == "requested"


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
async def test_every_form_of_my_volvo_bears_it(backend: Backend, hostile: str) -> None:
    my = maria(backend)
    number = await my.is_offered()
    booking = await my.page_of(number)
    browser = Browser(backend.client, {})  # the client keeps the owner's cookie
    # Accepting and cancelling come last: they ask for nothing that could be wrong.
    pages = ("/my/settings", "/my/request", f"{booking}/proposal", booking, f"{booking}/cancel")
    assert await everything(browser, pages, hostile) >= len(pages)


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
async def test_every_door_bears_it(backend: Backend, hostile: str) -> None:
    browser = Browser(backend.client, {})
    assert await everything(browser, ("/desk/login", "/my/login", "/my/login/code?ask=none"), hostile) >= 3
