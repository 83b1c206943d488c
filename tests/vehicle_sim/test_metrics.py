"""What the pure screens believe about widths is what the painter's letters really take."""

import io
from importlib import resources
from itertools import product

import pygame
import pytest

from vehicle_sim.screens.metrics import FILES, FONTS, read, width
from vehicle_sim.theme import Weight

TEXTS = (
    "Workshop appointment today",
    "AVATAR To. V60 D4 · ABC-123",
    "Führen Sie mich zur Werkstatt",
    "Händlerinformationen, 389,00 € – „Wegpunkt“",
    "måndag 30 november, 08:00",
    "",
)


def shaped(text: str, size: int, weight: Weight) -> float:
    pygame.font.init()
    data = resources.files("vehicle_sim").joinpath("fonts", FILES[weight]).read_bytes()
    return pygame.font.Font(io.BytesIO(data), size * 4).size(text)[0] / 4


@pytest.mark.parametrize(("weight", "size"), list(product(FILES, (20, 28, 46))))
@pytest.mark.parametrize("text", TEXTS)
def test_widths_are_those_of_the_painter(text: str, size: int, weight: Weight) -> None:
    assert width(text, size, weight) == pytest.approx(shaped(text, size, weight), abs=1.6)


def test_kerning_is_counted() -> None:
    metrics = FONTS["medium"]
    loose = metrics.width("A") + metrics.width("V")
    assert metrics.width("AV") < loose - 0.02


def test_tracking_widens_every_letter() -> None:
    assert width("ABC", 20, "medium", 0.06) == pytest.approx(width("ABC", 20) + 3 * 0.06 * 20)


def test_a_letter_that_the_font_lacks_takes_the_room_of_the_box_drawn_for_it() -> None:
    metrics = FONTS["regular"]
    assert metrics.width("漢") == metrics.missing > 0


def test_a_font_can_be_read_twice() -> None:
    data = resources.files("vehicle_sim").joinpath("fonts", FILES["regular"]).read_bytes()
    assert read(data) == FONTS["regular"]
