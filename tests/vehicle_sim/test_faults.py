"""Every kind of fault is found where it is, and no screen that we draw has any."""

from __future__ import annotations

import pytest

from vehicle_sim.contact_sheet import TAGS, Choice, frames
from vehicle_sim.inspection import inspect
from vehicle_sim.screens import Part, Rect, Role, Scene, Tap
from vehicle_sim.screens.contrast import contrast
from vehicle_sim.screens.elements import Box, Element
from vehicle_sim.screens.faults import Flaw, hard_coded, words_in
from vehicle_sim.screens.lettering import text
from vehicle_sim.theme import PROFILES, SENSUS_7, SENSUS_9, Profile

GLASS = Rect(0, 0, 800, 480)
GROUND = Box(GLASS, "black")


def part(*elements: Element, name: str = "part", rect: Rect = GLASS, tap: Tap | None = None) -> Part:
    return Part(name, Role.TEXT, rect, name, elements=elements, tap=tap)


def scene(*parts: Part) -> Scene:
    return Scene(
        Part("screen", Role.SCREEN, GLASS, elements=(GROUND,), children=parts), True, "sensus-7", "en"
    )


def found(*parts: Part, profile: Profile = SENSUS_7) -> list[tuple[Flaw, str]]:
    return [(fault.flaw, fault.part) for fault in inspect(scene(*parts), profile)]


def test_a_good_screen_has_none() -> None:
    assert (
        found(part(text("Words", 20, 100, 300, 24)), part(text("More", 20, 200, 300, 24), name="other")) == []
    )


def test_a_text_that_leaves_its_part_overflows() -> None:
    narrow = Rect(20, 60, 100, 80)
    assert found(part(text("Words", 20, 100, 300, 24), rect=narrow)) == [(Flaw.OVERFLOW, "part")]


def test_letters_that_leave_the_glass_overflow() -> None:
    assert (Flaw.OVERFLOW, "part") in found(
        part(text("Words", 780, 100, 300, 24), rect=Rect(0, 0, 2000, 480))
    )


def test_a_cut_text_is_found_under_a_pop_up_too() -> None:
    cut = part(text("Much too long for this", 20, 100, 100, 24))
    assert found(cut) == [(Flaw.CUT, "part")]


def test_a_letter_that_the_font_lacks_is_named() -> None:
    (fault,) = inspect(scene(part(text("Zażółć 漢字", 20, 100, 300, 24))), SENSUS_7)
    assert (fault.flaw, fault.what) == (Flaw.GLYPH, "字漢")


def test_texts_on_each_other_are_found_unless_they_are_places_on_a_map() -> None:
    one, other = text("Here", 20, 100, 300, 24), text("There", 40, 110, 300, 24)
    assert found(part(one), part(other, name="other")) == [(Flaw.OVERLAP, "part")]
    marks = [Part(name, Role.IMAGE, GLASS, elements=(words,)) for name, words in (("1", one), ("2", other))]
    assert found(*marks) == []


def test_a_target_smaller_than_a_finger_is_found_on_a_touch_display() -> None:
    small = part(rect=Rect(10, 10, 200, 40), tap=Tap())
    assert found(small, profile=SENSUS_9) == [(Flaw.TARGET, "part")]
    assert found(small) == []


def test_pale_words_are_found_by_what_is_painted_under_them() -> None:
    words = text("Words", 20, 100, 300, 24, colour="secondary")
    (fault,) = inspect(scene(part(Box(GLASS, "road"), words)), SENSUS_7)
    assert fault.flaw is Flaw.FAINT
    assert fault.what.startswith("Words: 3.")
    slope = Box(GLASS, "black", to="secondary", way="right")
    assert found(part(slope, words)) == []
    assert found(part(slope, text("Words", 650, 100, 100, 24))) == [(Flaw.FAINT, "part")]


def test_a_hairline_under_words_is_no_ground() -> None:
    line = Box(Rect(0, 99, 800, 1), "secondary")
    assert found(part(line, text("Words", 20, 100, 300, 40, colour="secondary"))) == []


def test_words_outside_the_brackets_are_hard_coded_unless_they_are_facts() -> None:
    told = scene(part(text("[Ŵööŕķšĥööp] [ååţ {x} [Ñööŕđ]] Nordvik · Closed 12 km", 20, 100, 700, 24)))
    (fault,) = hard_coded(told, words_in("Nordvik", "km"))
    assert (fault.flaw, fault.what) == (Flaw.HARD_CODED, "closed")
    assert list(hard_coded(told, words_in("Nordvik km, closed"))) == []


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_no_screen_has_a_fault(profile: Profile, tag: str) -> None:
    wrong = [(frame.title, frame.faults) for frame in frames(Choice((profile,), (tag,))) if frame.faults]
    assert wrong == []
