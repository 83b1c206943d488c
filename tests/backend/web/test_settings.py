"""Every setting is checked at the door, and what is wrong is told by the name of its variable."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from backend.settings import PREFIX, BadSettings, describe, load_settings
from tests import house

STRONG = "s" * 40


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)


def test_an_empty_environment_gives_a_backend_for_this_machine() -> None:
    settings = load_settings()
    assert settings.database_url == "sqlite+aiosqlite:///sensus.db"
    assert settings.http_host == "127.0.0.1"
    assert not settings.simulation
    assert settings.mail_allow == ("example.com",)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENSUS_HTTP_PORT", "9000")
    monkeypatch.setenv("SENSUS_MAIL_ALLOW", "example.com, Workshop.EXAMPLE ,")
    monkeypatch.setenv("SENSUS_SIMULATION", "1")
    monkeypatch.setenv("SENSUS_START_AT", "2026-11-26T09:00:00Z")
    monkeypatch.setenv("SENSUS_BROKER_USERNAME", "")
    settings = load_settings()
    assert settings.http_port == 9000
    assert settings.mail_allow == ("example.com", "workshop.example")
    assert settings.start_at is not None
    assert settings.start_at.isoformat() == "2026-11-26T09:00:00+00:00"
    assert settings.broker_username == ""


def test_what_is_said_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENSUS_HTTP_PORT", "9000")
    assert load_settings(http_port=0).http_port == 0


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(load_settings(), "http_port", 1)  # noqa: B010 - mypy knows it too


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("postgresql://u:p@host/name", "postgresql+psycopg://u:p@host/name"),
        ("sqlite:///file.db", "sqlite+aiosqlite:///file.db"),
        ("sqlite+aiosqlite:///file.db", "sqlite+aiosqlite:///file.db"),
    ],
)
def test_a_database_is_named_with_or_without_its_driver(url: str, driver: str) -> None:
    assert load_settings(database_url=url).database_url == driver


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"database_url": "mysql://host/name"}, "SENSUS_DATABASE_URL: 'mysql' is none of the schemes"),
        ({"database_url": 7}, "SENSUS_DATABASE_URL: "),
        ({"broker_url": "http://host"}, "SENSUS_BROKER_URL: "),
        ({"broker_url": "mqtt://user:pw@host"}, "no user name or password"),
        ({"smtp_url": "smtp://"}, "SENSUS_SMTP_URL: the address names no host"),
        ({"smtp_url": "smtp://host:99999"}, "SENSUS_SMTP_URL: "),
        ({"public_url": "ftp://host"}, "SENSUS_PUBLIC_URL: 'ftp' is none of the schemes"),
        ({"http_port": 70000}, "SENSUS_HTTP_PORT: "),
        ({"node": "two words"}, "SENSUS_NODE: "),
        ({"log_level": "LOUD"}, "SENSUS_LOG_LEVEL: "),
        ({"start_at": "2026-11-26T09:00:00Z"}, "SENSUS_START_AT moves a simulated clock"),
        ({"start_at": "2026-11-26T09:00:00", "simulation": True}, "SENSUS_START_AT: "),
        ({"secret": "short"}, "SENSUS_SECRET is too short"),
        ({"http_host": "0.0.0.0"}, "SENSUS_SECRET is missing"),  # noqa: S104 - refused is the point
        ({"public_url": "https://sensus.example.com"}, "SENSUS_SECRET is missing"),
        ({"broker_cert": Path(__file__)}, "SENSUS_BROKER_CERT and SENSUS_BROKER_KEY belong together"),
        (
            {"broker_cert": Path(__file__), "broker_key": Path(__file__), "broker_url": "mqtts://h"},
            "SENSUS_BROKER_CA is missing",
        ),
        ({"broker_ca": Path(__file__)}, "of no use without TLS"),
        ({"broker_ca": Path("nowhere"), "broker_url": "mqtts://h"}, "there is no file nowhere"),
        ({"mail_allow": 5}, "SENSUS_MAIL_ALLOW: "),
    ],
)
def test_a_bad_setting_is_refused_in_words(said: dict[str, object], words: str) -> None:
    with pytest.raises(BadSettings) as refused:
        load_settings(**said)
    assert words in str(refused.value)


def test_every_bad_setting_is_named_at_once() -> None:
    with pytest.raises(BadSettings) as refused:
        load_settings(http_port=-1, node="")
    assert [line.partition(":")[0] for line in str(refused.value).splitlines()] == [
        "SENSUS_HTTP_PORT",
        "SENSUS_NODE",
    ]


def test_a_backend_that_others_reach_signs_with_its_own_secret() -> None:
    settings = load_settings(public_url="https://sensus.example.com", secret=STRONG)
    assert settings.signing_key == STRONG
    assert load_settings(http_host="localhost").signing_key != ""


def test_secrets_are_not_shown() -> None:
    settings = load_settings(
        secret=STRONG,
        broker_password="hidden-1",
        database_url="postgresql://u:hidden-2@host/name",
        smtp_url="smtp://u:hidden-3@host",
    )
    assert STRONG not in repr(settings)
    assert "hidden" not in repr(settings)


def test_the_page_of_settings_is_true() -> None:
    """After a change: write what this prints into docs/settings.md."""
    page = (house.ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [
        f"| `{one.variable}` | {f'`{one.default}`' if one.default else ''} | {one.about} |"
        for one in describe()
    ]
    assert all(one.about for one in describe())
    assert "\n".join(rows) in page
    assert page.count("| `SENSUS_") == len(rows)
