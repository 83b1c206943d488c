"""What a scenario is once it has been read: who plays, when it begins, and the steps one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from protocol.language import Language
from protocol.values import ReminderDays, check_vin
from vehicle_sim.scenario.grammar import Arguments, Role, Verb
from vehicle_sim.scenario.moments import Moment
from vehicle_sim.scenario.places import Spot

WITHIN: Final = timedelta(seconds=10)
"""How long ``wait until`` waits, in technical time, unless it says ``within``."""


class DealerPart(Arguments):
    """A workshop of the register, with somebody who acts for it."""

    short: ClassVar[tuple[str, ...]] = ("{name}",)
    is_: Literal["dealer"] = Field(default="dealer", alias="is")
    name: str = "Nordvik Helsinki"
    """One of those that `sensus seed` puts in: Nordvik Helsinki or Autohaus Stegmann."""


class OwnerPart(Arguments):
    """A customer, entered anew for each run."""

    short: ClassVar[tuple[str, ...]] = ("{name}",)
    is_: Literal["owner"] = Field(default="owner", alias="is")
    name: str = "Maria Lindholm"
    language: Language = Language.ENGLISH
    """Of the letters and of My Volvo: en, de or sv."""
    reminder_days: ReminderDays = 3
    """The reminder comes so many days before the visit, 1 to 4."""


class CarPart(Arguments):
    """A car, entered anew for each run, with a VIN of its own."""

    short: ClassVar[tuple[str, ...]] = ("{model}",)
    is_: Literal["car"] = Field(default="car", alias="is")
    model: str = "V60 D4"
    of: str = "owner"
    """Who drives and owns it."""
    vin: str | None = None
    """Drawn from the seed where none is given."""
    language: Language = Language.ENGLISH
    """Of its screens: en, de or sv."""
    navigation: bool = True
    """Whether it has Sensus Navigation."""
    notifications: bool = True
    """Whether Display notifications is ticked."""
    profile: str = "sensus-7"
    """Its display."""
    odometer: float = 87412.0
    """Kilometres."""

    def model_post_init(self, _context: object, /) -> None:
        """Refuse what is no VIN.

        Raises:
            ValueError: the message says what is wrong with it.
        """
        if self.vin is not None:
            check_vin(self.vin)


Part = DealerPart | OwnerPart | CarPart
PARTS: Final[dict[Role, type[Part]]] = {"dealer": DealerPart, "owner": OwnerPart, "car": CarPart}


@dataclass(frozen=True, slots=True)
class Sentence:
    """Somebody, a verb, and what it takes; ``text`` is how it reads."""

    who: str
    verb: Verb
    what: Any
    text: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Do:
    """A deed; ``refused`` has words of the refusal that is expected instead of success."""

    sentence: Sentence
    refused: str | None
    spot: Spot

    @property
    def text(self) -> str:
        """How it reads."""
        return self.sentence.text + (f", and is refused: {self.refused}" if self.refused is not None else "")


@dataclass(frozen=True, slots=True)
class Expect:
    """Facts that must be so: once everybody has come to rest, or ``within`` a while of technical time."""

    sentences: tuple[Sentence, ...]
    within: timedelta | None
    spot: Spot

    @property
    def text(self) -> str:
        """How it reads."""
        begin = "expect" if self.within is None else "wait until"
        return f"{begin} {'; '.join(sentence.text for sentence in self.sentences)}"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading for the steps that follow."""

    text: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Repeat:
    """Steps that are played several times."""

    times: int
    steps: tuple[Step, ...]
    spot: Spot


Step = Do | Expect | Chapter | Repeat


@dataclass(frozen=True, slots=True)
class Script:
    """A whole scenario.

    Attributes:
        start_at: when virtual time begins. zone: where wall times are read. seed: of every random choice.
        parameters: the values that it was read with. folder: where its pictures lie.
    """

    title: str
    about: str
    tags: tuple[str, ...]
    start_at: Moment
    zone: str
    seed: int
    parameters: dict[str, str]
    cast: dict[str, Part]
    steps: tuple[Step, ...]
    file: str
    folder: Path
    spots: dict[str, Spot] = field(default_factory=dict, compare=False)

    def played(self) -> Iterator[Step]:
        """Yield every step in the order in which it is played, repetitions unrolled."""
        return _unrolled(self.steps)

    def cast_as(self, role: Role) -> dict[str, Part]:
        """Return who plays a role, by name."""
        return {name: part for name, part in self.cast.items() if part.is_ == role}


def _unrolled(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        if isinstance(step, Repeat):
            for _ in range(step.times):
                yield from _unrolled(step.steps)
        else:
            yield step
