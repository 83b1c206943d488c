"""The nouns of the cabin: key, buttons, pages, pop-ups, itinerary, settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from protocol.language import Language
from protocol.messages import ServiceType, Slot
from protocol.values import GeoPoint

CENTRE: Final = GeoPoint(latitude=60.1699, longitude=24.9384)
"""Where a car is that has not been told: Helsinki."""
FLICKER: Final = timedelta(seconds=3)
"""An engine that was off for less than this has not been started anew."""

SPEEDS: Final = (-100.0, 400.0)
"""km/h: what a speed can be; the rest is noise on the bus."""
ODOMETER: Final = (0.0, 9_999_999.0)
"""km."""
TEMPERATURES: Final = (-90.0, 90.0)
"""Degrees Celsius outside."""


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
    PLACES = "places"
    ROUTE = "route"
    ROUTE_PROPOSAL = "route_proposal"
    REQUEST = "request"
    SOURCES = "sources"
    RADIO = "radio"
    MEDIA = "media"
    TEL = "tel"

    @classmethod
    def _missing_(cls, _: object) -> View:
        """A checkpoint of an earlier version may stand on a page that is no more; MY CAR always is."""
        return cls.HOME


@dataclass(frozen=True, slots=True)
class Page:
    """One step into the menus: a view, the focused choice, and what the view is about."""

    view: View
    focus: int = 0
    subject: UUID | int | str | None = None
    """DETAILS: the item's id. STOP: its index in the itinerary. Else None."""


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
    DATA_CONSENT = "data_consent"
    """An appointment is to be requested: may the car's data go with it?"""
    REQUEST_SENT = "request_sent"
    """The request is made: on its way, waiting for a connection, or with the workshop."""

    @property
    def goes_back(self) -> bool:
        """Tell whether EXIT leads back from here to what was asked before, or else closes the pop-up."""
        return self not in {Step.ASKED, Step.REQUEST_SENT}


@dataclass(frozen=True, slots=True)
class PopUp:
    """An open pop-up about one version of one subject, in the run (engine start) that it opened in.

    Attributes:
        item: the item's id; for a guidance choice made from the details, that of the booking; for what the
            car itself or its driver wants of the workshop, :data:`~vehicle_sim.state.NEED`.
        by_driver: the driver opened it from a page (the guidance choice, a request), so that it is no
            *showing* and closes without an answer.
        request: the type of appointment that is being requested.
        lingers: it is for a parked car: it needs no turned key, and keeps the screen lit for a while.
    """

    item: UUID
    ver: int
    run: int
    focus: int = 0
    step: Step = Step.ASKED
    slots: tuple[Slot, ...] = ()
    by_driver: bool = False
    request: ServiceType | None = None
    lingers: bool = False


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
    begun: GeoPoint | None = None
    """Where the way over the stops begins; None: where the car is, because it has not moved on it yet."""
    driven: float = 0.0
    """Metres of that way that lie behind the car."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A short sentence over the screen, closed by OK or EXIT: a phrase key and its facts."""

    key: str
    facts: Mapping[str, str] = field(default_factory=dict)


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
    parked_at: datetime | None = None
    """When the present standstill after a run began: the engine off, and the key no longer in II."""
    speed: float = 0.0
    """km/h."""
    position: GeoPoint = CENTRE
    odometer_km: float = 0.0
    outside_celsius: float | None = None
    service_due: bool = False

    @property
    def driving(self) -> bool:
        """Tell whether the engine runs in a run that somebody began with the key, and has not ended by it."""
        return self.running and self.in_run and self.ignition.turned


class Units(StrEnum):
    """What distances on the screens are told in; signals and messages are metric always."""

    KILOMETRES = "km"
    MILES = "miles"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the driver or the factory has set."""

    language: Language = Language.ENGLISH
    profile: str = "sensus-7"
    navigation: bool = True
    notifications_on: bool = True
    night: bool | None = None
    """None: by the sun, where the car is."""
    zone: str = "Europe/Helsinki"
    """The zone of the car's own clock; an appointment is always shown in its dealer's zone."""
    units: Units = Units.KILOMETRES
    clock_24h: bool = True
    """False: 12 hours with am and pm, or what the language has for them."""
    pseudo_locale: bool = False
    """Words of the pseudo-locale, whatever the language, to find what is cut or hard-coded."""
    muted: bool = False
    """No chime sounds; that one was due is told all the same."""
