"""Text finds its room: it wraps between words, ends in an ellipsis when it must, and says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vehicle_sim.screens.elements import Text
from vehicle_sim.screens.lettering import centred, measure, plain, said, text


def lines(element: Text) -> list[str]:
    return ["".join(run.text for run in line) for line in element.lines]


def test_what_fits_stays_on_one_line() -> None:
    one = text("Workshop appointment", 10, 100, 400, 28, lines=2)
    assert lines(one) == ["Workshop appointment"]
    assert not one.truncated


def test_words_wrap_and_hyphens_break() -> None:
    two = text("Werkstatttermin-Erinnerung am Montag", 0, 0, 290, 28, lines=2)
    assert lines(two) == ["Werkstatttermin-", "Erinnerung am Montag"]
    assert not two.truncated


def test_a_line_break_of_the_writer_is_a_space() -> None:
    assert lines(text("one\ntwo\tthree", 0, 0, 400, 20)) == ["one two three"]


def test_what_does_not_fit_ends_in_an_ellipsis_and_is_said_whole() -> None:
    cut = text("Workshop appointment on the last day of November", 0, 0, 220, 28, lines=2)
    assert cut.truncated
    assert lines(cut)[-1].endswith("…")
    assert cut.said == "Workshop appointment on the last day of November"


def test_a_word_longer_than_the_line_is_broken() -> None:
    broken = text("Donaudampfschifffahrtsgesellschaft", 0, 0, 200, 28, lines=3)
    assert len(broken.lines) == 3
    assert "".join(lines(broken)) == "Donaudampfschifffahrtsgesellschaft"


def test_a_room_too_narrow_for_a_letter_still_gets_an_ellipsis() -> None:
    assert lines(text("Wow", 0, 0, 1, 28)) == ["…"]
    assert lines(text("", 0, 0, 100, 28)) == [""]


def test_stars_make_words_strong() -> None:
    marked = text("*08:00* at Nordvik", 0, 0, 400, 23, weight="regular", colour="secondary")
    assert [(run.text, run.weight, run.colour) for run in marked.lines[0]] == [
        ("08:00", "semibold", "text"),
        (" at Nordvik", "regular", "secondary"),
    ]
    assert marked.said == "08:00 at Nordvik"


def test_stars_in_facts_are_only_stars() -> None:
    marked = text(f"at *{plain('Auto*Star')}*", 0, 0, 400, 23)
    assert lines(marked) == ["at Auto*Star"]
    assert said(plain("a*b")) == "a*b"


def test_capitals_stand_in_the_optical_middle() -> None:
    assert centred(100, 20) == pytest.approx(107)


@given(st.text(max_size=120), st.integers(20, 600), st.integers(1, 3))
def test_no_line_is_wider_than_its_room(words: str, room: int, most: int) -> None:
    element = text(plain(words), 0, 0, room, 24, lines=most)
    assert 1 <= len(element.lines) <= most
    if room > 40:
        assert measure(element) <= room + 0.01
    if not element.truncated:
        kept = "".join(lines(element)).replace(" ", "")
        assert kept == "".join(words.replace("\n", " ").replace("\t", " ").split(" "))


def test_baselines_of_lines_are_one_leading_apart() -> None:
    element = text("one two three four five six", 5, 50, 120, 20, lines=3, leading=30)
    assert element.rect.height == pytest.approx(0.98 * 20 + 30 * (len(element.lines) - 1))
    assert element.rect.x == 5
