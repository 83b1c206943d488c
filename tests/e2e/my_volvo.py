"""The owner of a car on My Volvo, as an object with verbs: reads letters, follows links, answers."""

from __future__ import annotations

from email.message import EmailMessage

from playwright.sync_api import Page, expect

from tests.e2e.bench import LINK, Bench, Place


class MyVolvo:
    """One browser window of an owner."""

    def __init__(self, page: Page, place: Place, bench: Bench) -> None:
        self.page = page
        self.place = place
        self.say = place.owner_says
        self._bench = bench

    def follows(self, letter: EmailMessage) -> None:
        """Open the link in a letter."""
        body = letter.get_body(("plain",))
        assert body is not None
        link = LINK.search(str(body.get_content()))
        assert link is not None, f"no link in {letter['Subject']!r}"
        self.page.goto(link.group())

    def reads(self, *words: str) -> None:
        """Expect words on the page."""
        for one in words:
            expect(self.page.get_by_role("main").get_by_text(one).first).to_be_visible()

    def clicks(self, key: str) -> None:
        """Press the button, or follow the link, that the catalogue words so."""
        words = self.say(key)
        main = self.page.get_by_role("main")
        button = main.get_by_role("button", name=words, exact=True)
        button.or_(main.get_by_role("link", name=words, exact=True)).first.click()

    def writes(self, key: str, text: str) -> None:
        """Write into the field with this label."""
        self.page.get_by_role("main").get_by_label(self.say(key)).first.fill(text)

    def is_told(self, key: str) -> None:
        """Expect to be told so."""
        expect(self.page.get_by_role("status").get_by_text(self.say(key))).to_be_visible()
