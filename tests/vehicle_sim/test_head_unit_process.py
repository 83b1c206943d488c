"""The real head unit process on a real broker, driven by the real command line; killed where it hurts."""

from __future__ import annotations

import asyncio
import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner

from broker.memory_transport import MemoryBroker, MemoryTransport
from broker.paho_transport import PahoTransport
from broker.transport import Connection
from protocol import messages
from protocol.clock import VirtualClock, until
from protocol.messages import Events, EventsAck, Item, Shown, encode
from protocol.topics import CarTopic, Channel, every_car, parse
from tests.vehicle_sim.garage import ended, head_unit
from tests.vehicle_sim.motorist import MONDAY, VIN, booking, snapshot
from vehicle_sim.bench import Bench, serving
from vehicle_sim.cli import app
from vehicle_sim.face import Screens
from vehicle_sim.process import Process
from vehicle_sim.rig import Rig

START = MONDAY.isoformat()
OTHER = "YV1FW7050E7654321"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with Rig(tmp_path / "rig", start_at=START) as rig:
        yield rig


@pytest.fixture
def broker(rig: Rig) -> Process:
    return rig.broker()


@dataclass
class Desk:
    """A backend's side of the wire, over a real broker; it acknowledges what it hears."""

    connection: Connection
    heard: list[Events] = field(default_factory=list)

    async def listen(self) -> None:
        async for delivery in self.connection.deliveries():
            topic = parse(delivery.topic)
            message = messages.decode_from_car(topic, delivery.payload)
            delivery.ack()
            if isinstance(message, Events):
                self.heard.append(message)
                upto = message.from_seq + len(message.events) - 1
                if message.events:
                    ack = EventsAck(store_id=message.store_id, upto=upto)
                    await self.connection.publish(str(CarTopic(topic.vin, Channel.EVENTS_ACK)), encode(ack))

    async def pushes(self, *items: Item, rev: int = 1, for_store: UUID | None = None) -> None:
        desired = snapshot(items, rev=rev, for_store=for_store)
        await self.connection.publish(str(CarTopic(VIN, Channel.DESIRED)), encode(desired), retain=True)

    @property
    def showings(self) -> set[tuple[object, ...]]:
        return {
            (event.item, event.ver, event.run, event.seq)
            for message in self.heard
            for event in message.events
            if isinstance(event, Shown)
        }

    async def hears_receipt(self, rev: int) -> None:
        await until(lambda: any(message.applied.rev == rev for message in self.heard), what="the receipt")


@asynccontextmanager
async def desk(broker: Process) -> AsyncIterator[Desk]:
    transport = PahoTransport(f"mqtt://127.0.0.1:{broker.port}", client_id="desk")
    async with transport.connect() as connection:
        desk = Desk(connection)
        await connection.subscribe(every_car(Channel.EVENTS))
        listening = asyncio.create_task(desk.listen())
        try:
            yield desk
        finally:
            await ended(listening)


