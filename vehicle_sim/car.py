"""Carries the world to one head unit, and its effects back: broker, clock, journal, whoever watches.

What is shown is the latest car; what is sent is the journalled one. So a full disk stops no pop-up, and
nothing leaves the car, not even an acknowledgement, that a power cut could make it forget. No pygame here.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from broker.transport import Delivery, Transport
from protocol.clock import Clock, VirtualClock, pause
from protocol.crash import crash_point
from vehicle_sim import driving
from vehicle_sim.chronicle import FEW, Carried, Chronicle, Fact, Happened, Wished
from vehicle_sim.glimpses import Glimpse, Glimpses
from vehicle_sim.journal import Journal, JournalUnwritable
from vehicle_sim.link import Link
from vehicle_sim.patience import Awaited, Patience, first_of
from vehicle_sim.post import Unreadable, event_of
from vehicle_sim.reducer import advance, next_due
from vehicle_sim.state import (
    Car,
    Chime,
    Connected,
    ConnectionLost,
    Effect,
    Event,
    Installed,
    SayHello,
    SendEvents,
    TimePassed,
    WaitedInVain,
)

MINUTE: Final = timedelta(minutes=1)
_log = logging.getLogger(__name__)


class WrongCar(Exception):
    """The journal is that of another vehicle: the message names both."""


class HeadUnit:
    """One running head unit.

    Make it with :meth:`open`, keep :meth:`run` going, tell it what :meth:`happen` has, :meth:`watch` it.
    """

    def __init__(
        self,
        car: Car,
        journal: Journal,
        transport: Transport,
        clock: Clock,
        patience: Patience,
        *,
        online: bool,
        chronicle: Chronicle | None = None,
    ) -> None:
        self.car = car
        self.chronicle = chronicle or Chronicle(FEW)
        self.clock = clock
        self.journal = journal
        self.trouble: str | None = None
        """Why the journal cannot be written at present, in words."""
        self.link = Link(car.vin, transport, self, wanted=online)
        self._patience = patience
        self._changed = asyncio.Event()
        self._glimpses = Glimpses(lambda: self.car)

    @classmethod
    async def open(
        cls,
        journal: Journal,
        installed: Installed,
        transport: Transport,
        clock: Clock,
        *,
        online: bool = True,
        patience: Patience | None = None,
        chronicle: Chronicle | None = None,
    ) -> HeadUnit:
        """Wake the head unit of a journal up, or install a new one if the journal is empty.

        Raises:
            WrongCar: the journal is that of another VIN.
            JournalUnwritable: the first line could not be written.
        """
        if journal.car is not None and journal.car.vin != installed.vin:
            raise WrongCar(f"{journal.path} is the journal of {journal.car.vin}, not of {installed.vin}")
        car = journal.car
        if car is None:
            car = advance(None, installed).car
            journal.put(installed, car)
            await journal.sync()
        unit = cls(car, journal, transport, clock, patience or Patience(), online=online, chronicle=chronicle)
        if car.wire.online:  # the process ended before it could notice the loss
            await unit.happen(ConnectionLost(unit.now()))
        return unit

    def now(self) -> datetime:
        """Return the instant for what happens now."""
        return self.clock.now()

    async def run(self) -> None:
        """Stay connected and keep time, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for duty in (self.link.run, self._keep_time, self._nudge):
                tasks.create_task(duty())

    async def happen(self, *events: Event) -> Car:
        """Let these happen, in this order; return the car once they are journalled and their effects queued.

        Raises:
            JournalUnwritable: they happened and can be seen, but are not on disk yet; it will be tried again.
        """
        effects = self._advance(events)
        written = await self._synced()
        self._carry_out(effects)
        if not written:
            raise JournalUnwritable(self.trouble)
        return self.car

    async def catch_up(self) -> None:
        """Let everything happen that fell due up to now, once and in order."""
        now = self.now()
        while (due := next_due(self.car)) is not None and due <= now:
            await self._happen_anyway(TimePassed(max(due, self.car.now)))
            if next_due(self.car) == due:
                raise AssertionError(f"{self.car.vin} asks for {due} again after it has passed")
        if self.car.now < now:
            await self._happen_anyway(TimePassed(now))

    def watch(self) -> AsyncIterator[Glimpse]:
        """Yield the car now and after every change; changes that outrun the reader fold into one."""
        return self._glimpses.watch()

    @property
    def chimes(self) -> tuple[Chime, ...]:
        """The latest chimes, the oldest first."""
        return tuple(self._glimpses.chimes)

    @property
    def due(self) -> datetime | None:
        """When it wants to be woken next."""
        return next_due(self.car)

    @property
    def busy(self) -> str | None:
        """What it still has to do before time may go on, in words; None when it is idle."""
        due = next_due(self.car)
        if due is not None and due <= self.now():
            return f"something fell due at {due.isoformat()}"
        if self.journal.behind:
            return self.trouble or f"writes {self.journal.behind} events to its journal"
        wire, doing = self.car.wire, self.link.busy
        if doing is None and self.link.online:
            if wire.snapshot_due is not None or wire.hello_due is not None:
                return "waits for its snapshot"
            if wire.outbox:
                return f"{len(wire.outbox)} events are not acknowledged yet"
        return doing

    # -- events in, effects out ---------------------------------------------------------------------

    def _advance(self, events: Iterable[Event]) -> list[Effect]:
        """Advance without a pause, so that no other event comes between; line the events up to be written."""
        effects: list[Effect] = []
        for event in events:
            before = self.car
            # Minutes that only passed are not journalled: a clock put back must not make the replay differ.
            happened = replace(event, at=max(event.at, before.now))
            outcome = advance(before, happened)
            self.car = outcome.car
            changed = replace(outcome.car, now=before.now) != before
            if changed or self._is_worth_a_line(happened):
                self.journal.put(happened, outcome.car)
            if changed or not isinstance(event, TimePassed):
                self.note(Happened(happened))
            effects += outcome.effects
        return effects

    def _is_worth_a_line(self, event: Event) -> bool:
        """Virtual time is nowhere else: without a line a minute, a restart would throw the car back."""
        known = self.journal.car
        return (
            isinstance(self.clock, VirtualClock)
            and isinstance(event, TimePassed)
            and (known is None or event.at - known.now >= MINUTE)
        )

    async def _happen_anyway(self, event: Event) -> None:
        """Do what :meth:`happen` does; a disk that is full is noted, for the car goes on."""
        with contextlib.suppress(JournalUnwritable):
            await self.happen(event)

    def _carry_out(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            self.note(Wished(effect))
        chimes = [effect for effect in effects if isinstance(effect, Chime)]
        hello = any(isinstance(effect, SayHello) for effect in effects)
        events = any(isinstance(effect, SendEvents) for effect in effects)
        if hello or events:
            self.link.send(hello=hello, events=events)
        self.tell(chimes)

    def note(self, fact: Fact) -> None:
        """Have it told to whoever follows what happens to the car."""
        self.chronicle.note(self.car.vin, max(self.car.now, self.now()), fact)

    def tell(self, chimes: Sequence[Chime] = ()) -> None:
        """Wake whoever waits for a change."""
        self._glimpses.tell(chimes)
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    # -- time ---------------------------------------------------------------------------------------

    async def _keep_time(self) -> None:
        """Wake at what is due next, and whenever the screen shows something else."""
        while True:
            changed = self._changed
            sight = driving.next_sight(self.car)
            due = min(next_due(self.car) or sight, sight)
            if due <= self.now():
                await self.catch_up()
            else:
                await first_of(self.clock.wait_until(due), changed.wait())

    async def _nudge(self) -> None:
        """Go on where no answer comes, in technical time: a virtual clock stands still meanwhile."""
        while True:
            awaited = self._awaited()
            try:
                async with asyncio.timeout(awaited.patience if awaited else None):
                    while self._awaited() == awaited:
                        await self._changed.wait()
            except TimeoutError:
                await self._synced()
                await self._happen_anyway(WaitedInVain(self.now()))

    def _awaited(self) -> Awaited | None:
        """Return what the car waits for, if it does."""
        if self.trouble is not None:
            return Awaited(self._patience.disk)
        return self._patience.awaited(self.car.wire) if self.link.online else None

    # -- what the link asks -------------------------------------------------------------------------

    async def connected(self) -> None:
        """Take note that the SUBACK is there."""
        await self._happen_anyway(Connected(self.now()))

    async def disconnected(self) -> None:
        """Take note that the broker is out of reach."""
        await self._happen_anyway(ConnectionLost(self.now()))

    async def sendable(self) -> Car | None:
        """Return the car as far as it is journalled."""
        await self._synced()
        return self.journal.car

    async def receive(self, delivery: Delivery) -> None:
        """Decode, advance, journal, acknowledge; then carry the effects out. A full disk holds it up."""
        self.note(Carried("in", delivery.topic, delivery.payload, delivery.retained))
        try:
            event = event_of(delivery.topic, delivery.payload, self.now(), fresh_store=uuid4())
        except Unreadable as wrong:
            _log.warning("%s passes over a message: %s", self.car.vin, wrong)
            delivery.ack()
            return
        crash_point("car.received_before_journal")
        effects = self._advance((event,))
        while not await self._synced():
            self.tell()
            await pause(self._patience.disk)
        crash_point("car.journalled_before_ack")
        delivery.ack()
        self._carry_out(effects)

    async def _synced(self) -> bool:
        """Tell whether all that happened is on disk; if not, why not is noted."""
        try:
            await self.journal.sync()
        except JournalUnwritable as failure:
            if self.trouble is None:
                _log.error("%s goes on, but acknowledges nothing: %s", self.car.vin, failure)
            self.trouble = str(failure)
            return False
        self.trouble = None
        return True
