"""Points in time as people say them: what they mean, and what is said of those that mean nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from vehicle_sim.scenario.moments import NoMoment, moment, span

HELSINKI = ZoneInfo("Europe/Helsinki")
THURSDAY = datetime(2026, 11, 26, 15, 58, tzinfo=HELSINKI)
VISITS = {"visit": datetime(2026, 11, 30, 8, 0, tzinfo=HELSINKI)}


@pytest.mark.parametrize(
    ("words", "means"),
    [
        ("17:21", "2026-11-26 17:21"),
        ("at 17:21", "2026-11-26 17:21"),
        ("08:12", "2026-11-27 08:12"),  # today it is over
        ("today at 15:58", "2026-11-26 15:58"),
        ("tomorrow 07:00", "2026-11-27 07:00"),
        ("monday 07:41", "2026-11-30 07:41"),
        ("Monday at 07:41", "2026-11-30 07:41"),
        ("thursday 16:30", "2026-11-26 16:30"),
        ("next thursday 16:30", "2026-12-03 16:30"),
        ("thursday 15:00", "2026-12-03 15:00"),
        ("thursday", "2026-12-03 15:58"),
        ("in 3 days at 08:00", "2026-11-29 08:00"),
        ("in 3 days", "2026-11-29 15:58"),
        ("in 2 weeks", "2026-12-10 15:58"),
        ("in 2 hours", "2026-11-26 17:58"),
        ("in 1 day 2 hours", "2026-11-27 17:58"),
        ("3 days before visit at 08:00", "2026-11-27 08:00"),
        ("1 day after the visit", "2026-12-01 08:00"),
        ("on the day of visit at 07:20", "2026-11-30 07:20"),
        ("the day of visit 07:20", "2026-11-30 07:20"),
        ("2026-12-24 18:00", "2026-12-24 18:00"),
        ("2026-12-24", "2026-12-24 15:58"),
        ("2026-12-24T18:00+01:00", "2026-12-24 19:00"),
        ("tomorrow 07:00 Europe/Berlin", "2026-11-27 08:00"),
        ("17:21:30", "2026-11-26 17:21:30"),
    ],
)
def test_words_mean_an_instant(words: str, means: str) -> None:
    expected = datetime.fromisoformat(means).replace(tzinfo=HELSINKI)
    assert moment(words).at(THURSDAY.astimezone(UTC), "Europe/Helsinki", VISITS) == expected


def test_a_wall_time_that_comes_twice_is_the_first_unless_it_says_again() -> None:
    before = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
    first = moment("2026-10-25 03:30").at(before, "Europe/Helsinki", {})
    assert moment("2026-10-25 03:30 again").at(before, "Europe/Helsinki", {}) - first == timedelta(hours=1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("someday", "is no point in time"),
        ("", "is no point in time"),
        ("25:00", "no clock shows"),
        ("in 3 parsecs", "is no length of time"),
        ("in 2 hours at 08:00", "only whole days go with a wall time"),
        ("2026-02-30 08:00", "is no day of the calendar"),
        ("tomorrow 07:00 Europe/Nowhere", "is no IANA time zone"),
    ],
)
def test_words_that_mean_nothing_are_told(words: str, said: str) -> None:
    with pytest.raises(NoMoment, match=said):
        moment(words)


def test_a_visit_that_nobody_agreed_on_is_told_with_those_there_are() -> None:
    with pytest.raises(NoMoment, match="there is no visit 'repair'; there is visit"):
        moment("1 day before repair").at(THURSDAY, "Europe/Helsinki", VISITS)
    with pytest.raises(NoMoment, match="none has been agreed on yet"):
        moment("1 day before repair").at(THURSDAY, "Europe/Helsinki", {})


def test_a_wall_time_that_the_clocks_skip_is_told() -> None:
    with pytest.raises(NoMoment, match="the clocks go forward"):
        moment("2026-03-29 03:30").at(THURSDAY, "Europe/Helsinki", {})


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("3 days", timedelta(days=3)),
        ("2 hours 30 minutes", timedelta(hours=2, minutes=30)),
        ("2h30m", timedelta(hours=2, minutes=30)),
        ("1 hour and 5 min", timedelta(hours=1, minutes=5)),
        ("45 s", timedelta(seconds=45)),
        ("1 week, 1 day", timedelta(days=8)),
    ],
)
def test_lengths_of_time(words: str, length: timedelta) -> None:
    assert span(words) == length


@pytest.mark.parametrize("words", ["", "soon", "3", "3 days later", "days 3"])
def test_what_is_no_length_of_time(words: str) -> None:
    with pytest.raises(NoMoment, match="is no length of time"):
        span(words)
