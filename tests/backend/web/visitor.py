"""A browser as the tests drive it: verbs over real HTTP, at the doors of the desk and of My Volvo."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from aiohttp import DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from backend.app import Hands, Loops, new_app
from backend.mailbox import Mailbox, open_mailbox
from backend.service import accounts
from backend.service.office import Office
from backend.settings import Settings
from backend.web import keys, session
from broker.memory_transport import MemoryBroker, MemoryTransport
from protocol.clock import VirtualClock, until

PASSWORD = "a long enough one"
MARIA = "maria.lindholm@example.com"
NOW = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
WALL = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OURS = {"Sec-Fetch-Site": "same-origin"}


@dataclass(slots=True)
class Visitor:
    """A browser: it keeps cookies, follows nothing by itself, and says where a form comes from."""

    client: TestClient[Any, Any]
    technical: VirtualClock
    office: Office
    mailbox: Mailbox
    loops: Loops
    cookies: dict[str, str] = field(default_factory=dict)

    async def ask(
        self, method: str, path: str, form: Any = None, **headers: str
    ) -> tuple[int, str, dict[str, str]]:
        sent = {**(OURS if method == "POST" else {}), **{k.replace("_", "-"): v for k, v in headers.items()}}
        sent = {name: value for name, value in sent.items() if value}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        async with self.client.request(
            method, path, data=form, headers=sent, allow_redirects=False
        ) as response:
            for line in response.headers.getall("Set-Cookie", []):
                for name, morsel in SimpleCookie(line).items():
                    self.cookies.pop(name, None)
                    if morsel.value:
                        self.cookies[name] = morsel.value
            return response.status, await response.text(), dict(response.headers)

    async def signs_in(self, password: str = PASSWORD, login: str = "avirtanen", **more: str) -> Any:
        return await self.ask("POST", "/desk/login", {"login": login, "password": password, **more})

    async def is_inside(self) -> bool:
        return (await self.ask("GET", "/desk/login"))[0] == 303

    async def asks_for_a_code(self, email: str = MARIA, **more: str) -> Any:
        return await self.ask("POST", "/my/login", {"email": email, **more})

    async def letters(self) -> list[str]:
        async def idle() -> bool:
            return await self.loops.busy() is None

        await until(idle, what="every letter has been sent")
        folder = self.mailbox.folder
        parsed = [message_from_bytes(p.read_bytes(), policy=policy.default) for p in folder.glob("*.eml")]
        bodies = [one.get_body(("plain",)) for one in parsed if one["X-Sensus-Letter"] == "code"]
        return [str(body.get_content()) for body in bodies if body is not None]

    def passes(self, **time: float) -> None:
        self.technical.set(self.technical.now() + timedelta(**time))


async def _whoami(request: web.Request) -> web.Response:
    return web.json_response({"name": (await session.advisor(request)).name})


async def _whose(request: web.Request) -> web.Response:
    return web.json_response({"owner": str((await session.owner(request)).id)})


@asynccontextmanager
async def open_visitor(settings: Settings, folder: Path) -> AsyncIterator[Visitor]:
    """Run a backend with two pages that tell who reads them, and a browser that has been nowhere yet."""
    async with open_mailbox("127.0.0.1", 0, folder / "mail") as mailbox:
        clock, technical, broker = VirtualClock(NOW), VirtualClock(WALL), MemoryBroker()
        settings = settings.model_copy(update={"smtp_url": mailbox.url})
        app = new_app(settings, MemoryTransport(broker, settings.node), clock, technical=technical)
        app.router.add_get("/desk/whoami", _whoami)
        app.router.add_get("/my/whoami/{more}", _whose)
        app.router.add_post("/my/whoami/{more}", _whose)
        async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
            hands = app[keys.CLOCK]
            assert isinstance(hands, Hands)
            await until(lambda: hands.loops.post.connected, what="connected to the broker")
            opened = Visitor(client, technical, app[keys.OFFICE], mailbox, hands.loops)
            await accounts.set_password(opened.office, "avirtanen", PASSWORD)
            yield opened
