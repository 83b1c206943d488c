"""`sensus bench` is one real process with many cars on a real broker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from typer.testing import CliRunner

from protocol.clock import until
from tests.hardened import ANNA, BERT, Hardened
from tests.vehicle_sim.motorist import DAY, MONDAY, VIN
from vehicle_sim import vins
from vehicle_sim.cli import app
from vehicle_sim.process import Process
from vehicle_sim.rig import Rig


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with Rig(tmp_path / "rig", start_at=MONDAY.isoformat()) as rig:
        yield rig


@pytest.fixture
def broker(rig: Rig) -> Process:
    return rig.broker()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def asked(session: aiohttp.ClientSession, method: str, url: str, body: object = None) -> Any:
    async with session.request(method, url, json=body) as answer:
        assert answer.status < 300, await answer.text()
        return await answer.json(content_type=None)


async def all_online(session: aiohttp.ClientSession, bench: Process) -> list[str]:
    """Wait until every car is connected, and return their VINs."""
    found: list[str] = []

    async def are_there() -> bool:
        cars = (await asked(session, "GET", f"{bench.url}/v1/cars"))["cars"]
        found[:] = [car["vin"] for car in cars]
        return all(car["online"] for car in cars)

    await until(are_there, what="all cars to be connected")
    return found


async def test_cars_share_a_process_a_broker_and_a_clock(
    rig: Rig, broker: Process, session: aiohttp.ClientSession
) -> None:
    bench = rig.bench(broker, "--language", "sv", cars=2)
    made = [vins.invented(number) for number in range(2)]
    assert await all_online(session, bench) == made
    await asked(session, "POST", f"{bench.url}/v1/cars", {"vin": VIN})
    assert await all_online(session, bench) == sorted([*made, VIN])
    await asked(session, "POST", f"{bench.url}/v1/cars/{VIN}/ignition", {"to": "running"})
    tree = await asked(session, "GET", f"{bench.url}/v1/cars/{made[0]}/tree")
    assert (tree["language"], tree["view"]) == ("sv", "screen_off")
    clock = await asked(session, "PUT", f"{bench.url}/sim/clock", {"now": (MONDAY + DAY).isoformat()})
    assert clock["now"] == (MONDAY + DAY).isoformat()
    await asked(session, "DELETE", f"{bench.url}/v1/cars/{made[0]}")
    assert await all_online(session, bench) == sorted([made[1], VIN])
    bench.stop()
    assert "Traceback" not in bench.words()


async def test_each_car_speaks_with_its_own_certificate(
    rig: Rig, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    hardened = Hardened(tmp_path)
    hardened.start()
    try:
        url = ("--broker", f"mqtts://127.0.0.1:{hardened.cars_port}")
        options = (*url, "--pki", str(hardened.pki), "--vin", ANNA, "--vin", BERT)
        bench = rig.start("bench", "bench", *options, wait=False)
        await bench.ready()
        assert await all_online(session, bench) == [ANNA, BERT]
        bench.stop()
    finally:
        hardened.stop()


async def test_a_bench_with_a_folder_finds_its_cars_again(
    rig: Rig, broker: Process, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    bench = rig.bench(broker, "--dir", str(tmp_path / "cars"), "--vin", VIN)
    await asked(session, "PUT", f"{bench.url}/sim/clock", {"now": (MONDAY + DAY).isoformat()})
    await asked(session, "POST", f"{bench.url}/v1/cars/{VIN}/ignition", {"to": "running"})
    bench.restart(wait=False)
    await bench.ready()
    car = await asked(session, "GET", f"{bench.url}/v1/cars/{VIN}")
    assert (car["key"], car["run"], car["now"]) == ("running", 1, (MONDAY + DAY).isoformat())
    bench.stop()


def test_the_port_of_another_is_told_in_words(rig: Rig, broker: Process) -> None:
    bench = rig.bench(broker)
    said = CliRunner().invoke(app, ["bench", "--cars", "1", "--port", str(bench.port)])
    assert said.exit_code == 1
    assert "in use" in said.output
    bench.stop()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--vin", "TOOSHORT"), "17 characters"),
        (("--vin", VIN, "--vin", VIN), "named twice"),
        (("--broker", "http://x"), "no broker URL"),
        (("--profile", "round"), "no display"),
        (("--start-at", MONDAY.isoformat()), "--simulated"),
        (("--simulated", "--start-at", "noon"), "no instant"),
    ],
)
def test_a_wrong_option_is_named(options: tuple[str, ...], told: str) -> None:
    said = CliRunner().invoke(app, ["bench", *options], env={"COLUMNS": "200"})
    assert said.exit_code == 2
    assert told in " ".join(said.output.replace("│", " ").split())
