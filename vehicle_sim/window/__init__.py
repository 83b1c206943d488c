"""The head unit on a desk: a window with bezel, keys, mouse and sound for a car that runs elsewhere.

pygame lives on the main thread beside asyncio: its events are polled 20 times a second, 60 times for two
seconds after an input, and a frame is drawn only when the scene has changed.

| key | what it is |
|---|---|
| arrows, mouse wheel | TUNE |
| Enter, space, click on a row | OK/MENU |
| Esc, right click; held for a second | EXIT; EXIT long |
| M, N, R, D, T | MY CAR, NAV, RADIO, MEDIA, TEL |
| I; held for a second; shift + I | START/STOP: 0, I, II, engine running; to II at once; key out |
| L, B, S | next language; brightness by the sun, night, day; chimes off and on |
| F12 | save a picture of the screen |
| click on a control of the bezel, and holding it | what it is in the car |
"""

from __future__ import annotations

from pathlib import Path

from vehicle_sim.face import Screens
from vehicle_sim.painter.toolkit import pygame
from vehicle_sim.window.hand import LONG, Hand
from vehicle_sim.window.loudspeaker import Loudspeaker
from vehicle_sim.window.pane import Pane, Unit

__all__ = ["LONG", "Hand", "Loudspeaker", "NoDisplay", "run"]


class NoDisplay(RuntimeError):
    """There is no display for a window here: run the head unit headless and look at its bench page."""


async def run(unit: Unit, face: Screens, *, pictures: Path | None = None) -> None:
    """Show ``unit`` until its window is closed; F12 saves into ``pictures`` (the working directory).

    Raises:
        NoDisplay: no window can be opened on this machine.
    """
    try:
        pygame.display.init()
    except pygame.error as none:
        raise NoDisplay(f"{NoDisplay.__doc__} ({none})") from none
    loudspeaker = Loudspeaker()
    try:
        await Pane(unit, face, loudspeaker, pictures or Path()).shown()
    finally:
        loudspeaker.close()
        pygame.display.quit()
