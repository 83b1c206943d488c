"""Every page that a person can meet at the desk and on My Volvo, with something believable on it.

The tests hold each to axe and to its width; ``python -m tests.e2e.pictures`` takes a picture of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from playwright.sync_api import BrowserContext, Page

from tests.e2e.bench import Bench
from tests.e2e.desk import Desk, job
from tests.e2e.my_volvo import MyVolvo

HOSTILE = "<script>alert(1)</script>"


@dataclass(frozen=True, slots=True)
class Sight:
    """A page as it stands in the browser: what to call it, and whether it is kept as a picture."""

    name: str
    page: Page
    is_pictured: bool = True


@dataclass(frozen=True, slots=True)
class Days:
    """The appointments that fill the pages, by what stands with them."""

    late: str
    proposed: str
    asked: str
    booked: str


def some_days_pass(desk: Desk, bench: Bench) -> Days:
    """Fill a workshop's desk: one request has waited too long, others are proposed, asked about, booked."""
    place = desk.place
    person, (first, second), car = place.person, place.others[:2], bench.car(place)
    wanted = job(place, bench.day(place, 14))
    late = bench.requests(place, place.others[-1], wanted.day, wanted.work)
    bench.later(days=5)
    bench.skips_to(bench.day(place, 1), "08:12", place)
    proposed = bench.requests(place, first, bench.day(place, 8), wanted.work)
    bench.acts(place, proposed, "provide_proposal", text=wanted.comments)
    asked = bench.requests(place, second, bench.day(place, 7), wanted.work)
    bench.acts(place, asked, "request_information", text=f"{wanted.comments}?")
    for place_in_line, other in enumerate((second, first)):
        bench.requests(place, other, bench.day(place, 9 + place_in_line), wanted.work)
    desk.signs_in()
    window = desk.creates_for(person)
    window.fills(job(place, bench.day(place, person.reminder_days + 1)))
    manage = window.becomes()
    manage.ticks()
    manage.submits("schedule_appointment")
    booked = manage.number
    manage.closes()
    bench.rests()
    car.drives_off()
    car.sees("booking")
    car.chooses("choice.details")
    car.turns_key("off")
    bench.rests()
    return Days(late, proposed, asked, booked)


def of_the_doors(context: BrowserContext) -> Iterator[Sight]:
    """What stands before the desk and My Volvo."""
    page = context.new_page()
    yield from _opened(page, {"desk-login": "/desk/login", "my-login": "/my/login"})
    yield from _opened(page, {"my-code": "/my/login/code?ask=none", "my-sorry": "/my/nothing"})
    page.close()


def of_the_desk(desk: Desk, days: Days) -> Iterator[Sight]:
    """The desk's pages, one after the other."""
    page, person = desk.page, desk.place.person
    yield from _opened(page, {f"desk-{one}": f"/desk/appointments?list={one}" for one in _LISTS})
    yield from _opened(page, {"desk-create-for-whom": "/desk/appointments/new"})
    page.get_by_role("row").filter(has_text=person.vin).get_by_role("link").last.click()
    yield Sight("desk-create", page)
    yield from _opened(
        page,
        {
            "desk-manage": f"/desk/appointments/{days.booked}",
            "desk-manage-late": f"/desk/appointments/{days.late}",
            "desk-manage-proposed": f"/desk/appointments/{days.proposed}",
            "desk-as-it-looked": f"/desk/appointments/{days.booked}/history/1",
        },
    )
    yield from _refused(page, days)
    yield from _opened(
        page,
        {
            "desk-customers": "/desk/customers",
            "desk-customers-mine": "/desk/customers?list=mine",
            "desk-search-customer": "/desk/manage",
            "desk-found-customer": f"/desk/manage?q={person.name.split()[-1]}",
            "desk-nobody-found": "/desk/manage?q=Nobody",
        },
    )
    yield from _opened(page, {"desk-add-customer": "/desk/manage/new?q=Nobody"})
    page.goto(f"/desk/manage?q={person.name.split()[-1]}")
    page.get_by_role("row").filter(has_text=person.vin).get_by_role("link").first.click()
    yield Sight("desk-customer", page)
    yield from _opened(
        page,
        {
            "desk-search-vehicle": "/desk/vehicles",
            "desk-found-vehicle": f"/desk/vehicles?q={person.vin}",
            "desk-vehicle": f"/desk/vehicles/{person.vin}",
            "desk-change-owner": f"/desk/vehicles/{person.vin}/owner",
            "desk-sorry": "/desk/appointments/999999",
        },
    )


def of_my_volvo(my_volvo: MyVolvo, bench: Bench) -> Iterator[Sight]:
    """The pages of owners, each from the link in a letter on."""
    page, place = my_volvo.page, my_volvo.place
    my_volvo.follows(bench.letters(place.others[1].email)[-1])
    yield Sight("my-inquiry", page)
    my_volvo.follows(bench.letters(place.others[0].email)[-1])
    yield Sight("my-proposal", page)
    my_volvo.clicks("propose")
    yield Sight("my-new-proposal", page)
    page.go_back()
    my_volvo.clicks("decline")
    yield Sight("my-decline", page)
    my_volvo.follows(bench.letters(place.person.email)[-1])
    yield Sight("my-booking", page)
    my_volvo.clicks("cancel")
    yield Sight("my-cancel", page)
    yield from _opened(
        page,
        {
            "my-home": "/my",
            "my-request": "/my/request",
            "my-settings": "/my/settings",
            "my-car": f"/my/cars/{place.person.vin}",
        },
    )


def of_the_rest(context: BrowserContext) -> Iterator[Sight]:
    """What belongs to neither: the way in for whoever runs the system, and a simulation's letters."""
    page = context.new_page()
    machines = {"home": "/", "problems": "/problems", "messages": "/docs/messages"}
    for sight in _opened(page, machines | {"mailbox": "/mailbox"}):
        yield replace(sight, is_pictured=sight.name == "mailbox")
    page.get_by_role("main").get_by_role("link").first.click()
    yield Sight("mailbox-letter", page)
    letter = page.request.get(str(page.locator("iframe").get_attribute("src"))).text()
    page.goto("about:blank")  # in its frame a letter runs nothing, and axe neither
    page.set_content(letter)
    yield Sight("letter", page, is_pictured=False)
    page.close()


_LISTS = ("actions", "escalated", "pending", "planned")


def _opened(page: Page, addresses: dict[str, str]) -> Iterator[Sight]:
    for name, address in addresses.items():
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == (404 if name.endswith("sorry") else 200), f"{address}: {answer.status}"
        yield Sight(name, page)


def _refused(page: Page, days: Days) -> Iterator[Sight]:
    """A form that came back: hostile and wrong entries, each field named, everything kept."""
    page.goto(f"/desk/appointments/{days.late}")
    page.locator("form[data-form]").evaluate("form => { form.noValidate = true }")
    page.locator("#price").fill("many")
    page.locator("#work").fill(HOSTILE)
    page.locator("[data-submit]").evaluate("it => { it.disabled = false }")
    page.locator("[data-submit]").click()
    page.locator("#refused").wait_for()
    yield Sight("desk-refused", page)
