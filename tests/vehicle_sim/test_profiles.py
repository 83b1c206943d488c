"""Displays from files: what is left out is as on ours, what cannot be drawn on is refused with its reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.vehicle_sim.motorist import VIN
from vehicle_sim.cli import app
from vehicle_sim.painter.pixels import from_png
from vehicle_sim.profiles import ProfileError, chosen, read
from vehicle_sim.remote import Remote
from vehicle_sim.rig import Rig
from vehicle_sim.theme import SENSUS_7, SENSUS_9


def written(folder: Path, text: str, name: str = "display.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_our_own_displays_are_chosen_by_name() -> None:
    assert chosen("sensus-7") is SENSUS_7
    assert chosen("sensus-9") is SENSUS_9


def test_anything_else_is_no_display() -> None:
    with pytest.raises(
        ProfileError, match=r"'sensus-8' is no display here; there is sensus-7, sensus-9, or a"
    ):
        chosen("sensus-8")


def test_the_kinds_of_file_say_the_same(tmp_path: Path) -> None:
    facts = {"name": "wide-12", "width": 1280, "height": 720, "touch": True}
    toml = "name = 'wide-12'\nwidth = 1280\nheight = 720\ntouch = true\n"
    yaml = "name: wide-12\nwidth: 1280\nheight: 720\ntouch: true\n"
    by_toml = chosen(str(written(tmp_path, toml)))
    assert (
        by_toml
        == read(written(tmp_path, json.dumps(facts), "d.json"))
        == read(written(tmp_path, yaml, "d.yaml"))
    )
    assert (by_toml.width, by_toml.height, by_toml.touch) == (1280, 720, True)
    assert (by_toml.row, by_toml.source_bar) == (SENSUS_9.row, SENSUS_9.source_bar)


def test_a_file_may_set_every_measure(tmp_path: Path) -> None:
    profile = read(
        written(tmp_path, "name = 'big'\nwidth = 1000\nheight = 600\nrow = 80\npop_up_width = 700\n")
    )
    assert (profile.row, profile.pop_up_width, profile.touch, profile.dial) == (80, 700, False, SENSUS_7.dial)


def test_a_pop_up_is_no_wider_than_a_narrow_display(tmp_path: Path) -> None:
    profile = read(written(tmp_path, "name = 'slim'\nwidth = 720\nheight = 1280\ntouch = true\n"))
    assert profile.pop_up_width == 720 - 2 * SENSUS_9.margin


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("width = 800\nheight = 480\n", "name: Field required"),
        ("name = 'A b'\nwidth = 800\nheight = 480\n", "name: String should match"),
        ("name = 'x'\nwidth = '800'\nheight = 480\n", "width: Input should be a valid integer"),
        ("name = 'x'\nwidth = 800\nheight = 480\ncolour = 1\n", "colour: Extra inputs are not permitted"),
        ("name = 'sensus-7'\nwidth = 800\nheight = 480\n", "is our own display"),
        ("name = 'x'\nwidth = 800\nheight = 480\ntouch = true\n", "a page is 304 high between the bars"),
        ("name = 'x'\nwidth = 720\nheight = 480\npop_up_width = 710\n", "is wider than the display"),
        ("name = 'x'\nwidth = 720\nheight = 480\nmap_panel = 500\n", "leaves no map"),
        ("name = \n", "Invalid value"),
    ],
)
def test_what_cannot_be_drawn_on_is_refused_with_its_reason(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ProfileError) as refused:
        read(written(tmp_path, text))
    assert fault in str(refused.value)
    assert str(refused.value).startswith(str(tmp_path))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="No such file"):
        chosen(str(tmp_path / "none.toml"))


def test_a_head_unit_is_drawn_on_a_display_from_a_file_and_touched(tmp_path: Path) -> None:
    path = written(tmp_path, "name = 'wide-12'\nwidth = 1280\nheight = 720\ntouch = true\n")
    options = ["--profile", str(path), "--language", "en-XA", "--network", "off", "--headless"]
    options += ["--journal", str(tmp_path / "car.journal")]
    with Rig(tmp_path / "rig") as rig:
        unit = rig.start("car", "head-unit", "--vin", VIN, *options)
        car = Remote(unit.url, VIN)
        car.send("POST", "/ignition", {"to": "running"})
        tree = car.get("/tree")
        assert (tree["profile"], tree["language"], tree["rect"]) == ("wide-12", "en-XA", [0, 0, 1280, 720])
        picture = from_png(car.ask("GET", "/screen.png"))
        assert (picture.width, picture.height) == (1280, 720)
        (x, y) = next(part["actions"][0]["tap"] for part in parts(tree) if part["name"] == "radio")
        assert car.send("POST", "/touch", {"x": x, "y": y})["screen"] == "radio"


def parts(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node["children"]:
        yield from parts(child)


@pytest.mark.parametrize(
    "command", [["head-unit", "--vin", VIN], ["up", "--headless"]], ids=["head-unit", "up"]
)
def test_a_display_that_is_not_there_is_a_wrong_option(command: list[str]) -> None:
    result = CliRunner().invoke(app, [*command, "--profile", "sensus-8"], env={"COLUMNS": "200"})
    assert result.exit_code == 2
    assert "'sensus-8' is no display here" in result.output
