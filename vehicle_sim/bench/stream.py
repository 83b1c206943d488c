"""Lets others follow a bench without asking again and again: a stream of what happens, and one long wait."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from protocol.clock import monotonic, pause
from vehicle_sim.bench import answers, wishes
from vehicle_sim.bench.cars import Bench, bench_of, unit_of
from vehicle_sim.bench.operations import Surface
from vehicle_sim.bench.problems import Problem
from vehicle_sim.bench.telling import told
from vehicle_sim.screens import Scene
from vehicle_sim.state import Car

TICK: Final = 1.0
"""Technical seconds from one word about the clock to the next, at least."""
surface: Final = Surface("Following")


@surface.get("/v1/stream", asks=wishes.Since, media="websocket", status=101)
async def everything(request: web.Request, begin: wishes.Since) -> web.WebSocketResponse:
    """Follow all cars over a WebSocket.

    One JSON text for each thing that happens: `event`, `effect`, `message`, `frame`, `stand`, `missed`, each
    with its number `n`, business time `at` and `vin`; and `clock`, when time went on.
    """
    return await _streamed(request, begin, None)


@surface.get("/v1/cars/{vin}/stream", asks=wishes.Since, media="websocket", status=101)
async def one_car(request: web.Request, begin: wishes.Since) -> web.WebSocketResponse:
    """Follow one car over a WebSocket; see `/v1/stream`."""
    return await _streamed(request, begin, unit_of(request).car.vin)


@surface.get("/v1/cars/{vin}/wait", asks=wishes.Wish, answers=answers.Waited)
async def wait(request: web.Request, wish: wishes.Wish) -> answers.Waited:
    """Answer once this is on the glass; 409 with what is there instead when it is not in time.

    `role`, `name`, `label` and `value` must be found on one part that nothing covers.
    """
    if not wish.model_fields_set - {"within"}:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "say what to wait for: view, pop_up, role, label ...")
    unit, face, begin = unit_of(request), bench_of(request).face, monotonic()
    tree: Mapping[str, Any] = {}
    with suppress(TimeoutError):
        async with asyncio.timeout(wish.within):
            async for glimpse in unit.watch():
                tree = face.tree(glimpse.car)
                if holds(tree, wish):
                    return answers.Waited(waited=round(monotonic() - begin, 3), tree=dict(tree))
    given = wish.model_dump(exclude={"within"}, exclude_none=True)
    wanted = ", ".join(f"{name} {value!r}" for name, value in given.items())
    seen = ", ".join(dict.fromkeys(part["label"] for part in _parts(tree) if part.get("label")))
    raise Problem(
        HTTPStatus.CONFLICT,
        f"waited {wish.within:g} s in vain for {wanted}; there is view {tree.get('view')!r}, "
        f"pop-up {tree.get('pop_up')!r}, and: {seen or 'nothing'}",
        tree=tree,
    )


def holds(tree: Mapping[str, Any], wish: wishes.Wish) -> bool:
    """Tell whether a tree shows all that is wished for."""
    if wish.view is not None and tree.get("view") != wish.view:
        return False
    if wish.pop_up is not None and (tree.get("pop_up") or "none") != wish.pop_up:
        return False
    traits = {
        trait: wanted
        for trait in ("role", "name", "label", "value")
        if (wanted := getattr(wish, trait)) is not None
    }
    return not traits or any(
        all(part.get(trait) == wanted for trait, wanted in traits.items()) and not part.get("covered")
        for part in _parts(tree)
    )


def _parts(tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield tree
    for child in tree.get("children", ()):
        yield from _parts(child)


async def _streamed(request: web.Request, begin: wishes.Since, vin: str | None) -> web.WebSocketResponse:
    bench = bench_of(request)
    socket = web.WebSocketResponse(heartbeat=20.0)
    await socket.prepare(request)
    eye = _Eye(bench, vin)

    async def say(*words: Mapping[str, object]) -> None:
        for word in words:
            await socket.send_str(json.dumps(word, ensure_ascii=False))

    async def follow() -> None:
        async for entry in bench.chronicle.follow(begin.since, lambda entry: vin in {None, entry.vin}):
            await say(told(entry), *eye.news())

    async def tick() -> None:
        before = None
        while True:
            if (now := bench.clock.now()) != before:
                await say({"kind": "clock", "at": now.isoformat()}, *eye.news())
            before = now
            await pause(TICK)

    duties = [asyncio.ensure_future(duty) for duty in (follow(), tick(), _until_closed(socket))]
    try:
        await asyncio.wait(duties, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for duty in duties:
            duty.cancel()
        await asyncio.gather(*duties, return_exceptions=True)
        await socket.close()
    return socket


async def _until_closed(socket: web.WebSocketResponse) -> None:
    """Read what the other end says, which means nothing, until it says goodbye."""
    async for _ in socket:
        pass


class _Eye:
    """Looks at the cars that one stream is about, and tells which of them look different now."""

    def __init__(self, bench: Bench, vin: str | None) -> None:
        self._bench = bench
        self._vin = vin
        self._seen: dict[str, tuple[Car, Scene]] = {}

    def news(self) -> Iterator[Mapping[str, object]]:
        """Yield a word for every picture that has changed since the last look."""
        for vin, unit in self._bench.units.items():
            if self._vin not in {None, vin}:
                continue
            car, scene = self._seen.get(vin, (None, None))
            if car is unit.car:
                continue
            drawn = self._bench.face.scene(unit.car)
            self._seen[vin] = unit.car, drawn
            if drawn == scene:
                continue
            yield {
                "kind": "frame",
                "at": max(unit.car.now, unit.now()).isoformat(),
                "vin": vin,
                "view": drawn.view,
                "pop_up": drawn.pop_up or None,
                "night": drawn.night,
                "dark": drawn.dark,
            }
