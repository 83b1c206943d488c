"""Shows on the terminal how far a row of scenarios is."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from vehicle_sim.scenario.outcome import Outcome, Played


class Progress:
    """Shows on the terminal which scenario is played and how far it is, and what went otherwise."""

    def __init__(self, *, quiet: bool) -> None:
        self._console = Console(highlight=False, quiet=quiet, stderr=False)

    def begun(self, outcome: str) -> None:
        """Name the scenario that begins."""
        if self._console.is_terminal:
            self._console.print(f"[dim]{outcome} …[/dim]", end="\r")

    def step(self, step: Played) -> None:
        """Show the step that is played."""
        if self._console.is_terminal and step.status == "not played":
            self._console.print(f"[dim]{step.number:>4}  {step.text[:90]}[/dim]\x1b[K", end="\r")

    def ended(self, outcome: Outcome) -> None:
        """Say how it ended."""
        mark = "[green]passed[/green]" if outcome.passed else "[red]failed[/red]"
        again = f" ({outcome.run})" if outcome.run > 1 else ""
        clear = "\x1b[K" if self._console.is_terminal else ""
        name = f"{outcome.title}{again}"
        self._console.print(f"{mark}  {name:<56} [dim]{outcome.seconds:6.2f} s[/dim]{clear}")
        if outcome.trouble:
            self._console.print(f"        {outcome.trouble}", markup=False)
        if (step := outcome.failure) is not None:
            self._console.print(
                f"        {step.where}\n        {step.text}\n        {step.seen}", markup=False
            )
            self._console.print(f"        seed {outcome.seed}", markup=False)

    def sum_up(self, outcomes: list[Outcome], out: Path | None) -> None:
        """Say how all ended, and where the report is."""
        passed = sum(one.passed for one in outcomes)
        where = f": {out / 'report.html'}" if out is not None else ""
        self._console.print(f"[bold]{passed} of {len(outcomes)} as expected[/bold]{where}", soft_wrap=True)
