"""A service advisor at the desk, as an object with verbs: clicks what a person would click, by its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from playwright.sync_api import Locator, Page, expect

from backend.appointment import Checklist
from backend.seed import DEMO_PASSWORD, Person
from protocol.language import Language, Phrases
from tests.e2e.bench import Place

CHECKS: Final = tuple(Checklist.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Job:
    """What is written into *Create appointment*."""

    day: date
    time: str = "08:00"
    work: str = "Service 90,000 km\nBrake fluid change\nReplace wiper blades"
    price: str = "389.00"
    comments: str = "Waits for the car"


def job(place: Place, day: date) -> Job:
    """Return a believable job as somebody at this workshop writes it down."""
    if place.language is Language.GERMAN:
        work = "Inspektion 100.000 km\nBremsflüssigkeit wechseln\nWischerblätter erneuern"
        return replace(Job(day), work=work, price="389,00", comments="Wartet auf das Auto")
    return Job(day)


class Desk:
    """The window with the lists; links open further windows, as they do for people."""

    def __init__(self, page: Page, place: Place) -> None:
        self.page = page
        self.place = place
        self.say = place.say

    def signs_in(self) -> None:
        """Want the lists, be asked who it is, and be led to them."""
        self.page.goto("/desk/appointments")
        self.page.get_by_label(self.say("login.desk.login")).fill(self.place.advisor.login)
        self.page.get_by_label(self.say("login.desk.password")).fill(DEMO_PASSWORD)
        self.page.get_by_role("button", name=self.say("login.desk.enter"), exact=True).click()
        expect(self.page.get_by_role("heading", name=self.say("tab.appointments"))).to_be_attached()

    def opens_list(self, name: str) -> None:
        """Click one of the four lists."""
        self.page.get_by_role("link", name=self.say("tab.appointments"), exact=True).click()
        lists = self.page.get_by_role("navigation", name=self.say("lists"), exact=True)
        lists.get_by_role("link", name=self.say(f"list.{name}")).click()
        expect(self.page.get_by_role("region", name=self.say(f"list.{name}"), exact=True)).to_be_visible()

    def row(self, number: str) -> Locator:
        """Return the line of an appointment in the list that is open."""
        return self.page.get_by_role("row").filter(has=self.page.locator(f'a[href$="/{number}"]'))

    def opens(self, number: str) -> Manage:
        """Click an Appointment ID; *Manage appointment* opens in a window of its own."""
        return Manage(self._window(self.row(number).get_by_role("link").first.click), self.say)

    def creates_for(self, person: Person) -> Create:
        """Click *Create New Appointment* and choose whom it is for."""
        page = self._window(self.page.get_by_role("link", name=self.say("create"), exact=True).click)
        line = page.get_by_role("row").filter(has_text=person.vin)
        line.get_by_role("link", name=self.say("pick.choose")).click()
        return Create(page, self.say)

    def finds(self, person: Person) -> Locator:
        """Open *Workshop Customers* and return a customer's line there."""
        self.page.get_by_role("link", name=self.say("tab.customers"), exact=True).click()
        return self.page.get_by_role("row").filter(has_text=person.vin)

    def picks(self, person: Person) -> Create:
        """Pick a customer in *Workshop Customers* and click *Create New Appointment* there."""
        link = self.finds(person).get_by_role("link", name=self.say("register.book"))
        create = Create(self._window(link.click), self.say)
        self.opens_list("actions")
        return create

    def _window(self, opens: Callable[[], None]) -> Page:
        with self.page.expect_popup() as popped:
            opens()
        popped.value.wait_for_load_state()
        return popped.value


class Window:
    """A window with a form whose action drop-down and SUBMIT stand at the top right."""

    def __init__(self, page: Page, say: Phrases) -> None:
        self.page = page
        self.say = say

    def field(self, name: str) -> Locator:
        """Return the field with this label of the catalogue."""
        return self.page.get_by_role("main").get_by_label(self.say(f"field.{name}"))

    def writes(self, **entries: str) -> None:
        """Write into fields."""
        for name, text in entries.items():
            self.field(name).fill(text)

    def chooses(self, action: str) -> None:
        """Choose from the action drop-down."""
        self.field("action").select_option(label=self.say(f"action.{action}"))

    @property
    def submit(self) -> Locator:
        """The button SUBMIT."""
        return self.page.get_by_role("button", name=self.say("submit"), exact=True)

    def submits(self, action: str) -> None:
        """Press SUBMIT and wait to be told that it is done."""
        self.submit.click()
        expect(self.page.get_by_text(self.say(f"done.{action}"), exact=True)).to_be_visible()

    def has_status(self, *words: str) -> None:
        """Expect these words in the status chip of the window's head."""
        chip = self.page.get_by_role("banner").locator(".chip").first
        expect(chip).to_have_text(" · ".join(self.say(word) for word in words))

    def closes(self) -> None:
        """Close the window."""
        self.page.close()


class Create(Window):
    """*Create appointment*."""

    def fills(self, what: Job) -> None:
        """Write everything that the form asks for."""
        self.writes(date=what.day.isoformat(), time=what.time, price=what.price, work=what.work)
        self.writes(comments=what.comments)

    def means_next(self, action: str) -> None:
        """Say what is meant to come next."""
        self.page.get_by_role("radio", name=self.say(f"action.{action}")).check()

    def becomes(self) -> Manage:
        """Press SUBMIT; the window goes on as *Manage appointment*."""
        self.submits("create_request")
        return Manage(self.page, self.say)


class Manage(Window):
    """*Manage appointment*."""

    @property
    def number(self) -> str:
        """The Appointment ID."""
        return self.page.url.partition("?")[0].rpartition("/")[2]

    def ticks(self, *points: str) -> None:
        """Vouch for points of the checklist; for all of them if none is named."""
        for point in points or CHECKS:
            self.page.get_by_label(self.say(f"check.{point}")).check()

    def tells_of_the_car(self, words: str) -> None:
        """Expect a line of what happened in the car; it comes by itself."""
        expect(self._part("car").get_by_text(words).first).to_be_visible()

    def tells_of_mail(self, words: str) -> None:
        """Expect a line of what was written to the customer; it comes by itself."""
        expect(self._part("mails").get_by_text(words).first).to_be_visible()

    def events(self) -> Locator:
        """Return the lines of the history, newest first."""
        return self._part("history").locator("ol.events").first.get_by_role("listitem")

    def opens_as_it_looked(self, event: str) -> None:
        """Click *as it looked* beside an event."""
        self.events().filter(has_text=event).get_by_role("link", name=self.say("as_it_looked")).click()

    def _part(self, key: str) -> Locator:
        return self.page.get_by_role("region", name=self.say(key), exact=True)
