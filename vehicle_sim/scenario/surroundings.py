"""Time, network, broker and backend as actors: what they do in a story, and what can be seen of them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from pydantic import Field

from vehicle_sim.rounds import RoundFailed
from vehicle_sim.scenario.grammar import Arguments, Seen, deed, fact
from vehicle_sim.scenario.play import Play, Unknown
from vehicle_sim.scenario.words import At, Line, Span

FAR: Final = timedelta(days=400)
"""How far ahead a story looks for something that is due."""


class Whom(Arguments):
    """A car; the first, if left out."""

    short: ClassVar[tuple[str, ...]] = ("for {car}",)
    car: Line | None = None


class Reached(Arguments):
    """A car; the first, if left out."""

    short: ClassVar[tuple[str, ...]] = ("{car}",)
    car: Line | None = None


class Due(Arguments):
    """A letter that is to come."""

    short: ClassVar[tuple[str, ...]] = ("{letter} is due", "{letter}")
    letter: Line


class Point(Arguments):
    """A point in the life of a backend."""

    short: ClassVar[tuple[str, ...]] = ("{point}",)
    point: Line


class Message(Arguments):
    """A message at the broker about a car: its channel, and what it carries."""

    short: ClassVar[tuple[str, ...]] = ("{channel}",)
    channel: Line
    """desired, hello, events, events/ack or presence."""
    car: Line | None = None
    has: dict[str, Any] = Field(default_factory=dict)
    """Fields that it has, as they are in its JSON."""
    text: Line | None = None
    """Words that stand somewhere in it."""


@deed("clock", "advances")
async def advances(play: Play, what: Span) -> None:
    """Let so much time pass for everybody."""
    await play.world.time.advance(await play.world.time.now() + what)


@deed("clock", "advances to")
async def advances_to(play: Play, what: At) -> None:
    """Let time pass until then, stopping wherever something falls due."""
    await play.world.time.advance(await play.when(what))


@deed("clock", "advances until")
async def advances_until(play: Play, what: Due) -> None:
    """Let time pass until such a letter goes out, such as `advances until reminder is due`."""
    kind = what.letter.replace(" ", "_")
    time, before = play.world.time, len(play.owner().letters(kind))
    end = await time.now() + FAR
    while len(play.owner().letters(kind)) == before:
        due = await time.next_due()
        if due is None or due > end:
            raise Unknown(f"no {kind} is going to be sent: nothing else falls due")
        await time.advance(due)


@deed("clock", "steps")
async def steps(play: Play) -> None:
    """Go on to the next thing that is due."""
    due = await play.world.time.next_due()
    if due is None:
        raise RoundFailed("nothing is due: there is nowhere to step to")
    await play.world.time.advance(due)


@fact("clock", "shows")
async def clock_shows(play: Play, what: At) -> Seen:
    """It is that time."""
    now = await play.world.time.now()
    return Seen(
        now == await play.when(what), f"it is {now.astimezone(ZoneInfo(play.script.zone)):%A %Y-%m-%d %H:%M}"
    )


@deed("network", "goes off")
async def goes_off(play: Play, what: Whom) -> None:
    """Take a car out of reach, as an underground garage does."""
    await play.car(what.car).driver.network("off")


@deed("network", "goes on")
async def goes_on(play: Play, what: Whom) -> None:
    """Bring a car back into reach."""
    await play.car(what.car).driver.network("on")


@fact("network", "reaches")
async def reaches(play: Play, what: Reached) -> Seen:
    """The car is connected: `reaches v60`."""
    online = bool((await play.car(what.car).driver.looks())["online"])
    return Seen(online, "it is online" if online else "it is offline")


@deed("broker", "is killed")
async def broker_is_killed(play: Play) -> None:
    """End the broker as a power cut would."""
    await play.world.strike("broker", "kill")


@deed("broker", "starts")
async def broker_starts(play: Play) -> None:
    """Start the broker again, with what its store still holds."""
    await play.world.strike("broker", "start")


@deed("broker", "restarts")
async def broker_restarts(play: Play) -> None:
    """Stop the broker and start it again."""
    await play.world.strike("broker", "restart")


@deed("broker", "forgets everything")
async def broker_forgets(play: Play) -> None:
    """Restart the broker without its store."""
    await play.world.strike("broker", "forget")


@fact("broker", "carried")
async def carried(play: Play, what: Message) -> Seen:
    """Such a message about the car has passed the broker."""
    vin = play.car(what.car).vin
    found = [one.payload for one in await play.world.passed() if one.topic.endswith(f"/{vin}/{what.channel}")]
    matching = [
        payload
        for payload in found
        if all(_plain(dict(payload or {}).get(name)) == _plain(value) for name, value in what.has.items())
        and (what.text is None or what.text in json.dumps(payload, ensure_ascii=False))
    ]
    last = json.dumps(found[-1], ensure_ascii=False)[:300] if found else "none"
    return Seen(bool(matching), f"{len(found)} messages on {what.channel}, the last: {last}")


@deed("backend", "is killed")
async def backend_is_killed(play: Play) -> None:
    """End the backend as a power cut would."""
    await play.world.strike("backend", "kill")


@deed("backend", "starts")
async def backend_starts(play: Play) -> None:
    """Start the backend again at the present time."""
    await play.world.strike("backend", "start")


@deed("backend", "restarts")
async def backend_restarts(play: Play) -> None:
    """Stop the backend and start it again."""
    await play.world.strike("backend", "restart")


@deed("backend", "restarts to end at")
async def backend_restarts_to_end_at(play: Play, what: Point) -> None:
    """Restart the backend so that it ends at a named point, such as backend.published_before_mark."""
    await play.world.strike("backend", "restart", at=what.point)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
