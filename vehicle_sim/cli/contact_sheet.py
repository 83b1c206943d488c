"""`sensus contact-sheet`: draws every screen on one page, and fails if one of them has a fault."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vehicle_sim.cli.options import Words
from vehicle_sim.cli.words import usage

_MOST_TOLD = 20


def run(
    folder: Annotated[
        Path, typer.Argument(help="Gets index.html, a page that needs nothing else.", file_okay=False)
    ] = Path("out/contact-sheet"),
    *,
    profile: Annotated[
        list[str] | None, typer.Option(help="Only this display: a name, or a file. May be repeated.")
    ] = None,
    language: Annotated[list[Words] | None, typer.Option(help="Only this language. May be repeated.")] = None,
    screen: Annotated[list[str] | None, typer.Option(help="Only this screen. May be repeated.")] = None,
) -> None:
    """Draw every screen on every display in every language, and flag what is cut, faint or untranslated."""
    from rich.console import Console
    from rich.progress import track

    from vehicle_sim import contact_sheet, profiles

    everything = contact_sheet.Choice()
    with usage("--profile"):
        displays = tuple(profiles.chosen(text) for text in profile or ()) or everything.profiles
    tags = tuple(one.value for one in language or ()) or everything.tags
    choice = contact_sheet.Choice(displays, tags, tuple(screen or ()))
    with usage("--screen"):
        count = len(choice)
    console = Console(highlight=False)
    drawn = track(contact_sheet.frames(choice), "Looking at every screen", count, console=console)
    sheet = contact_sheet.Sheet(list(drawn), contact_sheet.gaps(tags))
    page = folder / "index.html"
    with console.status("Writing the page"):
        contact_sheet.write(sheet, page)
    faults = sheet.faults
    for line in faults[:_MOST_TOLD]:
        console.print(line, markup=False, style="red", soft_wrap=True)
    if len(faults) > _MOST_TOLD:
        console.print(f"and {len(faults) - _MOST_TOLD} more", style="red")
    console.print(f"{len(faults) or 'no'} faults in {len(sheet.frames)} frames: {page}", soft_wrap=True)
    if faults:
        raise typer.Exit(1)
