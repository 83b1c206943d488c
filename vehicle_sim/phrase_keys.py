"""Every phrase key that titles, choices and notices can carry, so that the catalogues can be held to them."""

from __future__ import annotations

from typing import Final

from protocol.messages import HalfDay, ServiceType
from vehicle_sim.state import Step, View

KINDS: Final = (
    *"booking cancellation day_reminder inquiry navigation_destination proposal reminder".split(),
    *"request_receipt service_need".split(),
)
"""Every kind of subject that can pop up."""
_ROOMS: Final[dict[str, tuple[str, ...]]] = {
    "title": ("notice", *View),
    "choice": (
        *"accept add_destination add_waypoint appointment appointments as_destination".split(),
        *"as_destination_replacing as_waypoint place route".split(),
        *"as_waypoint_before back call cancel cancel_guidance chosen clear_itinerary close".split(),
        *"counter dealer_information decline delete_stop details display_notifications guide".split(),
        *"itinerary map media menu move_down move_up no off ok on postpone radio request".split(),
        *"resume_guidance send_slots service_and_repair start_guidance stop tel yes".split(),
    ),
    "place": (
        *"church concert_hall department_store library museum received sight square station".split(),
        *"theatre town_hall workshop".split(),
    ),
    "choice.request": tuple(ServiceType),
    "choice.slot": tuple(HalfDay),
    "status": ("planned", "pre_booked", "proposal", "inquiry"),
    "stop": ("destination", "waypoint"),
    "notice": (
        *"accepted arrived choose_slot counter_proposed declined itinerary_full no_navigation".split(),
        *"no_phone no_workshop too_late waypoint_reached".split(),
    ),
}
_POP_UPS: Final = (*KINDS, *(step for step in Step if step is not Step.ASKED))

KEYS: Final = frozenset(
    [f"{room}.{word}" for room, words in _ROOMS.items() for word in words]
    + [f"popup.{what}.title" for what in _POP_UPS]
)
