"""What a bench gives: how cars, clocks and bezels stand, in the words of its documentation."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, PlainSerializer, RootModel, WithJsonSchema

from protocol.language import Language
from protocol.values import GeoPoint
from vehicle_sim.bench.wishes import Reach
from vehicle_sim.bezel import Position, Shape
from vehicle_sim.state import Units

Moment = Annotated[
    datetime,
    PlainSerializer(datetime.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class RevisionNow(BaseModel):
    """Which desired state of the backend a car stands on."""

    epoch: int
    rev: int


class ItemNow(BaseModel):
    """One thing that the backend wants the driver to know."""

    item: str
    kind: str
    ver: int


class StopNow(BaseModel):
    """One stop of the itinerary, and how far and how long it still is there, over the stops before it."""

    name: str
    address: str
    position: GeoPoint
    metres: float
    seconds: float


class ItineraryNow(BaseModel):
    """Where the car is guided to: the last stop is the destination, off the map the way is straight."""

    guiding: bool
    straight: bool
    stops: list[StopNow]


class ChimeNow(BaseModel):
    """A sound that a pop-up made, or would have made if it had not been muted."""

    at: Moment
    pop_up: str
    priority: str
    muted: bool


class CarState(BaseModel):
    """A car as it stands now."""

    vin: str
    now: Moment
    ignition: str
    key: Position
    running: bool
    run: int
    online: bool
    network: Reach
    applied: RevisionNow
    store_id: str
    lit: bool
    screen: str
    pop_up: str | None
    notice: str | None
    items: list[ItemNow]
    itinerary: ItineraryNow
    service_lamp: bool
    outbox: int
    language: Language
    notifications_on: bool
    navigation: bool
    night: bool | None
    zone: str
    profile: str
    units: Units
    clock_24h: bool
    pseudo_locale: bool
    muted: bool
    chimes: list[ChimeNow]
    busy: str | None
    trouble: str | None


class Cars(BaseModel):
    """All cars of this bench by VIN, whether cars can come and go here, and the stream's latest entry."""

    cars: list[CarState]
    open: bool
    n: int


class ReasonNow(BaseModel):
    """One rule that holds a pop-up back, in words, and since when."""

    code: str
    text: str
    since: Moment | None


class SubjectWhy(BaseModel):
    """Why an item, or the car's own question, pops up or does not: with no reasons, nothing holds it back."""

    item: str
    kind: str
    ver: int
    appointment: str | None
    reasons: list[ReasonNow]
    shown: bool


class Why(BaseModel):
    """For every item its reasons, for the car's own question (is service to be booked?) too."""

    items: list[SubjectWhy]
    own: list[SubjectWhy]
    pop_up: str | None


class Tree(RootModel[dict[str, Any]]):
    """What is on the glass, as a tree of parts: role, name, label, value, focus, place, actions."""


class Waited(BaseModel):
    """What was waited for has come: how long it took, and the tree in which it was found."""

    waited: float
    tree: dict[str, Any]


class JournalNow(BaseModel):
    """What the car has written down: one line an event; the first may be a whole car."""

    journal: list[dict[str, Any]]


class ClockNow(BaseModel):
    """Where this process stands in time, when its next thing is due, and what it is busy with."""

    now: Moment
    next_due: Moment | None
    idle: bool
    busy: str | None


class ControlNow(BaseModel):
    """One control of the bezel: where it is, what it is called, whether holding it means something else."""

    name: str
    label: str
    rect: tuple[float, float, float, float]
    shape: Shape
    held: bool
    key: Position | None = Field(description="The position that it brings the key to, if it does.")


class BezelNow(BaseModel):
    """The frame around a display, in pixels of that display."""

    profile: str
    touch: bool
    width: int
    height: int
    glass: tuple[float, float, float, float]
    controls: list[ControlNow]
