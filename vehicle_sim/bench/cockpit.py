"""What a tester can do in one car and see of it: one function an address."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from broker.slow_transport import Pace
from vehicle_sim import bezel, menu, signals
from vehicle_sim.bench import answers, wishes
from vehicle_sim.bench.cars import Face, bench_of, describe, unit_of
from vehicle_sim.bench.cars import why as why_of
from vehicle_sim.bench.operations import Surface
from vehicle_sim.bench.problems import Problem
from vehicle_sim.car import HeadUnit
from vehicle_sim.journal import read
from vehicle_sim.screens import Tap, hit
from vehicle_sim.screens.elements import Rect
from vehicle_sim.state import Button, Pressed, SettingsChanged, Turned

LONG: Final = 1000
"""Milliseconds that make a press a long one."""
SLOW: Final = Pace(latency=0.5, bandwidth=4000)
"""The line of a telephone of the day at the edge of its network."""
surface: Final = Surface("One car")


@surface.get("/v1/cars/{vin}", answers=answers.CarState)
async def car(request: web.Request) -> answers.CarState:
    """Tell how a car stands."""
    return describe(unit_of(request))


@surface.get("/v1/cars/{vin}/signals", answers=wishes.SignalValues)
async def read_signals(request: web.Request) -> wishes.SignalValues:
    """Tell every vehicle signal; null where the car does not know it."""
    return wishes.SignalValues(signals.values(unit_of(request).car))


@surface.put("/v1/cars/{vin}/signals", takes=wishes.SignalValues, answers=wishes.SignalValues)
async def set_signals(request: web.Request, wish: wishes.SignalValues) -> wishes.SignalValues:
    """Set vehicle signals, in the order of the body.

    A name that is not known is refused with the nearest one that is, and nothing happens.
    """
    unit = unit_of(request)
    await unit.happen(*signals.events(unit.car, wish.root, unit.now()))
    return wishes.SignalValues(signals.values(unit.car))


@surface.post("/v1/cars/{vin}/ignition", takes=wishes.Ignition, answers=answers.CarState)
async def turn_key(request: web.Request, wish: wishes.Ignition) -> answers.CarState:
    """Bring the key to a position; `running` starts the engine."""
    unit = unit_of(request)
    await unit.happen(*signals.ignition(unit.car, wish.to, unit.now()))
    return describe(unit)


@surface.post("/v1/cars/{vin}/press", takes=wishes.PressWish, answers=answers.CarState)
async def press(request: web.Request, wish: wishes.PressWish) -> answers.CarState:
    """Press a key, or choose what is called so on screen."""
    unit, face = unit_of(request), bench_of(request).face
    if wish.button is not None:
        await unit.happen(Pressed(unit.now(), wish.button, long=wish.long))
    elif wish.label is not None and wish.role is wish.name is None:
        await _press_label(unit, face, wish.label)
    else:
        await unit.happen(*_tap(unit, face, wish).events(unit.now()))
    return describe(unit)


@surface.post("/v1/cars/{vin}/hold", takes=wishes.Hold, answers=answers.CarState)
async def hold(request: web.Request, wish: wishes.Hold) -> answers.CarState:
    """Press a control of the bezel for so many milliseconds; a second and more may mean something else."""
    unit = unit_of(request)
    controls = {
        control.name: control for control in bezel.bezel_of(bench_of(request).face.profile(unit.car)).controls
    }
    control = controls.get(wish.control)
    if control is None:
        there = ", ".join(controls)
        raise Problem(HTTPStatus.CONFLICT, f"no {wish.control[:40]!r} on this bezel; there is {there}")
    deed = control.held if control.held is not None and wish.ms >= LONG else control.deed
    await unit.happen(*bezel.events(deed, unit.car, unit.now()))
    return describe(unit)


@surface.post("/v1/cars/{vin}/turn", takes=wishes.TurnWish, answers=answers.CarState)
async def turn(request: web.Request, wish: wishes.TurnWish) -> answers.CarState:
    """Turn TUNE by so many notches, negative is anticlockwise; or until something on screen has the focus."""
    unit = unit_of(request)
    steps = _tap(unit, bench_of(request).face, wish).steps if wish.steps is None else wish.steps
    await unit.happen(Turned(unit.now(), steps))
    return describe(unit)


@surface.post("/v1/cars/{vin}/touch", takes=wishes.Touch, answers=answers.CarState)
async def touch(request: web.Request, wish: wishes.Touch) -> answers.CarState:
    """Tap the glass; beside all that can be chosen, nothing happens.

    A display with keys is tapped too: the knob goes to the row under the finger, and OK is pressed.
    """
    unit = unit_of(request)
    tapped = hit(bench_of(request).face.scene(unit.car), wish.x, wish.y, unit.now())
    if tapped:
        await unit.happen(*tapped)
    return describe(unit)


@surface.get("/v1/cars/{vin}/screen.png", media="image/png")
async def screen(request: web.Request) -> web.Response:
    """Show what is on the glass; with `If-None-Match`, only if that has changed."""
    picture = await asyncio.to_thread(bench_of(request).face.png, unit_of(request).car)
    tag = hashlib.sha256(picture).hexdigest()[:16]
    headers = {"Cache-Control": "no-cache", "ETag": f'"{tag}"'}
    if any(known.value == tag for known in request.if_none_match or ()):
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    return web.Response(body=picture, content_type="image/png", headers=headers)


@surface.get("/v1/cars/{vin}/tree", answers=answers.Tree)
async def tree(request: web.Request) -> answers.Tree:
    """Tell what is on the glass, as a tree of parts with role, name, label, value and place."""
    return answers.Tree(dict(bench_of(request).face.tree(unit_of(request).car)))


@surface.get("/v1/cars/{vin}/why", answers=answers.Why)
async def why(request: web.Request) -> answers.Why:
    """Say for everything pushed to the car why it pops up, or does not."""
    return why_of(unit_of(request), bench_of(request).face)


@surface.put("/v1/cars/{vin}/settings", takes=wishes.Settings, answers=answers.CarState)
async def settings(request: web.Request, wish: wishes.Settings) -> answers.CarState:
    """Change what the driver can set; what is left out stays."""
    unit = unit_of(request)
    changes: dict[str, Any] = {name: getattr(wish, name) for name in wish.model_fields_set}
    await unit.happen(SettingsChanged(unit.now(), replace(unit.car.settings, **changes)))
    return describe(unit)


@surface.put("/v1/cars/{vin}/network", takes=wishes.Network, answers=answers.CarState)
async def network(request: web.Request, wish: wishes.Network) -> answers.CarState:
    """Put the car in reach of its broker, out of it, or on a slow line.

    A slow line that is given no figures takes half a second each way and 4000 bytes in a second.
    """
    unit, pace = unit_of(request), unit_of(request).link.pace
    pace.latency, pace.bandwidth = 0.0, None
    if wish.state == "slow":
        figures = wish.model_fields_set & {"latency", "bandwidth"}
        pace.latency = (wish.latency or 0.0) if figures else SLOW.latency
        pace.bandwidth = wish.bandwidth if figures else SLOW.bandwidth
    await unit.link.switch(on=wish.state != "off")
    return describe(unit)


@surface.get("/v1/cars/{vin}/journal", answers=answers.JournalNow)
async def journal(request: web.Request) -> answers.JournalNow:
    """Read the car's journal from its disk."""
    reading = await asyncio.to_thread(read, unit_of(request).journal.path)
    return answers.JournalNow(
        journal=[{"n": line.n, line.kind: json.loads(line.text)} for line in reading.lines]
    )


