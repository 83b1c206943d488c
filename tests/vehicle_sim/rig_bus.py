"""A rig's side of a CAN bus: sends what our DBC file says, in words."""

from __future__ import annotations

from importlib import resources
from typing import Final

import can
from cantools.database.can import Database

from vehicle_sim.bridges.frames import OURS, Frame

TEXT: Final = resources.files("vehicle_sim.bridges").joinpath(OURS).read_text(encoding="utf-8")


DATABASE: Final = Database()
DATABASE.add_dbc_string(TEXT)


def frame(message: str, **values: float | str) -> Frame:
    """Encode one message."""
    known = DATABASE.get_message_by_name(message)
    return Frame(known.frame_id, known.encode(dict(values)), known.is_extended_frame)


def power(mode: str, *, running: bool = False) -> Frame:
    return frame("PowerTrain", PowerMode=mode, EngineRunning=int(running))


def motion(speed: float, odometer: float = 48_000) -> Frame:
    return frame("Motion", Speed=speed, Odometer=odometer)


def sends(bus: can.BusABC, *frames: Frame) -> None:
    for one in frames:
        bus.send(can.Message(arbitration_id=one.identifier, data=one.data, is_extended_id=one.is_extended))
