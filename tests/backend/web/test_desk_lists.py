"""The tab *Appointments* as an advisor reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.web.desk import lists
from tests.backend.web.advisor import Advisor
from tests.backend.web.conftest import Backend
from tests.backend.web.desk import MARIA, Desk


async def test_a_request_stands_in_actions_with_all_columns(advisor: Advisor, desk: Desk) -> None:
    number = (await desk.books()).json["number"]
    page = await advisor.opens("/desk/appointments")
    assert page.status == 200
    for words in ("Nordvik Helsinki", "Aino Virtanen", "Simulated time · Thu 26 Nov 2026, 09:00"):
        assert words in page.text
    row = f"{number[:3]} {number[3:]} Maria Lindholm {MARIA} V60 D4 2014 87,412 km Requested in 4 d API"
    assert row in page.text
    assert f"/desk/appointments/{number}" in page.links
    assert f"/desk/vehicles/{MARIA}" in page.links


async def test_the_first_page_is_actions_whatever_is_asked_for(advisor: Advisor) -> None:
    page = await advisor.opens("/desk/appointments?list=nothing&sort=colour")
    assert page.status == 200
    assert "Nothing waits for you" in page.text


@pytest.mark.parametrize("listing", ["actions", "escalated", "pending", "planned"])
async def test_an_empty_list_says_what_would_be_in_it(advisor: Advisor, listing: str) -> None:
    page = await advisor.opens(f"/desk/appointments?list={listing}")
    assert page.status == 200
    assert "<table" not in page.html
    assert 'class="empty"' in page.html


async def test_late_is_red_and_in_words_and_escalated(advisor: Advisor, desk: Desk, backend: Backend) -> None:
    await desk.books()
    await backend.loops.ticker.tick()
    backend.clock.set(backend.clock.now() + timedelta(days=4, hours=3))
    await backend.loops.ticker.tick()
    for listing in ("actions", "escalated"):
        page = await advisor.opens(f"/desk/appointments?list={listing}")
        assert "overdue 3 h" in page.text
        assert 'class="number late"' in page.html
        assert "Untouched for more than 24 hours" in page.text
    page = await advisor.opens("/desk/appointments")
    assert 'Escalated <b class="late">1</b>' in page.html


async def test_planned_shows_the_date_and_says_when_it_is_past(
    advisor: Advisor, desk: Desk, backend: Backend
) -> None:
    await desk.schedules()
    page = await advisor.opens("/desk/appointments?list=planned")
    assert "Appointment date" in page.text
    assert "Mon 30 Nov 2026, 08:00" in page.text
    backend.clock.set(backend.clock.now() + timedelta(days=5))
    page = await advisor.opens("/desk/appointments?list=planned")
    assert "Mon 30 Nov 2026, 08:00 · past" in page.text


async def test_a_click_on_a_column_sorts_and_a_second_one_turns(advisor: Advisor, desk: Desk) -> None:
    other = next(vin for vin in desk.customers if vin != MARIA)
    await desk.books()
    await desk.books(other)
    once = "/desk/appointments?list=actions&sort=vin"
    assert once in (await advisor.opens("/desk/appointments")).links
    page = await advisor.opens(once)
    assert 'aria-sort="ascending"' in page.html
    assert f"{once}&down=1" in page.links
    vins = sorted((MARIA, other))
    assert page.text.index(vins[0]) < page.text.index(vins[1])
    page = await advisor.opens(f"{once}&down=1")
    assert page.text.index(vins[1]) < page.text.index(vins[0])
    assert 'aria-sort="descending"' in page.html
    assert once in page.links


async def test_long_lists_come_in_pages(
    advisor: Advisor, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "ROWS", 2)
    numbers = [(await desk.books()).json["number"] for _ in range(3)]
    first = await advisor.opens("/desk/appointments?sort=number")
    onward = next(link for link in first.links if "after=" in link)
    assert "Further appointments" in first.text
    second = await advisor.opens(onward)
    assert f"{numbers[2][:3]} {numbers[2][3:]}" in second.text
    assert f"{numbers[0][:3]} {numbers[0][3:]}" not in second.text
    assert "To the beginning" in second.text


async def test_a_bookmark_of_another_order_leads_to_the_beginning(advisor: Advisor) -> None:
    page = await advisor.opens("/desk/appointments?list=planned&after=nonsense")
    assert (page.status, page.goes_to) == (303, "/desk/appointments?list=planned")


async def test_icons_say_who_waits(advisor: Advisor, desk: Desk) -> None:
    cancelled = await desk.schedules()
    page = await advisor.acts(cancelled, "cancel_on_behalf", reason="By phone")
    assert page.status == 303
    booked = await desk.books()
    await desk.does(booked.json["number"], booked.etag, "request_information", text="Which noise?")
    assert "Inquiry" in (await advisor.opens("/desk/appointments?list=pending")).text
    assert "customer has cancelled" not in (await advisor.opens("/desk/appointments")).text


async def test_nobody_gets_in_without_signing_in(backend: Backend) -> None:
    stranger = Advisor(backend.client, "sensus-desk=nothing")
    for path in ("/desk/appointments", "/desk/appointments/new", "/desk/appointments/100001", "/desk/live"):
        page = await stranger.opens(path)
        assert page.status == 303
        assert page.goes_to.startswith("/desk/login?next=")


async def test_another_dealers_desk_is_in_its_own_language_and_empty(berater: Advisor, desk: Desk) -> None:
    await desk.books()
    page = await berater.opens("/desk/appointments")
    assert "Autohaus Stegmann" in page.text
    assert "Nichts wartet auf Sie" in page.text
    assert '<html lang="de">' in page.html


async def test_nothing_inline_and_nothing_from_elsewhere(advisor: Advisor, desk: Desk) -> None:
    number = await desk.schedules()
    for path in ("/desk/appointments", "/desk/appointments/new", f"/desk/appointments/{number}"):
        page = await advisor.opens(path)
        policy = page.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert " style=" not in page.html
        assert " onclick=" not in page.html
        assert page.html.count("<script") == page.html.count("<script src=") == 1
