"""What both doors share: three languages, strict headers, and no forms of other people's pages."""

from __future__ import annotations

import re

import pytest
from aiohttp import DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer

from backend.app import new_app
from backend.service import accounts
from backend.settings import Settings
from backend.web import keys
from backend.web.reader import phrases
from broker.memory_transport import MemoryBroker, MemoryTransport
from protocol.clock import VirtualClock
from protocol.language import Language
from tests.backend.web.visitor import MARIA, NOW, PASSWORD, WALL, Visitor


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [("", "", "en"), ("", "de-AT", "de"), ("sv", "de", "sv"), ("fr", "", "en")],
)
@pytest.mark.parametrize("path", ["/desk/login", "/my/login", "/my/login/code"])
async def test_the_doors_speak_three_languages(
    visitor: Visitor, path: str, asked: str, accepted: str, language: str
) -> None:
    _, page, headers = await visitor.ask("GET", f"{path}?language={asked}", Accept_Language=accepted)
    assert f'<html lang="{language}">' in page
    words = {
        "/desk/login": "login.desk.enter",
        "/my/login": "login.my.ask",
        "/my/login/code": "login.code.enter",
    }
    assert phrases("desk", Language(language))(words[path]) in page
    assert headers["Content-Language"] == language
    policy_told = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy_told
    assert "unsafe" not in policy_told
    assert "form-action 'self'" in policy_told
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert "Strict-Transport-Security" not in headers
    assert not re.search(r"<script(?![^>]*src=\"/static/)|<style|\sstyle=|\son\w+=", page)
    for target in set(re.findall(r"(?:src|href)=\"(/static/[^\"#]*)", page)):
        assert (await visitor.ask("GET", target))[0] == 200


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://other.127.0.0.1"},
    {"Sec-Fetch-Site": "none", "Origin": "http://evil.example"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "", "Origin": "null"},
    {"Sec-Fetch-Site": "", "Origin": "http://evil.example"},
    {"Sec-Fetch-Site": "", "Origin": "https://[evil"},
    {"Sec-Fetch-Site": "", "Referer": "http://evil.example/127.0.0.1"},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", ["/desk/login", "/desk/logout", "/my/login", "/my/logout", "/my/whoami/x"])
async def test_a_foreign_form_changes_nothing(visitor: Visitor, path: str, headers: dict[str, str]) -> None:
    await visitor.signs_in()
    form = {"login": "avirtanen", "password": PASSWORD, "email": MARIA}
    status, page, answered = await visitor.ask("POST", path, form, **headers)
    assert status == 403
    assert "came from elsewhere" in page
    assert "Set-Cookie" not in answered
    assert await visitor.is_inside()


async def test_a_foreign_request_to_the_owners_api_is_a_problem(visitor: Visitor) -> None:
    status, text, _ = await visitor.ask("POST", "/v1/my/x", {}, Sec_Fetch_Site="cross-site")
    assert status == 403
    assert "problem" in text
    assert (await visitor.ask("POST", "/v1/my/x", {}))[0] == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "{here}"},
        {"Sec-Fetch-Site": "none", "Origin": "{here}"},
        {"Sec-Fetch-Site": "", "Origin": "{here}"},
        {"Sec-Fetch-Site": "", "Referer": "{here}/desk/login"},
    ],
)
async def test_a_form_of_our_own_is_taken(visitor: Visitor, headers: dict[str, str]) -> None:
    here = str(visitor.client.make_url("/")).rstrip("/")
    told = {name: value.format(here=here) for name, value in headers.items()}
    form = {"login": "avirtanen", "password": PASSWORD}
    assert (await visitor.ask("POST", "/desk/login", form, **told))[0] == 303


async def test_over_tls_the_cookie_is_bound_to_the_host(settings: Settings) -> None:
    settings = settings.model_copy(update={"public_url": "https://sensus.example.com"})
    clock, technical = VirtualClock(NOW), VirtualClock(WALL)
    app = new_app(settings, MemoryTransport(MemoryBroker(), settings.node), clock, technical=technical)
    async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
        await accounts.set_password(app[keys.OFFICE], "avirtanen", PASSWORD)
        async with client.post(
            "/desk/login",
            data={"login": "avirtanen", "password": PASSWORD},
            headers={"Origin": "https://sensus.example.com"},
            allow_redirects=False,
        ) as response:
            assert response.status == 303
            cookie = response.headers["Set-Cookie"]
            assert cookie.startswith("__Host-sensus-desk=")
            assert "Secure" in cookie
            assert "Path=/" in cookie
            assert "Domain" not in cookie
            assert "max-age" in response.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("language", list(Language))
async def test_no_phrase_is_missing(language: Language) -> None:
    assert not {key for key in phrases("desk", language).missing() if key.startswith("login.")}
