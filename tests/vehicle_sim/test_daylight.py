"""Sunrise and sunset as the almanacs have them, and the latitudes where there is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.values import GeoPoint
from vehicle_sim.daylight import elevation, is_up

HELSINKI = GeoPoint(latitude=60.1699, longitude=24.9384)
STOCKHOLM = GeoPoint(latitude=59.3293, longitude=18.0686)
BERLIN = GeoPoint(latitude=52.5200, longitude=13.4050)
SINGAPORE = GeoPoint(latitude=1.3521, longitude=103.8198)
UTSJOKI = GeoPoint(latitude=69.9076, longitude=27.0265)
CLOSE_ENOUGH = timedelta(minutes=2)


@pytest.mark.parametrize(
    ("place", "zone", "rises", "sets"),
    [
        (HELSINKI, "Europe/Helsinki", "2026-06-21T03:54", "2026-06-21T22:50"),
        (HELSINKI, "Europe/Helsinki", "2026-12-21T09:24", "2026-12-21T15:13"),
        (STOCKHOLM, "Europe/Stockholm", "2026-06-21T03:31", "2026-06-21T22:08"),
        (STOCKHOLM, "Europe/Stockholm", "2026-12-21T08:44", "2026-12-21T14:48"),
        (BERLIN, "Europe/Berlin", "2026-06-21T04:43", "2026-06-21T21:33"),
        (BERLIN, "Europe/Berlin", "2026-12-21T08:15", "2026-12-21T15:54"),
        (SINGAPORE, "Asia/Singapore", "2026-03-20T07:09", "2026-03-20T19:15"),
    ],
)
def test_the_sun_rises_and_sets_as_the_almanac_says(
    place: GeoPoint, zone: str, rises: str, sets: str
) -> None:
    rise, fall = (datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) for text in (rises, sets))
    assert not is_up(place, rise - CLOSE_ENOUGH)
    assert is_up(place, rise + CLOSE_ENOUGH)
    assert is_up(place, fall - CLOSE_ENOUGH)
    assert not is_up(place, fall + CLOSE_ENOUGH)


@pytest.mark.parametrize(("month", "up"), [(6, True), (12, False)])
def test_beyond_the_polar_circle_a_day_may_last_all_night(month: int, up: bool) -> None:  # noqa: FBT001
    begin = datetime(2026, month, 21, tzinfo=UTC)
    assert {is_up(UTSJOKI, begin + timedelta(hours=hour)) for hour in range(24)} == {up}


def test_at_an_equinox_the_sun_passes_over_the_equator() -> None:
    noon = datetime(2026, 3, 20, 12, 7, tzinfo=UTC)
    assert elevation(GeoPoint(latitude=0, longitude=0), noon) == pytest.approx(90, abs=0.5)
    assert elevation(GeoPoint(latitude=0, longitude=180), noon) == pytest.approx(-90, abs=0.5)


@given(
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.datetimes(datetime(1950, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_an_elevation_is_an_angle_anywhere_at_any_time(
    latitude: float, longitude: float, now: datetime
) -> None:
    assert -90 <= elevation(GeoPoint(latitude=latitude, longitude=longitude), now) <= 90
