"""Keeps what was promised: the API documents as they were released, in ``docs/api/released/``.

``make release-api`` writes the present ones there. What breaks a promise is not released under the same major
version; ``tests/api/test_released.py`` fails already while it is being written.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from backend.web import openapi
from backend.web.routes import routes
from protocol import asyncapi
from protocol.clock import SystemClock
from tests import house
from tests.api.documents import Document, asyncapi_breaks, openapi_breaks
from vehicle_sim.bench import Bench, operations
from vehicle_sim.bench.openapi import document as bench_document
from vehicle_sim.face import Screens

FOLDER: Final = house.ROOT / "docs" / "api" / "released"
ADVICE: Final = "Take it back, or raise the document's major version and `make release-api`: see docs/api.md."


@dataclass(frozen=True, slots=True)
class Contract:
    """A document that others build on: how it is drawn today, and how compared with what was promised."""

    draw: Callable[[], dict[str, Any]]
    breaks: Callable[[Document, Document], list[str]]

    def broken(self, promised: Document) -> list[str]:
        """Return what today's document breaks; a new major version may break anything, for it says so."""
        today = self.draw()
        return [] if _major(today) > _major(promised) else self.breaks(promised, today)


def _bench() -> dict[str, Any]:
    return bench_document(operations(Bench(SystemClock(), Screens())))


CONTRACTS: Final[Mapping[str, Contract]] = {
    "openapi": Contract(lambda: openapi.document(routes(simulated=False)), openapi_breaks),
    "bench": Contract(_bench, openapi_breaks),
    "asyncapi": Contract(asyncapi.document, asyncapi_breaks),
}
"""By the name of its file."""


def promised(name: str, folder: Path = FOLDER) -> dict[str, Any] | None:
    """Return a document as it was released; None if it never was."""
    path = folder / f"{name}.json"
    document: dict[str, Any] | None = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    return document


def release(folder: Path = FOLDER, contracts: Mapping[str, Contract] = CONTRACTS) -> list[str]:
    """Write today's documents into ``folder``, all or none; return what forbids it, a sentence each."""
    faults = [
        f"{name}: {fault}"
        for name, contract in contracts.items()
        if (before := promised(name, folder)) is not None
        for fault in contract.broken(before)
    ]
    if not faults:
        folder.mkdir(parents=True, exist_ok=True)
        for name, contract in contracts.items():
            text = json.dumps(contract.draw(), indent=2, ensure_ascii=False) + "\n"
            (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return faults


def _major(document: Document) -> int:
    return int(document["info"]["version"].partition(".")[0])


if __name__ == "__main__":
    broken = release()
    if broken:
        sys.exit("\n".join([*broken, ADVICE]))
    sys.stdout.write(f"Released: {', '.join(sorted(CONTRACTS))}\n")
