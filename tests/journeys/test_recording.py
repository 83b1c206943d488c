"""What is played by hand on a bench becomes a scenario, which goes the same way when it is played."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import aiohttp
import pytest

from backend.hosting import Ground
from protocol.clock import monotonic
from protocol.language import Language
from vehicle_sim.face import Screens
from vehicle_sim.journal import NotAJournal
from vehicle_sim.people import Dealer, Driver
from vehicle_sim.scenario.frames import replay
from vehicle_sim.scenario.hosted import HostedWorlds, put_on
from vehicle_sim.scenario.playing import play
from vehicle_sim.scenario.reading import load
from vehicle_sim.scenario.recording import NothingHappened, Recorder
from vehicle_sim.scenario.script import CarPart
from vehicle_sim.scenario.standing import Place, StandingWorlds
from vehicle_sim.scenario.world import NotHere
from vehicle_sim.worlds import Worlds, hosting

START = datetime.fromisoformat("2026-11-23T09:00+02:00")
VIN = "YV1FW7050E1234567"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(tmp_path_factory.mktemp("ground"))


@pytest.fixture
async def worlds(ground: Ground, tmp_path: Path) -> AsyncIterator[HostedWorlds]:
    host = hosting(Worlds(tmp_path / "worlds", ground.open, Screens()), "127.0.0.1", 0)
    async with host as url, aiohttp.ClientSession() as session:
        yield HostedWorlds([url], session)


async def registers_maria(dealer: Dealer) -> str:
    maria = await dealer.asks(
        "POST", "/v1/customers", {"name": "Maria Lindholm", "email": "maria.lindholm@example.com"}
    )
    vehicle = {"vin": VIN, "model": "V60 D4", "year": 2014, "plate": "ABC-123"}
    await dealer.asks("POST", "/v1/vehicles", vehicle)
    await dealer.asks("PUT", f"/v1/vehicles/{VIN}/relations/{maria['id']}", {"relation": "drives"})
    return str(maria["id"])


async def test_a_session_by_hand_becomes_a_scenario_that_passes(worlds: HostedWorlds, tmp_path: Path) -> None:
    async with worlds.open(START) as world:
        desk = world.desks["Nordvik Helsinki"]
        dealer = Dealer(world.session, world.backend, desk.token)
        maria = await registers_maria(dealer)
        bench = await put_on(world.session, world.bench, VIN, CarPart())
        await world.time.settle()
        recorder = Recorder(Place(world.backend, desk.token, [bench], world.letters), world.session)
        begun = await recorder.begin()
        with pytest.raises(NothingHappened, match="neither"):
            await recorder.end(begun, "Nothing")

        driver = Driver(world.session, bench, VIN)
        price = {"amount": "389.00", "currency": "EUR"}
        made = await dealer.requests(
            vin=VIN, customer_id=maria, date="2026-11-30", time="08:00", work="Service: all", price=price
        )
        await dealer.schedules(made["number"])
        await world.time.advance(datetime.fromisoformat("2026-11-23T17:21:30+02:00"))
        await driver.turns_key("running")
        await driver.chooses("Details")
        await driver.turns(1)
        await driver.presses("MY_CAR")
        await driver.sets(notifications_on=False)
        await driver.signals(Speed=50, Exterior__AirTemperature=4)
        await driver.network("off")
        later = {"date": "2026-11-30", "time": "10:30", "price": price | {"amount": "415.00"}}
        await dealer.acts(made["number"], "update_appointment", **later)
        await world.time.advance(datetime.fromisoformat("2026-11-24T08:00+02:00"))
        await driver.network("on")
        await world.time.settle()
        await driver.presses("EXIT", long=True)
        await driver.turns_key("off")
        await dealer.acts(made["number"], "cancel_on_behalf", reason="The car is sold")
        await world.time.settle()
        text = await recorder.end(begun, "By hand")

    path = tmp_path / "by-hand.yaml"
    path.write_text(text, encoding="utf-8")
    for words in (
        "creates request:",
        "work: 'Service: all'",
        "- dealer: schedules visit 100001",
        "- clock: advances to 2026-11-23 17:21:30",
        "- car: turns key to running",
        "shows pop-up booking",
        "- car: chooses Details",
        "shows view details",
        "- car: presses MY CAR",
        "- car: turns TUNE by 1",
        "    notifications: true\n",  # as it was when the recording began
        "notifications: false",
        "Exterior.AirTemperature: 4.0",
        "- network: goes off",
        "'on': 2026-11-30 10:30",
        "- network: goes on",
        "- car: holds EXIT",
        "- car: turns key to off",
        "reason: The car is sold",
        "dealer: sees visit 100001 as cancelled",
    ):
        assert words in text, text
    outcome = await play(load(path), worlds)
    assert outcome.passed, outcome.trouble or outcome.failure


async def test_a_story_is_played_on_a_bench_that_stands_with_its_own_car_and_owner(
    worlds: HostedWorlds, tmp_path: Path
) -> None:
    story = tmp_path / "story.yaml"
    story.write_text(
        "title: Here\n"
        "start_at: 2026-11-23 10:00\n"
        "steps:\n"
        "  - dealer: books visit on in 10 days at 08:00\n"
        "  - expect: {car: has booking, owner: has letter booking once, clock: shows today 10:00}\n"
        "  - clock: steps\n"
        "  - car: turns key to running\n"
        "  - expect: {car: shows pop-up reminder}\n"
    )
    async with worlds.open(START) as world:
        desk = world.desks["Nordvik Helsinki"]
        await registers_maria(Dealer(world.session, world.backend, desk.token))
        bench = await put_on(world.session, world.bench, VIN, CarPart())
        place = Place(world.backend, desk.token, [bench], world.letters)
        outcome = await play(load(story), StandingWorlds(place))
        assert outcome.passed, outcome.trouble or outcome.failure
        assert (await Driver(world.session, bench, VIN).looks())["pop_up"] == "reminder"
        async with StandingWorlds(place).open(START) as standing:
            assert standing.free == [(VIN, bench)]
            with pytest.raises(NotHere, match="left alone"):
                await standing.strike("broker", "kill")
            with pytest.raises(NotHere, match="nobody listens"):
                await standing.passed()


async def test_a_journal_shows_the_same_frames_again(worlds: HostedWorlds, tmp_path: Path) -> None:
    async with worlds.open(START) as world:
        desk = world.desks["Nordvik Helsinki"]
        dealer = Dealer(world.session, world.backend, desk.token)
        maria = await registers_maria(dealer)
        bench = await put_on(world.session, world.bench, VIN, CarPart(language=Language.GERMAN))
        driver = Driver(world.session, bench, VIN)
        price = {"amount": "389.00", "currency": "EUR"}
        made = await dealer.requests(
            vin=VIN, customer_id=maria, date="2026-11-30", time="08:00", work="Service", price=price
        )
        await dealer.schedules(made["number"])
        await world.time.settle()
        seen = []
        for deed in (
            driver.turns_key("running"),
            driver.presses("OK"),
            driver.turns(1),
            driver.presses("NAV"),
        ):
            await deed
            seen.append(await driver.photographs(""))
        journal = next((tmp_path / "worlds").glob(f"*/{VIN}.journal"))
        kept = tmp_path / "car.journal"
        kept.write_bytes(journal.read_bytes())
    times: list[datetime] = []
    begun = monotonic()
    count = await replay(kept, tmp_path / "out", speed=1e9, on_frame=lambda frame: times.append(frame.at))
    assert monotonic() - begun < 30
    assert times == sorted(times)
    index = json.loads((tmp_path / "out" / "frames.json").read_text())
    assert len(index) == count
    again = [(tmp_path / "out" / one["file"]).read_bytes() for one in index]
    places = [again.index(picture) for picture in seen]
    assert places == sorted(places)


async def test_what_is_no_journal_shows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "no.journal"
    path.write_text("something else\n")
    with pytest.raises(NotAJournal, match="not the journal"):
        await replay(path, tmp_path / "out")


async def test_without_a_car_there_is_nothing_to_record(worlds: HostedWorlds) -> None:
    async with worlds.open(START) as world:
        desk = world.desks["Nordvik Helsinki"]
        recorder = Recorder(Place(world.backend, desk.token, [world.bench], world.letters), world.session)
        with pytest.raises(NothingHappened, match="no car stands"):
            await recorder.begin()
