"""The window *Manage appointment*: every action and what it asks for, two people at once, and the history."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from backend.appointment import Actor, By
from backend.events import CustomerAccepts, CustomerAnswers, CustomerCancels, CustomerCounterProposes
from backend.service import desk as desk_service
from backend.service.errors import StaleVersion
from backend.service.happenings import happen
from backend.store.scope import System
from backend.web import keys
from protocol.messages import HalfDay, Slot
from tests.backend.web.advisor import TICKED, Advisor, Page
from tests.backend.web.conftest import Backend
from tests.backend.web.desk import Desk

MARIA = By(Actor.CUSTOMER, "Maria Lindholm")


def there(number: str) -> str:
    return f"/desk/appointments/{number}"


async def asks(desk: Desk, number: str) -> dict[str, Any]:
    known: dict[str, Any] = (await desk.ask("GET", f"/v1/appointments/{number}")).json
    return known


async def books(desk: Desk, **changes: Any) -> str:
    number: str = (await desk.books(**changes)).json["number"]
    return number


async def customer(backend: Backend, number: str, event: Any) -> None:
    """Let the customer do something on My Volvo."""
    key = UUID((await asks(backend.desks[0], number))["id"])
    async with backend.app[keys.OFFICE].work() as work:
        await happen(work, System(), key, event, MARIA)


# --- the actions


async def test_it_offers_what_the_status_allows_and_stands_on_what_was_meant(
    advisor: Advisor, desk: Desk
) -> None:
    page = await advisor.manages(await books(desk, intended_next="provide_proposal"))
    assert page.actions == [
        "provide_proposal",
        "request_information",
        "schedule_appointment",
        "cancel_on_behalf",
    ]
    assert page.chosen == "provide_proposal"
    assert "Requested · Actions" in page.text


async def test_scheduling_needs_all_four_points_and_the_history_keeps_them(
    advisor: Advisor, desk: Desk
) -> None:
    number = await books(desk)
    page = await advisor.acts(number, "schedule_appointment", **TICKED | {"plan_secured": ""})
    assert page.status == 422
    assert page.invalid == {"plan_secured"}
    assert "this has to be ticked" in page.text
    assert page.fields["slot_confirmed"] == "1"  # what was ticked stays ticked
    page = await advisor.acts(number, "schedule_appointment", **TICKED)
    assert page.status == 303
    page = await advisor.opens(page.goes_to)
    assert "Scheduled. The confirmation goes out by e-mail" in page.text
    assert "Confirmed · Planned" in page.text
    assert "Scheduled · vouched for: slot, plan, work order, parts" in page.text
    assert "Booking confirmation" in page.text
    assert (await asks(desk, number))["lists"] == ["planned"]


async def test_what_was_corrected_on_the_way_is_saved_with_the_action(advisor: Advisor, desk: Desk) -> None:
    number = await books(desk)
    corrected = {"date": "2026-12-01", "time": "09:30", "price": "410", "work": "A\nB", "comments": "Waits"}
    assert (await advisor.acts(number, "schedule_appointment", **corrected, **TICKED)).status == 303
    known = await asks(desk, number)
    assert (known["date"], known["time"], known["price"]["amount"]) == ("2026-12-01", "09:30", "410")
    assert (known["work"], known["comments"]) == ("A\nB", "Waits")


async def test_a_proposal_goes_to_the_customer_who_accepts_and_it_is_confirmed(
    advisor: Advisor, desk: Desk, backend: Backend
) -> None:
    number = await books(desk)
    assert (await advisor.acts(number, "provide_proposal")).invalid == {"text"}
    page = await advisor.acts(number, "provide_proposal", text="Monday at eight?\r\nA loan car is there.")
    assert page.status == 303
    page = await advisor.manages(number)
    assert "Proposed · Pending" in page.text
    assert "Monday at eight? A loan car is there." in page.text
    await customer(backend, number, partial(CustomerAccepts, ver=1))
    assert (await advisor.manages(number)).chosen == "confirm_appointment"
    assert "The customer has accepted" in (await advisor.opens("/desk/appointments")).text
    assert (await advisor.acts(number, "confirm_appointment", **TICKED)).status == 303
    assert (await asks(desk, number))["status"] == "confirmed"


async def test_an_inquiry_is_answered_and_replied_to(advisor: Advisor, desk: Desk, backend: Backend) -> None:
    number = await books(desk)
    asked = dict((await advisor.manages(number)).options["action"])["request_information"]
    assert asked == "Request additional information"
    assert (await advisor.acts(number, "request_information", question=" ")).invalid == {"question"}
    assert (await advisor.acts(number, "request_information", question="Which noise?")).status == 303
    await customer(backend, number, partial(CustomerAnswers, ver=1, text="A <b>rattle</b>."))
    assert "The customer has answered" in (await advisor.opens("/desk/appointments")).text
    page = await advisor.manages(number)
    assert "Conversation with the customer" in page.text
    assert "A &lt;b&gt;rattle&lt;/b&gt;." in page.html
    assert dict(page.options["action"])["request_information"] == "Reply to customer"
    assert (await advisor.acts(number, "request_information", question="On bad roads?")).status == 303
    assert (await asks(desk, number))["status"] == "inquiry"


async def test_another_wish_of_the_customer_is_told_in_words(
    advisor: Advisor, desk: Desk, backend: Backend
) -> None:
    number = await books(desk)
    await advisor.acts(number, "provide_proposal", text="Monday?")
    wish = (Slot(day="2026-12-02", half=HalfDay.MORNING),)
    await customer(backend, number, partial(CustomerCounterProposes, ver=1, slots=wish, text="Or later"))
    assert "The customer wants another time" in (await advisor.opens("/desk/appointments")).text
    assert "Wednesday, 2 December 2026, morning" in (await advisor.manages(number)).text


async def test_finalizing_closes_it_and_leaves_nothing_to_do(
    advisor: Advisor, desk: Desk, backend: Backend
) -> None:
    number = await desk.schedules()
    assert (await advisor.manages(number)).chosen == ""
    backend.clock.set(backend.clock.now() + timedelta(days=4))
    assert (await advisor.manages(number)).chosen == "finalize_appointment"
    assert (await advisor.acts(number, "finalize_appointment")).status == 303
    page = await advisor.manages(number)
    assert page.disabled
    assert "action" not in page.options
    assert "This appointment is closed; nothing is left to do." in page.text


async def test_cancelling_needs_a_reason_and_a_no_show_its_day(advisor: Advisor, desk: Desk) -> None:
    number = await desk.schedules()
    assert (await advisor.acts(number, "cancel_on_behalf")).invalid == {"reason"}
    page = await advisor.acts(number, "cancel_on_behalf", reason="Did not come", no_show="1")
    assert page.status == 422
    assert "only of a booked visit, after its time" in page.text
    assert (page.fields["reason"], page.fields["no_show"]) == ("Did not come", "1")
    assert (await advisor.acts(number, "cancel_on_behalf", reason="By phone")).status == 303
    assert (await asks(desk, number))["status"] == "cancelled"


async def test_a_cancellation_by_the_customer_is_acknowledged(
    advisor: Advisor, desk: Desk, backend: Backend
) -> None:
    number = await desk.schedules()
    await customer(backend, number, partial(CustomerCancels, reason="Sold it"))
    assert "The customer has cancelled" in (await advisor.opens("/desk/appointments")).text
    page = await advisor.manages(number)
    assert page.chosen == "acknowledge_cancellation"
    assert "Sold it" in page.text
    assert (await advisor.acts(number, "acknowledge_cancellation")).status == 303
    assert "This appointment is cancelled" in (await advisor.manages(number)).text


async def test_an_entry_that_the_action_would_not_save_is_not_lost_in_silence(
    advisor: Advisor, desk: Desk
) -> None:
    number = await desk.schedules()
    page = await advisor.acts(number, "finalize_appointment", price="500", comments="Scratch on the door")
    assert page.status == 422
    assert page.invalid == {"price", "comments"}
    assert "“Finalize appointment” does not change this" in page.text
    assert (page.fields["price"], page.fields["comments"]) == ("500", "Scratch on the door")
    assert (await asks(desk, number))["status"] == "confirmed"


async def test_an_update_leaves_the_hour_that_comes_twice_the_one_it_was(
    advisor: Advisor, desk: Desk
) -> None:
    number = await desk.schedules(date="2027-10-31", time="03:30", fold=1)
    assert (await asks(desk, number))["starts_at"] == "2027-10-31T03:30:00+02:00"
    assert (await advisor.acts(number, "update_appointment", comments="Waits")).status == 303
    known = await asks(desk, number)
    assert (known["starts_at"], known["comments"]) == ("2027-10-31T03:30:00+02:00", "Waits")


@pytest.mark.parametrize(("action", "words"), [("", "please choose"), ("accept", "not possible any more")])
async def test_an_action_that_is_not_offered_is_refused(
    advisor: Advisor, desk: Desk, action: str, words: str
) -> None:
    page = await advisor.acts(await books(desk), action)
    assert page.status == 422
    assert page.invalid == {"action"}
    assert words in page.text


async def test_a_date_that_the_lifecycle_refuses_is_named(advisor: Advisor, desk: Desk) -> None:
    page = await advisor.acts(await books(desk), "schedule_appointment", date="2026-11-02", **TICKED)
    assert page.status == 422
    assert page.invalid == {"date"}
    assert "this lies in the past" in page.text


# --- two people at one appointment


async def two_write(advisor: Advisor, colleague: Advisor, desk: Desk, **theirs: str) -> tuple[str, Page]:
    """Both open it; the colleague is faster. Return the number, and the page that the slower one has."""
    number = await desk.schedules(comments="")
    slow = await advisor.manages(number)
    assert (await colleague.acts(number, "update_appointment", **theirs)).status == 303
    return number, slow


async def test_the_others_change_is_shown_and_merged(
    advisor: Advisor, colleague: Advisor, desk: Desk
) -> None:
    number, slow = await two_write(advisor, colleague, desk, price="410")
    page = await advisor.submits(slow, there(number), action="update_appointment", comments="Waits here")
    assert page.status == 409
    assert "Mikko Laine changed this appointment on Thu 26 Nov, 09:00" in page.text
    assert "Price: €389.00 €410.00" in page.text
    assert (page.fields["price"], page.fields["comments"]) == ("410.00", "Waits here")
    assert (await asks(desk, number))["comments"] == ""  # nothing half-saved
    assert (await advisor.submits(page, there(number))).status == 303
    known = await asks(desk, number)
    assert (known["price"]["amount"], known["comments"]) == ("410.00", "Waits here")


async def test_where_both_wrote_ours_stays_and_theirs_can_be_taken(
    advisor: Advisor, colleague: Advisor, desk: Desk
) -> None:
    number, slow = await two_write(advisor, colleague, desk, price="410", comments="Comes by taxi")
    page = await advisor.submits(
        slow, there(number), action="update_appointment", price="395", comments="Waits"
    )
    assert page.status == 409
    assert (page.fields["price"], page.fields["comments"]) == ("395", "Waits")
    assert page.text.count("Mikko Laine wrote:") == 2
    page = await advisor.submits(page, there(number), take="comments")
    assert page.status == 200
    assert (page.fields["price"], page.fields["comments"]) == ("395", "Comes by taxi")
    assert page.text.count("Mikko Laine wrote:") == 1
    page = await advisor.submits(page, there(number), take="nothing")
    assert page.fields["price"] == "395"
    assert (await advisor.submits(page, there(number))).status == 303
    known = await asks(desk, number)
    assert (known["price"]["amount"], known["comments"]) == ("395", "Comes by taxi")


async def test_an_action_that_was_overtaken_has_to_be_chosen_anew(
    advisor: Advisor, colleague: Advisor, desk: Desk
) -> None:
    number = await books(desk)
    slow = await advisor.manages(number)
    await colleague.acts(number, "schedule_appointment", **TICKED)
    page = await advisor.submits(slow, there(number), action="request_information", question="?")
    assert page.status == 409
    assert page.invalid == {"action"}
    assert page.chosen == ""
    assert "Status: Requested Confirmed" in page.text
    assert "You had written: Message to the customer: ?" in page.text


async def test_what_only_time_did_overtakes_nobody(advisor: Advisor, desk: Desk, backend: Backend) -> None:
    number = await desk.schedules()
    form = await advisor.manages(number)
    backend.clock.set(backend.clock.now() + timedelta(days=4))
    await backend.loops.ticker.tick()
    assert str((await asks(desk, number))["version"]) == form.fields["version"]
    page = await advisor.submits(form, there(number), action="finalize_appointment")
    assert page.status == 303


async def test_what_was_changed_and_changed_back_overtakes_nobody(
    advisor: Advisor, colleague: Advisor, desk: Desk
) -> None:
    number, slow = await two_write(advisor, colleague, desk, comments="Waits here")
    assert (await colleague.acts(number, "update_appointment", comments="")).status == 303
    page = await advisor.submits(slow, there(number), action="update_appointment", price="410")
    assert page.status == 303


async def test_a_form_that_is_sent_twice_does_it_once(advisor: Advisor, desk: Desk) -> None:
    number = await books(desk)
    form = await advisor.manages(number)
    first, second = [
        await advisor.submits(form, there(number), action="schedule_appointment", **TICKED) for _ in range(2)
    ]
    assert (first.status, second.status) == (303, 303)
    assert first.goes_to == second.goes_to
    history = (await desk.ask("GET", f"/v1/appointments/{number}/history")).json["entries"]
    assert [entry["action"] for entry in history] == ["create_request", "schedule_appointment"]


async def test_a_version_of_nobody_counts_as_the_oldest(
    advisor: Advisor, colleague: Advisor, desk: Desk
) -> None:
    number, slow = await two_write(advisor, colleague, desk, price="410")
    page = await advisor.submits(slow, there(number), version="x", comments="Mine")
    assert page.status == 409
    assert page.fields["comments"] == "Mine"
    assert page.fields["version"] == str((await asks(desk, number))["version"])


async def test_being_overtaken_between_looking_and_writing_makes_it_look_again(
    advisor: Advisor, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await books(desk)
    form = await advisor.manages(number)
    real = desk_service.act

    async def overtaken(work: Any, scope: Any, *rest: Any) -> Any:
        monkeypatch.setattr(desk_service, "act", real)
        raise StaleVersion(0, await desk_service.appointment(work, scope, number))

    monkeypatch.setattr(desk_service, "act", overtaken)
    page = await advisor.submits(form, there(number), action="schedule_appointment", **TICKED)
    assert page.status == 303
    assert (await asks(desk, number))["status"] == "confirmed"


# --- the history, and others


async def test_every_event_is_there_with_what_it_changed_and_how_it_looked(
    advisor: Advisor, desk: Desk
) -> None:
    number = await desk.schedules()
    await advisor.acts(number, "update_appointment", price="410")
    page = await advisor.manages(number)
    assert "Price: €389.00 €410.00" in page.text
    for seq in (1, 2, 3):
        assert f"{there(number)}/history/{seq}" in page.links
    past = await advisor.opens(f"{there(number)}/history/2")
    assert past.status == 200
    assert past.disabled
    for words in ("This is how the page looked on", "The past", "Scheduled", "Vouched for"):
        assert words in past.text
    assert 'value="389.00"' in past.html
    assert f"{there(number)}/history/1" in past.links
    assert f"{there(number)}/history/3" in past.links
    last = await advisor.opens(f"{there(number)}/history/3")
    assert 'value="410.00"' in last.html
    assert f"{there(number)}/history/4" not in last.links


@pytest.mark.parametrize("seq", ["0", "9", "one", "99999999999999999999"])
async def test_an_event_that_never_was_is_not_found(advisor: Advisor, desk: Desk, seq: str) -> None:
    number = await books(desk)
    assert (await advisor.opens(f"{there(number)}/history/{seq}")).status == 404


async def test_question_reason_and_text_are_on_the_past_page(
    advisor: Advisor, desk: Desk, backend: Backend
) -> None:
    number = await books(desk)
    await advisor.acts(number, "request_information", question="Which noise?")
    await customer(backend, number, partial(CustomerAnswers, ver=1, text="A rattle."))
    await advisor.acts(number, "provide_proposal", text="Monday?")
    await advisor.acts(number, "cancel_on_behalf", reason="By phone")
    past = await advisor.opens(f"{there(number)}/history/5")
    for words in ("Which noise?", "A rattle.", "Monday?", "By phone"):
        assert words in past.html


async def test_every_earlier_appointment_of_the_vehicle_is_there(advisor: Advisor, desk: Desk) -> None:
    first = await desk.schedules()
    await advisor.acts(first, "finalize_appointment")
    second = await books(desk, work="Winter tyres\nAlignment")
    page = await advisor.manages(second)
    assert there(first) in page.links
    assert "Mon 30 Nov 2026, 08:00 Annual service Closed" in page.text
    assert "Winter tyres" in (await advisor.manages(first)).text


async def test_another_dealers_appointment_is_not_found(
    advisor: Advisor, berater: Advisor, other_desk: Desk
) -> None:
    vin, person = next(iter(other_desk.customers.items()))
    new = "/desk/appointments/new"
    form = await berater.opens(f"{new}?vin={vin}&customer={person}")
    made = await berater.submits(form, new, date="2026-11-30", time="08:00", price="1", work="Inspektion")
    number = made.goes_to.partition("?")[0].rpartition("/")[2]
    for path in (there(number), f"{there(number)}/history/1"):
        page = await advisor.opens(path)
        assert page.status == 404
        assert "it belongs to another dealer" in page.text
    page = await advisor.ask("POST", there(number), {"action": "cancel_on_behalf", "reason": "x"})
    assert page.status == 404
    assert (await asks(other_desk, number))["status"] == "requested"


async def test_hostile_words_are_shown_as_words(advisor: Advisor, desk: Desk) -> None:
    number = await books(desk)
    words = "<script>alert(1)</script>\r\nBcc: all@example.com {{ 7*7 }} \u202e"
    assert (await advisor.acts(number, "provide_proposal", text=words, comments=words)).status == 303
    page = await advisor.manages(number)
    assert "<script>alert" not in page.html
    assert "{{ 7*7 }}" in page.html
    assert page.fields["comments"] == words.replace("\r\n", "\n").strip()


async def test_a_form_of_another_site_is_refused(advisor: Advisor, desk: Desk) -> None:
    number = await books(desk)
    page = await advisor.ask(
        "POST",
        there(number),
        {"action": "cancel_on_behalf", "reason": "x", "version": "1"},
        **{"Sec-Fetch-Site": "cross-site"},
    )
    assert page.status == 403
    assert (await asks(desk, number))["status"] == "requested"
