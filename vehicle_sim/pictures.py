"""The pictures of the documents, drawn from the sample cars.

``python -m vehicle_sim.pictures docs/pictures`` writes them all; names of situations after the folder choose.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from protocol.language import Language
from vehicle_sim import painter, samples
from vehicle_sim.locales import phrases
from vehicle_sim.screens import Scene, view
from vehicle_sim.theme import SENSUS_7

LANGUAGES = (Language.ENGLISH, Language.GERMAN)


def scenes(names: Sequence[str] = ()) -> Iterator[tuple[str, Scene]]:
    """Every situation, or those named, in English and German, by night and day."""
    for name, shown in samples.situations().items():
        if names and name not in names:
            continue
        for language in LANGUAGES:
            for night in (True, False):
                dressed = samples.dressed(shown, language, night=night)
                title = f"{name}-{language.value}-{'night' if night else 'day'}"
                yield title, view(dressed, phrases(language), SENSUS_7)


def write(folder: Path, names: Sequence[str] = ()) -> list[Path]:
    """Write them as PNG into ``folder`` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for title, scene in scenes(names):
        path = folder / f"{title}.png"
        path.write_bytes(painter.png(scene, SENSUS_7))
        written.append(path)
    return written


def main(arguments: Sequence[str]) -> int:
    """Write the pictures; the first argument is the folder, the others name situations."""
    if not arguments:
        sys.stderr.write("usage: python -m vehicle_sim.pictures FOLDER [SITUATION ...]\n")
        return 2
    unknown = [name for name in arguments[1:] if name not in samples.situations()]
    if unknown:
        sys.stderr.write(
            f"no such situation: {', '.join(unknown)}; there are {', '.join(samples.situations())}\n"
        )
        return 2
    written = write(Path(arguments[0]), arguments[1:])
    sys.stdout.write(f"{len(written)} pictures in {arguments[0]}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
