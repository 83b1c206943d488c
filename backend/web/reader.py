"""Says who reads a page: in which language, at which place's clock, with which habits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_decimal

from backend import wording
from backend.appointment import Market
from backend.service import dealers
from backend.service.office import Work
from backend.store.dealers import Workshop
from backend.store.scope import Dealer
from protocol.language import Language, Phrases
from protocol.values import Money

_KM_PER_MILE: Final = 1.609344


class Member(Protocol):
    """Somebody at a dealer's desk, as the session knows them."""

    @property
    def name(self) -> str:
        """The name that the history keeps as *edited last by*."""

    @property
    def dealer(self) -> Dealer:
        """Whose desk it is."""

    @property
    def language(self) -> Language:
        """What the pages are written in."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever reads a page, and the moment of business time at which they do."""

    say: Phrases
    market: Market
    now: datetime
    member: Member | None = None
    workshop: Workshop | None = None

    @property
    def language(self) -> Language:
        """Return the page's language."""
        return self.say.language

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone of the reader's clock."""
        return ZoneInfo(self.market.zone)

    def day(self, instant: datetime) -> str:
        """Return weekday and date in short: ``Mon 30 Nov 2026``."""
        return self._written(instant, {"en": "EEE d MMM y", "de": "ccc d. MMM y", "sv": "EEE d MMM y"})

    def short_day(self, instant: datetime) -> str:
        """Return weekday and date without the year, for what happened lately: ``Thu 26 Nov``."""
        if instant.astimezone(self.zone).year != self.now.astimezone(self.zone).year:
            return self.day(instant)
        return self._written(instant, {"en": "EEE d MMM", "de": "ccc d. MMM", "sv": "EEE d MMM"})

    def hour(self, instant: datetime) -> str:
        """Return the wall time: ``08:00``."""
        return f"{instant.astimezone(self.zone):%H:%M}"

    def moment(self, instant: datetime) -> str:
        """Return day and wall time: ``Thu 26 Nov, 16:04``."""
        return f"{self.short_day(instant)}, {self.hour(instant)}"

    def full(self, instant: datetime) -> str:
        """Return day with its year and wall time: ``Fri 27 Nov 2026, 08:12``."""
        return f"{self.day(instant)}, {self.hour(instant)}"

    def exact(self, instant: datetime) -> str:
        """Return day with its year and wall time to the second: ``Fri 27 Nov 2026, 08:12:04``."""
        return f"{self.day(instant)}, {instant.astimezone(self.zone):%H:%M:%S}"

    def iso(self, instant: datetime) -> str:
        """Return the instant for machines (``<time datetime=...>``)."""
        return instant.astimezone(self.zone).isoformat(timespec="seconds")

    def money(self, price: Money) -> str:
        """Return an amount with its currency."""
        return wording.money(price, self.language)

    def phone(self, number: str) -> str:
        """Return a phone number in the international notation."""
        return wording.phone(number, self.market.country)

    def mileage(self, km: int | None) -> str:
        """Return a mileage in the market's unit, or a dash."""
        if km is None:
            return "–"
        miles = self.market.distance == "mi"
        figure = round(km / _KM_PER_MILE) if miles else km
        written = format_decimal(figure, locale=wording.locale_of(self.language))
        return f"{written}\N{NO-BREAK SPACE}{self.market.distance}"

    def span(self, length: timedelta) -> str:
        """Return a length of time in one or two units: ``3 h``, ``1 d 2 h``, ``12 min``."""
        minutes = max(0, int(length.total_seconds() // 60))
        days, rest = divmod(minutes, 24 * 60)
        hours, minutes = divmod(rest, 60)
        if days >= 7:
            return self.say("span.days", days=days)
        if days:
            return (
                self.say("span.days_hours", days=days, hours=hours)
                if hours
                else self.say("span.days", days=days)
            )
        return self.say("span.hours", hours=hours) if hours else self.say("span.minutes", minutes=minutes)

    def ago(self, instant: datetime) -> str:
        """Return how long ago it was, in words: ``3 hours ago``."""
        return format_timedelta(
            min(timedelta(seconds=-1), instant - self.now),
            add_direction=True,
            locale=wording.locale_of(self.language),
        )

    def _written(self, instant: datetime, patterns: dict[str, str]) -> str:
        return format_datetime(
            instant, patterns[self.language.value], tzinfo=self.zone, locale=wording.locale_of(self.language)
        )


async def desk_reader(work: Work, member: Member) -> Reader:
    """Return somebody at a dealer's desk as a reader, at the dealer's clock.

    Raises:
        NotFound: their session outlived the dealer.
    """
    workshop = await dealers.workshop(work, member.dealer)
    return Reader(phrases("desk", member.language), dealers.market(workshop), work.now, member, workshop)


def stranger(language: Language, now: datetime) -> Reader:
    """Return somebody who has not said who they are; the clock is that of UTC."""
    return Reader(phrases("desk", language), Market(zone="UTC"), now)


@cache
def phrases(room: str, language: Language) -> Phrases:
    """Return the catalogue of the desk (``desk``) or the owner's page (``owner``), English behind it."""
    return Phrases(language, _catalogue(room, language), _catalogue(room, Language.ENGLISH))


@cache
def _catalogue(room: str, language: Language) -> dict[str, str]:
    text = (files("backend") / "locales" / room / f"{language.value}.json").read_text(encoding="utf-8")
    catalogue: dict[str, str] = json.loads(text)
    return catalogue
