"""The nouns of one head unit: the car, what can happen to it, and what it wants done.

Everything here is frozen. ``reducer.advance(car, event)`` is the only way from one car to the next;
the shell (``car.py``) turns the world into events and carries the effects out. Times are aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from protocol.language import Language
from protocol.messages import (
    NO_REVISION,
    CarEvent,
    DealerCard,
    Desired,
    Item,
    NavigationDestination,
    RequestReceipt,
    Revision,
    Slot,
)
from protocol.reasons import Reason
from protocol.values import GeoPoint

CENTRE: Final = GeoPoint(latitude=60.1699, longitude=24.9384)
"""Where a car is that has not been told: Helsinki."""
FLICKER: Final = timedelta(seconds=3)
"""An engine that was off for less than this has not been started anew."""


class Ignition(StrEnum):
    """Key positions, as ``Vehicle.LowVoltageSystemState`` names them: 0 is OFF, I is ACC, II is ON."""

    LOCK = "LOCK"
    OFF = "OFF"
    ACC = "ACC"
    ON = "ON"
    START = "START"

    @property
    def lit(self) -> bool:
        """Tell whether the screen is on in this position; in the others it is dark."""
        return self not in {Ignition.LOCK, Ignition.OFF}

    @property
    def turned(self) -> bool:
        """Tell whether the key asks for driving: position II or the starter."""
        return self in {Ignition.ON, Ignition.START}


class Button(StrEnum):
    """The keys beside and below the screen, and those of the wheel that mean the same."""

    MY_CAR = "MY_CAR"
    NAV = "NAV"
    RADIO = "RADIO"
    MEDIA = "MEDIA"
    TEL = "TEL"
    OK = "OK"
    EXIT = "EXIT"


class View(StrEnum):
    """What fills the screen under a pop-up."""

    HOME = "home"
    MENU = "menu"
    SERVICE_AND_REPAIR = "service_and_repair"
    DEALER_INFORMATION = "dealer_information"
    APPOINTMENTS = "appointments"
    DETAILS = "details"
    MAP = "map"
    ITINERARY = "itinerary"
    STOP = "stop"
    REQUEST = "request"
    CONSENT = "consent"
    SOURCES = "sources"
    RADIO = "radio"
    MEDIA = "media"
    TEL = "tel"


@dataclass(frozen=True, slots=True)
class Page:
    """One step into the menus: a view, the focused choice, and what the view is about."""

    view: View
    focus: int = 0
    subject: UUID | int | str | None = None
    """DETAILS: the item's id. STOP: its index in the itinerary. CONSENT: the type of request. Else None."""


class Step(StrEnum):
    """How far a pop-up has been taken by the driver."""

    ASKED = "asked"
    """The pop-up itself, with its choices."""
    GUIDANCE = "guidance"
    """*Guide me* was chosen: as destination or as waypoint?"""
    REFUSED = "refused"
    """The itinerary is full: said so, OK goes back to the choice."""
    SLOTS = "slots"
    """*Send new proposal* was chosen: which half days?"""


@dataclass(frozen=True, slots=True)
class PopUp:
    """An open pop-up about one version of one item, in the run (engine start) that it opened in.

    Attributes:
        item: the item's id; for a guidance choice made from the details, that of the booking.
        by_driver: the driver opened it from a page (the guidance choice), so that it is no *showing* and
            closes without an answer.
    """

    item: UUID
    ver: int
    run: int
    focus: int = 0
    step: Step = Step.ASKED
    slots: tuple[Slot, ...] = ()
    by_driver: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """A place in the itinerary. ``item`` says which message it came from, if any."""

    name: str
    position: GeoPoint
    address: str = ""
    item: UUID | None = None


