"""The owner of a car on My Volvo, as an object with verbs: reads letters, follows links, answers."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.bench import Bench, Place


class MyVolvo:
    """One browser window of an owner."""

    def __init__(self, page: Page, place: Place, bench: Bench) -> None:
        self.page = page
        self.place = place
        self.say = place.owner_says
        self._bench = bench
        self._address = place.person.email
