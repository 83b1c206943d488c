"""`sensus scenario`: checks and plays stories in YAML, and leaves a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vehicle_sim.cli.words import BENCH, Json, in_words, usage

if TYPE_CHECKING:
    from vehicle_sim.scenario.script import Script
    from vehicle_sim.scenario.standing import Place

app = typer.Typer(no_args_is_help=True, help="Check, play, record and compare stories in YAML.")
Files = Annotated[list[Path], typer.Argument(help="Scenario files, or folders of them.", exists=True)]
Parameters = Annotated[
    list[str] | None,
    typer.Option("--parameter", help="A value for a parameter: name=value; may be repeated."),
]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", help="Only scenarios with this tag; may be repeated.")
]


Backend = Annotated[
    str | None,
    typer.Option(help="Play on the bench that stands at this backend, such as that of `sensus up`."),
]
Benches = Annotated[
    list[str] | None,
    typer.Option("--car", help="With --backend: address of a bench of cars; may be repeated."),
]
Token = Annotated[str | None, typer.Option(help="With --backend: a token of its dealer.", envvar="TOKEN")]
Letters = Annotated[
    Path | None,
    typer.Option(help="With --backend: the folder of its letters.", envvar="LETTERS", file_okay=False),
]


@app.command()
def check(files: Files, parameter: Parameters = None, *, as_json: Json = False) -> None:
    """Read scenarios without playing them; every fault is told with file, line and column."""
    from vehicle_sim.scenario.places import BadScenario

    faults: list[str] = []
    read = 0
    for path in _files(files):
        try:
            _load(path, parameter)
            read += 1
        except BadScenario as bad:
            faults += [str(fault) for fault in bad.faults]
    if as_json:
        typer.echo(json.dumps({"read": read, "faults": faults}, ensure_ascii=False))
    else:
        for fault in faults:
            typer.echo(fault, err=True)
        typer.echo(
            f"{read} scenarios can be played" if not faults else f"{len(faults)} faults", err=bool(faults)
        )
    if faults:
        raise typer.Exit(1)


@app.command()
def run(
    files: Files,
    *,
    tag: Tags = None,
    parameter: Parameters = None,
    repeat: Annotated[int, typer.Option(help="Play each so many times.", min=1)] = 1,
    shuffle: Annotated[
        bool, typer.Option("--shuffle", help="Play them in an order drawn from the seed.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option(help="Seed of every random choice, instead of each file's.")
    ] = None,
    fast: Annotated[
        bool,
        typer.Option("--fast", help="In one process, broker and database in memory, instead of real ones."),
    ] = False,
    jobs: Annotated[
        int, typer.Option(help="With --fast: so many processes, each with runs of its own.", min=1)
    ] = 1,
    backend: Backend = None,
    car: Benches = None,
    token: Token = None,
    letters: Letters = None,
    out: Annotated[Path | None, typer.Option(help="Where the reports go.", file_okay=False)] = None,
    renew: Annotated[
        bool, typer.Option("--renew-pictures", help="Keep the screens of `looks like` as their pictures.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Play scenarios, on real processes unless --fast; ends with 1 if anything went otherwise."""
    import asyncio
    import tempfile

    from vehicle_sim.cli.progress import Progress
    from vehicle_sim.process import RigError
    from vehicle_sim.scenario.places import BadScenario
    from vehicle_sim.scenario.processes import ProcessWorlds
    from vehicle_sim.scenario.running import Plan, Told, play_all, play_fast
    from vehicle_sim.scenario.standing import StandingWorlds
    from vehicle_sim.scenario.telling import write

    with in_words(BadScenario):
        scripts = [_load(path, parameter) for path in _files(files)]
    wanted = [one for one in scripts if not tag or set(tag) & set(one.tags)]
    if not wanted:
        raise typer.BadParameter(f"no scenario has the tag {' or '.join(tag or [])}", param_hint="--tag")
    plan = Plan(wanted, repeat=repeat, shuffle=shuffle, seed=seed, keep=out is not None, renew=renew)
    progress = Progress(quiet=as_json)
    told = Told(progress.begun, progress.step, progress.ended)
    with tempfile.TemporaryDirectory(prefix="sensus-scenario-") as scratch, in_words(RigError):
        outcomes = asyncio.run(
            play_all(plan, StandingWorlds(_place(backend, car, token, letters)), told)
            if backend is not None
            else play_fast(plan, Path(scratch), told, jobs)
            if fast
            else play_all(plan, ProcessWorlds(Path(scratch)), told)
        )
    if out is not None:
        write(outcomes, out)
    if as_json:
        failed = sum(not one.passed for one in outcomes)
        typer.echo(
            json.dumps(
                {
                    "passed": len(outcomes) - failed,
                    "failed": failed,
                    "runs": [one.plain() for one in outcomes],
                },
                ensure_ascii=False,
            )
        )
    else:
        progress.sum_up(outcomes, out)
    if any(not one.passed for one in outcomes):
        raise typer.Exit(1)


