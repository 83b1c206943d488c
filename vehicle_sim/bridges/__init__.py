"""Lets a rig that is already there drive a car: whatever speaks of vehicle signals can be bridged to it.

A bridge is a :class:`SignalSource`; a :class:`~vehicle_sim.bridges.feed.Feed` carries what it hears to the
car. The one that is built reads a CAN bus (``frames``, ``bus``); a databroker would be another.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

Signals = Mapping[str, str | bool | float]
"""Values by their VSS names, as ``vehicle_sim.signals`` takes them: words, true or false, numbers."""


class SourceLost(Exception):
    """Nothing more will be heard of the signals: the message says why."""


class SignalSource(Protocol):
    """Where vehicle signals come from."""

    def heard(self) -> AsyncIterator[Signals]:
        """Yield what is heard, together what was said together; what nobody understands is passed over.

        Raises:
            SourceLost: the source is gone.
        """
        ...
