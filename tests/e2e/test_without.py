"""The pages without scripts, and with a keyboard alone: slower, but nothing is out of reach."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from backend.seed import DEMO_PASSWORD
from tests.e2e.bench import HELSINKI, KOELN, Bench, Place
from tests.e2e.conftest import Sit
from tests.e2e.desk import CHECKS, Desk, job
from tests.e2e.my_volvo import MyVolvo

STEPS = 90
"""A person gives up after so many presses of Tab."""


def test_a_booking_without_scripts(sit: Sit, bench: Bench) -> None:
    place = KOELN
    person, say = place.others[1], place.say
    written = len(bench.letters(person.email))
    desk = Desk(sit(place, java_script_enabled=False).new_page(), place)
    desk.signs_in()
    window = desk.creates_for(person)
    window.submit.click()  # the browser itself asks for what is missing
    expect(window.page).to_have_url(re.compile("/desk/appointments/new"))
    window.fills(job(place, bench.day(place, 6)))
    window.means_next("schedule_appointment")
    manage = window.becomes()
    number = manage.number
    manage.submit.click()  # nothing is ticked: the server says so, and keeps what was written
    expect(manage.page.get_by_text(say("refused.title"))).to_be_visible()
    expect(manage.field("work")).to_have_value(job(place, bench.day(place, 6)).work)
    manage.ticks()
    manage.submits("schedule_appointment")
    manage.has_status("status.confirmed", "list.planned")
    desk.opens_list("planned")
    expect(desk.row(number)).to_contain_text(person.name)

    owner = MyVolvo(sit(place, java_script_enabled=False).new_page(), place, bench)
    owner.follows(bench.receives(person.email, written + 1))
    owner.clicks("cancel")
    owner.clicks("cancel.yes")
    owner.is_told("told.cancelled")
    desk.opens_list("actions")
    desk.opens(number).has_status("status.cancelled", "list.actions")


def test_a_booking_by_keyboard_alone(sit: Sit, bench: Bench) -> None:
    place = HELSINKI
    person, say = place.others[1], place.say
    hands = Hands(sit(place).new_page(), place)
    hands.page.goto("/desk/login")
    hands.types_at("login", place.advisor.login)
    hands.types_at("password", DEMO_PASSWORD, then="Enter")
    expect(hands.page.get_by_role("heading", name=say("tab.appointments"))).to_be_attached()

    hands.goes_to("a[data-window=create]")
    window = hands.opens()
    window.goes_to(f'tr:has-text("{person.vin}") a[href*="customer="]')
    window.page.keyboard.press("Enter")
    expect(window.page.locator("#date")).to_be_visible()
    wanted = job(place, bench.day(place, 8))
    window.goes_to("#date")
    window.page.keyboard.type(f"{wanted.day:%m%d%Y}")
    window.goes_to("#time")
    window.page.keyboard.type("0800A")
    window.types_at("price", wanted.price)
    window.types_at("work", "Service 90,000 km")
    window.types_at("comments", wanted.comments)
    window.goes_to("[data-submit]", back=True)
    window.page.keyboard.press("Enter")
    expect(window.page.get_by_text(say("done.create_request"), exact=True)).to_be_visible()

    for point in CHECKS:
        window.goes_to(f"#{point}")
        window.page.keyboard.press("Space")
    window.goes_to("[data-submit]", back=True)
    window.page.keyboard.press("Enter")
    expect(window.page.get_by_text(say("done.schedule_appointment"), exact=True)).to_be_visible()


def test_an_owner_answers_by_keyboard_alone(sit: Sit, bench: Bench) -> None:
    place = KOELN
    person = place.others[2]
    written = len(bench.letters(person.email))
    wanted = job(place, bench.day(place, 12))
    number = bench.requests(place, person, wanted.day, wanted.work)
    bench.acts(place, number, "provide_proposal", text=wanted.comments)
    hands = Hands(sit(place).new_page(), place)
    owner = MyVolvo(hands.page, place, bench)
    owner.follows(bench.receives(person.email, written + 1))
    hands.goes_to(f'button:text-is("{owner.say("accept")}")')
    hands.page.keyboard.press("Enter")
    owner.is_told("told.accepted")
    hands.goes_to('a[href$="/cancel"]')
    hands.page.keyboard.press("Enter")
    hands.goes_to("textarea")
    hands.page.keyboard.type(wanted.comments)
    hands.goes_to("main form button")
    hands.page.keyboard.press("Enter")
    owner.is_told("told.cancelled")
    bench.acts(place, number, "acknowledge_cancellation")


class Hands:
    """Two hands on a keyboard before one window; whatever has the focus shows that it has it."""

    def __init__(self, page: Page, place: Place) -> None:
        self.page = page
        self.place = place

    def goes_to(self, selector: str, *, back: bool = False) -> None:
        """Press Tab (or Shift+Tab) until that has the focus."""
        wanted = self.page.locator(selector).first
        expect(wanted).to_be_visible()
        for _ in range(STEPS):
            if wanted.evaluate("it => it === document.activeElement"):
                assert wanted.evaluate(_SHOWS_FOCUS), f"{selector} does not show that it has the focus"
                return
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"{selector} was not reached by {STEPS} presses of Tab")

    def types_at(self, name: str, text: str, *, then: str = "") -> None:
        """Go to a field and type into it."""
        self.goes_to(f"#{name}")
        self.page.keyboard.type(text)
        if then:
            self.page.keyboard.press(then)

    def opens(self) -> Hands:
        """Press Enter on a link and go on in the window that it opens."""
        with self.page.expect_popup() as popped:
            self.page.keyboard.press("Enter")
        popped.value.wait_for_load_state()
        return Hands(popped.value, self.place)


_SHOWS_FOCUS = """it => {
  const drawn = (one) => {
    const style = getComputedStyle(one);
    const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    return outline || style.boxShadow !== "none";
  };
  return drawn(it) || drawn(it.closest("label, form, tr, .field") || it);
}"""
