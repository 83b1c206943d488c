"""What people write of themselves and their workshops, checked where it comes in: over HTTP or by command."""

from __future__ import annotations

from typing import Annotated

import phonenumbers
from babel import Locale
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field

from protocol.values import GeoPoint, Line, Text, Value, ZoneName


def _email(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as wrong:
        raise ValueError(f"this is no e-mail address: {wrong}") from wrong


def _phone(text: str) -> str:
    if not text:
        return text
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException as wrong:
        raise ValueError(f"this is no phone number: {wrong}; one looks like +358 9 555 0137") from wrong
    if not phonenumbers.is_possible_number(number):
        raise ValueError("this is no phone number: too long or too short for its country")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("it may not be blank")
    return text.strip()


def _country(text: str) -> str:
    if text not in Locale("en").territories or len(text) != 2 or not text.isalpha():
        raise ValueError(f"{text[:20]!r} is no country of ISO 3166-1; one looks like FI")
    return text


def _tag(text: str) -> str:
    try:
        Locale.parse(text, sep="-")
    except ValueError as wrong:
        raise ValueError(f"{text[:20]!r} is no language tag; one looks like de or sv-FI") from wrong
    return text


Email = Annotated[
    Line, AfterValidator(_email), Field(examples=["maria.lindholm@example.com"], max_length=254)
]
Phone = Annotated[Line, AfterValidator(_phone), Field(examples=["+358 9 555 0137"])]
Name = Annotated[Line, AfterValidator(_not_blank), Field(min_length=1)]
Words = Annotated[Text, AfterValidator(_not_blank), Field(min_length=1)]
Plate = Annotated[Line, AfterValidator(_not_blank), Field(min_length=1, max_length=16, examples=["ABC-123"])]
Country = Annotated[str, AfterValidator(_country), Field(examples=["FI"])]
Tag = Annotated[str, AfterValidator(_tag), Field(examples=["sv"])]


class WorkshopForm(Value):
    """A workshop as somebody enters it."""

    name: Name
    address: Name
    position: GeoPoint
    phone: Phone
    zone: ZoneName
    market: Country
    languages: Annotated[tuple[Tag, ...], Field(min_length=1)]
    opening_hours: Text
    manager_email: Email
