"""`sensus demo`: plays Scenario 3 on real processes, shows how far it is, and leaves a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vehicle_sim.cli.options import Tongue
from vehicle_sim.cli.words import Json, in_words

if TYPE_CHECKING:
    from vehicle_sim.report import Row, Story


def run(
    *,
    out: Annotated[Path, typer.Option(help="Where the report goes.", file_okay=False)] = Path("out/demo"),
    language: Annotated[Tongue, typer.Option(help="Language of the screens.")] = Tongue.EN,
    window: Annotated[
        bool, typer.Option("--window/--headless", help="Show the head unit in a window meanwhile.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Play Scenario 3 from the phone call to the finished repair, and write report.html and report.json."""
    import asyncio
    import tempfile

    from protocol.language import Language
    from vehicle_sim.demo import play
    from vehicle_sim.process import RigError
    from vehicle_sim.report import write_html, write_json

    with tempfile.TemporaryDirectory(prefix="sensus-demo-") as scratch, in_words(RigError):
        story = asyncio.run(
            play(
                Path(scratch),
                language=Language(language.value),
                window=window,
                on_row=(lambda _: None) if as_json else _Progress().tell,
            )
        )
        write_html(story, out / "report.html")
        write_json(story, out / "report.json")
    if as_json:
        typer.echo((out / "report.json").read_text(encoding="utf-8"))
    else:
        _sum_up(story, out)
    if story.passed < len(story.rows):
        raise typer.Exit(1)


class _Progress:
    """Prints each row when it begins, and completes the line when it has ended."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(highlight=False)
        self._begun = 0
        self._console.print("[bold]Scenario 3[/bold], on real processes and virtual time")

    def tell(self, row: Row) -> None:
        """Take note of a row that begins or has ended."""
        line = f"{row.row:>3}  {row.title:<34}"
        if self._begun != row.row:
            self._begun = row.row
            if self._console.is_terminal:
                self._console.print(f"[dim]{line} …[/dim]", end="\r")
            return
        mark = "[green]passed[/green]" if row.status == "passed" else "[red]failed[/red]"
        self._console.print(f"{line} {mark}  [dim]{row.seconds:5.2f} s[/dim]")
        if row.status == "failed":
            self._console.print(f"     expected  {row.expected}\n     seen      {row.seen}", markup=False)


def _sum_up(story: Story, out: Path) -> None:
    from rich.console import Console

    Console(highlight=False).print(
        f"[bold]{story.passed} of {len(story.rows)} rows as expected[/bold] in {story.seconds:.1f} s: "
        f"{out / 'report.html'}",
        soft_wrap=True,
    )
