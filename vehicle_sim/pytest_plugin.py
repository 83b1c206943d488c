"""Makes a simulated car as easy to test as a web page: fixtures for other people's tests, scenarios as tests.

    def test_the_booking_pops_up(dealer, car):
        dealer.does("books visit on in 10 days at 08:00")
        car.does("turns key to running")
        car.expects("shows pop-up booking")

Each test has a world of its own: a broker, a backend, letters, and whom the marker names. It is quick, within
one process; with ``real=True`` or ``--sensus-real`` it is made of real processes, which can be killed::

    @pytest.mark.sensus(start_at="2026-11-23 09:00", cast={"car": {"navigation": "false"}}, cars=3)

``--no-sensus`` collects no scenarios; ``-p no:sensus`` does not even load this file. Nothing heavy is
imported before a test asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import pytest

if TYPE_CHECKING:
    from vehicle_sim.scenario.actors import Actor, CarActor, Mailbox
    from vehicle_sim.scenario.outcome import Outcome
    from vehicle_sim.scenario.rehearsing import Rehearsal
    from vehicle_sim.scenario.script import Script
    from vehicle_sim.scenario.theatre import Theatre

REAL: Final = "processes"
"""The tag of scenarios that need real processes, since they kill them."""
_NAME: Final = re.compile(r"\W+")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options and settings of this plugin."""
    group = parser.getgroup("sensus", "simulated head units and their dealers")
    group.addoption("--no-sensus", action="store_true", help="collect no scenarios")
    group.addoption(
        "--sensus-real",
        action="store_true",
        help="play everything on real processes instead of quick worlds within one process",
    )
    group.addoption(
        "--sensus-out",
        default="out/sensus",
        metavar="DIR",
        help="where the reports of tests that fail go (default: %(default)s)",
    )
    group.addoption(
        "--sensus-renew", action="store_true", help="let assert_screen write its golden pictures anew"
    )
    parser.addini("sensus_scenarios", "scenario files that are collected as tests (globs)", "args", [])
    parser.addini("sensus_goldens", "the folder of golden pictures", default="goldens")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line(
        "markers",
        "sensus(start_at, zone, cast, cars, real): when the world of a test begins and who is in it, in the"
        " words of scenario files; cars: how many, the others called car-2, car-3 ...; real: play it on real"
        " processes, which can be killed",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.File | None:
    """Collect scenario files as tests."""
    config = parent.config
    if config.getoption("--no-sensus") or file_path.suffix != ".yaml":
        return None
    wanted = (config.rootpath / glob for glob in config.getini("sensus_scenarios"))
    if not any(file_path.match(str(glob)) for glob in wanted):
        return None
    return ScenarioFile.from_parent(parent, path=file_path)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach what happened in its world to a test that failed."""
    report = yield
    if report.when == "call" and report.failed and _REHEARSAL in item.stash:
        report.sections.append(("sensus", _kept(item, item.stash[_REHEARSAL].outcome)))
    return report


class ScenarioFile(pytest.File):
    """A scenario file."""

    def collect(self) -> Iterator[ScenarioItem]:
        """Yield the one test that it is."""
        from vehicle_sim.scenario.places import BadScenario
        from vehicle_sim.scenario.reading import load

        try:
            script = load(self.path)
        except BadScenario as bad:
            raise self.CollectError(str(bad)) from bad
        yield ScenarioItem.from_parent(self, name=script.title, script=script)


class ScenarioItem(pytest.Item):
    """A scenario, played as a test."""

    def __init__(self, *, script: Script, **more: Any) -> None:
        super().__init__(**more)
        self.script = script
        for tag in script.tags:
            self.add_marker(re.sub(r"\W", "_", tag))

    def runtest(self) -> None:
        """Play it in a new world."""
        from vehicle_sim.scenario.playing import NotAsExpected, play

        theatre, real = _theatre(self.config), self.config.getoption("--sensus-real")
        outcome = theatre.backstage.waits_for(play(self.script, theatre.worlds(real=real or self._is_real)))
        if not outcome.passed:
            self.add_report_section("call", "sensus", _kept(self, outcome))
            step = outcome.failure
            raise NotAsExpected(
                outcome.trouble if step is None else f"{step.where}\n{step.text}\n{step.seen}"
            )

    @property
    def _is_real(self) -> bool:
        """Whether it strikes processes, which a quick world does not have."""
        return REAL in self.script.tags

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Tell the step and what was seen, not our own stack."""
        from vehicle_sim.scenario.playing import NotAsExpected

        if isinstance(excinfo.value, NotAsExpected):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where it stands."""
        return self.path, 0, self.name


# -- what tests ask for --------------------------------------------------------------------------------------


@pytest.fixture
def sensus(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rehearsal]:
    """A world of this test's own, in which anybody can be told what to do."""
    from vehicle_sim.scenario.rehearsing import rehearsing

    theatre, said = _theatre(request.config), _said(request)
    real = bool(said.pop("real", False)) or request.config.getoption("--sensus-real")
    script = _script(request, said, tmp_path)
    with rehearsing(script, theatre.worlds(real=real), theatre.backstage) as rehearsal:
        request.node.stash[_REHEARSAL] = rehearsal
        yield rehearsal


@pytest.fixture
def dealer(sensus: Rehearsal) -> Actor:
    """Whoever acts for the workshop."""
    return _actor(sensus, "dealer")


@pytest.fixture
def owner(sensus: Rehearsal) -> Actor:
    """The customer: reads letters, opens My Volvo."""
    return _actor(sensus, "owner")


@pytest.fixture
def car(sensus: Rehearsal) -> CarActor:
    """The car and whoever drives it."""
    from vehicle_sim.scenario.actors import CarActor

    return CarActor(sensus, "car")


@pytest.fixture
def fleet(sensus: Rehearsal) -> tuple[CarActor, ...]:
    """All cars of the world; ask for more with ``@pytest.mark.sensus(cars=3)``."""
    from vehicle_sim.scenario.actors import CarActor

    return tuple(CarActor(sensus, name) for name, one in sensus.play.cast.items() if one.role == "car")


@pytest.fixture
def clock(sensus: Rehearsal) -> Actor:
    """The one time of the world: ``advances 3 days``."""
    return _actor(sensus, "clock")


@pytest.fixture
def network(sensus: Rehearsal) -> Actor:
    """The car's way to the broker: ``goes off``."""
    return _actor(sensus, "network")


@pytest.fixture
def broker(sensus: Rehearsal) -> Actor:
    """The MQTT broker: ``restarts``, ``is killed``."""
    return _actor(sensus, "broker")


@pytest.fixture
def backend(sensus: Rehearsal) -> Actor:
    """The dealer's backend: ``is killed``."""
    return _actor(sensus, "backend")


@pytest.fixture
def mailbox(sensus: Rehearsal) -> Mailbox:
    """The owner's letters."""
    from vehicle_sim.scenario.actors import Mailbox

    return Mailbox(sensus)


class Screens(Protocol):
    """Looks whether a car's screen is what its golden picture shows."""

    def __call__(self, name: str, *, of: CarActor | None = None, masks: Sequence[str] = ()) -> None:
        """Fail unless it is; ``masks`` are names of parts of the tree, such as ``clock``, that may differ."""
        ...


@pytest.fixture
def assert_screen(request: pytest.FixtureRequest, car: CarActor) -> Screens:
    """Hold a screen to ``goldens/NAME.png``; ``--sensus-renew`` writes it instead."""
    config = request.config
    folder = config.rootpath / config.getini("sensus_goldens")

    def hold(name: str, *, of: CarActor | None = None, masks: Sequence[str] = ()) -> None:
        from vehicle_sim.goldens import hold_picture

        seen, golden = of or car, folder / f"{name}.png"
        if config.getoption("--sensus-renew"):
            golden.parent.mkdir(parents=True, exist_ok=True)
            golden.write_bytes(seen.picture())
            return
        rects = [_rect(seen.tree(), mask) for mask in masks]
        hold_picture(seen.picture(), golden, masks=rects, report=_folder(request.node) / f"{name}.html")

    return hold


# -- behind the stage ----------------------------------------------------------------------------------------


_THEATRE: Final = pytest.StashKey["Theatre"]()
_REHEARSAL: Final = pytest.StashKey["Rehearsal"]()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close what was opened."""
    if _THEATRE in config.stash:
        config.stash[_THEATRE].close()
        del config.stash[_THEATRE]


def _actor(rehearsal: Rehearsal, name: str) -> Actor:
    from vehicle_sim.scenario.actors import Actor

    return Actor(rehearsal, name)


def _theatre(config: pytest.Config) -> Theatre:
    from vehicle_sim.scenario.theatre import Theatre

    if _THEATRE not in config.stash:
        config.stash[_THEATRE] = Theatre()
    return config.stash[_THEATRE]


def _said(request: pytest.FixtureRequest) -> dict[str, Any]:
    marker = request.node.get_closest_marker("sensus")
    return dict(marker.kwargs) if marker is not None else {}


def _script(request: pytest.FixtureRequest, said: dict[str, Any], folder: Path) -> Script:
    """Return the script of a test: its name, and what its marker says."""
    import yaml

    from vehicle_sim.scenario.reading import load

    cars, cast = int(said.pop("cars", 1)), dict(said.pop("cast", {}))
    if cars > 1:
        cast |= {"car": cast.get("car", {})}
        cast |= {f"car-{number}": {"is": "car"} for number in range(2, cars + 1)}
    head = {"title": request.node.name, **said, "steps": [{"chapter": request.node.nodeid}]}
    path = folder / "world.yaml"
    path.write_text(yaml.safe_dump(head | ({"cast": cast} if cast else {}), sort_keys=False), "utf-8")
    return load(path, name=request.node.nodeid)


def _kept(item: pytest.Item, outcome: Outcome) -> str:
    """Write the report of a test that failed, and say where it is and what happened."""
    from vehicle_sim.scenario.telling import write

    page = write([outcome], _folder(item))
    lines = [
        f"{step.at}  {step.status:<10} {step.text}" + (f"\n{'':>38}{step.seen}" if step.seen else "")
        for step in outcome.steps
    ]
    return "\n".join([*lines, f"report: {page}"])


def _folder(item: pytest.Item) -> Path:
    """Return where the reports about a test go."""
    return Path(item.config.rootpath, item.config.getoption("--sensus-out"), _NAME.sub("-", item.nodeid))


def _rect(tree: dict[str, Any], name: str) -> tuple[int, int, int, int]:
    """Return where a part of the screen is: x, y, width, height.

    Raises:
        LookupError: nothing on screen is called so.
    """
    parts, names = [tree], []
    while parts:
        part = parts.pop()
        if part["name"] == name:
            x, y, width, height = part["rect"]
            return x, y, width, height
        names.append(part["name"])
        parts += part["children"]
    raise LookupError(f"nothing on screen is called {name!r}; there is {', '.join(sorted(set(names)))}")
