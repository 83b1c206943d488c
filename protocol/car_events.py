"""What a car did: numbered events, each once, in the order in which they happened."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from protocol.items import ServiceType
from protocol.reasons import Reason
from protocol.values import Counter, Instant, Line, Value


class _Event(Value):
    seq: Annotated[int, Field(ge=1, lt=2**53)]
    at: Instant


class _ItemEvent(_Event):
    item: UUID
    ver: Annotated[int, Field(ge=1)]


class Shown(_ItemEvent):
    """The pop-up was drawn. ``run`` counts engine starts of this journal."""

    kind: Literal["shown"] = "shown"
    run: Counter


class Opened(_ItemEvent):
    """The details were opened from the pop-up."""

    kind: Literal["opened"] = "opened"


class Dismissed(_ItemEvent):
    """The pop-up was closed without a choice."""

    kind: Literal["dismissed"] = "dismissed"


class Accepted(_ItemEvent):
    """The driver accepted a proposal."""

    kind: Literal["accepted"] = "accepted"


class Declined(_ItemEvent):
    """The driver declined a proposal."""

    kind: Literal["declined"] = "declined"


class HalfDay(StrEnum):
    """The part of a day that a driver proposes."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


class Slot(Value):
    """One half of a calendar day in the dealer's zone, ISO 8601 date."""

    day: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    half: HalfDay


class CounterProposed(_ItemEvent):
    """The driver wants one of these instead."""

    kind: Literal["counter_proposed"] = "counter_proposed"
    slots: Annotated[tuple[Slot, ...], Field(min_length=1, max_length=2)]


class Postponed(_ItemEvent):
    """The driver chose Postpone."""

    kind: Literal["postponed"] = "postponed"


class Navigated(_ItemEvent):
    """The place became part of the itinerary."""

    kind: Literal["navigated"] = "navigated"
    how: Annotated[Literal["destination", "waypoint"], Field(alias="as")]


class NavigationRefused(_ItemEvent):
    """The place did not become part of the itinerary."""

    kind: Literal["navigation_refused"] = "navigation_refused"
    why: Literal["itinerary_full", "no_navigation"]


class HeldBack(_Event):
    """A pop-up waits, and these rules hold it."""

    kind: Literal["held_back"] = "held_back"
    item: UUID
    reasons: tuple[Reason, ...]
    since: Instant


class Health(Value):
    """State-of-health data that a request from the car carries."""

    odometer_km: Annotated[int, Field(ge=0, le=9_999_999)]
    service_due: bool
    warnings: Annotated[tuple[Line, ...], Field(max_length=20)] = ()


class ServiceRequested(_Event):
    """The driver asked for an appointment from the car; only sent with consent."""

    kind: Literal["service_requested"] = "service_requested"
    type: ServiceType
    consent: bool
    health: Health


class Rejected(_Event):
    """A snapshot that this car could not use; it keeps its last good one."""

    kind: Literal["rejected"] = "rejected"
    why: Line


CarEvent = Annotated[
    Shown
    | Opened
    | Dismissed
    | Accepted
    | Declined
    | CounterProposed
    | Postponed
    | Navigated
    | NavigationRefused
    | HeldBack
    | ServiceRequested
    | Rejected,
    Field(discriminator="kind"),
]
