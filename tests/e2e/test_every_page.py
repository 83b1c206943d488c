"""Holds every page in each language to axe, by day and night, and to the width of a telephone and a screen.

axe is slow: it looks at the English pages on a screen, and at the German and Swedish ones on a telephone.
"""

from __future__ import annotations

from itertools import chain

import pytest

from tests.e2e import sights
from tests.e2e.bench import HELSINGFORS, HELSINKI, KOELN, Bench, Place
from tests.e2e.conftest import Sit
from tests.e2e.desk import Desk
from tests.e2e.looking import NARROW, WIDE, faults
from tests.e2e.my_volvo import MyVolvo


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("car")
@pytest.mark.parametrize(
    "place", [HELSINKI, KOELN, HELSINGFORS], ids=["English", "German", "Swedish"], indirect=True
)
def test_everybody_can_use_every_page(sit: Sit, bench: Bench, place: Place) -> None:
    desk = Desk(sit(place).new_page(), place)
    days = sights.some_days_pass(desk, bench)
    my_volvo = MyVolvo(sit(place).new_page(), place, bench)
    seen = chain(
        sights.of_the_doors(sit(place)),
        sights.of_the_desk(desk, days),
        sights.of_my_volvo(my_volvo, bench),
        sights.of_the_rest(sit(place)),
    )
    width = WIDE if place is HELSINKI else NARROW
    found = [fault for one in seen for fault in faults(one.page, one.name, width)]
    assert not found, "\n".join(f"{one.where}: {one.what}: {one.example}" for one in found)
