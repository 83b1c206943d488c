"""An owner on My Volvo as the tests drive them: follows the link of a letter, reads pages, sends forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

from backend.links import OwnerLink, write_link
from tests.backend.web.conftest import NOW, Backend
from tests.backend.web.desk import MARIA, Desk

OURS = {"Sec-Fetch-Site": "same-origin"}


@dataclass(slots=True)
class Read:
    """One page, read."""

    status: int
    text: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        plain = unescape(re.sub(r"<[^>]+>", " ", self.text))
        return re.sub(r"\s+", " ", plain)

    @property
    def there(self) -> str:
        """Where the answer leads."""
        return self.headers["Location"]

    def hidden(self, name: str) -> str:
        """What a hidden field of the page carries."""
        found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', self.text)
        assert found is not None, f"no hidden field {name}"
        return found.group(1)


@dataclass(slots=True)
class MyVolvo:
    """Maria's browser; the workshop is at hand to bring her appointments about."""

    backend: Backend
    desk: Desk
    customer: str
    token: str = ""

    async def reads(self, path: str, **headers: str) -> Read:
        return await self._ask("GET", path, None, headers)

    async def sends(self, path: str, headers: Any = None, **form: Any) -> Read:
        return await self._ask("POST", path, form, OURS if headers is None else headers)

    async def follows(self, number: str) -> Read:
        """Open the link in a letter about an appointment."""
        link = OwnerLink(UUID(await self.id_of(number)), UUID(self.customer), NOW + timedelta(days=90))
        return await self.reads(f"/my/{write_link(self.backend.settings.signing_key, link)}")

    async def id_of(self, number: str) -> str:
        return str((await self.desk.ask("GET", f"/v1/appointments/{number}")).json["id"])

    async def page_of(self, number: str) -> str:
        return f"/my/appointments/{await self.id_of(number)}"

    async def status_of(self, number: str) -> str:
        return str((await self.desk.ask("GET", f"/v1/appointments/{number}")).json["status"])

    async def is_offered(self) -> str:
        """Be offered a proposal; return its number."""
        number: str = (await self.desk.books()).json["number"]
        heard = await self.desk.does(number, "*", "provide_proposal", text="Monday, with a loan car")
        assert heard.status == 200, heard.text
        await self.follows(number)
        return number

    async def is_asked(self) -> str:
        """Be asked something; return the number."""
        number: str = (await self.desk.books()).json["number"]
        await self.desk.does(number, "*", "request_information", text="Winter tyres too?")
        await self.follows(number)
        return number

    async def _ask(self, method: str, path: str, form: Any, headers: Mapping[str, str]) -> Read:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.backend.client.request(
            method, path, data=form, headers=sent, allow_redirects=False
        ) as response:
            return Read(response.status, await response.text(), dict(response.headers))


def maria(backend: Backend) -> MyVolvo:
    """Maria, whose car is served in Helsinki."""
    desk = backend.desks[0]
    return MyVolvo(backend, desk, desk.customers[MARIA])
