"""The bench over real HTTP: every address, every refusal, one car and several."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from broker.memory_transport import MemoryBroker, MemoryTransport
from protocol.clock import SystemClock, VirtualClock, until
from protocol.language import Language
from protocol.reasons import Reason
from tests.vehicle_sim.garage import INSTALLED, Garage, garage, head_unit
from tests.vehicle_sim.motorist import DAY, MONDAY, VIN, booking, day_reminder, destination, reminder
from tests.vehicle_sim.test_journal import full_disk
from vehicle_sim import menu
from vehicle_sim.bench import Bench, serving
from vehicle_sim.car import HeadUnit
from vehicle_sim.journal import Journal
from vehicle_sim.locales import phrases
from vehicle_sim.screens import Scene, view
from vehicle_sim.state import Car
from vehicle_sim.theme import PROFILES, SENSUS_7, Profile

OTHER = "YV1FW7050E7654321"
Json = dict[str, Any]


class Mask:
    """A face without pictures: labels are phrase keys."""

    def check(self, profile: str | None) -> None:
        if profile is not None and profile not in PROFILES:
            raise ValueError(f"there is {', '.join(PROFILES)}")

    def profile(self, car: Car) -> Profile:
        return PROFILES[car.settings.profile]

    def scene(self, car: Car) -> Scene:
        return view(car, phrases(Language.ENGLISH), self.profile(car))

    def tree(self, car: Car) -> Mapping[str, object]:
        return {"role": "screen", "name": car.page.view.value, "label": menu.title(car)}

    def png(self, car: Car) -> bytes:
        if car.drive.speed == 13:
            raise ArithmeticError("unlucky")
        return b"\x89PNG " + car.page.view.value.encode()

    def labels(self, car: Car) -> tuple[str, ...]:
        return tuple(choice.key for choice in menu.choices(car))

    def because(self, car: Car, reason: Reason) -> str:
        return f"because of {reason.value}"


@dataclass
class Inspector:
    """Whoever sits at the bench."""

    session: aiohttp.ClientSession
    url: str
    here: Garage
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)

    async def asks(self, method: str, path: str, body: object = None, **more: Any) -> Any:
        async with self.session.request(method, f"{self.url}{path}", json=body, **more) as answer:
            self.status, self.headers = answer.status, answer.headers
            return await answer.json(content_type=None)

    async def does(self, method: str, tail: str, body: object) -> Json:
        answer: Json = await self.asks(method, f"/v1/cars/{VIN}{tail}", body)
        assert self.status == 200, answer
        return answer

    async def reads(self, tail: str) -> str:
        async with self.session.get(f"{self.url}/v1/cars/{VIN}{tail}") as answer:
            assert answer.status == 200
            return await answer.text()

    async def is_refused(self, method: str, path: str, body: object = None, **more: Any) -> Json:
        problem: Json = await self.asks(method, path, body, **more)
        assert self.status >= 400
        assert self.headers["Content-Type"].startswith("application/problem+json")
        assert problem["status"] == self.status
        assert problem["title"]
        return problem


@pytest.fixture
async def inspector(tmp_path: Path) -> AsyncIterator[Inspector]:
    async with garage(tmp_path / "car.journal") as here, aiohttp.ClientSession() as session:
        bench = Bench(here.clock, Mask(), {VIN: here.unit})
        async with serving(bench, "127.0.0.1", 0) as url:
            yield Inspector(session, url, here)


async def test_a_car_tells_its_state(inspector: Inspector) -> None:
    await inspector.here.backend.pushes(booking())
    await inspector.here.backend.hears_receipt(1)
    car = await inspector.asks("GET", f"/v1/cars/{VIN}")
    assert (car["vin"], car["ignition"], car["running"], car["run"]) == (VIN, "LOCK", False, 0)
    assert (car["online"], car["network"], car["applied"]) == (True, "on", {"epoch": 1, "rev": 1})
    assert (car["screen"], car["lit"], car["pop_up"], car["language"]) == ("home", False, None, "en")
    cars = await inspector.asks("GET", "/v1/cars")
    assert [car["vin"] for car in cars["cars"]] == [VIN]


async def test_the_whole_story_of_a_pop_up(inspector: Inspector) -> None:
    await inspector.here.backend.pushes(booking(), day_reminder(show_from=MONDAY + DAY))
    await inspector.here.backend.hears_receipt(1)
    why = await inspector.asks("GET", f"/v1/cars/{VIN}/why")
    held = {item["kind"]: item for item in why["items"]}
    assert held["booking"]["reasons"][0]["code"] == "engine_not_running"
    assert held["booking"]["reasons"][0]["text"] == "because of engine_not_running"
    assert held["booking"]["reasons"][0]["since"] == MONDAY.isoformat()
    assert held["booking"]["shown"] is False
    assert {reason["code"] for reason in held["day_reminder"]["reasons"]} >= {"not_yet"}
    car = await inspector.does("POST", "/ignition", {"to": "running"})
    assert (car["pop_up"], car["run"]) == ("booking", 1)
    why = await inspector.asks("GET", f"/v1/cars/{VIN}/why")
    assert why["pop_up"] == "booking"
    assert next(item for item in why["items"] if item["kind"] == "booking")["shown"] is True
    car = await inspector.does("POST", "/press", {"label": "choice.details"})
    assert (car["pop_up"], car["screen"]) == (None, "details")
    tree = await inspector.asks("GET", f"/v1/cars/{VIN}/tree")
    assert tree["name"] == "details"
    journal = await inspector.asks("GET", f"/v1/cars/{VIN}/journal")
    kinds = [line["event"]["kind"] for line in journal["journal"]]
    assert kinds[0] == "installed"
    assert kinds[-1] == "pressed"
    assert [line["n"] for line in journal["journal"]] == list(range(1, len(kinds) + 1))


async def test_signals_are_set_in_order_and_read_back(inspector: Inspector) -> None:
    wanted = {
        "Vehicle.LowVoltageSystemState": "START",
        "Vehicle.Powertrain.CombustionEngine.IsRunning": True,
        "Vehicle.Speed": 30,
    }
    values = await inspector.does("PUT", "/signals", wanted)
    assert wanted.items() <= values.items()
    assert await inspector.asks("GET", f"/v1/cars/{VIN}/signals") == values
    assert inspector.here.unit.car.drive.run == 1


async def test_keys_knob_and_settings(inspector: Inspector) -> None:
    await inspector.does("POST", "/ignition", {"to": "on"})
    await inspector.does("POST", "/press", {"button": "MY_CAR"})
    await inspector.does("POST", "/press", {"button": "OK"})
    await inspector.does("POST", "/press", {"button": "OK"})
    assert (await inspector.does("POST", "/turn", {"steps": 2}))["screen"] == "service_and_repair"
    assert menu.focus(inspector.here.unit.car) == 2
    await inspector.does("POST", "/press", {"label": "choice.dealer_information"})
    assert (await inspector.does("POST", "/press", {"button": "EXIT", "long": True}))["screen"] == "home"
    car = await inspector.does(
        "PUT",
        "/settings",
        {"language": "de", "notifications_on": False, "night": True, "zone": "Europe/Berlin"},
    )
    assert (car["language"], car["notifications_on"], car["night"]) == ("de", False, True)
    car = await inspector.does("PUT", "/settings", {"night": None, "navigation": False})
    assert (car["language"], car["night"], car["navigation"]) == ("de", None, False)
    assert (car["units"], car["clock_24h"], car["muted"]) == ("km", True, False)
    car = await inspector.does("PUT", "/settings", {"units": "miles", "clock_24h": False, "muted": True})
    assert (car["units"], car["clock_24h"], car["muted"]) == ("miles", False, True)


async def test_a_car_without_a_loudspeaker_tells_what_has_chimed(inspector: Inspector) -> None:
    await inspector.here.backend.pushes(booking())
    await inspector.here.backend.hears_receipt(1)
    assert (await inspector.does("POST", "/ignition", {"to": "running"}))["chimes"] == [
        {"at": MONDAY.isoformat(), "pop_up": "booking", "priority": "information", "muted": False}
    ]


async def test_a_label_that_is_not_there_is_answered_by_those_that_are(inspector: Inspector) -> None:
    problem = await inspector.is_refused("POST", f"/v1/cars/{VIN}/press", {"label": "choice.menu"})
    assert (inspector.status, problem["labels"]) == (409, [])
    assert "nothing can be chosen" in problem["detail"]
    await inspector.does("POST", "/ignition", {"to": "on"})
    problem = await inspector.is_refused("POST", f"/v1/cars/{VIN}/press", {"label": "Menu"})
    assert problem["labels"] == ["choice.menu"]
    assert "choice.menu" in problem["detail"]


async def test_what_is_on_screen_is_pressed_by_role_and_name(inspector: Inspector) -> None:
    await inspector.does("POST", "/ignition", {"to": "on"})
    await inspector.does("POST", "/press", {"button": "MY_CAR"})
    await inspector.does("POST", "/press", {"button": "OK"})
    car = await inspector.does("POST", "/press", {"role": "row", "label": "Service & repair"})
    assert car["screen"] == "service_and_repair"
    car = await inspector.does("POST", "/press", {"role": "check box", "name": "display_notifications"})
    assert car["notifications_on"] is False
    problem = await inspector.is_refused("POST", f"/v1/cars/{VIN}/press", {"role": "row", "name": "horn"})
    assert inspector.status == 409
    assert "'appointments' 'My appointments'" in problem["detail"]


async def test_the_knob_turns_to_what_is_named(inspector: Inspector) -> None:
    await inspector.does("POST", "/ignition", {"to": "on"})
    await inspector.does("POST", "/press", {"button": "MY_CAR"})
    await inspector.does("POST", "/press", {"button": "OK"})
    await inspector.does("POST", "/press", {"button": "OK"})
    car = await inspector.does("POST", "/turn", {"role": "check box"})
    assert (car["screen"], menu.focus(inspector.here.unit.car)) == ("service_and_repair", 2)
    await inspector.does("POST", "/turn", {"label": "Dealer information"})
    assert menu.focus(inspector.here.unit.car) == 0
    problem = await inspector.is_refused("POST", f"/v1/cars/{VIN}/turn", {"name": "horn"})
    assert "nothing has name 'horn'" in problem["detail"]


async def test_the_network_goes_off_and_on(inspector: Inspector) -> None:
    await until(lambda: inspector.here.unit.link.online, what="the connection")
    car = await inspector.does("PUT", "/network", {"state": "off"})
    assert (car["network"], car["online"]) == ("off", False)
    assert (await inspector.does("PUT", "/network", {"state": "on"}))["network"] == "on"
    await until(lambda: inspector.here.unit.link.online, what="the connection")


async def test_the_screen_is_a_picture_that_is_sent_when_it_has_changed(inspector: Inspector) -> None:
    url = f"{inspector.url}/v1/cars/{VIN}/screen.png"
    async with inspector.session.get(url) as answer:
        assert answer.content_type == "image/png"
        assert answer.headers["Cache-Control"] == "no-cache"
        assert await answer.read() == b"\x89PNG home"
        seen = {"If-None-Match": answer.headers["ETag"]}
    async with inspector.session.get(url, headers=seen) as answer:
        assert answer.status == 304
    await inspector.does("POST", "/ignition", {"to": "on"})
    await inspector.does("POST", "/press", {"button": "RADIO"})
    async with inspector.session.get(url, headers=seen) as answer:
        assert await answer.read() == b"\x89PNG radio"


async def test_a_control_of_the_bezel_is_pressed_for_a_while(inspector: Inspector) -> None:
    assert (await inspector.does("POST", "/hold", {"control": "start_stop", "ms": 1500}))["key"] == "on"
    assert (await inspector.does("POST", "/hold", {"control": "media", "ms": 80}))["screen"] == "media"
    assert (await inspector.does("POST", "/hold", {"control": "exit", "ms": 1000}))["screen"] == "home"
    assert (await inspector.does("POST", "/hold", {"control": "ok", "ms": 5000}))["screen"] == "menu"
    problem = await inspector.is_refused("POST", f"/v1/cars/{VIN}/hold", {"control": "horn"})
    assert inspector.status == 409
    assert "start_stop" in problem["detail"]


async def test_chimes_can_be_heard_elsewhere(inspector: Inspector) -> None:
    async with inspector.session.get(f"{inspector.url}/v1/chimes/urgent.wav") as answer:
        assert answer.content_type == "audio/wav"
        assert (await answer.read()).startswith(b"RIFF")
    problem = await inspector.is_refused("GET", "/v1/chimes/deafening.wav")
    assert inspector.status == 404
    assert "information, question, urgent" in problem["detail"]


async def test_the_glass_is_touched(inspector: Inspector) -> None:
    await inspector.does("POST", "/ignition", {"to": "on"})
    await inspector.does("POST", "/press", {"button": "MY_CAR"})
    await inspector.does("POST", "/press", {"button": "OK"})
    assert (await inspector.does("POST", "/touch", {"x": 1, "y": 1}))["screen"] == "menu"
    row = view(inspector.here.unit.car, phrases(Language.ENGLISH), SENSUS_7).rows[0].rect
    car = await inspector.does("POST", "/touch", {"x": row.centre, "y": row.middle})
    assert car["screen"] == "service_and_repair"


async def test_the_bezel_is_told_and_drawn(inspector: Inspector) -> None:
    bezel = await inspector.asks("GET", f"/v1/cars/{VIN}/bezel")
    assert (bezel["profile"], bezel["touch"]) == ("sensus-7", False)
    assert bezel["glass"][2:] == [800, 480]
    controls = {control["name"]: control for control in bezel["controls"]}
    assert controls["key_acc"]["key"] == "acc"
    assert (controls["exit"]["held"], controls["ok"]["held"]) == (True, False)
    dark = await inspector.reads("/bezel.svg")
    await inspector.does("POST", "/ignition", {"to": "on"})
    assert dark.startswith("<svg")
    assert await inspector.reads("/bezel.svg") != dark


async def test_a_page_shows_all_cars_and_loads_nothing_from_elsewhere(inspector: Inspector) -> None:
    async with inspector.session.get(f"{inspector.url}/") as answer:
        assert answer.content_type == "text/html"
        page = await answer.text()
    parts = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert {"/static/page.css", "/static/page.js"} <= set(parts)
    for path in ("/", *parts):
        async with inspector.session.get(f"{inspector.url}{path}") as answer:
            assert answer.status == 200, path
            assert "unsafe" not in answer.headers["Content-Security-Policy"]
            assert not re.search(r"https?://(?!www\.w3\.org)", await answer.text(errors="replace"))
    await inspector.is_refused("GET", "/static/page.py")
    assert inspector.status == 404


async def test_the_clock_is_read_and_moved_and_does_not_go_back(inspector: Inspector) -> None:
    await inspector.here.backend.pushes(reminder(show_from=MONDAY + 2 * DAY))
    await inspector.here.backend.hears_receipt(1)
    clock = await inspector.asks("GET", "/sim/clock")
    assert clock["now"] == MONDAY.isoformat()
    assert clock["next_due"] is not None
    assert clock["idle"] is False
    assert VIN in clock["busy"]
    await inspector.here.backend.acknowledges(inspector.here.unit.car.wire.seq)
    await inspector.here.rests()
    clock = await inspector.asks("PUT", "/sim/clock", {"now": (MONDAY + 2 * DAY).isoformat()})
    assert clock["now"] == (MONDAY + 2 * DAY).isoformat()
    assert inspector.here.unit.car.now == MONDAY + 2 * DAY
    problem = await inspector.is_refused("PUT", "/sim/clock", {"now": MONDAY.isoformat()})
    assert inspector.status == 409
    assert "only goes forward" in problem["detail"]
    await inspector.is_refused("PUT", "/sim/clock", {"now": "2026-11-30T07:41"})
    assert inspector.status == 422


async def test_itinerary_and_items_are_told(inspector: Inspector) -> None:
    await inspector.here.backend.pushes(destination("Kamppi"))
    await inspector.here.backend.hears_receipt(1)
    await inspector.does("POST", "/ignition", {"to": "running"})
    car = await inspector.does("POST", "/press", {"label": "choice.as_destination"})
    assert car["itinerary"]["guiding"] is True
    assert car["itinerary"]["stops"][0]["name"] == "Kamppi"
    assert [item["kind"] for item in car["items"]] == ["navigation_destination"]


@pytest.mark.parametrize(
    ("method", "tail", "body", "words"),
    [
        ("PUT", "/signals", {"Vehicle.Sped": 1}, "nearest is Vehicle.Speed"),
        ("PUT", "/signals", [], "the body"),
        ("PUT", "/signals", {"Vehicle.Speed": {}}, "/Vehicle.Speed"),
        ("POST", "/ignition", {"to": "warp"}, "/to"),
        ("POST", "/ignition", {}, "/to"),
        ("POST", "/press", {}, "either a button"),
        ("POST", "/press", {"button": "OK", "label": "x"}, "either a button"),
        ("POST", "/press", {"button": "HORN"}, "/button"),
        ("POST", "/press", {"button": "OK", "hard": True}, "/hard"),
        ("POST", "/turn", {"steps": "two"}, "/steps"),
        ("POST", "/turn", {}, "either so many steps"),
        ("POST", "/turn", {"steps": 1, "name": "appointments"}, "either so many steps"),
        ("PUT", "/settings", {"language": "fr"}, "/language"),
        ("PUT", "/settings", {"language": None}, "language must not be null"),
        ("PUT", "/settings", {"zone": "Europe/Atlantis"}, "no IANA time zone"),
        ("PUT", "/network", {"state": "maybe"}, "/state"),
        ("PUT", "/network", {"state": "on", "latency": 1.0}, "belong to the state slow"),
        ("POST", "/hold", {"control": "ok", "ms": -1}, "/ms"),
        ("GET", "/wait", None, "what to wait for"),
        ("GET", "/wait?vew=map", None, "/vew"),
        ("GET", "/wait?view=map&within=soon", None, "/within"),
    ],
)
async def test_a_wrong_body_names_the_place(
    inspector: Inspector, method: str, tail: str, body: object, words: str
) -> None:
    before = inspector.here.unit.car
    problem = await inspector.is_refused(method, f"/v1/cars/{VIN}{tail}", body)
    assert inspector.status == 422
    assert words in problem["detail"]
    assert replace(inspector.here.unit.car, wire=before.wire, now=before.now) == before


async def test_other_refusals_are_problems_too(inspector: Inspector) -> None:
    problem = await inspector.is_refused("GET", f"/v1/cars/{OTHER}")
    assert inspector.status == 404
    assert VIN in problem["detail"]
    await inspector.is_refused("GET", "/v2")
    assert inspector.status == 404
    await inspector.is_refused("DELETE", f"/v1/cars/{VIN}/tree")
    assert inspector.status == 405
    await inspector.is_refused("POST", f"/v1/cars/{VIN}/turn", data=b"steps=1")
    assert inspector.status == 415
    await inspector.is_refused("PUT", f"/v1/cars/{VIN}/signals", {"Vehicle.Speed": "x" * 300_000})
    assert inspector.status == 413


async def test_a_page_of_somebody_else_drives_no_car(inspector: Inspector) -> None:
    tail, elsewhere = f"/v1/cars/{VIN}/reset", {"Origin": "https://example.com"}
    problem = await inspector.is_refused("POST", tail, headers=elsewhere)
    assert inspector.status == 403
    assert "example.com" in problem["detail"]
    await inspector.is_refused("POST", tail, headers={"Origin": "null"})
    assert inspector.status == 403
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await inspector.session.ws_connect(f"{inspector.url}/v1/stream", headers=elsewhere)
    async with inspector.session.ws_connect(f"{inspector.url}/v1/stream", headers={"Origin": inspector.url}):
        await inspector.is_refused("POST", tail, headers={"Origin": inspector.url})
    assert inspector.status == 409  # asked from here; but this process is one car


async def test_a_fault_of_ours_is_told_without_its_entrails(
    inspector: Inspector, caplog: pytest.LogCaptureFixture
) -> None:
    await inspector.does("PUT", "/signals", {"Vehicle.Speed": 13})
    problem = await inspector.is_refused("GET", f"/v1/cars/{VIN}/screen.png")
    assert inspector.status == 500
    assert "unlucky" not in problem["detail"]
    assert "unlucky" in caplog.text


async def test_a_full_disk_is_told_although_it_happened(inspector: Inspector) -> None:
    await inspector.here.backend.hears(1, "hellos")
    await inspector.here.rests()
    with full_disk(os.path.getsize(inspector.here.unit.journal.path) + 10):  # noqa: PTH202, ASYNC240 - one look
        problem = await inspector.is_refused("POST", f"/v1/cars/{VIN}/ignition", {"to": "running"})
    assert inspector.status == 507
    assert "not on disk yet" in problem["detail"]
    assert inspector.here.unit.car.drive.running


async def test_several_cars_share_a_bench_and_its_clock(tmp_path: Path) -> None:
    broker, clock = MemoryBroker(), VirtualClock(MONDAY)
    units = {}
    journals = []
    for vin in (VIN, OTHER):
        journals.append(Journal.open(tmp_path / vin))
        installed = replace(INSTALLED, vin=vin)
        units[vin] = await HeadUnit.open(
            journals[-1], installed, MemoryTransport(broker, vin), clock, online=False
        )
    async with (
        aiohttp.ClientSession() as session,
        serving(Bench(clock, Mask(), units), "127.0.0.1", 0) as url,
    ):
        async with session.post(f"{url}/v1/cars/{OTHER}/ignition", json={"to": "running"}) as answer:
            assert (await answer.json())["vin"] == OTHER
        async with session.put(f"{url}/sim/clock", json={"now": (MONDAY + DAY).isoformat()}) as answer:
            assert (await answer.json())["idle"] is True
    assert [units[vin].car.drive.run for vin in (VIN, OTHER)] == [0, 1]
    assert all(unit.car.now == MONDAY + DAY for unit in units.values())
    for journal in journals:
        await journal.close()


async def test_a_real_clock_has_no_surface(tmp_path: Path) -> None:
    clock = SystemClock()
    transport = MemoryTransport(MemoryBroker(), VIN)
    async with (
        head_unit(tmp_path / "car.journal", transport, clock) as (unit, _),
        serving(Bench(clock, Mask(), {VIN: unit}), "127.0.0.1", 0) as url,
        aiohttp.ClientSession() as session,
        session.get(f"{url}/sim/clock") as answer,
    ):
        assert answer.status == 404


async def test_an_empty_bench_says_so(tmp_path: Path) -> None:
    async with (
        serving(Bench(VirtualClock(MONDAY), Mask()), "127.0.0.1", 0) as url,
        aiohttp.ClientSession() as session,
        session.get(f"{url}/v1/cars/{VIN}") as answer,
    ):
        assert "there is none" in (await answer.json(content_type=None))["detail"]
