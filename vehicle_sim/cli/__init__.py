"""The car's commands: `sensus head-unit` is one, `sensus bench` many; `sensus car` drives them.

`sensus clock` moves time; `sensus demo` and `sensus up` start a car with all that is around it, as processes.
"""

from __future__ import annotations

import typer

from vehicle_sim.cli import bench, can_bridge, car, clock, contact_sheet, demo, head_unit, scenario, up

app = typer.Typer(no_args_is_help=True)
app.command("contact-sheet")(contact_sheet.run)
app.command("demo")(demo.run)
app.command("up")(up.run)
app.command("head-unit")(head_unit.run)
app.command("bench")(bench.run)
app.command("can-bridge")(can_bridge.run)
app.add_typer(car.app, name="car")
app.add_typer(clock.app, name="clock")
app.add_typer(scenario.app, name="scenario")
