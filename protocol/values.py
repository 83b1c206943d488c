"""Values that check themselves, so that nobody downstream has to.

Every type here is used as a field in pydantic models at the borders and carried unchanged into
the frozen objects inside. A value that exists is a good one.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
)

_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_LETTER_VALUES: Final = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)

# Active currencies of ISO 4217 with their number of decimal places (table A.1; funds and metals left out).
_TWO_PLACES: Final = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
    "CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD "
    "HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK "
    "MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD "
    "RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS "
    "UAH USD UYU UZS VES WST XCD YER ZAR ZMW "
)
_NO_PLACES: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_PLACES: Final = "BHD IQD JOD KWD LYD OMR TND"
MINOR_UNITS: Final[dict[str, int]] = {
    **dict.fromkeys(_TWO_PLACES.split(), 2),
    **dict.fromkeys(_NO_PLACES.split(), 0),
    **dict.fromkeys(_THREE_PLACES.split(), 3),
}


def check_vin(text: str) -> str:
    """Return ``text`` if it is a VIN by ISO 3779: 17 capital letters and digits without I, O, Q.

    The check digit of position 9 is a North American rule; see :func:`has_good_check_digit`.

    Raises:
        ValueError: it is not one; the message says which character or length is wrong.
    """
    if _VIN.fullmatch(text):
        return text
    if len(text) != 17:
        raise ValueError(f"a VIN has 17 characters, this has {len(text)}")
    wrong = next(char for char in text if not _VIN.fullmatch(char * 17))
    raise ValueError(f"a VIN has only digits and capital letters without I, O and Q; {wrong!r} is neither")


def has_good_check_digit(vin: str) -> bool:
    """Tell whether position 9 is the check digit of 49 CFR 565; European VINs often fail it."""
    total = sum(_LETTER_VALUES[char] * weight for char, weight in zip(vin, _WEIGHTS, strict=True))
    return vin[8] == "0123456789X"[total % 11]


def check_zone(text: str) -> str:
    """Return ``text`` if it names an IANA zone.

    Raises:
        ValueError: no such zone is known here.
    """
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValueError(f"{text!r} is no IANA time zone; one looks like Europe/Helsinki") from unknown
    return text


def check_currency(text: str) -> str:
    """Return ``text`` if it is an active currency code of ISO 4217.

    Raises:
        ValueError: it is not one.
    """
    if text not in MINOR_UNITS:
        raise ValueError(f"{text!r} is no currency of ISO 4217; one looks like EUR or SEK")
    return text


def _as_decimal(value: object) -> object:
    # JSON has no decimals: money travels as text, and a float would already have lost its cents.
    if isinstance(value, str):
        try:
            return Decimal(value)
        except InvalidOperation as wrong:
            raise ValueError(f"{value[:40]!r} is no amount; one looks like 389.00") from wrong
    return value


def _reject_controls(text: str) -> str:
    for char in text:
        if (ord(char) < 32 and char not in "\n\t") or ord(char) == 127:
            raise ValueError(f"control character U+{ord(char):04X} is not allowed")
    return text


def _reject_line_breaks(text: str) -> str:
    if "\n" in text or "\t" in text:
        raise ValueError("one line only: line breaks and tabs are not allowed")
    return _reject_controls(text)


Vin = Annotated[str, AfterValidator(check_vin), Field(json_schema_extra={"pattern": f"^{_VIN.pattern}$"})]
ZoneName = Annotated[str, AfterValidator(check_zone)]
Currency = Annotated[str, AfterValidator(check_currency)]
Instant = AwareDatetime
"""An RFC 3339 instant with its offset; naive times are refused."""
Amount = Annotated[
    Decimal,
    BeforeValidator(_as_decimal),
    Field(ge=0, max_digits=12, allow_inf_nan=False),
    PlainSerializer(str, return_type=str, when_used="json"),
]
Line = Annotated[str, Field(max_length=200), AfterValidator(_reject_line_breaks)]
"""One line of text: a name, a title."""
Text = Annotated[str, Field(max_length=4000), AfterValidator(_reject_controls)]
"""Text that may have several lines: comments, work."""
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Counter = Annotated[int, Field(ge=0, lt=2**53)]
"""A count that every JSON reader keeps exact."""
ReminderDays = Annotated[int, Field(ge=1, le=4)]
AppointmentNumber = Annotated[str, Field(pattern=r"^[1-9][0-9]{5}$")]
"""The six-digit Appointment ID, unique per dealer."""


class Value(BaseModel):
    """Base of every model on a border: frozen, and an unknown field is an error, not a shrug."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class GeoPoint(Value):
    """A place on WGS 84, in degrees."""

    latitude: Latitude
    longitude: Longitude


class Money(Value):
    """An amount in a currency of ISO 4217, with no more decimals than that currency has."""

    amount: Amount
    currency: Currency

    def model_post_init(self, _context: object, /) -> None:
        """Refuse more decimals than the currency has.

        Raises:
            ValueError: the amount is finer than the currency's smallest unit.
        """
        exponent = self.amount.as_tuple().exponent
        places = MINOR_UNITS[self.currency]
        if isinstance(exponent, int) and -exponent > places:
            raise ValueError(f"{self.currency} has {places} decimal places, {self.amount} has {-exponent}")


class WallTimeGap(ValueError):
    """A wall time that no clock in its zone ever shows, because summer time skips it."""


def to_instant(wall: datetime, zone: str) -> datetime:
    """Turn a naive wall time (with its ``fold``) in an IANA zone into an aware UTC-convertible instant.

    Raises:
        WallTimeGap: the clocks of ``zone`` skip this wall time; the message names the next one that exists.
    """
    aware = wall.replace(tzinfo=ZoneInfo(zone))
    there_and_back = aware.astimezone(ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
    if there_and_back.replace(tzinfo=None) != wall.replace(tzinfo=None):
        raise WallTimeGap(
            f"{wall:%Y-%m-%d %H:%M} does not exist in {zone}: the clocks go forward then; "
            f"the next wall time is {there_and_back:%H:%M}"
        )
    return aware
