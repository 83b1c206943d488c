"""The table of all storms: what is promised, how often it is tried in the gate and at full length."""

from __future__ import annotations

from typing import Final

from tests.storm import absent, almanac, forgetful, kills, letters, points, weather
from tests.storm.verdict import Figure

FIGURES: Final = (
    Figure(
        "R1",
        "random SIGKILLs of backend, broker and cars during changes",
        kills.run,
        {"kills": 60, "changes": 1_000, "cars": 10},
        {"kills": 1_000, "changes": 10_000, "cars": 20},
    ),
    Figure("R2", "every named crash point, found in the source, died at once", points.run, {}, {}),
    Figure(
        "R3",
        "a broker killed, and its store deleted or an older copy of it restored",
        forgetful.run,
        {"kills": 10, "cars": 3},
        {"kills": 100, "cars": 5},
    ),
    Figure(
        "R4",
        "a week out of reach behind a stock Mosquitto: one message",
        absent.run,
        {"changes": 5_000},
        {"changes": 5_000},
    ),
    Figure(
        "R5",
        "packets doubled, late, out of order, cut",
        weather.run,
        {"packets": 10_000, "cars": 8},
        {"packets": 200_000, "cars": 12},
    ),
    Figure(
        "R6",
        "reminders in eight zones, over summer time, jumping clocks and kills",
        almanac.run,
        {"reminders": 5_000, "kills": 15},
        {"reminders": 100_000, "kills": 40},
    ),
    Figure(
        "R7",
        "letters, while backend and mail server are killed",
        letters.run,
        {"letters": 500, "kills": 20},
        {"letters": 10_000, "kills": 300},
    ),
)
