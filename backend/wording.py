"""Writes money, dates, times and phone numbers the way the reader's language does.

For letters and pages; the words around them are in ``backend/locales``.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_currency

from protocol.language import Language
from protocol.values import Money

_LOCALES: Final = {Language.ENGLISH: "en_GB", Language.GERMAN: "de_DE", Language.SWEDISH: "sv_SE"}


@cache
def locale_of(language: Language) -> Locale:
    """Return the locale whose habits a language's readers share; English is written the European way."""
    return Locale.parse(_LOCALES[language])


def money(price: Money, language: Language) -> str:
    """Return an amount with its currency, for example ``€389.00`` or ``389,00 €``."""
    return format_currency(price.amount, price.currency, locale=locale_of(language))


def day(instant: datetime, zone: str, language: Language) -> str:
    """Return the weekday and the date in a zone, in full."""
    return format_date(instant.astimezone(ZoneInfo(zone)).date(), "full", locale=locale_of(language))


def iso_day(text: str, language: Language) -> str:
    """Return an ISO 8601 date in full; what only looks like one stays as it is."""
    try:
        return format_date(date.fromisoformat(text), "full", locale=locale_of(language))
    except ValueError:
        return text


def hour(instant: datetime, zone: str, language: Language) -> str:
    """Return the wall time in a zone."""
    return format_time(instant.astimezone(ZoneInfo(zone)).time(), "short", locale=locale_of(language))


def days(count: int, language: Language, *, ahead: bool = False) -> str:
    """Return ``3 days`` or, ``ahead``, ``in 3 days``."""
    return format_timedelta(
        timedelta(days=count),
        granularity="day",
        threshold=1000,
        add_direction=ahead,
        locale=locale_of(language),
    )


def phone(number: str, country: str) -> str:
    """Return a phone number in the international notation; one that is none stays as it is."""
    return _phone(number, country, phonenumbers.PhoneNumberFormat.INTERNATIONAL) or number


def phone_link(number: str, country: str) -> str:
    """Return the ``tel:`` address of a phone number; empty where it is none."""
    return _phone(number, country, phonenumbers.PhoneNumberFormat.RFC3966)


def _phone(number: str, country: str, notation: int) -> str:
    try:
        return phonenumbers.format_number(phonenumbers.parse(number, country), notation)
    except phonenumbers.NumberParseException:
        return ""
