"""Named points at which a process may be told to die, so that tests can prove nothing is lost there.

A point does nothing unless ``SENSUS_CRASH_AT`` names it (``name`` or ``name:3`` for its third passing) in a
process that runs with ``SENSUS_SIMULATION=1``; then the process ends by SIGKILL, as a power cut would end it.
"""

from __future__ import annotations

import os
import signal


class _Trap:
    """The one point armed in this process, if any, and how many passings remain."""

    def __init__(self, wanted: str) -> None:
        self.name, _, count = wanted.partition(":")
        self.left = int(count or 1)


_armed = _Trap(os.environ.get("SENSUS_CRASH_AT", "") if os.environ.get("SENSUS_SIMULATION") == "1" else "")


def crash_point(name: str) -> None:
    """Die here by SIGKILL if this process was told to; the name is ``side.where``."""
    if name != _armed.name:
        return
    _armed.left -= 1
    if _armed.left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