def says(*words: str, unit: Process | None = None, code: int = 0) -> str:
    """Run a command of this process's own and return all that it printed; it ended as expected."""
    env = {"SENSUS_BENCH_URL": unit.url} if unit is not None else {}
    result = CliRunner().invoke(app, words, env={**env, "COLUMNS": "200"})
    assert result.exit_code == code, (words, result.output, result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return " ".join(result.output.replace("│", " ").split())


def tells(*words: str, unit: Process) -> Any:
    return json.loads(says("car", VIN, *words, "--json", unit=unit))


def test_the_command_line_drives_a_car(rig: Rig, broker: Process, tmp_path: Path) -> None:
    new = ("--language", "de", "--position", "60.17,24.94", "--odometer", "48000")
    unit = rig.head_unit(VIN, broker, *new)
    assert "running" in rig.run("car", VIN, "ignition", "running", env={"SENSUS_BENCH_URL": unit.url})
    shown = tells("show", unit=unit)
    assert (shown["ignition"], shown["run"], shown["language"]) == ("ON", 1, "de")
    assert "ignition ON" in says("car", VIN, "press", "MY_CAR", unit=unit)
    tells("press", "ok", unit=unit)
    assert tells("tree", unit=unit)["view"] == "menu"
    assert "Service und Reparatur" in says("car", VIN, "tree", unit=unit)
    assert tells("press", "--label", "Service und Reparatur", unit=unit)["screen"] == "service_and_repair"
    tells("turn", "2", unit=unit)
    tells("turn", "-1", unit=unit)
    tells("turn", "--name", "display_notifications", unit=unit)
    assert "say how many notches" in says("car", VIN, "turn", unit=unit, code=2)
    assert tells("press", "EXIT", "--long", unit=unit)["screen"] == "home"
    values = tells("set", "Vehicle.Speed=50", "Vehicle.LowVoltageSystemState=ON", unit=unit)
    assert (values["Vehicle.Speed"], values["Vehicle.TraveledDistance"]) == (50, 48_000_000)
    assert "Vehicle.CurrentLocation.Latitude 60.17" in says("car", VIN, "signals", unit=unit)
    picture = tmp_path / "screen.png"
    assert str(picture) in says("car", VIN, "screenshot", str(picture), unit=unit)
    assert picture.read_bytes().startswith(b"\x89PNG")
    why = says("car", VIN, "why", unit=unit)
    assert "nothing has been pushed" in why
    assert "service_need, the car's own, version 1" in why
    assert "(service_not_due)" in why
    assert tells("why", unit=unit)["items"] == []
    assert tells("network", "off", unit=unit)["network"] == "off"
    slow = tells("network", "slow", "--latency", "0.01", "--bandwidth", "100000", unit=unit)
    assert slow["network"] == "slow"
    assert tells("hold", "start_stop", unit=unit)["key"] == "off"
    assert tells("hold", "start_stop", unit=unit)["key"] == "on"
    assert tells("hold", "media", "10", unit=unit)["screen"] == "media"
    assert tells("touch", "1", "1", unit=unit)["screen"] == "media"
    assert tells("wait", "--view", "media", unit=unit)["tree"]["view"] == "media"
    assert "there after" in says("car", VIN, "wait", "--pop-up", "none", "--within", "2m", unit=unit)
    in_vain = says("car", VIN, "wait", "--label", "Karte", "--within", "0.01", unit=unit, code=1)
    assert "in vain for label 'Karte'" in in_vain
    tells("press", "my_car", unit=unit)
    assert tells("press", "--role", "row", unit=unit)["screen"] == "menu"
    assert "sensus bench" in says("car", VIN, "reset", unit=unit, code=1)
    unit.stop()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("car", VIN, "press", "--label", "Nothing"), 1, "not on screen"),
        (("car", VIN, "set", "Vehicle.Sped=1"), 1, "nearest is Vehicle.Speed"),
        (("car", VIN, "set", "Vehicle.Speed=fast"), 1, "a number is expected"),
        (("car", OTHER, "show"), 1, f"no car {OTHER}"),
        (("car", "--bench", "http://127.0.0.1:1", VIN, "show"), 1, "no bench answers"),
        (("car", "--bench", "ftp://x", VIN, "show"), 1, "no address of a bench"),
        (("car", VIN, "screenshot", "/nowhere/at/all.png"), 1, "No such file"),
        (("car", VIN, "set", "Vehicle.Speed"), 2, "write NAME=VALUE"),
        (("car", VIN, "press"), 2, "name a button"),
        (("car", VIN, "wait"), 2, "say what to wait for"),
        (("car", VIN, "wait", "--view", "map", "--within", "soon"), 2, "no span of time"),
        (("car", VIN, "wait", "--view", "map", "--within", "10m"), 2, "not within"),
        (("car", VIN, "ignition", "warp"), 2, "running"),
        (("clock", "advance", "--backend", "", "soon"), 2, "write 3d"),
        (("clock", "set", "--backend", "", "noon"), 2, "no instant"),
        (("clock", "show", "--backend", "http://127.0.0.1:1"), 1, "backend cannot be reached"),
    ],
)
def test_what_a_bench_refuses_is_told_in_words(
    running_bench: str, words: tuple[str, ...], code: int, told: str
) -> None:
    result = CliRunner().invoke(app, words, env={"SENSUS_BENCH_URL": running_bench, "COLUMNS": "200"})
    assert result.exit_code == code, result.output
    assert told in " ".join(result.output.replace("│", " ").split())


@pytest.fixture
def running_bench(tmp_path: Path) -> Iterator[str]:
    """A bench without a broker: in a thread, for a command blocks."""
    address: queue.Queue[str] = queue.Queue()
    stop = threading.Event()

    async def stand() -> None:
        broker = MemoryBroker()
        broker.stop()
        clock = VirtualClock(MONDAY)
        async with (
            head_unit(tmp_path / "car.journal", MemoryTransport(broker, VIN), clock) as (unit, _),
            serving(Bench(clock, Screens(), {VIN: unit}), "127.0.0.1", 0) as url,
        ):
            address.put(url)
            await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=lambda: asyncio.run(stand()))
    thread.start()
    yield address.get(timeout=10)
    stop.set()
    thread.join()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--vin", "TOOSHORT"), "17 characters"),
        (("--vin", VIN, "--broker", "http://x"), "no broker URL"),
        (("--vin", VIN, "--profile", "round"), "no display"),
        (("--vin", VIN, "--position", "here"), "no place"),
        (("--vin", VIN, "--position", "91,0"), "no place"),
        (("--vin", VIN, "--simulated", "--start-at", "noon"), "no instant"),
        (("--vin", VIN, "--simulated", "--start-at", "2026-11-24T09:00"), "no UTC offset"),
        (("--vin", VIN, "--start-at", START), "--simulated"),
    ],
)
def test_a_wrong_option_is_named(options: tuple[str, ...], told: str) -> None:
    assert told in says("head-unit", *options, code=2)


