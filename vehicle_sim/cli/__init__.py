"""The car's commands: `sensus head-unit` is one, `sensus car` drives it, `sensus clock` moves time.

`sensus demo` and `sensus up` start it together with everything around it, as processes.
"""

from __future__ import annotations

import typer

from vehicle_sim.cli import car, clock, demo, head_unit, scenario, up

app = typer.Typer(no_args_is_help=True)
app.command("demo")(demo.run)
app.command("up")(up.run)
app.command("head-unit")(head_unit.run)
app.add_typer(car.app, name="car")
app.add_typer(clock.app, name="clock")
app.add_typer(scenario.app, name="scenario")
