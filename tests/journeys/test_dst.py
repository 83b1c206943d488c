"""Reminders keep the dealer's wall clock when it is put forward or back between reminder and appointment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys import evidence
from tests.journeys.chain import Chain, Seeds

pytestmark = pytest.mark.timeout(180)  # processes start slowly where others keep the machine busy

SPRING = ("2027-03-22T06:00:00Z", "2027-03-29", "2027-03-27T06:00:00Z", "2027-03-28T21:00:00Z")
"""Clocks go forward on Sunday 28 March: the reminder falls into winter time, the day into summer time."""
AUTUMN = ("2027-10-25T06:00:00Z", "2027-11-01", "2027-10-30T05:00:00Z", "2027-10-31T22:00:00Z")
"""Clocks go back on Sunday 31 October."""


@pytest.fixture(scope="module", params=[SPRING, AUTUMN], ids=["spring", "autumn"])
def season(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, seeds: Seeds
) -> Iterator[tuple[Chain, str, datetime, datetime]]:
    start_at, date, reminder, day = request.param
    with Chain(tmp_path_factory.mktemp("season"), seeds=seeds, start_at=start_at) as chain:
        yield chain, date, datetime.fromisoformat(reminder), datetime.fromisoformat(day)


async def test_the_reminder_comes_at_eight_where_the_dealer_is_once_by_mail_and_once_in_the_car(
    season: tuple[Chain, str, datetime, datetime],
) -> None:
    chain, date, reminder, day = season
    async with chain.street(reminder_days=2) as street:
        await street.books(date=date)
        await street.drives_off()
        await street.driver.chooses("Details")
        snapshot = await evidence.assert_in_step(street)
        windows = {item.kind: (item.show_from, item.show_until) for item in snapshot.items}
        assert windows["reminder"] == (reminder, day)
        next_midnight = datetime.fromisoformat(date).replace(tzinfo=UTC) + timedelta(days=1)
        assert windows["day_reminder"][0] == day
        assert timedelta(hours=1) < next_midnight - windows["day_reminder"][1] < timedelta(hours=4)

        await street.advances(reminder - timedelta(minutes=2))
        assert (await street.drives_off())["pop_up"] is None  # one minute to eight
        assert len(street.owner.letters()) == 1
        await street.driver.turns_key("off")
        await street.advances(reminder)
        assert len(await street.letters(2)) == 2
        assert (await street.driver.turns_key("running"))["pop_up"] == "reminder"
        await street.driver.presses("EXIT")
        assert (await street.drives_off())["pop_up"] is None

        await street.advances(day - timedelta(minutes=2))
        assert (await street.drives_off())["pop_up"] is None  # one minute to midnight
        await street.driver.turns_key("off")
        await street.advances(day)
        assert (await street.driver.turns_key("running"))["pop_up"] == "day_reminder"
        await street.advances(datetime.fromisoformat(f"{date}T20:00:00Z"))
        await street.rests()
        assert evidence.showings(street.journal) == ["booking", "reminder", "day_reminder"]
        assert len(street.owner.letters()) == 2
        assert len(set(await street.letters(2))) == 2
        await evidence.assert_told_once(street)