@surface.get("/v1/cars/{vin}/bezel", answers=answers.BezelNow)
async def frame(request: web.Request) -> answers.BezelNow:
    """Tell where the keys around the glass are and what each is called."""
    profile = bench_of(request).face.profile(unit_of(request).car)
    around = bezel.bezel_of(profile)
    return answers.BezelNow(
        profile=profile.name,
        touch=profile.touch,
        width=around.width,
        height=around.height,
        glass=_box(around.glass),
        controls=[
            answers.ControlNow(
                name=control.name,
                label=control.label,
                rect=_box(control.rect),
                shape=control.shape,
                held=control.held is not None,
                key=control.deed.to if isinstance(control.deed, bezel.ToPosition) else None,
            )
            for control in around.controls
        ],
    )


@surface.get("/v1/cars/{vin}/bezel.svg", media="image/svg+xml")
async def drawn_frame(request: web.Request) -> web.Response:
    """Draw the bezel with the lamps of the key's present position; the glass is left black."""
    car = unit_of(request).car
    around = bezel.bezel_of(bench_of(request).face.profile(car))
    lamps = around.lamps[bezel.position(car)]
    text = bezel.svg(around.width, around.height, (*around.elements, *lamps))
    return web.Response(text=text, content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


async def _press_label(unit: HeadUnit, face: Face, label: str) -> None:
    """Bring the focus to the choice with this text and press OK, as the driver's hand would."""
    labels = face.labels(unit.car) if unit.car.screen_on else ()
    if label not in labels:
        there = f"there is: {', '.join(labels)}" if labels else "nothing can be chosen now"
        raise Problem(HTTPStatus.CONFLICT, f"{label[:80]!r} is not on screen; {there}", labels=labels)
    steps, now = labels.index(label) - menu.focus(unit.car), unit.now()
    await unit.happen(*((Turned(now, steps),) if steps else ()), Pressed(now, Button.OK))


def _tap(unit: HeadUnit, face: Face, wish: wishes.PressWish | wishes.TurnWish) -> Tap:
    """What a tap on the first part on screen stands for that has all of these traits."""
    traits = wish.model_dump(include={"label", "role", "name"}, exclude_none=True)
    targets = face.scene(unit.car).targets
    for part in targets:
        if part.tap is not None and all(getattr(part, trait) == wanted for trait, wanted in traits.items()):
            return part.tap
    wanted = " and ".join(f"{trait} {value!r}" for trait, value in traits.items())
    there = "; ".join(f"{part.role.value} {part.name!r} {part.label!r}" for part in targets)
    raise Problem(HTTPStatus.CONFLICT, f"nothing has {wanted}; there is: {there or 'nothing to choose'}")


def _box(rect: Rect) -> tuple[float, float, float, float]:
    return rect.x, rect.y, rect.width, rect.height
