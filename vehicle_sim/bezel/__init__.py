"""Where the keys around the glass are and what each does, so that window and web page have the same car."""

from __future__ import annotations

from vehicle_sim.bezel.consoles import bezel_of
from vehicle_sim.bezel.controls import (
    Bezel,
    Control,
    Deed,
    Position,
    Press,
    Shape,
    StartStop,
    ToPosition,
    Turn,
    events,
    position,
)
from vehicle_sim.bezel.vector import svg

__all__ = [
    "Bezel",
    "Control",
    "Deed",
    "Position",
    "Press",
    "Shape",
    "StartStop",
    "ToPosition",
    "Turn",
    "bezel_of",
    "events",
    "position",
    "svg",
]
