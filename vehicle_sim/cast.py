"""Everybody in a story and the processes they need, brought together and sent home again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import aiohttp

from broker.paho_transport import PahoTransport
from protocol import topics
from protocol.language import Language, Phrases
from protocol.topics import CarTopic, Channel
from vehicle_sim import rounds
from vehicle_sim.locales import phrases
from vehicle_sim.people import Advisor, Dealer, Driver, Owner, Tap
from vehicle_sim.rig import Rig
from vehicle_sim.witness import Exhibit

VIN: Final = "YV1FW7050E1234567"
AT_HOME: Final = "60.17832,24.95057"
"""Where Maria Lindholm's car stands: Hakaniemenranta, 2.3 km from the workshop."""


class NotAsExpected(AssertionError):
    """A row of the story went otherwise: the message says what was seen instead."""


@dataclass
class Cast:
    """Everybody in the story, the clocks they share, and what they remember from row to row."""

    dealer: Dealer
    advisor: Advisor
    driver: Driver
    owner: Owner
    tap: Tap
    clocks: Sequence[rounds.ClockLink]
    say: Phrases
    show: Callable[[Exhibit], None]
    seen: list[str] = field(default_factory=list)
    number: str = ""
    customer: str = ""

    async def skip_to(self, wall: str) -> None:
        """Let time pass for everybody until this RFC 3339 instant."""
        await rounds.advance(self.clocks, datetime.fromisoformat(wall))

    async def settle(self) -> None:
        """Wait until backend and car have nothing left to tell each other."""
        await rounds.settle(self.clocks)

    def expect(self, holds: bool, seen: str) -> None:  # noqa: FBT001 - reads as a sentence: expect(x == y, "...")
        """Write down what was seen, and end the row here if it is not as expected."""
        self.seen.append(seen)
        if not holds:
            raise NotAsExpected(seen)

    def label(self, key: str, **facts: object) -> str:
        """Return the words that stand on a choice in the car."""
        return self.say(key, **facts)


async def assemble(
    stack: AsyncExitStack,
    rig: Rig,
    session: aiohttp.ClientSession,
    *,
    language: Language,
    window: bool,
    show: Callable[[Exhibit], None],
) -> Cast:
    """Start broker, mailbox, backend and one head unit in ``rig``; ``stack`` ends what has to end.

    What anybody sees goes to ``show``.
    """
    broker, mailbox = rig.broker(wait=False), rig.mailbox(wait=False)
    await broker.ready()
    await mailbox.ready()
    backend = rig.backend(broker, mailbox, wait=False)
    options = ["--position", AT_HOME, "--odometer", "87412", "--language", language.value]
    await backend.ready()
    seeded = json.loads(await asyncio.to_thread(rig.run, "seed", "--json", env=backend.env))
    # Only a registered car is listened to: its first words are its presence and its hello.
    car = await rig.head_unit(VIN, broker, *options, *(["--window"] if window else []), wait=False).ready()

    transport = PahoTransport(f"mqtt://127.0.0.1:{broker.port}", client_id="demo-tap")
    listening = Tap().listening(
        transport, str(CarTopic(VIN, Channel.DESIRED)), topics.every_car(Channel.EVENTS)
    )
    tap = await stack.enter_async_context(listening)
    dealer = seeded["dealers"][0]
    browser = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))  # unsafe: for an IP address
    advisor = Advisor(await stack.enter_async_context(browser), backend.url, show)
    await advisor.signs_in(dealer["users"][0]["login"], dealer["users"][0]["password"])
    return Cast(
        Dealer(session, backend.url, dealer["token"], show),
        advisor,
        Driver(session, car.url, VIN, show),
        Owner(session, rig.directory / "mailbox", "maria.lindholm@example.com", show),
        tap,
        [rounds.http_clock(backend.url, session, "backend"), rounds.http_clock(car.url, session, "car")],
        phrases(language),
        show,
    )
