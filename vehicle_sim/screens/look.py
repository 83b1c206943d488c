"""What every screen is given: the car, the words, the display, and short ways to ask them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from protocol.language import Language, Phrases
from protocol.messages import Item
from vehicle_sim import daylight, wording
from vehicle_sim.locales import pseudo_locale
from vehicle_sim.screens.elements import Rect
from vehicle_sim.screens.lettering import plain
from vehicle_sim.state import Car, Choice
from vehicle_sim.theme import Profile


@dataclass(frozen=True, slots=True)
class Look:
    """One car on one display in one language."""

    car: Car
    phrases: Phrases
    profile: Profile

    @property
    def language(self) -> Language:
        """The language of the screen."""
        return self.phrases.language

    @property
    def tag(self) -> str:
        """The language as a BCP 47 tag."""
        return pseudo_locale.TAG if self.car.settings.pseudo_locale else self.language.value

    @property
    def night(self) -> bool:
        """Whether the night colours hold: as set, otherwise while the sun is down where the car is."""
        car = self.car
        up = daylight.is_up(car.drive.position, car.now)
        return not up if car.settings.night is None else car.settings.night

    @property
    def glass(self) -> Rect:
        """The whole display."""
        return Rect(0, 0, self.profile.width, self.profile.height)

    @property
    def content(self) -> Rect:
        """The display between the status bar and the bar of sources, if it has one."""
        profile = self.profile
        return Rect(
            0,
            profile.status_bar,
            profile.width,
            profile.height - profile.status_bar - profile.source_bar,
        )

    @property
    def beneath(self) -> Rect:
        """The display below the status bar: the room of a pop-up, which covers the bar of sources."""
        bar = self.profile.status_bar
        return Rect(0, bar, self.profile.width, self.profile.height - bar)

    @property
    def page(self) -> Rect:
        """The room of a touch page: the content without its margins."""
        content, margin = self.content, self.profile.margin
        return Rect(margin, content.y + 24, content.width - 2 * margin, content.height - 48)

    def say(self, key: str, **facts: object) -> str:
        """A phrase with its facts, whose asterisks mean nothing."""
        return self.phrases(key, **{name: plain(str(fact)) for name, fact in facts.items()})

    def worded(self, key_or_text: str) -> str:
        """A phrase where the catalogue has that key, otherwise the text as a fact."""
        known = key_or_text in self.phrases.fallback
        return self.phrases(key_or_text) if known else plain(key_or_text)

    def label(self, choice: Choice) -> str:
        """The words of a choice; instants and days in its facts as this language writes them."""
        facts: dict[str, str] = dict(choice.facts)
        if "starts_at" in facts:
            instant = datetime.fromisoformat(facts.pop("starts_at"))
            facts["moment"] = self.short_moment(instant, facts.pop("zone"))
        if "day" in facts:
            noon = datetime.fromisoformat(f"{facts['day']}T12:00:00+00:00")
            facts["day"] = wording.short_date(noon, "UTC", self.language)
        return self.say(choice.key, **facts)

    def zone_of(self, item: Item | None) -> str:
        """The zone that an appointment is told in: its dealer's, otherwise the car's."""
        dealer = self.car.dealer_of(item)
        return dealer.zone if dealer is not None else self.car.settings.zone

    def clock(self, instant: datetime, zone: str | None = None) -> str:
        """08:00, or 8:00 am; in the zone of the car's own clock where none is given."""
        settings = self.car.settings
        return wording.clock(instant, zone or settings.zone, self.language, clock_24h=settings.clock_24h)

    def moment(self, instant: datetime, zone: str) -> str:
        """Monday 30 November, 08:00."""
        clock_24h = self.car.settings.clock_24h
        return wording.moment(instant, zone, self.language, self.car.now, clock_24h=clock_24h)

    def short_moment(self, instant: datetime, zone: str) -> str:
        """Mon 30 Nov, 08:00."""
        clock_24h = self.car.settings.clock_24h
        return wording.short_moment(instant, zone, self.language, self.car.now, clock_24h=clock_24h)

    def distance(self, metres: float) -> str:
        """2.4 km, or 1.5 mi."""
        return wording.distance(metres, self.language, self.car.settings.units)

    def odometer(self, kilometres: float) -> str:
        """87,412 km, or 54,315 mi."""
        return wording.odometer(kilometres, self.language, self.car.settings.units)
