"""Brings all verbs together: whoever reads a scenario needs every one of them declared."""

from __future__ import annotations

from importlib import import_module
from typing import Final

ROOMS: Final = ("desk", "dealings", "household", "cabin", "dashboard", "surroundings")
"""The modules whose functions are the verbs."""


def learn() -> None:
    """Declare every verb; doing so twice changes nothing."""
    for room in ROOMS:
        import_module(f"vehicle_sim.scenario.{room}")
