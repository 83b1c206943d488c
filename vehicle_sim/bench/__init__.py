"""Lets a tester drive head units over HTTP: signals, keys, network and clock in, screens and reasons out.

One bench holds one or many cars. Every answer is given after what was asked for is journalled and its effects
are queued.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from protocol.clock import VirtualClock
from vehicle_sim.bench import clock, cockpit, page, stand, stream
from vehicle_sim.bench.cars import BENCH, Bench, Face
from vehicle_sim.bench.guard import from_here
from vehicle_sim.bench.operations import OPERATIONS, Operation
from vehicle_sim.bench.problems import as_problems

__all__ = ["Bench", "Face", "announce", "application", "serving"]


def operations(bench: Bench) -> tuple[Operation, ...]:
    """Return all that can be asked of this bench; the clock only where it is virtual."""
    surfaces = [page.surface, stand.surface, cockpit.surface, stream.surface]
    if isinstance(bench.clock, VirtualClock):
        surfaces.append(clock.surface)
    return tuple(operation for surface in surfaces for operation in surface.operations)


def application(bench: Bench) -> web.Application:
    """Return the application."""
    app = web.Application(middlewares=[as_problems, from_here], client_max_size=256 * 1024)
    app[BENCH] = bench
    app[OPERATIONS] = operations(bench)
    for operation in app[OPERATIONS]:
        app.router.add_route(operation.method, operation.path, operation.__call__)
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


def announce(path: Path, url: str) -> None:
    """Write the ready-file so that whoever sees it sees it whole."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(json.dumps({"url": url, "port": int(url.rsplit(":", 1)[1]), "pid": os.getpid()}))
    fresh.replace(path)