def test_a_head_unit_that_cannot_start_says_why(rig: Rig, broker: Process) -> None:
    unit = rig.head_unit(VIN, broker, name="a")
    here = str(rig.directory / "a.journal")
    assert "is in use by process" in says("head-unit", "--vin", VIN, "--journal", here, code=1)
    port = ("--port", str(unit.port))
    there = str(rig.directory / "b.journal")
    assert "in use" in says("head-unit", "--vin", VIN, *port, "--journal", there, code=1)
    unit.stop()
    assert f"journal of {VIN}" in says("head-unit", "--vin", OTHER, "--journal", here, code=1)


def test_a_torn_journal_is_mentioned_at_the_start(rig: Rig, broker: Process) -> None:
    unit = rig.head_unit(VIN, broker, name="a")
    unit.kill()
    with (rig.directory / "a.journal").open("ab") as journal:
        journal.write(b'{"n":')
    unit.restart()
    assert "5 bytes after line" in unit.words()
    assert tells("show", unit=unit)["vin"] == VIN


def test_time_moves_by_command_and_survives_a_kill(rig: Rig, broker: Process) -> None:
    unit = rig.head_unit(VIN, broker)
    no_backend = ("--backend", "")
    assert f"car: {START}" in says("clock", "show", *no_backend, unit=unit)
    said = says("clock", "advance", *no_backend, "3d", "2h", "--json", unit=unit)
    assert '"now": "2026-11-26T09:00:00+00:00"' in said
    unit.kill()
    unit.restart()
    until_there = ("until", "2026-11-30T07:41+02:00")
    assert "car: 2026-11-30T05:41:00+00:00" in says("clock", "advance", *no_backend, *until_there, unit=unit)
    assert "06:00" in says("clock", "set", *no_backend, "2026-11-30T06:00Z", unit=unit)
    assert "only goes forward" in says("clock", "set", *no_backend, START, unit=unit, code=1)
    unit.stop()


@pytest.mark.parametrize("point", ["car.received_before_journal", "car.journalled_before_ack"])
async def test_a_car_killed_around_its_journal_loses_nothing_and_shows_once(
    rig: Rig, broker: Process, point: str
) -> None:
    async with desk(broker) as backend:
        unit = rig.head_unit(VIN, broker, env={"SENSUS_CRASH_AT": point}, wait=False)
        await unit.ready()
        await backend.pushes(booking())
        await unit.ended()
        assert unit.exit_code == -signal.SIGKILL
        assert backend.heard == []
        unit.restart(wait=False, env={"SENSUS_CRASH_AT": ""})
        await unit.ready()
        await backend.hears_receipt(rev=1)
        await backend.pushes(booking(), rev=2, for_store=backend.heard[-1].store_id)
        await backend.hears_receipt(rev=2)
        shown = await asyncio.to_thread(tells, "ignition", "running", unit=unit)
        assert shown["pop_up"] == "booking"
        await until(lambda: len(backend.showings) == 1, what="the showing")
        unit.kill()
        heard = len(backend.heard)
        unit.restart(wait=False)
        await unit.ready()
        await until(lambda: len(backend.heard) > heard, what="the next receipt")
        assert (await asyncio.to_thread(tells, "show", unit=unit))["pop_up"] == "booking"
        why = await asyncio.to_thread(says, "car", VIN, "why", unit=unit)
        assert "booking of 123456, version 1, shown before" in why
        assert "on screen: booking" in why
        unit.stop()
        assert len(backend.showings) == 1
        assert len({message.store_id for message in backend.heard}) == 1


def test_a_window_is_a_head_unit_too(rig: Rig, broker: Process) -> None:
    unit = rig.head_unit(VIN, broker, "--window", env={"SDL_VIDEODRIVER": "dummy"})
    assert tells("ignition", "on", unit=unit)["ignition"] == "ON"
    unit.stop()
    assert unit.exit_code == 0
    nowhere = {"SDL_VIDEODRIVER": "nothing"}
    blind = rig.head_unit(VIN, broker, "--window", name="blind", env=nowhere, wait=False)
    blind.wait_ended(timeout=20)
    assert blind.exit_code == 1
    assert "not available" in blind.words()
    assert "Traceback" not in blind.words()


def test_help_needs_no_heavy_library() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from vehicle_sim.cli import app;"
        "assert CliRunner().invoke(app, ['car', '--help']).exit_code == 0;"
        "print([name for name in ('aiohttp', 'pygame', 'paho', 'babel', 'protocol') if name in sys.modules])"
    )
    root = Path(__file__).parents[2]
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert said.stdout.strip() == "[]"
