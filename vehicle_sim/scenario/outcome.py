"""What came of a run, step by step: plain data that the reports, a comparison and other programs read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal

from vehicle_sim.witness import Exhibit

Status = Literal["passed", "failed", "not played"]


@dataclass
class Played:
    """One step of a run.

    Attributes:
        at: virtual time when it began, RFC 3339 in the scenario's zone. seconds: technical time that it took.
        seen: what was seen. exhibits: what anybody saw meanwhile.
    """

    number: int
    text: str
    kind: Literal["deed", "expect", "chapter"]
    where: str
    status: Status = "not played"
    at: str = ""
    seconds: float = 0.0
    seen: str = ""
    exhibits: list[Exhibit] = field(default_factory=list)


@dataclass
class Outcome:
    """One run of a scenario; ``run`` counts the repetitions from 1."""

    title: str
    about: str
    tags: Sequence[str]
    file: str
    seed: int
    run: int
    parameters: dict[str, str]
    world: str
    steps: list[Played] = field(default_factory=list)
    seconds: float = 0.0
    trouble: str = ""
    """Why it could not even begin, or end."""

    @property
    def passed(self) -> bool:
        """Whether everything went as it should."""
        return not self.trouble and all(step.status == "passed" for step in self.steps)

    @property
    def failure(self) -> Played | None:
        """The step that went otherwise."""
        return next((step for step in self.steps if step.status == "failed"), None)

    @property
    def name(self) -> str:
        """A name for files: that of the scenario's file, and the number of a repetition."""
        stem = Path(self.file).stem
        return stem if self.run == 1 else f"{stem}-{self.run}"

    def plain(self) -> dict[str, Any]:
        """Return it as JSON; pictures by their digest and their words."""
        return {
            "title": self.title,
            "about": self.about,
            "tags": list(self.tags),
            "file": self.file,
            "seed": self.seed,
            "run": self.run,
            "parameters": self.parameters,
            "world": self.world,
            "status": "passed" if self.passed else "failed",
            "seconds": round(self.seconds, 3),
            "trouble": self.trouble or None,
            "steps": [
                {
                    "number": step.number,
                    "text": step.text,
                    "kind": step.kind,
                    "where": step.where,
                    "status": step.status,
                    "at": step.at,
                    "seconds": round(step.seconds, 3),
                    "seen": step.seen,
                    "exhibits": [exhibit_plain(one) for one in step.exhibits],
                }
                for step in self.steps
            ],
        }


def exhibit_plain(exhibit: Exhibit) -> dict[str, Any]:
    """Return an exhibit as JSON: a picture as its digest, a letter as its head and text."""
    body: Any = exhibit.body
    if isinstance(body, bytes):
        body = {"sha256": hashlib.sha256(body).hexdigest()}
    elif isinstance(body, EmailMessage):
        text = body.get_body(("plain",))
        body = {
            "to": str(body["To"]),
            "subject": str(body["Subject"]),
            "text": "" if text is None else str(text.get_content()),
        }
    return {"kind": exhibit.kind, "caption": exhibit.caption, "body": body}


def write_json(outcomes: Sequence[Outcome], path: Path) -> None:
    """Write ``{"passed", "failed", "runs": [...]}``."""
    failed = sum(not one.passed for one in outcomes)
    plain = {"passed": len(outcomes) - failed, "failed": failed, "runs": [one.plain() for one in outcomes]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
