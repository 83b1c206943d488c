"""The `sensus` command: mounts both sides' command lines and starts processes; nothing else."""

import typer

app = typer.Typer(name="sensus", no_args_is_help=True)


def main() -> None:
    """Run the command line."""
    app()
