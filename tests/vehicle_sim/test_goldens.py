"""What the screens look like was approved once: every golden is held, and a change of one is shown."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.house import ROOT
from vehicle_sim import painter
from vehicle_sim.goldens import Differs, Tolerance, compare, hold
from vehicle_sim.painter.pixels import from_png, to_png
from vehicle_sim.pictures import GOLDENS, Shot
from vehicle_sim.screens import Scene
from vehicle_sim.theme import SENSUS_7, SENSUS_9

APPROVED = ROOT / "tests" / "goldens"
HOME = Shot("home")
SERVICE = Shot("service-and-repair")


@pytest.mark.parametrize("name", GOLDENS)
def test_a_frame_is_what_its_golden_shows(name: str) -> None:
    """Renew them with ``python -m vehicle_sim.pictures tests/goldens goldens``, and look at each."""
    shot = GOLDENS[name]
    report = ROOT / "out" / "goldens" / f"{name}.html"
    hold(shot.scene, shot.profile, APPROVED / f"{name}.png", report=report)


def test_no_golden_is_left_over_and_together_they_are_small() -> None:
    kept = list(APPROVED.iterdir())
    assert {path.stem for path in kept} == GOLDENS.keys()
    assert sum(path.stat().st_size for path in kept) < 1_500_000


def test_goldens_show_both_displays_lights_and_every_language() -> None:
    shots = GOLDENS.values()
    assert {shot.profile for shot in shots} == {SENSUS_7, SENSUS_9}
    assert {shot.night for shot in shots} == {True, False}
    assert {shot.scene.language for shot in shots} == {"en", "de", "sv", "en-XA"}


async def test_fresh_processes_with_other_hash_seeds_draw_the_same_bytes() -> None:
    async def digest(seed: str) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "vehicle_sim.pictures", "--digest"),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
        )
        said, _ = await process.communicate()
        return said

    one, other = [await digest(seed) for seed in ("1", "4711")]
    assert one == other
    assert len(one) == 65


def later() -> Scene:
    """The same page an hour later, so that the clock is another."""
    from vehicle_sim import samples
    from vehicle_sim.face import spoken
    from vehicle_sim.screens import view

    a_car = samples.dressed(samples.situations()["service-and-repair"], SERVICE.language, night=True)
    moved = replace(a_car, now=a_car.now.replace(hour=9))
    return view(moved, spoken(moved), SENSUS_7)


def test_a_difference_is_told_by_the_part_it_lies_in() -> None:
    compared = compare(SERVICE.png, later(), SENSUS_7)
    assert not compared.same
    assert compared.parts == ("clock",)
    assert compared.words.endswith("76 may, in clock")
    x, y = compared.differing[0]
    at = 3 * (800 * y + x)
    assert compared.difference.rgb[at : at + 3] == bytes((255, 0, 170))


def test_what_is_masked_may_differ() -> None:
    compared = compare(SERVICE.png, later(), SENSUS_7, masks=["clock"])
    assert compared.same
    assert compared.differing == ()
    assert compared.masks == (later().find("clock").rect,)
    with pytest.raises(LookupError, match="no part is called 'watch'"):
        compare(SERVICE.png, later(), SENSUS_7, masks=["watch"])


def test_a_little_may_differ() -> None:
    golden = painter.pixels(HOME.scene, SENSUS_7)
    paler = to_png(replace(golden, rgb=bytes(min(255, channel + 8) for channel in golden.rgb)))
    assert compare(paler, HOME.scene, SENSUS_7).same
    strict = compare(paler, HOME.scene, SENSUS_7, tolerance=Tolerance(channel=7))
    assert not strict.same
    assert "status" in strict.parts
    assert compare(paler, HOME.scene, SENSUS_7, tolerance=Tolerance(channel=7, share=1)).same


def test_a_golden_of_another_size_is_none() -> None:
    compared = compare(Shot("home", profile=SENSUS_9).png, HOME.scene, SENSUS_7)
    assert not compared.same
    assert compared.words == "the golden is 768 x 1024 pixels and the frame 800 x 480"


def test_a_failure_leaves_a_page_with_both_side_by_side(tmp_path: Path) -> None:
    golden, report = tmp_path / "service.png", tmp_path / "reports" / "service.html"
    golden.write_bytes(SERVICE.png)
    hold(SERVICE.scene, SENSUS_7, golden, report=report)
    assert not report.exists()
    with pytest.raises(Differs, match=r"service.png: \d+ pixels differ, 76 may, in clock; look at .*html"):
        hold(later(), SENSUS_7, golden, report=report)
    page = report.read_text(encoding="utf-8")
    assert [f'alt="{name}"' in page for name in ("expected", "seen", "difference")] == [True] * 3
    assert page.count("data:image/png;base64,") == 3


def test_where_there_is_no_golden_the_frame_is_kept_to_be_looked_at(tmp_path: Path) -> None:
    report = tmp_path / "reports" / "home.html"
    with pytest.raises(Differs, match="there is no golden"):
        hold(HOME.scene, SENSUS_7, tmp_path / "home.png", report=report)
    assert from_png(report.with_suffix(".png").read_bytes()) == painter.pixels(HOME.scene, SENSUS_7)


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="no picture"):
        compare(b"words", HOME.scene, SENSUS_7)
