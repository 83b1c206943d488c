"""Keeps docs/lifecycle.md what the table says."""

from __future__ import annotations

import runpy
import sys

import pytest

from backend.appointment import Action, Status
from backend.lifecycle_chart import document, mermaid, table
from tests import house


def test_the_page_in_the_docs_is_drawn_from_the_table() -> None:
    page = (house.ROOT / "docs" / "lifecycle.md").read_text(encoding="utf-8")
    assert page == document(), "renew it: python -m backend.lifecycle_chart > docs/lifecycle.md"


def test_the_command_prints_the_page(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "backend.lifecycle_chart")
    runpy.run_module("backend.lifecycle_chart", run_name="__main__")
    assert capsys.readouterr().out == document()


def test_picture_and_table_leave_nothing_out() -> None:
    assert all(f"    {status.value}: " in mermaid() for status in Status)
    words = {action.value.replace("pre_", "pre-").replace("_", " ") for action in Action}
    assert all(f"| {word} (" in table() for word in words)
