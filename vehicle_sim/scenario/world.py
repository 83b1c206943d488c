"""What a scenario is played in: a whole chain with a time of its own, whoever runs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

import aiohttp

from vehicle_sim.scenario.script import CarPart

Part = Literal["broker", "backend"]
Blow = Literal["kill", "start", "restart", "forget", "freeze", "thaw"]
"""What can be done to a part; ``forget`` is a restart of the broker without its store."""


class NotHere(Exception):
    """This world cannot do that: the message says what can."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A message that has passed the broker."""

    topic: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Desk:
    """A workshop of the register, and the token of its system."""

    name: str
    token: str
    zone: str
    id: str
    login: str = ""
    password: str = ""


class Time(Protocol):
    """The one time of everybody in a world."""

    async def now(self) -> datetime:
        """Return the present."""
        ...

    async def next_due(self) -> datetime | None:
        """Return when the next thing falls due for anybody, None if nothing is planned."""
        ...

    async def settle(self) -> None:
        """Wait until nobody has anything left to do at this instant.

        Raises:
            RoundFailed: somebody does not come to rest; the message names who, and why.
        """
        ...

    async def advance(self, to: datetime) -> None:
        """Let time pass for all, stopping wherever something falls due.

        Raises:
            RoundFailed: see :meth:`settle`; or ``to`` lies in the past.
        """
        ...


class World(Protocol):
    """A whole chain: dealers and customers at a backend, letters, a broker, cars on benches."""

    @property
    def session(self) -> aiohttp.ClientSession:
        """With which everything in it is asked."""
        ...

    @property
    def backend(self) -> str:
        """Where the backend serves."""
        ...

    @property
    def letters(self) -> Path:
        """The folder of the letters that were sent, as ``.eml`` files."""
        ...

    @property
    def time(self) -> Time:
        """Its time."""
        ...

    @property
    def desks(self) -> Mapping[str, Desk]:
        """The workshops of its register, by name."""
        ...

    @property
    def standing(self) -> bool:
        """Whether it was there before and stays: its cars and customers are its own."""
        ...

    @property
    def free(self) -> list[tuple[str, str]]:
        """Cars that stand there already and that nobody in the story has yet: their VINs and benches."""
        ...

    async def add_car(self, vin: str, part: CarPart) -> str:
        """Put a car on a bench and return where its bench serves."""
        ...

    async def passed(self) -> Sequence[Passed]:
        """Return the messages about cars that have passed the broker, the oldest first.

        Raises:
            NotHere: nobody listens there.
        """
        ...

    async def strike(self, part: Part, blow: Blow, *, at: str = "") -> None:
        """Do something to a part; ``at`` names the point of a backend's life at which it is to end.

        Raises:
            NotHere: it cannot be done in this world.
        """
        ...


class Worlds(Protocol):
    """Opens worlds, one after the other or side by side; what happened in one leaves nothing in the next."""

    @property
    def kind(self) -> str:
        """What to call them before people."""
        ...

    def open(self, start_at: datetime) -> AbstractAsyncContextManager[World]:
        """Open a new world at this instant; it ends with the block."""
        ...
