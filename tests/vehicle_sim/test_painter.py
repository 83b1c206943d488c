"""Pixels where they belong: colours, round corners, letters, and the same bytes for the same scene."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pygame
import pytest

from protocol.language import Language
from vehicle_sim import samples
from vehicle_sim.locales import phrases
from vehicle_sim.painter import paint, png, warm_up
from vehicle_sim.painter.pixels import encode
from vehicle_sim.screens import Part, Rect, Role, Scene, view
from vehicle_sim.screens.elements import Arc, Box, Disc, Element, Icon, Layer, Path, Shadow, Window
from vehicle_sim.screens.lettering import text
from vehicle_sim.theme import DAY, NIGHT, SENSUS_7, Token

SITUATIONS = samples.situations()
Colour = tuple[int, int, int]


def glass(*elements: Element, night: bool = True) -> pygame.Surface:
    ground = Box(Rect(0, 0, 800, 480), "black")
    root = Part("screen", Role.SCREEN, Rect(0, 0, 800, 480), elements=(ground, *elements))
    return paint(Scene(root, night, "sensus-7", "en"), SENSUS_7)


def at(surface: pygame.Surface, x: int, y: int) -> Colour:
    red, green, blue, _ = tuple(surface.get_at((x, y)))
    return red, green, blue


def mixed(one: Colour, other: Colour) -> bool:
    """Neither of the two: an edge that is smooth."""
    return one not in {other, (0, 0, 0)}


def scene(name: str, *, night: bool = True) -> Scene:
    dressed = samples.dressed(SITUATIONS[name], Language.ENGLISH, night=night)
    return view(dressed, phrases(Language.ENGLISH), SENSUS_7)


@pytest.mark.parametrize("name", SITUATIONS)
def test_equal_scenes_are_equal_bytes(name: str) -> None:
    first = png(scene(name), SENSUS_7)
    assert first.startswith(b"\x89PNG")
    assert png(scene(name), SENSUS_7) == first
    assert pygame.image.load(io.BytesIO(first), "frame.png").get_size() == (800, 480)


def test_day_and_night_differ() -> None:
    assert png(scene("home"), SENSUS_7) != png(scene("home", night=False), SENSUS_7)


def test_a_screen_that_is_off_is_black() -> None:
    surface = paint(scene("screen-off"), SENSUS_7)
    assert tuple(pygame.transform.average_color(surface))[:3] == (0, 0, 0)
    assert at(surface, 400, 240) == (0, 0, 0)


@pytest.mark.parametrize(("night", "palette"), [(True, NIGHT), (False, DAY)])
def test_tokens_become_the_colours_of_the_theme(*, night: bool, palette: dict[Token, Colour]) -> None:
    surface = glass(Box(Rect(10, 10, 20, 20), "accent"), night=night)
    assert at(surface, 20, 20) == palette["accent"]
    assert at(surface, 31, 20) == (0, 0, 0)


def test_slopes_run_from_one_colour_into_the_other() -> None:
    down = glass(Box(Rect(0, 0, 100, 100), "black", to="text"))
    assert at(down, 50, 0) == (0, 0, 0)
    assert at(down, 50, 99) == NIGHT["text"]
    right = glass(Box(Rect(0, 0, 100, 10), "accent", to="accent", way="right", alpha_to=0.0))
    values = [at(right, x, 5)[2] for x in range(100)]
    assert values == sorted(values, reverse=True)
    assert values[-1] == 0


def test_round_corners_are_round_smooth_and_only_where_asked() -> None:
    everywhere = glass(Box(Rect(100, 100, 100, 60), "text", radius=12))
    assert at(everywhere, 100, 100) == (0, 0, 0)
    assert mixed(at(everywhere, 103, 103), NIGHT["text"])
    assert at(everywhere, 150, 100) == NIGHT["text"]
    below = glass(Box(Rect(100, 100, 100, 60), "text", radius=12, corners="bottom", shown=6))
    assert at(below, 100, 100) == NIGHT["text"]
    assert at(below, 100, 159) == (0, 0, 0)
    assert at(below, 107, 120) == (0, 0, 0)


def test_an_edge_is_a_hairline_around_the_box() -> None:
    surface = glass(Box(Rect(100, 100, 100, 60), "black", radius=12, edge="text"))
    assert at(surface, 150, 100) == NIGHT["text"]
    assert at(surface, 150, 159) == NIGHT["text"]
    assert at(surface, 150, 101) == (0, 0, 0)


def test_a_shadow_is_darker_in_the_middle_than_outside() -> None:
    ground = Box(Rect(0, 0, 800, 480), "text")
    surface = glass(ground, Shadow(Rect(200, 200, 200, 100), 12))
    assert at(surface, 300, 250) < at(surface, 300, 312) < at(surface, 300, 319) < at(surface, 20, 20)


def test_discs_rings_and_arcs_are_smooth() -> None:
    surface = glass(
        Disc(50, 50, 10, "text", "amber", 4),
        Arc(200, 200, 50, 0, 90, "green", 4),
        Disc(400, 50, 10, "text", alpha=0.5),
    )
    assert at(surface, 50, 50) == NIGHT["text"]
    assert at(surface, 61, 50) == NIGHT["amber"]
    assert at(surface, 65, 50) == (0, 0, 0)
    assert at(surface, 235, 164) == NIGHT["green"]
    assert at(surface, 164, 164) == (0, 0, 0)
    assert abs(at(surface, 400, 50)[0] - NIGHT["text"][0] // 2) <= 2


def test_lines_are_as_thick_as_they_say_and_shapes_are_filled() -> None:
    line = Path(((100, 100), (200, 100), (200, 100), (200, 150)), "accent", 8)
    shape = Path(((300, 100), (340, 100), (340, 140)), "green", 0)
    ring = Path(((400, 100), (440, 100), (440, 140)), "red", 2, closed=True)
    surface = glass(line, shape, ring)
    assert at(surface, 150, 97) == at(surface, 150, 102) == NIGHT["accent"]
    assert at(surface, 150, 105) == (0, 0, 0)
    assert at(surface, 335, 110) == NIGHT["green"]
    assert at(surface, 420, 120) == NIGHT["red"]
    assert any(mixed(at(surface, 420 + aside, 120), NIGHT["red"]) for aside in (1, 2))


def test_letters_stand_on_their_baseline_at_their_side() -> None:
    left = text("HHH", 100, 200, 200, 40)
    right = text("HHH", 100, 300, 200, 40, align="right")
    middle = text("HHH", 100, 400, 200, 40, align="centre", tracking=0.1)
    surface = glass(left, right, middle)

    def ink(top: int, bottom: int) -> pygame.Rect:
        band = surface.subsurface((0, top, 800, bottom - top))
        mask = pygame.mask.from_threshold(band, NIGHT["text"], (40, 40, 40, 255))
        height = bottom - top
        columns = [x for x in range(800) if any(mask.get_at((x, y)) for y in range(height))]
        rows = [y for y in range(height) if any(mask.get_at((x, y)) for x in range(800))]
        return pygame.Rect(columns[0], rows[0], columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0])

    assert 100 <= ink(150, 220).left <= 105
    assert 172 - 150 <= ink(150, 220).top + 0 <= 174 - 150
    assert 199 - 150 <= ink(150, 220).bottom <= 201 - 150
    assert 295 <= ink(250, 320).right <= 300
    centre = ink(350, 420)
    assert abs((centre.left + centre.right) / 2 - 200) <= 4


def test_an_icon_takes_the_colour_of_its_token() -> None:
    box = Rect(100, 100, 48, 48)
    bright = glass(Icon(box, "event", "amber"))
    pixels = {at(bright, x, y) for x in range(100, 148) for y in range(100, 148)}
    assert NIGHT["amber"] in pixels
    pale = glass(Icon(box, "event", "amber", alpha=0.5))
    assert NIGHT["amber"] not in {at(pale, x, y) for x in range(100, 148) for y in range(100, 148)}


def test_of_a_layer_the_piece_behind_its_window_is_seen() -> None:
    whole = Rect(0, 0, 150, 150)
    layer = Layer(
        "town",
        whole,
        (
            Box(whole, "park"),
            Path(((0, 125), (300, 125)), "road", 6),
            Path(((100, 100), (120, 100), (120, 120)), "water", 0),
            Disc(140, 140, 4, "amber"),
        ),
    )
    surface = glass(Window(layer, Rect(100, 100, 50, 50), 100, 100))
    assert at(surface, 130, 125) == NIGHT["road"]
    assert at(surface, 99, 125) == at(surface, 150, 125) == (0, 0, 0)
    assert at(surface, 105, 140) == NIGHT["park"]
    assert at(surface, 116, 104) == NIGHT["water"]
    assert at(surface, 140, 140) == NIGHT["amber"]


def test_the_focused_row_and_the_route_are_where_the_scene_says() -> None:
    row = scene("service-and-repair").find("appointments").rect
    surface = paint(scene("service-and-repair"), SENSUS_7)
    assert at(surface, 2, round(row.middle)) == NIGHT["accent"]
    assert at(surface, 2, round(row.middle - row.height)) != NIGHT["accent"]
    route = paint(scene("map"), SENSUS_7)
    assert NIGHT["accent"] in {at(route, x, y) for x in range(0, 536, 2) for y in range(60, 470, 2)}


def test_several_threads_may_paint() -> None:
    names = list(SITUATIONS) * 2
    with ThreadPoolExecutor(4) as threads:
        painted = list(threads.map(lambda name: png(scene(name), SENSUS_7), names))
    assert painted[: len(SITUATIONS)] == painted[len(SITUATIONS) :]


def test_warming_up_leaves_nothing_but_speed() -> None:
    before = png(scene("pop-up-day-reminder"), SENSUS_7)
    warm_up(SENSUS_7)
    assert png(scene("pop-up-day-reminder"), SENSUS_7) == before


def test_the_picture_has_no_alpha() -> None:
    loaded = pygame.image.load(io.BytesIO(encode(paint(scene("home"), SENSUS_7))), "frame.png")
    assert loaded.get_bitsize() == 24
