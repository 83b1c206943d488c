"""Ships the page with the live screens: plain files, nothing from elsewhere, nothing inline."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from importlib import resources
from typing import Final

from aiohttp import web

from vehicle_sim import chimes
from vehicle_sim.bench import reference
from vehicle_sim.bench.openapi import document
from vehicle_sim.bench.operations import OPERATIONS, Surface
from vehicle_sim.bench.problems import Problem
from vehicle_sim.state import Priority

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_FILES: Final[Mapping[str, tuple[str, str]]] = {
    "page.css": ("bench/web", "text/css"),
    "car.css": ("bench/web", "text/css"),
    "docs.css": ("bench/web", "text/css"),
    "page.js": ("bench/web", "text/javascript"),
    "bench.js": ("bench/web", "text/javascript"),
    "car.js": ("bench/web", "text/javascript"),
    "chime.js": ("bench/web", "text/javascript"),
    "timeline.js": ("bench/web", "text/javascript"),
    "words.js": ("bench/web", "text/javascript"),
    "icon.svg": ("bench/web", "image/svg+xml"),
    "SensusBenchSans-Regular.ttf": ("fonts", "font/ttf"),
    "SensusBenchSans-Medium.ttf": ("fonts", "font/ttf"),
    "SensusBenchSans-SemiBold.ttf": ("fonts", "font/ttf"),
}
surface: Final = Surface("Bench")


@surface.get("/", media="text/html", listed=False)
async def page(_: web.Request) -> web.Response:
    """Show every car of the bench, live."""
    return await shipped("bench/web", "page.html", "text/html")


@surface.get("/openapi.json")
async def described(request: web.Request) -> web.Response:
    """Describe this interface as OpenAPI 3.1."""
    operations = request.app[OPERATIONS]
    return web.json_response(document(operations))


@surface.get("/docs", media="text/html", listed=False)
async def docs(request: web.Request) -> web.Response:
    """Describe this interface for people."""
    operations = request.app[OPERATIONS]
    text = reference.page(document(operations))
    return web.Response(text=text, content_type="text/html", headers=HEADERS)


@surface.get("/static/{name}", media="text/plain", listed=False)
async def static(request: web.Request) -> web.Response:
    """Ship what the page is made of."""
    name = request.match_info["name"]
    if name not in _FILES:
        raise web.HTTPNotFound
    folder, content_type = _FILES[name]
    return await shipped(folder, name, content_type)


@surface.get("/v1/chimes/{priority}.wav", media="audio/wav")
async def chime(request: web.Request) -> web.Response:
    """Sound the chime of a priority: information, question, urgent."""
    try:
        priority = Priority(request.match_info["priority"])
    except ValueError as unknown:
        detail = f"there is {', '.join(Priority)}"
        raise Problem(HTTPStatus.NOT_FOUND, detail) from unknown
    return web.Response(body=await asyncio.to_thread(chimes.wav, priority), content_type="audio/wav")


async def shipped(folder: str, name: str, content_type: str) -> web.Response:
    """Return a file of this package, with the headers of a page that trusts nobody else."""
    source = resources.files("vehicle_sim").joinpath(folder, name)
    data = await asyncio.to_thread(source.read_bytes)
    charset = "utf-8" if content_type.startswith("text/") else None
    return web.Response(body=data, content_type=content_type, charset=charset, headers=HEADERS)
