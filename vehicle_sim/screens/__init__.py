"""Each screen is a pure function from a car to a scene."""

from vehicle_sim.screens.elements import Rect
from vehicle_sim.screens.scene import Part, Role, Scene, Tap, hit, target, tree
from vehicle_sim.screens.view import view

__all__ = ["Part", "Rect", "Role", "Scene", "Tap", "hit", "target", "tree", "view"]
