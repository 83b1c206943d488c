"""What owners do on My Volvo, from the link in a letter on, and how the desk hears of it by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.bench import Bench, Car, Place
from tests.e2e.desk import Desk, job
from tests.e2e.my_volvo import MyVolvo

Propose = Callable[[], str]


@pytest.fixture
def propose(desk: Desk, my_volvo: MyVolvo, bench: Bench, place: Place) -> Propose:
    """Propose an appointment to a customer, who then stands before it on My Volvo; return its ID."""

    def proposes() -> str:
        person = place.others[0]
        written = len(bench.letters(person.email))
        wanted = job(place, bench.day(place, 6))
        number = bench.requests(place, person, wanted.day, wanted.work)
        bench.acts(place, number, "provide_proposal", text=wanted.comments)
        desk.opens_list("pending")
        expect(desk.row(number)).to_be_visible()
        my_volvo.follows(bench.receives(person.email, written + 1))
        my_volvo.reads(*wanted.work.splitlines(), "389", wanted.comments)
        return number

    return proposes


def test_an_owner_accepts(propose: Propose, desk: Desk, my_volvo: MyVolvo) -> None:
    number = propose()
    my_volvo.clicks("accept")
    my_volvo.is_told("told.accepted")
    expect(desk.row(number)).to_have_count(0)
    desk.opens_list("actions")
    manage = desk.opens(number)
    manage.has_status("status.accepted", "list.actions")
    expect(manage.field("action")).to_have_value("confirm_appointment")
    manage.ticks()
    manage.submits("confirm_appointment")
    manage.has_status("status.confirmed", "list.planned")


def test_an_owner_asks_for_another_time(
    propose: Propose, desk: Desk, my_volvo: MyVolvo, bench: Bench, place: Place
) -> None:
    number = propose()
    my_volvo.clicks("propose")
    my_volvo.writes("day", (bench.day(place, 6) + timedelta(days=1)).isoformat())
    my_volvo.writes("word", "Lieber danach, <b>bitte</b>")
    my_volvo.clicks("propose.send")
    my_volvo.is_told("told.proposed")
    desk.opens_list("actions")
    manage = desk.opens(number)
    manage.has_status("status.requested", "list.actions")
    expect(manage.page.get_by_text("Lieber danach, <b>bitte</b>").first).to_be_visible()


def test_an_owner_declines(propose: Propose, desk: Desk, my_volvo: MyVolvo) -> None:
    number = propose()
    my_volvo.clicks("decline")
    my_volvo.clicks("decline.yes")
    my_volvo.is_told("told.cancelled")
    desk.opens_list("actions")
    manage = desk.opens(number)
    manage.has_status("status.cancelled", "list.actions")
    expect(manage.field("action")).to_have_value("acknowledge_cancellation")
    manage.submits("acknowledge_cancellation")
    expect(desk.row(number)).to_have_count(0)


def test_an_owner_answers_a_question(desk: Desk, my_volvo: MyVolvo, bench: Bench, place: Place) -> None:
    person = place.others[1]
    written = len(bench.letters(person.email))
    wanted = job(place, bench.day(place, 5))
    number = bench.requests(place, person, wanted.day, wanted.work)
    bench.acts(place, number, "request_information", text="Sommer- oder Winterreifen?")
    my_volvo.follows(bench.receives(person.email, written + 1))
    my_volvo.reads("Sommer- oder Winterreifen?")
    my_volvo.writes("your_answer", "Winterreifen, sie liegen im Kofferraum.")
    my_volvo.clicks("send_answer")
    my_volvo.is_told("told.answered")
    desk.opens_list("actions")
    manage = desk.opens(number)
    manage.has_status("status.requested", "list.actions")
    expect(manage.page.get_by_text("Winterreifen, sie liegen im Kofferraum.").first).to_be_visible()


def test_an_owner_cancels_a_booking(desk: Desk, my_volvo: MyVolvo, bench: Bench, place: Place) -> None:
    person = place.others[2]
    written = len(bench.letters(person.email))
    wanted = job(place, bench.day(place, 6))
    number = bench.requests(place, person, wanted.day, wanted.work)
    bench.does(bench.dealer(place).schedules(number))
    my_volvo.follows(bench.receives(person.email, written + 1))
    my_volvo.clicks("cancel")
    my_volvo.clicks("cancel.yes")
    my_volvo.is_told("told.cancelled")
    assert bench.receives(person.email, written + 2) is not None
    desk.opens_list("actions")
    desk.opens(number).has_status("status.cancelled", "list.actions")


def test_a_driver_accepts_in_the_car(desk: Desk, car: Car, bench: Bench, place: Place) -> None:
    wanted = job(place, bench.day(place, 9))
    desk.opens_list("actions")
    window = desk.creates_for(place.person)
    window.fills(wanted)
    window.means_next("provide_proposal")
    manage = window.becomes()
    manage.writes(text=wanted.comments)
    manage.submits("provide_proposal")
    manage.has_status("status.proposed", "list.pending")
    bench.rests()
    car.drives_off()
    car.sees("proposal")
    car.chooses("choice.accept")
    manage.has_status("status.accepted", "list.actions")
    manage.chooses("cancel_on_behalf")
    expect(manage.submit).to_be_disabled()
    manage.writes(reason=wanted.comments)
    manage.submits("cancel_on_behalf")
    manage.has_status("status.cancelled")
