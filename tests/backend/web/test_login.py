"""The doors of the desk and of My Volvo, as a browser meets them over real HTTP."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import DummyCookieJar, FormData, web
from aiohttp.test_utils import TestClient, TestServer

from backend.app import Hands, new_app
from backend.mailbox import Mailbox, open_mailbox
from backend.service import accounts, register
from backend.service.dealers import workshops
from backend.service.office import Office
from backend.settings import Settings
from backend.store import sessions, users
from backend.store.scope import Dealer, System
from backend.web import keys, session
from backend.web.reader import phrases
from broker.memory_transport import MemoryBroker, MemoryTransport
from protocol.clock import VirtualClock, until
from protocol.language import Language
from tests.backend.web.conftest import NOW

PASSWORD = "a long enough one"
MARIA = "maria.lindholm@example.com"
WALL = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OURS = {"Sec-Fetch-Site": "same-origin"}


@dataclass(slots=True)
class Browser:
    """A browser: it keeps cookies, follows nothing by itself, and says where a form comes from."""

    client: TestClient[Any, Any]
    technical: VirtualClock
    office: Office
    mailbox: Mailbox
    loops: Any
    cookies: dict[str, str] = field(default_factory=dict)

    async def ask(
        self, method: str, path: str, form: Any = None, **headers: str
    ) -> tuple[int, str, dict[str, str]]:
        sent = {**(OURS if method == "POST" else {}), **{k.replace("_", "-"): v for k, v in headers.items()}}
        sent = {name: value for name, value in sent.items() if value}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        async with self.client.request(
            method, path, data=form, headers=sent, allow_redirects=False
        ) as response:
            for line in response.headers.getall("Set-Cookie", []):
                for name, morsel in SimpleCookie(line).items():
                    self.cookies.pop(name, None)
                    if morsel.value:
                        self.cookies[name] = morsel.value
            return response.status, await response.text(), dict(response.headers)

    async def signs_in(self, password: str = PASSWORD, login: str = "avirtanen", **more: str) -> Any:
        return await self.ask("POST", "/desk/login", {"login": login, "password": password, **more})

    async def is_inside(self) -> bool:
        return (await self.ask("GET", "/desk/login"))[0] == 303

    async def asks_for_a_code(self, email: str = MARIA, **more: str) -> Any:
        return await self.ask("POST", "/my/login", {"email": email, **more})

    async def letters(self) -> list[str]:
        async def idle() -> bool:
            return await self.loops.busy() is None

        await until(idle, what="every letter has been sent")
        folder = self.mailbox.folder
        parsed = [message_from_bytes(p.read_bytes(), policy=policy.default) for p in folder.glob("*.eml")]
        bodies = [one.get_body(("plain",)) for one in parsed if one["X-Sensus-Letter"] == "code"]
        return [str(body.get_content()) for body in bodies if body is not None]

    def passes(self, **time: float) -> None:
        self.technical.set(self.technical.now() + timedelta(**time))


@pytest.fixture
async def browser(settings: Settings, tmp_path: Any) -> AsyncIterator[Browser]:
    async with open_mailbox("127.0.0.1", 0, tmp_path / "mail") as mailbox:
        clock, technical, broker = VirtualClock(NOW), VirtualClock(WALL), MemoryBroker()
        settings = settings.model_copy(update={"smtp_url": mailbox.url})
        app = new_app(settings, MemoryTransport(broker, settings.node), clock, technical=technical)
        app.router.add_get("/desk/whoami", _whoami)
        app.router.add_get("/my/whoami/{more}", _whose)
        app.router.add_post("/my/whoami/{more}", _whose)
        async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
            hands = app[keys.CLOCK]
            assert isinstance(hands, Hands)
            await until(lambda: hands.loops.post.connected, what="connected to the broker")
            opened = Browser(client, technical, app[keys.OFFICE], mailbox, hands.loops)
            await accounts.set_password(opened.office, "avirtanen", PASSWORD)
            yield opened


async def _whoami(request: web.Request) -> web.Response:
    return web.json_response({"name": (await session.advisor(request)).name})


async def _whose(request: web.Request) -> web.Response:
    return web.json_response({"owner": str((await session.owner(request)).id)})


# --- the desk's door ------------------------------------------------------------------------------------


async def test_a_user_comes_in_and_goes_where_they_wanted(browser: Browser) -> None:
    status, _, headers = await browser.ask("GET", "/desk/whoami?list=planned&x=%0D%0A")
    assert status == 303
    there = parse_qs(urlsplit(headers["Location"]).query)["next"][0]
    assert there == "/desk/whoami?list=planned&x=%0D%0A"
    status, page, _ = await browser.ask("GET", headers["Location"])
    assert status == 200
    assert "list=planned" in page
    status, _, headers = await browser.signs_in(next=there)
    assert (status, headers["Location"]) == (303, there)
    assert headers["Set-Cookie"].endswith("HttpOnly; Path=/; SameSite=Lax")
    status, body, _ = await browser.ask("GET", "/desk/whoami")
    assert (status, body) == (200, '{"name": "Aino Virtanen"}')
    assert (await browser.ask("GET", "/desk/login?next=/desk/x"))[2]["Location"] == "/desk/x"


async def test_the_login_is_read_in_any_case_and_with_blanks_around(browser: Browser) -> None:
    assert (await browser.signs_in(login=" AVirtanen "))[0] == 303


async def test_a_wrong_password_and_an_unknown_user_look_the_same(browser: Browser) -> None:
    wrong = await browser.signs_in(password="not this one")
    unknown = await browser.signs_in(login="nobody99", password="not this one")
    assert wrong[0] == unknown[0] == 422
    assert "The user name or the password is wrong." in wrong[1]
    assert wrong[1] == unknown[1].replace("nobody99", "avirtanen")
    assert 'value="avirtanen"' in wrong[1]
    assert "not this one" not in wrong[1]
    assert not browser.cookies


async def test_an_unknown_user_costs_the_same_work_as_a_known_one(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = accounts._verify

    def watched(kept: str, plain: str) -> bool:
        checked.append(kept.rpartition("$")[0].rpartition("$")[0])
        return verify(kept, plain)

    monkeypatch.setattr(accounts, "_verify", watched)
    await accounts.disable(browser.office, "mlaine")
    for login in ("avirtanen", "nobody99", "mlaine", "x" * 500, "\x00'--", "Ä"):
        assert (await browser.signs_in(login=login, password="wrong one here"))[0] in {422, 429}
        browser.passes(minutes=6)
    assert len(checked) == 6
    assert len(set(checked)) == 1


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"login": "avirtanen"},
        {"login": "avirtanen", "password": "x" * 10_000},
        {"login": "avirtanen", "password": "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")},
        {"login": "<script>alert(1)</script>", "password": "x"},
        {"login": "a\r\nSet-Cookie: x=y", "password": "x"},
    ],
)
async def test_hostile_entries_are_only_wrong(browser: Browser, form: dict[str, str]) -> None:
    status, page, headers = await browser.ask("POST", "/desk/login", form)
    assert status == 422
    assert "<script>alert" not in page
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"login=%ff%fe&password=x", "application/x-www-form-urlencoded; charset=utf-99"),
        (b"\xff\xfe\x00", "multipart/form-data; boundary=x"),
    ],
)
async def test_what_is_no_form_is_told_so(browser: Browser, body: bytes, kind: str) -> None:
    status, text, _ = await browser.ask("POST", "/desk/login", body, Content_Type=kind)
    assert status in {400, 422}, text


async def test_a_file_is_no_password(browser: Browser) -> None:
    form = FormData({"login": "avirtanen"})
    form.add_field("password", PASSWORD, filename="password.txt")
    assert (await browser.ask("POST", "/desk/login", form))[0] == 422


async def test_guessing_gets_slower_until_it_stops(browser: Browser) -> None:
    waits = []
    for _ in range(10):
        while True:
            status, page, headers = await browser.signs_in(password="guess")
            if status == 422:
                break
            assert status == 429
            assert "Too many tries" in page
            waits.append(int(headers["Retry-After"]))
            browser.passes(seconds=waits[-1])
    assert waits == sorted(waits)
    assert waits[:3] == [3, 5, 9]
    browser.passes(seconds=30)
    status, _, headers = await browser.signs_in()
    assert status == 429, "the right password does not help either"
    browser.passes(seconds=int(headers["Retry-After"]))
    while (status := (await browser.signs_in())[0]) == 429:
        browser.passes(seconds=60)
    assert status == 303


async def test_one_address_cannot_try_many_users(browser: Browser) -> None:
    tried = 0
    for number in range(200):
        status, *_ = await browser.signs_in(login=f"user{number}", password="Winter2026!!")
        tried += status == 422
        browser.passes(seconds=1)
    assert tried <= 10


async def test_a_success_makes_good_for_the_user_but_not_for_the_address(browser: Browser) -> None:
    for _ in range(3):
        await browser.signs_in(password="guess")
    browser.passes(seconds=3)
    assert (await browser.signs_in())[0] == 303
    assert (await browser.signs_in(password="guess"))[0] == 422
    status, _, headers = await browser.signs_in()
    assert (status, headers["Retry-After"]) == (429, "5"), "four failures of this address still count"


async def test_a_new_secret_at_each_login_and_none_can_be_planted(browser: Browser) -> None:
    browser.cookies["sensus-desk"] = "planted-by-somebody-else"
    await browser.signs_in()
    first = dict(browser.cookies)
    assert first["sensus-desk"] != "planted-by-somebody-else"
    await browser.signs_in()
    second = dict(browser.cookies)
    assert second != first
    browser.cookies = first
    assert not await browser.is_inside(), "the earlier session of this browser has ended"
    browser.cookies = {"sensus-desk": "planted-by-somebody-else"}
    assert not await browser.is_inside()
    browser.cookies = second
    assert await browser.is_inside()


async def test_signing_out_ends_the_session_everywhere(browser: Browser) -> None:
    await browser.signs_in()
    kept = dict(browser.cookies)
    status, _, headers = await browser.ask("POST", "/desk/logout")
    assert (status, headers["Location"]) == (303, "/desk/login?left=1")
    assert not browser.cookies
    assert "You have signed out" in (await browser.ask("GET", headers["Location"]))[1]
    browser.cookies = kept
    assert not await browser.is_inside()


async def test_a_session_ends_when_it_is_not_used_and_after_a_day_at_work(browser: Browser) -> None:
    await browser.signs_in()
    for _ in range(11):
        browser.passes(minutes=59)
        assert await browser.is_inside()
    browser.passes(minutes=119)
    assert not await browser.is_inside(), "twelve hours are over"
    await browser.signs_in()
    browser.passes(hours=2)
    assert not await browser.is_inside(), "two hours without use"


async def test_another_password_and_a_disabled_user_end_every_session(browser: Browser) -> None:
    await browser.signs_in()
    await accounts.set_password(browser.office, "avirtanen", "another long one")
    assert not await browser.is_inside()
    assert (await browser.signs_in())[0] == 422
    assert (await browser.signs_in(password="another long one"))[0] == 303
    await accounts.disable(browser.office, "avirtanen")
    assert not await browser.is_inside()
    assert (await browser.signs_in(password="another long one"))[0] == 422


async def test_the_database_keeps_neither_secret_nor_password(browser: Browser) -> None:
    await browser.signs_in()
    async with browser.office.look() as work:
        user = await users.user_by_login(work.tx, System(), "avirtanen")
        assert user is not None
        assert user.password.startswith("$argon2id$")
        assert await sessions.find_session(work.tx, System(), browser.cookies["sensus-desk"]) is None


async def test_a_users_session_is_nothing_on_my_volvo(browser: Browser) -> None:
    await browser.signs_in()
    secret = browser.cookies["sensus-desk"]
    browser.cookies = {"sensus-my": secret}
    assert (await browser.ask("GET", "/my/whoami/x"))[0] == 303


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/desk/vehicles?vin=1", "/desk/vehicles?vin=1"),
        ("/desk", "/desk"),
        ("", "/desk/appointments"),
        ("//evil.example/desk/", "/desk/appointments"),
        ("https://evil.example/desk/", "/desk/appointments"),
        ("/desk//evil.example", "/desk/appointments"),
        ("/desk/\\evil.example", "/desk/appointments"),
        ("/deskevil", "/desk/appointments"),
        ("/my", "/desk/appointments"),
        ("/desk/login?next=/desk/login", "/desk/appointments"),
        ("/desk/a\r\nSet-Cookie: a=b", "/desk/appointments"),
        ("/desk/\u2028", "/desk/appointments"),
    ],
)
async def test_the_way_back_leads_to_the_desk_only(browser: Browser, wanted: str, goes: str) -> None:
    assert (await browser.signs_in(next=wanted))[2]["Location"] == goes


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [("", "", "en"), ("", "de-AT", "de"), ("sv", "de", "sv"), ("fr", "", "en")],
)
@pytest.mark.parametrize("path", ["/desk/login", "/my/login", "/my/login/code"])
async def test_the_doors_speak_three_languages(
    browser: Browser, path: str, asked: str, accepted: str, language: str
) -> None:
    _, page, headers = await browser.ask("GET", f"{path}?language={asked}", Accept_Language=accepted)
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
        assert (await browser.ask("GET", target))[0] == 200


# --- My Volvo's door ------------------------------------------------------------------------------------


async def test_an_owner_comes_in_with_a_code(browser: Browser) -> None:
    status, _, headers = await browser.asks_for_a_code(next="/my/whoami/x")
    there = headers["Location"]
    assert status == 303
    assert there.startswith("/my/login/code?")
    (letter,) = await browser.letters()
    code = re.search(r"\d{4} \d{4}", letter)
    assert code
    link = re.search(r"http\S+/my/login/code\?ask=\S+", letter)
    assert link
    query = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
    assert link.group().endswith(query["ask"])
    _, page, _ = await browser.ask("GET", there)
    assert f'name="ask" value="{query["ask"]}"' in page
    status, _, headers = await browser.ask("POST", "/my/login/code", {**query, "code": code.group()})
    assert (status, headers["Location"]) == (303, "/my/whoami/x")
    status, body, _ = await browser.ask("GET", "/my/whoami/x")
    assert status == 200
    assert "owner" in body
    assert (await browser.ask("GET", "/my/login"))[2]["Location"] == "/my"
    assert (await browser.ask("POST", "/my/login/code", {**query, "code": code.group()}))[0] == 422, "once"
    status, _, headers = await browser.ask("POST", "/my/logout")
    assert (status, headers["Location"]) == (303, "/my/login?left=1")
    assert (await browser.ask("GET", "/my/whoami/x"))[0] == 303


async def _ask(browser: Browser, email: str = MARIA) -> tuple[str, str]:
    known = set(await browser.letters())
    _, _, headers = await browser.asks_for_a_code(email)
    ask = parse_qs(urlsplit(headers["Location"]).query)["ask"][0]
    fresh = [letter for letter in await browser.letters() if letter not in known]
    code = re.search(r"\d{4} \d{4}", fresh[0]) if fresh else None
    return ask, code.group() if code else "0000 0000"


async def test_an_unknown_address_gets_the_same_answer_and_no_letter(browser: Browser) -> None:
    known = await browser.asks_for_a_code()
    unknown = await browser.asks_for_a_code("stranger@example.com")
    assert known[0] == unknown[0] == 303
    assert len(await browser.letters()) == 1
    pages = []
    for answer in (known, unknown):
        query = {k: v[0] for k, v in parse_qs(urlsplit(answer[2]["Location"]).query).items()}
        _, page, _ = await browser.ask("POST", "/my/login/code", {**query, "code": "1234 5678"})
        pages.append(page.replace(query["ask"], ""))
    assert pages[0] == pages[1]
    assert "This code does not work" in pages[0]


async def test_a_code_ends_after_ten_minutes(browser: Browser) -> None:
    ask, code = await _ask(browser)
    browser.passes(minutes=10)
    assert (await browser.ask("POST", "/my/login/code", {"ask": ask, "code": code}))[0] == 422


async def test_a_code_stands_five_wrong_guesses_and_no_more(browser: Browser) -> None:
    ask, code = await _ask(browser)
    for _ in range(5):
        assert (await browser.ask("POST", "/my/login/code", {"ask": ask, "code": "1"}))[0] == 422
        browser.passes(seconds=20)
    assert (await browser.ask("POST", "/my/login/code", {"ask": ask, "code": code}))[0] == 422


async def test_a_code_is_of_no_use_for_another_asking(browser: Browser) -> None:
    _, code = await _ask(browser)
    other, _ = await _ask(browser, "jukka.saarinen@example.com")
    assert (await browser.ask("POST", "/my/login/code", {"ask": other, "code": code}))[0] == 422


async def test_guessing_codes_gets_slow(browser: Browser) -> None:
    for _ in range(3):
        assert (await browser.ask("POST", "/my/login/code", {"ask": "x", "code": "1"}))[0] == 422
    status, page, headers = await browser.ask("POST", "/my/login/code", {"ask": "x", "code": "1"})
    assert status == 429
    assert headers["Retry-After"] == "3"
    assert "3 seconds" in page


async def test_nobodys_mailbox_is_filled(browser: Browser) -> None:
    answers = [(await browser.asks_for_a_code(f" {MARIA.upper()} "))[0] for _ in range(20)]
    assert answers == [303] * 3 + [429] * 17
    assert len(await browser.letters()) == 3


@pytest.mark.parametrize(
    "email", ["", "x", "a@b@c", "a\r\nBcc: x@example.com", "<script>@example.com", "x" * 10_000]
)
async def test_what_is_no_address_is_named_and_kept(browser: Browser, email: str) -> None:
    status, page, _ = await browser.asks_for_a_code(email)
    assert status == 422
    assert "This is no e-mail address" in page
    assert "<script>@" not in page


async def test_people_who_share_an_address_get_a_code_each(browser: Browser) -> None:
    async with browser.office.work() as work:
        dealer = Dealer((await workshops(work))[0].id)
        twin = await register.add_customer(
            work, dealer, register.NewCustomer(name="Olli Lindholm", email=MARIA, phone="")
        )
    _, _, headers = await browser.asks_for_a_code()
    ask = parse_qs(urlsplit(headers["Location"]).query)["ask"][0]
    letters = await browser.letters()
    assert len(letters) == 2
    (olli,) = [letter for letter in letters if "Olli" in letter]
    code = re.search(r"\d{4} \d{4}", olli)
    assert code
    await browser.ask("POST", "/my/login/code", {"ask": ask, "code": code.group()})
    assert str(twin.id) in (await browser.ask("GET", "/my/whoami/x"))[1]


# --- other people's pages ----------------------------------------------------------------------------------


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
async def test_a_foreign_form_changes_nothing(browser: Browser, path: str, headers: dict[str, str]) -> None:
    await browser.signs_in()
    form = {"login": "avirtanen", "password": PASSWORD, "email": MARIA}
    status, page, answered = await browser.ask("POST", path, form, **headers)
    assert status == 403
    assert "came from elsewhere" in page
    assert "Set-Cookie" not in answered
    assert await browser.is_inside()


async def test_a_foreign_request_to_the_owners_api_is_a_problem(browser: Browser) -> None:
    status, text, _ = await browser.ask("POST", "/v1/my/x", {}, Sec_Fetch_Site="cross-site")
    assert status == 403
    assert "problem" in text
    assert (await browser.ask("POST", "/v1/my/x", {}))[0] == 404


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
async def test_a_form_of_our_own_is_taken(browser: Browser, headers: dict[str, str]) -> None:
    here = str(browser.client.make_url("/")).rstrip("/")
    told = {name: value.format(here=here) for name, value in headers.items()}
    form = {"login": "avirtanen", "password": PASSWORD}
    assert (await browser.ask("POST", "/desk/login", form, **told))[0] == 303


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
