"""The pictures of the documents and the goldens of the tests, drawn from the sample cars.

``python -m vehicle_sim.pictures docs/pictures`` writes those that the documents show. ``goldens`` after the
folder writes those that the tests hold every frame to. Names of situations, or ``all``, write these
instead, on the 7-inch display, in every language, by night and by day. ``--digest`` instead of a folder
prints one hash of all goldens: equal hashes are equal bytes.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from protocol.language import Language
from vehicle_sim import painter, samples
from vehicle_sim.face import spoken
from vehicle_sim.screens import Scene, view
from vehicle_sim.theme import SENSUS_7, SENSUS_9, Profile

EN, DE, SV = Language


@dataclass(frozen=True, slots=True)
class Shot:
    """One sample car on one display."""

    situation: str
    language: Language = EN
    night: bool = True
    profile: Profile = SENSUS_7
    pseudo_locale: bool = False

    @property
    def scene(self) -> Scene:
        """The frame."""
        shown = samples.situations()[self.situation]
        worn = samples.dressed(shown, self.language, night=self.night, pseudo_locale=self.pseudo_locale)
        return view(worn, spoken(worn), self.profile)

    @property
    def png(self) -> bytes:
        """The picture."""
        return painter.png(self.scene, self.profile)


DOCUMENTED: Final[Mapping[str, Shot]] = MappingProxyType(
    {
        "home": Shot("home"),
        "day-reminder": Shot("pop-up-day-reminder-home"),
        "details": Shot("details"),
        "guidance": Shot("pop-up-guidance"),
        "map": Shot("map-driving"),
        "map-straight": Shot("map-straight", night=False),
        "places": Shot("places"),
        "proposal-de-day": Shot("pop-up-proposal", DE, night=False),
        "service-and-repair-day": Shot("service-and-repair", night=False),
        "service-need": Shot("pop-up-service-need"),
        "slots-sv": Shot("pop-up-slots", SV),
        "route-proposal": Shot("route-proposal", night=False),
        "home-touch": Shot("home", profile=SENSUS_9),
        "details-touch-day": Shot("details", night=False, profile=SENSUS_9),
        "proposal-touch-de": Shot("pop-up-proposal", DE, profile=SENSUS_9),
        "map-touch": Shot("map-waypoint", profile=SENSUS_9),
        "slots-touch-sv-day": Shot("pop-up-slots", SV, night=False, profile=SENSUS_9),
        "service-and-repair-pseudo": Shot("service-and-repair", pseudo_locale=True),
    }
)
"""Picture of the documents -> what it shows."""
GOLDENS: Final[Mapping[str, Shot]] = MappingProxyType(
    {
        "home": Shot("home"),
        "home-offline-de-day": Shot("home-offline", DE, night=False),
        "service-and-repair-sv": Shot("service-and-repair", SV),
        "appointments-de-day": Shot("appointments", DE, night=False),
        "details": Shot("details-full"),
        "day-reminder": Shot("pop-up-day-reminder-home"),
        "proposal-de-day": Shot("pop-up-proposal", DE, night=False),
        "slots-sv": Shot("pop-up-slots", SV),
        "service-need-pseudo": Shot("pop-up-service-need", pseudo_locale=True),
        "map-day": Shot("map-waypoint", night=False),
        "route-proposal": Shot("route-proposal"),
        "radio-day": Shot("radio", night=False),
        "home-touch": Shot("home", profile=SENSUS_9),
        "details-touch-de-day": Shot("details-proposal", DE, night=False, profile=SENSUS_9),
        "proposal-touch-sv": Shot("pop-up-proposal", SV, profile=SENSUS_9),
        "map-touch": Shot("map-waypoint", profile=SENSUS_9),
        "slots-touch-day": Shot("pop-up-slots", night=False, profile=SENSUS_9),
    }
)
"""Golden -> what it shows: every kind of element, both displays, both lights, all languages."""
_USAGE: Final = "usage: python -m vehicle_sim.pictures FOLDER [goldens | all | SITUATION ...] | --digest\n"


def shots(names: Iterable[str]) -> dict[str, Shot]:
    """Situations in every language, by night and day, on the 7-inch display."""
    return {
        f"{name}-{language.value}-{'night' if night else 'day'}": Shot(name, language, night)
        for name in names
        for language in Language
        for night in (True, False)
    }


def write(folder: Path, pictures: Mapping[str, Shot]) -> int:
    """Write them as PNG into ``folder`` and return how many they are."""
    folder.mkdir(parents=True, exist_ok=True)
    for title, shot in pictures.items():
        (folder / f"{title}.png").write_bytes(shot.png)
    return len(pictures)


def digest() -> str:
    """One hash of the bytes of every golden."""
    together = hashlib.sha256()
    for title, shot in GOLDENS.items():
        together.update(title.encode())
        together.update(shot.png)
    return together.hexdigest()


def main(arguments: Sequence[str]) -> int:
    """Write the pictures; the first argument is the folder, the others name situations."""
    if not arguments:
        sys.stderr.write(_USAGE)
        return 2
    if list(arguments) == ["--digest"]:
        sys.stdout.write(f"{digest()}\n")
        return 0
    folder, *names = arguments
    known = samples.situations()
    if unknown := [name for name in names if name not in {"all", "goldens", *known}]:
        sys.stderr.write(f"no such situation: {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 2
    if names == ["goldens"]:
        wanted = GOLDENS
    elif names:
        wanted = shots(known if "all" in names else names)
    else:
        wanted = DOCUMENTED
    sys.stdout.write(f"{write(Path(folder), wanted)} pictures in {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
