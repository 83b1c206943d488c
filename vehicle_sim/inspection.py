"""Finds what is wrong with a frame: from its description, and from the pixels under its letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from vehicle_sim import painter
from vehicle_sim.screens import Scene
from vehicle_sim.screens.contrast import LEAST, contrast
from vehicle_sim.screens.faults import Fault, Flaw, faults, letters
from vehicle_sim.theme import DAY, NIGHT, Profile, Rgb

_SPECK: Final = 0.1
"""So much of what lies under a text may be worse: a hairline that it crosses."""


def inspect(scene: Scene, profile: Profile) -> tuple[Fault, ...]:
    """Everything wrong with a frame; a catalogue's gaps and hard-coded words are found elsewhere."""
    return (*faults(scene, profile), *_faint(scene, profile))


def _faint(scene: Scene, profile: Profile) -> Iterator[Fault]:
    """Texts that cannot be read on what is painted under them."""
    palette = NIGHT if scene.night else DAY
    written = list(letters(scene))
    grounds = painter.grounds(scene, profile, [box for _, _, box in written])
    for (part, text, box), ground in zip(written, grounds, strict=True):
        inks = {palette[run.colour] for line in text.lines for run in line}
        worst = min((_readable(ink, ground) for ink in inks), default=LEAST)
        if worst < LEAST:
            yield Fault(Flaw.FAINT, part.name, f"{text.said}: {worst:.2f}", box)


def _readable(ink: Rgb, ground: Sequence[Rgb]) -> float:
    """The contrast of ink on ground where it is worst, but for specks."""
    ratios = {colour: contrast(ink, colour) for colour in set(ground)}
    counted = Counter(ground)
    left = _SPECK * len(ground)
    for colour in sorted(ratios, key=ratios.__getitem__):
        left -= counted[colour]
        if left < 0:
            return ratios[colour]
    return LEAST  # nothing of it is on the glass
