"""A story is told as it happened: failed rows as failed, hostile words as words, everything in one file."""

from __future__ import annotations

import json
import re
from email.message import EmailMessage
from pathlib import Path

from vehicle_sim.report import Row, Story, write_html, write_json
from vehicle_sim.witness import Exhibit

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 8


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "My Volvo <my-volvo@example.com>", "maria.lindholm@example.com"
    message["Subject"] = "Your appointment <b>is</b> booked"
    message.set_content("plain words")
    message.add_alternative("<p>rich words</p><script>alert('letter')</script>", subtype="html")
    message.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="appointment.ics")
    return message


def bare_letter() -> EmailMessage:
    message = EmailMessage()
    message["From"] = message["To"] = message["Subject"] = "bare"
    message.add_attachment(b"\0", maintype="application", subtype="octet-stream")
    return message


def story() -> Story:
    good = Row(
        1, "The dealer picks", "Searched.", "Found.", "Maria Lindholm.", "passed", "Thursday, 15:58", 0.5
    )
    good.exhibits += [
        Exhibit("screen", "the pop-up", PNG),
        Exhibit("letter", "booked", letter()),
        Exhibit("letter", "bare", bare_letter()),
        Exhibit("page", "My Volvo", "<h1>Booked</h1><script>alert('page')</script>"),
        Exhibit("answer", "GET /v1/dealer", {"name": "Nordvik"}),
        Exhibit("message", "sensus/v1/…/desired", '{"rev": 1}'),
    ]
    bad = Row(2, "It <i>fails</i>", "Tried.", "Works.", "<script>alert('seen')</script>")
    return Story("A story", "in two rows", [good, bad], 1.25, (("Vehicle", "V60"),))


def test_the_page_needs_nothing_else_and_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out" / "report.html"
    write_html(story(), path)
    page = path.read_text()
    assert not re.search(r"""(src|href)=["'](?!data:|#)""", page)
    assert "<script" not in page
    assert page.count('<iframe sandbox=""') == 2
    assert "1 of 2 rows as expected" in page
    assert "&lt;i&gt;fails&lt;/i&gt;" in page
    assert "plain words" in page
    assert "appointment.ics" in page
    assert "application/octet-stream" in page
    assert "data:image/png;base64,iVBORw0KGgo" in page


def test_the_json_has_a_row_for_each_act(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_json(story(), path)
    told = json.loads(path.read_text())
    assert (told["passed"], told["failed"]) == (1, 1)
    assert [(row["row"], row["status"]) for row in told["rows"]] == [(1, "passed"), (2, "failed")]
    for row in told["rows"]:
        assert {"row", "title", "status", "expected", "seen"} <= row.keys()
    assert told["rows"][0]["exhibits"][0] == {"kind": "screen", "caption": "the pop-up"}