@app.command()
def record(
    file: Annotated[Path, typer.Argument(help="Where the scenario goes.", dir_okay=False)],
    backend: Annotated[str, typer.Option(help="The backend of the bench.", envvar="SENSUS_BACKEND_URL")],
    token: Annotated[str, typer.Option(help="A token of its dealer.", envvar="TOKEN")],
    car: Annotated[str, typer.Option(help="The bench of its car.", envvar="SENSUS_BENCH_URL")] = BENCH,
    title: Annotated[str, typer.Option(help="What the story is called.")] = "Played by hand",
) -> None:
    """Write down what is done by hand on a bench, as a scenario, until told to end (Ctrl-C, SIGTERM)."""
    import asyncio
    import signal

    import aiohttp

    from vehicle_sim.scenario.recording import NothingHappened, Recorder
    from vehicle_sim.scenario.standing import Place
    from vehicle_sim.witness import Refusal

    async def listen() -> str:
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        async with aiohttp.ClientSession() as session:
            recorder = Recorder(Place(backend, token, [car], Path()), session)
            begun = await recorder.begin()
            typer.echo(f"Recording {begun.vin} and its dealer since {begun.at.isoformat()}; Ctrl-C ends it.")
            await ended.wait()
            return await recorder.end(begun, title)

    with in_words(NothingHappened, Refusal, aiohttp.ClientError, OSError):
        file.write_text(asyncio.run(listen()), encoding="utf-8")
    typer.echo(str(file))


@app.command()
def replay(
    journal: Annotated[Path, typer.Argument(help="The journal of a car.", exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option(help="Where the frames go.", file_okay=False)],
    speed: Annotated[
        float | None, typer.Option(help="So many times as fast as it was; at once, if left out.", min=0.001)
    ] = None,
) -> None:
    """Show again what a car has shown: every frame that its journal leads to, as pictures with an index."""
    import asyncio

    from vehicle_sim.journal import NotAJournal
    from vehicle_sim.scenario.frames import Frame
    from vehicle_sim.scenario.frames import replay as shown_again

    def told(frame: Frame) -> None:
        typer.echo(f"{frame.n:>6}  {frame.at.isoformat()}  {frame.event}", err=True)

    with in_words(NotAJournal, OSError):
        count = asyncio.run(shown_again(journal, out, speed=speed, on_frame=told))
    typer.echo(f"{count} frames in {out}")


@app.command()
def compare(
    before: Annotated[
        Path, typer.Argument(help="report.json of the first run.", exists=True, dir_okay=False)
    ],
    after: Annotated[
        Path, typer.Argument(help="report.json of the second run.", exists=True, dir_okay=False)
    ],
    html: Annotated[
        Path | None, typer.Option(help="Also write a page, side by side.", dir_okay=False)
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Say how two runs differ; ends with 1 if they do. Durations and random ids are no difference."""
    from dataclasses import asdict

    from vehicle_sim.scenario.comparing import NoReport, read, write_html
    from vehicle_sim.scenario.comparing import compare as differences_of

    with in_words(NoReport):
        found = differences_of(read(before), read(after))
    if html is not None:
        write_html(found, (str(before), str(after)), html)
    if as_json:
        typer.echo(json.dumps({"differences": [asdict(one) for one in found]}, ensure_ascii=False))
    for one in [] if as_json else found:
        typer.echo(f"{one.story}\n  {one.step or 'the whole story'}: {one.what}")
        typer.echo(
            f"  - {one.before}\n  + {one.after}".replace("\n", "\n    ").replace("\n      + ", "\n  + ")
        )
    if not as_json:
        typer.echo(f"{len(found)} differences" if found else "no difference")
    if found:
        raise typer.Exit(1)


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors to complete by."""
    from vehicle_sim.scenario.schema import text

    typer.echo(text(), nl=False)


def _place(backend: str, cars: list[str] | None, token: str | None, letters: Path | None) -> Place:
    from vehicle_sim.scenario.standing import Place

    missing = [name for name, value in (("--token", token), ("--letters", letters)) if not value]
    if missing:
        raise typer.BadParameter(f"--backend needs {' and '.join(missing)} too", param_hint="--backend")
    return Place(backend, token or "", cars or [BENCH], letters or Path())


def _files(paths: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not found:
        raise typer.BadParameter("there is no .yaml file", param_hint="FILES")
    return found


def _load(path: Path, parameters: list[str] | None) -> Script:
    from vehicle_sim.scenario.reading import load

    values: dict[str, str] = {}
    for text in parameters or []:
        name, equals, value = text.partition("=")
        with usage("--parameter"):
            if not equals:
                raise ValueError(f"{text!r} has no value; write name=value")
        values[name] = value
    return load(path, values)
