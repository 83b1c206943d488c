"""Makes guessing slow: whoever fails waits ever longer, and after some failures until the oldest is past.

What is counted stands in the database under pseudonyms, so that several processes count together. A try is
counted before it is checked: a hundred at once get no more than their share.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from backend.service.errors import ServiceError
from backend.service.office import Office, Work
from backend.store import sessions
from backend.store.scope import System


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so long a time: the first ``free`` at once, each later one after twice the wait."""

    most: int
    window: timedelta
    free: int

    def wait(self, times: list[datetime], now: datetime) -> float:
        """Return how many seconds have to pass before the next try."""
        recent = self.recent(times, now)
        if len(recent) >= self.most:
            return (recent[-self.most] + self.window - now).total_seconds()
        if len(recent) < self.free:
            return 0.0
        pause = timedelta(seconds=2 ** (len(recent) - self.free + 1))
        return max(0.0, (recent[-1] + pause - now).total_seconds())

    def recent(self, times: list[datetime], now: datetime) -> list[datetime]:
        """Return the tries that still count. One from the future counts too: clocks have been set back."""
        return [time for time in times if time > now - self.window]


GUESSES: Final = Limit(most=10, window=timedelta(minutes=5), free=3)
"""For passwords and codes, by person and by address."""
LETTERS: Final = Limit(most=5, window=timedelta(hours=1), free=3)
"""For codes by e-mail, by recipient: nobody's mailbox is to be filled from here."""
ASKERS: Final = Limit(most=30, window=timedelta(hours=1), free=20)
"""For codes by e-mail, by address of who asks."""


class TooSoon(ServiceError):
    """Somebody has failed too often; it may be tried again after ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many tries; go on in {int(seconds) + 1} s")
        self.seconds = int(seconds) + 1


def key(office: Office, purpose: str, of: str) -> str:
    """Return the pseudonym under which tries are counted."""
    secret = office.settings.signing_key.encode()
    return hmac.new(secret, f"tries\0{purpose}\0{of}".encode(errors="replace"), hashlib.sha256).hexdigest()


def neighbourhood(address: str) -> str:
    """Return what an address is counted as: an IPv6 caller has a whole /64 to choose addresses from."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(ip_network((known, 64), strict=False)) if isinstance(known, IPv6Address) else address


async def reserve(work: Work, limits: Mapping[str, Limit], now: datetime) -> None:
    """Count one try under each key.

    Raises:
        TooSoon: one of them has to wait; nothing is counted then.
    """
    # Always in the same order, so that two callers never wait for each other's key.
    known = {one: await sessions.tries_of(work.tx, System(), one, now) for one in sorted(limits)}
    wait = max(limits[one].wait(times, now) for one, times in known.items())
    if wait > 0:
        raise TooSoon(wait)
    for one, times in known.items():
        await sessions.save_tries(work.tx, System(), one, [*limits[one].recent(times, now), now])
