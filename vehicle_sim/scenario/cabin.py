"""What a driver does in a car: the deeds of the role ``car``."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field

from vehicle_sim.scenario.grammar import Arguments, deed
from vehicle_sim.scenario.play import Motorist
from vehicle_sim.scenario.words import Line, Place
from vehicle_sim.signals import IgnitionWish
from vehicle_sim.state import Button

_RUNNING: Final = "Powertrain__CombustionEngine__IsRunning"


def _capital(words: object) -> object:
    return words.replace(" ", "_").upper() if isinstance(words, str) else words


Key = Annotated[Button, BeforeValidator(_capital)]


class Behaviour(Arguments):
    """Settings of the head unit; what is left out stays."""

    language: Literal["en", "de", "sv"] | None = None
    notifications: bool | None = None
    """*Display notifications*: off means no pop-ups at all."""
    navigation: bool | None = None
    night: bool | None = None
    zone: str | None = None
    units: Literal["km", "miles"] | None = None
    clock_24h: bool | None = Field(default=None, alias="clock 24h")
    muted: bool | None = None


# -- what a driver does --------------------------------------------------------------------------------------


@deed("car", "turns key to")
async def turns_key_to(who: Motorist, what: IgnitionWish) -> None:
    """Turn the key to off, acc (I), on (II), start, or until the engine is running."""
    await who.driver.turns_key(what)


@deed("car", "starts engine")
async def starts_engine(who: Motorist) -> None:
    """Start the engine without touching the key: stop-start, or from afar when the key is off."""
    await who.driver.signals(**{_RUNNING: True})


@deed("car", "stops engine")
async def stops_engine(who: Motorist) -> None:
    """Stop the engine without touching the key, as stop-start does at a red light."""
    await who.driver.signals(**{_RUNNING: False})


@deed("car", "presses")
async def presses(who: Motorist, what: Key) -> None:
    """Press a key: MY CAR, NAV, RADIO, MEDIA, TEL, OK or EXIT."""
    await who.driver.presses(what.value)


@deed("car", "holds")
async def holds(who: Motorist, what: Key) -> None:
    """Hold a key for a second."""
    await who.driver.presses(what.value, long=True)


@deed("car", "chooses")
async def chooses(who: Motorist, what: Line) -> None:
    """Turn to the choice with this label, and press OK."""
    await who.driver.chooses(what)


@deed("car", "turns TUNE by")
async def turns_tune_by(who: Motorist, what: int) -> None:
    """Turn the knob by so many notches; negative is anticlockwise."""
    await who.driver.turns(what)


@deed("car", "drives to")
async def drives_to(who: Motorist, what: Place) -> None:
    """Be there: the position changes at once."""
    await who.driver.signals(
        CurrentLocation__Latitude=what.latitude, CurrentLocation__Longitude=what.longitude
    )


@deed("car", "reports")
async def reports(who: Motorist, what: dict[str, str]) -> None:
    """Set vehicle signals by their VSS names, behind `Vehicle.`: `{Speed: 50, Service.IsServiceDue: yes}`."""
    await who.driver.signals(**{name.replace(".", "__"): _value(value) for name, value in what.items()})


@deed("car", "sets")
async def sets(who: Motorist, what: Behaviour) -> None:
    """Change settings of the head unit: language, notifications, navigation, night, units ..."""
    given = what.model_dump(exclude_unset=True)
    if "notifications" in given:
        given["notifications_on"] = given.pop("notifications")
    await who.driver.sets(**given)


@deed("car", "is photographed")
async def is_photographed(who: Motorist) -> None:
    """Put what is on the screen into the report."""
    await who.driver.reads()


def _value(words: str) -> Any:
    if words in {"yes", "true", "on"}:
        return True
    if words in {"no", "false", "off"}:
        return False
    try:
        return float(words)
    except ValueError:
        return words
