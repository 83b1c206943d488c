"""What a car wants done once its new state is journalled, and what its driver can choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from vehicle_sim.state.car import Car


@dataclass(frozen=True, slots=True)
class SayHello:
    """Publish a hello with the present ``wire``."""


@dataclass(frozen=True, slots=True)
class SendEvents:
    """Publish the outbox (empty if need be: then it is the receipt)."""


class Priority(StrEnum):
    """How much a pop-up matters: the chime is chosen by it."""

    INFORMATION = "information"
    """Good to know; nothing has to be done."""
    QUESTION = "question"
    """Somebody waits for an answer."""
    URGENT = "urgent"
    """It is about today, or plans have come to nothing."""


@dataclass(frozen=True, slots=True)
class Chime:
    """A pop-up opened, or guidance has something to say: sound for it, unless ``muted``.

    Attributes:
        at: when it opened.
        pop_up: the kind of the pop-up; ``waypoint_reached`` and ``arrived`` are said by guidance.
    """

    at: datetime
    pop_up: str
    priority: Priority
    muted: bool = False


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
    ADD_STOP = "add_stop"
    TO_PLACE = "to_place"
    """``subject``: its place among those that the car knows."""
    START_GUIDANCE = "start_guidance"
    CANCEL_GUIDANCE = "cancel_guidance"
    CLEAR_ITINERARY = "clear_itinerary"
    MOVE_UP = "move_up"
    MOVE_DOWN = "move_down"
    DELETE_STOP = "delete_stop"
    REQUEST = "request"
    """``subject``: the type of service. Asks for consent first, where this service cycle has none."""
    SEND_REQUEST = "send_request"
    """``subject``: the type of service. That it is pressed is the consent."""
    DECLINE_SERVICE = "decline_service"
    POSTPONE = "postpone"


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
