"""A rig's frames turn the key of a real head unit process; whatever else is on the bus does not matter."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import can
import pytest
from typer.testing import CliRunner

from protocol.clock import until, until_blocking
from tests.vehicle_sim.garage import ended
from tests.vehicle_sim.motorist import MONDAY, VIN
from tests.vehicle_sim.rig_bus import frame, motion, power, sends
from vehicle_sim import signals
from vehicle_sim.bridges import Signals, SourceLost
from vehicle_sim.bridges.bus import CanSource, opened
from vehicle_sim.bridges.changes import PACE
from vehicle_sim.bridges.feed import CarAway, Feed
from vehicle_sim.bridges.frames import Fault, Frame, load
from vehicle_sim.can_bridge import Options, serve
from vehicle_sim.cli import app
from vehicle_sim.process import Process
from vehicle_sim.remote import Remote
from vehicle_sim.rig import Rig


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with Rig(tmp_path / "rig", start_at=MONDAY.isoformat()) as rig:
        yield rig


@pytest.fixture
def unit(rig: Rig) -> Process:
    return rig.head_unit(VIN, rig.broker(), "--network", "off")


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[can.BusABC]:
    """The rig's end of a virtual bus that is this test's alone."""
    with opened("virtual", str(tmp_path)) as bus:
        yield bus


@asynccontextmanager
async def bridged(bus: can.BusABC, bench: str) -> AsyncIterator[list[str]]:
    """Bridge the bus to a car; yields what the bridge says."""
    said: list[str] = []
    options = Options(VIN, bench, channel=str(bus.channel_info).partition("channel ")[2], interface="virtual")
    running = asyncio.create_task(serve(options, say=said.append))
    try:
        await until(lambda: bool(said) or running.done(), what="the bridge to stand")
        yield said
    finally:
        await ended(running)


async def stands(unit: Process, wanted: Mapping[str, object]) -> None:
    """Wait until the car's signals are these."""

    async def so() -> bool:
        found = await asyncio.to_thread(Remote(unit.url, VIN).get, "/signals")
        return wanted.items() <= dict(found).items()

    await until(so, what=f"{wanted}")


def lines(unit: Process) -> int:
    return len(Remote(unit.url, VIN).get("/journal")["journal"])


async def test_frames_turn_the_key_start_the_engine_and_move_the_car(unit: Process, bus: can.BusABC) -> None:
    async with bridged(bus, unit.url) as said:
        sends(bus, power("START"), power("START", running=True), power("ON", running=True))
        sends(bus, frame("Position", Latitude=60.2, Longitude=24.9), motion(50, 48_100))
        sends(bus, frame("Body", OutsideTemperature=-3, Illumination="NIGHT", ServiceDue=1))
        await stands(
            unit,
            {
                signals.KEY: "ON",
                signals.RUNNING: True,
                signals.LATITUDE: 60.2,
                signals.LONGITUDE: 24.9,
                signals.DISTANCE: 48_100_000.0,
                signals.SPEED: 50.0,
                signals.OUTSIDE: -3.0,
                signals.DAY_OR_NIGHT: "NIGHT",
                signals.SERVICE: True,
            },
        )
        assert Remote(unit.url, VIN).get()["run"] == 1
        sends(bus, power("OFF"))
        await stands(unit, {signals.KEY: "OFF", signals.RUNNING: False})
    assert said[0].endswith(f"sets 9 signals of {VIN} at {unit.url}")
    assert said[-1].startswith("7 frames heard, the car told ")


async def test_a_busy_bus_with_other_peoples_frames_writes_few_lines(unit: Process, bus: can.BusABC) -> None:
    async with bridged(bus, unit.url) as said:
        sends(bus, power("ON"))
        await stands(unit, {signals.KEY: "ON"})
        before = lines(unit)
        for tick in range(500):
            sends(
                bus, motion(50 + tick % 4 / 10), power("ON"), Frame(0x700 + tick % 50, b"?"), Frame(256, b"")
            )
        bus.send(can.Message(arbitration_id=256, is_error_frame=True))
        sends(bus, power("ACC"))
        await stands(unit, {signals.KEY: "ACC", signals.SPEED: 50.0})
        assert lines(unit) - before <= 4
    assert "2003 frames heard" in said[-1]
    assert "unknown frame 500 times" in said[-1]
    assert "unreadable frame 500 times" in said[-1]
    assert len(said) < 30


async def test_a_car_that_was_away_learns_what_was_turned_meanwhile(unit: Process, bus: can.BusABC) -> None:
    async with bridged(bus, unit.url) as said:
        sends(bus, power("ON"))
        await stands(unit, {signals.KEY: "ON"})
        unit.kill()
        sends(bus, power("ACC"))
        await until(lambda: any("told again until it does" in words for words in said), what="the loss")
        unit.restart()
        await stands(unit, {signals.KEY: "ACC"})
        await until(lambda: "The car is there again." in said, what="the return")


