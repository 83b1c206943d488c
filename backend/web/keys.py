"""What the composition root hands to the HTTP side, by typed key."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from aiohttp import web

from backend.service.office import Office
from backend.settings import Settings
from backend.web.limits import Limiter
from backend.web.metrics import Metrics
from protocol.clock import Clock


@dataclass(frozen=True, slots=True)
class Health:
    """How the parts beside the HTTP side do: None is well, words say what is wrong."""

    parts: dict[str, str | None]

    @property
    def ready(self) -> bool:
        """Tell whether everything is well."""
        return not any(self.parts.values())


class HealthCheck(Protocol):
    """Asks every part how it does."""

    async def __call__(self) -> Health:
        """Return what they say."""
        ...


@dataclass(frozen=True, slots=True)
class ClockState:
    """Simulated time, and what the backend still has to do at it."""

    now: datetime
    next_due: datetime | None
    busy: str | None


class SimulatedClock(Protocol):
    """The handle on simulated time that only a simulation has."""

    async def look(self) -> ClockState:
        """Return where time stands."""
        ...

    async def move(self, instant: datetime) -> ClockState:
        """Move time, let what fell due happen, and return where time stands then.

        Raises:
            protocol.clock.ClockRefused: it would go backwards.
        """
        ...


OFFICE: Final = web.AppKey("office", Office)
SETTINGS: Final = web.AppKey("settings", Settings)
LIMITER: Final = web.AppKey("limiter", Limiter)
METRICS: Final = web.AppKey("metrics", Metrics)
HEALTH: Final = web.AppKey("health", HealthCheck)
STOPPING: Final = web.AppKey("stopping", asyncio.Event)
"""Set when the process is to end: whoever holds a connection open lets it go."""
DOCUMENT: Final = web.AppKey("document", str)
"""The OpenAPI document as JSON."""
CLOCK: Final = web.AppKey("clock", SimulatedClock)
TECHNICAL: Final = web.AppKey("technical", Clock)
"""Real time, in a simulation too: by it sessions end, and guessing at passwords is slowed down."""
