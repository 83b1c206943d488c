"""What a tester can do to a car and see of it: one handler an address, and the bodies that they take."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from http import HTTPStatus
from importlib import resources
from typing import Any, Final, Literal, Self

from aiohttp import web
from pydantic import BaseModel, ConfigDict, model_validator

from protocol.clock import VirtualClock
from protocol.language import Language
from protocol.values import Instant, ZoneName
from vehicle_sim import menu, signals
from vehicle_sim.bench.cars import Bench, Face, describe, why
from vehicle_sim.bench.problems import Problem, body
from vehicle_sim.car import HeadUnit
from vehicle_sim.journal import read
from vehicle_sim.state import Button, Pressed, SettingsChanged, Turned, Units

BENCH: Final = web.AppKey("bench", Bench)
routes: Final = web.RouteTableDef()
_Signals = dict[str, str | bool | int | float | None]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Ignition(_Body):
    to: signals.IgnitionWish


class _Press(_Body):
    button: Button | None = None
    label: str | None = None
    long: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.button is None) == (self.label is None):
            raise ValueError("either a button or a label is pressed")
        return self


class _Turn(_Body):
    steps: int


class _Settings(_Body):
    language: Language | None = None
    notifications_on: bool | None = None
    navigation: bool | None = None
    night: bool | None = None
    zone: ZoneName | None = None
    units: Units | None = None
    clock_24h: bool | None = None
    muted: bool | None = None

    @model_validator(mode="after")
    def _only_night_may_be_null(self) -> Self:
        for name in self.model_fields_set - {"night"}:
            if getattr(self, name) is None:
                raise ValueError(f"{name} must not be null")
        return self


class _Network(_Body):
    state: Literal["on", "off"]


class _ClockSet(_Body):
    now: Instant


@routes.get("/")
async def _page(_: web.Request) -> web.Response:
    return _shipped("page.html", "text/html")


@routes.get("/page.js")
async def _script(_: web.Request) -> web.Response:
    return _shipped("page.js", "text/javascript")


@routes.get("/v1/cars")
async def _cars(request: web.Request) -> web.Response:
    units = request.app[BENCH].units
    return web.json_response({"cars": [describe(units[vin]) for vin in sorted(units)]})


@routes.get("/v1/cars/{vin}")
async def _car(request: web.Request) -> web.Response:
    return web.json_response(describe(_unit(request)))


@routes.get("/v1/cars/{vin}/signals")
async def _read_signals(request: web.Request) -> web.Response:
    return web.json_response(signals.values(_unit(request).car))


@routes.put("/v1/cars/{vin}/signals")
async def _set_signals(request: web.Request) -> web.Response:
    unit = _unit(request)
    wanted = await body(request, _Signals)
    await unit.happen(*signals.events(unit.car, wanted, unit.now()))
    return web.json_response(signals.values(unit.car))


@routes.post("/v1/cars/{vin}/ignition")
async def _turn_key(request: web.Request) -> web.Response:
    unit, wish = _unit(request), await body(request, _Ignition)
    await unit.happen(*signals.ignition(unit.car, wish.to, unit.now()))
    return web.json_response(describe(unit))


@routes.post("/v1/cars/{vin}/press")
async def _press(request: web.Request) -> web.Response:
    unit, wish = _unit(request), await body(request, _Press)
    if wish.label is not None:
        await _press_label(unit, request.app[BENCH].face, wish.label)
    elif wish.button is not None:
        await unit.happen(Pressed(unit.now(), wish.button, long=wish.long))
    return web.json_response(describe(unit))


@routes.post("/v1/cars/{vin}/turn")
async def _turn(request: web.Request) -> web.Response:
    unit, wish = _unit(request), await body(request, _Turn)
    await unit.happen(Turned(unit.now(), wish.steps))
    return web.json_response(describe(unit))


@routes.get("/v1/cars/{vin}/screen.png")
async def _screen(request: web.Request) -> web.Response:
    picture = await asyncio.to_thread(request.app[BENCH].face.png, _unit(request).car)
    return web.Response(body=picture, content_type="image/png", headers={"Cache-Control": "no-store"})


@routes.get("/v1/cars/{vin}/tree")
async def _tree(request: web.Request) -> web.Response:
    return web.json_response(request.app[BENCH].face.tree(_unit(request).car))


@routes.get("/v1/cars/{vin}/why")
async def _why(request: web.Request) -> web.Response:
    return web.json_response(why(_unit(request), request.app[BENCH].face))


@routes.put("/v1/cars/{vin}/settings")
async def _settings(request: web.Request) -> web.Response:
    unit, wish = _unit(request), await body(request, _Settings)
    changes: dict[str, Any] = {name: getattr(wish, name) for name in wish.model_fields_set}
    await unit.happen(SettingsChanged(unit.now(), replace(unit.car.settings, **changes)))
    return web.json_response(describe(unit))


@routes.put("/v1/cars/{vin}/network")
async def _network(request: web.Request) -> web.Response:
    unit, wish = _unit(request), await body(request, _Network)
    await unit.link.switch(on=wish.state == "on")
    return web.json_response(describe(unit))


@routes.get("/v1/cars/{vin}/journal")
async def _journal(request: web.Request) -> web.Response:
    reading = await asyncio.to_thread(read, _unit(request).journal.path)
    lines = [{"n": line.n, line.kind: json.loads(line.text)} for line in reading.lines]
    return web.json_response({"journal": lines})


async def read_clock(request: web.Request) -> web.Response:
    """Say where this process stands in time."""
    bench = request.app[BENCH]
    dues = [due for unit in bench.units.values() if (due := unit.due) is not None]
    busy = [f"{vin} {work}" for vin, unit in sorted(bench.units.items()) if (work := unit.busy) is not None]
    return web.json_response(
        {
            "now": bench.clock.now().isoformat(),
            "next_due": min(dues).isoformat() if dues else None,
            "idle": not busy,
            "busy": "; ".join(busy) or None,
        }
    )


async def set_clock(request: web.Request) -> web.Response:
    """Move time, and let happen what fell due."""
    bench, wish = request.app[BENCH], await body(request, _ClockSet)
    if isinstance(bench.clock, VirtualClock):  # the route is there for no other
        bench.clock.set(wish.now)
    for unit in bench.units.values():
        await unit.catch_up()
    return await read_clock(request)


async def _press_label(unit: HeadUnit, face: Face, label: str) -> None:
    """Bring the focus to the choice with this text and press OK, as the driver's hand would."""
    labels = face.labels(unit.car) if unit.car.screen_on else ()
    if label not in labels:
        there = f"there is: {', '.join(labels)}" if labels else "nothing can be chosen now"
        raise Problem(HTTPStatus.CONFLICT, f"{label[:80]!r} is not on screen; {there}", labels=labels)
    steps, now = labels.index(label) - menu.focus(unit.car), unit.now()
    await unit.happen(*((Turned(now, steps),) if steps else ()), Pressed(now, Button.OK))


def _shipped(name: str, content_type: str) -> web.Response:
    text = resources.files("vehicle_sim.bench").joinpath(name).read_text(encoding="utf-8")
    policy = "default-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    return web.Response(text=text, content_type=content_type, headers={"Content-Security-Policy": policy})


def _unit(request: web.Request) -> HeadUnit:
    return request.app[BENCH].unit(request.match_info["vin"])
