"""Reads CAN frames by a DBC file whose signals name their VSS paths; the only file that knows cantools.

A signal takes part if it has the attribute ``VssPath``. Its unit says what its numbers are, its table of
values which words stand for them; both, and its range, are held to what the car takes when the file is read.
A frame is then read without an error whatever is in it: what cannot be understood is said to be so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Final, TypeAlias

from cantools.database.can import Database, Message
from cantools.database.can import Signal as DbcSignal

from vehicle_sim import signals
from vehicle_sim.bridges import Signals
from vehicle_sim.signals import SignalRefused

ATTRIBUTE: Final = "VssPath"
OURS: Final = "sensus.dbc"
"""The file that this package brings: a rig without a file of its own can send by it."""
_FACTORS: Final[Mapping[str, Mapping[str, float]]] = {
    signals.SPEED: {"km/h": 1, "kph": 1, "m/s": 3.6, "mph": 1.609344},
    signals.DISTANCE: {"m": 1, "km": 1000, "mi": 1609.344},
    signals.LATITUDE: {"deg": 1, "°": 1, "degrees": 1},
    signals.LONGITUDE: {"deg": 1, "°": 1, "degrees": 1},
    signals.OUTSIDE: {"degC": 1, "°C": 1, "C": 1, "celsius": 1},
}
"""What a number of that unit has to be multiplied by to be what VSS counts in."""
_FROM_A_BIT: Final = {0: False, 1: True}

_Value: TypeAlias = str | bool | float
_Reader: TypeAlias = Callable[[object], _Value | None]
"""From a decoded number or word to what the car takes; None if it is out of range."""


class Fault(StrEnum):
    """Why a frame, or a part of it, was passed over."""

    UNKNOWN = "unknown frame"
    UNREADABLE = "unreadable frame"
    OUT_OF_RANGE = "value out of range"


class WrongFile(ValueError):
    """The DBC file is none, or says of a signal what no car takes: the message says which and why."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as a bus carries it."""

    identifier: int
    data: bytes
    is_extended: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a frame says, and what of it could not be understood: a fault, and of what."""

    values: Signals
    faults: tuple[tuple[Fault, str], ...] = ()


class Frames:
    """A DBC file, read and checked."""

    def __init__(self, text: str) -> None:
        database = Database()
        try:
            database.add_dbc_string(text)
        except Exception as wrong:  # its parser raises what it likes
            raise WrongFile(f"this is no DBC file: {str(wrong).splitlines()[0][:200]}") from wrong
        self._messages: dict[tuple[int, bool], tuple[Message, Mapping[str, tuple[str, _Reader]]]] = {}
        for message in database.messages:
            readers = {
                signal.name: (path, _reader(path, signal))
                for signal in message.signals
                if (path := _path(signal)) is not None
            }
            self._messages[message.frame_id, message.is_extended_frame] = (message, readers)
        self.paths = sorted({path for _, readers in self._messages.values() for path, _ in readers.values()})
        """The VSS names that it speaks of."""
        if not self.paths:
            raise WrongFile(f"no signal of it has the attribute {ATTRIBUTE}, which names what it means")

    def read(self, frame: Frame) -> Reading:
        """Return what a frame says of a car; no frame raises."""
        known = self._messages.get((frame.identifier, frame.is_extended))
        if known is None:
            return Reading({}, ((Fault.UNKNOWN, f"{frame.identifier:#x}"),))
        message, readers = known
        try:
            decoded = message.decode_simple(frame.data, decode_choices=False) if readers else {}
        except Exception as wrong:  # noqa: BLE001 - whatever the bytes, the next frame has to be heard
            return Reading({}, ((Fault.UNREADABLE, f"{message.name}: {str(wrong)[:120]}"),))
        values: dict[str, _Value] = {}
        faults = []
        for name, (path, read) in readers.items():
            value = read(decoded[name]) if name in decoded else None
            if value is not None:
                values[path] = value
            elif name in decoded:
                faults.append((Fault.OUT_OF_RANGE, f"{message.name}.{name}: {decoded[name]}"))
        return Reading(values, tuple(faults))


def load(path: Path | None = None) -> Frames:
    """Read a DBC file; None: ours.

    Raises:
        WrongFile: it is none, or a car would not take what it says.
        OSError: it cannot be read.
    """
    if path is None:
        return Frames(resources.files("vehicle_sim.bridges").joinpath(OURS).read_text(encoding="utf-8"))
    try:
        return Frames(path.read_text(encoding="cp1252"))
    except ValueError as wrong:
        raise WrongFile(f"{path}: {wrong}") from wrong


def _path(signal: DbcSignal) -> str | None:
    attribute = signal.dbc.attributes.get(ATTRIBUTE) if signal.dbc is not None else None
    return str(attribute.value) if attribute is not None and attribute.value else None


def _reader(path: str, signal: DbcSignal) -> _Reader:
    """Return how a signal is read, after a look at whether a car takes what it can say.

    Raises:
        WrongFile: it does not.
    """
    words = {int(raw): str(word) for raw, word in (signal.choices or {}).items()}
    try:
        match signals.kind_of(path):
            case "number":
                return _number(path, signal)
            case "yes or no":
                return lambda value: _FROM_A_BIT.get(value) if isinstance(value, int) else None
            case _:
                for word in words.values() or ["a number"]:
                    signals.checked(path, word)
                return lambda value: words.get(value) if isinstance(value, int) else None
    except SignalRefused as refused:
        raise WrongFile(f"signal {signal.name}: {refused}") from refused


def _number(path: str, signal: DbcSignal) -> _Reader:
    units = _FACTORS[path]
    factor = units.get(signal.unit or "")
    if factor is None:
        raise SignalRefused(path, f"its unit is {signal.unit!r}; one of {', '.join(units)} is expected")
    least, most = signal.minimum, signal.maximum
    for bound in (least, most):
        if bound is not None:
            signals.checked(path, bound * factor)

    def read(value: object) -> float | None:
        # Not a number compares as false, so it is out of every range.
        if not isinstance(value, int | float) or not (least is None or value >= least):
            return None
        if not (most is None or value <= most):
            return None
        try:
            return float(signals.checked(path, round(value * factor, 7)))
        except SignalRefused:
            return None

    return read
