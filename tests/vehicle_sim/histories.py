"""Histories of a car as life brings them, and worse: drives, pushes, presses, with anything thrown in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from protocol.language import Language
from protocol.messages import Item
from protocol.values import GeoPoint
from tests.vehicle_sim.motorist import (
    DAY,
    FRESH,
    MINUTE,
    MONDAY,
    STORE,
    VIN,
    WORKSHOP,
    booking,
    cancellation,
    day_reminder,
    destination,
    inquiry,
    proposal,
    receipt,
    reminder,
    snapshot,
)
from vehicle_sim.reducer import advance
from vehicle_sim.state import (
    CENTRE,
    Button,
    Car,
    Connected,
    ConnectionLost,
    EngineReported,
    Event,
    EventsAcknowledged,
    Ignition,
    IgnitionTurned,
    Installed,
    Moved,
    Pressed,
    Settings,
    SettingsChanged,
    SnapshotArrived,
    SnapshotRejected,
    TimePassed,
    Turned,
    Units,
    WaitedInVain,
)

MAKERS = (booking, proposal, inquiry, reminder, day_reminder, cancellation, receipt, destination)
INSTALLED = Installed(MONDAY, VIN, STORE, Settings(), WORKSHOP.position)

SPAN = 4 * 24 * 3600
PLACES = (None, WORKSHOP.position, CENTRE, GeoPoint(latitude=60.17832, longitude=24.95057))
"""Unknown, at the workshop, where a new car is, and across the bay; the roads cover them all."""

times = st.integers(0, SPAN).map(lambda seconds: MONDAY + timedelta(seconds=seconds))
rarely = st.integers(0, 7).map(lambda number: number == 0)


@st.composite
def items(draw: st.DrawFn) -> Item:
    make: Callable[..., Item] = draw(st.sampled_from(MAKERS))
    start, end = sorted([draw(times), draw(times)])
    return make(
        ver=draw(st.sampled_from([1, 1, 2])),
        announce=not draw(rarely),
        answered=draw(rarely),
        show_from=start if draw(rarely) else MONDAY,
        show_until=end if draw(rarely) else MONDAY + timedelta(seconds=SPAN),
    )


def distinct(several: Iterable[Item]) -> tuple[Item, ...]:
    return tuple({item.id: item for item in several}.values())


contents = st.lists(items(), max_size=5).map(distinct)
whole_settings = st.builds(
    Settings,
    language=st.sampled_from(Language),
    navigation=st.booleans(),
    notifications_on=st.booleans(),
    units=st.sampled_from(Units),
    clock_24h=st.booleans(),
    muted=st.booleans(),
)
# JSON knows neither NaN nor infinity, and the border of the sensors lets neither in.
speeds = st.floats(allow_nan=False, allow_infinity=False)
chaos: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        SnapshotArrived,
        times,
        st.builds(
            snapshot,
            contents,
            rev=st.integers(1, 9),
            dealer=st.sampled_from([WORKSHOP, None]),
            for_store=st.sampled_from([STORE, FRESH, None]),
        ),
    ),
    st.builds(SnapshotRejected, times, st.text(max_size=300)),
    st.builds(Connected, times),
    st.builds(ConnectionLost, times),
    st.builds(
        EventsAcknowledged, times, st.sampled_from([STORE, FRESH]), st.integers(0, 9), st.just(UUID(int=3))
    ),
    st.builds(IgnitionTurned, times, st.sampled_from(Ignition)),
    st.builds(EngineReported, times, st.booleans()),
    st.builds(Moved, times, st.sampled_from(PLACES), speeds, st.none() | speeds, st.none(), st.booleans()),
    st.builds(SettingsChanged, times, whole_settings),
    st.builds(TimePassed, times),
    st.builds(WaitedInVain, times),
    st.just(INSTALLED),
)
hands: st.SearchStrategy[Event] = st.one_of(
    st.builds(Pressed, st.just(MONDAY), st.just(Button.OK)),
    st.builds(Pressed, st.just(MONDAY), st.sampled_from(Button), st.booleans()),
    st.builds(Turned, st.just(MONDAY), st.integers(-3, 3)),
)

YES_AND_OK: tuple[Turned | Pressed, ...] = (Turned(MONDAY, -3), Pressed(MONDAY, Button.OK)) * 2


@st.composite
def histories(draw: st.DrawFn, *, upheavals: bool = False) -> list[Event]:
    """Drives, pushes and presses as life brings them, with events out of any order thrown in."""
    history: list[Event] = [INSTALLED, Connected(MONDAY)]
    now, rev, epoch = MONDAY, 0, 1
    scenes = ["drive", "drive", "park", "road", "push", "push", "press", "press", "press", "chaos", "wait"]
    for scene in draw(st.lists(st.sampled_from(scenes + ["upheaval"] * upheavals), min_size=4, max_size=16)):
        match scene:
            case "drive":
                history += [EngineReported(now, running=False), IgnitionTurned(now, Ignition.OFF)]
                now += draw(st.sampled_from([timedelta(seconds=1), MINUTE]))
                history += [IgnitionTurned(now, Ignition.ON), EngineReported(now, running=True)]
            case "park":
                history += parked(now, draw(st.sampled_from([Ignition.ACC, Ignition.OFF])))
                history += [replace(hand, at=now) for hand in YES_AND_OK[: draw(st.sampled_from([0, 2, 4]))]]
            case "road":
                history.append(Moved(now, speed=draw(st.sampled_from([0.0, 8.0, 50.0]))))
            case "push":
                rev += 1
                told = snapshot(draw(contents), rev=rev, epoch=epoch)
                history.append(SnapshotArrived(now, told))
            case "press":
                history += [replace(hand, at=now) for hand in draw(st.lists(hands, min_size=1, max_size=4))]
            case "chaos":
                history.append(draw(chaos))
            case "wait":
                now += draw(st.sampled_from([timedelta(seconds=2), MINUTE, DAY / 4]))
                history.append(TimePassed(now))
            case _:
                epoch += 1
                rev = 0
                wipe: list[Event] = [SnapshotArrived(now, None)] if draw(st.booleans()) else []
                history += [*wipe, SnapshotArrived(now, snapshot(draw(contents), rev=1, epoch=epoch))]
    return history


def parked(now: datetime, key: Ignition) -> list[Event]:
    """A car that needs service is switched off."""
    due = Moved(now, speed=0.0, service_due=True)
    return [due, EngineReported(now, running=False), IgnitionTurned(now, key)]


def lives(history: list[Event]) -> list[Car]:
    cars: list[Car] = []
    car: Car | None = None
    for event in history:
        car = advance(car, event).car
        cars.append(car)
    return cars
