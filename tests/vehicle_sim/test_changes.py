"""Of a busy bus the car is told every turn in order, and of numbers what is worth a line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from vehicle_sim import signals
from vehicle_sim.bridges import Signals
from vehicle_sim.bridges.changes import (
    GRAINS,
    MOST_TURNS,
    PACE,
    RETRY,
    Event,
    Heard,
    Knowledge,
    Told,
    Unanswered,
    Woken,
    advance,
    due,
)


@dataclass
class Bridge:
    """A bridge at work; the car answers at once unless it is busy."""

    state: Knowledge = field(default_factory=Knowledge)
    told: list[Signals] = field(default_factory=list)
    now: float = 0.0
    is_car_busy: bool = False

    def hears(self, values: Signals, at: float | None = None) -> None:
        self.now = self.now if at is None else at
        self._happens(Heard(self.now, values))

    def passes(self, seconds: float) -> None:
        end = self.now + seconds
        while (wanted := due(self.state)) is not None and wanted <= end:
            self.now = max(self.now, wanted)
            self._happens(Woken(self.now))
        self.now = end

    def _happens(self, event: Event) -> None:
        outcome = advance(self.state, event)
        self.state = outcome.state
        if outcome.effect is not None:
            self.told.append(outcome.effect.values)
            if not self.is_car_busy:
                self._happens(Told(self.now))

    def answers(self, event: Event) -> None:
        self.is_car_busy = False
        self._happens(event)


def test_what_is_repeated_is_told_once() -> None:
    bridge = Bridge()
    for tick in range(1000):
        bridge.hears({signals.KEY: "ON", signals.SPEED: 50.0}, at=tick / 100)
    assert bridge.told == [{signals.SPEED: 50.0, signals.KEY: "ON"}]


def test_a_turn_is_told_at_once_and_a_number_when_its_time_has_come() -> None:
    bridge = Bridge()
    bridge.hears({signals.SPEED: 0.0})
    bridge.hears({signals.SPEED: 30.0}, at=0.1)
    bridge.hears({signals.KEY: "ON"}, at=0.2)
    bridge.hears({signals.SPEED: 50.0}, at=0.3)
    assert bridge.told == [{signals.SPEED: 0.0}, {signals.KEY: "ON"}]
    bridge.passes(PACE)
    assert bridge.told[2:] == [{signals.SPEED: 50.0}]


def test_a_hundred_frames_a_second_are_few_tellings_and_noise_is_none() -> None:
    bridge = Bridge()
    for tick in range(6000):
        bridge.hears({signals.SPEED: 50 + tick % 7 / 10, signals.OUTSIDE: 4 + tick / 1000}, at=tick / 100)
    assert 2 <= len(bridge.told) <= 60 / PACE + 1
    told = len(bridge.told)
    for tick in range(6000, 12000):
        bridge.hears(
            {signals.SPEED: 50 + tick % 4 / 10, signals.LATITUDE: 60 + tick % 5 / 1e6}, at=tick / 100
        )
    assert len(bridge.told) <= told + 2


def test_to_stand_still_is_told_however_small_the_step() -> None:
    bridge = Bridge()
    assert GRAINS[signals.SPEED] > 0.1
    for at, speed in enumerate((0.1, 0.0, 0.1, 0.2)):
        bridge.hears({signals.SPEED: speed}, at=float(at))
    assert [one[signals.SPEED] for one in bridge.told] == [0.1, 0.0, 0.1]


def test_every_turn_of_the_key_is_told_in_order_though_the_car_is_slow() -> None:
    bridge = Bridge(is_car_busy=True)
    turns = ["ACC", "ON", "START", "ON", "OFF"]
    for key in turns:
        bridge.hears({signals.KEY: key, signals.RUNNING: key == "START"})
    assert len(bridge.told) == 1
    assert due(bridge.state) is None
    bridge.answers(Told(1.0))
    bridge.passes(0)
    assert [one[signals.KEY] for one in bridge.told if signals.KEY in one] == turns
    assert [one[signals.RUNNING] for one in bridge.told if signals.RUNNING in one] == [False, True, False]


def test_a_car_that_did_not_answer_is_told_all_that_stands_a_second_later() -> None:
    bridge = Bridge()
    bridge.hears({signals.KEY: "ON", signals.SPEED: 50.0})
    bridge.is_car_busy = True
    bridge.hears({signals.KEY: "OFF"}, at=1.0)
    bridge.answers(Unanswered(2.0))
    bridge.now = 2.0
    assert due(bridge.state) == 2.0 + RETRY
    bridge.passes(RETRY)
    assert bridge.told[-1] == {signals.SPEED: 50.0, signals.KEY: "OFF"}


def test_of_a_key_that_flutters_for_long_only_where_it_stands_is_kept() -> None:
    bridge = Bridge(is_car_busy=True)
    for turn in range(3 * MOST_TURNS):
        bridge.hears({signals.KEY: "ON" if turn % 2 else "OFF"})
        assert len(bridge.state.turns) <= MOST_TURNS
    bridge.answers(Told(1.0))
    bridge.passes(PACE)
    assert bridge.told[-1][signals.KEY] == "ON"


VALUES = st.fixed_dictionaries(
    {},
    optional={
        signals.KEY: st.sampled_from(["OFF", "ON", "START"]),
        signals.RUNNING: st.booleans(),
        signals.SPEED: st.sampled_from([0.0, 0.1, 30.0, 30.2]),
        signals.OUTSIDE: st.sampled_from([-3.0, 4.0, 4.5]),
    },
)


@given(st.lists(st.tuples(VALUES, st.floats(0, 1), st.booleans()), max_size=40))
def test_in_the_end_the_car_knows_what_the_bus_says(steps: Iterable[tuple[Signals, float, bool]]) -> None:
    bridge = Bridge()
    stands: dict[str, object] = {}
    for values, seconds, answered in steps:
        bridge.is_car_busy = not answered
        bridge.hears(values)
        stands |= values
        bridge.passes(seconds)
        if bridge.state.is_telling:
            bridge.answers(Unanswered(bridge.now))
    bridge.is_car_busy = False
    bridge.passes(RETRY + PACE)
    known: dict[str, object] = {}
    for one in bridge.told:
        known |= one
    for name, value in stands.items():
        if isinstance(value, float):
            told = known[name]
            assert isinstance(told, float)
            assert abs(told - value) < GRAINS[name] or told == value
            assert (told == 0) == (value == 0)
        else:
            assert known[name] == value
