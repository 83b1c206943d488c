"""Who stands on the bench: cars are listed, put there, taken away, and made new between two tests."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

from aiohttp import web

from vehicle_sim import vins
from vehicle_sim.bench import answers, wishes
from vehicle_sim.bench.cars import Bench, bench_of, describe, unit_of
from vehicle_sim.bench.operations import Surface
from vehicle_sim.bench.problems import Problem
from vehicle_sim.garage import HOME, Garage
from vehicle_sim.state import Installed, Settings

surface: Final = Surface("Cars")


@surface.get("/v1/cars", answers=answers.Cars)
async def cars(request: web.Request) -> answers.Cars:
    """List the cars of this bench."""
    bench = bench_of(request)
    standing = [describe(bench.units[vin]) for vin in sorted(bench.units)]
    return answers.Cars(cars=standing, open=bench.garage is not None, n=bench.chronicle.n)


@surface.post("/v1/cars", takes=wishes.NewCar, answers=answers.CarState, status=201)
async def bring(request: web.Request, wish: wishes.NewCar) -> answers.CarState:
    """Put a car on the bench; without a VIN it is given one that is free.

    409 where one of that VIN stands there, or where the process has room for one car only.
    """
    bench = bench_of(request)
    garage = _garage(bench)
    try:
        bench.face.check(wish.profile)
    except ValueError as unknown:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"/profile: {unknown}") from unknown
    changes: dict[str, Any] = {name: getattr(wish.settings, name) for name in wish.settings.model_fields_set}
    settings = replace(Settings(), **changes)
    if wish.profile is not None:
        settings = replace(settings, profile=wish.profile)
    new = Installed(
        bench.clock.now(),
        wish.vin or vins.free(bench.units),
        uuid4(),
        settings,
        wish.position or HOME,
        wish.odometer_km,
    )
    return describe(await garage.brings(new, online=wish.network == "on"))


@surface.delete("/v1/cars/{vin}", status=204)
async def take_away(request: web.Request) -> web.Response:
    """Take a car off the bench, and its journal with it."""
    vin = unit_of(request).car.vin
    await _garage(bench_of(request)).takes_away(vin)
    return web.Response(status=HTTPStatus.NO_CONTENT)


@surface.post("/v1/cars/{vin}/reset", answers=answers.CarState)
async def reset(request: web.Request) -> answers.CarState:
    """Make a car new: as it was put on the bench, with an empty journal and a new store."""
    vin = unit_of(request).car.vin
    return describe(await _garage(bench_of(request)).resets(vin))


def _garage(bench: Bench) -> Garage:
    if bench.garage is None:
        raise Problem(
            HTTPStatus.CONFLICT, "this process is one car; a bench where cars come and go is `sensus bench`"
        )
    return bench.garage
