"""Scenario 3, rows 1 to 11, clicked at the desk and on My Volvo, while a real head unit shows and answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.bench import Bench, Car, Place
from tests.e2e.desk import Desk, Job, Manage, job
from tests.e2e.my_volvo import MyVolvo


@dataclass
class Story:
    """Everybody in it, and what they remember from row to row."""

    desk: Desk
    my_volvo: MyVolvo
    car: Car
    bench: Bench
    place: Place
    job: Job
    letters: int

    @property
    def address(self) -> str:
        """Where the customer gets letters."""
        return self.place.person.email


@pytest.mark.timeout(240)
def test_scenario_3(desk: Desk, my_volvo: MyVolvo, car: Car, bench: Bench, place: Place) -> None:
    bench.skips_to(bench.day(place, 1), "15:50", place)
    wanted = job(place, bench.day(place, place.person.reminder_days + 2))
    written = len(bench.letters(place.person.email))
    story = Story(desk, my_volvo, car, bench, place, wanted, written)

    number = the_request_is_entered(story)
    manage = it_is_scheduled(story, number)
    the_customer_is_told(story, manage)
    the_reminder_comes(story, manage)
    the_day_comes(story, manage)
    manage.closes()
    manage = it_is_finalized(story, number)
    the_past_is_there(story, manage)


def the_request_is_entered(story: Story) -> str:
    """Rows 1 to 3: SUBMIT waits for the last mandatory field; Actions shows the request by itself."""
    desk, wanted = story.desk, story.job
    window = desk.picks(story.place.person)
    window.writes(date=wanted.day.isoformat(), time=wanted.time, work=wanted.work)
    expect(window.submit).to_be_disabled()
    window.fills(wanted)
    expect(window.submit).to_be_enabled()
    window.means_next("schedule_appointment")
    manage = window.becomes()
    manage.has_status("status.requested", "list.actions")
    expect(desk.row(manage.number)).to_contain_text(story.place.person.name)
    expect(desk.row(manage.number)).to_contain_text(desk.say("status.requested"))
    story.bench.rests()
    assert len(story.bench.letters(story.address)) == story.letters  # the customer has heard nothing
    number = manage.number
    manage.closes()
    return number


def it_is_scheduled(story: Story, number: str) -> Manage:
    """Row 4: what was meant is chosen already, and every point of the warning has to be vouched for."""
    desk = story.desk
    manage = desk.opens(number)
    expect(manage.field("action")).to_have_value("schedule_appointment")
    manage.ticks("slot_confirmed", "plan_secured", "work_order_finished")
    expect(manage.submit).to_be_disabled()
    manage.ticks("parts_ready")
    manage.submits("schedule_appointment")
    manage.has_status("status.confirmed", "list.planned")
    expect(desk.row(number)).to_have_count(0)
    desk.opens_list("planned")
    expect(desk.row(number)).to_contain_text(story.place.person.vin)
    return manage


def the_customer_is_told(story: Story, manage: Manage) -> None:
    """Row 5: a letter with a link to the booking; the car is dark until its engine starts."""
    say, car = manage.say, story.car
    story.my_volvo.follows(story.bench.receives(story.address, story.letters + 1))
    story.my_volvo.reads(*story.job.work.splitlines(), "389", story.place.workshop.name)
    manage.tells_of_mail(say("letter.booking"))
    manage.tells_of_the_car(say("step.received"))
    manage.tells_of_the_car(say("waits.no_engine_start"))
    car.drives_off()
    car.sees("booking")
    manage.tells_of_the_car(say("step.shown"))
    car.chooses("choice.details")
    manage.tells_of_the_car(say("step.opened"))
    car.turns_key("off")


def the_reminder_comes(story: Story, manage: Manage) -> None:
    """Rows 6 and 7: as many days before as the owner has set; in the car only the price is shown."""
    days = story.place.person.reminder_days
    story.bench.skips_to(story.job.day - timedelta(days=days), "08:12", story.place)
    story.bench.receives(story.address, story.letters + 2)
    manage.tells_of_mail(manage.say("letter.reminder"))
    story.car.drives_off()
    story.car.sees("reminder")
    story.car.chooses("choice.details")
    shown = story.car.reads()
    assert "389" in shown
    assert story.job.work.splitlines()[1] not in shown
    story.car.turns_key("off")


def the_day_comes(story: Story, manage: Manage) -> None:
    """Row 8: a reminder at every engine start, and guidance to the workshop, which the desk hears of."""
    car = story.car
    story.bench.skips_to(story.job.day, "07:20", story.place)
    car.drives_off()
    car.sees("day_reminder")
    car.presses("EXIT")
    car.drives_off()
    car.sees("day_reminder")
    car.chooses("choice.guide")
    car.chooses("choice.as_destination")
    manage.tells_of_the_car(manage.say("answer.destination"))
    car.turns_key("off")


def it_is_finalized(story: Story, number: str) -> Manage:
    """Rows 9 and 10: after the pick-up it leaves Planned; the customer stays, and the car is silent again."""
    desk = story.desk
    story.bench.skips_to(story.job.day, "15:30", story.place)
    desk.opens_list("planned")
    manage = desk.opens(number)
    expect(manage.field("action")).to_have_value("finalize_appointment")
    manage.submits("finalize_appointment")
    manage.has_status("status.closed")
    expect(desk.row(number)).to_have_count(0)
    expect(desk.finds(story.place.person)).to_be_visible()
    story.car.drives_off()
    story.car.sees(None)
    story.car.turns_key("off")
    assert len(story.bench.letters(story.address)) == story.letters + 2
    return manage


def the_past_is_there(story: Story, manage: Manage) -> None:
    """Row 11: every event, with the page as it looked."""
    say = manage.say
    expect(manage.events().first).to_contain_text(say("event.finalize_appointment"))
    manage.opens_as_it_looked(say("event.create_request"))
    manage.has_status("status.requested", "list.actions")
    expect(manage.field("price")).to_have_value(story.job.price)
    expect(manage.page.get_by_text(say("past.chip"))).to_be_visible()
