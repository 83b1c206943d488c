"""Pages for people: the owner's booking in the owner's language, the documentation, and their safety."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from backend import events
from backend.links import OwnerLink, write_link
from backend.service import owner
from backend.store.scope import Owner
from backend.web import errors, keys, wording
from protocol.language import Language
from tests.backend.web.conftest import NOW, Backend
from tests.backend.web.desk import MARIA, Desk, Heard

OTHER_CUSTOMER = UUID(int=7)


async def link(backend: Backend, desk: Desk, number: str, **changes: object) -> str:
    booked = (await desk.ask("GET", f"/v1/appointments/{number}")).json
    facts = {
        "appointment": UUID(booked["id"]),
        "customer": UUID(booked["customer_id"]),
        "until": NOW + timedelta(days=90),
    }
    token = write_link(backend.settings.signing_key, OwnerLink(**(facts | changes)))  # type: ignore[arg-type]  # one at a time
    return f"/my/{token}"


async def page(desk: Desk, path: str, language: str = "") -> Heard:
    return await desk.ask("GET", path, documented=False, Authorization="", Accept_Language=language)


def words(heard: Heard) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", heard.text))


async def speaks(desk: Desk, language: str, days: int = 3) -> None:
    heard = await desk.ask(
        "PATCH",
        f"/v1/customers/{desk.customers[MARIA]}",
        {"language": language, "reminder_days": days},
        If_Match="*",
    )
    assert heard.status == 200


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["Monday, 30 November 2026", "08:00", "€389.00", "Booked", "3 days before"]),
        ("de", ["Montag, 30. November 2026", "08:00", "389,00", "Gebucht", "3 Tage vorher"]),
        ("sv", ["Måndag 30 november 2026", "08:00", "389,00", "Bokad", "innan"]),
    ],
)
async def test_the_owner_reads_the_whole_booking_in_the_own_language(
    backend: Backend, desk: Desk, language: str, told: list[str]
) -> None:
    await speaks(desk, language)
    number = await desk.schedules()
    heard = await page(desk, await link(backend, desk, number))
    assert heard.status == 200
    assert f'<html lang="{language}">' in heard.text
    text = words(heard).replace("\u00a0", " ")
    for part in [*told, "Annual service", "Brake fluid change", "V60 D4 · 2014", "ABC-123", MARIA]:
        assert part in text
    for part in ["Nordvik Helsinki", "Bulevardi 21, 00180 Helsinki", number, "Maria Lindholm"]:
        assert part in text
    assert 'href="tel:+358' in heard.text
    assert "Simul" in text


async def test_the_page_of_every_status_has_its_words(backend: Backend, desk: Desk) -> None:
    number = (await desk.books(comments="internal: difficult customer")).json["number"]
    path = await link(backend, desk, number)

    async def reads() -> str:
        heard = await page(desk, path)
        assert heard.status == 200
        assert "difficult" not in heard.text
        return words(heard)

    assert "Requested" in await reads()
    await desk.does(number, "*", "request_information", text="Winter tyres <too>?")
    text = await reads()
    assert "Question" in text
    assert "Winter tyres &lt;too&gt;?" in text
    await answers(backend, desk, number, partial(events.CustomerAnswers, ver=1, text="Yes please"))
    assert "Yes please" in await reads()
    await desk.does(number, "*", "provide_proposal", text="Wednesday, with a loan car")
    assert "Wednesday, with a loan car" in await reads()
    await answers(backend, desk, number, partial(events.CustomerAccepts, ver=1))
    assert "Accepted" in await reads()
    await desk.does(number, "*", "cancel_on_behalf", reason="Workshop flooded")
    text = await reads()
    assert "Cancelled" in text
    assert "Workshop flooded" in text
    assert "reminded" not in text


async def answers(backend: Backend, desk: Desk, number: str, event: object) -> None:
    booked = (await desk.ask("GET", f"/v1/appointments/{number}")).json
    async with backend.app[keys.OFFICE].work() as work:
        outcome = await owner.answer(
            work,
            Owner(UUID(booked["customer_id"])),
            UUID(booked["id"]),
            event,  # type: ignore[arg-type]  # a partial of an event's class
        )
    assert outcome.late is None


async def test_a_pre_booking_without_a_price_says_so(backend: Backend, desk: Desk) -> None:
    made = await desk.books(action="perform_pre_booking", date="2027-05-03", price=None)
    text = words(await page(desk, await link(backend, desk, made.json["number"])))
    assert "Not agreed yet" in text
    assert "Pre-booked" in text


async def test_a_link_that_has_ended_is_gone(backend: Backend, desk: Desk) -> None:
    number = await desk.schedules()
    path = await link(backend, desk, number, until=NOW)
    heard = await page(desk, path, "fr, de;q=0.8")
    assert heard.status == 410
    assert '<html lang="de">' in heard.text
    assert "Link ist abgelaufen" in heard.text
    assert "Maria" not in heard.text


async def test_a_link_of_somebody_else_or_of_nobody_leads_nowhere(backend: Backend, desk: Desk) -> None:
    number = await desk.schedules()
    good = await link(backend, desk, number)
    for path in (
        await link(backend, desk, number, customer=OTHER_CUSTOMER),
        await link(backend, desk, number, appointment=UUID(int=1)),
        good[:-4] + "AAAA",
        "/my/nothing",
        "/my/" + "x" * 3000,
    ):
        heard = await page(desk, path)
        assert heard.status == 404
        assert "We cannot find this page" in heard.text


async def test_an_old_owners_link_dies_with_the_sale(backend: Backend, desk: Desk) -> None:
    path = await link(backend, desk, await desk.schedules())
    new = next(key for vin, key in desk.customers.items() if vin != MARIA)
    await desk.ask("POST", f"/v1/vehicles/{MARIA}/owner", {"new_owner": new, "keep_appointments": False})
    assert (await page(desk, path)).status == 404


async def test_pages_trust_nothing_from_elsewhere(backend: Backend, desk: Desk) -> None:
    paths = [
        "/",
        "/docs",
        "/docs/messages",
        "/problems",
        "/my/x",
        "/healthz/live",
        "/static/page.css",
        "/nowhere",
    ]
    paths.append(await link(backend, desk, await desk.schedules()))
    for path in paths:
        heard = await page(desk, path)
        policy = heard.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert heard.headers["X-Content-Type-Options"] == "nosniff"
        # Without a referrer a form's origin is `null`, which is what a forged one says.
        expected = "same-origin" if path.startswith("/my/") else "no-referrer"
        assert heard.headers["Referrer-Policy"] == expected
        assert "Python" not in heard.headers["Server"]
        if heard.headers["Content-Type"].startswith("text/html"):
            assert not re.search(r"<script(?![^>]*src=\"/static/)|<style|\sstyle=|\son\w+=", heard.text)
            assert not re.search(r"(?:src|href)=\"(?:https?:)?//", heard.text)


async def test_what_pages_refer_to_is_there(desk: Desk) -> None:
    for path in ("/", "/docs", "/docs/messages", "/problems", "/my/x"):
        heard = await page(desk, path)
        for target in set(re.findall(r"(?:src|href)=\"(/[^\"#]*)", heard.text)):
            assert (await page(desk, target)).status == 200, target
    css = await page(desk, "/static/page.css")
    for target in set(re.findall(r"url\((/[^)]*)\)", css.text)):
        async with desk.client.get(target) as response:
            assert response.status == 200
            assert response.content_type == "font/woff2"
            assert "max-age" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["../settings.py", "..%2Fsettings.py", "%2Fetc%2Fpasswd", "fonts", "page.css/", "nothing.css"]
)
async def test_static_serves_its_own_files_only(desk: Desk, path: str) -> None:
    heard = await page(desk, f"/static/{path}")
    assert heard.status == 404


async def test_every_kind_of_problem_is_explained(desk: Desk) -> None:
    heard = await page(desk, "/problems")
    for kind in errors.family():
        assert f'id="{kind.slug}"' in heard.text
        assert kind.title in heard.text.replace("&#39;", "'")


@pytest.mark.parametrize("language", list(Language))
def test_no_phrase_is_missing_or_left_over(language: Language) -> None:
    phrases = wording.phrases(language)
    assert phrases.missing() == frozenset()
    assert set(phrases.texts) == set(phrases.fallback)


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "en"), ("sv-FI", "sv"), ("fi, sv;q=0.9", "sv"), ("fr", "en"), ("*", "en"), ("de-AT,en", "de")],
)
def test_the_first_language_that_we_speak_is_taken(header: str, language: str) -> None:
    assert wording.accepted_language(header).value == language
