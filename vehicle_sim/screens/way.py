"""How far it is to a place and how long it takes, in words."""

from __future__ import annotations

from protocol.values import GeoPoint
from vehicle_sim import guidance, wording
from vehicle_sim.route import Plan
from vehicle_sim.screens.look import Look
from vehicle_sim.state import Stop


def how_far(look: Look, there: GeoPoint) -> str:
    """Tell how far it is from the car to a place."""
    return in_words(look, guidance.way(look.car.drive.position, (Stop("", there),), look.language))


def in_words(look: Look, planned: Plan) -> str:
    """2.3 km · about 8 min; off the map only the distance, with a word that it is a straight line."""
    far = look.distance(planned.metres)
    if planned.straight:
        return look.say("way.straight", far=far)
    return look.say("way.about", far=far, minutes=wording.minutes(planned.seconds))
