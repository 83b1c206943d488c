"""How far it is to a place and how long it takes, in words; and the plan that both come from."""

from __future__ import annotations

from functools import lru_cache

from protocol.language import Language
from protocol.values import GeoPoint
from vehicle_sim import wording
from vehicle_sim.route import Plan, plan
from vehicle_sim.screens.look import Look
from vehicle_sim.state import Stop
from vehicle_sim.streets import helsinki


def how_far(look: Look, there: GeoPoint) -> str:
    """2.3 km · about 8 min; off the map only the distance, with a word that it is a straight line."""
    planned = way(look.car.drive.position, (Stop("", there),), look.language)
    far = wording.distance(planned.metres, look.language)
    if planned.straight:
        return look.say("way.straight", far=far)
    return look.say("way.about", far=far, minutes=wording.minutes(planned.seconds))


@lru_cache(maxsize=64)
def way(start: GeoPoint, stops: tuple[Stop, ...], language: Language) -> Plan:
    """The way over ``stops``: kept, because a screen asks for the same one with every frame."""
    return plan(helsinki(), start, stops, language)
