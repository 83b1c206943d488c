"""What people see on their way through the chain, and how they ask it over HTTP."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Final, Literal
from urllib.parse import urljoin

import aiohttp

Json = dict[str, Any]
_STYLES: Final = re.compile(r'(<link rel="stylesheet" href="([^"]+)">)')
_PARTS: Final = re.compile(r"url\(([^):]+\.woff2)\)")


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Something that somebody saw: what kind of thing, a caption, and the thing itself."""

    kind: Literal["screen", "letter", "page", "answer", "message", "tree"]
    caption: str
    body: bytes | str | Json | EmailMessage


Witness = Callable[[Exhibit], None]


def nobody(_: Exhibit) -> None:
    """Witness nothing."""


class Refusal(Exception):
    """A request was refused: the problem details (RFC 9457) that the other side gave."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(f"{status} {problem.get('title', '')}: {problem.get('detail', '')}".strip())
        self.status = status
        self.problem = problem

    @property
    def fields(self) -> list[str]:
        """Return where in the body something was wrong, as JSON pointers."""
        return [str(error.get("pointer", "")) for error in self.problem.get("errors", [])]


async def ask(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, Json, Mapping[str, str]]:
    """Send a request with a JSON body and return status, JSON and headers of the answer.

    Raises:
        Refusal: it was refused.
    """
    sent = None if body is None else json.dumps(body).encode()
    typed = {"Content-Type": "application/json"} if sent is not None else {}
    async with session.request(method, url, data=sent, headers={**typed, **(headers or {})}) as answer:
        raw = await answer.read()
        plain = json.loads(raw) if raw else {}
        if answer.status >= 400:
            raise Refusal(answer.status, plain)
        return answer.status, plain, answer.headers


async def saved(session: aiohttp.ClientSession, url: str, page: str) -> str:
    """Return the page at ``url`` as a browser saves it: with its styles and their fonts inside."""

    async def fetched(address: str) -> bytes:
        async with session.get(address) as answer:
            return await answer.read()

    for link, path in _STYLES.findall(page):
        address = urljoin(url, path)
        style = (await fetched(address)).decode()
        for part in set(_PARTS.findall(style)):
            data = base64.b64encode(await fetched(urljoin(address, part))).decode()
            style = style.replace(f"url({part})", f"url(data:font/woff2;base64,{data})")
        page = page.replace(link, f"<style>{style}</style>")
    return page
