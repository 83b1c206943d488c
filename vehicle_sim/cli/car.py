"""`sensus car`: drives one head unit through its bench."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from vehicle_sim.cli.words import BENCH, Json, in_words, print_pairs, usage

if TYPE_CHECKING:
    from vehicle_sim.remote import Remote

app = typer.Typer(no_args_is_help=True)
_T = TypeVar("_T")


class Reach(StrEnum):
    """How the broker can be reached."""

    ON = "on"
    OFF = "off"
    SLOW = "slow"


class Key(StrEnum):
    """Where the key can be brought."""

    OFF = "off"
    ACC = "acc"
    ON = "on"
    START = "start"
    RUNNING = "running"


@app.callback()
def one_car(
    context: typer.Context,
    vin: Annotated[str, typer.Argument(help="Vehicle identification number.")],
    bench: Annotated[str, typer.Option(help="Address of its bench.", envvar="SENSUS_BENCH_URL")] = BENCH,
) -> None:
    """Drive one head unit: key, buttons, signals, screen, reasons."""
    from vehicle_sim.remote import Remote

    context.obj = Remote(bench, vin)


@app.command()
def show(context: typer.Context, *, as_json: Json = False) -> None:
    """Show the state of the car."""
    _print_car(_ask(context, "GET"), as_json=as_json)


@app.command()
def ignition(context: typer.Context, to: Key, *, as_json: Json = False) -> None:
    """Bring the key there; running starts the engine."""
    _print_car(_ask(context, "POST", "/ignition", {"to": to.value}), as_json=as_json)


@app.command()
def press(
    context: typer.Context,
    button: Annotated[str | None, typer.Argument(help="OK, EXIT, MY_CAR, NAV, RADIO, MEDIA or TEL.")] = None,
    label: Annotated[str | None, typer.Option(help="Choose what is called so on screen, instead.")] = None,
    role: Annotated[str | None, typer.Option(help="Choose what has this role in the tree.")] = None,
    name: Annotated[str | None, typer.Option(help="Choose the part of this name in the tree.")] = None,
    *,
    long: Annotated[bool, typer.Option("--long", help="Hold it for a second.")] = False,
    as_json: Json = False,
) -> None:
    """Press a button, or choose what is on the screen by label, role or name."""
    traits = _given(label=label, role=role, name=name)
    if (button is None) == (not traits):
        raise typer.BadParameter("name a button, or what is on screen with --label, --role or --name")
    wish = traits if button is None else {"button": button.upper(), "long": long}
    _print_car(_ask(context, "POST", "/press", wish), as_json=as_json)


@app.command()
def wait(
    context: typer.Context,
    *,
    view: Annotated[str | None, typer.Option(help="Until this view fills the screen.")] = None,
    pop_up: Annotated[str | None, typer.Option(help="Until this kind of pop-up is there, or none.")] = None,
    label: Annotated[str | None, typer.Option(help="Until a part says this.")] = None,
    role: Annotated[str | None, typer.Option(help="The part's role.")] = None,
    name: Annotated[str | None, typer.Option(help="The part's name.")] = None,
    value: Annotated[str | None, typer.Option(help="The part's value.")] = None,
    within: Annotated[str, typer.Option(help="Seconds to wait at most: 10s, 2m.")] = "10s",
    as_json: Json = False,
) -> None:
    """Wait until something is on the screen; end with 1, and say what is there, if it does not come."""
    from urllib.parse import urlencode

    wish = _given(view=view, pop_up=pop_up, label=label, role=role, name=name, value=value)
    if not wish:
        raise typer.BadParameter("say what to wait for: --view, --pop-up, --label, --role, --name or --value")
    with usage("--within"):
        seconds = _seconds(within)
    answer = _ask(context, "GET", f"/wait?{urlencode({**wish, 'within': seconds})}", timeout=seconds + 20)
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        typer.echo(f"there after {answer['waited']:g} s")


@app.command(context_settings={"ignore_unknown_options": True})
def turn(
    context: typer.Context,
    steps: Annotated[int | None, typer.Argument(help="Notches; negative is anticlockwise.")] = None,
    label: Annotated[str | None, typer.Option(help="Turn to what is called so on screen, instead.")] = None,
    role: Annotated[str | None, typer.Option(help="Turn to what has this role in the tree.")] = None,
    name: Annotated[str | None, typer.Option(help="Turn to the part of this name in the tree.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Turn TUNE by so many notches, or until what is on the screen has the focus."""
    traits = _given(label=label, role=role, name=name)
    if (steps is None) == (not traits):
        raise typer.BadParameter("say how many notches, or what to turn to with --label, --role or --name")
    _print_car(_ask(context, "POST", "/turn", traits or {"steps": steps}), as_json=as_json)


@app.command("set")
def set_signals(
    context: typer.Context,
    signals: Annotated[
        list[str], typer.Argument(help="VSS signals: Vehicle.Speed=50 ...", metavar="NAME=VALUE...")
    ],
    *,
    as_json: Json = False,
) -> None:
    """Set vehicle signals, in this order."""
    wish: dict[str, object] = {}
    for text in signals:
        name, equals, value = text.partition("=")
        if not equals:
            raise typer.BadParameter(f"{text!r} has no value; write NAME=VALUE")
        wish[name] = _value(value)
    values = _ask(context, "PUT", "/signals", wish)
    print_pairs("Signals", values, as_json=as_json)


