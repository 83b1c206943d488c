"""Worlds within one process of their own: quick, with nothing of one left in the next; all by HTTP."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from vehicle_sim.rounds import NotAtRest, RoundFailed
from vehicle_sim.scenario.processes import desks
from vehicle_sim.scenario.script import CarPart
from vehicle_sim.scenario.world import Blow, Desk, NotHere, Part, Passed
from vehicle_sim.witness import Json, Refusal, ask


@dataclass(slots=True)
class HostedTime:
    """The time of one world; nobody else moves it, so that it is known without asking."""

    url: str
    session: aiohttp.ClientSession
    present: datetime

    async def now(self) -> datetime:
        """Return the present."""
        return self.present

    async def next_due(self) -> datetime | None:
        """Return when the next thing falls due for anybody."""
        due = (await self._ask("GET"))["next_due"]
        return None if due is None else datetime.fromisoformat(due)

    async def settle(self) -> None:
        """Wait until nobody has anything left to do."""
        await self._ask("POST", {})

    async def advance(self, to: datetime) -> None:
        """Let time pass for all."""
        await self._ask("POST", {"to": to.isoformat()})

    async def _ask(self, method: str, body: object = None) -> Json:
        try:
            _, plain, _ = await ask(self.session, method, f"{self.url}/clock", body=body)
        except Refusal as refusal:
            kind = NotAtRest if "not at rest" in str(refusal) else RoundFailed
            raise kind(str(refusal.problem.get("detail", refusal))) from refusal
        self.present = datetime.fromisoformat(plain["now"])
        return plain


@dataclass(frozen=True, slots=True)
class HostedWorld:
    """One world of a host."""

    url: str
    session: aiohttp.ClientSession
    backend: str
    bench: str
    letters: Path
    desks: dict[str, Desk]
    time: HostedTime
    free: list[tuple[str, str]] = field(default_factory=list)
    standing: bool = False

    async def add_car(self, vin: str, part: CarPart) -> str:
        """Put a car on the world's bench."""
        return await put_on(self.session, self.bench, vin, part)

    async def passed(self) -> Sequence[Passed]:
        """Return what has passed the broker."""
        _, told, _ = await ask(self.session, "GET", f"{self.url}/messages")
        return [Passed(one["topic"], one["payload"]) for one in told["messages"]]

    async def strike(self, part: Part, blow: Blow, *, at: str = "") -> None:
        """Stop or start the broker; a backend within the process cannot be killed alone."""
        if part == "backend" or blow in {"freeze", "thaw"}:
            raise NotHere(f"the {part} has no process of its own here: play this scenario without --fast")
        await ask(self.session, "POST", f"{self.url}/broker", body={"blow": blow})


async def put_on(session: aiohttp.ClientSession, bench: str, vin: str, part: CarPart) -> str:
    """Put a car on a bench where cars come and go, and return where that serves."""
    facts: dict[str, Any] = {
        "vin": vin,
        "settings": {"language": part.language.value, "navigation": part.navigation},
        "profile": part.profile,
        "odometer_km": part.odometer,
    }
    await ask(session, "POST", f"{bench.rstrip('/')}/v1/cars", body=facts)
    return bench


@dataclass(slots=True)
class HostedWorlds:
    """Opens worlds at one or more hosts (`sensus worlds`), each time at the one that has the fewest."""

    hosts: Sequence[str]
    session: aiohttp.ClientSession
    kind: str = "one process, broker and database in memory"
    _open: Counter[str] = field(default_factory=Counter)

    @asynccontextmanager
    async def open(self, start_at: datetime) -> AsyncIterator[HostedWorld]:
        """Open a world; it ends with the block."""
        host = min(self.hosts, key=lambda one: self._open[one])
        self._open[host] += 1
        wish = {"start_at": start_at.isoformat()}
        try:
            _, told, _ = await ask(self.session, "POST", f"{host}/worlds", body=wish)
            url = f"{host}/worlds/{told['world']}"
            time, letters = HostedTime(url, self.session, start_at), Path(told["letters"])
            known = desks(told["dealers"])
            try:
                yield HostedWorld(url, self.session, told["backend"], told["bench"], letters, known, time)
            finally:
                await ask(self.session, "DELETE", url)
        finally:
            self._open[host] -= 1
