"""Shows a car to whoever is not in it: picture, semantic tree, labels, reasons, in the car's own language."""

from __future__ import annotations

from protocol.reasons import Reason
from vehicle_sim import menu, painter
from vehicle_sim.locales import phrases
from vehicle_sim.screens import Scene, tree, view
from vehicle_sim.screens.lettering import said
from vehicle_sim.screens.look import Look
from vehicle_sim.state import Car
from vehicle_sim.theme import PROFILES, SENSUS_7, Profile


class Screens:
    """The face of every car that this package can draw."""

    def __init__(self) -> None:
        painter.warm_up(SENSUS_7)  # fonts, map and panels are there before the first engine start

    def check(self, profile: str | None) -> None:
        """Do nothing if there is such a display.

        Raises:
            ValueError: there is none; the message says which there are.
        """
        if profile is not None and profile not in PROFILES:
            raise ValueError(f"{profile!r} is no display here; there is {', '.join(PROFILES)}")

    def profile(self, car: Car) -> Profile:
        """Return a car's display."""
        return profile_of(car)

    def scene(self, car: Car) -> Scene:
        """Return what is on the glass."""
        return view(car, phrases(car.settings.language), profile_of(car))

    def tree(self, car: Car) -> dict[str, object]:
        """Return the semantic tree of what is on the glass."""
        return tree(self.scene(car))

    def png(self, car: Car) -> bytes:
        """Return the glass as a picture."""
        return painter.png(self.scene(car), profile_of(car))

    def labels(self, car: Car) -> tuple[str, ...]:
        """Return the texts of ``menu.choices(car)``, as the tree has them."""
        look = Look(car, phrases(car.settings.language), profile_of(car))
        return tuple(said(look.label(choice)) for choice in menu.choices(car))

    def because(self, car: Car, reason: Reason) -> str:
        """Return the sentence for a reason."""
        return phrases(car.settings.language)(f"reason.{reason.value}")


def profile_of(car: Car) -> Profile:
    """Return a car's display; a journal may name one that this version no longer has."""
    return PROFILES.get(car.settings.profile, SENSUS_7)
