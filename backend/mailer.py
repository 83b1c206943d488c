"""Takes letters from the outbox to the mail server: at least once each, and never one that was superseded.

A letter is claimed only when the mail server already waits for it, and held while it is handed over, so that
nobody makes it untrue meanwhile. If the process ends before the letter is marked as sent it goes out again,
under the same Message-ID.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.utils import parseaddr
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog
from aiosmtplib import SMTP, SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from pydantic import ValidationError

from backend.letters import from_json, to_message
from backend.service.office import Office, log_crossing
from backend.store import letters
from backend.store.database import DatabaseFailure
from backend.store.letters import Posted
from backend.store.scope import System
from protocol.clock import Clock, SystemClock, pause
from protocol.crash import crash_point

log = structlog.get_logger("mailer")
LEASE: Final = timedelta(seconds=120)
"""How long one delivery may take before another process takes the letter over."""
LOOK_AGAIN: Final = 1.0
SERVER_PATIENCE: Final = 20.0
"""Seconds that the mail server may take for one answer."""
FIRST_RETRY: Final = 1.0
LONGEST_RETRY: Final = 900.0
"""Seconds between two attempts at one letter."""
LONGEST_PAUSE: Final = 10.0
"""Seconds between two attempts at a server that is away."""


class Mailer:
    """Sends what is due, one letter after the other."""

    def __init__(self, office: Office, *, technical: Clock | None = None) -> None:
        self._office = office
        self._technical = technical or SystemClock()
        self._sending = False

    @property
    def busy(self) -> str | None:
        """What is under way, in words; None if nothing is."""
        return "a letter is being sent" if self._sending else None

    async def run(self) -> None:
        """Send for ever."""
        wait = FIRST_RETRY / 4
        freed = False
        while True:
            _stop_if_asked_to()
            seen = self._office.mail.count
            try:
                if not freed:
                    await self.free_own()
                    freed = True
                await self.send_due()
            except (SMTPException, OSError) as failure:
                log.warning("mail_server_failed", error=type(failure).__name__)
            except DatabaseFailure as failure:
                log.warning("database_failed", error=type(failure).__name__)
            else:
                wait = FIRST_RETRY / 4
                await self._office.mail.wait(seen, LOOK_AGAIN)
                continue
            await pause(wait)
            wait = min(LONGEST_PAUSE, wait * 2)

    async def send_due(self) -> int:
        """Send all letters that are due and not to be retried later; return how many were taken.

        Raises:
            SMTPException: the mail server does not let us in.
            OSError: it is out of reach.
        """
        if not await self._is_due():
            return 0
        self._sending = True
        try:
            async with self._server() as server:
                sent = 0
                while await self._send_next(server):
                    sent += 1
                return sent
        finally:
            self._sending = False

    async def free_own(self) -> None:
        """Free what this node claimed in an earlier life: it may have been sent, and is sent again."""
        async with self._office.work() as work:
            await letters.free(work.tx, System(), self._office.settings.node)

    async def _is_due(self) -> bool:
        async with self._office.look() as work:
            return await letters.is_due(work.tx, System(), now=work.now, technical=self._technical.now())

    async def _send_next(self, server: SMTP) -> bool:
        posted = await self._claim()
        if posted is None:
            return False
        async with self._office.hand.holding(posted) as still_true:
            if not still_true:
                return True
            failure = await self._hand_over(server, posted)
        if failure is not None:
            await self._note_failure(posted, failure)
            if isinstance(failure, OSError | aiosmtplib.SMTPServerDisconnected):
                raise failure
            return True
        crash_point("backend.mail_sent_before_mark")
        async with self._office.work() as work:
            await letters.mark_sent(work.tx, System(), posted.id, work.now)
        log_crossing(
            "letter_sent", message_id=posted.message_id, kind=posted.kind.value, attempts=posted.attempts
        )
        return True

    async def _claim(self) -> Posted | None:
        technical = self._technical.now()
        async with self._office.work() as work:
            return await letters.claim_letter(
                work.tx,
                System(),
                now=work.now,
                technical=technical,
                lease_until=technical + LEASE,
                node=self._office.settings.node,
            )

    async def _hand_over(self, server: SMTP, posted: Posted) -> Exception | None:
        """Give the letter to the mail server; return why that did not work, if it did not."""
        try:
            message = to_message(from_json(posted.letter), self._office.clock.now())
            sender = parseaddr(str(message["From"]))[1]
            await server.send_message(message, sender=sender, recipients=[posted.recipient])
        except (SMTPException, OSError, ValidationError) as failure:
            return failure
        return None

    async def _note_failure(self, posted: Posted, failure: Exception) -> None:
        """Try again later, ever more rarely; what will never be taken is held for people to look at."""
        hopeless = _is_hopeless(failure)
        wait = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(posted.attempts - 1, 20))
        retry_at = None if hopeless else self._technical.now() + timedelta(seconds=wait)
        words = f"{type(failure).__name__} {_code(failure) or ''}".strip()
        async with self._office.work() as work:
            await letters.mark_failed(work.tx, System(), posted.id, error=words, retry_at=retry_at)
        log.warning("letter_failed", message_id=posted.message_id, error=words, held=hopeless)

    def _server(self) -> SMTP:
        url = urlsplit(self._office.settings.smtp_url)
        secure = url.scheme == "smtps"
        return SMTP(
            hostname=url.hostname or "127.0.0.1",
            port=url.port or (465 if secure else 25),
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            use_tls=secure,
            # Where there is no account a letter may go in the clear, as it does between mail servers.
            start_tls=None if not secure else False,
            timeout=SERVER_PATIENCE,
        )


def _stop_if_asked_to() -> None:
    """Be cancelled after all: Python 3.11's `wait_for`, inside the SMTP library, can lose a cancellation."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _is_hopeless(failure: Exception) -> bool:
    """Tell whether this very letter will never be taken; a server that refuses us may be mended."""
    about_the_letter = isinstance(failure, SMTPRecipientsRefused | SMTPDataError) and _code(failure) >= 500
    return about_the_letter or isinstance(failure, ValidationError)


def _code(failure: Exception) -> int:
    if isinstance(failure, SMTPRecipientsRefused):
        return max((refused.code for refused in failure.recipients), default=0)
    return failure.code if isinstance(failure, SMTPResponseException) else 0
