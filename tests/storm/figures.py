"""The table of all storms: what is promised, how often it is tried in the gate and at full length."""

from __future__ import annotations

from typing import Final

from tests.storm import kills
from tests.storm.verdict import Figure

FIGURES: Final = (
    Figure(
        "R1",
        "random SIGKILLs of backend, broker and cars during changes",
        kills.run,
        {"kills": 60, "changes": 1_000, "cars": 10},
        {"kills": 1_000, "changes": 10_000, "cars": 20},
    ),
)
