"""Invented cars in telling situations, for the pictures in the documents and for the tests of the screens.

Everybody in them is made up. The story is that of the demo: an estate car in Helsinki, its workshop
appointment on a Monday at eight, and a drive to Kamppi.
"""

from __future__ import annotations

from vehicle_sim.samples.cars import (
    at,
    beyond_map,
    car,
    dressed,
    guided,
    parked,
    popped,
    requested,
    stops,
    underway,
)
from vehicle_sim.samples.items import (
    DEALER,
    KAMPPI,
    LATER,
    NOW,
    PRICE,
    START,
    STARTS_AT,
    THE_DAY,
    VIN,
    booking,
    item_id,
    items,
)
from vehicle_sim.samples.situations import situations

__all__ = [
    "DEALER",
    "KAMPPI",
    "LATER",
    "NOW",
    "PRICE",
    "START",
    "STARTS_AT",
    "THE_DAY",
    "VIN",
    "at",
    "beyond_map",
    "booking",
    "car",
    "dressed",
    "guided",
    "item_id",
    "items",
    "parked",
    "popped",
    "requested",
    "situations",
    "stops",
    "underway",
]
