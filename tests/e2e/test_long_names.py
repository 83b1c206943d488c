"""Names that are as long as names may be find room on every page, whatever its width."""

from __future__ import annotations

import pytest

from tests.e2e.bench import KOELN, Bench
from tests.e2e.conftest import Sit
from tests.e2e.desk import Desk, job
from tests.e2e.looking import Fault, faults
from tests.e2e.my_volvo import MyVolvo

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
MODEL = "XC60 D5 AWD Summum R-Design mit Standheizung und Anhängerkupplung"
NO_AXE = 0


@pytest.mark.timeout(240)
def test_nobody_scrolls_sideways_for_a_long_name(sit: Sit, bench: Bench) -> None:
    place, person = KOELN, KOELN.others[-1]
    written = len(bench.letters(person.email))
    bench.renames(place, person, f"{person.name} von und zu {LONG} {LONG}", MODEL)
    number = bench.requests(
        place, person, bench.day(place, 9), f"{job(place, bench.day(place, 9)).work} {LONG}"
    )
    bench.acts(place, number, "provide_proposal", text=f"Ein {LONG}")
    desk = Desk(sit(place).new_page(), place)
    desk.signs_in()
    found: list[Fault] = []
    for address in (
        "/desk/appointments?list=pending",
        "/desk/appointments/new",
        f"/desk/appointments/{number}",
        f"/desk/appointments/{number}/history/1",
        "/desk/customers",
        f"/desk/manage?q={person.name.split()[-1]}",
        f"/desk/vehicles/{person.vin}",
        f"/desk/vehicles/{person.vin}/owner",
    ):
        desk.page.goto(address)
        found += faults(desk.page, address, NO_AXE)
    owner = MyVolvo(sit(place).new_page(), place, bench)
    owner.follows(bench.receives(person.email, written + 1))
    found += faults(owner.page, "the booking", NO_AXE)
    for address in ("/my", "/my/request", f"/my/cars/{person.vin}", "/mailbox"):
        owner.page.goto(address)
        found += faults(owner.page, address, NO_AXE)
    owner.page.get_by_role("main").get_by_role("link").first.click()
    owner.page.goto(str(owner.page.locator("iframe").get_attribute("src")))
    found += faults(owner.page, "the letter", NO_AXE)
    bench.acts(place, number, "cancel_on_behalf", reason="The story is over")
    assert not found, "\n".join(f"{one.where}: {one.what}: {one.example}" for one in found)