@dataclass(frozen=True, slots=True)
class Itinerary:
    """Waypoints in driving order and, at the end, the destination: at most 4 + 1 stops."""

    stops: tuple[Stop, ...] = ()
    guiding: bool = False
    paused: bool = False
    """Guidance was cancelled and can be resumed."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A short sentence over the screen, closed by OK or EXIT: a phrase key and its facts."""

    key: str
    facts: Mapping[str, str] = field(default_factory=dict)


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
class Drive:
    """Key, engine and motion. ``run`` counts engine starts; the last one was at ``run_since``."""

    ignition: Ignition = Ignition.LOCK
    running: bool = False
    run: int = 0
    run_since: datetime | None = None
    stopped_at: datetime | None = None
    key_was_off: bool = True
    """The key has left ON and START since the engine last ran; otherwise a start is a stop-start, no run."""
    in_run: bool = False
    """The engine's present or last stretch belongs to ``run``; false for a remote start."""
    speed: float = 0.0
    """km/h."""
    position: GeoPoint = CENTRE
    odometer_km: float = 0.0
    outside_celsius: float | None = None
    service_due: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """What the driver or the factory has set."""

    language: Language = Language.ENGLISH
    profile: str = "sensus-7"
    navigation: bool = True
    notifications_on: bool = True
    night: bool | None = None
    """None: by the clock (dark from 18 to 7 local time)."""
    zone: str = "Europe/Helsinki"
    """The zone of the car's own clock; an appointment is always shown in its dealer's zone."""


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
    drive: Drive = Drive()
    settings: Settings = Settings()
    memory: Memory = Memory()
    pages: tuple[Page, ...] = (Page(View.HOME),)
    """The way into the menus; the last one is on screen."""
    pop_ups: tuple[PopUp, ...] = ()
    """Open pop-ups, the last on top; one beneath is covered by a more important one, not closed.

    They outlast a flicker of the key, hidden: look at ``pop_up`` for what is on screen.
    """
    notice: Notice | None = None
    itinerary: Itinerary = Itinerary()

    @property
    def screen_on(self) -> bool:
        """Tell whether the screen is lit and the keys do anything."""
        return self.drive.ignition.lit

    @property
    def page(self) -> Page:
        """Return the page on screen, under any pop-up."""
        return self.pages[-1]

    @property
    def pop_up(self) -> PopUp | None:
        """Return the pop-up on screen, if any."""
        for pop_up in reversed(self.pop_ups):
            if self.drive.ignition.turned or (pop_up.by_driver and self.screen_on):
                return pop_up
        return None

    @property
    def items(self) -> tuple[Item, ...]:
        """Return what the backend wants known, in its order."""
        return self.desired.items if self.desired is not None else ()

    def item(self, item_id: object) -> Item | None:
        """Return the item of that id, if the snapshot has it."""
        return next((item for item in self.items if item.id == item_id), None)

    def dealer_of(self, item: Item | None) -> DealerCard | None:
        """Return the workshop that an item is about; of no item, the preferred dealer."""
        preferred = self.desired.dealer if self.desired is not None else None
        if item is None or isinstance(item, NavigationDestination | RequestReceipt):
            return preferred
        return item.dealer or preferred

    def past(self, item: Item) -> Past:
        """Return what became of this version of an item."""
        return self.memory.past.get(mark(item.id, item.ver), NO_PAST)

    def unsent(self, item_id: UUID) -> bool:
        """Tell whether something that the driver did with an item has not been acknowledged yet."""
        silent = {"shown", "held_back"}
        return any(
            getattr(event, "item", None) == item_id and event.kind not in silent for event in self.wire.outbox
        )


# --- what can happen ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Installed:
    """A head unit with an empty journal came to life: the first event of every journal."""

    at: datetime
    vin: str
    store_id: UUID
    settings: Settings
    position: GeoPoint
    odometer_km: float = 0.0
    kind: Literal["installed"] = "installed"


@dataclass(frozen=True, slots=True)
class SnapshotArrived:
    """A readable snapshot came; None is the wipe (an empty payload)."""

    at: datetime
    desired: Desired | None
    kind: Literal["snapshot_arrived"] = "snapshot_arrived"


@dataclass(frozen=True, slots=True)
class SnapshotRejected:
    """Bytes came that are no snapshot; ``why`` is what the decoder said."""

    at: datetime
    why: str
    kind: Literal["snapshot_rejected"] = "snapshot_rejected"


@dataclass(frozen=True, slots=True)
class Connected:
    """Subscribed: the SUBACK is there."""

    at: datetime
    kind: Literal["connected"] = "connected"


@dataclass(frozen=True, slots=True)
class ConnectionLost:
    """The broker is out of reach."""

    at: datetime
    kind: Literal["connection_lost"] = "connection_lost"


@dataclass(frozen=True, slots=True)
class EventsAcknowledged:
    """The backend has stored everything of ``store_id`` up to ``upto``.

    ``fresh_store`` is the id to go on with, should ``upto`` prove that this journal is an older copy.
    """

    at: datetime
    store_id: UUID
    upto: int
    fresh_store: UUID
    kind: Literal["events_acknowledged"] = "events_acknowledged"


