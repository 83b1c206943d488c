"""The desk's door: who comes in, who does not, and how slowly one can guess."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import FormData

from backend.service import accounts
from backend.store import sessions, users
from backend.store.scope import System
from tests.backend.web.visitor import PASSWORD, Visitor


async def test_a_user_comes_in_and_goes_where_they_wanted(visitor: Visitor) -> None:
    status, _, headers = await visitor.ask("GET", "/desk/whoami?list=planned&x=%0D%0A")
    assert status == 303
    there = parse_qs(urlsplit(headers["Location"]).query)["next"][0]
    assert there == "/desk/whoami?list=planned&x=%0D%0A"
    status, page, _ = await visitor.ask("GET", headers["Location"])
    assert status == 200
    assert "list=planned" in page
    status, _, headers = await visitor.signs_in(next=there)
    assert (status, headers["Location"]) == (303, there)
    assert headers["Set-Cookie"].endswith("HttpOnly; Path=/; SameSite=Lax")
    status, body, _ = await visitor.ask("GET", "/desk/whoami")
    assert (status, body) == (200, '{"name": "Aino Virtanen"}')
    assert (await visitor.ask("GET", "/desk/login?next=/desk/x"))[2]["Location"] == "/desk/x"


async def test_the_login_is_read_in_any_case_and_with_blanks_around(visitor: Visitor) -> None:
    assert (await visitor.signs_in(login=" AVirtanen "))[0] == 303


async def test_a_wrong_password_and_an_unknown_user_look_the_same(visitor: Visitor) -> None:
    wrong = await visitor.signs_in(password="not this one")
    unknown = await visitor.signs_in(login="nobody99", password="not this one")
    assert wrong[0] == unknown[0] == 422
    assert "The user name or the password is wrong." in wrong[1]
    assert wrong[1] == unknown[1].replace("nobody99", "avirtanen")
    assert 'value="avirtanen"' in wrong[1]
    assert "not this one" not in wrong[1]
    assert not visitor.cookies


async def test_an_unknown_user_costs_the_same_work_as_a_known_one(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = accounts._verify

    def watched(kept: str, plain: str) -> bool:
        checked.append(kept.rpartition("$")[0].rpartition("$")[0])
        return verify(kept, plain)

    monkeypatch.setattr(accounts, "_verify", watched)
    await accounts.disable(visitor.office, "mlaine")
    for login in ("avirtanen", "nobody99", "mlaine", "x" * 500, "\x00'--", "Ä"):
        assert (await visitor.signs_in(login=login, password="wrong one here"))[0] in {422, 429}
        visitor.passes(minutes=6)
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
async def test_hostile_entries_are_only_wrong(visitor: Visitor, form: dict[str, str]) -> None:
    status, page, headers = await visitor.ask("POST", "/desk/login", form)
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
async def test_what_is_no_form_is_told_so(visitor: Visitor, body: bytes, kind: str) -> None:
    status, text, _ = await visitor.ask("POST", "/desk/login", body, Content_Type=kind)
    assert status in {400, 422}, text


async def test_a_file_is_no_password(visitor: Visitor) -> None:
    form = FormData({"login": "avirtanen"})
    form.add_field("password", PASSWORD, filename="password.txt")
    assert (await visitor.ask("POST", "/desk/login", form))[0] == 422


async def test_guessing_gets_slower_until_it_stops(visitor: Visitor) -> None:
    waits = []
    for _ in range(10):
        while True:
            status, page, headers = await visitor.signs_in(password="guess")
            if status == 422:
                break
            assert status == 429
            assert "Too many tries" in page
            waits.append(int(headers["Retry-After"]))
            visitor.passes(seconds=waits[-1])
    assert waits == sorted(waits)
    assert waits[:3] == [3, 5, 9]
    visitor.passes(seconds=30)
    status, _, headers = await visitor.signs_in()
    assert status == 429, "the right password does not help either"
    visitor.passes(seconds=int(headers["Retry-After"]))
    while (status := (await visitor.signs_in())[0]) == 429:
        visitor.passes(seconds=60)
    assert status == 303


async def test_one_address_cannot_try_many_users(visitor: Visitor) -> None:
    tried = 0
    for number in range(200):
        status, *_ = await visitor.signs_in(login=f"user{number}", password="Winter2026!!")
        tried += status == 422
        visitor.passes(seconds=1)
    assert tried <= 10


async def test_a_success_makes_good_for_the_user_but_not_for_the_address(visitor: Visitor) -> None:
    for _ in range(3):
        await visitor.signs_in(password="guess")
    visitor.passes(seconds=3)
    assert (await visitor.signs_in())[0] == 303
    assert (await visitor.signs_in(password="guess"))[0] == 422
    status, _, headers = await visitor.signs_in()
    assert (status, headers["Retry-After"]) == (429, "5"), "four failures of this address still count"


async def test_a_new_secret_at_each_login_and_none_can_be_planted(visitor: Visitor) -> None:
    visitor.cookies["sensus-desk"] = "planted-by-somebody-else"
    await visitor.signs_in()
    first = dict(visitor.cookies)
    assert first["sensus-desk"] != "planted-by-somebody-else"
    await visitor.signs_in()
    second = dict(visitor.cookies)
    assert second != first
    visitor.cookies = first
    assert not await visitor.is_inside(), "the earlier session of this visitor has ended"
    visitor.cookies = {"sensus-desk": "planted-by-somebody-else"}
    assert not await visitor.is_inside()
    visitor.cookies = second
    assert await visitor.is_inside()


async def test_signing_out_ends_the_session_everywhere(visitor: Visitor) -> None:
    await visitor.signs_in()
    kept = dict(visitor.cookies)
    status, _, headers = await visitor.ask("POST", "/desk/logout")
    assert (status, headers["Location"]) == (303, "/desk/login?left=1")
    assert not visitor.cookies
    assert "You have signed out" in (await visitor.ask("GET", headers["Location"]))[1]
    visitor.cookies = kept
    assert not await visitor.is_inside()


async def test_a_session_ends_when_it_is_not_used_and_after_a_day_at_work(visitor: Visitor) -> None:
    await visitor.signs_in()
    for _ in range(11):
        visitor.passes(minutes=59)
        assert await visitor.is_inside()
    visitor.passes(minutes=119)
    assert not await visitor.is_inside(), "twelve hours are over"
    await visitor.signs_in()
    visitor.passes(hours=2)
    assert not await visitor.is_inside(), "two hours without use"


async def test_another_password_and_a_disabled_user_end_every_session(visitor: Visitor) -> None:
    await visitor.signs_in()
    await accounts.set_password(visitor.office, "avirtanen", "another long one")
    assert not await visitor.is_inside()
    assert (await visitor.signs_in())[0] == 422
    assert (await visitor.signs_in(password="another long one"))[0] == 303
    await accounts.disable(visitor.office, "avirtanen")
    assert not await visitor.is_inside()
    assert (await visitor.signs_in(password="another long one"))[0] == 422


async def test_the_database_keeps_neither_secret_nor_password(visitor: Visitor) -> None:
    await visitor.signs_in()
    async with visitor.office.look() as work:
        user = await users.user_by_login(work.tx, System(), "avirtanen")
        assert user is not None
        assert user.password.startswith("$argon2id$")
        assert await sessions.find_session(work.tx, System(), visitor.cookies["sensus-desk"]) is None


async def test_a_users_session_is_nothing_on_my_volvo(visitor: Visitor) -> None:
    await visitor.signs_in()
    secret = visitor.cookies["sensus-desk"]
    visitor.cookies = {"sensus-my": secret}
    assert (await visitor.ask("GET", "/my/whoami/x"))[0] == 303


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
async def test_the_way_back_leads_to_the_desk_only(visitor: Visitor, wanted: str, goes: str) -> None:
    assert (await visitor.signs_in(next=wanted))[2]["Location"] == goes
