"""Cars are put on a bench, taken away and made new while it serves; what they were is forgotten."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from broker.memory_transport import MemoryBroker, MemoryTransport
from protocol.clock import VirtualClock, until
from protocol.messages import encode
from protocol.topics import CarTopic, Channel
from protocol.values import check_vin, has_good_check_digit
from tests.vehicle_sim.garage import QUICK
from tests.vehicle_sim.motorist import MONDAY, VIN, booking, snapshot
from tests.vehicle_sim.test_bench import OTHER, Mask
from vehicle_sim import vins
from vehicle_sim.bench import Bench, serving
from vehicle_sim.chronicle import Stood
from vehicle_sim.garage import Garage, Gone

Json = dict[str, Any]


@dataclass
class Foreman:
    """Whoever sets the bench up."""

    session: aiohttp.ClientSession
    url: str
    garage: Garage
    broker: MemoryBroker
    folder: Path

    async def asks(self, method: str, tail: str = "", body: object = None) -> tuple[int, Json]:
        async with self.session.request(method, f"{self.url}/v1/cars{tail}", json=body) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else {}

    async def brings(self, **wish: object) -> Json:
        status, car = await self.asks("POST", body=wish)
        assert status == 201, car
        return car

    async def pushes_booking(self, vin: str) -> None:
        desired = snapshot((booking(),), rev=1).model_copy(update={"vin": vin})
        async with MemoryTransport(self.broker, "backend").connect() as backend:
            await backend.publish(str(CarTopic(vin, Channel.DESIRED)), encode(desired), retain=True)
        await until(lambda: bool(self.garage.units[vin].car.items), what="the booking")

    @property
    def files(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
async def foreman(tmp_path: Path) -> AsyncIterator[Foreman]:
    broker, clock = MemoryBroker(), VirtualClock(MONDAY)
    async with (
        Garage(tmp_path, clock, lambda vin: MemoryTransport(broker, vin), patience=QUICK) as garage,
        serving(Bench(clock, Mask(), garage.units, garage.chronicle, garage), "127.0.0.1", 0) as url,
        aiohttp.ClientSession() as session,
    ):
        yield Foreman(session, url, garage, broker, tmp_path)


async def test_a_car_comes_as_it_was_ordered_and_goes_without_a_trace(foreman: Foreman) -> None:
    car = await foreman.brings(
        vin=VIN,
        profile="sensus-9",
        settings={"language": "sv", "navigation": False, "night": None},
        position={"latitude": 57.7, "longitude": 11.97},
        odometer_km=1234.5,
    )
    assert (car["vin"], car["language"], car["navigation"], car["profile"]) == (VIN, "sv", False, "sensus-9")
    _, signals = await foreman.asks("GET", f"/{VIN}/signals")
    assert signals["Vehicle.TraveledDistance"] == 1_234_500
    assert signals["Vehicle.CurrentLocation.Latitude"] == 57.7
    await until(lambda: foreman.garage.units[VIN].link.online, what="the connection")
    _, cars = await foreman.asks("GET")
    assert cars["open"] is True
    assert [one["vin"] for one in cars["cars"]] == [VIN]
    assert foreman.files == {f"{VIN}.journal", f"{VIN}.journal.lock"}
    status, _ = await foreman.asks("DELETE", f"/{VIN}")
    assert status == 204
    assert foreman.files == set()
    assert foreman.broker.clients == frozenset()
    status, _ = await foreman.asks("GET", f"/{VIN}")
    assert status == 404
    told = [entry.fact for entry in foreman.garage.chronicle.since(0) if isinstance(entry.fact, Stood)]
    assert told == [Stood("created"), Stood("removed")]


async def test_of_two_who_take_a_car_away_one_is_told_that_it_is_gone(foreman: Foreman) -> None:
    await foreman.brings(vin=VIN)
    both = await asyncio.gather(*(foreman.asks("DELETE", f"/{VIN}") for _ in range(2)))
    assert sorted(status for status, _ in both) == [204, 404]
    await foreman.brings(vin=VIN)
    await foreman.garage.takes_away(VIN)
    with pytest.raises(Gone, match="any more"):
        await foreman.garage.resets(VIN)


async def test_a_car_made_new_remembers_nothing(foreman: Foreman) -> None:
    before = await foreman.brings(vin=VIN, settings={"language": "de"}, network="on")
    await foreman.pushes_booking(VIN)
    await foreman.asks("POST", f"/{VIN}/ignition", {"to": "running"})
    await foreman.asks("PUT", f"/{VIN}/settings", {"language": "sv"})
    status, after = await foreman.asks("POST", f"/{VIN}/reset")
    assert status == 200
    assert (after["language"], after["key"], after["run"], after["items"]) == ("de", "off", 0, [])
    assert after["store_id"] != before["store_id"]
    await until(lambda: bool(foreman.garage.units[VIN].car.items), what="what the broker has for it")


async def test_a_car_without_a_vin_is_given_a_good_one(foreman: Foreman) -> None:
    given = [(await foreman.brings(network="off"))["vin"] for _ in range(3)]
    assert given == [vins.invented(number) for number in range(3)]
    assert all(has_good_check_digit(check_vin(vin)) for vin in given)
    assert all(not unit.link.wanted for unit in foreman.garage.units.values())


@pytest.mark.parametrize(
    ("wish", "status", "words"),
    [
        ({"vin": VIN}, 409, "stands on this bench already"),
        ({"vin": "short"}, 422, "17 characters"),
        ({"profile": "sensus-3"}, 422, "sensus-7"),
        ({"settings": {"language": None}}, 422, "language must not be null"),
        ({"colour": "red"}, 422, "/colour"),
    ],
)
async def test_an_order_that_will_not_do_is_refused(
    foreman: Foreman, wish: Json, status: int, words: str
) -> None:
    await foreman.brings(vin=VIN)
    answered, problem = await foreman.asks("POST", body=wish)
    assert answered == status
    assert words in problem["detail"]
    assert list(foreman.garage.units) == [VIN]


async def test_a_process_that_is_one_car_says_where_cars_come_and_go(tmp_path: Path) -> None:
    clock, broker = VirtualClock(MONDAY), MemoryBroker()
    async with Garage(tmp_path, clock, lambda vin: MemoryTransport(broker, vin)) as garage:
        bench = Bench(clock, Mask(), garage.units)
        async with serving(bench, "127.0.0.1", 0) as url, aiohttp.ClientSession() as session:
            foreman = Foreman(session, url, garage, broker, tmp_path)
            status, problem = await foreman.asks("POST", body={"vin": OTHER})
            assert status == 409
            assert "sensus bench" in problem["detail"]


async def test_a_slow_line_makes_a_car_wait(foreman: Foreman) -> None:
    await foreman.brings(vin=VIN)
    status, car = await foreman.asks("PUT", f"/{VIN}/network", {"state": "slow", "latency": 0.01})
    assert (status, car["network"]) == (200, "slow")
    assert foreman.garage.units[VIN].link.pace.bandwidth is None
    await foreman.pushes_booking(VIN)
    _, car = await foreman.asks("PUT", f"/{VIN}/network", {"state": "slow"})
    assert foreman.garage.units[VIN].link.pace.takes(4000) == 1.5
    _, car = await foreman.asks("PUT", f"/{VIN}/network", {"state": "on"})
    assert car["network"] == "on"
    assert not foreman.garage.units[VIN].link.pace.is_slow


async def test_a_car_that_fails_is_told_to_whoever_runs_the_bench(foreman: Foreman) -> None:
    await foreman.brings(vin=VIN)
    unit = foreman.garage.units[VIN]

    async def breaks() -> None:
        raise ArithmeticError("unlucky")

    unit.catch_up = breaks  # type: ignore[method-assign]
    assert isinstance(foreman.garage.clock, VirtualClock)
    foreman.garage.clock.set(MONDAY.replace(hour=23))
    with pytest.raises(ExceptionGroup) as failure:
        await foreman.garage.broken()
    assert failure.group_contains(ArithmeticError)


def test_invented_numbers_end() -> None:
    with pytest.raises(ValueError, match="no invented car"):
        vins.invented(-1)
    assert vins.free({vins.invented(0)}) == vins.invented(1)
