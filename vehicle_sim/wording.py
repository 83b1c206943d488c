"""Dates, money, distances and figures as the driver's language writes them, by CLDR through Babel.

Miles and 12 hours where the car's settings say so. Places of appointments have their zone; the car's own
clock has the car's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency
from babel.units import format_unit

from protocol.language import Language
from protocol.values import Money
from vehicle_sim.state import Units

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
MILE: Final = 1609.344
"""Metres."""
YARD: Final = 0.9144
"""Metres."""


def clock(instant: datetime, zone: str, language: Language, *, clock_24h: bool = True) -> str:
    """08:00; of a 12-hour clock 8:00 am, not broken over two lines."""
    pattern = "HH:mm" if clock_24h else "h:mm a"
    written: str = format_time(instant, pattern, tzinfo=ZoneInfo(zone), locale=LOCALES[language])
    return written.replace(" ", NO_BREAK)


def date(instant: datetime, zone: str, language: Language, now: datetime | None = None) -> str:
    """Monday 30 November; with the year where it is not that of ``now``."""
    return _date(LONG_DATES, instant, zone, language, now)


def short_date(instant: datetime, zone: str, language: Language, now: datetime | None = None) -> str:
    """Mon 30 Nov; with the year where it is not that of ``now``."""
    return _date(SHORT_DATES, instant, zone, language, now)


def moment(
    instant: datetime, zone: str, language: Language, now: datetime | None = None, *, clock_24h: bool = True
) -> str:
    """Monday 30 November, 08:00."""
    day = date(instant, zone, language, now)
    return f"{day}, {clock(instant, zone, language, clock_24h=clock_24h)}"


def short_moment(
    instant: datetime, zone: str, language: Language, now: datetime | None = None, *, clock_24h: bool = True
) -> str:
    """Mon 30 Nov, 08:00."""
    return (
        f"{short_date(instant, zone, language, now)}, {clock(instant, zone, language, clock_24h=clock_24h)}"
    )


def money(value: Money, language: Language) -> str:
    """€389.00, in the places of the currency, not broken over two lines."""
    written: str = format_currency(
        value.amount, value.currency, format=MONEY[language], locale=LOCALES[language]
    )
    return written.replace(" ", NO_BREAK)


def distance(metres: float, language: Language, units: Units = Units.KILOMETRES) -> str:
    """180 m below a kilometre (in tens), 2.4 km below a hundred, 120 km above; 200 yd, 1.5 mi, 75 mi."""
    if units is Units.MILES:
        small, large, least = ("length-yard", metres / YARD), ("length-mile", metres / MILE), 0.245
    else:
        small, large, least = ("length-meter", metres), ("length-kilometer", metres / 1000), 0.995
    unit, value = large
    if value < least:
        unit, value = small
        return _measured(round(value / 10) * 10, unit, language, 0)
    return _measured(value, unit, language, 1 if value < 99.95 else 0)


def odometer(kilometres: float, language: Language, units: Units = Units.KILOMETRES) -> str:
    """87,412 km; 54,315 mi."""
    if units is Units.MILES:
        return _measured(int(kilometres * 1000 / MILE), "length-mile", language, 0)
    return _measured(int(kilometres), "length-kilometer", language, 0)


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


def _measured(value: float, unit: str, language: Language, places: int) -> str:
    written: str = format_unit(value, unit, "short", format=_pattern(places), locale=LOCALES[language])
    return written.replace(" ", NO_BREAK)


def _pattern(places: int) -> str:
    return "#,##0." + "0" * places if places else "#,##0"


def _date(
    patterns: Mapping[Language, str], instant: datetime, zone: str, language: Language, now: datetime | None
) -> str:
    there = instant.astimezone(ZoneInfo(zone))
    pattern = patterns[language]
    if now is not None and there.year != now.astimezone(ZoneInfo(zone)).year:
        pattern += " y"
    written: str = format_date(there.date(), pattern, locale=LOCALES[language])
    return written
