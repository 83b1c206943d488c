"""My Volvo's door: codes by e-mail, links in letters, and answers that tell strangers nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from backend.events import CreateRequest
from backend.links import OwnerLink, write_link
from backend.service import desk, register
from backend.service.dealers import workshops
from backend.store.scope import Dealer
from tests.backend.web.visitor import MARIA, NOW, Visitor
from tests.backend.world import PRICE


async def test_an_owner_comes_in_with_a_code(visitor: Visitor) -> None:
    status, _, headers = await visitor.asks_for_a_code(next="/my/whoami/x")
    there = headers["Location"]
    assert status == 303
    assert there.startswith("/my/login/code?")
    (letter,) = await visitor.letters()
    code = re.search(r"\d{4} \d{4}", letter)
    assert code
    link = re.search(r"http\S+/my/login/code\?ask=\S+", letter)
    assert link
    query = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
    assert link.group().endswith(query["ask"])
    _, page, _ = await visitor.ask("GET", there)
    assert f'name="ask" value="{query["ask"]}"' in page
    status, _, headers = await visitor.ask("POST", "/my/login/code", {**query, "code": code.group()})
    assert (status, headers["Location"]) == (303, "/my/whoami/x")
    status, body, _ = await visitor.ask("GET", "/my/whoami/x")
    assert status == 200
    assert "owner" in body
    assert (await visitor.ask("GET", "/my/login"))[2]["Location"] == "/my"
    assert (await visitor.ask("POST", "/my/login/code", {**query, "code": code.group()}))[0] == 422, "once"
    status, _, headers = await visitor.ask("POST", "/my/logout")
    assert (status, headers["Location"]) == (303, "/my/login?left=1")
    assert (await visitor.ask("GET", "/my/whoami/x"))[0] == 303


async def _ask(visitor: Visitor, email: str = MARIA) -> tuple[str, str]:
    known = set(await visitor.letters())
    _, _, headers = await visitor.asks_for_a_code(email)
    ask = parse_qs(urlsplit(headers["Location"]).query)["ask"][0]
    fresh = [letter for letter in await visitor.letters() if letter not in known]
    code = re.search(r"\d{4} \d{4}", fresh[0]) if fresh else None
    return ask, code.group() if code else "0000 0000"


async def test_an_unknown_address_gets_the_same_answer_and_no_letter(visitor: Visitor) -> None:
    known = await visitor.asks_for_a_code()
    unknown = await visitor.asks_for_a_code("stranger@example.com")
    assert known[0] == unknown[0] == 303
    assert len(await visitor.letters()) == 1
    pages = []
    for answer in (known, unknown):
        query = {k: v[0] for k, v in parse_qs(urlsplit(answer[2]["Location"]).query).items()}
        _, page, _ = await visitor.ask("POST", "/my/login/code", {**query, "code": "1234 5678"})
        pages.append(page.replace(query["ask"], ""))
    assert pages[0] == pages[1]
    assert "This code does not work" in pages[0]


async def test_a_code_ends_after_ten_minutes(visitor: Visitor) -> None:
    ask, code = await _ask(visitor)
    visitor.passes(minutes=10)
    assert (await visitor.ask("POST", "/my/login/code", {"ask": ask, "code": code}))[0] == 422


async def test_a_code_stands_five_wrong_guesses_and_no_more(visitor: Visitor) -> None:
    ask, code = await _ask(visitor)
    for _ in range(5):
        assert (await visitor.ask("POST", "/my/login/code", {"ask": ask, "code": "1"}))[0] == 422
        visitor.passes(seconds=20)
    assert (await visitor.ask("POST", "/my/login/code", {"ask": ask, "code": code}))[0] == 422


async def test_a_code_is_of_no_use_for_another_asking(visitor: Visitor) -> None:
    _, code = await _ask(visitor)
    other, _ = await _ask(visitor, "jukka.saarinen@example.com")
    assert (await visitor.ask("POST", "/my/login/code", {"ask": other, "code": code}))[0] == 422


async def test_guessing_codes_gets_slow(visitor: Visitor) -> None:
    for _ in range(3):
        assert (await visitor.ask("POST", "/my/login/code", {"ask": "x", "code": "1"}))[0] == 422
    status, page, headers = await visitor.ask("POST", "/my/login/code", {"ask": "x", "code": "1"})
    assert status == 429
    assert headers["Retry-After"] == "3"
    assert "3 seconds" in page


async def test_nobodys_mailbox_is_filled(visitor: Visitor) -> None:
    answers = [(await visitor.asks_for_a_code(f" {MARIA.upper()} "))[0] for _ in range(20)]
    assert answers == [303] * 3 + [429] * 17
    assert len(await visitor.letters()) == 3


@pytest.mark.parametrize(
    "email", ["", "x", "a@b@c", "a\r\nBcc: x@example.com", "<script>@example.com", "x" * 10_000]
)
async def test_what_is_no_address_is_named_and_kept(visitor: Visitor, email: str) -> None:
    status, page, _ = await visitor.asks_for_a_code(email)
    assert status == 422
    assert "This is no e-mail address" in page
    assert "<script>@" not in page


async def test_people_who_share_an_address_get_a_code_each(visitor: Visitor) -> None:
    async with visitor.office.work() as work:
        dealer = Dealer((await workshops(work))[0].id)
        twin = await register.add_customer(
            work, dealer, register.NewCustomer(name="Olli Lindholm", email=MARIA, phone="")
        )
    _, _, headers = await visitor.asks_for_a_code()
    ask = parse_qs(urlsplit(headers["Location"]).query)["ask"][0]
    letters = await visitor.letters()
    assert len(letters) == 2
    (olli,) = [letter for letter in letters if "Olli" in letter]
    code = re.search(r"\d{4} \d{4}", olli)
    assert code
    await visitor.ask("POST", "/my/login/code", {"ask": ask, "code": code.group()})
    assert str(twin.id) in (await visitor.ask("GET", "/my/whoami/x"))[1]


async def test_a_signed_link_opens_a_session_once(visitor: Visitor) -> None:
    async with visitor.office.work() as work:
        dealer = Dealer((await workshops(work))[1].id)
        line, *_ = await register.search(work, dealer, "test", email=MARIA)
        assert line.customer is not None
        event = partial(CreateRequest, starts_at=NOW + timedelta(days=4), work="Annual service", price=PRICE)
        made = await desk.create(work, dealer, "Aino", "YV1FW7050E1234567", line.customer.id, event)
    good = OwnerLink(made.id, line.customer.id, NOW + timedelta(days=90))
    key = visitor.office.settings.signing_key
    for link in (replace(good, customer=uuid4()), replace(good, until=NOW)):
        assert (await visitor.ask("GET", f"/my/{write_link(key, link)}"))[0] in {404, 410}
        assert not visitor.cookies
    path = f"/my/{write_link(key, good)}"
    assert (await visitor.ask("GET", path))[0] == 200
    kept = dict(visitor.cookies)
    assert str(line.customer.id) in (await visitor.ask("GET", "/my/whoami/x"))[1]
    await visitor.ask("GET", path)
    assert visitor.cookies == kept
    visitor.passes(hours=1)
    assert (await visitor.ask("GET", "/my/whoami/x"))[0] == 303
    await visitor.ask("GET", path)
    assert visitor.cookies != kept
