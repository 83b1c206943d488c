"""Holds what a history needs of an appointment: it comes back from JSON exactly as it went in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from backend.appointment import Place, Status, Terms, as_utc, from_json, to_json
from protocol.values import GeoPoint
from tests.backend.lives import IN_STATUS, requested_from_car


@pytest.mark.parametrize("status", list(Status))
def test_every_status_survives_json(status: Status) -> None:
    appointment = IN_STATUS[status]()
    place = Place("Satamakatu 3", GeoPoint(latitude=60.2, longitude=24.9))
    moved = replace(appointment, terms=replace(appointment.terms, place=place))
    for each in (appointment, moved):
        again = from_json(to_json(each))
        assert again == each
        assert to_json(again) == to_json(each)


def test_a_request_from_the_car_survives_json_with_its_health_data() -> None:
    appointment = requested_from_car()
    assert from_json(to_json(appointment)) == appointment


def test_an_instant_in_an_hour_that_comes_twice_equals_itself_after_json() -> None:
    """Python compares a time with fold as unequal to the same instant in another zone."""
    twice = datetime(2026, 10, 25, 3, 30, fold=1, tzinfo=ZoneInfo("Europe/Helsinki"))
    appointment = replace(IN_STATUS[Status.CONFIRMED](), terms=Terms(starts_at=twice))
    assert from_json(to_json(appointment)) == appointment
    assert appointment.terms.starts_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_time_without_an_offset_is_no_instant() -> None:
    with pytest.raises(ValueError, match="no UTC offset"):
        as_utc(datetime(2026, 10, 25, 3, 30))  # noqa: DTZ001 - naive on purpose
