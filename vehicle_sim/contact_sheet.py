"""Every screen on every display in every language, by day and by night, on one page that says what is wrong.

The page is one HTML file that needs nothing else; its pictures are half as large as the displays.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, product
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from protocol.language import Language, Phrases
from vehicle_sim import painter, samples
from vehicle_sim.face import spoken
from vehicle_sim.inspection import inspect
from vehicle_sim.locales import phrases
from vehicle_sim.locales.pseudo_locale import TAG
from vehicle_sim.screens import Scene, view
from vehicle_sim.screens.faults import Fault, hard_coded
from vehicle_sim.screens.vocabulary import words_of
from vehicle_sim.state import Car
from vehicle_sim.theme import PROFILES, Profile

TAGS: Final = (*(language.value for language in Language), TAG)
SMALLER: Final = 0.5


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be on the sheet; by default everything.

    Attributes:
        tags: languages as BCP 47 tags, the pseudo-locale among them.
        screens: names of ``samples.situations()``; none for all of them.
    """

    profiles: tuple[Profile, ...] = tuple(PROFILES.values())
    tags: tuple[str, ...] = TAGS
    screens: tuple[str, ...] = ()

    @property
    def situations(self) -> Mapping[str, Car]:
        """The cars that are drawn, by name.

        Raises:
            ValueError: there is no screen of that name; the message says which there are.
        """
        known = samples.situations()
        if unknown := [name for name in self.screens if name not in known]:
            raise ValueError(f"no such screen: {', '.join(unknown)}; there is {', '.join(known)}")
        return {name: car for name, car in known.items() if not self.screens or name in self.screens}

    def __len__(self) -> int:
        return len(self.situations) * len(self.profiles) * len(self.tags) * 2


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of the sheet, and what is wrong with it."""

    screen: str
    profile: Profile
    scene: Scene
    faults: tuple[Fault, ...]

    @property
    def title(self) -> str:
        """What it shows: details, sensus-7, de, night."""
        light = "night" if self.scene.night else "day"
        return f"{self.screen}, {self.profile.name}, {self.scene.language}, {light}"

    @property
    def picture(self) -> str:
        """The picture as a data address."""
        data = base64.b64encode(painter.png(self.scene, self.profile, SMALLER)).decode()
        return f"data:image/png;base64,{data}"


@dataclass(slots=True)
class Sheet:
    """What came of a look at everything."""

    frames: list[Frame] = field(default_factory=list)
    gaps: dict[str, list[str]] = field(default_factory=dict)
    """Phrases that English has and a language lacks."""

    @property
    def faults(self) -> list[str]:
        """Every fault in a line of its own."""
        lacking = [f"{tag}: no phrase for {key}" for tag, keys in self.gaps.items() for key in keys]
        seen = [
            f"{frame.title}: {fault.flaw.value} in {fault.part}: {fault.what}"
            for frame in self.frames
            for fault in frame.faults
        ]
        return lacking + seen


def gaps(tags: Sequence[str]) -> dict[str, list[str]]:
    """Return the phrases that each language lacks; languages that lack none are left out."""
    missing = {tag: sorted(_words(tag).missing()) for tag in tags}
    return {tag: keys for tag, keys in missing.items() if keys}


def frames(choice: Choice) -> Iterator[Frame]:
    """Draw and look at everything, a screen after the other."""
    for (name, car), profile, tag in product(choice.situations.items(), choice.profiles, choice.tags):
        for night in (True, False):
            yield _frame(name, car, profile, tag, night=night)


def write(sheet: Sheet, path: Path) -> None:
    """Write the page."""
    environment = Environment(
        loader=PackageLoader("vehicle_sim", "templates"), autoescape=True, undefined=StrictUndefined
    )
    by_screen = [(name, list(of_it)) for name, of_it in groupby(sheet.frames, lambda frame: frame.screen)]
    choices = {
        "display": list(dict.fromkeys(frame.profile.name for frame in sheet.frames)),
        "language": list(dict.fromkeys(frame.scene.language for frame in sheet.frames)),
        "light": ["night", "day"],
    }
    page = environment.get_template("contact_sheet.html")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(page.generate(sheet=sheet, screens=by_screen, choices=choices))


def _frame(name: str, car: Car, profile: Profile, tag: str, *, night: bool) -> Frame:
    pseudo = tag == TAG
    language = Language.ENGLISH if pseudo else Language(tag)
    worn = samples.dressed(car, language, night=night, pseudo_locale=pseudo)
    scene = view(worn, spoken(worn), profile)
    strange = tuple(hard_coded(scene, words_of(worn))) if pseudo else ()
    return Frame(name, profile, scene, (*inspect(scene, profile), *strange))


def _words(tag: str) -> Phrases:
    return phrases(Language.ENGLISH, pseudo_locale=True) if tag == TAG else phrases(Language(tag))
