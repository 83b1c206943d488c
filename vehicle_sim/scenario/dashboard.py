"""What a car shows, has and has done, as its bench tells it: the facts of the role ``car``."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from protocol.reasons import Reason
from vehicle_sim.goldens import compare_pixels
from vehicle_sim.painter.pixels import from_png
from vehicle_sim.scenario.grammar import Arguments, Seen, fact
from vehicle_sim.scenario.play import Motorist, Play
from vehicle_sim.scenario.words import Line, Words
from vehicle_sim.screens.elements import Rect
from vehicle_sim.witness import Json

PopUp = Literal[
    "none",
    "booking",
    "proposal",
    "inquiry",
    "reminder",
    "day_reminder",
    "navigation_destination",
    "cancellation",
    "request_receipt",
    "service_need",
    "data_consent",
    "request_sent",
]


def _spaced(words: object) -> object:
    return words.replace(" ", "_") if isinstance(words, str) else words


Kind = Annotated[PopUp, BeforeValidator(_spaced)]
Because = Annotated[Reason, BeforeValidator(_spaced)]


class Part(Arguments):
    """One part of the screen as its semantic tree has it."""

    short: ClassVar[tuple[str, ...]] = ("{label}",)
    role: Line | None = None
    """row, check box, title, text, dialog, button ..."""
    name: Line | None = None
    label: Line | None = None
    value: Line | None = None
    focused: bool | None = None


class Picture(Arguments):
    """A golden picture beside the scenario, and parts that are left out, by their names in the tree."""

    short: ClassVar[tuple[str, ...]] = ("{file} without {masks}", "{file}")
    file: Line
    masks: Words = ()


class Held(Arguments):
    """An item of the car or its own question, and the rule that holds its pop-up back."""

    short: ClassVar[tuple[str, ...]] = ("{kind} because {reason}", "{kind}")
    kind: Kind
    reason: Because | None = None
    """Any rule, if left out."""


class Often(Arguments):
    """How often something happened."""

    short: ClassVar[tuple[str, ...]] = ("{times} times",)
    times: int = Field(default=1, ge=0)


class Stops(Arguments):
    """An itinerary: waypoints in driving order, the destination last."""

    short: ClassVar[tuple[str, ...]] = ("{stops}",)
    stops: Words


@fact("car", "shows pop-up")
async def shows_pop_up(who: Motorist, what: Kind) -> Seen:
    """This pop-up is on the screen; `none`: no pop-up is."""
    car = await who.driver.looks()
    return Seen(
        (car["pop_up"] or "none") == what, f"pop-up {car['pop_up'] or 'none'}{await _why(who, what, car)}"
    )


@fact("car", "shows no pop-up")
async def shows_no_pop_up(who: Motorist) -> Seen:
    """No pop-up is on the screen."""
    return await shows_pop_up(who, "none")


@fact("car", "shows")
async def shows(who: Motorist, what: Words) -> Seen:
    """These words are on the screen."""
    words = await who.driver.words()
    missing = [text for text in what if text not in words]
    return Seen(not missing, _quoted(words))


@fact("car", "does not show")
async def does_not_show(who: Motorist, what: Words) -> Seen:
    """None of these words is on the screen."""
    words = await who.driver.words()
    return Seen(not any(text in words for text in what), _quoted(words))


@fact("car", "shows part")
async def shows_part(who: Motorist, what: Part) -> Seen:
    """The screen has a part with this role, name, label, value or focus."""
    wanted = what.model_dump(exclude_none=True)
    parts = list(_parts(await who.driver.tree()))
    holds = any(all(part.get(name) == value for name, value in wanted.items()) for part in parts)
    there = "; ".join(f"{part['role']} {part['label']!r}" for part in parts if part.get("label"))
    return Seen(holds, there or "nothing")


@fact("car", "looks like")
async def looks_like(play: Play, who: Motorist, what: Picture) -> Seen:
    """The screen is as this PNG shows it, within a small tolerance; the clock is always left out."""
    tree, png = await who.driver.tree(), await who.driver.photographs(what.file)
    golden = play.script.folder / what.file
    if play.renew:
        await asyncio.to_thread(_keep, golden, png)
    known = await asyncio.to_thread(_kept, golden)
    if known is None:
        return Seen(holds=False, saw=f"there is no picture {what.file}: --renew-pictures makes it")
    masks = [box for part in _parts(tree) if part["name"] in {"clock", *what.masks} for box in [_box(part)]]
    compared = await asyncio.to_thread(compare_pixels, from_png(known), from_png(png), masks)
    return Seen(compared.same, "as in the picture" if compared.same else compared.words)


@fact("car", "shows view")
async def shows_view(who: Motorist, what: Line) -> Seen:
    """This page fills the screen under any pop-up: home, details, appointments, map ..."""
    car = await who.driver.looks()
    return Seen(car["screen"] == what.replace(" ", "_"), f"view {car['screen']}")


@fact("car", "shows notice")
async def shows_notice(who: Motorist, what: Line) -> Seen:
    """This short sentence lies over the screen, by its key; `none`: there is none."""
    car = await who.driver.looks()
    return Seen(
        (car["notice"] or "none").removeprefix("notice.") == what.replace(" ", "_"), f"notice {car['notice']}"
    )


@fact("car", "is dark")
async def is_dark(who: Motorist) -> Seen:
    """The screen is off."""
    car = await who.driver.looks()
    return Seen(not car["lit"], "the screen is on" if car["lit"] else "the screen is dark")


@fact("car", "is online")
async def is_online(who: Motorist) -> Seen:
    """It is connected to its broker."""
    car = await who.driver.looks()
    return Seen(bool(car["online"]), "online" if car["online"] else "offline")


@fact("car", "is offline")
async def is_offline(who: Motorist) -> Seen:
    """It is out of reach."""
    car = await who.driver.looks()
    return Seen(not car["online"], "online" if car["online"] else "offline")


@fact("car", "has")
async def has(who: Motorist, what: Kind) -> Seen:
    """An item of this kind has reached it; `none`: nothing has."""
    kinds = [item["kind"] for item in (await who.driver.looks())["items"]]
    return Seen(what in (kinds or ["none"]), f"it has {', '.join(kinds) or 'none'}")


@fact("car", "has no")
async def has_no(who: Motorist, what: Kind) -> Seen:
    """No item of this kind is in it."""
    kinds = [item["kind"] for item in (await who.driver.looks())["items"]]
    return Seen(what not in kinds, f"it has {', '.join(kinds) or 'none'}")


@fact("car", "holds back")
async def holds_back(who: Motorist, what: Held) -> Seen:
    """The pop-up of this item waits, and this rule holds it."""
    why = await who.driver.asks_why()
    subjects = [*why["items"], *why["own"]]
    held = {subject["kind"]: [reason["code"] for reason in subject["reasons"]] for subject in subjects}
    codes = held.get(what.kind, [])
    told = "; ".join(f"{kind}: {', '.join(each) or 'nothing holds it'}" for kind, each in held.items())
    return Seen(bool(codes) if what.reason is None else what.reason.value in codes, told)


@fact("car", "has route")
async def has_route(who: Motorist, what: Stops) -> Seen:
    """The itinerary has exactly these stops in this order; `none`: it is empty."""
    stops = [stop["name"] for stop in (await who.driver.looks())["itinerary"]["stops"]]
    wanted = [] if what.stops == ("none",) else list(what.stops)
    return Seen(stops == wanted, f"the itinerary is {', '.join(stops) or 'empty'}")


@fact("car", "is guiding")
async def is_guiding(who: Motorist) -> Seen:
    """Guidance is running."""
    route = (await who.driver.looks())["itinerary"]
    return Seen(bool(route["guiding"]), "guidance is running" if route["guiding"] else "guidance is off")


@fact("car", "has chimed")
async def has_chimed(who: Motorist, what: Often) -> Seen:
    """So many chimes have sounded, or would have if the car were not muted."""
    chimes = (await who.driver.looks())["chimes"]
    return Seen(len(chimes) == what.times, f"{len(chimes)} chimes")


@fact("car", "has started")
async def has_started(who: Motorist, what: Often) -> Seen:
    """So many runs have begun: engine starts with the key turned, flickers and stop-start left out."""
    run = (await who.driver.looks())["run"]
    return Seen(run == what.times, f"{run} runs")


async def _why(who: Motorist, what: str, car: Json) -> str:
    """Say what holds the wanted pop-up back, where it is not there."""
    if what in {"none", car["pop_up"]}:
        return ""
    why = await who.driver.asks_why()
    for subject in (*why["items"], *why["own"]):
        if subject["kind"] == what:
            return f"; {what} is held back: {' '.join(reason['text'] for reason in subject['reasons'])}"
    return f"; the car has no {what}"


def _parts(node: Json) -> Iterator[Json]:
    if node.get("covered"):
        return
    yield node
    for child in node.get("children", []):
        yield from _parts(child)


def _kept(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _keep(path: Path, png: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png)


def _box(part: Json) -> Rect:
    left, top, width, height = part["rect"]
    return Rect(left, top, width, height)


def _quoted(words: str) -> str:
    return " · ".join(words.splitlines())[:300] or "a dark screen"
