"""*Search Vehicle* as an advisor uses it: by VIN or plate to all that is known of a vehicle."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from backend.service import cars
from backend.store.database import Transaction
from backend.tables import dealers, vehicles
from backend.web import keys
from protocol.language import Language
from protocol.messages import At, Hello, Presence
from tests.backend.web.clerk import Clerk, sits_down
from tests.backend.web.conftest import Backend
from tests.backend.web.desk import MARIA, Desk

PATH = "/desk/vehicles"
JONAS = "YV1DZ7350F2701946"


@pytest.fixture
async def aino(backend: Backend) -> Clerk:
    return await sits_down(backend.client, "avirtanen")


async def vehicle(backend: Backend, vin: str = MARIA) -> dict[str, Any]:
    async with backend.app[keys.OFFICE].look() as work:
        found = await work.tx.row(sa.select(vehicles).where(vehicles.c.vin == vin))
    assert found is not None
    return found


async def changes(backend: Backend, statement: Any) -> None:
    async with backend.app[keys.OFFICE].work() as work:
        tx: Transaction = work.tx
        assert await tx.run(statement)


async def says_hello(backend: Backend, **facts: Any) -> None:
    known = await vehicle(backend)
    at = At(epoch=known["epoch"], rev=known["rev"])
    hello: dict[str, Any] = {
        "vin": MARIA,
        "store_id": uuid4(),
        "n": 1,
        "applied": at,
        "saw": at,
        "digest": known["digest"],
        "language": Language.SWEDISH,
        "profile": "7-inch",
        "navigation": True,
        "notifications_on": False,
    } | facts
    async with backend.app[keys.OFFICE].work() as work:
        await cars.hear(work, Presence(vin=MARIA, online=True, boot_id=uuid4()))
        await cars.hear(work, Hello(**hello))


# --- search


@pytest.mark.parametrize("written", ["yv1fw7050e1234567", "YV1 FW7050 E1234567", "abc 123", "ABC-123"])
async def test_an_own_vehicle_is_shown_at_once(aino: Clerk, written: str) -> None:
    assert (await aino.opens(f"{PATH}?q={written}")).goes_to == f"{PATH}/{MARIA}"


async def test_anothers_vehicle_is_named_and_stays_closed(aino: Clerk, backend: Backend) -> None:
    page = await aino.opens(f"{PATH}?q=K-JB 2015")
    assert page.status == 200
    assert "Jonas Brinkmann" in page.text
    assert "With its first appointment here, its page opens to you." in page.text
    assert f"{PATH}/{JONAS}" not in page.links
    customer = backend.desks[1].customers[JONAS]
    assert f"/desk/appointments/new?vin={JONAS}&customer={customer}" in page.links
    assert (await aino.opens(f"{PATH}/{JONAS}")).status == 404


async def test_two_vehicles_with_one_plate_are_both_shown(aino: Clerk, backend: Backend) -> None:
    plate = {"plate": "ABC 123", "plate_key": "ABC123"}
    await changes(backend, sa.update(vehicles).where(vehicles.c.vin == JONAS).values(**plate))
    page = await aino.opens(f"{PATH}?q=abc123")
    assert "Maria Lindholm" in page.text
    assert "Jonas Brinkmann" in page.text
    assert f"{PATH}/{MARIA}" in page.links


@pytest.mark.parametrize(
    ("written", "status", "told"),
    [
        ("", 200, "VIN or plate"),
        ("YV1FW7050E1239999", 200, "No vehicle found"),
        ("maria@example.com", 422, "neither I, O nor Q"),
        ("YV1FW7050E12345O7", 422, "neither I, O nor Q"),
        ("YV1FW7050E123456", 200, "No vehicle found"),
        ("<b>12</b>", 200, "Plate: <b>12</b>"),
        ("x" * 100, 422, "A VIN has 17 digits"),
        ("A%01B", 422, "at most 16 characters"),
    ],
)
async def test_what_is_not_found_is_said(aino: Clerk, written: str, status: int, told: str) -> None:
    page = await aino.opens(f"{PATH}?q={written}")
    assert page.status == status
    assert told in page.text


# --- details


async def test_the_details_say_all_that_is_known(aino: Clerk, desk: Desk) -> None:
    number = await desk.schedules()
    page = await aino.opens(f"{PATH}/{MARIA}")
    form = page.form("model")
    assert form.fields["mileage"] == "87412"
    assert form.fields["connected"] == "1"
    assert "full_details" not in form.fields
    assert "It has not been heard of yet." in page.text
    assert f"/desk/appointments/{number}" in page.links
    assert f"/desk/manage/{desk.customers[MARIA]}" in page.links
    assert f"{number[:3]} {number[3:]} Confirmed Mon 30 Nov 2026, 08:00 Annual service" in page.text


async def test_what_the_head_unit_told_is_shown(aino: Clerk, desk: Desk, backend: Backend) -> None:
    await says_hello(backend)
    page = await aino.opens(f"{PATH}/{MARIA}")
    for words in (
        "Online now · Thu 26 Nov, 09:00",
        "Heard of Thu 26 Nov, 09:00",
        "Stands on the newest bookings",
        "Language Swedish",
        "Sensus Navigation Yes",
        "Display notifications No",
        "Screen 7-inch",
    ):
        assert words in page.text
    await desk.schedules()
    await changes(
        backend,
        sa.update(vehicles)
        .where(vehicles.c.vin == MARIA)
        .values(rejected="no such schema", navigation=None, language="x-klingon", online=False),
    )
    page = await aino.opens(f"{PATH}/{MARIA}")
    for words in (
        "Online not now",
        "Stands on older bookings",
        "Could not use no such schema",
        "Sensus Navigation –",
        "Language x-klingon",
    ):
        assert words in page.text


async def test_an_edit_is_kept_and_an_unconnected_car_tells_nothing(aino: Clerk, backend: Backend) -> None:
    await says_hello(backend)
    page = await aino.opens(f"{PATH}/{MARIA}")
    form = page.form("model")
    del form.fields["connected"]
    saved = await aino.lands(
        form, model="V60 D5", plate="XYZ-1", year="2016", mileage="90.000", full_details="1"
    )
    assert "Saved." in saved.text
    assert "web and e-mail only" in saved.text
    known = await vehicle(backend)
    assert (known["model"], known["plate"], known["model_year"], known["odometer_km"]) == (
        "V60 D5",
        "XYZ-1",
        2016,
        90_000,
    )
    assert (known["connected"], known["full_details"]) == (False, True)


async def test_a_wrong_field_is_named_and_nothing_saved(aino: Clerk, backend: Backend) -> None:
    page = await aino.opens(f"{PATH}/{MARIA}")
    before = await vehicle(backend)
    for name, text in (
        ("model", "  "),
        ("model", "x" * 201),
        ("plate", ""),
        ("plate", "\x00"),
        ("year", "1899"),
        ("year", ""),
        ("mileage", ""),
        ("mileage", "many"),
        ("mileage", "²"),
    ):
        refused = await aino.sends(page.form("model"), **{name: text})
        assert refused.status == 422
        assert refused.invalid == {name}
        assert refused.form("model").fields[name] == text
    assert await vehicle(backend) == before


async def test_what_was_never_known_may_stay_so(aino: Clerk, backend: Backend) -> None:
    unknown = {"model_year": None, "odometer_km": None}
    await changes(backend, sa.update(vehicles).where(vehicles.c.vin == MARIA).values(**unknown))
    page = await aino.opens(f"{PATH}/{MARIA}")
    await aino.lands(page.form("model"), model="V60")
    known = await vehicle(backend)
    assert (known["model_year"], known["odometer_km"]) == (None, None)


async def test_miles_are_entered_where_miles_are_driven(aino: Clerk, backend: Backend) -> None:
    await changes(backend, sa.update(dealers).where(dealers.c.market == "FI").values(market="GB"))
    page = await aino.opens(f"{PATH}/{MARIA}")
    assert "Mileage (mi)" in page.text
    assert page.form("model").fields["mileage"] == "54315"
    same = await aino.lands(page.form("model"))
    assert (await vehicle(backend))["odometer_km"] == 87_412  # not a kilometre is lost on the way
    await aino.lands(same.form("model"), mileage="60,000")
    assert (await vehicle(backend))["odometer_km"] == 96_561


async def test_two_who_edit_at_once_see_each_others_change(aino: Clerk, backend: Backend) -> None:
    mikko = await sits_down(backend.client, "mlaine")
    hers, his = await aino.opens(f"{PATH}/{MARIA}"), await mikko.opens(f"{PATH}/{MARIA}")
    await mikko.lands(his.form("model"), mileage="88000", full_details="1")
    page = await aino.sends(hers.form("model"), mileage="87500", plate="NEW-1")
    assert page.status == 409
    assert "Mileage (km) : now 88000 ; the form still has your entry." in page.text
    assert "Show the full details in the car : now Yes ; the form has taken it over." in page.text
    assert page.form("model").fields["full_details"] == "1"
    await aino.lands(page.form("model"))
    known = await vehicle(backend)
    assert (known["odometer_km"], known["plate"], known["full_details"]) == (87_500, "NEW-1", True)


async def test_what_is_not_here_is_not_found(aino: Clerk, backend: Backend) -> None:
    for path in (f"{PATH}/YV1FW7050E1239999", f"{PATH}/nonsense", f"{PATH}/{JONAS}/owner"):
        page = await aino.opens(path)
        assert page.status == 404
        assert "Jonas" not in page.text
    assert (await aino.ask("POST", f"{PATH}/{JONAS}", {"model": "X"})).status == 404


async def test_a_vehicle_that_nobody_drives_says_so(aino: Clerk, desk: Desk) -> None:
    body = {"vin": "YV1FS8180F1234567", "model": "S60", "year": 2015, "plate": "QQQ-1"}
    assert (await desk.ask("POST", "/v1/vehicles", body)).status == 201
    page = await aino.opens(f"{PATH}/{body['vin']}")
    assert "Nobody drives or owns it" in page.text
    found = await aino.opens(f"/desk/manage?q={body['vin']}")
    assert "No customer yet" in found.text


async def test_anothers_driver_of_an_own_vehicle_is_not_named(aino: Clerk, backend: Backend) -> None:
    desk, other = backend.desks
    jonas = other.customers[JONAS]
    related = await desk.ask("PUT", f"/v1/vehicles/{MARIA}/relations/{jonas}", {"relation": "owns"})
    assert related.status == 200
    await changes(
        backend,
        sa.text("UPDATE customers SET preferred_dealer_id = created_by WHERE name = 'Jonas Brinkmann'"),
    )
    await aino.lands(
        (await aino.opens(f"/desk/manage/{desk.customers[MARIA]}")).form("email"), preferred="none"
    )
    page = await aino.opens(f"{PATH}/{MARIA}")
    assert "a customer of another dealer" in page.text
    assert "Jonas" not in page.text
