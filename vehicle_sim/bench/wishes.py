"""What a bench takes: the bodies and the queries of its operations, checked before anything happens."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    model_validator,
)

from protocol.language import Language
from protocol.values import GeoPoint, Instant, ZoneName, check_vin
from vehicle_sim.signals import IgnitionWish
from vehicle_sim.state import Button, Units

VinText = Annotated[str, AfterValidator(check_vin), Field(examples=["YV1FW7050E1234567"])]
Reach = Literal["on", "off", "slow"]


class Body(BaseModel):
    """A body that is taken: no unknown members, no lenient types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Ignition(Body):
    """Where the key is to be; ``running`` starts the engine."""

    to: IgnitionWish


class PressWish(Body):
    """A key by its name, or what can be chosen on screen by label, role and name of its part; not both."""

    button: Button | None = None
    label: str | None = None
    role: str | None = None
    name: str | None = None
    long: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.button is None) == (self.label is self.role is self.name is None):
            raise ValueError("either a button is pressed, or what has a label, role or name on screen")
        return self


class Hold(Body):
    """A key of the bezel and for how long it is held; 1000 ms and more are a long press."""

    control: str
    ms: int = Field(ge=0, le=60_000, default=0)


class Touch(Body):
    """A place on the glass, in pixels of the display."""

    x: float
    y: float


class TurnWish(Body):
    """Notches of TUNE, clockwise positive, or by label, role and name what to turn to; not both."""

    steps: int | None = None
    label: str | None = None
    role: str | None = None
    name: str | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.steps is None) == (self.label is self.role is self.name is None):
            raise ValueError("either so many steps are turned, or to a label, role or name on screen")
        return self


class Settings(Body):
    """What the driver or the factory has set; what is left out stays as it is. ``night`` null: by the sun."""

    language: Language | None = None
    notifications_on: bool | None = None
    navigation: bool | None = None
    night: bool | None = None
    zone: ZoneName | None = None
    units: Units | None = None
    clock_24h: bool | None = None
    pseudo_locale: bool | None = None
    muted: bool | None = None

    @model_validator(mode="after")
    def _only_night_may_be_null(self) -> Self:
        for name in self.model_fields_set - {"night"}:
            if getattr(self, name) is None:
                raise ValueError(f"{name} must not be null")
        return self


class NewCar(Body):
    """A car to put on the bench; what is left out is as in any new car."""

    vin: VinText | None = None
    settings: Settings = Settings()
    profile: str | None = None
    position: GeoPoint | None = None
    odometer_km: float = Field(ge=0, le=9_999_999, default=0.0)
    network: Literal["on", "off"] = "on"


class Network(Body):
    """In reach of the broker, out of it, or on a slow line: seconds each way, and bytes in a second."""

    state: Reach
    latency: float | None = Field(ge=0, le=60, default=None)
    bandwidth: int | None = Field(ge=1, default=None)

    @model_validator(mode="after")
    def _only_a_slow_line_has_figures(self) -> Self:
        if self.state != "slow" and self.model_fields_set & {"latency", "bandwidth"}:
            raise ValueError("latency and bandwidth belong to the state slow")
        return self


class ClockSet(Body):
    """Where virtual time is to go."""

    now: Instant


class SignalValues(RootModel[dict[str, str | bool | int | float | None]]):
    """Vehicle signals by their VSS names; km/h, degrees, Celsius, metres."""


class Wish(BaseModel):
    """What to wait for; all that is given must hold together. A part is one node of the semantic tree."""

    model_config = ConfigDict(extra="forbid")

    view: str | None = None
    pop_up: str | None = Field(default=None, description="Its kind; `none` waits until no pop-up is there.")
    role: str | None = None
    name: str | None = None
    label: str | None = None
    value: str | None = None
    within: float = Field(ge=0, le=300, default=10.0, description="Technical seconds.")


class Since(BaseModel):
    """Where a stream begins."""

    model_config = ConfigDict(extra="forbid")

    since: int | None = Field(
        ge=0,
        default=None,
        description="The last entry seen; left out: from now on; 0: all that is remembered.",
    )
