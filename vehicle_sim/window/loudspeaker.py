"""Sounds chimes on this machine, where it can; where it cannot, that is said once and nothing breaks."""

from __future__ import annotations

import asyncio
import logging

from vehicle_sim import chimes
from vehicle_sim.painter.toolkit import pygame
from vehicle_sim.state import Chime, Priority

_log = logging.getLogger(__name__)


class Loudspeaker:
    """The loudspeaker of one window. The mixer is opened by the first chime that is to be heard, not before.

    Attributes:
        works: None until it was tried.
    """

    def __init__(self) -> None:
        self.works: bool | None = None
        self._sounds: dict[Priority, pygame.mixer.Sound] = {}

    def play(self, chime: Chime) -> None:
        """Sound a chime that is not muted."""
        if chime.muted or self.works is False:
            return
        try:
            if self.works is None:
                pygame.mixer.init(frequency=chimes.RATE, size=-16, channels=1, allowedchanges=0)
            self.works = True
            if chime.priority not in self._sounds:
                self._sounds[chime.priority] = pygame.mixer.Sound(buffer=chimes.samples(chime.priority))
            self._sounds[chime.priority].play()
        except (pygame.error, NotImplementedError) as silent:  # the latter: a pygame that has no mixer at all
            self.works = False
            _log.warning("chimes are not heard here: %s", silent)

    async def warm_up(self) -> None:
        """Make all chimes, so that the first one does not hold the first pop-up up."""
        for priority in Priority:
            await asyncio.to_thread(chimes.samples, priority)

    def close(self) -> None:
        """Let go of the sound device."""
        if self.works:
            pygame.mixer.quit()
