"""Shows the letters that a simulation's mail server has kept, as their readers see them; elsewhere never.

The HTML of a letter is a stranger's: it is shown in a frame that may run nothing and fetch nothing.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Final

from aiohttp import hdrs, web

from backend.appointment import Market
from backend.outcomes import LetterKind
from backend.web.errors import NotFound
from backend.web.keys import OFFICE, SETTINGS
from backend.web.reader import Reader, phrases
from backend.web.rendering import PAGES_POLICY, render
from backend.web.wording import accepted_language

MOST_LISTED: Final = 200
_NAME: Final = re.compile(r"\d{6,12}")
_LINK: Final = re.compile(r"https?://\S+")
_FRAMING: Final = f"{PAGES_POLICY}; frame-src 'self'"
_FRAMED: Final = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'; base-uri 'self'; form-action 'none'"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One letter in the mailbox."""

    name: str
    to: str
    subject: str
    at: datetime | None
    kind: str
    text: str
    html: str
    calendar: str
    link: str


async def index(request: web.Request) -> web.StreamResponse:
    """List the letters, the newest first."""
    letters = await asyncio.to_thread(_letters, _folder(request))
    reader = _reader(request)
    return render(request, "my/mailbox.html", reader=reader, kinds=_kinds(reader), letters=letters)


async def letter(request: web.Request) -> web.StreamResponse:
    """Show one letter: its head, its HTML in a frame, its text, its calendar entry."""
    found, reader = await _letter(request), _reader(request)
    return render(
        request, "my/letter.html", reader=reader, policy=_FRAMING, kinds=_kinds(reader), letter=found
    )


async def framed(request: web.Request) -> web.StreamResponse:
    """Return the HTML of a letter for the frame; its links open windows of their own."""
    found = await _letter(request)
    return web.Response(
        text=found.html.replace("<head>", '<head><base target="_blank">', 1),
        content_type="text/html",
        charset="utf-8",
        headers={"Content-Security-Policy": _FRAMED, "X-Frame-Options": "SAMEORIGIN"},
    )


async def calendar(request: web.Request) -> web.StreamResponse:
    """Return the calendar entry of a letter as a file."""
    found = await _letter(request)
    if not found.calendar:
        raise NotFound("this letter has no calendar entry")
    return web.Response(
        text=found.calendar,
        content_type="text/calendar",
        charset="utf-8",
        headers={hdrs.CONTENT_DISPOSITION: 'attachment; filename="appointment.ics"'},
    )


def _folder(request: web.Request) -> Path:
    folder = request.app[SETTINGS].mailbox_dir
    if folder is None:  # pragma: no cover - without a folder there are no such addresses
        raise NotFound("there is no mailbox here")
    return folder


async def _letter(request: web.Request) -> Kept:
    name = request.match_info["name"]
    path = _folder(request) / f"{name}.eml"
    if not _NAME.fullmatch(name) or not await asyncio.to_thread(path.is_file):
        raise NotFound("there is no such letter in the mailbox")
    return await asyncio.to_thread(_read, path)


def _letters(folder: Path) -> list[Kept]:
    paths = [path for path in folder.glob("*.eml") if _NAME.fullmatch(path.stem)]
    return [_read(path) for path in sorted(paths, reverse=True)[:MOST_LISTED]]


def _read(path: Path) -> Kept:
    message = message_from_bytes(path.read_bytes(), policy=default)
    text = _body(message, "plain")
    link = _LINK.search(text)
    return Kept(
        name=path.stem,
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        at=_sent_at(message),
        kind=str(message["X-Sensus-Letter"] or ""),
        text=text,
        html=_body(message, "html"),
        calendar=_calendar(message),
        link=link.group() if link else "",
    )


def _sent_at(message: EmailMessage) -> datetime | None:
    at = getattr(message["Date"], "datetime", None)
    return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content())


def _calendar(message: EmailMessage) -> str:
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            content = part.get_content()
            return content.decode(errors="replace") if isinstance(content, bytes) else str(content)
    return ""


def _reader(request: web.Request) -> Reader:
    language = accepted_language(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))
    return Reader(phrases("owner", language), Market(zone="UTC"), request.app[OFFICE].clock.now())


def _kinds(reader: Reader) -> dict[str, str]:
    """Return what the desk calls each kind of letter."""
    say = phrases("desk", reader.language)
    return {kind.value: say(f"letter.{kind.value}") for kind in LetterKind}
