"""Keeps the documents true: a link leads somewhere, a command exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests import house

FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
LINK = re.compile(
    r"!?\[[^\]]*\]\(\s*<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\s*\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE
)
HTML_LINK = re.compile(r"<(?:img|a)\b[^>]*?\b(?:src|href)=\"([^\"]+)\"")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
DOCUMENTS = sorted(
    path for path in house.tracked_files() if path.suffix == ".md" and "vendor" not in path.parts
)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(house.ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    dead = [target for target in links(path) if not leads_somewhere(path, target)]
    assert dead == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(house.ROOT)))
def test_every_make_target_named_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (house.ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(
        re.findall(r"(?:`|^\s*\$?\s*)make ([a-z-]+)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    )
    assert named <= targets


def test_a_dead_link_would_be_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A heading: one\n\n[a](page.md#a-heading-one) ![b](no.png) [c](#nowhere)\n\n```\n[d](no)\n```\n"
    )
    assert [target for target in links(page) if not leads_somewhere(page, target)] == ["no.png", "#nowhere"]


def links(path: Path) -> Iterator[str]:
    """Yield the targets of one document, code blocks left out, other sites left out."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    for match in [*LINK.finditer(text), *HTML_LINK.finditer(text)]:
        target = next(group for group in match.groups() if group)
        if not re.match(r"[a-z][a-z0-9+.-]*:", target):
            yield target


def leads_somewhere(path: Path, target: str) -> bool:
    """True if the file exists and, where a heading is named, has it."""
    name, _, fragment = unquote(target).partition("#")
    page = (path.parent / name) if name else path
    if not page.exists():
        return False
    return not fragment or page.suffix != ".md" or fragment in anchors(page)


def anchors(page: Path) -> set[str]:
    """The names by which a forge's pages call their headings."""
    headings = HEADING.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
