"""What happened in a story, row by row, as one HTML file that needs nothing else and as JSON."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from vehicle_sim.witness import Exhibit


@dataclass
class Row:
    """One row of a story: what was done, what was expected of it, and what each party saw."""

    row: int
    title: str
    done: str
    expected: str
    seen: str = ""
    status: Literal["passed", "failed"] = "failed"
    at: str = ""
    """Business time when it began, for people."""
    seconds: float = 0.0
    """Technical time it took."""
    exhibits: list[Exhibit] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Story:
    """All rows, and what they are about."""

    title: str
    subtitle: str
    rows: Sequence[Row]
    seconds: float
    facts: Sequence[tuple[str, str]] = ()
    """Names and values for the head of the page: addresses, versions, how time ran."""

    @property
    def passed(self) -> int:
        """How many rows went as expected."""
        return sum(row.status == "passed" for row in self.rows)


def write_json(story: Story, path: Path) -> None:
    """Write ``{"rows": [{"row", "title", "status", "expected", "seen"}]}`` and the totals."""
    plain = {
        "title": story.title,
        "passed": story.passed,
        "failed": len(story.rows) - story.passed,
        "seconds": round(story.seconds, 2),
        "rows": [
            {
                "row": row.row,
                "title": row.title,
                "status": row.status,
                "expected": row.expected,
                "seen": row.seen,
                "done": row.done,
                "at": row.at,
                "seconds": round(row.seconds, 2),
                "exhibits": [{"kind": exhibit.kind, "caption": exhibit.caption} for exhibit in row.exhibits],
            }
            for row in story.rows
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(plain, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_html(story: Story, path: Path) -> None:
    """Write the story as one self-contained page: pictures, letters and fonts are inside."""
    write_page(path, "report.html", story=story)


def write_page(
    path: Path, template: str, *, filters: Mapping[str, Callable[..., Any]] | None = None, **facts: Any
) -> None:
    """Write a template as one self-contained page; ``filters`` are its own, beside those of every report."""
    environment = Environment(
        loader=PackageLoader("vehicle_sim", "templates"), autoescape=True, undefined=StrictUndefined
    )
    environment.filters |= {"picture": _picture, "pretty": _pretty, "letter": _letter, "framed": _framed}
    environment.filters |= dict(filters or {})
    page = environment.get_template(template).render(fonts=_fonts(), **facts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")


def _fonts() -> dict[int, str]:
    folder = resources.files("vehicle_sim.fonts")
    weights = {400: "Regular", 500: "Medium", 600: "SemiBold"}
    return {
        weight: base64.b64encode((folder / f"SensusBenchSans-{name}.ttf").read_bytes()).decode()
        for weight, name in weights.items()
    }


def _picture(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _pretty(body: Any) -> str:
    return body if isinstance(body, str) else json.dumps(body, indent=2, ensure_ascii=False)


def _letter(letter: EmailMessage) -> dict[str, Any]:
    rich = letter.get_body(("html",))
    plain = letter.get_body(("plain",))
    return {
        "from": str(letter["From"]),
        "to": str(letter["To"]),
        "subject": str(letter["Subject"]),
        "html": "" if rich is None else _framed(str(rich.get_content())),
        "text": "" if plain is None else str(plain.get_content()),
        "attachments": [part.get_filename() or part.get_content_type() for part in letter.iter_attachments()],
    }


def _framed(page: str) -> Markup:
    # A letter and a page bring styles of their own: each stands in a frame that may run and load nothing.
    quoted = html.escape(page, quote=True)
    return Markup(f'<iframe sandbox="" srcdoc="{quoted}" loading="lazy"></iframe>')  # noqa: S704 - escaped above
