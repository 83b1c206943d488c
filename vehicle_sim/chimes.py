"""What a pop-up sounds like: calm notes for each priority, made here so that no recording is shipped."""

from __future__ import annotations

import io
import math
import wave
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from vehicle_sim.state import Priority

RATE: Final = 24_000
"""Samples in a second; one channel of 16 bits."""
_LOUDEST: Final = 0.32
_ATTACK: Final = 0.006
_OVERTONES: Final = ((1.0, 1.0, 1.0), (2.0, 0.28, 0.55), (3.01, 0.09, 0.35))
"""A struck bar: times the pitch, how loud, and for how much of the note's life."""


@dataclass(frozen=True, slots=True)
class Note:
    """A struck note: when it begins (s), its pitch (Hz), how long until it is hardly heard (s), how loud."""

    begins: float
    pitch: float
    rings: float
    loud: float = 1.0


NOTES: Final[Mapping[Priority, Sequence[Note]]] = {
    Priority.INFORMATION: (Note(0, 659.26, 0.7),),
    Priority.QUESTION: (Note(0, 587.33, 0.5, 0.9), Note(0.16, 783.99, 0.8)),
    Priority.URGENT: (Note(0, 783.99, 0.4, 0.9), Note(0.15, 783.99, 0.4, 0.9), Note(0.30, 1046.5, 0.9)),
}


@cache
def samples(priority: Priority) -> bytes:
    """Return the chime as little-endian 16-bit samples at :data:`RATE`, from silence to silence."""
    notes = NOTES[priority]
    heard = [0.0] * math.ceil(RATE * max(note.begins + note.rings for note in notes))
    for note in notes:
        first = round(note.begins * RATE)
        for place, height in enumerate(_struck(note), first):
            heard[place] += height
    most = max(abs(value) for value in heard)
    numbers = array("h", (round(32_767 * _LOUDEST * value / most) for value in heard))
    return b"".join(number.to_bytes(2, "little", signed=True) for number in numbers)


@cache
def wav(priority: Priority) -> bytes:
    """Return the chime as a WAV file."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples(priority))
    return target.getvalue()


def _struck(note: Note) -> list[float]:
    """Return the wave of a note: it swells at once and dies away, to nothing and not to a click."""
    count = math.floor(note.rings * RATE)
    wave_form = [0.0] * count
    for times, loud, life in _OVERTONES:
        turn = 2 * math.pi * note.pitch * times / RATE
        fade = math.exp(-4.0 / (note.rings * life * RATE))
        # A fading sine from its last two steps: a sine and an exponential for each sample take longer.
        ahead, behind = 2 * fade * math.cos(turn), fade * fade
        before, now = 0.0, loud * fade * math.sin(turn)
        for place in range(count):
            wave_form[place] += before
            before, now = now, ahead * now - behind * before
    swell = _ATTACK * RATE
    return [
        note.loud * min(1.0, place / swell) * (1.0 - place / count) * height
        for place, height in enumerate(wave_form)
    ]
