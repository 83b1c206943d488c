"""The pictures of the documents come out of one command."""

from pathlib import Path

import pytest

from tests.house import ROOT
from vehicle_sim import samples
from vehicle_sim.pictures import DOCUMENTED, GOLDENS, digest, main, shots


def test_the_pictures_named_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "pictures"), "home"]) == 0
    names = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert names == [
        f"home-{language}-{light}.png" for language in ("de", "en", "sv") for light in ("day", "night")
    ]
    assert "6 pictures" in capsys.readouterr().out


def test_without_names_it_writes_those_of_the_documents(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 0
    assert {path.stem for path in tmp_path.iterdir()} == DOCUMENTED.keys()


def test_every_picture_of_a_screen_in_the_documents_is_drawn_by_it() -> None:
    kept = {path.stem for path in (ROOT / "docs" / "pictures").glob("*.png")}
    assert kept >= DOCUMENTED.keys()


def test_without_a_folder_it_says_how_to_call_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_an_unknown_situation_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "hime"]) == 2
    said = capsys.readouterr().err
    assert "hime" in said
    assert "home-offline" in said
    assert not list(tmp_path.iterdir())


def test_every_situation_has_six_pictures() -> None:
    assert len(shots(samples.situations())) == 6 * len(samples.situations())


def test_goldens_are_written_into_a_folder_of_their_own(tmp_path: Path) -> None:
    assert main([str(tmp_path), "goldens"]) == 0
    assert {path.stem for path in tmp_path.iterdir()} == GOLDENS.keys()


def test_the_digest_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--digest"]) == 0
    assert capsys.readouterr().out == f"{digest()}\n"
