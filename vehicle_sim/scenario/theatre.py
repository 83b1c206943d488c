"""Keeps what all tests of a session share, so that only the first of them waits for a process to start."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path

from vehicle_sim.scenario.processes import ProcessWorlds
from vehicle_sim.scenario.rehearsing import Backstage
from vehicle_sim.scenario.running import hosted
from vehicle_sim.scenario.world import Worlds


class Theatre:
    """What all tests of a session share: the loop, and the houses that open a new world for each."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        scratch = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="sensus-"))
        self._scratch = Path(scratch)
        self.backstage = self._stack.enter_context(Backstage())
        self._quick: Worlds | None = None
        self._real: Worlds | None = None

    def worlds(self, *, real: bool) -> Worlds:
        """Return what opens worlds: of real processes, or quick ones within a process of their own."""
        if real:
            self._real = self._real or ProcessWorlds(self._scratch / "real")
            return self._real
        if self._quick is None:
            self._quick = self._stack.enter_context(self.backstage.keeps(hosted(self._scratch / "quick")))
        return self._quick

    def close(self) -> None:
        """End the loop and whatever runs, and remove what the worlds have left."""
        self._stack.close()
