"""Shows a car to whoever is not in it: picture, semantic tree, labels, reasons, in the car's own language."""

from __future__ import annotations

from protocol.language import Language, Phrases
from protocol.reasons import Reason
from vehicle_sim import menu, painter
from vehicle_sim.locales import phrases
from vehicle_sim.screens import Scene, tree, view
from vehicle_sim.screens.lettering import said
from vehicle_sim.screens.look import Look
from vehicle_sim.state import Car
from vehicle_sim.theme import PROFILES, SENSUS_7, Profile


class Screens:
    """The face of every car: our own displays, and those that somebody brought along."""

    def __init__(self, *brought: Profile) -> None:
        self._profiles = {**PROFILES, **{profile.name: profile for profile in brought}}
        painter.warm_up(SENSUS_7)  # fonts, map and panels are there before the first engine start

    def check(self, profile: str | None) -> None:
        """Do nothing if there is such a display.

        Raises:
            ValueError: there is none; the message says which there are.
        """
        if profile is not None and profile not in self._profiles:
            raise ValueError(f"{profile!r} is no display here; there is {', '.join(self._profiles)}")

    def profile(self, car: Car) -> Profile:
        """Return a car's display; a journal may name one that is not here any more."""
        return self._profiles.get(car.settings.profile, SENSUS_7)

    def scene(self, car: Car) -> Scene:
        """Return what is on the glass."""
        return view(car, spoken(car), self.profile(car))

    def tree(self, car: Car) -> dict[str, object]:
        """Return the semantic tree of what is on the glass."""
        return tree(self.scene(car))

    def png(self, car: Car) -> bytes:
        """Return the glass as a picture."""
        return painter.png(self.scene(car), self.profile(car))

    def labels(self, car: Car) -> tuple[str, ...]:
        """Return the texts of ``menu.choices(car)``, as the tree has them."""
        look = Look(car, spoken(car), self.profile(car))
        return tuple(said(look.label(choice)) for choice in menu.choices(car))

    def because(self, car: Car, reason: Reason) -> str:
        """Return the sentence for a reason."""
        return spoken(car)(f"reason.{reason.value}")


def spoken(car: Car) -> Phrases:
    """Return the words of the car's language; the pseudo-locale's are made from English."""
    settings = car.settings
    if settings.pseudo_locale:
        return phrases(Language.ENGLISH, pseudo_locale=True)
    return phrases(settings.language)
