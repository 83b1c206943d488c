"""Lets a tester drive head units over HTTP: signals, keys, network and clock in, screens and reasons out.

One bench holds one or many cars. Every answer is given after what was asked for is journalled and its effects
are queued.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from protocol.clock import VirtualClock
from vehicle_sim.bench.cars import Bench, Face
from vehicle_sim.bench.cockpit import BENCH, read_clock, routes, set_clock
from vehicle_sim.bench.problems import as_problems

__all__ = ["Bench", "Face", "application", "serving"]


def application(bench: Bench) -> web.Application:
    """Return the application; the clock's surface is there only where the clock is virtual."""
    app = web.Application(middlewares=[as_problems], client_max_size=256 * 1024)
    app[BENCH] = bench
    app.add_routes(routes)
    if isinstance(bench.clock, VirtualClock):
        app.router.add_get("/sim/clock", read_clock)
        app.router.add_put("/sim/clock", set_clock)
    return app


@asynccontextmanager
async def serving(bench: Bench, host: str, port: int) -> AsyncIterator[str]:
    """Serve the bench while the block runs; yields the URL, with the port that was found for 0.

    Raises:
        OSError: the port is taken, or the host is none of this machine.
    """
    runner = web.AppRunner(application(bench), access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
