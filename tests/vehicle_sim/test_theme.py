"""Every token has a colour by night and by day, and text can be read on what it lies on."""

from typing import get_args

import pytest

from vehicle_sim.screens.contrast import contrast
from vehicle_sim.theme import DAY, NIGHT, PROFILES, SENSUS_7, SENSUS_9, Rgb, Token


@pytest.mark.parametrize("palette", [NIGHT, DAY], ids=["night", "day"])
def test_every_token_has_a_colour(palette: dict[Token, Rgb]) -> None:
    assert set(palette) == set(get_args(Token))


@pytest.mark.parametrize("palette", [NIGHT, DAY], ids=["night", "day"])
@pytest.mark.parametrize("ground", ["ground_top", "ground_bottom", "panel", "panel_top", "map_ground"])
@pytest.mark.parametrize("ink", ["text", "secondary", "accent", "amber", "green"])
def test_words_can_be_read(palette: dict[Token, Rgb], ground: Token, ink: Token) -> None:
    assert contrast(palette[ink], palette[ground]) >= 4.5


@pytest.mark.parametrize("palette", [NIGHT, DAY], ids=["night", "day"])
def test_the_focused_row_can_be_read(palette: dict[Token, Rgb]) -> None:
    assert contrast(palette["text"], palette["accent_deep"]) >= 4.5


def test_the_displays_are_known_by_their_names() -> None:
    assert PROFILES == {"sensus-7": SENSUS_7, "sensus-9": SENSUS_9}
    assert (SENSUS_7.width, SENSUS_7.height, SENSUS_7.portrait, SENSUS_7.touch) == (800, 480, False, False)
    assert (SENSUS_9.width, SENSUS_9.height, SENSUS_9.portrait, SENSUS_9.touch) == (768, 1024, True, True)
