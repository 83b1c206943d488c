"""What can happen to a car: facts in the past tense, each with the instant it happened at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from protocol.messages import Desired
from protocol.values import GeoPoint
from vehicle_sim.state.cabin import Button, Ignition, Settings


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
