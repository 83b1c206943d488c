"""Opens Debian's Chromium for people of a language; the tests and the pictures do it in the same way."""

from __future__ import annotations

from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext

from protocol.language import Language
from tests.e2e.looking import HEIGHT, WIDE

FLAGS: Final = ("--no-sandbox", "--disable-quic", "--disable-background-networking", "--lang=en-US")
"""Without a sandbox, since tests may run as root, where Chromium has none; and nobody phones home.

The language is that of the browser itself, not of the pages: it decides how date fields are typed into.
"""
_LOCALES: Final = {Language.ENGLISH: "en-GB", Language.GERMAN: "de-DE", Language.SWEDISH: "sv-SE"}
_PATIENCE: Final = 20_000.0


def sitting(browser: Browser, url: str, language: Language, **options: Any) -> BrowserContext:
    """Return a fresh profile of a browser in a language, at ``url``."""
    options = {"viewport": {"width": WIDE, "height": HEIGHT}, "reduced_motion": "reduce"} | options
    context = browser.new_context(base_url=url, locale=_LOCALES[language], **options)
    context.set_default_timeout(_PATIENCE)
    return context
