"""Letters of the car have shapes and figures do not dance: for a missing glyph pygame draws a silent box."""

from importlib import resources
from io import BytesIO
from typing import Any

import pytest
from fontTools.ttLib import TTFont

WEIGHTS = ("Regular", "Medium", "SemiBold")
ASCII = "".join(map(chr, range(0x20, 0x7F)))
LETTERS = "ÄÖÜäöüßÅåÉéÀàŠšŽžÆæØø"
SIGNS = "€£·–—…°←↑→↓’‘\u201a“”„«»×−½©\u00a0\u202f\u2009\u2011"


@pytest.fixture(params=WEIGHTS)
def font(request: pytest.FixtureRequest) -> Any:
    path = resources.files("vehicle_sim").joinpath(f"fonts/SensusBenchSans-{request.param}.ttf")
    return TTFont(BytesIO(path.read_bytes()))


def test_letters_of_the_languages_and_the_signs_of_the_screens_are_there(font: Any) -> None:
    known = font.getBestCmap()
    assert [sign for sign in ASCII + LETTERS + SIGNS if ord(sign) not in known] == []


def test_all_figures_are_equally_wide(font: Any) -> None:
    glyph = font.getBestCmap()
    assert len({font["hmtx"][glyph[ord(figure)]][0] for figure in "0123456789"}) == 1


def test_an_arrow_points_where_its_name_says(font: Any) -> None:
    glyphs, known = font["glyf"], font.getBestCmap()
    tip = {"→": (0, max), "←": (0, min), "↑": (1, max), "↓": (1, min)}
    for sign, (axis, extreme) in tip.items():
        values = [point[axis] for point in glyphs[known[ord(sign)]].coordinates]
        assert values.count(extreme(values)) == 1, f"{sign} has no tip at its end"


def test_a_changed_font_does_not_pass_for_the_original(font: Any) -> None:
    said = {record.nameID: str(record) for record in font["name"].names}
    assert "Barlow" not in said[1] + said[4] + said[6] + said.get(16, "")
    assert "Barlow Project Authors" in said[0]
    assert "SIL Open Font License" in said[13]


def test_the_licences_stand_beside_what_they_cover() -> None:
    rooms = resources.files("vehicle_sim")
    assert "SIL OPEN FONT LICENSE" in rooms.joinpath("fonts/OFL.txt").read_text(encoding="utf-8")
    assert "Apache License" in rooms.joinpath("icons/LICENSE").read_text(encoding="utf-8")


def test_every_icon_can_be_given_a_size_and_a_colour() -> None:
    icons = [
        icon
        for icon in resources.files("vehicle_sim").joinpath("icons").iterdir()
        if icon.name.endswith(".svg")
    ]
    assert len(icons) >= 40
    for icon in icons:
        text = icon.read_text(encoding="utf-8")
        assert text.count('width="48" height="48" viewBox="0 -960 960 960"') == 1, icon.name
        assert "fill=" not in text, icon.name
