"""Dates, money, distances and figures as the driver's language writes them, by CLDR through Babel.

Always a 24-hour clock. Places of appointments have their zone; the car's own clock has the car's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

from protocol.language import Language
from protocol.values import Money

LOCALES: Final = {
    Language.ENGLISH: Locale("en", "GB"),
    Language.GERMAN: Locale("de", "DE"),
    Language.SWEDISH: Locale("sv", "SE"),
}
LONG_DATES: Final = {
    Language.ENGLISH: "EEEE d MMMM",
    Language.GERMAN: "EEEE, d. MMMM",
    Language.SWEDISH: "EEEE d MMMM",
}
SHORT_DATES: Final = {
    Language.ENGLISH: "EEE d MMM",
    Language.GERMAN: "ccc, d. LLL",
    Language.SWEDISH: "ccc d LLL",
}
MONEY: Final = {
    Language.ENGLISH: "¤ #,##0.00",
    Language.GERMAN: "#,##0.00 ¤",
    Language.SWEDISH: "#,##0.00 ¤",
}
NO_BREAK: Final = "\u00a0"


def clock(instant: datetime, zone: str, language: Language) -> str:
    """08:00."""
    return format_time(instant, "HH:mm", tzinfo=ZoneInfo(zone), locale=LOCALES[language])


def date(instant: datetime, zone: str, language: Language, now: datetime | None = None) -> str:
    """Monday 30 November; with the year where it is not that of ``now``."""
    return _date(LONG_DATES, instant, zone, language, now)


def short_date(instant: datetime, zone: str, language: Language, now: datetime | None = None) -> str:
    """Mon 30 Nov; with the year where it is not that of ``now``."""
    return _date(SHORT_DATES, instant, zone, language, now)


def moment(instant: datetime, zone: str, language: Language, now: datetime | None = None) -> str:
    """Monday 30 November, 08:00."""
    return f"{date(instant, zone, language, now)}, {clock(instant, zone, language)}"


def short_moment(instant: datetime, zone: str, language: Language, now: datetime | None = None) -> str:
    """Mon 30 Nov, 08:00."""
    return f"{short_date(instant, zone, language, now)}, {clock(instant, zone, language)}"


def money(value: Money, language: Language) -> str:
    """€389.00, in the places of the currency, not broken over two lines."""
    written: str = format_currency(
        value.amount, value.currency, format=MONEY[language], locale=LOCALES[language]
    )
    return written.replace(" ", NO_BREAK)


def distance(metres: float, language: Language) -> str:
    """180 m below a kilometre (in tens), 2.4 km below a hundred, 120 km above."""
    if metres < 995:
        return f"{round(metres / 10) * 10}{NO_BREAK}m"
    kilometres = metres / 1000
    return f"{number(kilometres, language, 1 if kilometres < 99.95 else 0)}{NO_BREAK}km"


def odometer(kilometres: float, language: Language) -> str:
    """87,412 km."""
    return f"{number(int(kilometres), language)}{NO_BREAK}km"


def number(value: float, language: Language, places: int = 0) -> str:
    """A figure with the language's separators and ``places`` decimals."""
    pattern = "#,##0." + "0" * places if places else "#,##0"
    written: str = format_decimal(value, format=pattern, locale=LOCALES[language])
    return written


def temperature(celsius: float) -> str:
    """−4°, with a real minus."""
    whole = round(celsius)
    return f"{'−' if whole < 0 else ''}{abs(whole)}°"


def minutes(seconds: float) -> int:
    """Whole minutes, rounded, at least one."""
    return max(1, round(seconds / 60))


def days_between(now: datetime, then: datetime, zone: str) -> int:
    """Calendar days from ``now`` to ``then`` on the calendar of ``zone``."""
    there = ZoneInfo(zone)
    return (then.astimezone(there).date() - now.astimezone(there).date()).days


def phone(text: str) -> str:
    """A telephone number that stays on one line."""
    return text.replace(" ", NO_BREAK)


def spaced(appointment: str) -> str:
    """104 217: an Appointment ID in two groups of three."""
    return f"{appointment[:3]}{NO_BREAK}{appointment[3:]}"


def _date(
    patterns: Mapping[Language, str], instant: datetime, zone: str, language: Language, now: datetime | None
) -> str:
    there = instant.astimezone(ZoneInfo(zone))
    pattern = patterns[language]
    if now is not None and there.year != now.astimezone(ZoneInfo(zone)).year:
        pattern += " y"
    written: str = format_date(there.date(), pattern, locale=LOCALES[language])
    return written
