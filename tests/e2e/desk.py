"""A service advisor at the desk, as an object with verbs: clicks what a person would click, by its words."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from backend.seed import DEMO_PASSWORD
from tests.e2e.bench import Place


class Desk:
    """One browser window with the desk in it."""

    def __init__(self, page: Page, place: Place) -> None:
        self.page = page
        self.place = place
        self.say = place.say

    def signs_in(self) -> None:
        """Open the desk, be sent to its door, and go in."""
        self.page.goto("/desk/login")
        self.page.get_by_label(self.say("login.desk.login")).fill(self.place.advisor.login)
        self.page.get_by_label(self.say("login.desk.password")).fill(DEMO_PASSWORD)
        self.button("login.desk.enter").click()

    def button(self, key: str) -> Locator:
        """Return the button that the catalogue words so."""
        return self.page.get_by_role("button", name=self.say(key), exact=True)
