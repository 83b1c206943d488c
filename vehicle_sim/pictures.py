"""The pictures of the documents, drawn from the sample cars.

``python -m vehicle_sim.pictures docs/pictures`` writes those that the documents show. Names of situations
after the folder, or ``all``, write these instead, in every language, by night and by day.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from protocol.language import Language
from vehicle_sim import painter, samples
from vehicle_sim.locales import phrases
from vehicle_sim.screens import Scene, view
from vehicle_sim.state import Car
from vehicle_sim.theme import SENSUS_7

DOCUMENTED: Final = {
    "home": ("home", Language.ENGLISH, True),
    "day-reminder": ("pop-up-day-reminder-home", Language.ENGLISH, True),
    "details": ("details", Language.ENGLISH, True),
    "guidance": ("pop-up-guidance", Language.ENGLISH, True),
    "map": ("map-driving", Language.ENGLISH, True),
    "map-straight": ("map-straight", Language.ENGLISH, False),
    "places": ("places", Language.ENGLISH, True),
    "route-proposal": ("route-proposal", Language.ENGLISH, False),
    "proposal-de-day": ("pop-up-proposal", Language.GERMAN, False),
}
"""Picture -> situation, language, night."""


def scenes(names: Sequence[str] = ()) -> Iterator[tuple[str, Scene]]:
    """Every situation, or those named, in every language, by night and day."""
    for name, shown in samples.situations().items():
        if not names or name in names:
            for language in Language:
                for night in (True, False):
                    title = f"{name}-{language.value}-{'night' if night else 'day'}"
                    yield title, _scene(shown, language, night=night)


def documented() -> Iterator[tuple[str, Scene]]:
    """The pictures that the documents show."""
    situations = samples.situations()
    for title, (name, language, night) in DOCUMENTED.items():
        yield title, _scene(situations[name], language, night=night)


def write(folder: Path, drawn: Iterator[tuple[str, Scene]]) -> int:
    """Write them as PNG into ``folder`` and return how many they are."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for title, scene in drawn:
        (folder / f"{title}.png").write_bytes(painter.png(scene, SENSUS_7))
        count += 1
    return count


def main(arguments: Sequence[str]) -> int:
    """Write the pictures; the first argument is the folder, the others name situations."""
    if not arguments:
        sys.stderr.write("usage: python -m vehicle_sim.pictures FOLDER [all | SITUATION ...]\n")
        return 2
    folder, *names = arguments
    unknown = [name for name in names if name not in {"all", *samples.situations()}]
    if unknown:
        sys.stderr.write(
            f"no such situation: {', '.join(unknown)}; there are {', '.join(samples.situations())}\n"
        )
        return 2
    drawn = scenes(() if "all" in names else names) if names else documented()
    sys.stdout.write(f"{write(Path(folder), drawn)} pictures in {folder}\n")
    return 0


def _scene(shown: Car, language: Language, *, night: bool) -> Scene:
    return view(samples.dressed(shown, language, night=night), phrases(language), SENSUS_7)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
