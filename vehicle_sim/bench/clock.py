"""The surface of a virtual clock: only where time is virtual, and apart from what connects the cars."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from protocol.clock import VirtualClock
from vehicle_sim.bench import answers, wishes
from vehicle_sim.bench.cars import bench_of
from vehicle_sim.bench.operations import Surface

surface: Final = Surface("Clock")


@surface.get("/sim/clock", answers=answers.ClockNow)
async def read_clock(request: web.Request) -> answers.ClockNow:
    """Say where this process stands in time."""
    bench = bench_of(request)
    dues = [due for unit in bench.units.values() if (due := unit.due) is not None]
    busy = [f"{vin} {work}" for vin, unit in sorted(bench.units.items()) if (work := unit.busy) is not None]
    return answers.ClockNow(
        now=bench.clock.now(),
        next_due=min(dues, default=None),
        idle=not busy,
        busy="; ".join(busy) or None,
    )


@surface.put("/sim/clock", takes=wishes.ClockSet, answers=answers.ClockNow)
async def set_clock(request: web.Request, wish: wishes.ClockSet) -> answers.ClockNow:
    """Move time, and let happen what fell due."""
    bench = bench_of(request)
    if isinstance(bench.clock, VirtualClock):  # the address is there for no other
        bench.clock.set(wish.now)
    for unit in list(bench.units.values()):
        await unit.catch_up()
    return await read_clock(request)
