"""A project of somebody else's tests a pop-up in a few lines, with its own pytest and our plugin."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import house

pytestmark = pytest.mark.timeout(240)  # processes start slowly where others keep the machine busy
SAMPLE = house.ROOT / "examples" / "qa"


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a project's tests as its engineer would."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        *arguments,
    ]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the sample project, outside of this repository."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "qa", ignore=shutil.ignore_patterns("out", "__pycache__")))


def test_the_sample_project_passes_and_its_test_is_short(project: Path) -> None:
    ended = run(project, "-vv")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "A short drive past the workshop" in ended.stdout
    assert "2 passed" in ended.stdout
    written = (project / "tests" / "test_pop_up.py").read_text().split("def ", 1)[1].splitlines()
    assert len([line for line in written if line.strip()]) < 15


def test_a_failure_says_what_was_seen_and_leaves_a_report(project: Path) -> None:
    (project / "tests" / "test_pop_up.py").write_text(
        "def test_nothing_is_booked(car):\n"
        "    car.does('turns key to running')\n"
        "    car.expects('shows pop-up booking')\n"
    )
    ended = run(project, "tests")
    assert ended.returncode == 1
    assert "shows pop-up booking: not so, pop-up none" in ended.stdout
    (written,) = (project / "out" / "sensus").glob("*/report.json")
    told = json.loads(written.read_text())["runs"][0]
    assert [step["status"] for step in told["steps"]] == ["passed", "failed"]
    assert str(written.with_suffix(".html")) in ended.stdout


def test_a_world_is_who_its_marker_names(project: Path) -> None:
    (project / "tests" / "test_pop_up.py").write_text(
        "import pytest\n\n"
        "@pytest.mark.sensus(cars=2, cast={'car': {'language': 'de'}}, start_at='2026-12-01 07:00')\n"
        "def test_two_cars(fleet, car, clock, sensus):\n"
        "    assert [one.name for one in fleet] == ['car', 'car-2']\n"
        "    assert fleet[0].vin != fleet[1].vin\n"
        "    for one in fleet:\n"
        "        one.does('turns key to on')\n"
        "    assert car.tree()['language'] == 'de'\n"
        "    assert car.picture().startswith(b'\\x89PNG')\n"
    )
    ended = run(project, "tests")
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_a_screen_is_held_to_its_golden_picture(project: Path) -> None:
    look = (
        "def test_home(car, assert_screen):\n"
        "    car.does('turns key to on')\n"
        "    assert_screen('home', masks=['{mask}'])\n"
    )
    test = project / "tests" / "test_pop_up.py"
    test.write_text(look.format(mask="clock"))
    assert "there is no golden" in run(project, "tests").stdout
    assert run(project, "tests", "--sensus-renew").returncode == 0
    assert run(project, "tests").returncode == 0
    other = "'turns key to on')\n    car.does('presses NAV')"
    test.write_text(look.format(mask="clock").replace("'turns key to on')", other))
    differs = run(project, "tests")
    assert "home.png:" in differs.stdout
    assert "pixels differ" in differs.stdout
    (page,) = (project / "out" / "sensus").glob("*/home.html")
    assert "data:image/png" in page.read_text()
    test.write_text(look.format(mask="clok"))
    assert "nothing on screen is called 'clok'" in run(project, "tests").stdout


def test_a_scenario_that_cannot_be_read_is_told_with_its_place(project: Path) -> None:
    (project / "scenarios" / "short-drive.yaml").write_text(
        "title: T\nsteps:\n  - car: turns kee to running\n"
    )
    ended = run(project, "scenarios")
    assert ended.returncode == 2
    assert "short-drive.yaml:3:10: 'turns kee to running' is nothing that a car does" in ended.stdout


def test_without_the_plugin_nothing_of_it_is_there(project: Path) -> None:
    ended = run(project, "-p", "no:sensus", "tests")
    assert "fixture 'dealer' not found" in ended.stdout
    off = run(project, "--no-sensus", "scenarios")
    assert "no tests ran" in off.stdout


def test_nothing_heavy_is_imported_before_a_test_asks_for_it() -> None:
    look = (
        "import sys, vehicle_sim.pytest_plugin; print([m for m in ('aiohttp', 'yaml') if m in sys.modules])"
    )
    command = [sys.executable, "-c", look]
    seen = subprocess.run(command, capture_output=True, text=True, check=True, cwd=house.ROOT)
    assert seen.stdout.strip() == "[]"