@app.command("signals")
def show_signals(context: typer.Context, *, as_json: Json = False) -> None:
    """Show all vehicle signals."""
    print_pairs("Signals", _ask(context, "GET", "/signals"), as_json=as_json)


@app.command()
def network(
    context: typer.Context,
    to: Reach,
    latency: Annotated[
        float | None, typer.Option(help="Of a slow line: seconds each way.", min=0, max=60)
    ] = None,
    bandwidth: Annotated[int | None, typer.Option(help="Of a slow line: bytes in a second.", min=1)] = None,
    *,
    as_json: Json = False,
) -> None:
    """Put the car in reach of its broker, out of it, or on a slow line."""
    wish = {"state": to.value, **_given(latency=latency, bandwidth=bandwidth)}
    _print_car(_ask(context, "PUT", "/network", wish), as_json=as_json)


@app.command()
def hold(
    context: typer.Context,
    control: Annotated[str, typer.Argument(help="A control of the bezel: exit, start_stop, wheel_back ...")],
    ms: Annotated[int, typer.Argument(help="Milliseconds; 1000 and more are long.", min=0)] = 1000,
    *,
    as_json: Json = False,
) -> None:
    """Hold a control of the bezel down for a while."""
    _print_car(_ask(context, "POST", "/hold", {"control": control, "ms": ms}), as_json=as_json)


@app.command()
def touch(
    context: typer.Context,
    x: Annotated[float, typer.Argument(help="Pixels from the left of the display.")],
    y: Annotated[float, typer.Argument(help="Pixels from its top.")],
    *,
    as_json: Json = False,
) -> None:
    """Tap the glass."""
    _print_car(_ask(context, "POST", "/touch", {"x": x, "y": y}), as_json=as_json)


@app.command()
def reset(context: typer.Context, *, as_json: Json = False) -> None:
    """Make the car new; on a bench where cars come and go."""
    _print_car(_ask(context, "POST", "/reset", {}), as_json=as_json)


@app.command()
def screenshot(context: typer.Context, file: Annotated[Path, typer.Argument(dir_okay=False)]) -> None:
    """Save what is on screen as a PNG."""
    from vehicle_sim.remote import BenchError

    remote: Remote = context.obj
    with in_words(BenchError, OSError):
        file.write_bytes(remote.ask("GET", "/screen.png"))
    typer.echo(str(file))


@app.command()
def tree(context: typer.Context, *, as_json: Json = False) -> None:
    """Show the semantic tree of the screen: what it says, and where the focus is."""
    answer = _ask(context, "GET", "/tree")
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

    def grow(node: dict[str, Any]) -> Tree:
        words = [node.get("role"), node.get("label"), node.get("value")]
        branch = Tree(
            Text("  ".join(str(word) for word in words if word), "reverse" if node.get("focused") else "")
        )
        for child in node.get("children", []):
            branch.add(grow(child))
        return branch

    Console().print(grow(answer))


@app.command()
def why(context: typer.Context, *, as_json: Json = False) -> None:
    """Say for everything pushed to the car why it pops up, or does not."""
    answer = _ask(context, "GET", "/why")
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    for item in answer["items"]:
        about = f" of {item['appointment']}" if item["appointment"] else ""
        _print_reasons(f"{item['kind']}{about}", item)
    if not answer["items"]:
        typer.echo("nothing has been pushed to this car")
    for own in answer["own"]:
        _print_reasons(f"{own['kind']}, the car's own", own)
    typer.echo(f"on screen: {answer['pop_up'] or 'no pop-up'}")


def _print_reasons(name: str, subject: dict[str, Any]) -> None:
    typer.echo(f"{name}, version {subject['ver']}{', shown before' if subject['shown'] else ''}")
    for reason in subject["reasons"]:
        typer.echo(f"  held back: {reason['text']} ({reason['code']})")
    if not subject["reasons"]:
        typer.echo("  nothing holds it back")


def _ask(
    context: typer.Context, method: str, path: str = "", body: object = None, timeout: float | None = None
) -> Any:
    from vehicle_sim.remote import BenchError

    remote: Remote = context.obj
    with in_words(BenchError):
        return remote.get(path, timeout) if method == "GET" else remote.send(method, path, body)


def _given(**options: _T | None) -> dict[str, _T]:
    """Return the options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def _seconds(text: str) -> float:
    number, unit = (text[:-1], text[-1]) if text[-1:] in {"s", "m"} else (text, "s")
    try:
        seconds = float(number) * (60 if unit == "m" else 1)
    except ValueError as wrong:
        raise ValueError(f"{text!r} is no span of time; write 10s or 2m") from wrong
    if not 0 <= seconds <= 300:
        raise ValueError(f"{text!r} is not within 0s and 5m")
    return seconds


def _value(text: str) -> object:
    """Read a signal's value as JSON; what is none is a word, such as ON."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _print_car(car: dict[str, Any], *, as_json: bool) -> None:
    wanted = ["now", "ignition", "running", "run", "screen", "pop_up", "notice", "online", "network"]
    more = ["applied", "outbox", "language", "busy", "trouble"]
    facts = car if as_json else {name: car[name] for name in wanted + more}
    print_pairs(f"Car {car['vin']}", facts, as_json=as_json)
