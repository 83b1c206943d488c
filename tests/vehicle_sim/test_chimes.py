"""Chimes are calm: each is short, different, never harsh, and begins and ends in silence."""

from __future__ import annotations

import io
import wave
from array import array
from itertools import pairwise

import pytest

from vehicle_sim.chimes import NOTES, RATE, samples, wav
from vehicle_sim.state import Priority


@pytest.mark.parametrize("priority", Priority)
def test_a_chime_is_a_short_sound_between_silences(priority: Priority) -> None:
    with wave.open(io.BytesIO(wav(priority))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        heard = array("h", file.readframes(file.getnframes()))
    assert 0.4 * RATE < len(heard) < 1.5 * RATE
    assert 0.2 * 32_767 < max(map(abs, heard)) < 0.4 * 32_767
    assert abs(heard[0]) < 50
    assert abs(heard[-1]) < 50
    assert max(abs(a - b) for a, b in pairwise(heard)) < 6000, "a click"


def test_each_priority_has_a_chime_of_its_own_and_a_graver_one_has_more_notes() -> None:
    assert set(NOTES) == set(Priority)
    assert len({samples(priority) for priority in Priority}) == len(Priority)
    assert len(NOTES[Priority.INFORMATION]) < len(NOTES[Priority.QUESTION]) < len(NOTES[Priority.URGENT])
