"""Dates, money and distances as people of each language write them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from protocol.language import Language
from protocol.values import Money
from vehicle_sim import wording
from vehicle_sim.state import Units
from vehicle_sim.wording import NO_BREAK

EN, DE, SV = Language.ENGLISH, Language.GERMAN, Language.SWEDISH
MONDAY = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
HELSINKI, BERLIN = "Europe/Helsinki", "Europe/Berlin"


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [
        (EN, "Monday 30 November, 08:00", "Mon 30 Nov, 08:00"),
        (DE, "Montag, 30. November, 08:00", "Mo, 30. Nov, 08:00"),
        (SV, "måndag 30 november, 08:00", "mån 30 nov., 08:00"),
    ],
)
def test_a_moment_is_told_in_its_zone(language: Language, long: str, short: str) -> None:
    assert wording.moment(MONDAY, HELSINKI, language, MONDAY) == long
    assert wording.short_moment(MONDAY, HELSINKI, language) == short
    assert wording.clock(MONDAY, BERLIN, language) == "07:00"


def test_another_year_is_named() -> None:
    before = datetime(2025, 12, 31, 21, 59, tzinfo=UTC)
    assert wording.date(MONDAY, HELSINKI, DE, before) == "Montag, 30. November 2026"
    assert wording.short_date(MONDAY, HELSINKI, EN, before) == "Mon 30 Nov 2026"
    new_year_there = datetime(2025, 12, 31, 22, 0, tzinfo=UTC)
    assert wording.date(MONDAY, HELSINKI, EN, new_year_there) == "Monday 30 November"


@pytest.mark.parametrize(
    ("amount", "currency", "language", "written"),
    [
        ("1389.00", "EUR", EN, "€\u00a01,389.00"),
        ("389.00", "EUR", DE, "389,00\u00a0€"),
        ("389.5", "SEK", SV, "389,50\u00a0kr"),
        ("389", "JPY", DE, "389\u00a0¥"),
        ("1.234", "KWD", EN, "KWD\u00a01.234"),
    ],
)
def test_money_has_the_places_of_its_currency(
    amount: str, currency: str, language: Language, written: str
) -> None:
    assert wording.money(Money(amount=Decimal(amount), currency=currency), language) == written


@pytest.mark.parametrize(
    ("metres", "language", "written"),
    [
        (0, EN, "0\u00a0m"),
        (184, EN, "180\u00a0m"),
        (994.9, EN, "990\u00a0m"),
        (995, EN, "1.0\u00a0km"),
        (2420, DE, "2,4\u00a0km"),
        (99_949, DE, "99,9\u00a0km"),
        (1_234_567, DE, "1.235\u00a0km"),
    ],
)
def test_a_distance_is_as_fine_as_it_is_useful(metres: float, language: Language, written: str) -> None:
    assert wording.distance(metres, language) == written


def test_figures_and_small_things() -> None:
    assert wording.odometer(87412.9, EN) == "87,412\u00a0km"
    assert wording.odometer(87412, DE) == "87.412\u00a0km"
    assert wording.temperature(-3.6) == "−4°"
    assert wording.temperature(-0.2) == "0°"
    assert wording.minutes(20) == 1
    assert wording.minutes(550) == 9
    assert wording.phone("+358 9 555 0137") == "+358\u00a09\u00a0555\u00a00137"
    assert wording.spaced("104217") == "104\u00a0217"


def test_days_are_counted_on_the_calendar_of_the_place() -> None:
    late = datetime(2026, 11, 29, 21, 59, tzinfo=UTC)
    assert wording.days_between(late, MONDAY, HELSINKI) == 1
    assert wording.days_between(late, MONDAY, "Pacific/Auckland") == 0


@pytest.mark.parametrize(
    ("language", "morning", "evening"),
    [(EN, "7:05 am", "7:05 pm"), (DE, "7:05 AM", "7:05 PM"), (SV, "7:05 fm", "7:05 em")],
)
def test_twelve_hours_have_their_half_of_the_day(language: Language, morning: str, evening: str) -> None:
    early = MONDAY.replace(hour=6, minute=5)
    for instant, written in ((early, morning), (early + timedelta(hours=12), evening)):
        told = wording.clock(instant, BERLIN, language, clock_24h=False)
        assert told == written.replace(" ", NO_BREAK)
    assert wording.moment(early, BERLIN, language, clock_24h=False).endswith(morning.replace(" ", NO_BREAK))
    assert wording.short_moment(early, BERLIN, language, clock_24h=False).endswith(
        morning.replace(" ", NO_BREAK)
    )


@pytest.mark.parametrize(
    ("metres", "english", "german", "swedish"),
    [
        (180, "200 yd", "200 yd", "200 yd"),
        (394, "430 yd", "430 yd", "430 yd"),
        (395, "0.2 mi", "0,2 mi", "0,2 mi"),
        (2414, "1.5 mi", "1,5 mi", "1,5 mi"),
        (160_934, "100 mi", "100 mi", "100 mi"),
    ],
)
def test_miles_are_told_in_yards_where_they_are_short(
    metres: float, english: str, german: str, swedish: str
) -> None:
    for language, written in ((EN, english), (DE, german), (SV, swedish)):
        assert wording.distance(metres, language, Units.MILES) == written.replace(" ", NO_BREAK)


def test_an_odometer_counts_miles() -> None:
    assert wording.odometer(87412.4, EN, Units.MILES) == "54,315\u00a0mi"