@dataclass
class Car:
    """A car that writes down what it is told."""

    told: list[Signals] = field(default_factory=list)

    async def tell(self, values: Signals) -> None:
        self.told.append(values)


async def test_a_lost_bus_ends_the_feed_in_words(bus: can.BusABC, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_timeout: float | None) -> None:
        raise can.CanOperationError("the cable is out")

    monkeypatch.setattr(bus, "recv", broken)
    source = CanSource(bus, load(), print)
    with pytest.raises(SourceLost, match="the bus is lost: the cable is out"):
        await Feed(source, Car().tell, print).run()


async def test_a_source_that_ends_is_lost() -> None:
    class Short:
        async def heard(self) -> AsyncIterator[Signals]:
            yield {signals.SPEED: 10.0}

    with pytest.raises(SourceLost, match="the source has ended"):
        await Feed(Short(), Car().tell, print).run()


async def test_a_number_that_waits_for_its_time_is_told_without_a_further_frame(bus: can.BusABC) -> None:
    car = Car()
    with opened("virtual", str(bus.channel_info).partition("channel ")[2]) as ours:
        feeding = asyncio.create_task(Feed(CanSource(ours, load(), print), car.tell, print).run())
        sends(bus, motion(10), motion(20))
        await until(lambda: bool(car.told), what="the first")
        sends(bus, motion(30))
        await until(lambda: car.told[-1] == {signals.SPEED: 30.0}, what="the last", timeout=PACE + 5)
        await ended(feeding)


async def test_whatever_a_source_is_its_car_may_refuse() -> None:
    """A databroker would be another source: all that a feed knows of it is what it yields."""
    never, said = asyncio.Event(), list[str]()

    class Broker:
        async def heard(self) -> AsyncIterator[Signals]:
            yield {signals.KEY: "ON"}
            await never.wait()

    async def refuses(_values: Signals) -> None:
        raise CarAway("it has no key")

    feeding = asyncio.create_task(Feed(Broker(), refuses, said.append).run())
    await until(lambda: bool(said), what="the refusal")
    await ended(feeding)
    assert said == ["The car does not take it, and is told again until it does: it has no key"]


# --- the command

CHILD = """\
import sys, threading
import can
from tests.vehicle_sim.rig_bus import power, sends
import sensus

def rig():
    with can.Bus(interface="virtual", channel="workbench") as bus:
        never = threading.Event()
        while not never.wait(0.05):
            sends(bus, power("START", running=True), power("ON", running=True))

threading.Thread(target=rig, daemon=True).start()
sys.argv = ["sensus", *sys.argv[1:]]
sensus.main()
"""


def test_the_command_bridges_until_it_is_told_to_end(unit: Process, tmp_path: Path) -> None:
    log = tmp_path / "bridge.log"
    command = ["can-bridge", VIN, "--interface", "virtual", "--channel", "workbench", "--bench", unit.url]
    with log.open("wb") as said:
        bridge = subprocess.Popen([sys.executable, "-c", CHILD, *command], stdout=said, stderr=said)
    try:
        car = Remote(unit.url, VIN)
        until_blocking(lambda: bool(car.get()["running"]), what="the engine to run", timeout=30)
        os.kill(bridge.pid, signal.SIGTERM)
        assert bridge.wait(10) == 0, log.read_text()
    finally:
        bridge.kill()
        bridge.wait()
    assert f"workbench (virtual) sets 9 signals of {VIN}" in log.read_text()
    assert "frames heard, the car told" in log.read_text()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("VOLVO", "--channel", "can0"), 2, "17 characters"),
        ((VIN, "--channel", "x", "--interface", "telepathy"), 1, "no CAN bus 'x' by 'telepathy'"),
        ((VIN, "--channel", "can99"), 1, "no CAN bus 'can99' by 'socketcan'"),
        ((VIN, "--channel", "x", "--interface", "virtual", "--dbc", "nowhere.dbc"), 1, "nowhere.dbc"),
        ((VIN,), 2, "--channel"),
    ],
)
def test_what_is_wrong_is_told_in_words(words: tuple[str, ...], code: int, said: str) -> None:
    result = CliRunner().invoke(app, ["can-bridge", *words], env={"COLUMNS": "200"})
    assert result.exit_code == code
    assert said in " ".join(result.output.replace("│", " ").split())
    assert "Traceback" not in result.output


@pytest.mark.parametrize("library", ["can", "cantools"])
def test_without_the_extra_it_says_how_to_get_it(library: str) -> None:
    child = f"import sys; sys.modules[{library!r}] = None; import sensus; sensus.main()"
    command: list[Any] = [sys.executable, "-c", child, "can-bridge", VIN, "--channel", "can0"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert ran.returncode == 1
    assert ran.stderr.strip().endswith("This command needs: pip install 'sensus-bench[can]'")
    assert library in ran.stderr
    assert "Traceback" not in ran.stderr


def test_faults_are_words() -> None:
    assert {str(fault) for fault in Fault} == {"unknown frame", "unreadable frame", "value out of range"}
