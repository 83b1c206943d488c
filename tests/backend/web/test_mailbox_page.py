"""The page that shows a simulation's letters: there only in one, and its letters can do nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from backend.app import new_app
from backend.settings import BadSettings, Settings, load_settings
from broker.memory_transport import MemoryBroker, MemoryTransport
from protocol.clock import VirtualClock
from tests.backend.web.conftest import NOW, Backend
from tests.backend.web.desk import Desk

Client = TestClient[Any, Any]


@pytest.fixture
async def client(settings: Settings, tmp_path: Path) -> AsyncIterator[Client]:
    """A backend that shows the letters of the other one, which writes them."""
    settings = settings.model_copy(update={"mailbox_dir": tmp_path / "mail"})
    (tmp_path / "mail").mkdir(exist_ok=True)
    app = new_app(settings, MemoryTransport(MemoryBroker(), "other"), VirtualClock(NOW))
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def test_letters_are_listed_and_shown(client: Client, backend: Backend, desk: Desk) -> None:
    async with client.get("/mailbox") as empty:
        assert "No letters yet" in await empty.text()
    await desk.schedules()
    await desk.settles()
    (backend.mailbox.folder / "000009.eml").write_text("Subject: bare\n\nhello")
    (backend.mailbox.folder / "notes.eml").write_text("none of ours")
    async with client.get("/mailbox", headers={"Accept-Language": "de"}) as listed:
        text = await listed.text()
    assert "Postfach der Simulation" in text
    assert "[Simulated] Your workshop appointment on Monday" in text
    assert "none of ours" not in text
    assert "Do 26. Nov. 2026, 07:00" in text
    assert "Buchungsbestätigung" in text
    async with client.get("/mailbox/000001") as shown:
        text = await shown.text()
        assert "frame-src 'self'" in shown.headers["Content-Security-Policy"]
    assert 'sandbox="allow-popups' in text
    assert "Annual service" in text
    assert "BEGIN:VCALENDAR" in text
    async with client.get("/mailbox/000009") as bare:
        text = await bare.text()
    assert "hello" in text
    assert "iframe" not in text


async def test_the_html_of_a_letter_may_run_and_fetch_nothing(
    client: Client, backend: Backend, desk: Desk
) -> None:
    await desk.schedules()
    await desk.settles()
    async with client.get("/mailbox/000001/html") as framed:
        policy = framed.headers["Content-Security-Policy"]
        assert policy.startswith("sandbox ")
        assert "allow-scripts" not in policy
        assert "default-src 'none'" in policy
        assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert '<base target="_blank">' in await framed.text()
    async with client.get("/mailbox/000001/calendar.ics") as entry:
        assert "METHOD:PUBLISH" in await entry.text()


@pytest.mark.parametrize("name", ["000002", "..%2F..%2Fsensus", "notes", "1"])
async def test_nothing_else_of_the_folder_is_shown(client: Client, name: str) -> None:
    for more in ("", "/html", "/calendar.ics"):
        async with client.get(f"/mailbox/{name}{more}") as heard:
            assert heard.status == 404


async def test_a_letter_without_a_calendar_entry_has_none(client: Client, tmp_path: Path) -> None:
    (tmp_path / "mail" / "000001.eml").write_text("Subject: bare\n\nhello")
    async with client.get("/mailbox/000001/calendar.ics") as heard:
        assert heard.status == 404


async def test_without_a_folder_there_is_no_mailbox(backend: Backend) -> None:
    async with backend.client.get("/mailbox") as heard:
        assert heard.status == 404


def test_it_needs_a_simulation(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="SENSUS_MAILBOX_DIR"):
        load_settings(mailbox_dir=str(tmp_path))
