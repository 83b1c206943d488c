"""The car itself: where it stands with its backend, what it remembers, and what is on its screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from protocol.messages import (
    NO_REVISION,
    CarEvent,
    DealerCard,
    Desired,
    Item,
    NavigationDestination,
    RequestReceipt,
    Revision,
    ServiceRequested,
    ServiceType,
)
from protocol.reasons import Reason
from vehicle_sim.state.cabin import Drive, Ignition, Itinerary, Notice, Page, PopUp, Settings, View
from vehicle_sim.state.service import ServiceNeed

Subject = Item | ServiceNeed
"""What a pop-up can be about: what the backend wants known, or what the car itself wants."""


@dataclass(frozen=True, slots=True)
class Wire:
    """Where this head unit stands with the backend.

    ``outbox`` holds every event not yet acknowledged, in order of ``seq``; ``hellos`` is the last ``n`` used.
    """

    store_id: UUID
    new_store: bool = True
    """No snapshot has named this store yet: pop-ups wait for one, at most 30 s."""
    hellos: int = 0
    seq: int = 0
    acknowledged: int = 0
    outbox: tuple[CarEvent, ...] = ()
    applied: Revision = NO_REVISION
    saw: Revision = NO_REVISION
    digest: str | None = None
    online: bool = False
    snapshot_due: datetime | None = None
    """Say hello then, unless a snapshot came before (2 s after the SUBACK)."""
    hello_at: datetime | None = None
    """When the last hello was said: an older snapshot is answered by one at most every 5 s."""
    hello_due: datetime | None = None
    """Say a hello then that was put off by those 5 s."""


@dataclass(frozen=True, slots=True)
class Past:
    """What became of one version of one item in this car: the runs it was shown and answered in."""

    shown: int | None = None
    answered: int | None = None
    decided: Literal["accepted", "declined", "counter_proposed"] | None = None
    """What the driver told the dealer about a proposal; reading its details is an answer, but no decision."""


NO_PAST: Final = Past()


@dataclass(frozen=True, slots=True)
class Held:
    """The rules that hold an item's pop-up back since when, and what of it the backend was told."""

    ver: int
    reasons: tuple[Reason, ...]
    since: datetime
    told: tuple[Reason, ...] = ()
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What has been shown and answered, so that nothing pops up twice.

    Attributes:
        past: by :func:`mark`, oldest first.
        held: by item, for every item of the snapshot.
    """

    past: Mapping[str, Past] = field(default_factory=dict)
    held: Mapping[UUID, Held] = field(default_factory=dict)


def mark(item: UUID, ver: int) -> str:
    """Return the key of one version of one item in ``Memory.past``."""
    return f"{item}/{ver}"


@dataclass(frozen=True, slots=True)
class Car:
    """One head unit as its driver and its backend see it."""

    vin: str
    born: datetime
    """When the journal with this ``store_id`` began."""
    now: datetime
    """The latest ``at`` seen."""
    wire: Wire
    desired: Desired | None = None
    drive: Drive = field(default_factory=Drive)
    settings: Settings = field(default_factory=Settings)
    memory: Memory = field(default_factory=Memory)
    pages: tuple[Page, ...] = (Page(View.HOME),)
    """The way into the menus; the last one is on screen."""
    pop_ups: tuple[PopUp, ...] = ()
    """Open pop-ups, the last on top; one beneath is covered by a more important one, not closed.

    They outlast a flicker of the key, hidden: look at ``pop_up`` for what is on screen.
    """
    notice: Notice | None = None
    itinerary: Itinerary = field(default_factory=Itinerary)
    service: ServiceNeed = field(default_factory=ServiceNeed)
    awake_until: datetime | None = None
    """In position 0 the screen stays lit until then, for a pop-up that lingers; None where there is none."""

    @property
    def screen_on(self) -> bool:
        """Tell whether the screen is lit and the keys do anything."""
        drive = self.drive
        # The engine outweighs the key: signals that contradict each other must not blind a driver.
        return drive.ignition.lit or (drive.running and drive.in_run) or self._awake

    @property
    def service_lamp(self) -> bool:
        """Tell whether the car says that service is due; once it is requested, it need not."""
        return self.drive.service_due and self.service.answer != "requested"

    @property
    def page(self) -> Page:
        """Return the page on screen, under any pop-up."""
        return self.pages[-1]

    @property
    def pop_up(self) -> PopUp | None:
        """Return the pop-up on screen, if any."""
        return next((pop_up for pop_up in reversed(self.pop_ups) if self.shows(pop_up)), None)

    def shows(self, pop_up: PopUp) -> bool:
        """Tell whether an open pop-up is to be seen, or would be if no other covered it."""
        if pop_up.by_driver or pop_up.lingers:
            return self.screen_on
        return self.drive.ignition.turned

    @property
    def items(self) -> tuple[Item, ...]:
        """Return what the backend wants known, in its order."""
        return self.desired.items if self.desired is not None else ()

    def item(self, item_id: object) -> Item | None:
        """Return the item of that id, if the snapshot has it."""
        return next((item for item in self.items if item.id == item_id), None)

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Return everything that a pop-up can be about."""
        return (*self.items, self.service)

    def subject(self, subject_id: object) -> Subject | None:
        """Return the subject of that id, if there is one."""
        return self.service if subject_id == self.service.id else self.item(subject_id)

    def dealer_of(self, item: Item | None) -> DealerCard | None:
        """Return the workshop that an item is about; of no item, the preferred dealer."""
        preferred = self.desired.dealer if self.desired is not None else None
        if item is None or isinstance(item, NavigationDestination | RequestReceipt):
            return preferred
        return item.dealer or preferred

    def past(self, item: Item) -> Past:
        """Return what became of this version of an item."""
        return self.memory.past.get(mark(item.id, item.ver), NO_PAST)

    def was_shown(self, subject: Subject) -> bool:
        """Tell whether a pop-up about this version of a subject has ever been on screen."""
        if isinstance(subject, ServiceNeed):
            return subject.shown_at is not None
        return self.past(subject).shown is not None

    def unsent(self, item_id: UUID) -> bool:
        """Tell whether something that the driver did with an item has not been acknowledged yet."""
        silent = {"shown", "held_back"}
        return any(
            getattr(event, "item", None) == item_id and event.kind not in silent for event in self.wire.outbox
        )

    def unsent_request(self, kind: ServiceType | None) -> bool:
        """Tell whether a request of that type has not been acknowledged yet."""
        requests = (event for event in self.wire.outbox if isinstance(event, ServiceRequested))
        return any(request.type is kind for request in requests)

    @property
    def _awake(self) -> bool:
        until = self.awake_until
        return self.drive.ignition is Ignition.OFF and until is not None and self.now < until