@dataclass(frozen=True, slots=True)
class IgnitionTurned:
    """The key or START/STOP went to a position."""

    at: datetime
    ignition: Ignition
    kind: Literal["ignition_turned"] = "ignition_turned"


@dataclass(frozen=True, slots=True)
class EngineReported:
    """The engine runs, or has stopped."""

    at: datetime
    running: bool
    kind: Literal["engine_reported"] = "engine_reported"


@dataclass(frozen=True, slots=True)
class Moved:
    """Position, speed, odometer, outside temperature, service due: each None where it was not reported."""

    at: datetime
    position: GeoPoint | None = None
    speed: float | None = None
    odometer_km: float | None = None
    outside_celsius: float | None = None
    service_due: bool | None = None
    kind: Literal["moved"] = "moved"


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """Language, night, notifications ... as a whole."""

    at: datetime
    settings: Settings
    kind: Literal["settings_changed"] = "settings_changed"


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key was pressed; long is held for a second or more."""

    at: datetime
    button: Button
    long: bool = False
    kind: Literal["pressed"] = "pressed"


@dataclass(frozen=True, slots=True)
class Turned:
    """TUNE or the thumbwheel was turned by ``steps`` notches, clockwise positive."""

    at: datetime
    steps: int
    kind: Literal["turned"] = "turned"


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The clock reached an instant that the car asked to be woken at."""

    at: datetime
    kind: Literal["time_passed"] = "time_passed"


@dataclass(frozen=True, slots=True)
class WaitedInVain:
    """Technical time went by without an answer: no snapshot after a SUBACK, no acknowledgement of events.

    Business time may stand still in a simulation; a retry may not. Whatever is due on the wire goes out.
    """

    at: datetime
    kind: Literal["waited_in_vain"] = "waited_in_vain"


Event = (
    Installed
    | SnapshotArrived
    | SnapshotRejected
    | Connected
    | ConnectionLost
    | EventsAcknowledged
    | IgnitionTurned
    | EngineReported
    | Moved
    | SettingsChanged
    | Pressed
    | Turned
    | TimePassed
    | WaitedInVain
)


# --- what the car wants done --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SayHello:
    """Publish a hello with the present ``wire``."""


@dataclass(frozen=True, slots=True)
class SendEvents:
    """Publish the outbox (empty if need be: then it is the receipt)."""


@dataclass(frozen=True, slots=True)
class Chime:
    """A pop-up opened: sound for it."""

    important: bool


Effect = SayHello | SendEvents | Chime


@dataclass(frozen=True, slots=True)
class Outcome:
    """The next car, and what to do once it is journalled."""

    car: Car
    effects: tuple[Effect, ...] = ()


class Verb(StrEnum):
    """Everything that OK can do; ``pressing`` knows how."""

    OPEN = "open"
    """``subject``: the view."""
    OPEN_DETAILS = "open_details"
    """``subject``: the item."""
    OPEN_STOP = "open_stop"
    """``subject``: its place in the itinerary."""
    CLOSE_NOTICE = "close_notice"
    DISMISS = "dismiss"
    BACK = "back"
    ACCEPT = "accept"
    DECLINE = "decline"
    COUNTER = "counter"
    TOGGLE_SLOT = "toggle_slot"
    """``subject``: ISO date/half."""
    SEND_SLOTS = "send_slots"
    GUIDE = "guide"
    AS_DESTINATION = "as_destination"
    AS_WAYPOINT = "as_waypoint"
    CALL = "call"
    TOGGLE_NOTIFICATIONS = "toggle_notifications"
    START_GUIDANCE = "start_guidance"
    CANCEL_GUIDANCE = "cancel_guidance"
    CLEAR_ITINERARY = "clear_itinerary"
    MOVE_UP = "move_up"
    MOVE_DOWN = "move_down"
    DELETE_STOP = "delete_stop"
    REQUEST = "request"
    """``subject``: the type of service."""
    SEND_REQUEST = "send_request"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing the driver can do now: a phrase key with facts, and a verb that the reducer knows.

    ``verb`` and ``subject`` are data, so that the semantic tree can list them and a test can press by label.
    """

    key: str
    verb: Verb
    subject: UUID | int | str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    icon: str = ""
    value: str = ""
    """A phrase key or a text at the right edge of the row (On, a count)."""
    detail: str = ""
    """A second line: a phrase key or a text."""
