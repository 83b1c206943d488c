"""The options that a process with one car and a process with many share, and what is wrong together."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from vehicle_sim.cli.words import instant

BROKER: Final = "mqtt://127.0.0.1:1883"


class Tongue(StrEnum):
    """The languages of the screens."""

    EN = "en"
    DE = "de"
    SV = "sv"


class Words(StrEnum):
    """The languages of the screens, and the pseudo-locale that shows what is cut or hard-coded."""

    EN = "en"
    DE = "de"
    SV = "sv"
    PSEUDO = "en-XA"


Broker = Annotated[
    str, typer.Option(help="URL of the MQTT broker, mqtt:// or mqtts://.", envvar="SENSUS_BROKER_URL")
]
Host = Annotated[str, typer.Option(help="Address of the bench. It has no passwords.")]
Port = Annotated[int, typer.Option(help="Port of the bench; 0: a free one.", min=0, max=65535)]
ReadyFile = Annotated[Path | None, typer.Option(help="Written once it serves: url, port, pid.")]
Simulated = Annotated[
    bool, typer.Option("--simulated", help="Virtual clock, with its surface.", envvar="SENSUS_SIMULATION")
]
StartAt = Annotated[
    str | None, typer.Option(help="Where the virtual clock starts (RFC 3339).", envvar="SENSUS_START_AT")
]
Username = Annotated[str | None, typer.Option(envvar="SENSUS_BROKER_USERNAME", help="For the broker.")]
Password = Annotated[str | None, typer.Option(envvar="SENSUS_BROKER_PASSWORD", help="For the broker.")]


def start(start_at: str | None, *, simulated: bool) -> datetime | None:
    """Return where the virtual clock starts, or end with 2 where there is none."""
    if start_at is None:
        return None
    if not simulated:
        raise typer.BadParameter(
            "only a virtual clock can start anywhere: add --simulated", param_hint="--start-at"
        )
    return instant(start_at, "--start-at")
