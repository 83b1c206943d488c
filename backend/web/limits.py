"""Keeps one caller from using up everybody's share: a bucket that fills as time passes (GCRA)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from protocol.clock import monotonic

MOST_CALLERS: Final = 10_000


class Limiter:
    """At most ``per_minute`` requests of one caller, a sixth of them at once; forgets whom it heard least."""

    def __init__(self, per_minute: int, time: Callable[[], float] = monotonic) -> None:
        self._interval = 60 / per_minute
        self._burst = max(1.0, per_minute / 6) * self._interval
        self._time = time
        self._due: OrderedDict[str, float] = OrderedDict()

    def wait(self, caller: str) -> float:
        """Count one request and return 0, or how many seconds it comes too early."""
        now = self._time()
        due = max(self._due.pop(caller, now), now)
        early = due + self._interval - self._burst - now
        self._due[caller] = due if early > 0 else due + self._interval
        if len(self._due) > MOST_CALLERS:
            self._due.popitem(last=False)
        return max(0.0, early)
