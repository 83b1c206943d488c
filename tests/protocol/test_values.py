"""Values refuse what is wrong and say what it was."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from protocol.values import (
    MINOR_UNITS,
    Amount,
    Currency,
    GeoPoint,
    Line,
    Money,
    Text,
    Vin,
    WallTimeGap,
    ZoneName,
    check_vin,
    check_zone,
    has_good_check_digit,
    to_instant,
)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("YV1FW7050E123456", "17 characters, this has 16"),
        ("YV1FW7050E1234567" * 9, "this has 153"),
        ("YV1FW7050E123456O", "'O' is neither"),
        ("yv1fw7050e1234567", "'y' is neither"),
        ("YV1FW7050E12345\n7", "is neither"),
        ("", "this has 0"),
    ],
)
def test_a_malformed_vin_is_refused_with_its_fault(text: str, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        TypeAdapter(Vin).validate_python(text)


def test_the_check_digit_is_told_not_enforced() -> None:
    assert check_vin("YV1FW7050E1234567") == "YV1FW7050E1234567"
    assert has_good_check_digit("1M8GDM9AXKP042788")
    assert not has_good_check_digit("1M8GDM9A1KP042788")


def test_a_zone_is_one_of_iana() -> None:
    assert TypeAdapter(ZoneName).validate_python("Europe/Helsinki") == "Europe/Helsinki"
    for wrong in ("Mars/Olympus", "../etc/passwd", "", "Europe"):
        with pytest.raises(ValueError, match="IANA"):
            check_zone(wrong)


def test_a_currency_is_one_of_iso_4217() -> None:
    assert TypeAdapter(Currency).validate_python("SEK") == "SEK"
    with pytest.raises(ValidationError, match="'XXX' is no currency"):
        TypeAdapter(Currency).validate_python("XXX")
    assert (MINOR_UNITS["EUR"], MINOR_UNITS["JPY"], MINOR_UNITS["TND"]) == (2, 0, 3)


def test_money_keeps_to_the_smallest_unit_of_its_currency() -> None:
    assert (
        Money(amount=Decimal("389.00"), currency="EUR").model_dump_json()
        == '{"amount":"389.00","currency":"EUR"}'
    )
    assert Money.model_validate_json('{"amount":"389.5","currency":"EUR"}', strict=True).amount == Decimal(
        "389.5"
    )
    with pytest.raises(ValidationError, match="JPY has 0 decimal places"):
        Money(amount=Decimal("10.5"), currency="JPY")
    with pytest.raises(ValidationError, match="no amount"):
        Money.model_validate({"amount": "12,50", "currency": "EUR"})
    for impossible in ("-1", "NaN", "Infinity", "1234567890123"):
        with pytest.raises(ValidationError):
            TypeAdapter(Amount).validate_python(impossible)


def test_a_place_lies_on_the_globe() -> None:
    assert GeoPoint(latitude=60.1632, longitude=24.9316).latitude == 60.1632
    with pytest.raises(ValidationError):
        GeoPoint(latitude=91, longitude=0)
    with pytest.raises(ValidationError):
        GeoPoint(latitude=0, longitude=float("nan"))


def test_one_line_is_one_line_and_text_has_no_control_characters() -> None:
    line, text = TypeAdapter(Line), TypeAdapter(Text)
    assert line.validate_python("Maria Lindholm") == "Maria Lindholm"
    assert text.validate_python("Brake fluid\n\tWipers") == "Brake fluid\n\tWipers"
    for hostile in ("Maria\r\nBcc: x@example.com", "Maria\nLindholm", "a\tb", "a\x00b", "a\x7fb", "a" * 201):
        with pytest.raises(ValidationError):
            line.validate_python(hostile)
    with pytest.raises(ValidationError, match="U\\+000D"):
        text.validate_python("a\r\nb")


def test_a_wall_time_that_summer_time_skips_names_the_next_one() -> None:
    assert to_instant(datetime(2026, 11, 30, 8), "Europe/Helsinki").astimezone(UTC).hour == 6  # noqa: DTZ001 - a wall time
    with pytest.raises(WallTimeGap, match=r"2027-03-28 03:30 does not exist in Europe/Helsinki.*04:30"):
        to_instant(datetime(2027, 3, 28, 3, 30), "Europe/Helsinki")  # noqa: DTZ001 - a wall time


def test_a_repeated_wall_time_is_told_apart_by_its_fold() -> None:
    first = to_instant(datetime(2026, 10, 25, 3, 30), "Europe/Helsinki")  # noqa: DTZ001 - a wall time
    second = to_instant(datetime(2026, 10, 25, 3, 30, fold=1), "Europe/Helsinki")  # noqa: DTZ001 - a wall time
    assert (second.astimezone(UTC) - first.astimezone(UTC)).total_seconds() == 3600
